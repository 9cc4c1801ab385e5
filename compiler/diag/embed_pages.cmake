# cmake -DPAGES="a.md;b.md" -DOUTPUT=pages.cpp -P embed_pages.cmake: the pages as one C++ source.
set(text "// Written by compiler/diag/embed_pages.cmake from compiler/diag/pages/; do not edit.
#include \"compiler/diag/pages.hpp\"

namespace mlp::compiler {

std::optional<std::string_view> CodePage(Code code) {
  struct Page {
    std::string_view name;
    std::string_view text;
  };
  static constexpr Page kPages[] = {
")
foreach(page IN LISTS PAGES)
  get_filename_component(name "${page}" NAME_WE)
  file(READ "${page}" content)
  string(APPEND text "      {\"${name}\", R\"PAGE(${content})PAGE\"},\n")
endforeach()
string(APPEND text "  };
  for (const Page& page : kPages) {
    if (page.name == Info(code).name) return page.text;
  }
  return std::nullopt;
}

}  // namespace mlp::compiler
")
file(WRITE "${OUTPUT}" "${text}")
