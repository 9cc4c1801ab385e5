// Whether a list survives the loss of any one model or provider.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/prove/list_case.hpp"

namespace mlp::compiler {

struct ListLoss {
  std::string because;
  std::vector<std::string> down;  ///< models or providers that are lost together
};

/// A loss that leaves nobody, or nothing. `list` has no candidate that depends on live conditions:
/// none of them holds; `any_live`: there are some.
[[nodiscard]] std::optional<ListLoss> LossOf(const ListCase& here, const RowList& list,
                                             bool any_live);

}  // namespace mlp::compiler
