// Obeys the operator's hand: polls what is taken down in the ledger file of the store, on a thread
// of its own, since a busy file may make it wait.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "mlp/health.hpp"
#include "mlp/tables.hpp"
#include "runtime/engine/health/health.hpp"
#include "runtime/store/operator_downs.hpp"

namespace mlp::engine {

/// A name takes down the provider of that name or alias, and the model of that name with all that
/// ask the same provider for the same id, as variants do. While the file cannot be read what was
/// read last stays in force; without a file nothing is down.
class OperatorWatch {
 public:
  /// Looks once here, then every `interval_ms` until destruction. `tables` and `health` outlive it.
  OperatorWatch(const Tables& tables, Health& health, const std::string& ledger_path,
                std::int64_t interval_ms);
  OperatorWatch(const OperatorWatch&) = delete;
  OperatorWatch& operator=(const OperatorWatch&) = delete;
  ~OperatorWatch() { Stop(); }
  /// Waits for a look that is under way. For one thread at a time.
  void Stop();

  /// Adds what is in force. Thread-safe.
  void Describe(HealthReport& report) const;

 private:
  /// What of the policy a name takes down.
  struct Reach {
    std::vector<std::uint16_t> models;
    std::vector<std::uint16_t> providers;  ///< whose models are among `models`
    [[nodiscard]] bool known() const { return !models.empty() || !providers.empty(); }
  };
  void Run(std::int64_t interval_ms);
  void Look();
  [[nodiscard]] Status Read();
  void Apply(std::int64_t now_s);
  [[nodiscard]] Reach ReachOf(const std::string& name) const;

  const Tables& tables_;
  Health& health_;
  const std::string path_;
  // The thread's own.
  std::unique_ptr<OperatorDowns> file_;
  std::uint64_t inode_ = 0;
  std::int64_t version_ = -1;
  std::vector<OperatorDown> read_;

  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // under mutex_, as what follows
  std::vector<OperatorDown> in_force_;
  std::string trouble_;
  std::thread thread_;
};

}  // namespace mlp::engine
