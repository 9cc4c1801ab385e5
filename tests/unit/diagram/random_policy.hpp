// Small random policies and requests from a seed.
#pragma once

#include <cstdint>
#include <random>

#include "compiler/model/policy.hpp"
#include "tests/unit/diagram/reference.hpp"

namespace mlp::test {

struct RandomShape {
  std::uint32_t routes = 5;
  bool candidates = true;  ///< objectives, places, bounds and rollouts, or one plain list
};

[[nodiscard]] compiler::PolicyModel RandomPolicy(std::uint32_t seed, const RandomShape& shape);
[[nodiscard]] ReferenceRequest RandomRequest(const compiler::PolicyModel& model,
                                             std::mt19937& random);
/// Measured values for everything that RandomPolicy's conditions may ask.
[[nodiscard]] ReferenceWorld RandomWorld(const compiler::PolicyModel& model, std::mt19937& random);

}  // namespace mlp::test
