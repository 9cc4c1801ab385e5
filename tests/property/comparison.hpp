// A random policy's tables against the oracle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mlp/live.hpp"
#include "mlp/tables.hpp"
#include "tests/property/compiled.hpp"
#include "tests/property/oracle.hpp"
#include "tests/property/random_policy.hpp"
#include "tests/property/request_space.hpp"

namespace mlp::oracle {

/// What was compared, over a family of policies.
struct Tally {
  std::size_t policies = 0;
  std::size_t requests = 0;
  std::size_t decisions = 0;
  std::vector<std::string> differences;               ///< the first of each policy, told at length
  std::map<std::string, std::size_t> policies_with;   ///< by kind
  std::map<std::string, std::size_t> decisions_with;  ///< by what is in the answer

  void Count(const Answer& answer);
  /// The counts in a line.
  [[nodiscard]] std::string Show() const;
};

/// A policy's tables with what is published under each of the circumstances.
struct Decider {
  const char* what;
  const Tables& tables;
  std::vector<std::unique_ptr<LiveState>> live;
  Decider(const char* name, const Tables& decided, const std::vector<Circumstances>& circumstances);
};

class Comparison {
 public:
  /// Throws std::runtime_error where the policy does not compile.
  explicit Comparison(std::uint64_t seed, std::int64_t scale = 1);

  [[nodiscard]] const Tables& tables() const { return deciders_.front().tables; }
  /// Compares these with the oracle too; they must outlive it.
  void CompareToo(const Tables& emitted);

  /// Each request that `take` takes by its number and their count, under all circumstances. Stops
  /// at the first difference.
  using Take = std::function<bool(std::size_t number, std::size_t count)>;
  void Run(const Take& take, Tally& tally) const;

  /// The starts of roots that are not asked about, on both sides: there must be none for Run to
  /// meet each root at both ends.
  [[nodiscard]] std::vector<std::int64_t> RootsNotAsked() const;

 private:
  [[nodiscard]] std::optional<std::string> Difference(const Oracle& oracle, const Request& request,
                                                      Tally& tally) const;
  [[nodiscard]] std::set<std::int64_t> Edges() const;

  RandomPolicy policy_;
  std::unique_ptr<Compiled> compiled_;
  std::vector<Circumstances> circumstances_;
  Facts facts_;
  std::unique_ptr<RequestSpace> requests_;
  std::vector<Decider> deciders_;
};

}  // namespace mlp::oracle
