#include "compiler/diagram/residual.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mlp::compiler {
namespace {

bool Same(const LiveAtom& a, const LiveAtom& b) {
  return std::tie(a.model, a.fact, a.comparison, a.window_s, a.threshold) ==
         std::tie(b.model, b.fact, b.comparison, b.window_s, b.threshold);
}

bool Same(const LiveClause& a, const LiveClause& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const LiveAtom& x, const LiveAtom& y) { return Same(x, y); });
}

bool HasLive(const Residual& residual) {
  return residual.kind == Residual::Kind::kLive ||
         std::any_of(residual.parts.begin(), residual.parts.end(), HasLive);
}

Residual Join(std::vector<Residual> parts, bool all) {
  const auto joined = all ? Residual::Kind::kAll : Residual::Kind::kAny;
  const auto neutral = all ? Residual::Kind::kAlways : Residual::Kind::kNever;
  const auto absorbing = all ? Residual::Kind::kNever : Residual::Kind::kAlways;
  Residual result;
  result.kind = joined;
  for (Residual& part : parts) {
    if (part.kind == neutral) continue;
    if (part.kind == absorbing) return Residual::Constant(!all);
    if (part.kind == joined) {
      for (Residual& inner : part.parts) result.parts.push_back(std::move(inner));
    } else {
      result.parts.push_back(std::move(part));
    }
  }
  if (result.parts.empty()) return Residual::Constant(all);
  if (result.parts.size() == 1) {
    Residual only = std::move(result.parts.front());
    return only;
  }
  return result;
}

Residual Negation(const Residual& residual) {
  switch (residual.kind) {
    case Residual::Kind::kAlways:
      return Residual::Constant(false);
    case Residual::Kind::kNever:
      return Residual::Constant(true);
    case Residual::Kind::kRequest:
      return Residual::Request(residual.request, !residual.negated);
    case Residual::Kind::kAll:
    case Residual::Kind::kAny: {
      std::vector<Residual> parts;
      for (const Residual& part : residual.parts) parts.push_back(Negation(part));
      return Join(std::move(parts), residual.kind == Residual::Kind::kAny);
    }
    case Residual::Kind::kLive:
      break;  // only request parts are negated
  }
  return residual;
}

/// Any of the live atoms, or the request part.
struct MixedClause {
  LiveClause live;
  Residual request = Residual::Constant(false);
};

/// `residual` as a conjunction of clauses; nothing past the limit.
std::optional<std::vector<MixedClause>> Clauses(const Residual& residual) {
  if (!HasLive(residual)) return std::vector<MixedClause>{{{}, residual}};
  if (residual.kind == Residual::Kind::kLive) {
    return std::vector<MixedClause>{{{residual.live}, Residual::Constant(false)}};
  }
  std::vector<MixedClause> result;
  const bool all = residual.kind == Residual::Kind::kAll;
  for (const Residual& part : residual.parts) {
    std::optional<std::vector<MixedClause>> inner = Clauses(part);
    if (!inner) return std::nullopt;
    if (all || result.empty()) {
      result.insert(result.end(), inner->begin(), inner->end());
    } else {
      std::vector<MixedClause> product;
      for (const MixedClause& left : result) {
        for (const MixedClause& right : *inner) {
          MixedClause both = left;
          both.live.insert(both.live.end(), right.live.begin(), right.live.end());
          both.request = Residual::Any({left.request, right.request});
          product.push_back(std::move(both));
        }
      }
      result = std::move(product);
    }
    if (result.size() > kMaxLiveClauses) return std::nullopt;
  }
  return result;
}

std::uint32_t AddNodes(const Residual& residual, Condition& condition) {
  Condition::Node node;
  switch (residual.kind) {
    case Residual::Kind::kAlways:
      node.kind = ConditionKind::kTrue;
      break;
    case Residual::Kind::kNever:
    case Residual::Kind::kLive:
      node.kind = ConditionKind::kFalse;
      break;
    case Residual::Kind::kAll:
    case Residual::Kind::kAny:
      node.kind = residual.kind == Residual::Kind::kAll ? ConditionKind::kAnd : ConditionKind::kOr;
      for (const Residual& part : residual.parts) {
        node.operands.push_back(AddNodes(part, condition));
      }
      break;
    case Residual::Kind::kRequest:
      node.kind = ConditionKind::kAtom;
      node.atom = static_cast<std::uint32_t>(condition.atoms.size());
      condition.atoms.push_back(residual.request);
      if (residual.negated) {
        condition.nodes.push_back(node);
        node = Condition::Node{};
        node.kind = ConditionKind::kNot;
        node.operands = {static_cast<std::uint32_t>(condition.nodes.size() - 1)};
      }
      break;
  }
  condition.nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(condition.nodes.size() - 1);
}

/// Sorts the conjuncts of one case into guards and a condition.
class CaseBuilder {
 public:
  CaseBuilder(const PolicyModel& model, const TokenBox& box)
      : model_(model), box_(box), guards_(box) {}

  void Add(const Residual& residual) {
    if (residual.kind == Residual::Kind::kAll) {
      for (const Residual& part : residual.parts) Add(part);
    } else if (residual.kind == Residual::Kind::kNever) {
      possible_ = false;
    } else if (residual.kind != Residual::Kind::kAlways && !AddGuard(residual)) {
      rest_.push_back(residual);
    }
  }

  [[nodiscard]] std::optional<WhereCase> Finish(std::vector<LiveClause> live) {
    if (!possible_ || !guards_.possible()) return std::nullopt;
    WhereCase result;
    result.guards = guards_.all();
    result.live = std::move(live);
    if (!rest_.empty()) {
      result.when.root = AddNodes(Residual::All(std::move(rest_)), result.when);
    }
    return result;
  }

 private:
  /// False where the part is no bound of input or output.
  bool AddGuard(const Residual& residual) {
    if (residual.kind != Residual::Kind::kRequest) return false;
    const RequestAtom& atom = residual.request;
    const bool input = atom.attribute == model_.input;
    if ((!input && atom.attribute != model_.output) || atom.kind != RequestAtom::Kind::kCodeRange) {
      return false;
    }
    const std::int64_t most = input ? box_.max_input : box_.max_output;
    const std::int64_t a = input ? 1 : 0;
    const std::int64_t b = input ? 0 : 1;
    const bool empty = atom.first > atom.last || atom.first > most || atom.last < 0;
    if (empty) {
      possible_ = possible_ && residual.negated;
    } else if (!residual.negated) {
      if (atom.last < most) guards_.Add(a, b, atom.last);
      if (atom.first > 0) guards_.Add(-a, -b, -atom.first);
    } else if (atom.first <= 0 && atom.last >= most) {
      possible_ = false;
    } else if (atom.first <= 0) {
      guards_.Add(-a, -b, -(atom.last + 1));
    } else if (atom.last >= most) {
      guards_.Add(a, b, atom.first - 1);
    } else {
      return false;
    }
    return true;
  }

  const PolicyModel& model_;
  TokenBox box_;
  GuardSet guards_;
  std::vector<Residual> rest_;
  bool possible_ = true;
};

}  // namespace

Residual Residual::Constant(bool value) {
  Residual result;
  result.kind = value ? Kind::kAlways : Kind::kNever;
  return result;
}

Residual Residual::Request(RequestAtom atom, bool negated) {
  Residual result;
  result.kind = Kind::kRequest;
  result.request = std::move(atom);
  result.negated = negated;
  return result;
}

Residual Residual::Live(LiveAtom atom) {
  Residual result;
  result.kind = Kind::kLive;
  result.live = atom;
  return result;
}

Residual Residual::All(std::vector<Residual> parts) { return Join(std::move(parts), true); }
Residual Residual::Any(std::vector<Residual> parts) { return Join(std::move(parts), false); }

std::optional<std::vector<WhereCase>> SplitCases(const PolicyModel& model, const Residual& residual,
                                                 const TokenBox& box) {
  const std::optional<std::vector<MixedClause>> clauses = Clauses(residual);
  if (!clauses) return std::nullopt;
  std::vector<Residual> request;
  std::vector<LiveClause> live;
  std::vector<MixedClause> mixed;
  for (const MixedClause& clause : *clauses) {
    if (clause.request.kind == Residual::Kind::kAlways) continue;
    if (clause.live.empty()) {
      request.push_back(clause.request);
      continue;
    }
    if (clause.request.IsFalse()) {
      live.push_back(clause.live);
      continue;
    }
    const auto same = std::find_if(mixed.begin(), mixed.end(), [&](const MixedClause& other) {
      return Same(other.live, clause.live);
    });
    if (same == mixed.end()) {
      mixed.push_back(clause);
    } else {
      same->request = Residual::All({same->request, clause.request});
    }
  }
  if (mixed.size() > kMaxMixedClauses) return std::nullopt;

  std::vector<WhereCase> cases;
  for (std::size_t choice = 0; choice < std::size_t{1} << mixed.size(); ++choice) {
    CaseBuilder builder(model, box);
    std::vector<LiveClause> clauses_of_case = live;
    for (const Residual& part : request) builder.Add(part);
    for (std::size_t i = 0; i < mixed.size(); ++i) {
      if (((choice >> i) & 1) == 0) {
        builder.Add(mixed[i].request);
      } else {
        builder.Add(Negation(mixed[i].request));
        clauses_of_case.push_back(mixed[i].live);
      }
    }
    std::optional<WhereCase> one = builder.Finish(std::move(clauses_of_case));
    if (one) cases.push_back(std::move(*one));
  }
  return cases;
}

}  // namespace mlp::compiler
