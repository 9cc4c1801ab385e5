// The generated source: the tables as constexpr arrays, one row a line, with the names behind them.
#pragma once

#include <string>

#include "mlp/tables.hpp"

namespace mlp::compiler::emit {

/// `banner` is printed first, as it is; `header_name` is included.
[[nodiscard]] std::string Source(const Tables& tables, const std::string& banner,
                                 const std::string& header_name);

}  // namespace mlp::compiler::emit
