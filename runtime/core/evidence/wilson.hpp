// Wilson's score interval of a share: honest at few observations and near 0 and 1.
#pragma once

#include <cstdint>

namespace mlp {

struct Interval {
  double low = 0;
  double high = 1;
};

/// The quantile of the normal distribution of a two-sided interval of 95%.
inline constexpr double kNormal95 = 1.959963984540054;

/// (2np + z^2 -+ z sqrt(z^2 + 4np(1 - p))) / (2(n + z^2)) with p = events / trials (Wilson 1927),
/// clipped to [0, 1]; the whole of [0, 1] without trials. 0 <= events <= trials.
[[nodiscard]] Interval WilsonInterval(std::uint64_t events, std::uint64_t trials,
                                      double z = kNormal95) noexcept;

}  // namespace mlp
