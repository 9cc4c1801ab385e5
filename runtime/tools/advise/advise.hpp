// What a store and a policy together suggest, with numbers and with edits that were checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/core/money_sum.hpp"

namespace mlp::tools {

enum class AdviceKind : std::uint8_t {
  kCheaper,       ///< another model can all that this one can, scores no less, and costs less
  kEvaluate,      ///< it would cost less, but has no score to compare
  kDeadFallback,  ///< never answered
  kBudget,        ///< runs out before its period ends
  kPrice,         ///< changes within the year
  kRetires,       ///< within half a year
};
[[nodiscard]] const char* ToString(AdviceKind kind);

struct AdviceItem {
  AdviceKind kind = AdviceKind::kCheaper;
  std::string title;
  std::string evidence;
  MoneySum saves;     ///< about, in 30 days at the window's pace; 0: not a matter of money
  std::string patch;  ///< the policy's edit, which was checked in full; empty: none
  std::string next;   ///< what a person has to do or decide, in words; may be empty
};

struct AdviceRequest {
  std::string store;
  std::string policy;
  std::vector<std::string> import_roots;
  std::int64_t from_us = INT64_MIN;
  std::int64_t now_s = 0;
};

/// By money saved, most first, then as they come. The error is of the store or the policy, whose
/// class tells which: kInvalidRequest is the policy's.
[[nodiscard]] Result<std::vector<AdviceItem>> Advise(const AdviceRequest& request);

}  // namespace mlp::tools
