#include "runtime/report/page/forest.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "runtime/report/page/html.hpp"

namespace mlp {
namespace {

const char* ClassOf(ForestRow::Colour colour) {
  switch (colour) {
    case ForestRow::Colour::kOpen:
      return "open";
    case ForestRow::Colour::kGood:
      return "good";
    case ForestRow::Colour::kBad:
      return "bad";
  }
  return "";
}

bool HasInterval(const ForestRow& row) { return std::isfinite(row.low) && std::isfinite(row.high); }

double ReachOf(const std::vector<ForestRow>& rows) {
  double reach = 0;
  for (const ForestRow& row : rows) {
    reach = std::max(reach, std::abs(row.value));
    if (HasInterval(row)) reach = std::max({reach, std::abs(row.low), std::abs(row.high)});
  }
  return reach > 0 ? reach * 1.08 : 1;
}

}  // namespace

std::string RenderForest(const std::string& title, const std::vector<ForestRow>& rows,
                         const std::string& unit) {
  if (rows.empty()) return {};
  const double reach = ReachOf(rows);
  const auto at = [&](double value) { return 50 + 50 * std::clamp(value / reach, -1.0, 1.0); };
  std::string html = fmt::format("<figure class=\"forest\">\n<figcaption>{}</figcaption>\n<ul>\n",
                                 EscapeHtml(title));
  for (const ForestRow& row : rows) {
    html += fmt::format(
        "<li class=\"{}\"><div class=\"head\"><span>{}</span><b>{}</b></div>"
        "<div class=\"range\" aria-hidden=\"true\"><u></u>",
        ClassOf(row.colour), EscapeHtml(row.label), EscapeHtml(row.words));
    if (HasInterval(row)) {
      html += fmt::format("<i style=\"left:{:.2f}%;width:{:.2f}%\"></i>", at(row.low),
                          std::max(at(row.high) - at(row.low), 0.3));
    }
    html += fmt::format("<s style=\"left:{:.2f}%\"></s></div></li>\n", at(row.value));
  }
  return html + fmt::format(
                    "</ul>\n<div class=\"ends\" aria-hidden=\"true\"><span>-{0:.3g}{1}</span>"
                    "<span>0</span><span>+{0:.3g}{1}</span></div>\n</figure>\n",
                    reach, EscapeHtml(unit));
}

}  // namespace mlp
