#include "compiler/prove/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/model/capabilities.hpp"
#include "compiler/prove/attempt.hpp"
#include "compiler/prove/stages.hpp"

namespace mlp::compiler {
namespace {

struct Due {
  TokenClass token_class;
  std::string_view name;
};

bool CanCachePrompts(const CandidateModel& candidate) {
  const auto bit = BuiltInCapability("prompt-caching");
  return bit && (candidate.capabilities >> *bit & 1U) != 0;
}

/// The classes that an attempt of the route may be billed in.
std::vector<Due> DueClasses(const PolicyModel& model, const CandidateModel& candidate,
                            const RouteModel& route) {
  const Protocol protocol = model.providers[candidate.provider].protocol;
  if (protocol == Protocol::kOllama) return {};
  std::vector<Due> due{{TokenClass::kInput, "input"}};
  if (candidate.kind != ModelKind::kEmbedding) due.push_back({TokenClass::kOutput, "output"});
  if (!CanCachePrompts(candidate)) return due;
  const bool unasked = protocol == Protocol::kOpenAi || protocol == Protocol::kGoogle;
  if (unasked || route.caches_prompts) due.push_back({TokenClass::kCacheRead, "cache-read"});
  if (route.caches_prompts && protocol == Protocol::kAnthropic) {
    due.push_back({TokenClass::kCacheWrite, "cache-write"});
  }
  return due;
}

/// What has no price, and where one would stand.
struct Missing {
  std::vector<std::string_view> classes;
  const PriceModel* sheet = nullptr;  ///< that lacks them; none where no sheet holds
};

/// At the instant, for prompts of up to `longest` tokens.
std::optional<Missing> MissingAt(const CandidateModel& candidate, const std::vector<Due>& due,
                                 std::int64_t at_s, std::int64_t longest) {
  Missing missing;
  bool any_sheet = false;
  for (const PriceModel& price : candidate.prices) {
    if (at_s < price.when.from_s || price.when.to_s <= at_s || longest < price.min_prompt) continue;
    any_sheet = true;
    for (const Due& one : due) {
      if (price.per_token[static_cast<std::size_t>(one.token_class)] == kNoPrice) {
        missing.classes.push_back(one.name);
      }
    }
    if (!missing.classes.empty()) {
      missing.sheet = &price;
      return missing;
    }
  }
  if (any_sheet || due.empty()) return std::nullopt;
  for (const Due& one : due) missing.classes.push_back(one.name);
  return missing;
}

std::string ClassWords(const std::vector<std::string_view>& classes) {
  std::string words;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (i > 0) words += i + 1 == classes.size() ? " and " : ", ";
    words += fmt::format("`{}`", classes[i]);
  }
  return words;
}

std::string Amendment(const CandidateModel& candidate, const Missing& missing) {
  std::string prices;
  for (const std::string_view one : missing.classes) {
    prices += fmt::format("{}{} $N/M", prices.empty() ? "" : ", ", one);
  }
  if (missing.sheet != nullptr) {
    return fmt::format(
        "add {} to this price{}", prices,
        candidate.from_import ? ", or state all its prices in an `amend model`" : "");
  }
  return candidate.from_import
             ? fmt::format("add `amend model {} {{ price {} }}`; what costs nothing is `$0/M`",
                           candidate.name, prices)
             : fmt::format("add `price {}`; what costs nothing is `$0/M`", prices);
}

}  // namespace

void FindMissingPrices(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                       Diagnostics& diagnostics) {
  const std::int64_t longest = model.input == kNoIndex ? 0 : model.attributes[model.input].size - 1;
  std::set<Index> reported;
  for (const Use& use : uses.all) {
    if (reported.count(use.candidate) != 0) continue;
    const CandidateModel& candidate = model.candidates[use.candidate];
    const std::vector<Due> due = DueClasses(model, candidate, model.routes[use.route]);
    std::int64_t at_s = 0;
    std::optional<Missing> missing;
    for (const std::int64_t date :
         PriceDates(candidate, diagram.roots[use.root].from_s, EndOf(model, diagram, use.root))) {
      at_s = date;
      missing = MissingAt(candidate, due, at_s, longest);
      if (missing) break;
    }
    if (!missing) continue;
    reported.insert(use.candidate);
    const UsePlace place = PlaceOf(model, use.route, use.step, use.candidate, use.rollout);
    std::string message =
        fmt::format("`{}` has no price for {}", candidate.name, ClassWords(missing->classes));
    if (at_s > model.valid.from_s) message += fmt::format(" from {} on", FormatInstant(at_s));
    Diagnostic& diagnostic = diagnostics.Add(
        Code::k0505, missing->sheet != nullptr ? missing->sheet->span : candidate.span,
        std::move(message));
    diagnostic.severity = kPriceMissing.At(model.stage).value_or(Severity::kWarning);
    diagnostic.related.push_back({place.span, place.words + " it"});
    diagnostic.help.push_back(Amendment(candidate, *missing));
    diagnostic.witness = WitnessOf(model, diagram, uses, use, at_s);
  }
}

}  // namespace mlp::compiler
