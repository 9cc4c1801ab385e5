// Linear bounds of a row: made, tidied and tried against the tokens that a request may have.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/model/policy.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// The tokens of requests, output after the route's cap; 0 where the request has no such attribute.
struct TokenBox {
  std::int64_t max_input = 0;
  std::int64_t max_output = 0;
};
[[nodiscard]] TokenBox TokenBoxOf(const PolicyModel& model, const RouteModel& route);

/// Bounds that must all hold, in the units that they were made of (a cost in picodollars). Bounds
/// that hold in the whole box are left out, of two parallel ones the wider, and products of all
/// that are kept fit into 64 bits.
class GuardSet {
 public:
  explicit GuardSet(TokenBox box) : box_(box) {}
  /// a * input + b * output <= c.
  void Add(std::int64_t a, std::int64_t b, std::int64_t c);
  void Add(const Guard& guard) { Add(guard.a, guard.b, guard.c); }
  /// False where no tokens of the box keep them; a few impossible sets of slanted bounds pass.
  [[nodiscard]] bool possible() const;
  [[nodiscard]] const std::vector<Guard>& all() const { return guards_; }

 private:
  TokenBox box_;
  std::vector<Guard> guards_;
  bool impossible_ = false;
};

/// Whether every request that keeps `narrow` keeps `wide`, as far as parallel bounds tell.
[[nodiscard]] bool Implies(const std::vector<Guard>& narrow, const std::vector<Guard>& wide);

[[nodiscard]] bool Holds(const Guard& guard, std::int64_t input, std::int64_t output);

}  // namespace mlp::compiler
