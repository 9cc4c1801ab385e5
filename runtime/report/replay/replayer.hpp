// Decides recorded calls again under a policy and counts what becomes of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "mlp/policy.hpp"
#include "runtime/report/replay/recorded_call.hpp"
#include "runtime/report/replay/replay.hpp"

namespace mlp {

/// Every model counts as well, no budget as used, and live conditions as holding: what a service
/// knew at the time is not recorded. A call whose record names its arm of a rollout of the same
/// name keeps it; else rollouts stand at stable. A `spread` without a key is drawn by the call's
/// id.
///
/// What is not recorded of a request, its texts and keys, is tried as every text that the policy
/// tells apart: a call that they decide is not replayed.
///
/// Not thread-safe; the policy's live state is the replayer's while it lives.
class Replayer {
 public:
  /// `policy` must outlive it. `as_of_s`: decides and prices at that instant and not at the calls'.
  explicit Replayer(const Policy& policy, std::optional<std::int64_t> as_of_s = {});

  void Add(const RecordedCall& call);
  /// All of it, once. `source` is what the calls were read from.
  [[nodiscard]] Replay Finish(const std::string& source);

 private:
  /// A text slot that records leave out, and what stands for all texts that the policy tells apart.
  struct OpenText {
    std::string attribute;
    std::uint16_t slot;
    std::vector<std::string> stand_ins;
  };
  struct Unfit {
    std::string example;
    std::int64_t calls = 0;
  };
  using Reasons = std::map<std::string, std::int64_t>;
  using MoveKey = std::tuple<std::string, std::string, std::string, std::string>;

  void TakeTimeAndArms(const RecordedCall& call, std::int64_t at_s);
  std::optional<OwnedRequest> Read(const RecordedCall& call, std::vector<const OpenText*>& open);
  std::optional<Decision> DecideAll(OwnedRequest& request, const std::vector<const OpenText*>& open,
                                    const RecordedCall& call);
  [[nodiscard]] bool Same(const Decision& a, const Decision& b) const;
  void Count(const RecordedCall& call, const Decision& decision, std::int64_t at_s);
  void CountTurn(std::map<MoveKey, std::int64_t>& turns, const RecordedCall& call,
                 const std::string& old_end, const Decision& decision);
  void CountServed(const RecordedCall& call, const Decision& decision, std::int64_t at_s);
  void CountCost(const RecordedCall& call, const Candidate& first, std::int64_t at_s,
                 ReplayMove& move);
  void CountDoubts(const Decision& decision);
  [[nodiscard]] std::string RouteOf(const Decision& decision) const;

  const Policy& policy_;
  std::optional<std::int64_t> as_of_s_;
  std::vector<OpenText> texts_;
  Replay replay_;
  std::map<MoveKey, ReplayMove> moves_;
  std::map<MoveKey, std::int64_t> lost_;
  std::map<MoveKey, std::int64_t> won_;
  std::map<std::string, Unfit> unfit_;
  Reasons undecided_;
  Reasons doubts_;
};

}  // namespace mlp
