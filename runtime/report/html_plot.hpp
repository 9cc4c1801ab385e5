// Plots over time as inline SVG.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlp {

/// One value a slot; below 0: none. `label` is what the reader's pointer shows.
struct PlotPoint {
  double value = 0;
  std::string label;
};

/// Points drawn in one colour: the style sheet's class `css`.
struct PlotSeries {
  std::string name;
  std::string css;
  bool bars = true;  ///< else a line
  std::vector<PlotPoint> points;
};

struct Plot {
  std::string title;
  std::string top_label;   ///< what the highest value is called
  std::string left_label;  ///< the first and the last slot's time
  std::string right_label;
  std::vector<PlotSeries> series;  ///< drawn one over the other, to one scale from 0
};

/// The text with &, <, >, " and ' written as entities.
[[nodiscard]] std::string EscapeHtml(const std::string& text);

[[nodiscard]] std::string RenderPlot(const Plot& plot);

}  // namespace mlp
