#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/diagram/flatten_parts.hpp"
#include "compiler/model/arms.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;

/// What a criterion or measure names.
struct Subject {
  Measured measured = Measured::kFailures;
  std::uint8_t percentile = 0;
  ErrorClass error_class = ErrorClass::kNone;
  std::uint16_t event = kNone16;
  std::string score;
};

std::uint8_t PercentileOf(std::string_view name) {
  if (name == "p50") return 50;
  if (name == "p95") return 95;
  if (name == "p99") return 99;
  return 0;
}

Subject SubjectOf(std::string_view name, const std::vector<RolloutModel::Event>& events) {
  Subject subject;
  const std::size_t dot = name.find('.');
  const std::string_view head = name.substr(0, dot);
  const std::string_view tail = dot == std::string_view::npos ? "" : name.substr(dot + 1);
  const auto event =
      std::find_if(events.begin(), events.end(), [&](const auto& one) { return one.name == name; });
  if (event != events.end()) {
    subject.measured = Measured::kEvent;
    subject.event = Narrow16(static_cast<std::size_t>(event - events.begin()));
  } else if (name == "success" || name == "success-rate") {
    subject.measured = Measured::kSuccess;
  } else if (head == "latency" || head == "ttft") {
    subject.measured = head == "ttft" ? Measured::kTtft : Measured::kLatency;
    subject.percentile = PercentileOf(tail);
  } else if (name == "cost" || name == "attempt.cost") {
    subject.measured = Measured::kCost;
  } else if (head == "quality") {
    subject.measured = Measured::kQuality;
    subject.score = tail;
  } else if (const auto error_class = ParseErrorClass(name)) {
    subject.measured = Measured::kErrorClass;
    subject.error_class = *error_class;
  }
  return subject;
}

class EvidenceFlattener {
 public:
  EvidenceFlattener(const PolicyModel& model, const TableNumbers& numbers,
                    OwnedTables::Storage& out)
      : model_(model), numbers_(numbers), out_(out) {}

  void Run() {
    for (const RolloutModel& rollout : model_.rollouts) AddRollout(rollout);
    for (const ExperimentModel& experiment : model_.experiments) AddExperiment(experiment);
  }

 private:
  [[nodiscard]] std::uint16_t ModelNumber(Index candidate) const {
    return candidate == kNoIndex ? kNone16 : Narrow16(numbers_.model[candidate]);
  }
  static std::uint16_t AlertNumber(Index alert) {
    return alert == kNoIndex ? kNone16 : Narrow16(alert);
  }

  Criterion CriterionOf(const CriterionModel& from,
                        const std::vector<RolloutModel::Event>& events) {
    const Subject subject = SubjectOf(from.subject, events);
    Criterion to;
    to.measured = subject.measured;
    to.percentile = subject.percentile;
    to.error_class = subject.error_class;
    to.event = subject.event;
    to.score = out_.Text(subject.score);
    to.comparison = from.comparison;
    to.relative = from.relative;
    const std::size_t dot = from.baseline.find('.');
    if (dot != std::string::npos) {
      to.baseline_percentile = PercentileOf(std::string_view(from.baseline).substr(dot + 1));
    }
    const bool milliseconds = from.unit == CriterionModel::Unit::kMilliseconds && !from.relative;
    to.value = milliseconds ? from.value * kMicrosPerMilli : from.value;
    to.window_s = Narrow32(from.window_s);
    to.min_units = from.min_units;
    return to;
  }

  void AddRollout(const RolloutModel& from) {
    Rollout to{};
    to.name = out_.Text(from.name);
    to.salt = out_.Text(DrawnBy(model_, from));
    to.from_model = ModelNumber(from.from);
    to.to_model = ModelNumber(from.to);
    to.key_text = numbers_.SlotOf(from.key);
    std::vector<RampStep> steps;
    std::vector<Criterion> proofs;
    for (const RolloutModel::Step& step : from.steps) {
      RampStep flat{step.share_ppm, Narrow32(step.dwell_s), step.min_units, step.prove};
      if (step.criterion) {
        flat.proof = Narrow16(proofs.size());
        proofs.push_back(CriterionOf(*step.criterion, from.events));
      }
      steps.push_back(flat);
    }
    std::vector<RolloutEvent> events;
    for (const RolloutModel::Event& event : from.events) {
      events.push_back({out_.Text(event.name), CriterionOf(event.criterion, {})});
    }
    std::vector<Criterion> rollbacks;
    for (const CriterionModel& one : from.rollbacks) {
      rollbacks.push_back(CriterionOf(one, from.events));
    }
    to.steps = out_.Keep(out_.ramps, std::move(steps));
    to.events = out_.Keep(out_.rollout_events, std::move(events));
    to.rollbacks = out_.Keep(out_.criteria, std::move(rollbacks));
    to.proofs = out_.Keep(out_.criteria, std::move(proofs));
    to.hold_s = Narrow32(from.undecided_hold_s);
    to.undecided = from.undecided;
    to.confidence_ppm = Narrow32(from.confidence_micro);
    to.detect_ppm = Narrow32(from.detect_micro);
    to.alert = AlertNumber(from.alert);
    to.holdback_ppm = from.holdback_ppm;
    to.holdback_s = Narrow32(from.holdback_s);
    to.units_per_day = from.units_per_day;
    out_.rollouts.push_back(to);
  }

  void AddExperiment(const ExperimentModel& from) {
    Experiment to{};
    to.name = out_.Text(from.name);
    to.salt = out_.Text(from.salt);
    to.key_text = numbers_.SlotOf(from.key);
    to.replaced = ModelNumber(from.Replaced());
    to.first_arm = Narrow16(out_.arms.size());
    to.arm_count = Narrow16(from.arms.size());
    std::uint32_t begin = 0;
    for (const ExperimentModel::Arm& arm : from.arms) {
      out_.arms.push_back({out_.Text(arm.name), Narrow16(out_.experiments.size()),
                           ModelNumber(arm.candidate), begin, begin + arm.share_ppm});
      begin += arm.share_ppm;
    }
    std::vector<ExperimentMeasure> measures;
    for (const std::string& name : from.measures) {
      const Subject subject = SubjectOf(name, {});
      measures.push_back({out_.Text(name), subject.measured, subject.percentile,
                          subject.error_class, out_.Text(subject.score)});
    }
    to.measures = out_.Keep(out_.measures, std::move(measures));
    to.correction = from.correction == "none"         ? Correction::kNone
                    : from.correction == "bonferroni" ? Correction::kBonferroni
                                                      : Correction::kHolm;
    to.until_s = from.until_s;
    to.lasts_s = Narrow32(from.lasts_s);
    to.min_units = from.min_units;
    to.units_per_day = from.units_per_day;
    to.confidence_ppm = Narrow32(from.confidence_micro);
    to.detect_ppm = Narrow32(from.detect_micro);
    to.alert = AlertNumber(from.alert);
    out_.experiments.push_back(to);
  }

  const PolicyModel& model_;
  const TableNumbers& numbers_;
  OwnedTables::Storage& out_;
};

}  // namespace

void FlattenEvidence(const PolicyModel& model, const TableNumbers& numbers,
                     OwnedTables::Storage& out) {
  EvidenceFlattener(model, numbers, out).Run();
}

}  // namespace mlp::compiler
