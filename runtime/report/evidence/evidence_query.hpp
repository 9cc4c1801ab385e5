// Reads the rollouts and experiments of the ledger beside a store.
#pragma once

#include <cstdint>
#include <string>

#include "mlp/result.hpp"
#include "runtime/report/evidence/evidence.hpp"

namespace mlp {

/// All of them, by name; none where no service with any wrote there yet. `store` is the store's
/// path.
[[nodiscard]] Result<std::vector<RolloutFinding>> QueryRollouts(const std::string& store);
[[nodiscard]] Result<std::vector<ExperimentFinding>> QueryExperiments(const std::string& store,
                                                                      std::int64_t now_s);

/// Both, without those that ended before `from_us` (since 1970).
[[nodiscard]] Evidence QueryEvidence(const std::string& store, std::int64_t from_us,
                                     std::int64_t now_s);

}  // namespace mlp
