// The metrics of a store: what its records and its ledger say, for those who scrape a file in place
// of a running service.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/health.hpp"
#include "mlp/result.hpp"

namespace mlp {

/// OpenMetrics text: the families about calls that Client::Metrics has, over the calls of all
/// processes and policies in the store at `path`, the calls that are missing from it, the money of
/// its budgets in the day and month of `now_s`, and the names that operators took down. Series
/// begin with their first call: a store does not know its policies. Calls whose rows are gone count
/// too.
[[nodiscard]] Result<std::string> QueryMetrics(const std::string& path, std::int64_t now_s,
                                               const std::vector<OperatorDown>& taken_down = {});

}  // namespace mlp
