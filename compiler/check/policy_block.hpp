// What stands once in the policy's own file: `policy` and `request`.
#pragma once

#include "compiler/check/declarations.hpp"

namespace mlp::compiler::check {

/// Name, version, owner, stage and horizon.
void CheckPolicy(Context& context, const Declarations& declarations);
/// The typed attributes; declares their names and collects their values as places.
void CheckRequest(Context& context, const Declarations& declarations);

}  // namespace mlp::compiler::check
