// Arms in one numbering, as rows have them: canary arms of rollouts first, then the arms of all
// experiments in order.
#pragma once

#include <string>
#include <string_view>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// One of PolicyModel::experiments and of its arms; kNoIndex: a rollout.
struct ArmPlace {
  Index experiment = kNoIndex;
  Index arm = kNoIndex;
};
[[nodiscard]] ArmPlace PlaceOfArm(const PolicyModel& model, Index number);
/// The number of the experiment's first arm.
[[nodiscard]] Index FirstArm(const PolicyModel& model, Index experiment);

/// The salt by which a rollout draws its units: with `reshuffle` each version of the policy draws
/// them anew.
[[nodiscard]] std::string DrawnBy(const PolicyModel& model, const RolloutModel& rollout);

/// What it is called in a list of arms: `sonnet-5` for a canary, `tone:warm` for an experiment's.
[[nodiscard]] std::string ArmName(const PolicyModel& model, Index number);
/// As `@arm` takes it: `sonnet-5:canary`, `tone:warm`.
[[nodiscard]] std::string ArmWord(std::string_view arm_name);
/// The number of an arm that is called so, or kNoIndex.
[[nodiscard]] Index FindArm(const PolicyModel& model, std::string_view arm_name);
/// Whether no unit is in both: two arms of one experiment, by their names.
[[nodiscard]] bool Exclude(std::string_view a, std::string_view b);

}  // namespace mlp::compiler
