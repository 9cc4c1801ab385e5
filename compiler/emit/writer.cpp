#include "compiler/emit/writer.hpp"

#include <cstdio>
#include <cstdlib>

namespace mlp::compiler::emit {
namespace {

std::string_view Lookup(std::string_view name, Writer::Values values) {
  for (const auto& [key, value] : values) {
    if (key == name) return value;
  }
  std::fprintf(stderr, "emit: template names unknown value `%.*s`\n", static_cast<int>(name.size()),
               name.data());
  std::exit(3);
}

}  // namespace

void Writer::Line(std::string_view text) {
  if (!text.empty()) text_.append(depth_, ' ').append(text);
  text_ += '\n';
}

void Writer::Print(std::string_view text, Values values) {
  std::string line;
  while (!text.empty()) {
    const std::size_t special = text.find_first_of("$\n");
    line.append(text.substr(0, special));
    if (special == std::string_view::npos) break;
    if (text[special] == '\n') {
      Line(line);
      line.clear();
      text.remove_prefix(special + 1);
      continue;
    }
    text.remove_prefix(special + 1);
    const std::size_t close = text.find('$');
    line.append(Lookup(text.substr(0, close), values));
    text.remove_prefix(close + 1);
  }
  if (!line.empty()) Line(line);
}

}  // namespace mlp::compiler::emit
