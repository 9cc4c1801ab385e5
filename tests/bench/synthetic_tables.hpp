// Tables of any number of disjoint routes, and requests that reach where one wants them to.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mlp/tables.hpp"
#include "runtime/core/node_packing.hpp"

namespace mlp::bench {

inline constexpr std::int32_t kTaskCount = 4;
inline constexpr std::int32_t kInputCount = 400'001;

/// `route i when task == i % 4 and input in [from, to)`, three candidates with guards each. The
/// intervals of all routes are disjoint, of random width, in the order of the routes, and fill the
/// domain.
struct Route {
  std::int32_t task;
  std::int32_t from;
  std::int32_t to;
};

/// Requests as the caller would have them: task, input, output.
using Request = std::array<std::int32_t, 3>;
enum class RequestSet { kRandomHit, kLastRoute, kDefault };

/// Owns the arrays of its Tables. Not movable, since the tables point into it.
class SyntheticTables {
 public:
  /// The routes share `list_count` lists of candidates, as the compiler shares equal ones.
  SyntheticTables(std::int32_t route_count, std::int32_t list_count);
  SyntheticTables(const SyntheticTables&) = delete;
  SyntheticTables& operator=(const SyntheticTables&) = delete;

  [[nodiscard]] const Tables& tables() const noexcept { return tables_; }
  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }
  /// The leaf of route i is i; that of the default comes after the last.
  [[nodiscard]] std::uint32_t default_leaf() const noexcept {
    return static_cast<std::uint32_t>(routes_.size());
  }
  /// Drawn from a fixed seed.
  [[nodiscard]] std::vector<Request> MakeRequests(RequestSet set, std::size_t count) const;

 private:
  void MakeRoutes(std::int32_t route_count);
  void MakeDiagram();
  void MakeLeaves(std::int32_t list_count);

  std::vector<Route> routes_;
  NodeArrays arrays_;
  std::vector<Attribute> attributes_;
  std::vector<Axis> axes_;
  std::vector<Root> roots_;
  std::vector<Leaf> leaves_;
  std::vector<Row> rows_;
  std::vector<Gate> gates_;
  std::vector<Guard> guards_;
  std::vector<RoutePlan> plans_;
  std::vector<Model> models_;
  Tables tables_{};
};

}  // namespace mlp::bench
