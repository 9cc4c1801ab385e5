// Our research catalog (schema "research catalog v1": dated prices, lifecycles, sources and their
// conflicts) as catalog declarations.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compiler/import/import.hpp"

namespace mlp::compiler {

/// One file for each provider, each importing `providers/NAME.mlp` beside it, which is written by
/// hand.
///
/// What becomes of a fact:
///  - the name: see NameFromId and Namer; a successor is written where it is in the same provider's
///  list
///  - status: `legacy` and `local` are active; the source's words stay in the doc comment
///  - a date without a day is the first day of its month; the doc comment names it
///  - a schedule "all until D, then X" divides its price period at D; exceptions such as holidays
///  stay in the doc comment
///  - a floating id (one that alias_history has moved) is `pin alias`
///  - an alias that equals the model's name says nothing and is left out
///  - the as-of date of a retirement is the last date of the first source of the lifecycle
///  - prices per token class that the language does not have (audio) and everything a source says
///  otherwise
///    stay in the doc comment
[[nodiscard]] ImportResult ImportCatalog(const nlohmann::json& catalog);

}  // namespace mlp::compiler
