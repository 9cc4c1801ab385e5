#include "compiler/diagram/candidate_sites.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/model/capabilities.hpp"
#include "runtime/core/pricing.hpp"

namespace mlp::compiler {
namespace {

bool IsRetired(const CandidateModel& candidate, std::int64_t at_s) {
  const ModelStatus status = StatusAt(candidate, at_s);
  return status == ModelStatus::kRetired || status == ModelStatus::kArchived;
}

/// Embedding models are only asked where embeddings are needed.
bool MayRangeOver(const ListPlace& list, const StepModel& step, const CandidateModel& candidate) {
  if (candidate.kind == ModelKind::kChat) return true;
  const std::optional<std::uint8_t> bit = BuiltInCapability("embeddings");
  if (!bit) return false;
  const std::uint64_t embeddings = std::uint64_t{1} << *bit;
  const auto asks = [&](const CandidateCondition& where) {
    return std::any_of(where.atoms.begin(), where.atoms.end(), [&](const CandidateAtom& atom) {
      return atom.kind == CandidateAtom::Kind::kCan && (atom.members & embeddings) != 0;
    });
  };
  return (list.route.need & embeddings) != 0 || asks(step.where) ||
         (step.pool != kNoIndex && asks(list.model.pools[step.pool].where));
}

std::vector<std::string> WantedPlaces(const PolicyModel& model, const RouteModel& route,
                                      std::optional<std::uint32_t> label) {
  switch (route.place) {
    case PlaceKind::kAnywhere:
      return {};
    case PlaceKind::kFixed:
      return route.places;
    case PlaceKind::kAttribute:
      return {model.attributes[route.place_attribute].labels[*label]};
  }
  return {};
}

/// What the route's mix costs on the candidate at the instant: plain input and output at the
/// dearest tier line and hour that a prompt of the mix can meet, without endpoint factor; -1
/// without a price.
std::int64_t MixCostPico(const CandidateModel& candidate, const RouteModel& route,
                         std::int64_t at_s) {
  const auto price_of = [](const PriceModel& price, TokenClass token_class) {
    return price.per_token[static_cast<std::size_t>(token_class)];
  };
  std::int64_t dearest = -1;
  for (const PriceModel& price : candidate.prices) {
    if (at_s < price.when.from_s || price.when.to_s <= at_s || route.mix_input < price.min_prompt ||
        price.max_prompt < route.mix_input) {
      continue;
    }
    const std::int64_t input = price_of(price, TokenClass::kInput);
    const std::int64_t output = price_of(price, TokenClass::kOutput);
    if ((input < 0 && route.mix_input > 0) || (output < 0 && route.mix_output > 0)) return -1;
    const UInt128 cost =
        TokensTimesPrice(route.mix_input, input) + TokensTimesPrice(route.mix_output, output);
    dearest = std::max(dearest, ApplyPriceFactor(cost, kListPrice_ppm, Rounding::kUp));
  }
  return dearest;
}

}  // namespace

std::vector<std::pair<Index, NamedBy>> NamedIn(const ListPlace& list, const StepModel& step) {
  std::vector<std::pair<Index, NamedBy>> named;
  const auto add = [&](Index candidate, NamedBy by) {
    for (std::size_t hops = 0;
         list.route.follows_successors && hops < list.model.candidates.size() &&
         IsRetired(list.model.candidates[candidate], list.at_s) &&
         list.model.candidates[candidate].successor_index != kNoIndex;
         ++hops) {
      candidate = list.model.candidates[candidate].successor_index;
    }
    named.emplace_back(candidate, by);
  };
  if (step.kind == ObjectiveKind::kList || step.kind == ObjectiveKind::kSpread) {
    for (const Index candidate : step.models) add(candidate, NamedBy::kList);
  } else if (step.pool != kNoIndex && list.model.pools[step.pool].listed) {
    for (const Index candidate : list.model.pools[step.pool].members) {
      add(candidate, NamedBy::kPool);
    }
  } else {
    for (Index i = 0; i < list.model.candidates.size(); ++i) {
      if (MayRangeOver(list, step, list.model.candidates[i])) add(i, NamedBy::kPool);
    }
  }
  return named;
}

std::optional<std::string> StatusProblem(const CandidateModel& candidate, NamedBy by,
                                         std::int64_t at_s) {
  if (candidate.retires_s <= at_s) {
    return fmt::format("it is retired since {}", FormatInstant(candidate.retires_s));
  }
  if (at_s < candidate.released_s) {
    return fmt::format("it is not released before {}", FormatInstant(candidate.released_s));
  }
  const ModelStatus status = StatusAt(candidate, at_s);
  switch (status) {
    case ModelStatus::kActive:
      return std::nullopt;
    case ModelStatus::kStaging:
    case ModelStatus::kDeprecated:
      if (by != NamedBy::kPool) return std::nullopt;
      if (candidate.status != ModelStatus::kDeprecated && status == ModelStatus::kDeprecated) {
        return fmt::format("it is deprecated since {}, and a pool takes active models only",
                           FormatInstant(candidate.deprecated_s));
      }
      return fmt::format("its status is {}, and a pool takes active models only", NameOf(status));
    case ModelStatus::kCandidate:
    case ModelStatus::kEvaluating:
      if (by == NamedBy::kRollout) return std::nullopt;
      return fmt::format("its status is {}: only a rollout or an experiment brings it in",
                         NameOf(status));
    case ModelStatus::kRetired:
    case ModelStatus::kArchived:
      break;
  }
  return fmt::format("its status is {}", NameOf(status));
}

std::optional<std::string> NeedProblem(const ListPlace& list, const CandidateModel& candidate) {
  const std::uint64_t lacking = list.route.need & ~candidate.capabilities;
  if (lacking == 0) return std::nullopt;
  return "it lacks " + CapabilityWords(list.model, lacking);
}

std::vector<std::string> PlacesServed(const PolicyModel& model, const RouteModel& route,
                                      Index provider, Index endpoint,
                                      std::optional<std::uint32_t> label) {
  const std::vector<std::string> wanted = WantedPlaces(model, route, label);
  if (endpoint == kNoIndex) return wanted;
  const std::vector<std::string>& own = model.providers[provider].endpoints[endpoint].places;
  if (route.place == PlaceKind::kAnywhere) return own;
  if (own.empty()) return wanted;
  std::vector<std::string> places;
  for (const std::string& place : wanted) {
    if (std::find(own.begin(), own.end(), place) != own.end()) places.push_back(place);
  }
  return places;
}

std::vector<Site> SitesOf(const ListPlace& list, const CandidateModel& candidate) {
  const auto places = [&](Index endpoint) {
    return PlacesServed(list.model, list.route, candidate.provider, endpoint, list.label);
  };
  const auto& endpoints = list.model.providers[candidate.provider].endpoints;
  if (endpoints.empty()) return {{kNoIndex, 1'000'000, places(kNoIndex)}};
  std::vector<Site> sites;
  for (Index i = 0; i < endpoints.size(); ++i) {
    Site site{i, endpoints[i].price_micro, places(i)};
    if (list.route.place != PlaceKind::kAnywhere && site.places.empty()) continue;
    sites.push_back(std::move(site));
  }
  return sites;
}

std::string PlaceProblem(const ListPlace& list, const CandidateModel& candidate) {
  return fmt::format("its provider `{}` has no endpoint in {}",
                     list.model.providers[candidate.provider].name,
                     fmt::join(WantedPlaces(list.model, list.route, list.label), " or "));
}

std::int64_t MixAt(const ListPlace& list, const CandidateModel& candidate, const Site& site) {
  const std::int64_t mix = MixCostPico(candidate, list.route, list.at_s);
  if (mix < 0) return mix;
  return ApplyPriceFactor(UInt128{static_cast<std::uint64_t>(mix)},
                          static_cast<std::uint32_t>(site.price_micro), Rounding::kUp);
}

}  // namespace mlp::compiler
