// Failures as providers tell of them, and what they must be taken for.
#pragma once

#include <span>
#include <string_view>

#include "mlp/error_class.hpp"

namespace mlp::transport_test {

struct FailureRow {
  std::string_view protocol;
  std::string_view url;  ///< the base URL, which tells some dialects apart
  int status;
  std::string_view headers;  ///< `name: value` lines
  std::string_view body;
  ErrorClass error_class;
  std::string_view rule;
  int retry_after_ms = -1;
  bool never_fits = false;
};

[[nodiscard]] std::span<const FailureRow> Failures();

}  // namespace mlp::transport_test
