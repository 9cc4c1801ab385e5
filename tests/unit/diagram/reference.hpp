// What a policy says for one request, worked out from the checked model step by step as the
// language reference describes it: slow and obvious, with no diagram, no guards and no partial
// evaluation.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/model/policy.hpp"
#include "mlp/decide.hpp"

namespace mlp::test {

struct ReferenceRequest {
  std::vector<std::int32_t> codes;  ///< per attribute, not per slot
  std::vector<std::string> texts;   ///< per attribute
  std::vector<std::uint64_t> sets;  ///< per attribute
};

struct ReferenceWorld {
  std::int64_t at_s = 0;
  bool canary = false;  ///< the unit is in the canary arm of every rollout
  bool prefer_cheapest = false;
  /// Measured facts, by candidate and fact; every one that a condition asks for.
  std::map<std::tuple<std::uint32_t, LiveFact>, std::int64_t> live;
};

struct ReferenceDecision {
  DecisionOutcome outcome = DecisionOutcome::kNoRoute;
  std::uint32_t route = compiler::kNoIndex;
  std::vector<std::string> candidates;  ///< name@endpoint, `*` behind a canary
  bool cached = false;
};

[[nodiscard]] ReferenceDecision ReferenceDecide(const compiler::PolicyModel& model,
                                                const ReferenceRequest& request,
                                                const ReferenceWorld& world);

/// Whether a live comparison holds in the world; `model` is a candidate's index.
[[nodiscard]] bool ReferenceLive(const LiveAtom& atom, const ReferenceWorld& world);
[[nodiscard]] bool ReferenceHolds(const compiler::PolicyModel& model,
                                  const compiler::Condition& condition,
                                  const ReferenceRequest& request);

}  // namespace mlp::test
