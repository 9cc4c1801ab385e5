// The experiments of a policy in force: counts what calls left, and ends them when their time is
// over or a person stopped them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "mlp/policy.hpp"
#include "runtime/engine/rollout/sample_ring.hpp"
#include "runtime/store/experiment_file.hpp"

namespace mlp::engine {

/// Used by one thread at a time, that of Rollouts. With a ledger its counts lie there, else here.
class Experiments {
 public:
  /// `planned_us`: when the policy came into force; of two services the later one's plan is
  /// obeyed.
  Experiments(const Policy& policy, std::string ledger_path, std::int64_t planned_us);

  [[nodiscard]] bool any() const noexcept { return !rows_.empty(); }
  /// As they stood at the last look, in the order of the policy.
  [[nodiscard]] const std::vector<ExperimentRow>& rows() const noexcept { return rows_; }
  /// The number here of an arm of the policy before; nothing where it has no such arm.
  [[nodiscard]] std::optional<std::size_t> NumberOf(const Experiments& before,
                                                    std::size_t number) const;
  /// `number` counts the arms of all experiments.
  void Take(std::size_t number, const RolloutSample& sample);
  /// Counts what waits where `may_write`, ends what is over, publishes who runs.
  Status Look(std::int64_t now_s, bool may_write);
  /// What an earlier policy kept in memory under the same salts.
  void Inherit(const Experiments& before);

 private:
  struct Waiting {
    std::size_t arm = 0;
    RolloutSample sample;
  };
  Status LookAtFile(std::int64_t now_s, bool may_write);
  void LookAtMemory(std::int64_t now_s);
  Status Count(std::size_t experiment, std::int64_t now_s);
  static bool End(ExperimentRow& row, std::int64_t now_s);
  void Publish();

  const Policy& policy_;
  const std::string path_;
  const std::int64_t planned_us_;
  std::vector<ExperimentPlan> plans_;
  std::vector<ExperimentRow> rows_;
  std::vector<std::vector<Waiting>> waiting_;            // per experiment
  std::vector<std::unordered_set<std::uint64_t>> seen_;  // by this process
  std::unique_ptr<ExperimentFile> file_;
  std::int64_t version_ = -1;
  std::uint64_t file_number_ = 0;
};

}  // namespace mlp::engine
