// Whatever the JSON says, an import is an error or declarations that parse: values of sound lists
// are replaced at random by others that have no business there.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "compiler/ast/ast.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/parse/parse.hpp"
#include "compiler/source/source_set.hpp"
#include "tests/unit/import/import_support.hpp"

namespace {

using namespace mlp::compiler;
using mlp::compiler::test::ReadSource;
using nlohmann::json;

constexpr std::uint32_t kSeed = 20261121;

std::vector<json*> AllValues(json& root) {
  std::vector<json*> values{&root};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]->is_structured()) continue;
    for (json& child : *values[i]) values.push_back(&child);
  }
  return values;
}

const std::vector<json>& Junk() {
  static const std::vector<json> junk{nullptr,
                                      true,
                                      -1,
                                      0,
                                      1e300,
                                      1.5,
                                      18446744073709551615ULL,
                                      "",
                                      "x",
                                      "\"quote\\\n}",
                                      "///",
                                      "// {",
                                      "2026-13-40",
                                      "2026-02",
                                      "not",
                                      "7-eleven",
                                      "../../etc",
                                      "m\xc3\xb6"
                                      "del \xe2\x80\xa8 end",
                                      ">=",
                                      ">999999999999",
                                      "16:30-00:30",
                                      "all until 2026-01-01, then all",
                                      std::string(300, 'w'),
                                      json::array(),
                                      json::object(),
                                      json::array({1, "a", nullptr}),
                                      json{{"date", 7}}};
  return junk;
}

void ExpectSound(const std::string& source, const json& list, const std::string& what) {
  const ImportResult result = Import(source, list.dump());
  if (!result.ok()) return;
  SourceSet sources;
  Diagnostics diagnostics;
  (void)Parse(sources, sources.Add(source, result.text), diagnostics);
  for (const Diagnostic& finding : diagnostics.all()) {
    const LineColumn place = sources.Locate(finding.span.file, finding.span.begin);
    BOOST_ERROR(what << ": " << finding.message << " in: " << sources.Line(0, place.line));
  }
}

void Mutate(const std::string& source, const json& list, int rounds) {
  std::mt19937 random(kSeed);
  BOOST_TEST_MESSAGE(source << " with seed " << kSeed);
  for (int round = 0; round < rounds; ++round) {
    json broken = list;
    for (int i = 0; i < 1 + round % 7; ++i) {
      const std::vector<json*> values = AllValues(broken);
      // Not the root: that would be the same few lists again and again.
      *values[1 + random() % (values.size() - 1)] = Junk()[random() % Junk().size()];
      if (AllValues(broken).size() < 2) break;
    }
    ExpectSound(source, broken, source + " round " + std::to_string(round));
  }
}

BOOST_AUTO_TEST_SUITE(ImportOfBrokenJson)

BOOST_AUTO_TEST_CASE(OfTheCatalogParsesOrIsAnError) {
  json catalog = json::parse(ReadSource("policies/catalog/source/catalog.json"));
  json few = json::array();
  for (std::size_t i = 0; i < catalog["models"].size(); i += 7) few.push_back(catalog["models"][i]);
  catalog["models"] = few;
  Mutate("catalog", catalog["models"].empty() ? json::object() : catalog, 150);
  Mutate("catalog", json{{"models", few}}, 600);
}

BOOST_AUTO_TEST_CASE(OfLiteLlmParsesOrIsAnError) {
  Mutate("litellm", json::parse(R"({
    "m-20250929": {"cache_creation_input_token_cost_above_1hr": 6e-06, "input_cost_per_token": 3e-06,
      "input_cost_per_token_above_200k_tokens": 6e-06, "litellm_provider": "anthropic", "mode": "chat",
      "max_input_tokens": 200000, "max_output_tokens": 64000, "output_cost_per_token": 1.5e-05,
      "supports_vision": true, "supports_pdf_input": true, "deprecation_date": "2026-09-29",
      "source": "https://example.org", "search_context_cost_per_query": {"high": 0.01}},
    "e": {"litellm_provider": "p", "mode": "embedding", "output_vector_size": 1536},
    "p/e": {"litellm_provider": "p", "mode": "embedding", "max_tokens": 7}})"),
         600);
}

BOOST_AUTO_TEST_CASE(OfModelsDevParsesOrIsAnError) {
  Mutate("models.dev",
         json::parse(R"({"google": {"env": ["A", "B"], "name": "Google", "api": "https://x",
    "models": {"g-002": {"name": "G", "reasoning": true, "tool_call": {"supported": true},
      "structured_output": true, "temperature": true, "knowledge": "2025-01",
      "release_date": "2025-06-17", "last_updated": "2025-06-17", "status": "beta",
      "modalities": {"input": ["text", "pdf"], "output": ["text"]},
      "cost": {"input": 1.25, "output": 10, "cache_read": 0.125, "input_audio": 1,
        "context_over_200k": {"input": 2.5, "output": 15},
        "tiers": [{"tier": {"type": "context", "size": 272000}, "input": 2}]},
      "limit": {"context": 1048576, "input": 7, "output": 65536}}, "g": {"name": "G"}}}})"),
         600);
}

BOOST_AUTO_TEST_CASE(CutOffAnywhereIsAnError) {
  const std::string text = ReadSource("policies/catalog/source/catalog.json");
  for (std::size_t length = 0; length + 2 < text.size(); length += 4999) {
    BOOST_TEST(!Import("catalog", text.substr(0, length)).ok(), length);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
