// Whatever stands in a file, the parser returns a sound tree, and says what is wrong.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "compiler/diag/render_json.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/parse/parse.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(parse_random)

constexpr unsigned kSeed = 20261121;

/// Parses, checks what holds of every tree, renders, and returns whether the text is well-formed.
bool CheckAny(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const FileId file = sources.Add("t.mlp", text);
  const ast::Tree tree = Parse(sources, file, diagnostics);
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string problem;
  const auto demand = [&problem](bool holds, const char* what) {
    if (!holds && problem.empty()) problem = what;
  };
  demand(tree.root != ast::kNoNode && tree.kind(tree.root) == ast::Kind::kFile, "the root");
  bool has_error_nodes = false;
  std::vector<std::uint32_t> parents(tree.nodes.size(), 0);
  for (ast::NodeId id = 0; id < tree.nodes.size(); ++id) {
    const Span span = tree.span(id);
    demand(span.begin <= span.end && span.end <= size, "a span outside the file");
    has_error_nodes = has_error_nodes || tree.kind(id) == ast::Kind::kError;
    std::uint32_t last = span.begin;
    for (const ast::NodeId child : tree.children(id)) {
      ++parents[child];
      const Span inner = tree.span(child);
      demand(child < id, "a child made after its parent");
      demand(inner.begin >= last && inner.end <= span.end, "a child out of order or place");
      demand(inner.begin < inner.end || tree.kind(child) == ast::Kind::kError, "an empty node");
      last = inner.end;
    }
  }
  for (ast::NodeId id = 0; id < tree.nodes.size(); ++id) {
    demand(parents[id] <= 1, "a child of two parents");
    // What was tried and given up leaves nothing; docs that document nothing do, and what stood
    // under errors.
    demand(id == tree.root || parents[id] == 1 || !diagnostics.all().empty() ||
               tree.kind(id) == ast::Kind::kDoc,
           "a node without a parent");
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    demand(diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= size,
           "a diagnostic outside the file");
    demand(
        !diagnostic.message.empty() && diagnostic.message.find("expected ,") == std::string::npos,
        "a message that expects nothing");
  }
  demand(!has_error_nodes || diagnostics.has_errors(), "an error that is not reported");
  diagnostics.Sort();
  demand(RenderText(sources, diagnostics.all()).empty() == diagnostics.all().empty(), "no text");
  demand(!RenderJson(sources, diagnostics.all()).empty(), "no JSON");
  if (!problem.empty()) {
    BOOST_ERROR(problem << ", seed " << kSeed << ", text:\n"
                        << text << "\ntree:\n"
                        << ast::Dump(tree, sources));
  }
  return diagnostics.all().empty();
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> GoldenInputs() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(MLP_SOURCE_DIR) + "/tests/golden/parse")) {
    if (entry.path().extension() == ".mlp") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) texts.push_back(ReadFile(path));
  return texts;
}

BOOST_AUTO_TEST_CASE(the_sample_cut_at_every_byte) {
  for (const char* name : {"sample_policy", "sample_catalog"}) {
    const std::string text =
        ReadFile(std::string(MLP_SOURCE_DIR) + "/tests/golden/parse/" + name + ".mlp");
    BOOST_REQUIRE(text.size() > 1'000U);
    BOOST_TEST(CheckAny(text));
    std::size_t well_formed = 0;
    for (std::size_t size = 0; size < text.size(); ++size) {
      well_formed += CheckAny(text.substr(0, size)) ? 1U : 0U;
    }
    // Between declarations a cut leaves a whole policy; inside one it does not.
    BOOST_TEST(well_formed > 0U);
    BOOST_TEST(well_formed < text.size() / 2);
  }
}

BOOST_AUTO_TEST_CASE(every_input_without_each_of_its_lines_and_with_bytes_changed) {
  std::mt19937 random(kSeed);
  for (const std::string& text : GoldenInputs()) {
    if (text.size() > 20'000) continue;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
      CheckAny(text.substr(0, begin) + text.substr(end));
      begin = end;
    }
    for (int i = 0; i < 100 && !text.empty(); ++i) {
      std::string changed = text;
      const std::string bytes = std::string("{}();,\"\n\\ -.$/%a0\x80") + '\0';
      for (int j = 0; j < 3; ++j) {
        changed[random() % changed.size()] = bytes[random() % bytes.size()];
      }
      CheckAny(changed);
    }
  }
}

BOOST_AUTO_TEST_CASE(random_tokens) {
  std::vector<std::string> tokens;
  for (const std::string& text : GoldenInputs()) {
    std::string token;
    for (const char c : text) {
      if (c == ' ' || c == '\n') {
        if (!token.empty() && token.size() < 40) tokens.push_back(token);
        token.clear();
        if (c == '\n') tokens.emplace_back("\n");
      } else {
        token += c;
      }
    }
  }
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  for (const char* symbol : {"{", "}", "(", ")", ",", ";", "\"", "//", "///", "\n", "\n", "\n"}) {
    tokens.emplace_back(symbol);
  }
  std::mt19937 random(kSeed);
  for (int round = 0; round < 3'000; ++round) {
    std::string text = round % 4 == 0 ? "" : "language 1\n";
    const std::size_t count = random() % 60;
    for (std::size_t i = 0; i < count; ++i) {
      text += tokens[random() % tokens.size()];
      if (random() % 8 != 0) text += ' ';
    }
    CheckAny(text);
  }
}

BOOST_AUTO_TEST_CASE(random_bytes) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < 2'000; ++round) {
    std::string text = "language 1\n";
    const std::size_t count = random() % 100;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>(random() % 256);
    CheckAny(text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
