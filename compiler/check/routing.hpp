// Routes: which candidates a request gets, in which order and within which bounds.
#pragma once

#include "compiler/check/declarations.hpp"

namespace mlp::compiler::check {

/// `defaults`, then every route with the defaults inherited.
void CheckRoutes(Context& context, const Declarations& declarations);

/// A Try or Else of a route; what it needs of the route (`mix`) is checked by CheckStepNeeds.
[[nodiscard]] StepModel CheckStep(Context& context, View step);
/// Once all statements of a route are in: what its steps ask of it.
void CheckStepNeeds(Context& context, const RouteModel& route, View step, const StepModel& checked);

/// A share bound needs the request's tokens: reports MLP0304 under `span` where they are not
/// declared.
void NeedTokens(Context& context, Span span, std::string_view what);

}  // namespace mlp::compiler::check
