#include "compiler/diff/change.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/model/arms.hpp"
#include "compiler/model/capabilities.hpp"
#include "mlp/decide.hpp"

namespace mlp::compiler {
namespace {

using Rows = std::vector<std::uint32_t>;

std::string Outcome(const HeldOffer& held) {
  switch (held.offer->kind) {
    case LeafKind::kNoRoute:
      return "no-route";
    case LeafKind::kRefuse:
      return "refused";
    case LeafKind::kServe:
      break;
  }
  return TriedRows(held, {}, false).empty() ? "no-candidate" : "serve";
}

class Comparer {
 public:
  Comparer(const OfferBook& book, const HeldOffer& before, const HeldOffer& after,
           std::int64_t output, const std::vector<std::string>& capability_names)
      : book_(book),
        before_(before),
        after_(after),
        output_(output),
        capability_names_(capability_names) {}

  Verdict Compare() {
    const std::string was = Outcome(before_);
    const std::string is = Outcome(after_);
    if (was != is) {
      Outcomes(was, is);
    } else if (was == "serve") {
      Served();
    }
    return std::move(verdict_);
  }

 private:
  void Outcomes(const std::string& was, const std::string& is) {
    Change change;
    change.change = was == "serve"  ? ChangeClass::kNewlyUnserved
                    : is == "serve" ? ChangeClass::kNewlyServed
                                    : ChangeClass::kRerouted;
    if (was == "serve") change.breaking.emplace_back("no longer served");
    change.outcome_before = was;
    change.outcome_after = is;
    verdict_.change = std::move(change);
  }

  void Served() {
    const std::vector<Rows> arms = Arms();
    for (const Rows& arm : arms) {
      ComparedLists lists{arm, CandidateRows(before_, TriedRows(before_, arm, false)),
                          CandidateRows(after_, TriedRows(after_, arm, false))};
      const bool same = Identities(before_, lists.before) == Identities(after_, lists.after);
      if (!same) {
        Rerouted(lists);
        verdict_.lists = {std::move(lists)};
        return;
      }
      verdict_.lists.push_back(std::move(lists));
    }
    Limits(arms);
  }

  /// Every set of the rollouts that some row names where they are few, else each and each two.
  [[nodiscard]] std::vector<Rows> Arms() const {
    constexpr std::size_t kFewRollouts = 4;
    std::set<std::uint32_t> named;
    for (const HeldOffer* held : {&before_, &after_}) {
      for (std::size_t i = 0; i < held->holds.size(); ++i) {
        if (held->holds[i] && held->offer->rows[i].rollout != kNoIndex) {
          named.insert(held->offer->rows[i].rollout);
        }
      }
    }
    // By name, so that what is told does not depend on which version is the older.
    Rows rollouts(named.begin(), named.end());
    std::sort(rollouts.begin(), rollouts.end(),
              [&](std::uint32_t a, std::uint32_t b) { return book_.text(a) < book_.text(b); });
    std::vector<Rows> arms{{}};
    for (const std::uint32_t rollout : rollouts) {
      const std::size_t count = arms.size();
      for (std::size_t i = 0; i < count; ++i) {
        if (rollouts.size() > kFewRollouts && arms[i].size() > 1) continue;
        const bool excluded = std::any_of(arms[i].begin(), arms[i].end(), [&](std::uint32_t other) {
          return Exclude(book_.text(other), book_.text(rollout));
        });
        if (excluded) continue;
        arms.push_back(arms[i]);
        arms.back().push_back(rollout);
      }
    }
    std::stable_sort(arms.begin(), arms.end(),
                     [](const Rows& a, const Rows& b) { return a.size() < b.size(); });
    return arms;
  }

  static Rows Identities(const HeldOffer& held, const Rows& rows) {
    Rows identities;
    for (const std::uint32_t row : rows) identities.push_back(held.offer->rows[row].identity);
    return identities;
  }

  /// `model`, or where both sides have a model of that name what else is different.
  [[nodiscard]] std::string Words(std::uint32_t identity, const Rows& others) const {
    const OfferIdentity& own = book_.identity(identity);
    for (const std::uint32_t number : others) {
      const OfferIdentity& other = book_.identity(number);
      if (other.model != own.model || number == identity) continue;
      std::vector<std::string> parts;
      if (other.id != own.id) parts.push_back(own.id);
      if (other.provider != own.provider) parts.push_back("at " + own.provider);
      if (other.place != own.place) parts.push_back("in " + own.place);
      if (other.parameters != own.parameters) parts.push_back(own.parameters);
      return fmt::format("{} ({})", own.model, fmt::join(parts, ", "));
    }
    return own.model;
  }

  void Rerouted(const ComparedLists& lists) {
    const Rows was = Identities(before_, lists.before);
    const Rows is = Identities(after_, lists.after);
    Change change;
    change.canary = Names(lists.canary);
    const auto missing = [](const Rows& from, const Rows& in) {
      Rows missing_ones;
      std::copy_if(
          from.begin(), from.end(), std::back_inserter(missing_ones),
          [&](std::uint32_t one) { return std::find(in.begin(), in.end(), one) == in.end(); });
      return missing_ones;
    };
    const Rows without = missing(was, is);
    for (const std::uint32_t one : without) change.without.push_back(Words(one, is));
    for (const std::uint32_t one : missing(is, was)) change.with.push_back(Words(one, was));
    if (was.front() != is.front()) {
      change.first_before = Words(was.front(), is);
      change.first_after = Words(is.front(), was);
    }
    if (change.without.empty() && change.with.empty()) {
      change.change = ChangeClass::kReordered;
      if (change.first_before.empty()) {
        change.limits.push_back({"order", Order(was), Order(is)});
      }
    }
    if (NoneLeft(was, is)) change.breaking.emplace_back("no candidate of before is left");
    // What follows from the context size is told by the requests that no longer fit.
    const std::uint64_t lost = Capabilities(before_, lists.before) &
                               ~Capabilities(after_, lists.after) &
                               ~DerivedCapabilities(kUnlimited - 1);
    if (lost != 0) {
      PolicyModel names;
      names.capability_names = capability_names_;
      change.breaking.push_back("no candidate has " + CapabilityWords(names, lost));
    }
    verdict_.change = std::move(change);
  }

  [[nodiscard]] std::string Order(const Rows& identities) const {
    std::vector<std::string> names;
    for (const std::uint32_t one : identities) names.push_back(book_.identity(one).model);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  [[nodiscard]] bool NoneLeft(const Rows& was, const Rows& is) const {
    return std::none_of(was.begin(), was.end(), [&](std::uint32_t old_one) {
      return std::any_of(is.begin(), is.end(), [&](std::uint32_t new_one) {
        return book_.identity(old_one).model == book_.identity(new_one).model;
      });
    });
  }

  [[nodiscard]] std::uint64_t Capabilities(const HeldOffer& held, const Rows& rows) const {
    std::uint64_t any = 0;
    for (const std::uint32_t row : rows) any |= held.offer->rows[row].capabilities;
    return any;
  }

  [[nodiscard]] std::vector<std::string> Names(const Rows& texts) const {
    std::vector<std::string> names;
    for (const std::uint32_t one : texts) names.push_back(book_.text(one));
    return names;
  }

  void Limits(const std::vector<Rows>& arms) {
    Change change;
    change.change = ChangeClass::kLimitsChanged;
    const OfferPlan& was = book_.plan(before_.offer->plan);
    const OfferPlan& is = book_.plan(after_.offer->plan);
    for (std::size_t i = 0; i < kPlanFieldCount; ++i) {
      if (was[i] == is[i]) continue;
      change.limits.push_back({std::string(NameOf(static_cast<PlanField>(i))), was[i], is[i]});
    }
    const std::int64_t cap_before = before_.offer->output_cap;
    const std::int64_t cap_after = after_.offer->output_cap;
    if (std::min(output_, cap_before) != std::min(output_, cap_after)) {
      const auto words = [](std::int64_t cap) {
        return cap == kUnlimited ? std::string() : "output " + TokenWords(cap);
      };
      change.limits.push_back({"cap", words(cap_before), words(cap_after)});
    }
    for (std::size_t i = 0; i < arms.size() && change.limits.empty(); ++i) {
      OfRows(arms[i], false, change);
      if (!change.limits.empty()) change.canary = Names(arms[i]);
    }
    const bool may_prefer = !before_.offer->cheapest.empty() || !after_.offer->cheapest.empty();
    for (std::size_t i = 0; may_prefer && i < arms.size() && change.limits.empty(); ++i) {
      OfRows(arms[i], true, change);
      if (change.limits.empty()) continue;
      change.canary = Names(arms[i]);
      change.cheapest_first = true;
    }
    if (!change.limits.empty()) verdict_.change = std::move(change);
  }

  /// Bounds, live conditions and groups of what is tried, and its order.
  void OfRows(const Rows& arm, bool cheapest_first, Change& change) const {
    const Rows was = TriedRows(before_, arm, cheapest_first);
    const Rows is = TriedRows(after_, arm, cheapest_first);
    if (cheapest_first) {
      const Rows old_order = Identities(before_, CandidateRows(before_, was));
      const Rows new_order = Identities(after_, CandidateRows(after_, is));
      if (old_order != new_order) {
        change.limits.push_back({"cheapest first", Order(old_order), Order(new_order)});
        return;
      }
    }
    std::set<std::string> seen;
    const auto add = [&](std::string name, std::string before, std::string after) {
      // What is different for one of several places is told once.
      if (before == after || !seen.insert(name).second) return;
      change.limits.push_back({std::move(name), std::move(before), std::move(after)});
    };
    const auto bound = [](std::int64_t pico) {
      return pico == kUnlimited ? std::string() : CostWords(pico);
    };
    const auto row_at = [&](const HeldOffer& held, const Rows& rows, std::size_t at) {
      return at < rows.size() ? held.offer->rows[rows[at]] : OfferRow{};
    };
    for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i) {
      const OfferRow before = row_at(before_, was, i);
      const OfferRow after = row_at(after_, is, i);
      const std::string& model = book_.text(i < is.size() ? after.model : before.model);
      add("cost of " + model, bound(before.bound_pico), bound(after.bound_pico));
      add("live condition of " + model, book_.text(before.live), book_.text(after.live));
      if (!cheapest_first) {
        add("choice", ChoiceOf(before_, was, i), ChoiceOf(after_, is, i));
      }
      if (before.model != after.model) {
        add("candidates without live conditions", ModelWords(before_, was), ModelWords(after_, is));
      }
    }
  }

  /// What sets the order of a tried row among others: nothing where no other member of its group is
  /// tried.
  [[nodiscard]] std::string ChoiceOf(const HeldOffer& held, const Rows& tried,
                                     std::size_t at) const {
    if (at >= tried.size()) return {};
    const std::uint32_t number = held.offer->rows[tried[at]].group;
    if (number == 0) return {};
    std::set<std::uint32_t> members;
    for (const std::uint32_t row : tried) {
      const OfferRow& other = held.offer->rows[row];
      if (other.group == number && other.rollout == kNoIndex) members.insert(other.model);
    }
    if (members.size() < 2) return {};
    const OfferGroup& group = held.offer->groups[number - 1];
    std::string text = group.how;
    // Each is scored against all of them, whether the request tries them or not.
    if (group.relative) text += " among " + MemberWords(group);
    for (std::size_t i = 0; i < group.weights_ppm.size(); ++i) {
      const std::uint32_t member = group.members[i];
      text += fmt::format("{} {} {}", i == 0 ? "" : ",",
                          members.contains(member) ? book_.text(member) : "another",
                          ShareWords(group.weights_ppm[i]));
    }
    // Where one group ends and a like one begins.
    const bool goes_on = at > 0 && held.offer->rows[tried[at - 1]].group == number;
    return goes_on ? "with the one before: " + text : text;
  }

  [[nodiscard]] std::string MemberWords(const OfferGroup& group) const {
    std::vector<std::string> names;
    for (const std::uint32_t member : group.members) names.push_back(book_.text(member));
    std::sort(names.begin(), names.end());
    return fmt::format("{}", fmt::join(names, ", "));
  }

  [[nodiscard]] std::string ModelWords(const HeldOffer& held, const Rows& rows) const {
    std::vector<std::string> names;
    for (const std::uint32_t row : rows) names.push_back(book_.text(held.offer->rows[row].model));
    return fmt::format("{}", fmt::join(names, ", "));
  }

  const OfferBook& book_;
  const HeldOffer& before_;
  const HeldOffer& after_;
  std::int64_t output_;
  const std::vector<std::string>& capability_names_;
  Verdict verdict_;
};

}  // namespace

std::string_view NameOf(ChangeClass change) {
  switch (change) {
    case ChangeClass::kNewlyUnserved:
      return "newly-unserved";
    case ChangeClass::kRerouted:
      return "rerouted";
    case ChangeClass::kReordered:
      return "reordered";
    case ChangeClass::kCostRaised:
      return "cost-raised";
    case ChangeClass::kLimitsChanged:
      return "limits-changed";
    case ChangeClass::kCostLowered:
      return "cost-lowered";
    case ChangeClass::kNewlyServed:
      return "newly-served";
  }
  return {};
}

std::string Change::Key() const {
  std::string key(1, static_cast<char>('a' + static_cast<int>(change)));
  const auto add = [&](const std::string& text) { key += fmt::format("{}:{}", text.size(), text); };
  for (const auto* texts : {&breaking, &canary, &without, &with, &costs}) {
    key += fmt::format("[{}]", texts->size());
    for (const std::string& text : *texts) add(text);
  }
  key += cheapest_first ? '+' : '-';
  key += rough ? '~' : '=';
  for (const std::string* text : {&outcome_before, &outcome_after, &first_before, &first_after}) {
    add(*text);
  }
  for (const FieldChange& field : limits) {
    add(field.name);
    add(field.before);
    add(field.after);
  }
  return key;
}

std::uint32_t ChangeBook::Add(Change change) {
  const auto [at, added] =
      numbers_.emplace(change.Key(), static_cast<std::uint32_t>(changes_.size()));
  if (added) changes_.push_back(std::move(change));
  return at->second;
}

std::vector<std::uint32_t> TriedRows(const HeldOffer& held,
                                     const std::vector<std::uint32_t>& canary,
                                     bool cheapest_first) {
  const Offer& offer = *held.offer;
  const bool by_cost = cheapest_first && !offer.cheapest.empty();
  std::vector<std::uint32_t> tried;
  std::set<std::uint32_t> settled;  // models that no later row is needed for
  std::set<std::uint32_t> models;
  for (std::size_t i = 0; i < offer.rows.size(); ++i) {
    const std::uint32_t number = by_cost ? offer.cheapest[i] : static_cast<std::uint32_t>(i);
    const OfferRow& row = offer.rows[number];
    if (!held.holds[number] || settled.contains(row.model)) continue;
    if (row.rollout != kNoIndex &&
        std::find(canary.begin(), canary.end(), row.rollout) == canary.end()) {
      continue;
    }
    if (!models.contains(row.model) && models.size() == kMaxCandidates) continue;
    models.insert(row.model);
    if (row.live == 0) settled.insert(row.model);
    tried.push_back(number);
  }
  return tried;
}

std::vector<std::uint32_t> CandidateRows(const HeldOffer& held,
                                         const std::vector<std::uint32_t>& tried) {
  std::vector<std::uint32_t> candidates;
  for (const std::uint32_t row : tried) {
    const bool known = std::any_of(candidates.begin(), candidates.end(), [&](std::uint32_t other) {
      return held.offer->rows[other].model == held.offer->rows[row].model;
    });
    if (!known) candidates.push_back(row);
  }
  return candidates;
}

Verdict Compare(const OfferBook& book, const HeldOffer& before, const HeldOffer& after,
                std::int64_t output, const std::vector<std::string>& capability_names) {
  return Comparer(book, before, after, output, capability_names).Compare();
}

}  // namespace mlp::compiler
