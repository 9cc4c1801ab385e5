// What an evaluation shows: scores, differences with their intervals, and what to do.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "runtime/core/evidence/paired.hpp"
#include "runtime/tools/eval/run.hpp"

namespace mlp::tools {

struct Score {
  std::uint64_t asked = 0;
  std::uint64_t passed = 0;
  std::map<std::string, std::uint64_t> errors;  ///< calls that failed, by class; judges too
  std::int64_t cost_pico = 0;
  std::int64_t latency_p50_us = 0;  ///< of calls that were answered
  std::int64_t latency_p95_us = 0;
  [[nodiscard]] double quality() const {
    return asked == 0 ? 0 : static_cast<double>(passed) / static_cast<double>(asked);
  }
};

enum class Advice : std::uint8_t { kBetter, kNoWorse, kWorse, kUnknown };

/// Differences are the candidate's without the baseline's, over the cases that both were asked;
/// those of cost and latency over the cases that both answered.
struct Verdict {
  Score candidate;
  Score baseline;
  PairedCounts quality_counts;
  PairedDifference quality;
  std::uint64_t answered_pairs = 0;
  PairedDifference cost_usd;
  PairedDifference latency_ms;
  double margin = 0;
  Advice advice = Advice::kUnknown;
  std::string words;  ///< the recommendation with its uncertainty
};

/// `margin`: how much less quality is still no worse, as 0.02.
[[nodiscard]] Verdict Judge(const EvalRun& run, const EvalPlan& plan, double margin);

/// `better`, `no-worse`, `worse`, `unknown`
[[nodiscard]] const char* ToString(Advice advice);

}  // namespace mlp::tools
