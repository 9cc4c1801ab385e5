#include "compiler/diff/region_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace mlp::compiler {
namespace {

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string Percent(std::int64_t micro) {
  const double share = static_cast<double>(micro) / 10'000;
  const double size = share < 0 ? -share : share;
  const int decimals = size < 10 && micro % 10'000 != 0 ? 1 : 0;
  return fmt::format("{}{:.{}f}%", share < 0 ? "-" : "+", size, decimals);
}

std::string ListWords(const std::vector<Explanation::Candidate>& candidates) {
  constexpr std::size_t kMostShown = 4;
  std::vector<std::string> names;
  for (const auto& candidate : candidates) {
    if (names.size() == kMostShown) {
      names.push_back(fmt::format("and {} more", candidates.size() - kMostShown));
      break;
    }
    names.push_back(candidate.model);
  }
  return Joined(names);
}

std::vector<std::string> Parts(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    parts.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  return parts;
}

/// What a list lost and gained, where that is shorter than the lists.
std::string ListFieldWords(const FieldChange& field) {
  constexpr std::size_t kShort = 3;
  constexpr std::array<std::string_view, 4> kLists{"can", "members", "values", "alias"};
  if (std::find(kLists.begin(), kLists.end(), field.name) == kLists.end()) return {};
  const std::vector<std::string> was = Parts(field.before);
  const std::vector<std::string> is = Parts(field.after);
  if (was.empty() || is.empty() || was.size() + is.size() <= 2 * kShort) return {};
  const auto missing = [](const std::vector<std::string>& from,
                          const std::vector<std::string>& in) {
    std::vector<std::string> parts;
    std::copy_if(from.begin(), from.end(), std::back_inserter(parts), [&](const auto& part) {
      return std::find(in.begin(), in.end(), part) == in.end();
    });
    return parts;
  };
  std::string words;
  if (const auto lost = missing(was, is); !lost.empty()) words += " without " + Joined(lost);
  if (const auto gained = missing(is, was); !gained.empty()) {
    words += (words.empty() ? " with " : ", with ") + Joined(gained);
  }
  return words.empty() ? words : field.name + words;
}

/// Whom it was and is, where the lists are too long or too alike to be shown whole.
std::string ListChange(const Change& change) {
  std::vector<std::string> parts;
  if (!change.first_before.empty()) {
    parts.push_back(fmt::format("first {} -> {}", change.first_before, change.first_after));
  }
  const auto others = [](const std::vector<std::string>& names, const std::string& first) {
    std::vector<std::string> rest;
    std::copy_if(names.begin(), names.end(), std::back_inserter(rest),
                 [&](const std::string& name) { return name != first; });
    return rest;
  };
  const auto without = others(change.without, change.first_before);
  const auto with = others(change.with, change.first_after);
  if (!without.empty()) parts.push_back("without " + Joined(without));
  if (!with.empty()) parts.push_back("with " + Joined(with));
  return Joined(parts);
}

}  // namespace

std::string DecisionWords(const Explanation& explanation) {
  if (explanation.outcome != "serve") return explanation.outcome;
  return ListWords(explanation.candidates);
}

std::string FieldWords(const FieldChange& field) {
  if (const std::string words = ListFieldWords(field); !words.empty()) return words;
  const auto shown = [](const std::string& value) { return value.empty() ? "none" : value; };
  return fmt::format("{} {} -> {}", field.name, shown(field.before), shown(field.after));
}

std::string ChangeWords(const DiffRegion& region) {
  const Change& change = region.change;
  switch (change.change) {
    case ChangeClass::kNewlyUnserved:
    case ChangeClass::kNewlyServed:
      return fmt::format("{} -> {}", DecisionWords(region.older), DecisionWords(region.newer));
    case ChangeClass::kRerouted:
    case ChangeClass::kReordered: {
      constexpr std::size_t kShort = 3;
      if (!change.limits.empty()) return FieldWords(change.limits.front());
      const bool whole = region.older.candidates.size() <= kShort &&
                         region.newer.candidates.size() <= kShort &&
                         DecisionWords(region.older) != DecisionWords(region.newer);
      if (!whole && !ListChange(change).empty()) return ListChange(change);
      return fmt::format("{} -> {}", DecisionWords(region.older), DecisionWords(region.newer));
    }
    case ChangeClass::kCostRaised:
    case ChangeClass::kCostLowered:
      return fmt::format("price of {}", Joined(change.costs));
    case ChangeClass::kLimitsChanged: {
      std::vector<std::string> words;
      for (const FieldChange& field : change.limits) words.push_back(FieldWords(field));
      return Joined(words);
    }
  }
  return {};
}

std::vector<std::string> NoteWords(const DiffRegion& region) {
  std::vector<std::string> notes;
  if (region.rise_micro) {
    notes.push_back(fmt::format("{} worst cost", Percent(*region.rise_micro)));
  }
  for (const std::string& why : region.change.breaking) {
    const bool told = region.rise_micro && (why == "costs more" || why == "may cost more");
    const bool plain = region.change.change == ChangeClass::kNewlyUnserved;
    if (!told && !plain) notes.push_back(why);
  }
  if (!region.change.canary.empty()) {
    notes.push_back("in the canary arm of " + Joined(region.change.canary));
  }
  if (region.change.rough) notes.emplace_back("a call has too many courses to compare exactly");
  if (region.change.cheapest_first) notes.emplace_back("once a budget prefers cheapest");
  return notes;
}

std::string PlaceWords(const DiffRegion& region) {
  if (region.older_at == region.newer_at) return region.older_at;
  return region.older_at + " -> " + region.newer_at;
}

std::string DeclarationName(const DeclarationChange& change) {
  constexpr std::array<std::string_view, 3> kWithTexts{"assert", "guardrail", "test"};
  const bool text =
      std::find(kWithTexts.begin(), kWithTexts.end(), change.kind) != kWithTexts.end();
  return fmt::format("{} {}{}{}", change.kind, text ? "\"" : "", change.name, text ? "\"" : "");
}

std::string ShareOf(const DiffRegion& region) {
  if (!region.share) return {};
  return fmt::format("{:.1f}%", *region.share * 100);
}

std::string CountWords(const std::vector<DiffRegion>& regions) {
  std::array<std::size_t, kChangeClassCount> counts{};
  for (const DiffRegion& region : regions) ++counts[static_cast<std::size_t>(region.change.change)];
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kChangeClassCount; ++i) {
    if (counts[i] == 0) continue;
    words.push_back(fmt::format("{} {}", counts[i], NameOf(static_cast<ChangeClass>(i))));
  }
  const auto breaking = std::count_if(regions.begin(), regions.end(), [](const auto& region) {
    return !region.change.breaking.empty();
  });
  return fmt::format(
      "{} region{} of requests{} ({})", regions.size(), regions.size() == 1 ? "" : "s",
      breaking == 0 ? std::string() : fmt::format(", {} breaking", breaking), Joined(words));
}

}  // namespace mlp::compiler
