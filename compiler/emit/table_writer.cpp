#include "compiler/emit/table_writer.hpp"

#include "compiler/emit/spelling.hpp"

namespace mlp::compiler::emit {

std::string TableWriter::Texts(const std::string& name, std::span<const std::string_view> texts) {
  if (texts.empty()) return "{}";
  std::string line = fmt::format("constexpr std::string_view {}[] = {{", name);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    // A cut just behind a literal ends in a NUL, which a plain literal would lose.
    const bool nul = texts[i].find('\0') != std::string_view::npos;
    const std::string text =
        nul ? fmt::format("{{{}, {}}}", Quoted(texts[i]), texts[i].size()) : Quoted(texts[i]);
    line += (i == 0 ? "" : ", ") + text;
  }
  Line(line + "};");
  return name;
}

void TableWriter::Section(std::string_view title) {
  Line();
  Line(fmt::format("// {}", title));
}

}  // namespace mlp::compiler::emit
