// Random policies on small domains that use every kind of condition, guard, date and capability, as
// text.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/property/oracle.hpp"

namespace mlp::oracle {

struct RandomPolicy {
  std::string name;
  std::string text;
  std::vector<std::int64_t> dates;  ///< instants to ask about: around every date in the text
  std::vector<std::string> rollouts;
  bool has_budget = false;  ///< with a second order
};

/// The same policy for the same seed and scale on every machine. Tokens go up to 7 and 4 times the
/// scale.
[[nodiscard]] RandomPolicy MakeRandomPolicy(std::uint64_t seed, std::int64_t scale = 1);

/// Every request of a policy's domain, by number: texts are those that its conditions compare with,
/// neighbours of them, and others; tokens of large domains are the ends, and `edges` with what lies
/// beside them.
class RequestSpace {
 public:
  RequestSpace(const Oracle& oracle, const compiler::ast::Tree& tree,
               const compiler::SourceSet& sources, const std::set<std::int64_t>& edges);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Request at(std::size_t index) const;

 private:
  struct Axis {
    std::string name;
    std::vector<Value> values;
  };
  std::vector<Axis> axes_;
  std::size_t size_ = 1;
};

}  // namespace mlp::oracle
