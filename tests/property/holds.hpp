// Whether a condition holds, for the oracle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/property/facts.hpp"
#include "tests/property/oracle.hpp"

namespace mlp::oracle {

/// What a condition of `where` is asked about.
struct CandidateView {
  const Facts& facts;
  const Model& model;
  const Request& request;
  std::int64_t at_s;
  const std::vector<std::string>& places;  ///< that the endpoint would serve the request from
  std::size_t place_attribute;             ///< of the route's place, or kNowhere
};

[[nodiscard]] bool Holds(const Condition& condition, const Facts& facts, const Request& request);

/// Nothing where a fact is missing (Kleene's third value).
[[nodiscard]] std::optional<bool> HoldsFor(const Condition& condition,
                                           const CandidateView& candidate);

/// The status on a date: what the catalog says, or what its dates have made of it.
[[nodiscard]] std::string StatusAt(const Model& model, std::int64_t at_s);

/// The dearest list price per token in force.
[[nodiscard]] std::optional<std::int64_t> DearestRate(const Model& model, std::int64_t at_s,
                                                      const std::string& token_class);

}  // namespace mlp::oracle
