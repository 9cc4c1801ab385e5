#include "runtime/report/html_plot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mlp {
namespace {

constexpr double kWidth = 960;
constexpr double kHeight = 140;

double Highest(const Plot& plot) {
  double highest = 0;
  for (const PlotSeries& series : plot.series) {
    for (const PlotPoint& point : series.points) highest = std::max(highest, point.value);
  }
  return highest > 0 ? highest : 1;
}

std::string Bars(const PlotSeries& series, double scale) {
  const double step = kWidth / static_cast<double>(series.points.size());
  std::string svg;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const PlotPoint& point = series.points[i];
    if (point.value <= 0) continue;
    const double height = std::max(point.value * scale, 1.0);
    svg += fmt::format(
        "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">"
        "<title>{}</title></rect>\n",
        series.css, static_cast<double>(i) * step, kHeight - height, std::max(step * 0.85, 1.0),
        height, EscapeHtml(point.label));
  }
  return svg;
}

// A line through the slots that have a value, broken where one has none, and a dot at each.
std::string Line(const PlotSeries& series, double scale) {
  const double step = kWidth / static_cast<double>(series.points.size());
  std::string path;
  std::string dots;
  bool joined = false;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const PlotPoint& point = series.points[i];
    const double x = (static_cast<double>(i) + 0.425) * step;
    const double y = kHeight - point.value * scale;
    if (point.value >= 0) {
      path += fmt::format("{}{:.1f} {:.1f}", joined ? "L" : "M", x, y);
      dots += fmt::format(
          "<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}</title></circle>\n",
          series.css, x, y, EscapeHtml(point.label));
    }
    joined = point.value >= 0;
  }
  return fmt::format("<path class=\"line {}\" d=\"{}\"/>\n{}", series.css, path, dots);
}

}  // namespace

std::string EscapeHtml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string RenderPlot(const Plot& plot) {
  const double scale = (kHeight - 6) / Highest(plot);
  std::string legend;
  std::string shapes;
  for (const PlotSeries& series : plot.series) {
    legend += fmt::format(" <span class=\"key {}\"></span>{}", series.css, EscapeHtml(series.name));
    if (!series.points.empty()) shapes += series.bars ? Bars(series, scale) : Line(series, scale);
  }
  return fmt::format(
      "<figure><figcaption><b>{}</b>{}<span class=\"top\">{}</span></figcaption>\n"
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n"
      "<div class=\"axis\"><span>{}</span><span>{}</span></div></figure>\n",
      EscapeHtml(plot.title), legend, EscapeHtml(plot.top_label), kWidth, kHeight,
      EscapeHtml(plot.title), shapes, EscapeHtml(plot.left_label), EscapeHtml(plot.right_label));
}

}  // namespace mlp
