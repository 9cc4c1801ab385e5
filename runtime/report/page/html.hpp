// Small pieces of HTML that the page's sections share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlp {

/// The text with &, <, >, " and ' written as entities.
[[nodiscard]] std::string EscapeHtml(std::string_view text);

using HtmlRows = std::vector<std::vector<std::string>>;

/// A table whose first column heads its rows; texts are escaped here. Scrolls sideways by itself.
[[nodiscard]] std::string HtmlTable(std::string_view caption,
                                    const std::vector<std::string>& heading, const HtmlRows& rows);

/// The same, shown where the reader opens it.
[[nodiscard]] std::string HtmlNumbers(std::string_view caption,
                                      const std::vector<std::string>& heading,
                                      const HtmlRows& rows);

/// `<section id=... >` with a heading and, where it is not empty, a line below it; `body` is HTML.
[[nodiscard]] std::string HtmlSection(std::string_view id, std::string_view title,
                                      std::string_view line, const std::string& body);

}  // namespace mlp
