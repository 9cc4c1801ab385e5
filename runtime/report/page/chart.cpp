#include "runtime/report/page/chart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/page/axis.hpp"
#include "runtime/report/page/html.hpp"

namespace mlp {
namespace {

constexpr double kWidth = 1000;
constexpr double kHeight = 200;

std::size_t SlotCount(const Chart& chart) {
  std::size_t count = 0;
  for (const ChartSeries& series : chart.series) count = std::max(count, series.values.size());
  return count;
}

bool HasValue(const Chart& chart, double value) {
  return std::isfinite(value) && (chart.is_signed || value >= 0);
}

double At(const ChartSeries& series, std::size_t slot) {
  return slot < series.values.size() ? series.values[slot] : -1;
}

ValueAxis AxisOf(const Chart& chart) {
  double low = chart.logarithmic ? std::numeric_limits<double>::max() : 0;
  double high = chart.least_top;
  for (const ChartLevel& level : chart.levels) high = std::max(high, level.value);
  for (std::size_t slot = 0; slot < SlotCount(chart); ++slot) {
    double sum = 0;
    for (const ChartSeries& series : chart.series) {
      const double value = At(series, slot);
      if (!HasValue(chart, value)) continue;
      sum = chart.columns ? sum + value : value;
      high = std::max(high, sum);
      if (!chart.logarithmic || value > 0) low = std::min(low, value);
    }
  }
  if (!chart.logarithmic) return ValueAxis::Linear(std::min(low, 0.0), high);
  if (low > high) return ValueAxis::Logarithmic(1, 10);
  return ValueAxis::Logarithmic(low, high);
}

std::string Columns(const Chart& chart, const ValueAxis& axis, double step) {
  std::string svg;
  std::vector<double> base(SlotCount(chart), 0);
  for (const ChartSeries& series : chart.series) {
    std::string path;
    for (std::size_t slot = 0; slot < series.values.size(); ++slot) {
      const double value = series.values[slot];
      if (!(value > 0)) continue;
      const double bottom = kHeight * (1 - axis.Share(base[slot]));
      base[slot] += value;
      const double top = std::min(kHeight * (1 - axis.Share(base[slot])), bottom - 0.6);
      path += fmt::format("M{:.1f} {:.1f}h{:.1f}V{:.1f}h-{:.1f}z",
                          (static_cast<double>(slot) + 0.08) * step, bottom, step * 0.84, top,
                          step * 0.84);
    }
    svg += fmt::format("<path class=\"fill c{}\" d=\"{}\"/>\n", series.colour, path);
  }
  return svg;
}

// A line through the slots that have a value, broken where one has none. A value alone is a dash.
std::string Line(const Chart& chart, const ChartSeries& series, const ValueAxis& axis,
                 double step) {
  std::string path;
  bool joined = false;
  for (std::size_t slot = 0; slot < series.values.size(); ++slot) {
    const double value = series.values[slot];
    const bool has = HasValue(chart, value);
    if (has) {
      const double x = (static_cast<double>(slot) + 0.5) * step;
      const double y = kHeight * (1 - axis.Share(value));
      path += fmt::format("{}{:.1f} {:.1f}", joined ? "L" : "M", x, y);
      const bool alone = !joined && (slot + 1 == series.values.size() ||
                                     !HasValue(chart, series.values[slot + 1]));
      if (alone) path += "h1";
    }
    joined = has;
  }
  return fmt::format("<path class=\"line c{}\" d=\"{}\"/>\n", series.colour, path);
}

std::string SlotTime(const Chart& chart, std::size_t slot) {
  return Minute(chart.start_us + static_cast<std::int64_t>(slot) * chart.slot_us);
}

// What a pointer shows: a transparent column for each slot.
std::string Pointers(const Chart& chart, double step) {
  std::string svg = "<g class=\"point\">\n";
  for (std::size_t slot = 0; slot < SlotCount(chart); ++slot) {
    std::string words = SlotTime(chart, slot);
    bool any = false;
    for (const ChartSeries& series : chart.series) {
      const double value = At(series, slot);
      if (!HasValue(chart, value) || (chart.columns && value == 0)) continue;
      any = true;
      words += fmt::format("\n{}: {}", series.name, chart.words(value));
    }
    if (!any) continue;
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{:.0f}\"><title>{}</title></rect>\n",
        static_cast<double>(slot) * step, step, kHeight, EscapeHtml(words));
  }
  return svg + "</g>\n";
}

std::string Legend(const Chart& chart) {
  if (chart.series.size() < 2) return {};
  std::string html = "<ul class=\"legend\">";
  for (const ChartSeries& series : chart.series) {
    html +=
        fmt::format("<li><i class=\"key c{}\"></i>{}</li>", series.colour, EscapeHtml(series.name));
  }
  return html + "</ul>\n";
}

std::string Marks(const Chart& chart, const ValueAxis& axis, std::size_t slots) {
  std::string html;
  for (const PageMark& mark : chart.marks) {
    const std::string words = fmt::format("{}: {}, usually {}", SlotTime(chart, mark.slot),
                                          chart.words(mark.value), chart.words(mark.usual));
    html +=
        fmt::format("<b class=\"mark\" style=\"left:{:.2f}%;bottom:{:.2f}%\" title=\"{}\"></b>\n",
                    100 * (static_cast<double>(mark.slot) + 0.5) / static_cast<double>(slots),
                    100 * axis.Share(mark.value), EscapeHtml(words));
  }
  return html;
}

std::string MarkWords(const Chart& chart) {
  if (chart.marks.empty()) return {};
  std::string html = "<ul class=\"found\">";
  constexpr std::size_t kMostWords = 6;
  for (std::size_t i = 0; i < std::min(chart.marks.size(), kMostWords); ++i) {
    const PageMark& mark = chart.marks[i];
    html += fmt::format("<li>{}: <b>{}</b>, usually {}</li>", SlotTime(chart, mark.slot),
                        EscapeHtml(chart.words(mark.value)), EscapeHtml(chart.words(mark.usual)));
  }
  if (chart.marks.size() > kMostWords) {
    html += fmt::format("<li>and {} more</li>", chart.marks.size() - kMostWords);
  }
  return html + "</ul>\n";
}

std::string Numbers(const Chart& chart) {
  std::vector<std::string> heading = {chart.first_column};
  for (const ChartSeries& series : chart.series) heading.push_back(series.name);
  HtmlRows rows;
  for (std::size_t slot = 0; slot < SlotCount(chart); ++slot) {
    std::vector<std::string> row = {SlotTime(chart, slot)};
    for (const ChartSeries& series : chart.series) {
      const double value = At(series, slot);
      row.push_back(HasValue(chart, value) ? chart.words(value) : "-");
    }
    rows.push_back(std::move(row));
  }
  return HtmlNumbers(chart.title, heading, rows);
}

}  // namespace

std::string RenderChart(const Chart& chart) {
  const std::size_t slots = SlotCount(chart);
  if (slots == 0) return {};
  const ValueAxis axis = AxisOf(chart);
  const double step = kWidth / static_cast<double>(slots);
  std::string labels;
  std::string svg;
  for (const double tick : axis.ticks()) {
    labels += fmt::format("<span style=\"bottom:{:.2f}%\">{}</span>", 100 * axis.Share(tick),
                          EscapeHtml(chart.words(tick)));
    const double y = kHeight * (1 - axis.Share(tick));
    svg += fmt::format("<path class=\"grid\" d=\"M0 {0:.1f}H{1:.0f}\"/>\n", y, kWidth);
  }
  std::string levels;
  for (const ChartLevel& level : chart.levels) {
    const double share = axis.Share(level.value);
    levels += fmt::format("<path class=\"level\" d=\"M0 {0:.1f}H{1:.0f}\"/>\n",
                          kHeight * (1 - share), kWidth);
    labels +=
        fmt::format("<em style=\"bottom:{:.2f}%\">{}</em>", 100 * share, EscapeHtml(level.words));
  }
  if (chart.columns) svg += Columns(chart, axis, step);
  for (const ChartSeries& series : chart.series) {
    if (!chart.columns) svg += Line(chart, series, axis, step);
  }
  svg += levels + Pointers(chart, step);
  std::string times;
  for (const TimeTick& tick : TimeTicks(
           chart.start_us, chart.start_us + static_cast<std::int64_t>(slots) * chart.slot_us)) {
    times += fmt::format("<span style=\"left:{:.2f}%\">{}</span>", 100 * tick.share, tick.words);
  }
  const std::string title = EscapeHtml(chart.title);
  return fmt::format(
      "<figure{}>\n<figcaption>{}</figcaption>\n{}"
      "<div class=\"plot\"><div class=\"y\" aria-hidden=\"true\">{}</div>\n"
      "<div class=\"area\"><svg viewBox=\"0 0 {:.0f} {:.0f}\" preserveAspectRatio=\"none\" "
      "role=\"img\" aria-label=\"{}; the numbers are in the table below\">\n{}</svg>\n{}</div>\n"
      "<div class=\"x\" aria-hidden=\"true\">{}</div></div>\n{}{}</figure>\n",
      chart.low ? " class=\"low\"" : "", title, Legend(chart), labels, kWidth, kHeight, title, svg,
      Marks(chart, axis, slots), times, MarkWords(chart), Numbers(chart));
}

std::string RenderSparkline(const std::vector<double>& values) {
  constexpr double kSparkWidth = 120;
  constexpr double kSparkHeight = 24;
  double high = 0;
  for (const double value : values) high = std::max(high, value);
  if (values.size() < 2 || high <= 0) return {};
  std::string path;
  bool joined = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0) {
      path +=
          fmt::format("{}{:.1f} {:.1f}", joined ? "L" : "M",
                      kSparkWidth * static_cast<double>(i) / static_cast<double>(values.size() - 1),
                      1 + (kSparkHeight - 2) * (1 - values[i] / high));
    }
    joined = values[i] >= 0;
  }
  return fmt::format(
      "<svg class=\"spark\" viewBox=\"0 0 {:.0f} {:.0f}\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\"><path d=\"{}\"/></svg>",
      kSparkWidth, kSparkHeight, path);
}

}  // namespace mlp
