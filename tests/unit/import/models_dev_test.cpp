#include "compiler/import/models_dev.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/import/import_support.hpp"

namespace {

using namespace mlp::compiler;
using mlp::compiler::test::Contains;

ImportResult ImportList(const std::string& json) {
  const ImportResult result = Import("models.dev", json);
  BOOST_REQUIRE_MESSAGE(result.ok(), result.error);
  return result;
}

BOOST_AUTO_TEST_SUITE(ImportModelsDevList)

// In the shape that the schema of models.dev describes.
BOOST_AUTO_TEST_CASE(ReadsAProviderOfTheRealShape) {
  const ImportResult result = ImportList(R"json({
    "google": {
      "id": "google", "env": ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"],
      "npm": "@ai-sdk/google", "name": "Google", "doc": "https://ai.google.dev/gemini-api/docs/models",
      "models": {
        "gemini-2.5-pro": {
          "id": "gemini-2.5-pro", "name": "Gemini 2.5 Pro", "family": "gemini-pro",
          "attachment": true, "reasoning": true, "tool_call": true, "structured_output": true,
          "temperature": true, "knowledge": "2025-01", "release_date": "2025-06-17",
          "last_updated": "2025-06-17",
          "modalities": {"input": ["text", "image", "audio", "video", "pdf"], "output": ["text"]},
          "open_weights": false,
          "cost": {"input": 1.25, "output": 10, "cache_read": 0.125, "input_audio": 1,
                   "context_over_200k": {"input": 2.5, "output": 15, "cache_read": 0.25}},
          "limit": {"context": 1048576, "output": 65536}
        }
      }
    }
  })json");
  BOOST_TEST(result.text == R"mlp(language 1

// Models from models.dev, written by `mlpc import models.dev`: a snapshot without dates. Declare
//   their providers by hand:
// google: Google; key in GOOGLE_GENERATIVE_AI_API_KEY, GEMINI_API_KEY

/// gemini-2.5-pro; models.dev, updated 2025-06-17
/// prices left out: input_audio 1
/// day not known, taken as the first: cutoff 2025-01
model gemini-2-5-pro {
  provider    google
  display     "Gemini 2.5 Pro"
  pin         exact "gemini-2.5-pro"
  context     1048576, output 65536
  can         text-input, image-input, audio-input, video-input, document-input, text-output, structured-output, function-calling, streaming, prompt-caching, extended-thinking, sampling-parameters
  price       input $1.25/M, output $10/M, cache-read $0.125/M
  price       when prompt > 200K  input $2.50/M, output $15/M, cache-read $0.25/M
  status      active
  released    2025-06-17
  cutoff      2025-01-01
}
)mlp");
  BOOST_TEST(result.conflicts.empty());
  BOOST_TEST(result.files.at("models-dev.mlp") == result.text);
}

BOOST_AUTO_TEST_CASE(LetsTheMakersKeepTheShortNames) {
  const ImportResult result = ImportList(R"({
    "aggregator": {"name": "A", "env": ["A_KEY"], "api": "https://a.example/v1",
                   "models": {"gpt-4o": {"name": "GPT-4o"}}},
    "openai": {"name": "OpenAI", "env": ["OPENAI_API_KEY"],
               "models": {"gpt-4o": {"name": "GPT-4o"}, "gpt-4o-2024-08-06": {"name": "x"}}}})");
  BOOST_TEST(Contains(result.text, "// aggregator: A; key in A_KEY; https://a.example/v1\n"));
  BOOST_TEST(Contains(result.text,
                      "model gpt-4o {\n  provider    openai\n  display     \"GPT-4o\"\n"
                      "  pin         alias \"gpt-4o\"\n"));
  BOOST_TEST(Contains(result.text,
                      "model aggregator-gpt-4o {\n  provider    aggregator\n  display     "
                      "\"GPT-4o\"\n  pin         exact \"gpt-4o\"\n"));
  BOOST_TEST(result.conflicts.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ReadsStatusToolsAndTiersInTheirOtherForms) {
  const ImportResult result = ImportList(R"({"p": {"name": "P", "env": [], "models": {
    "a": {"status": "deprecated", "tool_call": {"supported": true}, "limit": {"context": 0, "output": 0},
          "cost": {"input": 1, "output": 2, "reasoning": 3,
                   "tiers": [{"tier": {"type": "context", "size": 272000}, "input": 2, "output": 3},
                             {"tier": {"type": "moon"}, "input": 9}]}},
    "b": {"status": "beta", "modalities": {"output": ["image", "smoke"]}}}}})");
  BOOST_TEST(Contains(result.text,
                      "model a {\n  provider    p\n  pin         exact \"a\"\n"
                      "  can         function-calling\n"
                      "  price       input $1/M, output $2/M, reasoning $3/M\n"
                      "  price       when prompt > 272K  input $2/M, output $3/M\n"
                      "  status      deprecated\n}\n"));
  BOOST_TEST(Contains(result.text,
                      "/// b: beta\nmodel b {\n  provider    p\n  pin         exact \"b\"\n"
                      "  can         image-output\n  status      active\n}\n"));
  BOOST_TEST(result.conflicts == (std::vector<std::string>{
                                     "p.models.a.cost.tiers[1]: a tier of another kind; left out",
                                     "p.models.b: no such capability: smoke-output; left out",
                                 }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(RefusesAnotherFile) {
  const std::string error = "no provider with `models`: not the api.json of models.dev";
  for (const std::string text : {"[]", "{}", "7", R"({"p": {"models": {}}})", R"({"p": 7})"}) {
    BOOST_TEST(Import("models.dev", text).error == error, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
