#include "compiler/import/litellm.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/import/import_support.hpp"

namespace {

using namespace mlp::compiler;
using mlp::compiler::test::Contains;

ImportResult ImportList(const std::string& json) {
  const ImportResult result = Import("litellm", json);
  BOOST_REQUIRE_MESSAGE(result.ok(), result.error);
  return result;
}

BOOST_AUTO_TEST_SUITE(ImportLiteLlmList)

// In the shape and with the figures of the published list.
BOOST_AUTO_TEST_CASE(ReadsEntriesOfTheRealShape) {
  const ImportResult result = ImportList(R"json({
    "sample_spec": {"litellm_provider": "one of https://docs.litellm.ai/docs/providers",
                    "max_tokens": "LEGACY parameter", "mode": "one of: chat, embedding"},
    "claude-sonnet-4-5-20250929": {
      "cache_creation_input_token_cost": 3.75e-06,
      "cache_creation_input_token_cost_above_1hr": 6e-06,
      "cache_creation_input_token_cost_above_200k_tokens": 7.5e-06,
      "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05,
      "cache_read_input_token_cost": 3e-07,
      "cache_read_input_token_cost_above_200k_tokens": 6e-07,
      "input_cost_per_token": 3e-06,
      "input_cost_per_token_above_200k_tokens": 6e-06,
      "input_cost_per_token_above_200k_tokens_priority": 9e-06,
      "litellm_provider": "anthropic",
      "max_input_tokens": 200000, "max_output_tokens": 64000, "max_tokens": 64000,
      "mode": "chat",
      "output_cost_per_token": 1.5e-05,
      "output_cost_per_token_above_200k_tokens": 2.25e-05,
      "search_context_cost_per_query": {"search_context_size_high": 0.01},
      "supports_assistant_prefill": true, "supports_function_calling": true,
      "supports_pdf_input": true, "supports_prompt_caching": true, "supports_reasoning": true,
      "supports_response_schema": true, "supports_vision": true,
      "deprecation_date": "2026-09-29",
      "source": "https://example.org/prices"
    },
    "text-embedding-3-small": {
      "input_cost_per_token": 2e-08, "input_cost_per_token_batches": 1e-08,
      "litellm_provider": "openai", "max_input_tokens": 8191, "max_tokens": 8191,
      "mode": "embedding", "output_cost_per_token": 0.0, "output_vector_size": 1536
    },
    "groq/llama-3.3-70b-versatile": {
      "input_cost_per_token": 5.9e-07, "litellm_provider": "groq", "max_input_tokens": 128000,
      "max_output_tokens": 32768, "mode": "chat", "output_cost_per_token": 7.9e-07
    },
    "1024-x-1024/dall-e-2": {"input_cost_per_pixel": 1.9e-08, "litellm_provider": "openai",
                             "mode": "image_generation", "output_cost_per_pixel": 0.0}
  })json");
  BOOST_TEST(result.text == R"mlp(language 1

// Models from LiteLLM's price and context list, written by `mlpc import litellm`: a snapshot
//   without dates. Chat models are taken to stream, those that do not reason to take sampling
//   parameters.
// Declare or import their providers by hand: anthropic, groq, openai.

/// claude-sonnet-4-5-20250929
/// prices left out: input_cost_per_token_above_200k_tokens_priority 9e-06
///   search_context_cost_per_query {"search_context_size_high":0.01}
/// retires: LiteLLM's deprecation_date
/// source: https://example.org/prices
model claude-sonnet-4-5-20250929 {
  provider    anthropic
  pin         exact "claude-sonnet-4-5-20250929"
  context     200K, output 64K
  can         text-input, image-input, document-input, text-output, structured-output, function-calling, streaming, prompt-caching, extended-thinking
  price       input $3/M, output $15/M, cache-read $0.30/M, cache-write $3.75/M, cache-write 1h $6/M
  price       when prompt > 200K  input $6/M, output $22.50/M, cache-read $0.60/M, cache-write $7.50/M, cache-write 1h $12/M
  status      active
  retires     2026-09-29
}

/// groq/llama-3.3-70b-versatile
model llama-3-3-70b-versatile {
  provider    groq
  pin         exact "llama-3.3-70b-versatile"
  context     128K, output 32768
  can         text-input, text-output, streaming, sampling-parameters
  price       input $0.59/M, output $0.79/M
  status      active
}

/// text-embedding-3-small
model text-embedding-3-small {
  provider    openai
  pin         exact "text-embedding-3-small"
  kind        embedding
  dimension   1536
  context     8191
  can         text-input, embeddings
  price       input $0.02/M, output $0/M, batch-input $0.01/M
  status      active
}
)mlp");
  BOOST_TEST(
      result.conflicts == std::vector<std::string>{"1 entries of mode image_generation left out"},
      boost::test_tools::per_element());
  BOOST_TEST(result.files.at("litellm.mlp") == result.text);
}

BOOST_AUTO_TEST_CASE(LetsTheMakersEntryKeepTheShortName) {
  const ImportResult result = ImportList(R"({
    "azure/gpt-4o": {"litellm_provider": "azure", "mode": "chat"},
    "gpt-4o": {"litellm_provider": "openai", "mode": "chat"},
    "gpt-4o-2024-08-06": {"litellm_provider": "openai", "mode": "chat"}})");
  BOOST_TEST(Contains(result.text,
                      "model gpt-4o {\n  provider    openai\n  pin         alias \"gpt-4o\""));
  BOOST_TEST(Contains(result.text, "model azure-gpt-4o {\n  provider    azure\n"));
  BOOST_TEST(Contains(result.text,
                      "model gpt-4o-2024-08-06 {\n  provider    openai\n  pin         exact"));
  BOOST_TEST(
      result.conflicts == std::vector<std::string>{"azure gpt-4o: the name `gpt-4o` is taken by "
                                                   "openai gpt-4o; named `azure-gpt-4o`"},
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(MergesEntriesOfOneModelAndReportsWhereTheyDiffer) {
  const ImportResult result = ImportList(R"({
    "deepseek-chat": {"litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": 2.8e-07,
                      "output_cost_per_token": 4.2e-07, "max_input_tokens": 131072},
    "deepseek/deepseek-chat": {"litellm_provider": "deepseek", "mode": "chat",
                      "input_cost_per_token": 2.7e-07, "output_cost_per_token": 1.1e-06,
                      "max_input_tokens": 65536, "deprecation_date": "2026-07-24"},
    "x": {"litellm_provider": "deepseek", "mode": "chat"},
    "deepseek/x": {"litellm_provider": "deepseek", "mode": "chat", "supports_vision": true},
    "y": {"litellm_provider": "deepseek", "mode": "chat"},
    "deepseek/y": {"litellm_provider": "deepseek", "mode": "chat"}})");
  BOOST_TEST(
      result.conflicts ==
          (std::vector<std::string>{
              "deepseek deepseek-chat: deepseek/deepseek-chat differs and is left out: price "
              "input $0.27/M, output $1.10/M (used input $0.28/M, output $0.42/M); context "
              "65536 (used 131072); retires 2026-07-24 (used )",
              "deepseek x: deepseek/x differs and is left out: in capabilities or tiers",
          }),
      boost::test_tools::per_element());
  BOOST_TEST(test::Lines(result.text, "model ").size() == 3U);
}

BOOST_AUTO_TEST_CASE(LetsATierInheritWhatItDoesNotName) {
  const ImportResult result = ImportList(R"({
    "m": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": 1e-06,
          "output_cost_per_token": 2e-06, "cache_read_input_token_cost": 1e-07,
          "input_cost_per_token_above_128k_tokens": 2e-06, "input_cost_per_token_above_x_tokens": 1}})");
  BOOST_TEST(
      test::Lines(result.text, "  price") ==
          (std::vector<std::string>{
              "  price       input $1/M, output $2/M, cache-read $0.10/M",
              "  price       when prompt > 128K  input $2/M, output $2/M, cache-read $0.10/M",
          }),
      boost::test_tools::per_element());
  BOOST_TEST(Contains(result.text, "/// prices left out: input_cost_per_token_above_x_tokens 1\n"));
}

BOOST_AUTO_TEST_CASE(ReportsWhatIsNoFact) {
  const ImportResult result = ImportList(R"({
    "a": {"litellm_provider": "p", "mode": "chat", "input_cost_per_token": -1,
          "output_cost_per_token": 1.5e-12, "max_input_tokens": "many", "deprecation_date": "soon"},
    "b": {"mode": "chat"}, "c": 7, "e": {"litellm_provider": "p", "mode": "embedding"}, "d-latest": {"litellm_provider": "p", "mode": "responses"}})");
  BOOST_TEST(Contains(result.text, "  price       output $0.000002/M\n"));
  BOOST_TEST(Contains(result.text, "  pin         alias \"d-latest\"\n"));
  BOOST_TEST(result.conflicts ==
                 (std::vector<std::string>{
                     "b: no litellm_provider; left out",
                     "c: an object was expected, not `7`; left out",
                     "1 entries of mode none left out",
                     "a.max_input_tokens: a whole number was expected, not `many`; left out",
                     "a: input_cost_per_token -1 is no price; left out",
                     "a: output_cost_per_token 1.5e-12 rounded to $0.000002/M",
                     "a: deprecation_date `soon` is no date; left out",
                     "e: an embedding model without output_vector_size; left out",
                 }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(RefusesAnotherFile) {
  BOOST_TEST(Import("litellm", "[]").error == "no object of models: not LiteLLM's price list");
  BOOST_TEST(Import("litellm", "{}").error ==
             "no entry with a litellm_provider and a mode: not LiteLLM's price list");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
