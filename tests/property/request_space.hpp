// Every request of a policy's domain, by number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/property/facts.hpp"
#include "tests/property/oracle.hpp"

namespace mlp::oracle {

/// What the conditions of a policy compare a text attribute with.
[[nodiscard]] std::set<std::string> Literals(const Facts& facts, std::size_t attribute);

/// All labels, number steps, token counts and subsets of members; of texts those that conditions
/// compare with, neighbours of them on both sides, and others. Tokens of large domains are the
/// ends, and `edges` with what lies beside them.
class RequestSpace {
 public:
  RequestSpace(const Facts& facts, const std::set<std::int64_t>& edges);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Request at(std::size_t index) const;

 private:
  std::vector<std::vector<Value>> axes_;
  std::size_t size_ = 1;
};

}  // namespace mlp::oracle
