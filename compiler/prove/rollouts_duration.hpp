// How long a rollout takes: at most, and on average for a canary that is like the old model and for
// one that does the harm that `detect` names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// In seconds from the beginning until 100% or until it is rolled back, at the declared traffic and
/// without a person's hand; holds for outages and wrong shares do not count. Averages are within a
/// quarter of those of the simulated machine (rollouts_duration_test).
struct RolloutDuration {
  std::string name;
  bool known = false;  ///< traffic is declared; else nothing below says anything
  /// It ends by then: every step has a bound. With `waits` it may then wait for a person, as
  /// `undecided hold ... then hold` asks.
  double longest_s = 0;
  bool waits = false;
  double expected_s = 0;         ///< no difference
  std::optional<double> harm_s;  ///< until it is rolled back; nothing where no criterion judges it
  std::string harm_event;        ///< whose rate is `detect` times the baseline's then
  double detect = 1;
  double holdback_s = 0;  ///< behind 100%
};

[[nodiscard]] RolloutDuration DurationOf(const RolloutModel& rollout);

/// `ends within 5d, after 9h on average where nothing differs, and after 3h at 2x the failures`.
[[nodiscard]] std::string RolloutDurationWords(const RolloutDuration& duration);

}  // namespace mlp::compiler
