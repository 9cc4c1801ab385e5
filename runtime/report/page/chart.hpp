// Plots over time as inline SVG that stretches with the page; axes, marks and their words are HTML,
// so that they keep their size on a phone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/report/page/page.hpp"

namespace mlp {

/// One value a slot; below 0: none (but on a chart that is signed). `colour` is 1 .. 8 of the style
/// sheet's, or 9 for the rest.
struct ChartSeries {
  std::string name;
  int colour = 1;
  std::vector<double> values;
};

/// A line across, as a limit.
struct ChartLevel {
  double value = 0;
  std::string words;
};

struct Chart {
  std::string title;
  std::string first_column = "From (UTC)";
  bool columns = true;       ///< stacked; else lines
  bool logarithmic = false;  ///< lines only
  bool is_signed = false;    ///< lines only: values below 0 are values
  bool low = false;          ///< for what has few values
  double least_top = 0;      ///< the scale goes up to it at least
  std::int64_t start_us = 0;
  std::int64_t slot_us = 1;
  std::vector<ChartSeries> series;
  std::vector<ChartLevel> levels;
  std::vector<PageMark> marks;
  std::function<std::string(double)> words;  ///< of a value, on the axis and in the table
};

/// A figure with its table behind it; empty without series or slots.
[[nodiscard]] std::string RenderChart(const Chart& chart);

/// A line without axes, of one value a slot; below 0: none.
[[nodiscard]] std::string RenderSparkline(const std::vector<double>& values);

}  // namespace mlp
