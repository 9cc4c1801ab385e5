#include "runtime/report/page/html.hpp"

#include <fmt/format.h>

namespace mlp {
namespace {

std::string Cells(const std::vector<std::string>& cells, bool heads) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string text = EscapeHtml(cells[i]);
    if (heads) {
      html += fmt::format("<th scope=\"col\">{}</th>", text);
    } else if (i == 0) {
      html += fmt::format("<th scope=\"row\">{}</th>", text);
    } else {
      html += fmt::format("<td>{}</td>", text);
    }
  }
  return html + "</tr>\n";
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
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

std::string HtmlTable(std::string_view caption, const std::vector<std::string>& heading,
                      const HtmlRows& rows) {
  if (rows.empty()) return {};
  std::string html = fmt::format(
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table>\n"
      "<caption>{0}</caption>\n<thead>{1}</thead>\n<tbody>\n",
      EscapeHtml(caption), Cells(heading, true));
  for (const auto& row : rows) html += Cells(row, false);
  return html + "</tbody></table></div>\n";
}

std::string HtmlNumbers(std::string_view caption, const std::vector<std::string>& heading,
                        const HtmlRows& rows) {
  if (rows.empty()) return {};
  return "<details><summary>Numbers</summary>\n" + HtmlTable(caption, heading, rows) +
         "</details>\n";
}

std::string HtmlSection(std::string_view id, std::string_view title, std::string_view line,
                        const std::string& body) {
  if (body.empty()) return {};
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n"
      "<h2 id=\"{0}-title\">{1}</h2>\n{2}{3}</section>\n",
      id, title, line.empty() ? "" : fmt::format("<p class=\"soft\">{}</p>\n", EscapeHtml(line)),
      body);
}

}  // namespace mlp
