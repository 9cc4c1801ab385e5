#include "compiler/emit/source_parts.hpp"

#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "compiler/emit/enumerators.hpp"
#include "compiler/emit/spelling.hpp"

namespace mlp::compiler::emit {
namespace {

std::string CriterionText(const Criterion& c) {
  return fmt::format(
      "{{mlp::Measured::{}, {}, mlp::ErrorClass::{}, {}, {}, mlp::Comparison::{}, {}, {}, {}, "
      "{}, {}}}",
      Name(c.measured), c.percentile, Name(c.error_class), c.event, Quoted(c.score),
      Name(c.comparison), Bool(c.relative), c.baseline_percentile, c.value, c.window_s,
      c.min_units);
}

}  // namespace

void WriteRollouts(const Tables& tables, TableWriter& out) {
  if (tables.rollouts.empty()) return;
  const auto criterion = [](const Criterion& c, std::size_t) { return CriterionText(c) + ","; };
  for (std::size_t i = 0; i < tables.rollouts.size(); ++i) {
    const Rollout& rollout = tables.rollouts[i];
    out.Array("mlp::RampStep", fmt::format("kSteps{}", i), rollout.steps,
              [](const RampStep& s, std::size_t) {
                return fmt::format("{{{}, {}, {}, {}, {}}},", s.share_ppm, s.dwell_s, s.min_units,
                                   Bool(s.prove), s.proof);
              });
    out.Array("mlp::RolloutEvent", fmt::format("kEvents{}", i), rollout.events,
              [](const RolloutEvent& e, std::size_t) {
                return fmt::format("{{{}, {}}},", Quoted(e.name), CriterionText(e.criterion));
              });
    out.Array("mlp::Criterion", fmt::format("kRollbacks{}", i), rollout.rollbacks, criterion);
    out.Array("mlp::Criterion", fmt::format("kProofs{}", i), rollout.proofs, criterion);
  }
  out.Line(
      "// name, salt, from, to, key, steps, events, rollbacks, proofs, hold (s), then, "
      "confidence,");
  out.Line("// detect (ppm), alert, held back (ppm), for (s), units per day");
  out.Array("mlp::Rollout", "kRollouts", tables.rollouts, [](const Rollout& r, std::size_t i) {
    return fmt::format(
        "{{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, mlp::Undecided::{}, {}, {}, {}, {}, {}, {}}},",
        Quoted(r.name), Quoted(r.salt), r.from_model, r.to_model, r.key_text,
        Ref(fmt::format("kSteps{}", i), r.steps), Ref(fmt::format("kEvents{}", i), r.events),
        Ref(fmt::format("kRollbacks{}", i), r.rollbacks),
        Ref(fmt::format("kProofs{}", i), r.proofs), r.hold_s, Name(r.undecided), r.confidence_ppm,
        r.detect_ppm, r.alert, r.holdback_ppm, r.holdback_s, r.units_per_day);
  });
}

void WriteExperiments(const Tables& tables, TableWriter& out) {
  if (tables.experiments.empty()) return;
  for (std::size_t i = 0; i < tables.experiments.size(); ++i) {
    out.Array("mlp::ExperimentMeasure", fmt::format("kMeasures{}", i),
              tables.experiments[i].measures, [](const ExperimentMeasure& m, std::size_t) {
                return fmt::format("{{{}, mlp::Measured::{}, {}, mlp::ErrorClass::{}, {}}},",
                                   Quoted(m.name), Name(m.measured), m.percentile,
                                   Name(m.error_class), Quoted(m.score));
              });
  }
  out.Line(
      "// name, salt, key, replaced, first arm, arms, measures, correction, until, lasts (s),");
  out.Line("// least units, units per day, confidence, detect (ppm), alert");
  out.Array(
      "mlp::Experiment", "kExperiments", tables.experiments,
      [](const Experiment& e, std::size_t i) {
        return fmt::format(
            "{{{}, {}, {}, {}, {}, {}, {}, mlp::Correction::{}, {}, {}, {}, {}, {}, {}, {}}},",
            Quoted(e.name), Quoted(e.salt), e.key_text, e.replaced, e.first_arm, e.arm_count,
            Ref(fmt::format("kMeasures{}", i), e.measures), Name(e.correction), Literal(e.until_s),
            e.lasts_s, e.min_units, e.units_per_day, e.confidence_ppm, e.detect_ppm, e.alert);
      });
  out.Line("// name, experiment, model, from, to (ppm)");
  out.Array("mlp::ExperimentArm", "kArms", tables.arms, [](const ExperimentArm& a, std::size_t) {
    return fmt::format("{{{}, {}, {}, {}, {}}},", Quoted(a.name), a.experiment, a.model, a.from_ppm,
                       a.to_ppm);
  });
}

}  // namespace mlp::compiler::emit
