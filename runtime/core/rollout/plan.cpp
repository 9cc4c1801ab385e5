#include "runtime/core/rollout/plan.hpp"

#include <algorithm>
#include <cstdio>

#include "mlp/money.hpp"
#include "runtime/core/rollout/fields.hpp"

namespace mlp {

template <typename Io>
void Fields(Io& io, PlanCriterion& x) {
  io(x.measured, x.percentile, x.error_class, x.event, x.score, x.comparison, x.relative,
     x.baseline_percentile, x.value, x.window_s, x.min_units);
}
template <typename Io>
void Fields(Io& io, RolloutPlan::Event& x) {
  io(x.name, x.criterion);
}
template <typename Io>
void Fields(Io& io, RolloutPlan::Step& x) {
  io(x.share_ppm, x.dwell_s, x.min_units, x.prove, x.proof);
}
template <typename Io>
void Fields(Io& io, RolloutPlan& x) {
  io(x.name, x.salt, x.from, x.to, x.policy, x.steps, x.events, x.rollbacks, x.proofs, x.hold_s,
     x.undecided, x.confidence_ppm, x.detect_ppm, x.holdback_ppm, x.holdback_s, x.units_per_day);
}

namespace {

constexpr double kMillion = 1e6;
constexpr std::string_view kVersion = "plan1 ";

PlanCriterion Owned(const Criterion& from) {
  return {from.measured,
          from.percentile,
          from.error_class,
          from.event,
          std::string(from.score),
          from.comparison,
          from.relative,
          from.baseline_percentile,
          from.value,
          from.window_s,
          from.min_units};
}

std::string Short(double value, const char* unit) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6g%s", value, unit);
  return text;
}

std::string DurationWords(std::int64_t micros) {
  constexpr std::int64_t kSecond = 1'000'000;
  const std::int64_t s = micros / kSecond;
  if (micros % kSecond != 0) return Short(static_cast<double>(micros) / 1e3, "ms");
  if (s % 86'400 == 0 && s > 0) return std::to_string(s / 86'400) + "d";
  if (s % 3'600 == 0 && s > 0) return std::to_string(s / 3'600) + "h";
  if (s % 60 == 0 && s > 0) return std::to_string(s / 60) + "m";
  return std::to_string(s) + "s";
}

std::string SubjectWords(const RolloutPlan& plan, const PlanCriterion& criterion) {
  const std::string percentile =
      criterion.percentile == 0 ? "" : ".p" + std::to_string(criterion.percentile);
  switch (criterion.measured) {
    case Measured::kFailures:
      return "failures";
    case Measured::kSuccess:
      return "success";
    case Measured::kErrorClass:
      return std::string(ToString(criterion.error_class));
    case Measured::kEvent:
      return criterion.event < plan.events.size() ? plan.events[criterion.event].name : "event";
    case Measured::kLatency:
      return "latency" + percentile;
    case Measured::kTtft:
      return "ttft" + percentile;
    case Measured::kCost:
      return "cost";
    case Measured::kQuality:
      return criterion.score.empty() ? "quality" : "quality." + criterion.score;
  }
  return {};
}

std::string ValueWords(const PlanCriterion& criterion) {
  if (criterion.relative) {
    std::string words;
    if (criterion.value != 1'000'000) {
      words = Short(static_cast<double>(criterion.value) / kMillion, "x ");
    }
    words += "baseline";
    if (criterion.baseline_percentile != 0) {
      words += ".p" + std::to_string(criterion.baseline_percentile);
    }
    return words;
  }
  switch (criterion.measured) {
    case Measured::kLatency:
    case Measured::kTtft:
      return DurationWords(criterion.value);
    case Measured::kCost:
      return ToString(Money{criterion.value});
    case Measured::kFailures:
    case Measured::kSuccess:
    case Measured::kErrorClass:
    case Measured::kEvent:
    case Measured::kQuality:
      break;
  }
  return Short(static_cast<double>(criterion.value) / 1e4, "%");
}

}  // namespace

double RolloutPlan::ProofAlpha() const noexcept {
  return 1 - static_cast<double>(confidence_ppm) / kMillion;
}

double RolloutPlan::HarmAlpha() const noexcept {
  const auto sequential = std::count_if(rollbacks.begin(), rollbacks.end(),
                                        [](const PlanCriterion& one) { return one.sequential(); });
  return ProofAlpha() / static_cast<double>(std::max<std::ptrdiff_t>(sequential, 1));
}

RolloutPlan PlanOf(const Tables& tables, const Rollout& rollout) {
  const auto model = [&](std::uint16_t number) {
    return number == kNone16 ? std::string() : std::string(tables.models[number].name);
  };
  RolloutPlan plan;
  plan.name = rollout.name;
  plan.salt = rollout.salt;
  plan.from = model(rollout.from_model);
  plan.to = model(rollout.to_model);
  plan.policy = tables.name;
  for (const RampStep& step : rollout.steps) {
    plan.steps.push_back({step.share_ppm, step.dwell_s, step.min_units, step.prove, step.proof});
  }
  for (const RolloutEvent& event : rollout.events) {
    plan.events.push_back({std::string(event.name), Owned(event.criterion)});
  }
  for (const Criterion& one : rollout.rollbacks) plan.rollbacks.push_back(Owned(one));
  for (const Criterion& one : rollout.proofs) plan.proofs.push_back(Owned(one));
  plan.hold_s = rollout.hold_s;
  plan.undecided = rollout.undecided;
  plan.confidence_ppm = rollout.confidence_ppm;
  plan.detect_ppm = rollout.detect_ppm;
  plan.holdback_ppm = rollout.holdback_ppm;
  plan.holdback_s = rollout.holdback_s;
  plan.units_per_day = rollout.units_per_day;
  return plan;
}

std::string ToText(const RolloutPlan& plan) {
  FieldWriter writer;
  writer(plan);
  return std::string(kVersion) + writer.Take();
}

std::optional<RolloutPlan> ParseRolloutPlan(std::string_view text) {
  if (text.substr(0, kVersion.size()) != kVersion) return std::nullopt;
  FieldReader reader(text.substr(kVersion.size()));
  RolloutPlan plan;
  reader(plan);
  if (!reader.Whole()) return std::nullopt;
  return plan;
}

std::string Words(const RolloutPlan& plan, const PlanCriterion& criterion) {
  constexpr std::string_view kSigns[] = {"==", "!=", "<", "<=", ">", ">="};
  std::string words = SubjectWords(plan, criterion);
  if (criterion.window_s != 0) {
    words += " over " + DurationWords(std::int64_t{criterion.window_s} * 1'000'000);
  }
  words += ' ';
  words += kSigns[static_cast<std::size_t>(criterion.comparison)];
  words += ' ' + ValueWords(criterion);
  if (criterion.min_units != 0) {
    words += ", at least " + std::to_string(criterion.min_units) + " users";
  }
  return words;
}

bool IsRate(const PlanCriterion& criterion) noexcept {
  switch (criterion.measured) {
    case Measured::kFailures:
    case Measured::kSuccess:
    case Measured::kErrorClass:
    case Measured::kEvent:
      return true;
    case Measured::kLatency:
    case Measured::kTtft:
      return criterion.percentile != 0 && criterion.sequential();
    case Measured::kCost:
    case Measured::kQuality:
      break;
  }
  return false;
}

namespace {

/// What of a criterion its signal depends on.
PlanCriterion SignalFor(const RolloutPlan& plan, const PlanCriterion& criterion) {
  PlanCriterion signal;
  signal.measured = criterion.measured;
  switch (criterion.measured) {
    case Measured::kSuccess:
      signal.measured = Measured::kFailures;
      break;
    case Measured::kErrorClass:
      signal.error_class = criterion.error_class;
      break;
    case Measured::kEvent:
      if (criterion.event < plan.events.size()) signal = plan.events[criterion.event].criterion;
      break;
    case Measured::kLatency:
    case Measured::kTtft:
      // How many are beyond the limit; which side of it is the percentile's own matter.
      signal = criterion;
      signal.comparison = Comparison::kGreater;
      signal.min_units = 0;
      if (signal.relative && signal.baseline_percentile == 0) {
        signal.baseline_percentile = signal.percentile;
      }
      break;
    case Measured::kFailures:
    case Measured::kCost:
    case Measured::kQuality:
      break;
  }
  return signal;
}

/// Events' signals carry the event's number, so that a criterion finds its own.
PlanCriterion SignalKey(const PlanCriterion& criterion) {
  PlanCriterion key;
  key.measured =
      criterion.measured == Measured::kSuccess ? Measured::kFailures : criterion.measured;
  key.error_class = criterion.error_class;
  key.event = criterion.event;
  if (criterion.measured == Measured::kLatency || criterion.measured == Measured::kTtft) {
    key.percentile = criterion.percentile;
    key.relative = criterion.relative;
    key.value = criterion.value;
    key.baseline_percentile = criterion.baseline_percentile;
    if (key.relative && key.baseline_percentile == 0) key.baseline_percentile = key.percentile;
  }
  return key;
}

}  // namespace

std::vector<PlanCriterion> SignalsOf(const RolloutPlan& plan) {
  std::vector<PlanCriterion> signals(1);
  std::vector<PlanCriterion> keys(1);
  const auto add = [&](const PlanCriterion& criterion) {
    if (!IsRate(criterion) || signals.size() == kMaxSignals) return;
    const PlanCriterion key = SignalKey(criterion);
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return;
    keys.push_back(key);
    PlanCriterion signal = SignalFor(plan, criterion);
    signal.event = key.event;
    signals.push_back(signal);
  };
  for (const PlanCriterion& one : plan.rollbacks) add(one);
  for (const PlanCriterion& one : plan.proofs) add(one);
  return signals;
}

std::size_t SignalOf(const std::vector<PlanCriterion>& signals, const PlanCriterion& criterion) {
  const PlanCriterion key = SignalKey(criterion);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const bool same = key.event != kNone16
                          ? signals[i].event == key.event
                          : signals[i].event == kNone16 && SignalKey(signals[i]) == key;
    if (same) return i;
  }
  return 0;
}

std::string FigureWords(Measured measured, double value) {
  char text[48];
  switch (measured) {
    case Measured::kLatency:
    case Measured::kTtft:
      std::snprintf(text, sizeof text, "%.3g s", value / kMillion);
      break;
    case Measured::kCost:
      std::snprintf(text, sizeof text, "$%.4g", value / 1e12);
      break;
    case Measured::kQuality:
      std::snprintf(text, sizeof text, "%.4g", value / kMillion);
      break;
    default:
      std::snprintf(text, sizeof text, "%.3g%%", value * 100);
      break;
  }
  return text;
}

}  // namespace mlp
