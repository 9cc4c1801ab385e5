#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/diag/witness.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diff/region_words.hpp"
#include "compiler/diff/render.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostShown = 50;

char SignOf(ChangeClass change) {
  switch (change) {
    case ChangeClass::kNewlyUnserved:
      return '-';
    case ChangeClass::kNewlyServed:
      return '+';
    case ChangeClass::kRerouted:
    case ChangeClass::kReordered:
    case ChangeClass::kCostRaised:
    case ChangeClass::kLimitsChanged:
    case ChangeClass::kCostLowered:
      break;
  }
  return '~';
}

std::string RegionText(const DiffRegion& region) {
  std::string text = fmt::format("  {} {:<14} {}\n", SignOf(region.change.change),
                                 NameOf(region.change.change), region.when);
  std::string notes = fmt::format("{}", fmt::join(NoteWords(region), "; "));
  if (!notes.empty()) notes = "  (" + notes + ")";
  const std::string share = ShareOf(region);
  text += fmt::format("      {}{}{}  [{}]\n", ChangeWords(region), notes,
                      share.empty() ? "" : fmt::format("  {} of recorded traffic", share),
                      PlaceWords(region));
  text += fmt::format("      e.g. {}\n", WitnessWords(region.witness));
  return text;
}

std::string RegionsText(const std::vector<DiffRegion>& regions) {
  std::string text;
  std::size_t shown = 0;
  bool breaking = false;
  for (const DiffRegion& region : regions) {
    if (shown == kMostShown) break;
    const bool breaks = !region.change.breaking.empty();
    if (shown == 0 || breaks != breaking) {
      text += breaks ? "breaking\n" : shown == 0 ? "changed\n" : "other changes\n";
    }
    breaking = breaks;
    ++shown;
    text += RegionText(region);
  }
  if (regions.size() > shown) {
    text += fmt::format("  and {} more regions; --format json lists all\n", regions.size() - shown);
  }
  return text;
}

std::string DeclarationText(const DeclarationChange& change) {
  const char sign = change.change == DeclarationEdit::kAdded     ? '+'
                    : change.change == DeclarationEdit::kRemoved ? '-'
                                                                 : '~';
  std::vector<std::string> fields;
  for (const FieldChange& field : change.fields) fields.push_back(FieldWords(field));
  std::string text = fmt::format("  {} {}", sign, DeclarationName(change));
  if (!fields.empty()) text += fmt::format(": {}", fmt::join(fields, "; "));
  if (!change.breaking.empty()) text += fmt::format("  (breaking: {})", change.breaking);
  if (!change.note.empty()) text += fmt::format("  ({})", change.note);
  return text + "\n";
}

}  // namespace

std::string RenderText(const DiffResult& result, const DiffNames& names) {
  std::string text = fmt::format("{} -> {}: ", names.older, names.newer);
  if (result.same()) return text + "no difference\n";
  text += result.regions.empty() ? "every request is decided as before\n"
                                 : CountWords(result.regions) + "\n";
  text += RegionsText(result.regions);
  if (!result.declarations.empty()) text += "declarations\n";
  std::size_t shown = 0;
  for (const DeclarationChange& change : result.declarations) {
    if (shown++ == kMostShown) {
      text += fmt::format("  and {} more; --format json lists all\n",
                          result.declarations.size() - kMostShown);
      break;
    }
    text += DeclarationText(change);
  }
  if (!result.arms.empty()) text += "arms\n";
  for (const ArmShift& shift : result.arms) {
    text += fmt::format("  {} {} `{}`: {}\n", shift.moved_ppm == 0 ? '=' : '~', shift.kind,
                        shift.name, ShiftWords(shift));
  }
  text += fmt::format("version {} -> {}: this is a {} change{}\n", result.older_version,
                      result.newer_version, NameOf(result.bump),
                      result.under_versioned() ? ", and the number moves less" : "");
  return text;
}

std::string RenderText(const std::vector<TimelineEntry>& timeline) {
  if (timeline.empty()) return "nothing changes by itself\n";
  std::string text;
  for (const TimelineEntry& entry : timeline) {
    text += fmt::format("{}  {}\n", FormatInstant(entry.at_s), fmt::join(entry.because, "; "));
    text += RegionsText(entry.regions);
  }
  return text;
}

}  // namespace mlp::compiler
