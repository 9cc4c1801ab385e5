// Sets of bits by number, so that they can be labels of a diagram.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace mlp::compiler {

/// 0 is no set at all, 1 the empty one.
class BitSets {
 public:
  BitSets() { (void)Intern(0); }
  std::uint32_t Intern(std::uint64_t bits) {
    const auto [at, added] = numbers_.emplace(bits, static_cast<std::uint32_t>(sets_.size()));
    if (added) sets_.push_back(bits);
    return at->second;
  }
  [[nodiscard]] std::uint64_t operator[](std::uint32_t number) const { return sets_[number]; }

 private:
  std::vector<std::uint64_t> sets_{0};
  std::map<std::uint64_t, std::uint32_t> numbers_;
};

}  // namespace mlp::compiler
