// Budgets' money behind a thread: reservations and settlements of many calls share a commit, so
// that a call waits for one write to the disk and never for the calls before it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/store/ledger_file.hpp"

namespace mlp {

struct LedgerOptions {
  /// Operations in one commit at most.
  std::size_t batch = 1'024;
  /// Settlements wait so long for a reservation to share a commit with: nobody waits for them, and
  /// until they are written the reservation counts, which is more.
  std::int64_t settle_ms = 20;
  /// Between tries while the file cannot be written; settlements wait, reservations get the error.
  std::int64_t retry_ms = 200;
  /// Between sweeps of expired reservations and looks at what other processes booked.
  std::int64_t sweep_ms = 1'000;
};

struct LedgerStats {
  std::uint64_t reserved = 0;  ///< reservations granted
  std::uint64_t refused = 0;   ///< for want of room
  std::uint64_t settled = 0;
  std::uint64_t expired = 0;     ///< booked as spent because no settlement came
  std::uint64_t failed = 0;      ///< commits that failed
  std::uint64_t unanswered = 0;  ///< reservations that ended with an error of the file
  std::uint64_t sweeps = 0;
  std::uint64_t waiting = 0;  ///< settlements not yet written
  std::string last_error;     ///< of the most recent failure, empty without one
};

/// All member functions are thread-safe. A file that is put in the place of the one that was opened
/// is the ledger from then on; what was reserved in the former is booked there when it is settled.
class Ledger {
 public:
  static Result<std::unique_ptr<Ledger>> Open(const std::string& path, LedgerOptions options = {});
  /// Answers and writes what waits; what cannot be written is lost to this process and expires.
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  using Granted = std::function<void(Result<LedgerFile::Grant>)>;
  /// LedgerFile::Reserve, answered on the ledger's thread after the commit; `granted` must not
  /// block.
  void Reserve(std::vector<LedgerAccount> accounts, std::int64_t amount_pico, std::int64_t now_s,
               std::int64_t expires_s, Granted granted);
  /// LedgerFile::Settle; tried again until it is written.
  void Settle(std::int64_t reservation, std::int64_t actual_pico);
  /// Waits until everything handed in before was tried once; an error where settlements still wait.
  Status Flush();

  /// Of the tighter of an account's limits, in parts per million.
  struct Share {
    std::uint32_t spent_ppm = 0;
    std::uint32_t used_ppm = 0;  ///< reservations included
    LedgerUse use;
  };
  /// As of the last commit of this process that touched the account or the last sweep, without a
  /// look at the file: 0 for one that had no money in these periods when this process began and got
  /// some from another one since the last sweep.
  [[nodiscard]] Share ShareOf(const LedgerAccount& account, std::int64_t now_s);

  struct Use {
    LedgerAccount account;
    LedgerUse use;  ///< of periods that have passed: 0
  };
  /// All accounts that this process asked for, as ShareOf knows them, by budget and value.
  [[nodiscard]] std::vector<Use> Uses(std::int64_t now_s);
  [[nodiscard]] LedgerStats stats() const;

 private:
  class Impl;
  explicit Ledger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlp
