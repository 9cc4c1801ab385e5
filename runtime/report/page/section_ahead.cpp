// What changes by itself.
#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"
#include "runtime/report/since.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::string Month(std::int64_t at_s) { return FormatInstant(at_s * kMicrosPerSecond).substr(0, 7); }

}  // namespace

std::string CalendarSection(const ReportPage& page) {
  if (!page.has_policy) return {};
  if (page.dates.empty()) {
    return HtmlSection("calendar", "Ahead", "",
                       "<p>Nothing changes by itself within a year.</p>\n");
  }
  std::string html;
  std::string month;
  for (const PageDate& date : page.dates) {
    if (Month(date.at_s) != month) {
      if (!month.empty()) html += "</ul>\n";
      month = Month(date.at_s);
      html += fmt::format("<h3>{}</h3>\n<ul class=\"dates\">\n", month);
    }
    const std::string day = FormatInstant(date.at_s * kMicrosPerSecond).substr(0, 10);
    const std::string tag = date.what.substr(0, date.what.find(' '));
    html += fmt::format(
        "<li><time datetime=\"{0}\">{0}</time><span class=\"tag {1}\">{2}</span>"
        "<span>{3}{4}<span class=\"soft\">{5}</span></span></li>\n",
        day, tag, date.what,
        date.model.empty() ? "" : fmt::format("<b>{}</b> ", EscapeHtml(date.model)),
        EscapeHtml(date.words),
        date.calls > 0 ? fmt::format("; {} calls here tried it", Grouped(date.calls)) : "");
  }
  return HtmlSection("calendar", "Ahead",
                     "What the policy's models do by themselves within a year (UTC).",
                     html + "</ul>\n");
}

}  // namespace mlp
