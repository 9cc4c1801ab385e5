// Draws for random policies: the same ones for the same seed on every machine that has the same
// standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace mlp::oracle {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  /// Both ends included.
  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(int percent) { return Draw(1, 100) <= percent; }
  template <typename Container>
  std::string Pick(const Container& choices) {
    return std::string(
        choices[static_cast<std::size_t>(Draw(0, static_cast<int>(choices.size()) - 1))]);
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace mlp::oracle
