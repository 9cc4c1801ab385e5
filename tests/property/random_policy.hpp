// Random policies on small domains that use every kind of condition, guard, date and capability, as
// text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/property/oracle.hpp"

namespace mlp::oracle {

struct RandomPolicy {
  std::string name;
  std::string text;
  std::vector<std::int64_t> dates;  ///< instants to ask about: around every date in the text
  std::vector<std::string> rollouts;
  bool has_budget = false;  ///< with a second order
};

/// The same policy for the same seed on every machine.
[[nodiscard]] RandomPolicy MakeRandomPolicy(std::uint64_t seed);

/// Every request of the policy's domain: texts are those that its conditions compare with,
/// neighbours of them, and others.
[[nodiscard]] std::vector<Request> EveryRequest(const Oracle& oracle,
                                                const compiler::ast::Tree& tree,
                                                const compiler::SourceSet& sources);

}  // namespace mlp::oracle
