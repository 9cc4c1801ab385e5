// mlpc compile: what it writes, when it writes nothing, and that its output depends on the sources
// alone.
#include <chrono>
#include <filesystem>
#include <map>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

namespace fs = std::filesystem;

struct Files {
  ScratchFolder folder;
  std::string catalog = WriteWhole(folder / "shared/catalog.mlp", Catalog());
  std::string policy =
      WriteWhole(folder / "policies/desk.mlp", Desk("../shared/catalog.mlp", SoundRoutes()));
};

/// Every file below a folder, by its path in it.
std::map<std::string, std::string> Contents(const std::string& folder) {
  std::map<std::string, std::string> contents;
  if (!fs::exists(folder)) return contents;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      contents[fs::relative(entry.path(), folder).generic_string()] =
          ReadWhole(entry.path().string());
  }
  return contents;
}

BOOST_FIXTURE_TEST_SUITE(compile_command, Files)

BOOST_AUTO_TEST_CASE(writes_a_header_and_a_source_named_by_the_policy) {
  const Finished finished = Mlpc({"compile", policy, "-o", folder / "out"});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(finished.err == "");
  const auto files = Contents(folder / "out");
  BOOST_TEST_REQUIRE(files.size() == 2);
  BOOST_TEST_REQUIRE(files.contains("desk.mlp.h"));
  BOOST_TEST_REQUIRE(files.contains("desk.mlp.cpp"));
  BOOST_TEST(files.at("desk.mlp.h").find("namespace desk") != std::string::npos);
  BOOST_TEST(files.at("desk.mlp.cpp").find("#include \"desk.mlp.h\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_run_touches_nothing) {
  const std::string depfile = folder / "out/desk.d";
  const std::vector<std::string> words = {"compile",      policy,      "-o",
                                          folder / "out", "--depfile", depfile};
  BOOST_TEST_REQUIRE(Mlpc(words).exit_code == 0);
  const auto before = Contents(folder / "out");
  BOOST_TEST(before.size() == 3);
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24 * 365);
  for (const auto& [name, text] : before) fs::last_write_time(folder / ("out/" + name), long_ago);
  BOOST_TEST_REQUIRE(Mlpc(words).exit_code == 0);
  BOOST_TEST((Contents(folder / "out") == before));
  for (const auto& [name, text] : before) {
    BOOST_TEST_INFO(name);
    BOOST_TEST((fs::last_write_time(folder / ("out/" + name)) == long_ago));
  }
}

BOOST_AUTO_TEST_CASE(the_output_depends_neither_on_the_place_nor_on_the_surroundings) {
  BOOST_TEST_REQUIRE(Mlpc({"compile", policy, "-o", folder / "from-test"}).exit_code == 0);
  const auto expected = Contents(folder / "from-test");
  BOOST_TEST(expected.size() == 2);
  const struct {
    std::string file;
    std::string out;
    Surroundings surroundings;
  } runs[] = {{"desk.mlp", "../from-policies", {.folder = folder / "policies"}},
              {"policies/desk.mlp", "from-root", {.folder = folder.path().string()}},
              {"../policies/./desk.mlp", "../from-shared", {.folder = folder / "shared"}},
              {policy,
               folder / "elsewhere-in-time",
               {.folder = "/", .environment = {"TZ=Pacific/Kiritimati", "LC_ALL=de_DE.UTF-8"}}}};
  for (const auto& run : runs) {
    BOOST_TEST_CONTEXT(run.file) {
      BOOST_TEST(Mlpc({"compile", run.file, "-o", run.out}, run.surroundings).exit_code == 0);
    }
  }
  for (const char* name : {"from-policies", "from-root", "from-shared", "elsewhere-in-time"}) {
    BOOST_TEST_INFO(name);
    BOOST_TEST((Contents(folder / name) == expected));
  }
  for (const auto& [name, text] : expected) {
    BOOST_TEST_INFO(name);
    BOOST_TEST(text.find(folder.path().string()) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_moved_tree_compiles_to_the_same_bytes) {
  const ScratchFolder other;
  fs::copy(folder.path(), other.path(), fs::copy_options::recursive);
  BOOST_TEST_REQUIRE(Mlpc({"compile", policy, "-o", folder / "out"}).exit_code == 0);
  BOOST_TEST_REQUIRE(
      Mlpc({"compile", other / "policies/desk.mlp", "-o", other / "out"}).exit_code == 0);
  BOOST_TEST((Contents(folder / "out") == Contents(other / "out")));
}

BOOST_AUTO_TEST_CASE(a_failing_compile_writes_nothing) {
  const std::pair<const char*, const char*> cases[] = {
      {"broken", "route first when task ==\n"},
      {"unknown", "route first when tusk == a { try wide }\n"},
      {"uncovered", "route first when task == a { try wide }\n"}};
  for (const auto& [name, routes] : cases) {
    BOOST_TEST_CONTEXT(name) {
      const std::string file =
          WriteWhole(folder / "policies/wrong.mlp", Desk("../shared/catalog.mlp", routes));
      const Finished finished =
          Mlpc({"compile", file, "-o", folder / "none", "--depfile", folder / "none/d"});
      BOOST_TEST(finished.exit_code == 1);
      BOOST_TEST(finished.err.find("error[MLP0") != std::string::npos);
      BOOST_TEST(!fs::exists(folder / "none"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_failing_compile_leaves_the_last_good_output_alone) {
  BOOST_TEST_REQUIRE(Mlpc({"compile", policy, "-o", folder / "out"}).exit_code == 0);
  const auto before = Contents(folder / "out");
  WriteWhole(policy, Desk("../shared/catalog.mlp", "route first when task == a { try wide }\n"));
  BOOST_TEST(Mlpc({"compile", policy, "-o", folder / "out"}).exit_code == 1);
  BOOST_TEST((Contents(folder / "out") == before));
}

BOOST_AUTO_TEST_CASE(a_catalog_alone_has_nothing_to_compile) {
  const Finished finished = Mlpc({"compile", catalog, "-o", folder / "none"});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err.find("no `policy`") != std::string::npos);
  BOOST_TEST(!fs::exists(folder / "none"));
}

BOOST_AUTO_TEST_CASE(the_depfile_names_the_outputs_and_every_source) {
  const ScratchFolder odd;
  WriteWhole(odd / "my shared/deep.mlp", Catalog());
  WriteWhole(odd / "my shared/catalog.mlp", "language 1\nimport \"deep.mlp\"\n");
  WriteWhole(odd / "desk.mlp", Desk("my shared/catalog.mlp", SoundRoutes()));
  const Finished finished = Mlpc({"compile", "desk.mlp", "-o", "out", "--depfile", "out/desk.d"},
                                 {.folder = odd.path().string()});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(ReadWhole(odd / "out/desk.d") ==
             "out/desk.mlp.h out/desk.mlp.cpp: \\\n"
             "  desk.mlp \\\n"
             "  my\\ shared/catalog.mlp \\\n"
             "  my\\ shared/deep.mlp\n");
}

BOOST_AUTO_TEST_CASE(an_output_folder_that_cannot_be_made_exits_2) {
  const Finished finished = Mlpc({"compile", policy, "-o", catalog});
  BOOST_TEST(finished.exit_code == 2);
  BOOST_TEST(finished.err.find(catalog) != std::string::npos);
  BOOST_TEST(ReadWhole(catalog) == Catalog());
  BOOST_TEST(Mlpc({"compile", policy}).exit_code == 2);
  BOOST_TEST(Mlpc({"compile", folder / "absent.mlp", "-o", folder / "none"}).exit_code == 2);
  BOOST_TEST(!fs::exists(folder / "none"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
