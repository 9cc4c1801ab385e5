#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "compiler/diag/witness.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diff/region_words.hpp"
#include "compiler/diff/render.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostShown = 50;

/// As a cell of a table shows it.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '>' || c == '*' || c == '_' || c == '[') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

/// As code in a cell: a longer fence than any run of backticks inside.
std::string Coded(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  std::string inner;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    if (c == '|') inner += '\\';
    inner += c == '\n' ? ' ' : c;
  }
  const std::string fence(longest + 1, '`');
  return longest == 0 ? fence + inner + fence : fence + " " + inner + " " + fence;
}

std::string RegionsTable(const std::vector<DiffRegion>& regions) {
  if (regions.empty()) return {};
  const bool shares = std::any_of(regions.begin(), regions.end(),
                                  [](const DiffRegion& region) { return region.share; });
  std::string text = fmt::format("| | requests |{} change |\n|---|---|{}---|\n",
                                 shares ? " of traffic |" : "", shares ? "---:|" : "");
  std::string witnesses;
  std::size_t shown = 0;
  for (const DiffRegion& region : regions) {
    if (shown++ == kMostShown) break;
    const bool breaks = !region.change.breaking.empty();
    std::string change = Cell(ChangeWords(region));
    const std::vector<std::string> notes = NoteWords(region);
    if (!notes.empty()) change += Cell(fmt::format(" ({})", fmt::join(notes, "; ")));
    const std::string_view name = NameOf(region.change.change);
    text += fmt::format(
        "| {} | {} |{} {} |\n", breaks ? fmt::format("**{}**, breaking", name) : std::string(name),
        Coded(region.when), shares ? fmt::format(" {} |", ShareOf(region)) : "", change);
    witnesses += fmt::format(
        "{}. {}: {} ({})\n   ```sh\n   mlpc explain POLICY {}\n   ```\n", shown, Coded(region.when),
        Cell(fmt::format("{} -> {}", DecisionWords(region.older), DecisionWords(region.newer))),
        Coded(PlaceWords(region)), WitnessWords(region.witness));
  }
  if (regions.size() > kMostShown) {
    text += fmt::format("\nand {} more regions\n", regions.size() - kMostShown);
  }
  return fmt::format("{}\n<details><summary>A request of each</summary>\n\n{}\n</details>\n", text,
                     witnesses);
}

std::string DeclarationsTable(const std::vector<DeclarationChange>& declarations) {
  if (declarations.empty()) return {};
  std::string text = "\n| declaration | | fields |\n|---|---|---|\n";
  std::size_t shown = 0;
  for (const DeclarationChange& change : declarations) {
    if (shown++ == kMostShown) {
      text += fmt::format("\nand {} more declarations\n", declarations.size() - kMostShown);
      break;
    }
    std::vector<std::string> fields;
    for (const FieldChange& field : change.fields) fields.push_back(FieldWords(field));
    std::string words = Cell(fmt::format("{}", fmt::join(fields, "; ")));
    if (!change.breaking.empty()) {
      words += (words.empty() ? "**breaking**: " : "; **breaking**: ") + Cell(change.breaking);
    }
    if (!change.note.empty()) words += (words.empty() ? "" : "; ") + Cell(change.note);
    text += fmt::format("| {} | {} | {} |\n", Coded(DeclarationName(change)), NameOf(change.change),
                        words);
  }
  return text;
}

}  // namespace

std::string RenderMarkdown(const DiffResult& result, const DiffNames& names) {
  std::string text = fmt::format("### {} → {}\n\n", Coded(names.older), Coded(names.newer));
  if (result.same()) return text + "No difference.\n";
  text += result.regions.empty() ? "Every request is decided as before.\n"
                                 : CountWords(result.regions) + ".\n\n";
  text += RegionsTable(result.regions);
  text += DeclarationsTable(result.declarations);
  if (!result.arms.empty()) text += "\n";
  for (const ArmShift& shift : result.arms) {
    text +=
        fmt::format("- {}: {}\n", Coded(shift.kind + " " + shift.name), Cell(ShiftWords(shift)));
  }
  text += fmt::format("\nVersion {} → {}: this is a **{}** change{}.\n",
                      Coded(result.older_version), Coded(result.newer_version), NameOf(result.bump),
                      result.under_versioned() ? ", and the number moves less" : "");
  return text;
}

std::string RenderMarkdown(const std::vector<TimelineEntry>& timeline) {
  if (timeline.empty()) return "Nothing changes by itself.\n";
  std::string text;
  for (const TimelineEntry& entry : timeline) {
    text += fmt::format("### {}\n\n", FormatInstant(entry.at_s));
    for (const std::string& why : entry.because) text += fmt::format("- {}\n", Cell(why));
    text += "\n";
    text += RegionsTable(entry.regions);
    text += "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace mlp::compiler
