// The enumerators of the tables' types as C++ spells them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "mlp/tables.hpp"

namespace mlp::compiler::emit {

[[nodiscard]] inline std::string_view Name(AttributeType type) {
  constexpr std::array<std::string_view, 6> kNames = {"kEnum", "kNumber", "kTokens",
                                                      "kText", "kKey",    "kSet"};
  return kNames[static_cast<std::size_t>(type)];
}
[[nodiscard]] inline std::string_view Name(AxisKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"kCode", "kText", "kMember"};
  return kNames[static_cast<std::size_t>(kind)];
}
[[nodiscard]] inline std::string_view Name(NodeKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"kDense", "kSorted", "kBucketed"};
  return kNames[static_cast<std::size_t>(kind)];
}
[[nodiscard]] inline std::string_view Name(LeafKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"kServe", "kRefuse", "kNoRoute"};
  return kNames[static_cast<std::size_t>(kind)];
}
[[nodiscard]] inline std::string_view Name(GroupKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"kSpread", "kFastest", "kLeastBusy",
                                                      "kBalanced"};
  return kNames[static_cast<std::size_t>(kind)];
}
[[nodiscard]] inline std::string_view Name(Protocol protocol) {
  constexpr std::array<std::string_view, 5> kNames = {"kOpenAi", "kAnthropic", "kGoogle", "kOllama",
                                                      "kRegistered"};
  return kNames[static_cast<std::size_t>(protocol)];
}
[[nodiscard]] inline std::string_view Name(Action action) {
  constexpr std::array<std::string_view, 3> kNames = {"kRetry", "kNext", "kStop"};
  return kNames[static_cast<std::size_t>(action)];
}
[[nodiscard]] inline std::string_view Name(LiveFact fact) {
  constexpr std::array<std::string_view, 13> kNames = {
      "kLatencyP50", "kLatencyP95",        "kLatencyP99",     "kTtftP50",      "kTtftP95",
      "kTtftP99",    "kErrorRate",         "kSuccessRate",    "kAvailability", "kQuality",
      "kInFlight",   "kRequestsPerMinute", "kTokensPerMinute"};
  return kNames[static_cast<std::size_t>(fact)];
}
[[nodiscard]] inline std::string_view Name(Comparison comparison) {
  constexpr std::array<std::string_view, 6> kNames = {"kEqual",     "kNotEqual", "kLess",
                                                      "kLessEqual", "kGreater",  "kGreaterEqual"};
  return kNames[static_cast<std::size_t>(comparison)];
}

[[nodiscard]] inline std::string_view Name(BudgetAction action) {
  constexpr std::array<std::string_view, 4> kNames = {"kAlert", "kPreferCheapest", "kOnly",
                                                      "kDeny"};
  return kNames[static_cast<std::size_t>(action)];
}
[[nodiscard]] inline std::string_view Name(AlertMeasure measure) {
  constexpr std::array<std::string_view, 18> kNames = {
      "kCalls",      "kFailures",   "kFallbacks",   "kRetries",      "kRefusals", "kRollbacks",
      "kInFlight",   "kErrorRate",  "kSuccessRate", "kAvailability", "kQuality",  "kCost",
      "kLatencyP50", "kLatencyP95", "kLatencyP99",  "kTtftP50",      "kTtftP95",  "kTtftP99"};
  return kNames[static_cast<std::size_t>(measure)];
}
[[nodiscard]] inline std::string_view Name(Measured measured) {
  constexpr std::array<std::string_view, 8> kNames = {
      "kFailures", "kSuccess", "kErrorClass", "kEvent", "kLatency", "kTtft", "kCost", "kQuality"};
  return kNames[static_cast<std::size_t>(measured)];
}
[[nodiscard]] inline std::string_view Name(Undecided undecided) {
  constexpr std::array<std::string_view, 3> kNames = {"kRollback", "kPromote", "kHold"};
  return kNames[static_cast<std::size_t>(undecided)];
}
[[nodiscard]] inline std::string_view Name(Correction correction) {
  constexpr std::array<std::string_view, 3> kNames = {"kNone", "kBonferroni", "kHolm"};
  return kNames[static_cast<std::size_t>(correction)];
}
[[nodiscard]] inline std::string_view Name(ErrorClass error_class) {
  constexpr std::array<std::string_view, kErrorClassCount> kNames = {"kNone",
                                                                     "kTimeout",
                                                                     "kConnection",
                                                                     "kRateLimited",
                                                                     "kQuotaExhausted",
                                                                     "kOverloaded",
                                                                     "kServerError",
                                                                     "kAuth",
                                                                     "kInvalidRequest",
                                                                     "kContextLength",
                                                                     "kContentFilter",
                                                                     "kRefused",
                                                                     "kModelNotFound",
                                                                     "kMalformedResponse",
                                                                     "kLowQuality",
                                                                     "kBudgetExhausted",
                                                                     "kDeadlineExceeded",
                                                                     "kNoRoute",
                                                                     "kNoCandidate",
                                                                     "kCancelled"};
  return kNames[static_cast<std::size_t>(error_class)];
}

}  // namespace mlp::compiler::emit
