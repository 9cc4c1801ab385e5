// The remarks at the head of a provider's file: where its facts come from, and what holds for all
// its models.
#pragma once

#include <set>
#include <string>

#include "compiler/import/json_view.hpp"

namespace mlp::compiler {

/// Comment lines for `provider` from the research catalog `root`: the sources of these ids, its
/// aliases that moved, rules seen in its prices.
[[nodiscard]] std::string WriteCatalogHeader(const JsonView& root, const std::string& provider,
                                             const std::set<std::string>& sources);

}  // namespace mlp::compiler
