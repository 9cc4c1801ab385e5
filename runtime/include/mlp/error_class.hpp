// The ends of a call: every way in which an attempt or a whole call can finish other than well, the
// same for all providers, and what the engine does next.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mlp {

/// What an attempt or a call ended with. Names in policies and records are ToString's.
enum class ErrorClass : std::uint8_t {
  kNone,  ///< it succeeded
  kTimeout,
  kConnection,
  kRateLimited,
  kQuotaExhausted,
  kOverloaded,
  kServerError,
  kAuth,
  kInvalidRequest,
  kContextLength,
  kContentFilter,
  kRefused,
  kModelNotFound,
  kMalformedResponse,
  kLowQuality,
  kBudgetExhausted,
  kDeadlineExceeded,
  kNoRoute,
  kNoCandidate,
  kCancelled,
};
inline constexpr std::size_t kErrorClassCount = 20;

/// What follows an attempt that failed: the same model again, the next candidate, or the end.
enum class Action : std::uint8_t { kRetry, kNext, kStop };

/// One action per ErrorClass, indexed by its number.
using ActionTable = std::array<Action, kErrorClassCount>;

/// The policy language's spelling, as in `rate-limited`; `none` for kNone.
[[nodiscard]] std::string_view ToString(ErrorClass error_class) noexcept;
[[nodiscard]] std::string_view ToString(Action action) noexcept;
[[nodiscard]] std::optional<ErrorClass> ParseErrorClass(std::string_view name) noexcept;

/// The language's defaults: retry on connection, rate-limited, overloaded, server-error and
/// malformed-response; next on timeout, quota-exhausted, auth, context-length, model-not-found and
/// low-quality; stop on the rest.
[[nodiscard]] constexpr Action DefaultAction(ErrorClass error_class) noexcept {
  switch (error_class) {
    case ErrorClass::kConnection:
    case ErrorClass::kRateLimited:
    case ErrorClass::kOverloaded:
    case ErrorClass::kServerError:
    case ErrorClass::kMalformedResponse:
      return Action::kRetry;
    case ErrorClass::kTimeout:
    case ErrorClass::kQuotaExhausted:
    case ErrorClass::kAuth:
    case ErrorClass::kContextLength:
    case ErrorClass::kModelNotFound:
    case ErrorClass::kLowQuality:
      return Action::kNext;
    case ErrorClass::kNone:
    case ErrorClass::kInvalidRequest:
    case ErrorClass::kContentFilter:
    case ErrorClass::kRefused:
    case ErrorClass::kBudgetExhausted:
    case ErrorClass::kDeadlineExceeded:
    case ErrorClass::kNoRoute:
    case ErrorClass::kNoCandidate:
    case ErrorClass::kCancelled:
      return Action::kStop;
  }
  return Action::kStop;
}

[[nodiscard]] constexpr ActionTable DefaultActions() noexcept {
  ActionTable table{};
  for (std::size_t i = 0; i < kErrorClassCount; ++i)
    table[i] = DefaultAction(static_cast<ErrorClass>(i));
  return table;
}

}  // namespace mlp
