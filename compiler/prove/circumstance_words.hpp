// Under what a counterexample holds, in words and as a witness's.
#pragma once

#include <string>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/prove/counterexample.hpp"

namespace mlp::compiler {

/// ` on 2027-03-01 in the canary arm of `x``, with a space before; empty for the beginning of the
/// horizon and nothing else.
[[nodiscard]] std::string CircumstanceWords(const PolicyModel& model, const Counterexample& one);

/// `@date=`, `@arm=`, `@budget=`, `@live.` and `@down=` words.
void AddCircumstances(const PolicyModel& model, const Counterexample& one, bool dated,
                      Witness& witness);

}  // namespace mlp::compiler
