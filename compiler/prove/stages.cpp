#include "compiler/prove/stages.hpp"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

#include "compiler/diagram/dates.hpp"
#include "compiler/prove/gates.hpp"

namespace mlp::compiler {
namespace {

std::string_view WordOf(PinKind kind) {
  switch (kind) {
    case PinKind::kExact:
      return "exact";
    case PinKind::kFamily:
      return "family";
    case PinKind::kTier:
      return "tier";
    case PinKind::kAlias:
      return "alias";
  }
  return {};
}

/// What is wrong with a floating pin; nothing where its gate holds. A gate that nothing measured
/// stands for is weaker than one that holds, and no error.
struct FloatingPin {
  std::string message;
  StageRow weight;
  std::string help;
};

std::optional<FloatingPin> FloatingPinOf(const PolicyModel& model, Index candidate,
                                         std::int64_t at_s) {
  const CandidateModel& facts = model.candidates[candidate];
  const std::string pin = fmt::format("{} \"{}\"", WordOf(facts.pin_kind), facts.id);
  std::string floats =
      fmt::format("the pin of `{}` floats: what answers as {} `{}` may change unseen", facts.name,
                  WordOf(facts.pin_kind), facts.id);
  if (!facts.pin_gated) {
    return FloatingPin{std::move(floats), kFloatingPin,
                       fmt::format("or let a score decide about each new one: `pin {} gate "
                                   "accuracy >= 0.93`",
                                   pin)};
  }
  const GateVerdict verdict = AskGate(model, candidate, at_s);
  switch (verdict.state) {
    case GateState::kHolds:
      break;
    case GateState::kFails:
      return FloatingPin{fmt::format("{}, and its gate does not hold: {}", floats, verdict.because),
                         kFloatingPin,
                         "or lower the gate, or keep the model out until an evaluation passes it"};
    case GateState::kByWord:
    case GateState::kUnknown:
      return FloatingPin{
          fmt::format("the gate of `{}` rests on no evaluation: {}", facts.name, verdict.because),
          kUnmeasuredGate,
          "or measure it: `quality ... from` the result file of `mlp eval`, as in "
          "\"evals/result.json\""};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Severity> StageRow::At(PolicyStage stage) const {
  switch (stage) {
    case PolicyStage::kDevelopment:
      return development;
    case PolicyStage::kStaging:
      return staging;
    case PolicyStage::kProduction:
      return production;
  }
  return std::nullopt;
}

void FindFloatingPins(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                      Diagnostics& diagnostics) {
  std::set<std::pair<FileId, std::uint32_t>> reported;  // a variant shares the pin of its model
  for (const Use& use : uses.all) {
    const CandidateModel& facts = model.candidates[use.candidate];
    if (facts.pin_kind == PinKind::kExact) continue;
    const auto problem = FloatingPinOf(model, use.candidate, diagram.roots[use.root].from_s);
    if (!problem) continue;
    if (!reported.emplace(facts.pin_span.file, facts.pin_span.begin).second) continue;
    const std::optional<Severity> severity = problem->weight.At(model.stage);
    if (!severity) continue;
    Diagnostic& diagnostic = diagnostics.Add(Code::k0501, facts.pin_span, problem->message);
    diagnostic.severity = *severity;
    const UsePlace place = PlaceOf(model, use.route, use.step, use.candidate, use.rollout);
    diagnostic.related.push_back({place.span, place.words + " it"});
    diagnostic.help.push_back(
        facts.from_import
            ? fmt::format("pin one version: `amend model {} {{ pin exact \"ID\" }}`", facts.name)
            : std::string("pin one version: `pin exact \"ID\"`"));
    diagnostic.help.push_back(problem->help);
    diagnostic.witness = WitnessOf(model, diagram, uses, use, diagram.roots[use.root].from_s);
  }
}

void FindSingleProviders(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                         Diagnostics& diagnostics) {
  const std::optional<Severity> severity = kOneProvider.At(model.stage);
  if (!severity) return;
  std::set<Index> reported;
  for (std::size_t first = 0; first < uses.all.size();) {
    const Use& use = uses.all[first];
    std::set<Index> providers;
    std::size_t end = first;
    const Use* stable = nullptr;
    for (; end < uses.all.size() && uses.all[end].root == use.root &&
           uses.all[end].route == use.route;
         ++end) {
      if (uses.all[end].rollout != kNoIndex) continue;
      providers.insert(model.candidates[uses.all[end].candidate].provider);
      if (stable == nullptr) stable = &uses.all[end];
    }
    first = end;
    if (providers.size() != 1 || !reported.insert(use.route).second) continue;
    const std::string& provider = model.providers[*providers.begin()].name;
    const std::int64_t from_s = diagram.roots[use.root].from_s;
    Diagnostic& diagnostic = diagnostics.Add(
        Code::k0409, model.routes[use.route].span,
        fmt::format(
            "route `{}` has only candidates of `{}`{}", model.routes[use.route].name, provider,
            use.root == 0 ? std::string() : fmt::format(" from {} on", FormatInstant(from_s))));
    diagnostic.severity = *severity;
    diagnostic.help.emplace_back(
        "add a candidate of another provider: when this one fails, "
        "nothing answers");
    diagnostic.witness = WitnessOf(model, diagram, uses, *stable, from_s);
    diagnostic.witness->emplace_back("@down", provider);
  }
}

}  // namespace mlp::compiler
