// The life of a rollout as a pure function: from a state and what happened to the next state and
// what changed. The same plan and inputs always give the same states, bit for bit, so that a log of
// inputs proves what was done.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/evidence/rate_ratio.hpp"
#include "runtime/core/rollout/block.hpp"
#include "runtime/core/rollout/plan.hpp"

namespace mlp {

enum class RolloutStage : std::uint8_t {
  kStep,        ///< at steps[step]
  kHoldback,    ///< at the end, some units kept on the old model
  kDone,        ///< all units have the new model
  kRolledBack,  ///< none has
};
/// Why a rollout stays where it is until a person says otherwise.
enum class RolloutHold : std::uint8_t { kNone, kOperator, kShares, kUndecided };

struct TimedBlock {
  std::int64_t at_s = 0;
  RolloutBlock counts;
};

/// Values of units counted at one share, in the order of ValueKind. Means are compared within a
/// share: over several a change in time that is common to both arms would look like a difference.
struct ShareMeans {
  std::uint32_t share_ppm = 0;
  std::array<ValueSum, kValueKinds> canary{};
  std::array<ValueSum, kValueKinds> stable{};
};

struct RolloutState {
  RolloutStage stage = RolloutStage::kStep;
  RolloutHold hold = RolloutHold::kNone;
  bool outage = false;  ///< both arms fail: neither on nor back
  std::uint32_t step = 0;
  std::uint32_t share_ppm = 0;
  std::int64_t started_s = 0;
  std::int64_t step_since_s = 0;
  std::int64_t updated_s = 0;
  std::int64_t paused_s = 0;  ///< of the time since step_since_s: holds and outages
  std::int64_t ended_s = 0;
  std::int64_t canary_arrived = 0;  ///< in this step
  std::int64_t stable_arrived = 0;
  std::uint32_t restarts = 0;
  bool shares_accepted = false;  ///< a person resumed after a hold for the arms' shares
  RolloutBaseline baseline;
  RolloutBlock before;                    ///< until the baseline is frozen: what it is made of
  RolloutBlock total;                     ///< of the whole rollout
  std::vector<std::vector<double>> harm;  ///< per `rollback`: the logs of its e-process
  std::vector<double> proof;              ///< of the present step's
  std::vector<RateBlock> harm_waiting;    ///< per `rollback`: of one arm, until the other comes
  RateBlock proof_waiting;
  std::vector<ShareMeans> means;      ///< one for each share so far
  double shares_log = 0;              ///< ln of the Bayes factor of finished shares
  std::int64_t canary_newcomers = 0;  ///< at the present share
  std::int64_t stable_newcomers = 0;
  std::vector<TimedBlock> recent;  ///< the longest window of any criterion, at least 15 minutes
};

enum class RolloutMove : std::uint8_t { kHold, kResume, kAdvance, kRollback };
[[nodiscard]] std::string_view ToString(RolloutMove move) noexcept;
[[nodiscard]] std::string_view ToString(RolloutStage stage) noexcept;
[[nodiscard]] std::string_view ToString(RolloutHold hold) noexcept;

/// What happened: counts of a block that ended, or an operator's move.
struct RolloutInput {
  std::int64_t at_s = 0;
  std::optional<RolloutMove> move;
  std::string who;
  std::string why;
  RolloutBlock block;
};

enum class RolloutChange : std::uint8_t {
  kAdvanced,
  kRolledBack,
  kDone,
  kHeld,
  kResumed,
  kRestarted,
  kOutage,
  kOutageEnded,
  kEdited,  ///< the policy's ramp or criteria are others
};
inline constexpr std::size_t kRolloutChangeCount = 9;
[[nodiscard]] std::string_view ToString(RolloutChange change) noexcept;

/// What changed and the numbers that caused it.
struct RolloutTransition {
  RolloutChange change = RolloutChange::kAdvanced;
  std::uint32_t from_ppm = 0;
  std::uint32_t to_ppm = 0;
  std::string because;
};

struct RolloutOutcome {
  RolloutState state;
  std::vector<RolloutTransition> transitions;
};

inline constexpr std::int64_t kRolloutCooldownS = 3'600;
inline constexpr std::uint32_t kRolloutRestarts = 2;

/// Forgets what was shown of harm; the baseline stays.
void BeginEvidenceAnew(const RolloutPlan& plan, RolloutState& state);
[[nodiscard]] RolloutState StartRollout(const RolloutPlan& plan, std::int64_t at_s);
/// A move that is not possible now changes nothing: see Refusal.
[[nodiscard]] RolloutOutcome Next(const RolloutPlan& plan, const RolloutState& state,
                                  const RolloutInput& input);
/// The policy says otherwise than before: the share stays as far as a step of the new ramp allows,
/// evidence begins anew where criteria changed.
[[nodiscard]] RolloutOutcome Edit(const RolloutPlan& before, const RolloutPlan& plan,
                                  const RolloutState& state, std::int64_t at_s);
/// Why an operator's move is not possible now; empty where it is.
[[nodiscard]] std::string Refusal(const RolloutPlan& plan, const RolloutState& state,
                                  RolloutMove move, std::int64_t at_s);
/// Whether counts are enough for a block, by what is not evidence: time and units alone.
[[nodiscard]] bool MayClose(const RolloutBlock& pending, std::int64_t since_s, std::int64_t now_s,
                            std::int64_t block_s);
/// A canary that most likely fails more often than not, while the stable arm does not.
[[nodiscard]] bool IsDead(const RolloutState& state, const RolloutBlock& pending);

[[nodiscard]] std::string ToText(const RolloutState& state);
[[nodiscard]] std::optional<RolloutState> ParseRolloutState(std::string_view text);
/// Of the version before, which had other tests: its evidence begins anew.
[[nodiscard]] std::optional<RolloutState> ParseFormerRolloutState(std::string_view text,
                                                                  const RolloutPlan& plan);
[[nodiscard]] std::string ToText(const RolloutBlock& block);
[[nodiscard]] std::optional<RolloutBlock> ParseRolloutBlock(std::string_view text);

/// A criterion as it stands: for people.
struct CriterionStanding {
  std::string words;
  Measured measured = Measured::kFailures;
  bool proof = false;
  double log_evidence = 0;  ///< sequential: ln E
  double needed = 0;        ///< ln E at which it is shown; 0 with a window
  std::int64_t canary_units = 0;
  std::int64_t stable_units = 0;
  double canary = 0;  ///< the measure in both arms, of the window or the whole rollout
  double stable = 0;
  bool holds = false;
};
[[nodiscard]] std::vector<CriterionStanding> Standing(const RolloutPlan& plan,
                                                      const RolloutState& state);

}  // namespace mlp
