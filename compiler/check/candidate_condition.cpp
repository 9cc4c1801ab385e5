#include "compiler/check/candidate_condition.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compiler/check/condition_tree.hpp"
#include "compiler/check/facts.hpp"
#include "compiler/check/request_condition.hpp"
#include "compiler/model/live_facts.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;
using Atom = CandidateAtom;

constexpr std::array<std::string_view, 7> kStatuses = {
    "candidate", "evaluating", "staging", "active", "deprecated", "retired", "archived"};

std::string WithoutFirst(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 1; i < names.size(); ++i) text += (i > 1 ? "." : "") + names[i];
  return text;
}

class CandidateConditions {
 public:
  CandidateConditions(Context& context, FactSet facts) : context_(context), facts_(facts) {}

  CandidateCondition Check(View expression) {
    const std::uint32_t root =
        tree_.Build(context_, expression, [this](View leaf) { return Leaf(leaf); });
    return tree_.Finish(root);
  }

 private:
  std::uint32_t Leaf(View leaf) {
    switch (leaf.kind()) {
      case Kind::kCompare:
        return Compare(leaf);
      case Kind::kIn:
        return In(leaf);
      case Kind::kCan:
        return Can(leaf);
      case Kind::kHas: {
        const auto attribute = RequestAttribute(leaf.ChildAt(0));
        if (!attribute) return tree_.AddPoisoned(leaf.span());
        return Request(
            HasMembers(context_, *attribute, leaf.ChildAt(0), leaf.Children(Kind::kName)), leaf);
      }
      case Kind::kStartsWith: {
        const auto attribute = RequestAttribute(leaf.ChildAt(0));
        if (!attribute) return tree_.AddPoisoned(leaf.span());
        return Request(StartsWith(context_, *attribute, leaf.ChildAt(0), leaf.ChildAt(1)), leaf);
      }
      default:
        context_.Report(
            Code::k0301, leaf.span(), fmt::format("`{}` is not a condition", context_.Text(leaf)),
            "compare a fact of the candidate, as in `context >= 200K`, or ask `can NAME`");
        return tree_.AddPoisoned(leaf.span());
    }
  }

  std::uint32_t Can(View leaf) {
    Atom atom;
    atom.kind = Atom::Kind::kCan;
    const std::vector<View> names = leaf.Children(Kind::kName);
    for (const Index bit : ResolveAll(context_, Scope::kCapability, names)) {
      atom.members |= std::uint64_t{1} << bit;
    }
    return tree_.Add(std::move(atom), leaf.span());
  }

  std::uint32_t Compare(View leaf) {
    auto sides = ReadSides(context_, leaf);
    if (!sides) return tree_.AddPoisoned(leaf.span());
    if (IsLiteral(sides->left) && IsLiteral(sides->right)) {
      context_.Report(Code::k0301, leaf.span(), "two literals are compared",
                      "one side of a comparison is a fact of the candidate");
      return tree_.AddPoisoned(leaf.span());
    }
    // The side that names a fact goes to the left, else the request's attribute: `request.input <=
    // context` is `context >= request.input`, and `low < request.grade` is `request.grade > low`.
    const bool fact_is_right =
        !IsFact(sides->left) &&
        (IsFact(sides->right) || (!IsOfRequest(sides->left) && IsOfRequest(sides->right)));
    if (IsLiteral(sides->left) || fact_is_right) {
      std::swap(sides->left, sides->right);
      sides->comparison = Mirror(sides->comparison);
    }
    const std::vector<std::string> names = PathNames(context_, sides->left);
    if (names.empty()) return tree_.AddPoisoned(leaf.span());
    if (names.front() == "live" && names.size() > 1) return Live(leaf, *sides, WithoutFirst(names));
    if (const View window = sides->left.Child(Kind::kWindow)) {
      context_.Report(Code::k0301, window.span(),
                      fmt::format("`{}` has no window", PathText(context_, sides->left)),
                      "only `live.` facts are measured over a time");
      return tree_.AddPoisoned(leaf.span());
    }
    if (names.front() == "request") return CompareRequest(leaf, *sides);
    if (const auto quality = Quality(sides->left, names))
      return CompareQuality(leaf, *sides, *quality);
    const std::string dotted = PathText(context_, sides->left);
    if (const auto list = FindListFact(dotted)) return CompareList(leaf, *sides, *list);
    if (const auto fact = FindFact(dotted)) {
      return fact->unit == Unit::kText ? CompareName(leaf, *sides, *fact)
                                       : CompareFact(leaf, *sides, *fact);
    }
    ReportUnknownFact(sides->left, names);
    return tree_.AddPoisoned(leaf.span());
  }

  [[nodiscard]] bool IsOfRequest(View side) const {
    const std::vector<std::string> names = PathNames(context_, side);
    return names.size() > 1 && names.front() == "request";
  }

  // True for what can stand alone on the left: everything but `request.NAME` and bare values.
  [[nodiscard]] bool IsFact(View side) const {
    const std::vector<std::string> names = PathNames(context_, side);
    if (names.empty() || names.front() == "request") return false;
    if ((names.front() == "live" || names.front() == "quality") && names.size() > 1) return true;
    const std::string dotted = PathText(context_, side);
    return FindFact(dotted) || FindListFact(dotted) ||
           (facts_ == FactSet::kGate && context_.quality_names.contains(dotted));
  }

  std::uint32_t CompareFact(View leaf, const Sides& sides, const FactInfo& fact) {
    Atom atom;
    atom.fact = fact.fact;
    atom.price_class = fact.price_class;
    atom.comparison = sides.comparison;
    if (sides.right.Is(Kind::kPath)) {
      if (fact.unit != Unit::kTokens) {
        context_.Report(Code::k0301, sides.right.span(),
                        fmt::format("`{}` is compared with `{}`, which is not {}", fact.name,
                                    PathText(context_, sides.right), ToString(fact.unit)),
                        fmt::format("write {}", ToString(fact.unit)));
        return tree_.AddPoisoned(leaf.span());
      }
      const auto attribute = RequestAttribute(sides.right);
      if (!attribute) return tree_.AddPoisoned(leaf.span());
      const AttributeModel& declared = context_.model.attributes[*attribute];
      if (*attribute != context_.model.input && *attribute != context_.model.output) {
        context_
            .Report(
                Code::k0302, sides.right.span(),
                fmt::format("`request.{}` is compared with tokens", declared.name),
                fmt::format(
                    "`{}` compares with `request.input`, `request.output` or a count as in `200K`",
                    fact.name))
            .related.push_back({declared.span, "declared here"});
        return tree_.AddPoisoned(leaf.span());
      }
      atom.kind = Atom::Kind::kFactRequest;
      atom.attribute = *attribute;
      return tree_.Add(std::move(atom), leaf.span());
    }
    const auto value = Read(context_, sides.right, fact.unit);
    if (!value) return tree_.AddPoisoned(leaf.span());
    atom.value = fact.fact == FactKind::kRetiresIn ? *value / 1'000 : *value;
    return tree_.Add(std::move(atom), leaf.span());
  }

  std::uint32_t CompareName(View leaf, const Sides& sides, const FactInfo& fact) {
    if (!IsEquality(sides.comparison)) {
      context_.Report(
          Code::k0301, sides.written.span(),
          fmt::format("`{}` has no order for `{}`", fact.name, context_.Text(sides.written)),
          "compare with `==`, `!=` or `in`");
      return tree_.AddPoisoned(leaf.span());
    }
    const bool negated = sides.comparison == Comparison::kNotEqual;
    const std::vector<std::string> names = PathNames(context_, sides.right);
    if (fact.fact == FactKind::kPlace && names.size() > 1 && names.front() == "request") {
      const auto attribute = RequestAttribute(sides.right);
      if (!attribute) return tree_.AddPoisoned(leaf.span());
      const AttributeModel& declared = context_.model.attributes[*attribute];
      if (declared.type != AttributeType::kEnum) {
        context_
            .Report(Code::k0301, sides.right.span(),
                    fmt::format("`request.{}` does not name places", declared.name),
                    "a place comes from an attribute declared as `one of`")
            .related.push_back({declared.span, "declared here"});
        return tree_.AddPoisoned(leaf.span());
      }
      Atom atom;
      atom.kind = Atom::Kind::kPlaceRequest;
      atom.fact = FactKind::kPlace;
      atom.attribute = *attribute;
      return tree_.NotIf(negated, tree_.Add(std::move(atom), leaf.span()), leaf.span());
    }
    const auto name = FactName(fact, sides.right);
    if (!name) return tree_.AddPoisoned(leaf.span());
    Atom atom;
    atom.fact = fact.fact;
    atom.names = {*name};
    return tree_.NotIf(negated, tree_.Add(std::move(atom), leaf.span()), leaf.span());
  }

  std::uint32_t In(View leaf) {
    const std::vector<View> parts = leaf.Children();
    const std::vector<std::string> names = PathNames(context_, parts.front());
    if (!names.empty() && names.front() == "request") {
      const auto attribute = RequestAttribute(parts.front());
      if (!attribute) return tree_.AddPoisoned(leaf.span());
      std::vector<std::uint32_t> matches;
      for (std::size_t i = 1; i < parts.size(); ++i) {
        matches.push_back(Request(MatchAttribute(context_, *attribute, parts[i]), parts[i]));
      }
      return tree_.Add(ConditionKind::kOr, leaf.span(), std::move(matches));
    }
    const auto fact = FindFact(PathText(context_, parts.front()));
    if (!fact) {
      ReportUnknownFact(parts.front(), names);
      return tree_.AddPoisoned(leaf.span());
    }
    if (fact->unit != Unit::kText) {
      context_.Report(Code::k0301, parts.front().span(),
                      fmt::format("`{}` is {}, not a name", fact->name, ToString(fact->unit)),
                      "`in` lists names; compare numbers with `<=` and `>=`");
      return tree_.AddPoisoned(leaf.span());
    }
    Atom atom;
    atom.fact = fact->fact;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (auto name = FactName(*fact, parts[i])) atom.names.push_back(std::move(*name));
    }
    return tree_.Add(std::move(atom), leaf.span());
  }

  // The name that a name fact is compared with, resolved: an alias becomes the declared name.
  std::optional<std::string> FactName(const FactInfo& fact, View value) {
    const std::vector<View> names =
        value.Is(Kind::kPath) ? value.Children(Kind::kName) : std::vector<View>{};
    if (names.size() != 1) {
      context_.Report(
          Code::k0301, value.span(),
          fmt::format("`{}` is compared with {}, which is no {}", fact.name,
                      value.Is(Kind::kString) ? context_.String(value)
                                              : fmt::format("`{}`", context_.Text(value)),
                      fact.name),
          fmt::format("write the {}'s name without quotes", fact.name));
      return std::nullopt;
    }
    const std::string word = context_.String(names.front());
    switch (fact.fact) {
      case FactKind::kProvider: {
        const Index index = Resolve(context_, Scope::kProvider, names.front());
        return index == kNoIndex ? std::nullopt
                                 : std::optional(context_.model.providers[index].name);
      }
      case FactKind::kModel: {
        const Index index = Resolve(context_, Scope::kModel, names.front());
        return index == kNoIndex ? std::nullopt
                                 : std::optional(context_.model.candidates[index].name);
      }
      case FactKind::kPlace:
        if (context_.places.contains(word) || context_.names.incomplete) return word;
        ReportUnknown(context_, "place", word, value.span(),
                      {context_.places.begin(), context_.places.end()});
        return std::nullopt;
      case FactKind::kStatus:
        if (std::find(kStatuses.begin(), kStatuses.end(), word) != kStatuses.end()) return word;
        ReportUnknown(context_, "status", word, value.span(), {kStatuses.begin(), kStatuses.end()});
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

  // The score's name where a path asks for one; only a gate may leave `quality.` out.
  [[nodiscard]] std::optional<std::string> Quality(View path,
                                                   const std::vector<std::string>& names) const {
    if (names.size() == 2 && names.front() == "quality") return names.back();
    if (facts_ == FactSet::kGate && names.size() == 1 && !FindFact(PathText(context_, path)))
      return names.front();
    return std::nullopt;
  }

  std::uint32_t CompareQuality(View leaf, const Sides& sides, const std::string& name) {
    if (facts_ != FactSet::kGate && !KnownQuality(context_, name)) {
      ReportUnknown(context_, "score", name, sides.left.ChildAt(1).span(),
                    {context_.quality_names.begin(), context_.quality_names.end()});
      return tree_.AddPoisoned(leaf.span());
    }
    const auto value = Read(context_, sides.right, Unit::kRatio);
    if (!value) return tree_.AddPoisoned(leaf.span());
    Atom atom;
    atom.fact = FactKind::kQuality;
    atom.comparison = sides.comparison;
    atom.name = name;
    atom.value = *value;
    return tree_.Add(std::move(atom), leaf.span());
  }

  std::uint32_t CompareList(View leaf, const Sides& sides, const ListInfo& list) {
    if (facts_ != FactSet::kClaim) {
      context_.Report(
          Code::k0301, sides.left.span(),
          fmt::format("`{}` is no fact of a single candidate", context_.Text(sides.left)),
          "facts of the whole list belong in `assert`");
      return tree_.AddPoisoned(leaf.span());
    }
    const auto value = Read(context_, sides.right, list.unit);
    if (!value) return tree_.AddPoisoned(leaf.span());
    Atom atom;
    atom.kind = Atom::Kind::kList;
    atom.list_fact = list.fact;
    atom.comparison = sides.comparison;
    atom.value = *value;
    return tree_.Add(std::move(atom), leaf.span());
  }

  std::uint32_t Live(View leaf, const Sides& sides, const std::string& dotted) {
    const auto live = FindLiveFact(dotted);
    if (!live) {
      ReportUnknown(context_, "live fact", dotted, sides.left.span(), LiveFactNames());
      return tree_.AddPoisoned(leaf.span());
    }
    Atom atom;
    atom.kind = Atom::Kind::kLive;
    atom.fact = FactKind::kLive;
    atom.live_fact = *live;
    atom.comparison = sides.comparison;
    atom.window_s = ReadWindow(context_, sides.left);
    const auto value = ReadLiveValue(context_, sides.right, *live);
    if (!value) return tree_.AddPoisoned(leaf.span());
    atom.value = *value;
    return tree_.Add(std::move(atom), leaf.span());
  }

  std::uint32_t CompareRequest(View leaf, const Sides& sides) {
    const auto attribute = RequestAttribute(sides.left);
    if (!attribute) return tree_.AddPoisoned(leaf.span());
    auto test =
        CompareAttribute(context_, *attribute, sides.comparison, sides.written, sides.right);
    if (!test) return tree_.AddPoisoned(leaf.span());
    const std::uint32_t node = Request(std::move(test->atom), leaf);
    return tree_.NotIf(test->negated, node, leaf.span());
  }

  std::uint32_t Request(std::optional<RequestAtom> request, View leaf) {
    if (!request) return tree_.AddPoisoned(leaf.span());
    Atom atom;
    atom.kind = Atom::Kind::kRequest;
    atom.request = std::move(*request);
    return tree_.Add(std::move(atom), leaf.span());
  }

  // The attribute that `request.NAME` names.
  std::optional<Index> RequestAttribute(View path) {
    const std::vector<View> names =
        path.Is(Kind::kPath) ? path.Children(Kind::kName) : std::vector<View>{};
    if (names.size() == 2 && context_.Text(names.front()) == "request") {
      const Index index = Resolve(context_, Scope::kAttribute, names.back());
      return index == kNoIndex ? std::nullopt : std::optional(index);
    }
    ReportUnknownFact(path, PathNames(context_, path));
    return std::nullopt;
  }

  void ReportUnknownFact(View path, const std::vector<std::string>& names) {
    const std::string dotted = names.empty() ? context_.String(path) : PathText(context_, path);
    if (context_.names.poisoned.contains(dotted)) return;
    if (names.size() == 1 && Lookup(context_, Scope::kAttribute, names.front()) != kNoIndex) {
      context_.Report(Code::k0201, path.span(),
                      fmt::format("unknown fact `{}` of a candidate", dotted),
                      fmt::format("the request's attribute is written `request.{}` here", dotted));
      return;
    }
    std::vector<std::string> known = FactNames();
    for (const std::string& name : context_.quality_names) known.push_back("quality." + name);
    for (const std::string& name : LiveFactNames()) known.push_back("live." + name);
    if (facts_ == FactSet::kClaim) {
      for (const std::string& name : ListFactNames()) known.push_back(name);
    }
    ReportUnknown(context_, "fact", dotted, path.span(), known);
  }

  static bool KnownQuality(const Context& context, const std::string& name) {
    return context.quality_names.contains(name) || MayBeDeclared(context, Scope::kModel, name);
  }

  Context& context_;
  FactSet facts_;
  TreeBuilder<CandidateCondition> tree_;
};

}  // namespace

CandidateCondition CheckCandidateCondition(Context& context, View expression, FactSet facts) {
  if (!expression) return {};
  return CandidateConditions(context, facts).Check(expression);
}

}  // namespace mlp::compiler::check
