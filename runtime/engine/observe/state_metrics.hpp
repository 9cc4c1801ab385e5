// The families of metrics about what is, beside what was counted: budgets, breakers, limits, the
// store, the cache, the quality of answers.
#pragma once

#include <vector>

#include "mlp/budgets.hpp"
#include "mlp/cache.hpp"
#include "mlp/health.hpp"
#include "mlp/quality.hpp"
#include "mlp/store.hpp"
#include "mlp/tables.hpp"
#include "runtime/core/metrics/open_metrics.hpp"
#include "runtime/engine/retry_budget.hpp"

namespace mlp::engine {

/// A budget with a `per` is shown as one: its money summed over the values, none of which is named.
void WriteBudgetMetrics(const Tables& tables, const std::vector<BudgetState>& states,
                        const BudgetStats& stats, OpenMetricsWriter& out);
void WriteHealthMetrics(const Tables& tables, const HealthReport& health, OpenMetricsWriter& out);
void WriteRetryMetrics(const Tables& tables, const RetryBudget& retries, OpenMetricsWriter& out);
void WriteStoreMetrics(const Tables& tables, const StoreStats& stats, OpenMetricsWriter& out);

void WriteCacheMetrics(const Tables& tables, const CacheStats& stats, OpenMetricsWriter& out);
void WriteQualityMetrics(const Tables& tables, const HealthReport& health,
                         const QualityStats& stats, OpenMetricsWriter& out);

}  // namespace mlp::engine
