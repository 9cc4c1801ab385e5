#include "runtime/engine/rollout/arms.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "runtime/core/bucket.hpp"
#include "runtime/core/gate.hpp"
#include "runtime/core/sha256.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

/// A row that may serve the request, whether its model is up or not.
class OpenRows {
 public:
  OpenRows(const Tables& tables, const LiveState& live, const RequestView& request,
           const Decision& decision)
      : tables_(tables),
        live_(live),
        asks_(tables.asks_set == kNone16 ? 0 : request.sets[tables.asks_set]),
        input_(tables.input_code == kNone16 ? 0 : request.codes[tables.input_code]),
        output_(decision.output_tokens) {}
  [[nodiscard]] bool operator()(const Row& row) const {
    return IsOpen(tables_, live_, tables_.gates[row.gate], asks_, input_, output_);
  }

 private:
  const Tables& tables_;
  const LiveState& live_;
  const std::uint64_t asks_;
  const std::int64_t input_;
  const std::int64_t output_;
};

/// What of the request's units moves in the leaf: once for each rollout or experiment.
struct Mover {
  std::uint16_t number;  ///< of the rollout, or of the experiment behind all rollouts
  bool open;             ///< its new models may serve the request
};

std::vector<Mover> MoversOf(const Tables& tables, std::span<const Row> rows, const OpenRows& open) {
  std::vector<Mover> movers;
  const std::size_t rollouts = tables.rollouts.size();
  // An arm may have several rows, of which one is enough; an experiment needs all its arms.
  std::vector<std::pair<std::uint16_t, bool>> arms;
  for (const Row& row : rows) {
    if (row.rollout == kNone16) continue;
    const auto at = std::find_if(arms.begin(), arms.end(),
                                 [&](const auto& one) { return one.first == row.rollout; });
    const bool may = open(row);
    if (at == arms.end()) {
      arms.emplace_back(row.rollout, may);
    } else {
      at->second = at->second || may;
    }
  }
  for (const auto& [number, may] : arms) {
    const auto mover =
        number < rollouts
            ? number
            : static_cast<std::uint16_t>(rollouts + tables.arms[number - rollouts].experiment);
    const auto at = std::find_if(movers.begin(), movers.end(),
                                 [&, m = mover](const Mover& one) { return one.number == m; });
    if (at == movers.end()) {
      movers.push_back({mover, may});
    } else {
      at->open = at->open && may;
    }
  }
  return movers;
}

std::uint64_t HashOf(std::string_view unit) {
  const Sha256Digest digest = Sha256(unit);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < 8; ++i) hash = hash << 8 | digest[i];
  return hash;
}

/// The model that the arm's units ask first.
std::uint16_t ModelOf(const Tables& tables, const TouchedArm& arm) {
  if (arm.number >= tables.rollouts.size()) {
    return tables.arms[arm.number - tables.rollouts.size()].model;
  }
  const Rollout& rollout = tables.rollouts[arm.number];
  return arm.canary ? rollout.to_model : rollout.from_model;
}

std::string_view UnitOf(const Tables& tables, const TouchedArm& arm, const RequestView& request) {
  const std::size_t rollouts = tables.rollouts.size();
  const std::uint16_t slot =
      arm.number < rollouts
          ? tables.rollouts[arm.number].key_text
          : tables.experiments[tables.arms[arm.number - rollouts].experiment].key_text;
  return slot == kNone16 ? std::string_view() : request.texts[slot];
}

/// Whether it was left alone for failing.
bool IsBroken(const CallRecord& record, std::string_view model) {
  const std::string words = " " + record.skipped + " ";
  return words.find(fmt::format(" {}:breaker ", model)) != std::string::npos ||
         words.find(fmt::format(" {}:provider-breaker ", model)) != std::string::npos;
}

/// Of the first-choice attempt; nothing where there was none that says anything.
std::optional<RolloutSample> SampleOf(const CallRecord& record, std::string_view model) {
  RolloutSample sample;
  sample.at_s = (record.started_us + record.duration_us) / kMicrosPerSecond;
  const auto made = std::find_if(
      record.attempts.begin(), record.attempts.end(),
      [](const AttemptRecord& attempt) { return attempt.kind == AttemptKind::kFirst; });
  if (made == record.attempts.end() || made->model != model) {
    if (!IsBroken(record, model)) return std::nullopt;
    sample.error_class = ErrorClass::kConnection;
    return sample;
  }
  const AttemptRecord& first = *made;
  const bool unsent = first.error_class == ErrorClass::kRateLimited && first.http_status == 0;
  if (unsent) return std::nullopt;
  sample.error_class = first.error_class;
  sample.cancelled = first.error_class == ErrorClass::kCancelled;
  if (first.priced) sample.cost_pico = first.cost_pico;
  sample.quality_ppm = first.quality_ppm;
  if (first.error_class == ErrorClass::kNone) {
    sample.latency_us = first.latency_us;
    sample.ttft_us = first.first_byte_us;
  }
  return sample;
}

}  // namespace

std::vector<TouchedArm> TouchedArms(const Tables& tables, const LiveState& live,
                                    const RequestView& request, const Decision& decision) {
  std::vector<TouchedArm> touched;
  if ((tables.rollouts.empty() && tables.arms.empty()) || decision.route == kNone16) return touched;
  const Leaf& leaf = tables.leaves[decision.leaf];
  const std::span<const Row> rows = tables.rows.subspan(leaf.first_row, leaf.row_count);
  const OpenRows open(tables, live, request, decision);
  // Who would be first in no arm: up or not.
  const auto first = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.rollout == kNone16 && open(row);
  });
  const bool fixed = first != rows.end() && first->group == 0;
  const std::uint16_t asked = decision.count == 0 ? kNone16 : decision.candidates[0].model;
  const std::uint16_t through = decision.count == 0 ? kNone16 : decision.candidates[0].rollout;
  const auto leads = [&](std::uint16_t model) {
    return (fixed && first->model == model) || (asked == model && through == kNone16);
  };
  const std::size_t rollouts = tables.rollouts.size();
  for (const Mover& mover : MoversOf(tables, rows, open)) {
    if (!mover.open) continue;
    TouchedArm arm;
    if (mover.number < rollouts) {
      const Rollout& rollout = tables.rollouts[mover.number];
      const std::string_view unit = UnitOf(tables, {mover.number, false, false}, request);
      arm.number = mover.number;
      arm.canary = !unit.empty() && Bucket(rollout.salt, unit) < live.share_ppm(mover.number);
      arm.judged = !unit.empty() && (through == mover.number || leads(rollout.from_model));
    } else {
      const auto number = static_cast<std::uint16_t>(mover.number - rollouts);
      const Experiment& experiment = tables.experiments[number];
      const std::string_view unit = request.texts[experiment.key_text];
      if (unit.empty() || !live.experiment_runs(number)) continue;
      const std::uint32_t bucket = BucketOfPieces({experiment.salt, kSplit}, unit);
      for (std::uint16_t i = 0; i < experiment.arm_count; ++i) {
        const ExperimentArm& one = tables.arms[experiment.first_arm + i];
        if (bucket < one.from_ppm || bucket >= one.to_ppm) continue;
        arm.number = static_cast<std::uint16_t>(rollouts + experiment.first_arm + i);
      }
      arm.judged = through == arm.number || leads(experiment.replaced);
    }
    touched.push_back(arm);
  }
  return touched;
}

std::string ArmWords(const Tables& tables, const std::vector<TouchedArm>& arms) {
  const std::size_t rollouts = tables.rollouts.size();
  std::string words;
  for (const TouchedArm& arm : arms) {
    if (!words.empty()) words += ' ';
    if (arm.number < rollouts) {
      words +=
          fmt::format("{}:{}", tables.rollouts[arm.number].name, arm.canary ? "canary" : "stable");
    } else {
      const ExperimentArm& one = tables.arms[arm.number - rollouts];
      words += fmt::format("{}:{}", tables.experiments[one.experiment].name, one.name);
    }
  }
  return words;
}

void LeaveSamples(const Tables& tables, const std::vector<TouchedArm>& arms,
                  const RequestView& request, const CallRecord& record, SampleRing& ring) {
  for (const TouchedArm& arm : arms) {
    if (!arm.judged) continue;
    const std::uint16_t model = ModelOf(tables, arm);
    if (model == kNone16) continue;
    std::optional<RolloutSample> sample = SampleOf(record, tables.models[model].name);
    if (!sample) continue;
    sample->canary = arm.canary;
    sample->unit = HashOf(UnitOf(tables, arm, request));
    ring.Push({arm.number, *sample});
  }
}

}  // namespace mlp::engine
