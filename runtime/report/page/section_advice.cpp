// What could be done, with what it would save and why.
#include <fmt/format.h>

#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"

namespace mlp {
namespace {

std::string Item(const PageAdvice& advice) {
  std::string html = "<li>";
  if (advice.saves.Approximate() > 0) {
    html += fmt::format("<span class=\"saves\">saves {} in 30 days</span>", advice.saves.Rounded());
  }
  html += fmt::format("<b>{}</b><p class=\"soft\">{}</p>", EscapeHtml(advice.title),
                      EscapeHtml(advice.evidence));
  if (!advice.next.empty()) html += fmt::format("<p>Next: {}</p>", EscapeHtml(advice.next));
  if (!advice.patch.empty()) {
    html += fmt::format(
        "<details><summary>The edit, which passes every check of the policy</summary>"
        "<pre class=\"wide\" tabindex=\"0\">{}</pre></details>",
        EscapeHtml(advice.patch));
  }
  return html + "</li>\n";
}

}  // namespace

std::string AdviceSection(const ReportPage& page) {
  constexpr const char* kTitle = "What could be done";
  if (!page.has_policy) {
    return HtmlSection("advice", kTitle, "",
                       "<p>No policy was given, so that nothing is advised and no date ahead is "
                       "known: <code>mlp report --policy FILE</code> adds both.</p>\n");
  }
  std::string list;
  for (const PageAdvice& advice : page.advice) list += Item(advice);
  if (list.empty()) {
    return HtmlSection("advice", kTitle, "",
                       "<p>Nothing: no cheaper model that scores no less, no fallback that never "
                       "answers, no budget that runs out, no price or retirement near.</p>\n");
  }
  return HtmlSection("advice", kTitle,
                     "Money is what it would save in 30 days at this window's pace.",
                     "<ul class=\"advice\">\n" + list + "</ul>\n");
}

}  // namespace mlp
