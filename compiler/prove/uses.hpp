// Who may serve: each candidate that some step of some route may try for some request, and from
// when to when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/leaf_bounds.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// A candidate in a step of a route while one root is in force, with a request that it may serve;
/// live conditions count as holding.
struct Use {
  std::size_t root = 0;  ///< in Diagram::roots
  Index route = kNoIndex;
  std::uint32_t step = 0;  ///< 0-based
  Index candidate = kNoIndex;
  Index rollout = kNoIndex;   ///< the rollout whose canary units alone get it, or kNoIndex
  Index endpoint = kNoIndex;  ///< of its provider
  std::size_t reached = 0;    ///< in Uses::reached
  LeafPoint point;
};

struct Uses {
  std::vector<Use> all;              ///< by root, route, step, candidate, rollout; each once
  std::vector<ReachedLeaf> reached;  ///< where the requests of `all` come to
  std::vector<bool> live_routes;     ///< routes that some request takes at some instant
  bool complete = true;              ///< false past the budget: then nothing is known
};

/// Precondition: the diagram is complete.
[[nodiscard]] Uses FindUses(const PolicyModel& model, const Diagram& diagram);

/// The number of the root in force; the first before the horizon, the last after it.
[[nodiscard]] std::size_t RootNumber(const Diagram& diagram, std::int64_t at_s);

/// The instant from which on the root is in force no more: the next one's, or the horizon's end.
[[nodiscard]] std::int64_t EndOf(const PolicyModel& model, const Diagram& diagram,
                                 std::size_t root);

/// A request that the use serves, at the instant where one is given (the next full minute).
[[nodiscard]] Witness WitnessOf(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                                const Use& use, std::optional<std::int64_t> at_s = std::nullopt);

/// Where the policy brings a candidate in.
struct UsePlace {
  Span span;
  bool named = false;  ///< by its name; else by a pool's condition, or as a successor
  std::string words;   ///< what stands there: "route `code` tries", "pool `small` holds"
};
[[nodiscard]] UsePlace PlaceOf(const PolicyModel& model, Index route, std::uint32_t step,
                               Index candidate, Index rollout);

}  // namespace mlp::compiler
