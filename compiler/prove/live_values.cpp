#include "compiler/prove/live_values.hpp"

#include <algorithm>
#include <set>

#include "compiler/model/live_facts.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

bool Holds(const LiveAtom& atom, std::int64_t value) {
  return Compare(value, atom.comparison, atom.threshold);
}

bool IsOf(const LiveValue& value, const LiveAtom& atom) {
  return value.candidate == atom.model && value.fact == atom.fact &&
         value.window_s == atom.window_s;
}

/// Tries, fact by fact, the values at which comparisons turn.
class Search {
 public:
  explicit Search(std::span<const std::pair<LiveClause, bool>> clauses) : clauses_(clauses) {
    for (const auto& [clause, holds] : clauses) {
      for (const LiveAtom& atom : clause) {
        auto known = std::find_if(values.begin(), values.end(),
                                  [&](const LiveValue& value) { return IsOf(value, atom); });
        if (known == values.end()) {
          values.push_back({atom.model, atom.fact, atom.window_s, 0});
          choices_.emplace_back();
          known = values.end() - 1;
        }
        // In the grain in which values are written.
        const std::int64_t grain =
            UnitOf(atom.fact) == LiveUnit::kMicroseconds ? kMicrosecondsPerMs : 1;
        std::set<std::int64_t>& choices =
            choices_[static_cast<std::size_t>(known - values.begin())];
        choices.insert(atom.threshold);
        choices.insert(atom.threshold + grain);
        if (atom.threshold >= grain) choices.insert(atom.threshold - grain);
      }
    }
  }

  bool Try(std::size_t fact) {
    if (fact == values.size()) return Fits();
    for (const std::int64_t choice : choices_[fact]) {
      values[fact].value = choice;
      if (++tried_ > kMostTried) return false;
      if (Try(fact + 1)) return true;
    }
    return false;
  }

  std::vector<LiveValue> values;

 private:
  static constexpr std::size_t kMostTried = 100'000;

  [[nodiscard]] bool Fits() const {
    return std::all_of(clauses_.begin(), clauses_.end(), [&](const auto& clause) {
      const bool holds =
          std::any_of(clause.first.begin(), clause.first.end(), [&](const LiveAtom& atom) {
            return std::any_of(values.begin(), values.end(), [&](const LiveValue& value) {
              return IsOf(value, atom) && Holds(atom, value.value);
            });
          });
      return holds == clause.second;
    });
  }

  std::span<const std::pair<LiveClause, bool>> clauses_;
  std::vector<std::set<std::int64_t>> choices_;
  std::size_t tried_ = 0;
};

}  // namespace

std::optional<std::vector<LiveValue>> LiveValuesFor(
    std::span<const std::pair<LiveClause, bool>> clauses) {
  Search search(clauses);
  if (search.Try(0)) return std::move(search.values);
  const bool all =
      std::all_of(clauses.begin(), clauses.end(), [](const auto& clause) { return clause.second; });
  return all ? std::optional(std::vector<LiveValue>()) : std::nullopt;
}

bool SameClause(const LiveClause& a, const LiveClause& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const LiveAtom& x, const LiveAtom& y) {
        return x.model == y.model && x.fact == y.fact && x.comparison == y.comparison &&
               x.window_s == y.window_s && x.threshold == y.threshold;
      });
}

}  // namespace mlp::compiler
