#include "compiler/diagram/axes.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "compiler/diagram/comparable.hpp"

namespace mlp::compiler {
namespace {

/// What conditions ask of each attribute.
struct Asked {
  std::set<std::string> cuts;
  std::map<std::string, std::string> friendly;  ///< by the cut that begins a class: a text for it
  std::uint64_t members = 0;
  bool any = false;
};

class Collector {
 public:
  explicit Collector(const PolicyModel& model) : asked(model.attributes.size()) {}

  void Add(const RequestAtom& atom) {
    Asked& entry = asked[atom.attribute];
    entry.any = true;
    switch (atom.kind) {
      case RequestAtom::Kind::kCodeRange:
        break;
      case RequestAtom::Kind::kTextEqual:
        entry.cuts.insert(atom.text);
        entry.cuts.insert(atom.text + '\0');
        break;
      case RequestAtom::Kind::kTextPrefix: {
        if (atom.text.empty()) break;
        entry.cuts.insert(atom.text);
        const std::string end = AfterPrefix(atom.text);
        if (!end.empty()) entry.cuts.insert(end);
        break;
      }
      case RequestAtom::Kind::kHasMember:
        entry.members |= atom.members;
        break;
    }
  }
  void Add(const Condition& condition) {
    for (const RequestAtom& atom : condition.atoms) Add(atom);
  }
  void Add(const CandidateCondition& condition) {
    for (const CandidateAtom& atom : condition.atoms) {
      switch (atom.kind) {
        case CandidateAtom::Kind::kRequest:
          Add(atom.request);
          break;
        case CandidateAtom::Kind::kFactRequest:
        case CandidateAtom::Kind::kPlaceRequest:
          if (atom.attribute < asked.size()) asked[atom.attribute].any = true;
          break;
        case CandidateAtom::Kind::kCan:
        case CandidateAtom::Kind::kFact:
        case CandidateAtom::Kind::kLive:
        case CandidateAtom::Kind::kList:
          break;
      }
    }
  }

  void Add(const PolicyModel& model) {
    for (const PoolModel& pool : model.pools) Add(pool.where);
    for (const RouteModel& route : model.routes) {
      Add(route.when);
      Add(route.cache_when);
      for (const StepModel& step : route.steps) Add(step.where);
      if (route.place == PlaceKind::kAttribute && route.place_attribute != kNoIndex) {
        places.insert(route.place_attribute);
        asked[route.place_attribute].any = true;
      }
    }
    for (const ExperimentModel& experiment : model.experiments) Add(experiment.when);
    for (const BudgetModel& budget : model.budgets) {
      Add(budget.when);
      for (const BudgetModel::Only& only : budget.only) Add(only.condition);
    }
    for (const AssertModel& claim : model.asserts) {
      Add(claim.when);
      Add(claim.claim);
    }
  }

  std::vector<Asked> asked;
  std::set<Index> places;  ///< attributes whose labels are places
};

bool Printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

/// A text of [first, end), readable where there is one; `end` empty: no upper end.
std::string WitnessText(const std::string& first, const std::string& end) {
  const auto inside = [&](const std::string& text) {
    return first <= text && (end.empty() || text < end);
  };
  if (inside("other")) return "other";
  if (!first.empty() && inside(first) && Printable(first)) return first;
  if (first.empty()) {
    for (char c = 'a'; c <= 'z'; ++c) {
      if (inside(std::string(1, c))) return std::string(1, c);
    }
  }
  // `acme\0` begins what follows the literal `acme`: grow the literal, or go to a letter after it.
  std::string stem = first;
  while (!stem.empty() && !Printable(stem)) stem.pop_back();
  constexpr std::array<std::string_view, 6> kEndings{"-other", "x", "-", "0", "!", "~"};
  for (;;) {
    for (const std::string_view ending : kEndings) {
      std::string text = stem;
      text += ending;
      if (inside(text)) return text;
    }
    if (stem.empty()) break;
    stem.pop_back();
  }
  return first;
}

DiagramAxis TextAxis(Index attribute, const Asked& asked) {
  DiagramAxis axis;
  axis.kind = AxisKind::kText;
  axis.attribute = attribute;
  axis.cuts.assign(asked.cuts.begin(), asked.cuts.end());
  // No text lies below the empty one, which therefore is no cut.
  if (!axis.cuts.empty() && axis.cuts.front().empty()) axis.cuts.erase(axis.cuts.begin());
  axis.size = static_cast<std::int32_t>(axis.cuts.size()) + 1;
  for (std::size_t c = 0; c <= axis.cuts.size(); ++c) {
    axis.witnesses.push_back(WitnessText(c == 0 ? std::string() : axis.cuts[c - 1],
                                         c == axis.cuts.size() ? std::string() : axis.cuts[c]));
  }
  return axis;
}

}  // namespace

std::string AfterPrefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

Index AxisOrder::Find(Index attribute, std::uint64_t member) const {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].attribute == attribute && axes[i].member == member) return static_cast<Index>(i);
  }
  return kNoIndex;
}

std::vector<std::int32_t> AxisOrder::Sizes() const {
  std::vector<std::int32_t> sizes;
  for (const DiagramAxis& axis : axes) sizes.push_back(axis.size);
  return sizes;
}

std::int32_t TextClass(const std::vector<std::string>& cuts, std::string_view text) {
  return static_cast<std::int32_t>(
      std::upper_bound(cuts.begin(), cuts.end(), text,
                       [](std::string_view wanted, const std::string& cut) {
                         return wanted < std::string_view(cut);
                       }) -
      cuts.begin());
}

AxisOrder OrderAxes(const PolicyModel& model) {
  const PolicyModel* const one = &model;
  return OrderAxes({&one, 1});
}

AxisOrder OrderAxes(std::span<const PolicyModel* const> models,
                    std::span<const Condition> further) {
  const PolicyModel& model = *models.front();
  Collector collector(model);
  for (const PolicyModel* one : models) collector.Add(*one);
  for (const Condition& condition : further) collector.Add(condition);
  const std::set<Index>& places = collector.places;

  AxisOrder order;
  const auto add_codes = [&](AttributeType type, bool place) {
    for (Index i = 0; i < model.attributes.size(); ++i) {
      const AttributeModel& attribute = model.attributes[i];
      if (attribute.type != type || !collector.asked[i].any || (places.count(i) != 0) != place) {
        continue;
      }
      DiagramAxis axis;
      axis.attribute = i;
      axis.size = attribute.size;
      order.axes.push_back(std::move(axis));
    }
  };
  add_codes(AttributeType::kEnum, true);
  add_codes(AttributeType::kEnum, false);
  for (Index i = 0; i < model.attributes.size(); ++i) {
    const AttributeType type = model.attributes[i].type;
    if ((type == AttributeType::kText || type == AttributeType::kKey) &&
        !collector.asked[i].cuts.empty()) {
      order.axes.push_back(TextAxis(i, collector.asked[i]));
    }
  }
  for (Index i = 0; i < model.attributes.size(); ++i) {
    for (unsigned bit = 0; bit < 64; ++bit) {
      const std::uint64_t member = std::uint64_t{1} << bit;
      if ((collector.asked[i].members & model.attributes[i].members & member) == 0) continue;
      DiagramAxis axis;
      axis.kind = AxisKind::kMember;
      axis.attribute = i;
      axis.member = member;
      axis.size = 2;
      order.axes.push_back(std::move(axis));
    }
  }
  add_codes(AttributeType::kNumber, false);
  add_codes(AttributeType::kTokens, false);
  return order;
}

}  // namespace mlp::compiler
