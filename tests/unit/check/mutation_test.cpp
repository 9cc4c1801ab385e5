// Whatever a file says, the checks end, report within the file, and say how to mend it.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cctype>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/unit/check/check_support.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(mutation)

std::string ReadGolden(const std::string& name) {
  std::ifstream stream(std::string(MLP_SOURCE_DIR) + "/tests/golden/check/" + name,
                       std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Words, numbers with their units, symbols; line ends and blanks between them stay where they are.
std::vector<std::string> Tokens(const std::string& text) {
  std::vector<std::string> tokens;
  const auto part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '$' ||
           c == '/' || c == '%' || c == ':' || c == '"';
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (part(text[i]) && end < text.size() && part(text[end])) ++end;
    tokens.push_back(text.substr(i, end - i));
    i = end;
  }
  return tokens;
}

void CheckOne(const std::string& text, std::uint32_t round) {
  Checked checked;
  CheckFiles({{"main.mlp", text}, {"shared/catalog.mlp", SmallCatalog()}}, checked);
  for (const Diagnostic& diagnostic : checked.diagnostics.all()) {
    const bool inside = diagnostic.span.file < checked.sources.size() &&
                        diagnostic.span.begin <= diagnostic.span.end &&
                        diagnostic.span.end <= checked.sources.text(diagnostic.span.file).size();
    if (!inside || diagnostic.message.empty()) {
      BOOST_ERROR("round " << round << ": " << diagnostic.message << "\n" << text);
    }
    const bool by_the_parser = diagnostic.code == Code::k0101 || diagnostic.code == Code::k0801;
    if (!by_the_parser && diagnostic.help.empty()) {
      BOOST_ERROR("round " << round << ": no help for " << diagnostic.message);
    }
  }
}

BOOST_AUTO_TEST_CASE(of_every_statement) {
  constexpr std::uint32_t kSeed = 20261121;
  constexpr std::uint32_t kRounds = 3'000;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  std::mt19937 random(kSeed);
  const std::string text = ReadGolden("model_dump.mlp");
  BOOST_TEST_REQUIRE(!text.empty());
  const std::vector<std::string> tokens = Tokens(text);
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    std::vector<std::string> mutated = tokens;
    for (std::uint64_t edits = 1 + random() % 3; edits > 0; --edits) {
      const std::size_t at = random() % mutated.size();
      const std::size_t other = random() % mutated.size();
      switch (random() % 4) {
        case 0:
          mutated[at].clear();
          break;
        case 1:
          mutated[at] = mutated[other];
          break;
        case 2:
          std::swap(mutated[at], mutated[other]);
          break;
        default:
          mutated[at] += " " + mutated[at];
          break;
      }
    }
    std::string joined;
    for (const std::string& token : mutated) joined += token;
    CheckOne(joined, round);
  }
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_policy) {
  const std::string text = ReadGolden("model_dump.mlp");
  for (std::size_t length = 0; length < text.size(); length += 7) {
    CheckOne(text.substr(0, length), static_cast<std::uint32_t>(length));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
