// From tables to C++: a header with the typed request, a source with the tables and the debug
// names.
#pragma once

#include <string>

#include "mlp/tables.hpp"

namespace mlp::compiler {

struct EmitOptions {
  std::string policy_file;  ///< as the banner shows it: relative to the policy's folder
};

/// NAME.mlp.h and NAME.mlp.cpp. A function of its arguments alone: same tables, same bytes.
struct EmittedFiles {
  std::string header_name;
  std::string header;
  std::string source_name;
  std::string source;
};

[[nodiscard]] EmittedFiles Emit(const Tables& tables, const EmitOptions& options);

}  // namespace mlp::compiler
