// How answers are scored: what a program adds to the built-in parts of a policy's evaluators.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/call.hpp"

namespace mlp {

/// An answer and what it answers. Lives as long as the scorer runs.
struct AnswerView {
  const Prompt& prompt;
  std::string_view text;
  const std::vector<ToolCall>& tool_calls;
  FinishReason finish = FinishReason::kStop;
};

/// 0 (useless) to 1; nothing where it does not apply to this answer. Called by any thread, must not
/// block. One that throws is counted and gives nothing.
using Scorer = std::function<std::optional<double>(const AnswerView&)>;

struct QualityOptions {
  /// By the name of a `part`; one of a built-in's name takes its place.
  std::map<std::string, Scorer, std::less<>> scorers = {};
  /// How long a model is left alone whose scores fell below an evaluator's floor.
  std::int64_t rest_ms = 600'000;
};

/// Since the client began.
struct QualityStats {
  std::uint64_t scored = 0;           ///< answers
  std::uint64_t unscored = 0;         ///< of which nobody could say anything: they stand
  std::uint64_t low = 0;              ///< below what the route asks
  std::uint64_t scorer_failures = 0;  ///< a scorer threw, or said something outside 0 .. 1
  std::uint64_t judge_failures = 0;   ///< the judge's call failed, or said nothing that is a score
  std::uint64_t feedback = 0;         ///< scores that users gave
};

}  // namespace mlp
