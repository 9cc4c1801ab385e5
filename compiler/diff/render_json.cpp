#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/diff/render.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::ordered_json;

Json MoneyOf(std::int64_t pico) { return pico < 0 ? Json(nullptr) : Json(CostWords(pico)); }

/// The members of an explanation that a decision consists of, named as `explain` names them.
Json DecisionOf(const Explanation& explanation) {
  Json json;
  json["outcome"] = explanation.outcome;
  json["route"] = explanation.route.empty() ? Json(nullptr) : Json(explanation.route);
  json["refusal"] = explanation.refusal ? Json(*explanation.refusal) : Json(nullptr);
  json["candidates"] = Json::array();
  for (const auto& candidate : explanation.candidates) {
    json["candidates"].push_back(
        {{"model", candidate.model},
         {"id", candidate.id},
         {"provider", candidate.provider},
         {"place", candidate.place.empty() ? Json(nullptr) : Json(candidate.place)},
         {"step", candidate.step},
         {"attemptCost", MoneyOf(candidate.cost_pico)}});
  }
  json["chainCost"] = MoneyOf(explanation.chain_cost_pico);
  json["deadline"] =
      explanation.deadline_ms == 0 ? Json(nullptr) : Json(DurationWords(explanation.deadline_ms));
  json["retries"] = explanation.retries;
  json["attempts"] = explanation.attempts;
  return json;
}

Json FieldsOf(const std::vector<FieldChange>& fields) {
  Json json = Json::array();
  const auto value = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  for (const FieldChange& field : fields) {
    json.push_back(
        {{"name", field.name}, {"old", value(field.before)}, {"new", value(field.after)}});
  }
  return json;
}

Json WitnessOf(const Witness& witness) {
  Json json = Json::object();
  for (const auto& [name, value] : witness) json[name] = value;
  return json;
}

Json RegionOf(const DiffRegion& region) {
  Json json;
  json["when"] = region.when;
  json["share"] = region.share ? Json(*region.share) : Json(nullptr);
  json["class"] = NameOf(region.change.change);
  json["breaking"] = !region.change.breaking.empty();
  json["because"] = region.change.breaking;
  json["old"] = DecisionOf(region.older);
  json["new"] = DecisionOf(region.newer);
  json["changes"] = FieldsOf(region.change.limits);
  json["costChange"] =
      region.rise_micro ? Json(static_cast<double>(*region.rise_micro) / 1e6) : Json(nullptr);
  json["costExact"] = !region.change.rough;
  json["oldAt"] = region.older_at;
  json["newAt"] = region.newer_at;
  json["witness"] = WitnessOf(region.witness);
  return json;
}

Json RegionsOf(const std::vector<DiffRegion>& regions) {
  Json json = Json::array();
  for (const DiffRegion& region : regions) json.push_back(RegionOf(region));
  return json;
}

Json ArmsOf(const std::vector<ArmShift>& shifts) {
  Json json = Json::array();
  for (const ArmShift& shift : shifts) {
    Json steps = Json::array();
    for (const ArmShift::Step& step : shift.steps) {
      steps.push_back(
          {{"oldPpm", step.older_ppm}, {"newPpm", step.newer_ppm}, {"movedPpm", step.moved_ppm}});
    }
    json.push_back({{"kind", shift.kind},
                    {"name", shift.name},
                    {"movedPpm", shift.moved_ppm},
                    {"drawnAnew", shift.drawn_anew},
                    {"because", shift.because.empty() ? Json(nullptr) : Json(shift.because)},
                    {"steps", std::move(steps)}});
  }
  return json;
}

}  // namespace

std::string RenderJson(const DiffResult& result) {
  Json json;
  json["version"] = 1;
  json["same"] = result.same();
  json["bump"] = NameOf(result.bump);
  json["breaking"] = result.breaking();
  json["underVersioned"] = result.under_versioned();
  json["oldVersion"] = result.older_version;
  json["newVersion"] = result.newer_version;
  json["traffic"] = result.traffic ? Json(*result.traffic) : Json(nullptr);
  json["regions"] = RegionsOf(result.regions);
  json["declarations"] = Json::array();
  for (const DeclarationChange& change : result.declarations) {
    json["declarations"].push_back({{"kind", change.kind},
                                    {"name", change.name},
                                    {"change", NameOf(change.change)},
                                    {"breaking", !change.breaking.empty()},
                                    {"because", !change.breaking.empty() ? Json(change.breaking)
                                                : change.note.empty()    ? Json(nullptr)
                                                                         : Json(change.note)},
                                    {"fields", FieldsOf(change.fields)}});
  }
  json["arms"] = ArmsOf(result.arms);
  json["summary"] = Json::object();
  const auto counts = result.Counts();
  for (std::size_t i = 0; i < kChangeClassCount; ++i) {
    json["summary"][std::string(NameOf(static_cast<ChangeClass>(i)))] = counts[i];
  }
  return json.dump(2) + "\n";
}

std::string RenderJson(const std::vector<TimelineEntry>& timeline) {
  Json json;
  json["version"] = 1;
  json["dates"] = Json::array();
  for (const TimelineEntry& entry : timeline) {
    json["dates"].push_back({{"date", FormatInstant(entry.at_s)},
                             {"because", entry.because},
                             {"regions", RegionsOf(entry.regions)}});
  }
  return json.dump(2) + "\n";
}

}  // namespace mlp::compiler
