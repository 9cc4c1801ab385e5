// mlpc fmt on files, links, pipes and what it must not touch.
#include <chrono>
#include <filesystem>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>
#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBefore = "language 1\nalert a{log\ncallback b}\n";
constexpr const char* kAfter = "language 1\nalert a {\n  log\n  callback  b\n}\n";
constexpr const char* kBroken = "language 1\nalert a { log x }\nalert b{log}\n";

struct Folder {
  ScratchFolder folder;
  std::string path = WriteWhole(folder / "a.mlp", kBefore);

  /// What the shell says of mlpc with the text on its standard input.
  Finished Piped(const std::string& text, const std::string& words) const {
    WriteWhole(folder / "input", text);
    return Run({"/bin/sh", "-c",
                std::string(MLP_MLPC) + " fmt " + words + " < '" + (folder / "input") + "'"});
  }
};

BOOST_FIXTURE_TEST_SUITE(fmt_command, Folder)

BOOST_AUTO_TEST_CASE(a_file_is_laid_out_in_place_and_then_left_alone) {
  BOOST_REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const Finished first = Mlpc({"fmt", path});
  BOOST_TEST(first.exit_code == 0);
  BOOST_TEST(first.out == "");
  BOOST_TEST(first.err == "");
  BOOST_TEST(ReadWhole(path) == kAfter);
  BOOST_TEST((fs::status(path).permissions() == fs::perms(0640)));
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
  fs::last_write_time(path, long_ago);
  const auto noted = fs::last_write_time(path);
  BOOST_TEST(Mlpc({"fmt", path}).exit_code == 0);
  BOOST_TEST((fs::last_write_time(path) == noted));
  // Nothing beside it is left behind.
  BOOST_TEST(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(check_tells_and_changes_nothing) {
  const Finished finished = Mlpc({"fmt", "--check", "a.mlp"}, {.folder = folder.path().string()});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.out ==
             "--- a.mlp\n+++ a.mlp\n@@ -1,3 +1,5 @@\n language 1\n-alert a{log\n-callback b}\n"
             "+alert a {\n+  log\n+  callback  b\n+}\n");
  BOOST_TEST(ReadWhole(path) == kBefore);
  WriteWhole(path, kAfter);
  const Finished clean = Mlpc({"fmt", "--check", path});
  BOOST_TEST(clean.exit_code == 0);
  BOOST_TEST(clean.out == "");
}

BOOST_AUTO_TEST_CASE(a_file_with_errors_shows_them_and_stays) {
  WriteWhole(path, kBroken);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"fmt", path}, {"fmt", "--check", path}}) {
    const Finished finished = Mlpc(words);
    BOOST_TEST(finished.exit_code == 1);
    BOOST_TEST(finished.out == "");
    BOOST_TEST(finished.err.find("a.mlp:2:15: error[MLP0101]") != std::string::npos);
    BOOST_TEST(ReadWhole(path) == kBroken);
  }
}

BOOST_AUTO_TEST_CASE(one_bad_file_of_several_does_not_keep_the_others) {
  const std::string broken = WriteWhole(folder / "broken.mlp", kBroken);
  const std::string last = WriteWhole(folder / "last.mlp", kBefore);
  BOOST_TEST(Mlpc({"fmt", path, broken, last}).exit_code == 1);
  BOOST_TEST(ReadWhole(path) == kAfter);
  BOOST_TEST(ReadWhole(last) == kAfter);
  BOOST_TEST(Mlpc({"fmt", path, folder / "absent.mlp", last}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(standard_input_goes_to_standard_output) {
  const Finished finished = Piped(kBefore, "-");
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out == kAfter);
  BOOST_TEST(Piped(kAfter, "--check -").exit_code == 0);
  const Finished check = Piped(kBefore, "--check -");
  BOOST_TEST(check.exit_code == 1);
  BOOST_TEST(check.out.find("--- <standard input>\n") == 0);
  const Finished broken = Piped(kBroken, "-");
  BOOST_TEST(broken.exit_code == 1);
  BOOST_TEST(broken.out == "");
  BOOST_TEST(broken.err.find("<standard input>:2:15: error[MLP0101]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(line_ends_of_another_system_become_lf) {
  WriteWhole(path, "\xEF\xBB\xBFlanguage 1\r\nalert a { log }\r\n");
  BOOST_TEST(Mlpc({"fmt", "--check", path}).exit_code == 1);
  BOOST_TEST(Mlpc({"fmt", path}).exit_code == 0);
  BOOST_TEST(ReadWhole(path) == "language 1\nalert a { log }\n");
}

BOOST_AUTO_TEST_CASE(links_and_read_only_files_are_refused) {
  const std::string link = folder / "link.mlp";
  fs::create_symlink(path, link);
  const Finished linked = Mlpc({"fmt", link});
  BOOST_TEST(linked.exit_code == 2);
  BOOST_TEST(linked.err.find("symbolic link") != std::string::npos);
  BOOST_TEST(fs::is_symlink(link));
  BOOST_TEST(ReadWhole(path) == kBefore);
  // Telling is no writing.
  BOOST_TEST(Mlpc({"fmt", "--check", link}).exit_code == 1);

  BOOST_REQUIRE(::chmod(path.c_str(), 0444) == 0);
  const Finished read_only = Mlpc({"fmt", path});
  BOOST_TEST(read_only.exit_code == 2);
  BOOST_TEST(read_only.err.find("read-only") != std::string::npos);
  BOOST_TEST(ReadWhole(path) == kBefore);
}

BOOST_AUTO_TEST_CASE(what_is_no_file_exits_2) {
  BOOST_TEST(Mlpc({"fmt", folder / "absent.mlp"}).exit_code == 2);
  BOOST_TEST(Mlpc({"fmt", folder.path().string()}).exit_code == 2);
  BOOST_TEST(Mlpc({"fmt"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(every_policy_of_the_repository_is_canonical) {
  std::vector<std::string> words{"fmt", "--check"};
  for (const char* sub : {"", "/catalog", "/catalog/providers"}) {
    for (const auto& entry :
         fs::directory_iterator(std::string(MLP_SOURCE_DIR) + "/policies" + sub)) {
      if (entry.path().extension() == ".mlp") words.push_back(entry.path().string());
    }
  }
  BOOST_TEST(words.size() > 20U);
  const Finished finished = Mlpc(words);
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
