// Experiments in the ledger file beside a store: what was counted of their arms, and when they
// ended. Any number of processes share it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/core/rollout/experiment.hpp"
#include "runtime/store/ledger_file.hpp"
#include "runtime/store/ledger_table.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// One experiment; its salt is what it is known by.
struct ExperimentRow {
  std::int64_t id = 0;
  ExperimentPlan plan;
  ExperimentCounts counts;
  std::int64_t started_s = 0;   ///< of its first counted unit; 0: none yet
  std::int64_t ended_s = 0;     ///< 0: it runs
  std::string ended_by;         ///< who and why
  std::int64_t planned_us = 0;  ///< when the service that brought the plan began; 0: not known

  /// That were counted of an arm.
  [[nodiscard]] std::int64_t users(std::size_t arm) const noexcept {
    return arm < counts.size() ? counts[arm].newcomers : 0;
  }
};

class ExperimentFile : public LedgerTable {
 public:
  ExperimentFile() : LedgerTable(kRolloutSchema) {}

  Result<std::optional<ExperimentRow>> Find(std::string_view salt);
  Result<std::vector<ExperimentRow>> List();
  /// Inserts it where its id is 0.
  Status Save(ExperimentRow& row);
  /// Whether the unit had not come before; it has now.
  Result<bool> Remember(std::int64_t id, std::uint64_t unit);
  /// All units: they may come anew.
  Status Forget(std::int64_t id);

 private:
  Status Prepare() override;
  Result<std::vector<ExperimentRow>> Rows(Statement& statement);

  Statement find_;
  Statement list_;
  Statement insert_;
  Statement update_;
  Statement remember_;
  Statement forget_;
};

/// Of the ledger beside a store, by name; none where there is no such file.
[[nodiscard]] Result<std::vector<ExperimentRow>> ReadExperiments(const std::string& ledger_path);

}  // namespace mlp
