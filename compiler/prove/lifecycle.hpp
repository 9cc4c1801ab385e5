// MLP0502, MLP0503 and MLP0504: models that end within the horizon, or soon after a day.
#pragma once

#include <cstdint>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/prove/uses.hpp"

namespace mlp::compiler {

/// MLP0502: a model that the policy names where it is retired at an instant of the horizon, though
/// some request would reach it there; not where the route follows successors. An error where it is
/// retired from the horizon's beginning on. MLP0504: a model that may serve, and is deprecated or
/// retires within the horizon, without a successor that lives on.
void FindEnds(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
              Diagnostics& diagnostics);

/// MLP0503: a deprecated model, or one with at most 30 days to its end, that a decision at
/// `as_of_s` or later in the horizon reaches by its name; days left. A note with more than 30 days
/// or without a known end; else a warning, and in production an error where no successor can take
/// over.
void FindDeprecated(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                    std::int64_t as_of_s, Diagnostics& diagnostics);

}  // namespace mlp::compiler
