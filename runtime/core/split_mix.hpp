// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"): eight
// bytes of state where the standard's engines have up to 5,000, which would be filled for each
// call.
#pragma once

#include <cstdint>

namespace mlp {

/// The finalizer: equal bits in, equal bits out, and neighbours far apart.
[[nodiscard]] constexpr std::uint64_t Mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

class SplitMix64 {
 public:
  explicit constexpr SplitMix64(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t operator()() noexcept { return Mix(state_ += 0x9E3779B97F4A7C15); }

  /// In [0, 1), 53 bits of it random.
  constexpr double Uniform() noexcept { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace mlp
