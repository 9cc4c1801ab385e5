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
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// One experiment; its salt is what it is known by.
struct ExperimentRow {
  std::int64_t id = 0;
  ExperimentPlan plan;
  ExperimentCounts counts;
  std::int64_t started_s = 0;  ///< of its first counted unit; 0: none yet
  std::int64_t ended_s = 0;    ///< 0: it runs
  std::string ended_by;        ///< who and why
};

/// One connection; a thread has its own.
class ExperimentFile {
 public:
  Status Open(const std::string& ledger_path, int busy_ms = 5'000);

  /// Changes hold from Begin to Commit as one; Abandon takes them back.
  Status Begin();
  Status Commit();
  void Abandon() noexcept;

  Result<std::optional<ExperimentRow>> Find(std::string_view salt);
  Result<std::vector<ExperimentRow>> List();
  /// Inserts it where its id is 0.
  Status Save(ExperimentRow& row);
  /// Whether the unit had not come before; it has now.
  Result<bool> Remember(std::int64_t id, std::uint64_t unit);
  /// Changes when another connection wrote.
  Result<std::int64_t> Version();

 private:
  [[nodiscard]] Error Failure(int code) const;
  Result<std::vector<ExperimentRow>> Rows(Statement& statement);

  Database database_;
  Statement find_;
  Statement list_;
  Statement insert_;
  Statement update_;
  Statement remember_;
};

/// Of the ledger beside a store, by name; none where there is no such file.
[[nodiscard]] Result<std::vector<ExperimentRow>> ReadExperiments(const std::string& ledger_path);

}  // namespace mlp
