// Imports: found beside the importing file or under a root, read once, in order, cycles and gaps
// reported.
#include "compiler/parse/program.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>

#include "compiler/diag/render_text.hpp"

namespace mlp::compiler {
namespace {

class MapReader : public FileReader {
 public:
  explicit MapReader(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  std::optional<std::string> Read(const std::string& path) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    ++reads[path];
    return found->second;
  }
  std::vector<std::string> List(const std::string& folder) override {
    std::vector<std::string> names;
    for (const auto& [path, text] : files_) {
      const std::filesystem::path file(path);
      if (file.parent_path().generic_string() == folder) names.push_back(file.filename().string());
    }
    return names;
  }

  std::map<std::string, int> reads;

 private:
  std::map<std::string, std::string> files_;
};

std::string File(const std::vector<std::string>& imports) {
  std::string text = "language 1\n";
  for (const std::string& path : imports) text += "import \"" + path + "\"\n";
  return text;
}

struct Loaded {
  SourceSet sources;
  Diagnostics diagnostics;
  Program program;
  std::map<std::string, int> reads;

  Loaded(std::map<std::string, std::string> files, const std::string& main,
         const ImportRoots& roots = {}) {
    MapReader reader(std::move(files));
    program = LoadProgram(reader, main, roots, sources, diagnostics);
    reads = reader.reads;
  }
  /// The files in the program's order, the main one marked.
  [[nodiscard]] std::string Order() const {
    std::string order;
    for (std::size_t i = 0; i < program.trees.size(); ++i) {
      if (!order.empty()) order += ' ';
      order += sources.name(program.trees[i].file);
      if (!program.imported[i]) order += '*';
    }
    return order;
  }
  [[nodiscard]] std::string Short() const { return RenderShort(sources, diagnostics.all()); }
};

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(a_file_alone) {
  const Loaded loaded({{"a.mlp", File({})}}, "a.mlp");
  BOOST_TEST(loaded.Order() == "a.mlp*");
  BOOST_TEST(loaded.Short() == "");
  BOOST_TEST(!loaded.program.incomplete);
}

BOOST_AUTO_TEST_CASE(a_main_file_that_cannot_be_read_is_left_to_the_caller) {
  const Loaded loaded({}, "a.mlp");
  BOOST_TEST(loaded.program.trees.empty());
  BOOST_TEST(loaded.Short() == "");
}

BOOST_AUTO_TEST_CASE(imports_come_before_importers_and_are_read_once) {
  const Loaded loaded({{"d/main.mlp", File({"x/a.mlp", "b.mlp", "./x/../b.mlp"})},
                       {"d/x/a.mlp", File({"../b.mlp", "c.mlp"})},
                       {"d/x/c.mlp", File({"../b.mlp"})},
                       {"d/b.mlp", File({})}},
                      "d/./main.mlp");
  BOOST_TEST(loaded.Order() == "d/b.mlp d/x/c.mlp d/x/a.mlp d/main.mlp*");
  BOOST_TEST(loaded.Short() == "");
  for (const auto& [path, count] : loaded.reads) BOOST_TEST(count == 1, path);
}

BOOST_AUTO_TEST_CASE(roots_are_asked_in_order_after_the_folder_of_the_importer) {
  const std::map<std::string, std::string> files = {
      {"d/main.mlp", File({"a.mlp", "b.mlp", "c.mlp"})},
      {"d/a.mlp", File({})},
      {"one/a.mlp", File({})},
      {"one/b.mlp", File({})},
      {"two/b.mlp", File({})},
      {"two/c.mlp", File({})}};
  const Loaded loaded(files, "d/main.mlp", {"one", "two/"});
  BOOST_TEST(loaded.Order() == "d/a.mlp one/b.mlp two/c.mlp d/main.mlp*");
  BOOST_TEST(loaded.Short() == "");
}

BOOST_AUTO_TEST_CASE(a_missing_file_names_its_nearest_neighbour) {
  const Loaded loaded(
      {{"main.mlp", File({"cat/antropic.mlp", "else/where.mlp"})}, {"cat/anthropic.mlp", File({})}},
      "main.mlp");
  BOOST_TEST(loaded.program.incomplete);
  BOOST_TEST(loaded.Order() == "main.mlp*");
  BOOST_TEST_REQUIRE(loaded.diagnostics.all().size() == 2U);
  const Diagnostic& first = loaded.diagnostics.all()[0];
  BOOST_TEST((first.code == Code::k0204));
  BOOST_TEST(loaded.sources.text(first.span) == "\"cat/antropic.mlp\"");
  BOOST_TEST(first.help.front() == "the nearest file there is `cat/anthropic.mlp`");
  BOOST_TEST(loaded.diagnostics.all()[1].help.front().find("--import-root") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cycle_shows_its_chain_once_and_keeps_every_file) {
  const Loaded loaded(
      {{"a.mlp", File({"b.mlp"})}, {"b.mlp", File({"c.mlp"})}, {"c.mlp", File({"b.mlp", "a.mlp"})}},
      "a.mlp");
  BOOST_TEST(loaded.Order() == "c.mlp b.mlp a.mlp*");
  BOOST_TEST(!loaded.program.incomplete);
  BOOST_TEST_REQUIRE(loaded.diagnostics.all().size() == 2U);
  BOOST_TEST(loaded.diagnostics.all()[0].message == "import cycle: b.mlp -> c.mlp -> b.mlp");
  BOOST_TEST(loaded.diagnostics.all()[1].message ==
             "import cycle: a.mlp -> b.mlp -> c.mlp -> a.mlp");
  BOOST_TEST(loaded.diagnostics.all()[1].related.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_long_chain_needs_no_stack_and_too_many_files_are_reported) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 1'200; ++i) {
    files["f" + std::to_string(i) + ".mlp"] = File({"f" + std::to_string(i + 1) + ".mlp"});
  }
  const Loaded loaded(files, "f0.mlp");
  BOOST_TEST(loaded.program.trees.size() == 1'000U);
  BOOST_TEST(loaded.program.incomplete);
  BOOST_TEST_REQUIRE(loaded.diagnostics.all().size() == 1U);
  BOOST_TEST((loaded.diagnostics.all()[0].code == Code::k0801));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
