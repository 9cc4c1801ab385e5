// No file, however malformed or large, crashes mlpc, hangs it or exhausts memory: each gets a
// verdict within ten seconds and two gibibytes.
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

const Surroundings kBounds{.seconds = 10, .memory_bytes = std::uint64_t{2} << 30};

std::string Times(std::size_t count, const std::string& text) {
  std::string all;
  all.reserve(count * text.size());
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

struct Files {
  ScratchFolder folder;
  std::string catalog = WriteWhole(folder / "catalog.mlp", Catalog());

  /// Checks, compiles and explains the file; each ends with `exit_code`, check with a diagnostic of
  /// `code` too, or where that is empty without one.
  void Expect(const std::string& path, int exit_code, const std::string& code) const {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"check", path}, {"compile", path, "-o", folder / "out"}, {"explain", path, "a=b"}}) {
      BOOST_TEST_CONTEXT(words[0] << " " << path) {
        const Finished finished = Mlpc(words, kBounds);
        BOOST_TEST(finished.signal == 0);
        BOOST_TEST(finished.exit_code == exit_code);
        BOOST_TEST(finished.out == "");
        BOOST_TEST(finished.err.find(code) != std::string::npos);
        BOOST_TEST(finished.err.size() < 1'000'000);
      }
    }
    BOOST_TEST(!std::filesystem::exists(folder / "out"));
  }
  void ExpectText(const std::string& text, const std::string& code) const {
    Expect(WriteWhole(folder / "input.mlp", text), 1, code);
  }
  /// Routes, checked only.
  void ExpectRoutes(const std::string& routes, int exit_code, const std::string& code) const {
    const std::string path = WriteWhole(folder / "input.mlp", Desk("catalog.mlp", routes));
    const Finished finished = Mlpc({"check", path}, kBounds);
    BOOST_TEST(finished.signal == 0);
    BOOST_TEST(finished.exit_code == exit_code);
    BOOST_TEST(finished.err.find(code) != std::string::npos);
  }
};

BOOST_FIXTURE_TEST_SUITE(robustness, Files)

BOOST_AUTO_TEST_CASE(empty_and_tiny_files) {
  ExpectText("", "MLP0101");
  ExpectText("// one\n// two\n", "MLP0101");
  ExpectText("{", "MLP0101");
  ExpectText("\n\n\n", "MLP0101");
  ExpectText("language", "MLP0101");
  ExpectText("language 1\nimport \"", "MLP0101");
  ExpectText("language 1\npolicy", "MLP0101");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text) {
  ExpectText(std::string("language 1\n\0policy p { }\n", 25), "NUL");
  ExpectText("language 1\nroute \xff\xfe when x { }\n", "is not UTF-8");
  ExpectText("language 1\nroute r when tenant == \"\xed\xa0\x80\" { }\n", "is not UTF-8");
  ExpectText(std::string(100'000, '\0'), "MLP0101");
  std::string every_byte;
  for (int i = 0; i < 10'000; ++i) every_byte += static_cast<char>((i * 7919) % 256);
  ExpectText(every_byte, "MLP0101");
}

BOOST_AUTO_TEST_CASE(deep_nesting) {
  const struct {
    const char* name;
    std::string condition;
  } cases[] = {{"parentheses", Times(10'000, "(") + "task == a" + Times(10'000, ")")},
               {"unclosed parentheses", Times(10'000, "(")},
               {"not", Times(10'000, "not ") + "task == a"},
               {"not with parentheses", Times(10'000, "not (") + "task == a" + Times(10'000, ")")}};
  for (const auto& item : cases) {
    BOOST_TEST_CONTEXT(item.name) {
      ExpectText(Desk("catalog.mlp", "route r when " + item.condition + " { try wide }\n"),
                 "MLP0801");
    }
  }
  ExpectText("language 1\n" + Times(1'000'000, "{"), "MLP0101");
  ExpectText("language 1\n" + Times(1'000'000, "}"), "MLP0101");
}

BOOST_AUTO_TEST_CASE(large_files) {
  ExpectText("language 1\n" + Times((50U << 20) / 11, "// comment\n"), "MLP0801");
  ExpectText("language 1\n" + Times((15U << 20) / 14, "garbage again\n"), "MLP0101");
  ExpectText("language 1\n" + Times(15U << 20, "\""), "MLP0101");
  ExpectText("language 1\n" + Times(15U << 20, "a"), "MLP0101");
}

BOOST_AUTO_TEST_CASE(a_file_beyond_memory) {
  const std::string path = WriteWhole(folder / "sparse.mlp", "language 1\n");
  std::filesystem::resize_file(path, std::uint64_t{8} << 30);
  Expect(path, 1, "MLP0801");
}

BOOST_AUTO_TEST_CASE(a_pipe_without_end) {
  const std::string path = folder / "pipe";
  BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Finished finished =
      Run({"/bin/sh", "-c", "yes > \"$1\" & exec \"$0\" check \"$1\"", MLP_MLPC, path}, kBounds);
  BOOST_TEST(finished.signal == 0);
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err.find("MLP0801") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(long_conditions) {
  ExpectRoutes("route r when " + Times(100'000, "task == a and ") +
                   "task == b { try wide }\nroute z otherwise { try wide }\n",
               1, "MLP0404");
  std::string points = "input == 0";
  for (int i = 1; i < 20'000; ++i) points += fmt::format(" or input == {}", i * 3);
  ExpectRoutes(
      "route r when " + points + " { try wide }\nroute z otherwise { try large; else wide }\n", 0,
      "");
}

BOOST_AUTO_TEST_CASE(very_many_routes) {
  // 60,000 fit the tables; 100,000 do not.
  for (const int count : {60'000, 100'000}) {
    std::string disjoint;
    std::string repeated;
    std::string unknown;
    for (int i = 0; i < count; ++i) {
      disjoint += fmt::format("route r{} when input >= {} and input < {} {{ try wide }}\n", i,
                              i * 4, i * 4 + 4);
      repeated += fmt::format("route r{} when task == a {{ try wide }}\n", i);
      unknown += fmt::format("route r{} when tusk == a {{ try wide }}\n", i);
    }
    BOOST_TEST_CONTEXT(count << " routes") {
      ExpectRoutes(disjoint, 1, count == 60'000 ? "MLP0401" : "MLP0801");
      ExpectRoutes(repeated, 1, count == 60'000 ? "MLP0402" : "MLP0801");
      ExpectRoutes(unknown, 1, "MLP0201");
    }
  }
}

BOOST_AUTO_TEST_CASE(imports_that_go_wrong) {
  const std::string self = WriteWhole(folder / "self.mlp", "language 1\nimport \"self.mlp\"\n");
  Expect(self, 1, "MLP0203");
  WriteWhole(folder / "ring.mlp", "language 1\nimport \"sub/ring.mlp\"\n");
  WriteWhole(folder / "sub/ring.mlp", "language 1\nimport \"../ring.mlp\"\n");
  Expect(folder / "ring.mlp", 1, "MLP0203");
  ExpectText("language 1\nimport \"sub\"\n", "MLP0204");
  ExpectText("language 1\nimport \"/dev/zero\"\n", "MLP0204");
  ExpectText("language 1\nimport \"\"\n", "MLP0204");
  ExpectText("language 1\nimport \"" + Times(100'000, "x/") + "\"\n", "MLP0204");
  // Each link is another name for the folder, so every level would be another file.
  std::filesystem::create_directory_symlink(".", folder / "loop");
  const std::string spiral =
      WriteWhole(folder / "spiral.mlp", "language 1\nimport \"loop/spiral.mlp\"\n");
  Expect(spiral, 1, "MLP0203");
}

BOOST_AUTO_TEST_CASE(what_is_no_file) {
  Expect(folder.path().string(), 2, "cannot read");
  Expect("/dev/null", 2, "cannot read");
  Expect("/dev/zero", 2, "cannot read");
  Expect("", 2, "cannot read");
  Expect(std::string(100'000, 'x'), 2, "cannot read");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
