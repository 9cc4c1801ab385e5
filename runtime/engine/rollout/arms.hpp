// Which arms of rollouts and experiments a call's unit is in, and what its end says of them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mlp/decide.hpp"
#include "mlp/record.hpp"
#include "runtime/engine/rollout/sample_ring.hpp"

namespace mlp::engine {

/// A unit's arm of a rollout or experiment that touches its call.
struct TouchedArm {
  std::uint16_t number = 0;  ///< a rollout; from rollouts.size() on that of an experiment's arm
  bool canary = false;       ///< of a rollout
  bool judged = false;       ///< its model is the first choice, so that its end says something
};

/// Rollouts whose canary arm has a candidate here or could have had one, were the unit in it;
/// likewise experiments. A request that the new model may not serve is in no arm.
[[nodiscard]] std::vector<TouchedArm> TouchedArms(const Tables& tables, const LiveState& live,
                                                  const RequestView& request,
                                                  const Decision& decision);

/// `sonnet-5:canary`, `tone:warm`, in the words of CallRecord::arms.
[[nodiscard]] std::string ArmWords(const Tables& tables, const std::vector<TouchedArm>& arms);

/// Leaves a sample for each arm whose first choice was asked, or was left alone since it fails; a
/// call that never left counts for nobody. `unit` differs for each key attribute.
void LeaveSamples(const Tables& tables, const std::vector<TouchedArm>& arms,
                  const RequestView& request, const CallRecord& record, SampleRing& ring);

}  // namespace mlp::engine
