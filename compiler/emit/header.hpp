// The generated header: enumerations, the typed request, and the two ways to decide.
#pragma once

#include <string>

#include "mlp/tables.hpp"

namespace mlp::compiler::emit {

/// `banner` is printed first, as it is.
[[nodiscard]] std::string Header(const Tables& tables, const std::string& banner);

}  // namespace mlp::compiler::emit
