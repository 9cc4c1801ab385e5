// The rollouts and experiments of a policy in force: a thread that counts what calls left, lets the
// machine go on, and publishes the shares that decisions read.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/policy.hpp"
#include "runtime/engine/rollout/arms.hpp"
#include "runtime/engine/rollout/experiments.hpp"
#include "runtime/engine/rollout/rollout_news.hpp"
#include "runtime/engine/rollout/rollout_steps.hpp"
#include "runtime/engine/rollout/sample_ring.hpp"

namespace mlp::engine {

/// With a ledger the state lies there, and all processes on it agree; without one it is kept here.
/// While the ledger cannot be read or written the shares stay as they are and what was counted
/// waits.
class Rollouts {
 public:
  /// Publishes the shares before it returns. `policy` outlives it; `ledger_path` may be empty. What
  /// `before` kept in memory is taken over.
  Rollouts(const Policy& policy, std::string ledger_path, const RolloutOptions& pace,
           RolloutListener listener, Rollouts* before);
  Rollouts(const Rollouts&) = delete;
  Rollouts& operator=(const Rollouts&) = delete;
  ~Rollouts();

  /// From the request path: lock-free.
  [[nodiscard]] SampleRing& ring() noexcept { return inlet_->ring; }
  /// Counts and writes what calls left so far.
  Status Flush();
  void Stop();
  /// As they stand, in the order of the policy.
  [[nodiscard]] std::vector<RolloutRow> Rows();
  [[nodiscard]] std::vector<ExperimentRow> ExperimentRows();
  /// Why the ledger is not used; empty while it is.
  [[nodiscard]] std::string trouble();

 private:
  void Run();
  Status Look(bool must_write);
  Status LookAtFile(std::int64_t now_s, bool must_write);
  void LookAtMemory(std::int64_t now_s);
  void Drain();
  void TakeInletsOf(Rollouts& before);
  Status WorkInFile(std::size_t rollout, std::int64_t now_s, RolloutWork& work);
  void Tell(std::size_t rollout, const RolloutWork& work) const;
  void Publish(std::size_t rollout, const RolloutRow& row);
  [[nodiscard]] bool IsDue(std::int64_t now_s) const;

  const Policy& policy_;
  const std::string path_;
  const RolloutOptions pace_;
  const RolloutListener listener_;
  const std::int64_t planned_us_;
  std::vector<RolloutPlan> plans_;
  std::vector<std::vector<PlanCriterion>> signals_;
  /// Where calls of this policy, or of one before, leave their samples.
  struct Inlet {
    SampleRing ring;
    std::mutex drain;  // one takes out at a time
  };
  struct FormerInlet {
    std::shared_ptr<Inlet> inlet;
    std::vector<std::uint16_t> numbers;  // here, of those there; kNone16: none
  };
  const std::shared_ptr<Inlet> inlet_ = std::make_shared<Inlet>();

  std::mutex work_mutex_;  // one look at a time; what follows is under it
  std::vector<FormerInlet> former_;
  std::vector<RolloutRow> rows_;
  std::vector<std::vector<RolloutSample>> waiting_;                  // per rollout
  std::vector<std::unordered_map<std::uint64_t, UnitMarks>> marks_;  // without a ledger
  Experiments experiments_;
  std::unique_ptr<RolloutFile> file_;
  std::int64_t version_ = -1;
  std::int64_t written_ms_ = 0;
  std::int64_t experiments_ms_ = 0;
  std::uint64_t file_number_ = 0;
  std::string trouble_;

  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // under stop_mutex_
  std::thread thread_;
};

}  // namespace mlp::engine
