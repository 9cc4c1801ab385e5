// Whom a step names, whether its status lets it be tried, and where its provider serves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagram/guards.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// What one list is for: a route at an instant, at one label of its place attribute if it has one.
struct ListPlace {
  ListPlace(const PolicyModel& policy, Index number, std::int64_t instant_s,
            std::optional<std::uint32_t> place_label)
      : model(policy),
        route_number(number),
        route(policy.routes[number]),
        at_s(instant_s),
        label(place_label),
        box(TokenBoxOf(policy, route)) {}

  const PolicyModel& model;
  const Index route_number;
  const RouteModel& route;
  const std::int64_t at_s;
  const std::optional<std::uint32_t> label;
  const TokenBox box;
};

/// Who may be tried by its status: a step's list, a pool, or the new side of a rollout.
enum class NamedBy : std::uint8_t { kList, kPool, kRollout };

/// What the step names or its pool holds, successors in place of retired ones where the route
/// follows them.
[[nodiscard]] std::vector<std::pair<Index, NamedBy>> NamedIn(const ListPlace& list,
                                                             const StepModel& step);

/// Why a candidate may not be tried at the instant, or nothing.
[[nodiscard]] std::optional<std::string> StatusProblem(const CandidateModel& candidate, NamedBy by,
                                                       std::int64_t at_s);
/// Why it cannot do what the route needs, or nothing.
[[nodiscard]] std::optional<std::string> NeedProblem(const ListPlace& list,
                                                     const CandidateModel& candidate);

/// An endpoint that may serve the route's requests, or the default one (kNoIndex) of a provider
/// that declares none.
struct Site {
  Index endpoint = kNoIndex;
  std::int64_t price_micro = 1'000'000;
  std::vector<std::string> places;
};

/// The endpoints that serve a wanted place, in the provider's order.
[[nodiscard]] std::vector<Site> SitesOf(const ListPlace& list, const CandidateModel& candidate);
/// Why there is none.
[[nodiscard]] std::string PlaceProblem(const ListPlace& list, const CandidateModel& candidate);

/// The places in which an endpoint (kNoIndex: of a provider that declares none) serves the route's
/// requests; `label` is the code of the route's place attribute, where it has one. Empty: not
/// known, or none.
[[nodiscard]] std::vector<std::string> PlacesServed(const PolicyModel& model,
                                                    const RouteModel& route, Index provider,
                                                    Index endpoint,
                                                    std::optional<std::uint32_t> label);

/// What the route's mix costs at a site: plain input and output at the dearest tier line and hour
/// that a prompt of the mix can meet, with the endpoint's factor; -1 without a price.
[[nodiscard]] std::int64_t MixAt(const ListPlace& list, const CandidateModel& candidate,
                                 const Site& site);

}  // namespace mlp::compiler
