// Why a condition holds for a request or does not, in the policy's own words.
#pragma once

#include <string>

#include "compiler/model/condition.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// For messages alone: decisions are made by the tables.
[[nodiscard]] bool Evaluate(const Condition& condition, const Tables& tables,
                            const RequestView& request);

/// `tier == free does not hold: tier is pro`, naming the smallest part that decides; the whole
/// condition where it holds.
[[nodiscard]] std::string Because(const Condition& condition, const PolicyModel& model,
                                  const Tables& tables, const SourceSet& sources,
                                  const RequestView& request);

}  // namespace mlp::compiler
