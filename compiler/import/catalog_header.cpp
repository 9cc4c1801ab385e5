#include "compiler/import/catalog_header.hpp"

#include <fmt/format.h>

#include <vector>

#include "compiler/import/declarations.hpp"
#include "compiler/import/facts.hpp"

namespace mlp::compiler {
namespace {

using Lines = std::vector<std::string>;

Lines Sources(const JsonView& root, const std::set<std::string>& ids) {
  Lines lines;
  for (const std::string& id : ids) {
    const JsonView source = root["sources"][id];
    lines.push_back(source.present() ? fmt::format("{} ({}): {}, {}; {}", id, source["date"].Text(),
                                                   source["what"].Text(), source["kind"].Text(),
                                                   source["where"].Text())
                                     : id + ": not described");
  }
  return lines;
}

Lines Moves(const JsonView& root, const std::string& provider) {
  Lines lines;
  for (const JsonView& entry : root["alias_history"].Items()) {
    if (entry["provider"].Text() != provider) continue;
    Lines steps;
    for (const JsonView& move : entry["moves"].Items()) {
      const std::string from = move["frm"].Text();
      const std::string to = move["to"].Text();
      const std::string source = move["source"].Text();
      steps.push_back((to.empty() ? "nothing" : to) + (from.empty() ? "" : " from " + from) +
                      (source.empty() ? "" : fmt::format(" ({})", source)));
    }
    lines.push_back(fmt::format("{}: {}", entry["alias"].Text(), Join(steps, ", then ")));
  }
  return lines;
}

/// Rules that name the provider in their list or begin with its name.
Lines Rules(const JsonView& root, const std::string& provider) {
  Lines lines;
  for (const JsonView& entry : root["global_rules"].Items()) {
    const std::string rule = entry["rule"].Text();
    bool about = rule.substr(0, provider.size() + 1) == provider + ' ';
    for (const std::string& name : entry["providers"].Texts()) about = about || name == provider;
    if (about) lines.push_back(fmt::format("{} ({})", rule, entry["source"].Text()));
  }
  return lines;
}

void AddSection(const std::string& title, const Lines& lines, std::string& text) {
  if (lines.empty()) return;
  text += "//\n" + WriteComment("// ", title);
  for (const std::string& line : lines) text += WriteComment("// ", line);
}

}  // namespace

std::string WriteCatalogHeader(const JsonView& root, const std::string& provider,
                               const std::set<std::string>& sources) {
  std::string text = WriteComment(
      "// ", fmt::format("Models of {}, written by `mlpc import catalog` from the {} of {}.",
                         provider, root["schema"].Text(), root["generated"].Text()));
  text += WriteComment("// ", "Do not edit: mend the source, or amend a model in your own policy.");
  AddSection("Sources:", Sources(root, sources), text);
  AddSection("Aliases that moved:", Moves(root, provider), text);
  AddSection("Rules seen in the prices:", Rules(root, provider), text);
  return text;
}

}  // namespace mlp::compiler
