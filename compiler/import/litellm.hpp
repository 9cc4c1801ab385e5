// LiteLLM's model_prices_and_context_window.json as catalog declarations.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compiler/import/import.hpp"

namespace mlp::compiler {

/// One file, `litellm.mlp`, of the entries whose mode is chat, responses, completion or embedding.
///
/// What becomes of a fact:
///  - the id: the key without its provider (`groq/x` of provider groq is asked for as `x`); entries
///  without a
///    provider in their key are named first and so keep the short names
///  - an id that another entry has with a date behind, or that ends in `latest`, is `pin alias`
///  - `max_input_tokens` is the context (LiteLLM gives no window of its own), else `max_tokens` is
///  - prices per token: also above a prompt length (a class without a price there keeps its own, as
///  in LiteLLM's
///    bills), of one-hour cache writes, of batches, of reasoning; other prices (service tiers,
///    images, audio) are named in the doc comment
///  - `deprecation_date` is the date of retirement: so LiteLLM uses it, though some entries mean a
///  floor
///  - it says nothing of streaming and sampling parameters: chat models are taken to stream, and
///  those that do
///    not reason to take sampling parameters
///  - an embedding model without `output_vector_size` cannot be declared and is left out
///  - two entries of one provider with one id are one model: the first holds, and every fact in
///  which the
///    other differs is reported
[[nodiscard]] ImportResult ImportLiteLlm(const nlohmann::json& list);

}  // namespace mlp::compiler
