// Rollouts in the ledger file beside a store: their state, what was counted of units, and the log
// of everything that happened to them. Any number of processes share it: one transaction reads,
// counts and goes on, so that all agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/core/rollout/machine.hpp"
#include "runtime/store/ledger_file.hpp"
#include "runtime/store/ledger_table.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// One rollout; its salt is what it is known by.
struct RolloutRow {
  std::int64_t id = 0;
  RolloutPlan plan;
  RolloutState state;
  RolloutBlock pending;  ///< counted since the last block
  std::int64_t pending_since_s = 0;
  std::int64_t sequence = 0;    ///< of the next entry of its log
  std::int64_t planned_us = 0;  ///< when the service that brought the plan began
  /// Read as the version before wrote it: whoever writes it next says so in its log.
  bool former = false;
};

enum class RolloutEntryKind : std::uint8_t { kStarted, kBlock, kMove, kEdited, kRestated };
[[nodiscard]] std::string_view ToString(RolloutEntryKind kind) noexcept;

/// An entry of a rollout's log: what the machine was told, and what it made of it.
struct RolloutEntry {
  std::int64_t sequence = 0;
  std::int64_t at_s = 0;  ///< since 1970 UTC
  RolloutEntryKind kind = RolloutEntryKind::kBlock;
  std::string
      input;  ///< the plan, the counts, hold, resume ...; kRestated: plan and state, a line each
  std::string who;
  std::string why;
  std::string changes;  ///< a line for each transition: `advanced 10000 50000 BECAUSE`
};

class RolloutFile : public LedgerTable {
 public:
  RolloutFile() : LedgerTable(kRolloutSchema) {}

  Result<std::optional<RolloutRow>> Find(std::string_view salt);
  Result<std::vector<RolloutRow>> List();
  /// Inserts it where its id is 0.
  Status Save(RolloutRow& row);
  Status Append(const RolloutRow& row, const RolloutEntry& entry);
  /// Of the rollout with this id; `since` is the first sequence number that is wanted.
  Result<std::vector<RolloutEntry>> Log(std::int64_t id, std::int64_t since = 0);

  Result<UnitMarks> Marks(std::int64_t id, std::uint64_t unit);
  Status SetMarks(std::int64_t id, std::uint64_t unit, const UnitMarks& marks);
  /// What is remembered of units goes with the rollout's end.
  Status ForgetUnits(std::int64_t id);

 private:
  Status Prepare() override;
  Result<std::vector<RolloutRow>> Rows(Statement& statement);

  Statement find_;
  Statement list_;
  Statement insert_;
  Statement update_;
  Statement append_;
  Statement log_;
  Statement marks_;
  Statement set_marks_;
  Statement forget_;
};

/// The lines of RolloutEntry::changes.
[[nodiscard]] std::string ChangeLines(const std::vector<RolloutTransition>& transitions);

}  // namespace mlp
