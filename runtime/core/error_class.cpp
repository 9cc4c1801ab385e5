#include "mlp/error_class.hpp"

namespace mlp {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, kErrorClassCount> kNames = {
    "none",
    "timeout",
    "connection",
    "rate-limited",
    "quota-exhausted",
    "overloaded",
    "server-error",
    "auth",
    "invalid-request",
    "context-length",
    "content-filter",
    "refused",
    "model-not-found",
    "malformed-response",
    "low-quality",
    "budget-exhausted",
    "deadline-exceeded",
    "no-route",
    "no-candidate",
    "cancelled",
};
static_assert(static_cast<std::size_t>(ErrorClass::kCancelled) + 1 == kErrorClassCount);

}  // namespace

std::string_view ToString(ErrorClass error_class) noexcept {
  return kNames[static_cast<std::size_t>(error_class)];
}

std::string_view ToString(Action action) noexcept {
  switch (action) {
    case Action::kRetry:
      return "retry";
    case Action::kNext:
      return "next";
    case Action::kStop:
      return "stop";
  }
  return "stop";
}

std::optional<ErrorClass> ParseErrorClass(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kErrorClassCount; ++i) {
    if (kNames[i] == name) return static_cast<ErrorClass>(i);
  }
  return std::nullopt;
}

}  // namespace mlp
