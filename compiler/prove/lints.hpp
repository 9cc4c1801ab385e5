// The `lint` declarations of a policy: what they make of its findings.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Weighs findings as the policy says. Refers to the model, which must outlive it.
class Lints {
 public:
  explicit Lints(const PolicyModel& model);

  /// The diagnostics from number `first` on get their lint's severity and a related place that
  /// shows it; those that are off are taken out and counted.
  void Apply(std::size_t first, Diagnostics& diagnostics);

  /// MLP0901 for each lint that matched nothing so far. Call it once every analysis has run; a
  /// finding that comes and goes with the day (MLP0503) is not waited for.
  void ReportUnused(Diagnostics& diagnostics) const;

  [[nodiscard]] std::size_t off_count() const { return off_count_; }

 private:
  const PolicyModel& model_;
  std::vector<bool> matched_;  ///< per lint
  std::size_t off_count_ = 0;
};

}  // namespace mlp::compiler
