#include "runtime/report/evidence/evidence_json.hpp"

#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

#include "runtime/report/evidence/experiment_words.hpp"
#include "runtime/report/evidence/rollout_words.hpp"
#include "runtime/report/since.hpp"

namespace mlp {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kMicros = 1'000'000;

Json Instant(std::int64_t at_s) {
  return at_s == 0 ? Json(nullptr) : Json(FormatInstant(at_s * kMicros));
}

Json Number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// A measure's values are written in this unit.
struct Unit {
  std::string_view name;
  double of_value = 1;
};
Unit UnitOf(Measured measured) {
  switch (measured) {
    case Measured::kLatency:
    case Measured::kTtft:
      return {"us", 1};
    case Measured::kCost:
      return {"usd", 1e-12};
    case Measured::kQuality:
      return {"score", 1e-6};
    default:
      return {"share", 1};
  }
}

std::string_view Name(Correction correction) {
  switch (correction) {
    case Correction::kNone:
      return "none";
    case Correction::kHolm:
      return "holm";
    case Correction::kBonferroni:
      return "bonferroni";
  }
  return "";
}

Json Criteria(const RolloutFinding& finding) {
  Json list = Json::array();
  for (const CriterionStanding& one : finding.standing) {
    const Unit unit = UnitOf(one.measured);
    list.push_back({{"criterion", one.words},
                    {"kind", one.proof ? "prove" : "rollback"},
                    {"unit", unit.name},
                    {"canary", one.canary * unit.of_value},
                    {"canaryUnits", one.canary_units},
                    {"stable", one.stable * unit.of_value},
                    {"stableUnits", one.stable_units},
                    {"logEvidence", one.needed > 0 ? Json(one.log_evidence) : Json(nullptr)},
                    {"needed", one.needed > 0 ? Json(one.needed) : Json(nullptr)},
                    {"holds", one.holds}});
  }
  return list;
}

Json Changes(const RolloutFinding& finding) {
  Json list = Json::array();
  for (const RolloutChangeRecord& one : finding.story.changes) {
    list.push_back({{"at", FormatInstant(one.at_s * kMicros)},
                    {"change", one.change},
                    {"fromPpm", one.from_ppm},
                    {"toPpm", one.to_ppm},
                    {"because", one.because},
                    {"who", one.who.empty() ? Json(nullptr) : Json(one.who)}});
  }
  return list;
}

Json Comparisons(const ExperimentFinding& finding) {
  const ExperimentPlan& plan = finding.row.plan;
  Json list = Json::array();
  for (const Compared& one : finding.compared) {
    const ExperimentPlan::Measure& measure = plan.measures[one.measure];
    const Unit unit = UnitOf(measure.measured);
    const Unit difference = measure.percentile != 0 ? Unit{"share", 1} : unit;
    const double scale = difference.of_value;
    const bool known = one.half_width_in_a_week > 0;
    list.push_back({{"measure", measure.name},
                    {"arm", plan.arms[one.arm].name},
                    {"users", one.units},
                    {"controlUsers", one.control_units},
                    {"unit", unit.name},
                    {"value", one.value * unit.of_value},
                    {"control", one.control * unit.of_value},
                    {"differenceUnit", difference.name},
                    {"difference", one.difference * scale},
                    {"low", Number(one.low * scale)},
                    {"high", Number(one.high * scale)},
                    {"p", one.p},
                    {"adjustedP", one.adjusted_p},
                    {"verdict", ToString(one.verdict)},
                    {"halfWidthInAWeek", known ? Json(one.half_width_in_a_week * scale) : Json()}});
  }
  return list;
}

}  // namespace

Json RolloutJson(const RolloutRow& row, std::int64_t now_s) {
  const RolloutState& state = row.state;
  Json json{{"name", row.plan.name},
            {"salt", row.plan.salt},
            {"policy", row.plan.policy},
            {"from", row.plan.from},
            {"to", row.plan.to},
            {"state", ToString(state.stage)},
            {"hold", state.hold == RolloutHold::kNone ? Json(nullptr) : Json(ToString(state.hold))},
            {"outage", state.outage},
            {"sharePpm", state.share_ppm},
            {"step", state.step},
            {"steps", Json::array()},
            {"startedAt", Instant(state.started_s)},
            {"endedAt", Instant(state.ended_s)},
            {"stepSince", Instant(state.step_since_s)},
            {"stepSeconds", StepSeconds(state, now_s)},
            {"canaryUsers", state.canary_arrived},
            {"stableUsers", state.stable_arrived},
            {"restarts", state.restarts}};
  for (const RolloutPlan::Step& step : row.plan.steps) {
    json["steps"].push_back({{"sharePpm", step.share_ppm},
                             {"seconds", step.prove ? row.plan.hold_s : step.dwell_s},
                             {"users", step.min_units},
                             {"prove", step.prove}});
  }
  return json;
}

void AddEvidence(const RolloutFinding& finding, Json& json) {
  json["evidence"] = Criteria(finding);
  json["changes"] = Changes(finding);
}

Json ExperimentJson(const ExperimentRow& row) {
  const ExperimentPlan& plan = row.plan;
  Json json{{"name", plan.name},
            {"salt", plan.salt},
            {"policy", plan.policy},
            {"replaces", plan.replaced},
            {"state", row.ended_s != 0     ? "ended"
                      : row.started_s == 0 ? "waiting"
                                           : "running"},
            {"startedAt", Instant(row.started_s)},
            {"endedAt", Instant(row.ended_s)},
            {"endedBy", row.ended_s == 0 ? Json(nullptr) : Json(row.ended_by)},
            {"arms", Json::array()}};
  for (std::size_t i = 0; i < plan.arms.size(); ++i) {
    json["arms"].push_back({{"name", plan.arms[i].name},
                            {"model", plan.arms[i].model},
                            {"sharePpm", plan.arms[i].share_ppm},
                            {"control", i == plan.Control()},
                            {"users", row.users(i)}});
  }
  return json;
}

void AddEvidence(const ExperimentFinding& finding, Json& json) {
  const ExperimentPlan& plan = finding.row.plan;
  const std::string week = WeekWords(finding);
  json["comparisons"] = Comparisons(finding);
  json["confidence"] = plan.confidence_ppm / 1e6;
  json["correction"] = Name(plan.correction);
  json["fixedHorizon"] = HasHorizon(plan);
  json["shares"] = {{"asGiven", !finding.shares.differ}, {"p", finding.shares.p}};
  json["recommendation"] = RecommendationWords(finding);
  json["oneMoreWeek"] = week.empty() ? Json(nullptr) : Json(week);
}

Json RolloutsJson(const Evidence& evidence) {
  Json list = Json::array();
  for (const RolloutFinding& one : evidence.rollouts) {
    list.push_back(RolloutJson(one.story.row, evidence.now_s));
    AddEvidence(one, list.back());
  }
  return list;
}

Json ExperimentsJson(const Evidence& evidence) {
  Json list = Json::array();
  for (const ExperimentFinding& one : evidence.experiments) {
    list.push_back(ExperimentJson(one.row));
    AddEvidence(one, list.back());
  }
  return list;
}

}  // namespace mlp
