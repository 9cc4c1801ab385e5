// Scales of plots: where ticks stand and where a value lies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlp {

/// From the bottom (share 0) to the top (share 1) of a plot.
class ValueAxis {
 public:
  /// Round bounds around low .. high and three to six ticks.
  static ValueAxis Linear(double low, double high);
  /// Ticks at 1, 2, 5 times powers of ten, or at powers of ten where there are many. 0 < low.
  static ValueAxis Logarithmic(double low, double high);

  [[nodiscard]] double Share(double value) const;
  [[nodiscard]] const std::vector<double>& ticks() const { return ticks_; }

 private:
  double low_ = 0;
  double high_ = 1;
  bool logarithmic_ = false;
  std::vector<double> ticks_;
};

struct TimeTick {
  double share = 0;  ///< from left to right
  std::string words;
};
/// Three to seven, at beginnings of minutes, hours or days that people count in.
[[nodiscard]] std::vector<TimeTick> TimeTicks(std::int64_t from_us, std::int64_t to_us);

}  // namespace mlp
