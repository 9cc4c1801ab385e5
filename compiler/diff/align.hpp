// Two policies in the terms of one request, so that a condition, a capability and a value mean the
// same number in both.
//
// The joint request has the attributes of both. Values are united: labels of enums and members of
// sets by name, ranges of tokens and numbers by their hull. An attribute whose type changed (for a
// number also its step) is two attributes: the old one is called `old.NAME`. A policy ignores what
// it does not declare, and a request with a value that it does not declare has no route in it.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/policy.hpp"
#include "mlp/result.hpp"

namespace mlp::compiler {

struct AlignedPolicy {
  PolicyModel model;                ///< attributes are the joint ones; assertions are in `claims`
  std::vector<AssertModel> claims;  ///< in the order of the policy
  Condition domain;                 ///< the requests that the policy itself declares
  std::vector<std::string> names;   ///< per joint attribute the policy's own; empty: it has none
};

struct Alignment {
  AlignedPolicy older;
  AlignedPolicy newer;
  PolicyModel request;  ///< the joint attributes and capability names, and nothing else
};

/// The error says what there is too much of, in words: capabilities or members past 64.
[[nodiscard]] Result<Alignment, std::string> Align(const PolicyModel& older,
                                                   const PolicyModel& newer);

}  // namespace mlp::compiler
