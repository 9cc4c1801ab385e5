// Carries out an evaluation: every case on both models, with real calls.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlp/client.hpp"
#include "runtime/tools/eval/suite.hpp"

namespace mlp::tools {

/// How one case went on one model.
struct Trial {
  bool asked = false;   ///< the call was made
  bool passed = false;  ///< every check
  /// Of a call that failed: it counts as not passed, and is told apart. Also a judge's.
  ErrorClass error = ErrorClass::kNone;
  bool judge_failed = false;
  std::vector<std::string> failures;  ///< the checks that did not pass, in words
  std::int64_t cost_pico = 0;         ///< of the model's call, without the judge's
  std::int64_t latency_us = 0;        ///< of the call as a whole
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::string response_model;
  [[nodiscard]] bool errs() const { return error != ErrorClass::kNone; }
};

struct CaseRun {
  std::string id;
  Trial candidate;
  Trial baseline;
};

struct EvalPlan {
  std::string candidate;
  std::string baseline;
  std::string judge;  ///< a model; empty where no case has a judge
  unsigned concurrency = 4;
  std::optional<std::int64_t> most_pico;  ///< all calls together, the judge's included
  ClientOptions client;                   ///< without a store
  /// Told after each case, from any thread, one at a time.
  std::function<void(std::size_t done, std::size_t all, std::int64_t spent_pico)> progress;
};

struct EvalRun {
  std::vector<CaseRun> cases;  ///< in the suite's order; those that were not asked too
  std::int64_t spent_pico = 0;
  std::int64_t judge_pico = 0;
  bool stopped = false;               ///< by the ceiling
  std::vector<std::string> warnings;  ///< of the clients, such as a missing key
};

/// The error says which model the policy lacks, or that one without a price cannot be kept below a
/// ceiling. `tables` are those of a policy loaded with all models.
[[nodiscard]] Result<EvalRun, std::string> RunEval(const Tables& tables, const Suite& suite,
                                                   const EvalPlan& plan);

}  // namespace mlp::tools
