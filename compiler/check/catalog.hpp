// Providers, models, variants, amendments and pools: from declarations to the catalog part of the
// model.
#pragma once

#include <vector>

#include "compiler/check/declarations.hpp"

namespace mlp::compiler::check {

/// Providers, then their amendments; declares aliases and collects the places.
void CheckProviders(Context& context, const Declarations& declarations);
/// Models, amendments of models, variants, amendments of variants; declares aliases and collects
/// the scores' names.
void CheckModels(Context& context, const Declarations& declarations);
/// After models.
void CheckPools(Context& context, const Declarations& declarations);

/// The price statements of one model as sheets: by date, by prompt length, scheduled ones before
/// the plain one.
[[nodiscard]] std::vector<PriceModel> CheckPrices(Context& context,
                                                  const std::vector<View>& statements);

/// One statement about a model's life (Status, LifecycleDate, RetiresNotBefore, Successor).
void CheckLifecycle(Context& context, View statement, CandidateModel& model);
/// The order of the dates, once all statements are in.
void CheckLifecycleOrder(Context& context, const CandidateModel& model);

/// A variant's `set` as a JSON object, added to the settings it has.
void CheckSettings(Context& context, View statement, CandidateModel& model);

}  // namespace mlp::compiler::check
