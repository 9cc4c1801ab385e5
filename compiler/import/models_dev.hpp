// The api.json of models.dev as catalog declarations.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compiler/import/import.hpp"

namespace mlp::compiler {

/// One file, `models-dev.mlp`, of every model of every provider.
///
/// What becomes of a fact:
///  - many providers sell the same ids: the makers (anthropic, cohere, deepseek, google, mistral,
///  openai, xai)
///    are named first and so keep the short names
///  - an id that the same provider also has with a date behind, or that ends in `latest`, is `pin
///  alias`
///  - prices are snapshots and hold always; `context_over_200k` and `tiers` are prices above a
///  prompt length
///  - `deprecated` is the status of that name, `alpha` and `beta` are active and said in the doc
///  comment
///  - a price for cache reads means prompt caching; what puts out text is taken to stream
[[nodiscard]] ImportResult ImportModelsDev(const nlohmann::json& list);

}  // namespace mlp::compiler
