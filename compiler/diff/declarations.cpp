#include "compiler/diff/declarations.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/diff/claims.hpp"
#include "compiler/diff/declared.hpp"
#include "compiler/model/capabilities.hpp"

namespace mlp::compiler {
namespace {

/// A field's words: its own, or what is written there, on one line.
std::string Shown(const Declared::Field& field, const SourceSet& sources) {
  if (field.shown.begin == field.shown.end) return field.text;
  std::string text;
  bool blank = false;
  for (const char c : sources.text(field.shown)) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && !is_blank && !text.empty()) text += ' ';
    if (!is_blank) text += c;
    blank = is_blank;
  }
  return text;
}

const Declared::Field* FieldOf(const Declared& declared, const std::string& name) {
  const auto at = std::find_if(declared.fields.begin(), declared.fields.end(),
                               [&](const Declared::Field& field) { return field.name == name; });
  return at == declared.fields.end() ? nullptr : &*at;
}

/// Why callers have to change for an attribute of both, or nothing.
std::string BreaksCallers(const AttributeModel& older, const AttributeModel& newer) {
  const auto is_text = [](AttributeType type) {
    return type == AttributeType::kText || type == AttributeType::kKey;
  };
  if (older.type != newer.type && !(is_text(older.type) && is_text(newer.type))) {
    return "its type changed";
  }
  const bool had_default = older.default_code >= 0 || older.has_default;
  const bool has_default = newer.default_code >= 0 || newer.has_default;
  if (had_default && !has_default) return "it must be given now";
  const auto gone = [](const std::vector<std::string>& before,
                       const std::vector<std::string>& after) {
    return std::find_if(before.begin(), before.end(), [&](const std::string& one) {
      return std::find(after.begin(), after.end(), one) == after.end();
    });
  };
  switch (newer.type) {
    case AttributeType::kEnum:
    case AttributeType::kSet: {
      const auto missing = gone(older.labels, newer.labels);
      if (missing != older.labels.end())
        return fmt::format("`{}` may no longer be given", *missing);
      if (newer.type == AttributeType::kEnum && had_default &&
          older.labels[static_cast<std::size_t>(older.default_code)] !=
              newer.labels[static_cast<std::size_t>(newer.default_code)]) {
        return "another value is meant where it is left out";
      }
      return {};
    }
    case AttributeType::kNumber:
      if (older.step_micro != newer.step_micro) return "its step changed";
      if (newer.minimum_micro > older.minimum_micro ||
          newer.minimum_micro / newer.step_micro + newer.size <
              older.minimum_micro / older.step_micro + older.size) {
        return "its range is narrower";
      }
      if (had_default && older.minimum_micro + older.default_code * older.step_micro !=
                             newer.minimum_micro + newer.default_code * newer.step_micro) {
        return "another value is meant where it is left out";
      }
      return {};
    case AttributeType::kTokens:
      if (newer.size < older.size) return "its range is narrower";
      if (had_default && older.default_code != newer.default_code) {
        return "another value is meant where it is left out";
      }
      return {};
    case AttributeType::kText:
    case AttributeType::kKey:
      if (had_default && older.default_text != newer.default_text) {
        return "another value is meant where it is left out";
      }
      return {};
  }
  return {};
}

std::set<std::string> CapabilitiesOf(const PolicyModel& model, const CandidateModel& candidate) {
  // What follows from the context size is told by the context.
  const std::uint64_t declared = candidate.capabilities & ~DerivedCapabilities(kUnlimited - 1);
  std::set<std::string> names;
  for (std::size_t bit = 0; bit < model.capability_names.size(); ++bit) {
    if (((declared >> bit) & 1) != 0) names.insert(model.capability_names[bit]);
  }
  return names;
}

class Comparer {
 public:
  Comparer(const DeclaredBy& older, const DeclaredBy& newer)
      : older_(older.model),
        newer_(newer.model),
        older_sources_(older.sources),
        newer_sources_(newer.sources) {}

  std::vector<DeclarationChange> Compare() {
    std::vector<Declared> before;
    std::vector<Declared> after;
    for (const auto& [model, all] : {std::pair(&older_, &before), std::pair(&newer_, &after)}) {
      DeclarePolicy(*model, *all);
      DeclareCatalog(*model, *all);
    }
    using Key = std::pair<std::string, std::string>;
    std::map<Key, const Declared*> by_key;
    for (const Declared& one : after) by_key.emplace(Key{one.kind, KeyName(one)}, &one);
    std::set<Key> known;
    for (const Declared& one : before) {
      const Key key{one.kind, KeyName(one)};
      if (!known.insert(key).second) continue;
      const auto other = by_key.find(key);
      if (other == by_key.end()) {
        Add(one, DeclarationEdit::kRemoved, {}, one.span, {});
      } else if (auto fields = CompareFields(one, *other->second);
                 !fields.empty() || one.name != other->second->name) {
        if (one.name != other->second->name) {
          fields.insert(fields.begin(), {"name", one.name, other->second->name});
        }
        Add(*other->second, DeclarationEdit::kChanged, std::move(fields), one.span,
            other->second->span);
      }
    }
    for (const Declared& one : after) {
      if (known.insert({one.kind, KeyName(one)}).second) {
        Add(one, DeclarationEdit::kAdded, {}, {}, one.span);
      }
    }
    Refusals();
    return std::move(changes_);
  }

 private:
  /// There is one policy, whatever its name.
  static std::string KeyName(const Declared& declared) {
    return declared.kind == "policy" ? std::string() : declared.name;
  }

  [[nodiscard]] std::vector<FieldChange> CompareFields(const Declared& before,
                                                       const Declared& after) const {
    std::vector<FieldChange> changes;
    for (const Declared::Field& field : before.fields) {
      const Declared::Field* other = FieldOf(after, field.name);
      if (other != nullptr && other->text == field.text) continue;
      changes.push_back({field.name, Shown(field, older_sources_),
                         other == nullptr ? std::string() : Shown(*other, newer_sources_)});
    }
    for (const Declared::Field& field : after.fields) {
      if (FieldOf(before, field.name) != nullptr) continue;
      changes.push_back({field.name, std::string(), Shown(field, newer_sources_)});
    }
    return changes;
  }

  /// What a refused caller is told, of routes by name; of renamed ones in their order.
  void Refusals() {
    const auto refusing = [](const PolicyModel& model) {
      std::vector<const RouteModel*> routes;
      for (const RouteModel& route : model.routes) {
        if (!route.refusal.empty()) routes.push_back(&route);
      }
      return routes;
    };
    std::vector<const RouteModel*> before = refusing(older_);
    std::vector<const RouteModel*> after = refusing(newer_);
    const auto take = [&](const auto& same) {
      std::erase_if(before, [&](const RouteModel* one) {
        const auto at = std::find_if(after.begin(), after.end(),
                                     [&](const RouteModel* other) { return same(*one, *other); });
        if (at == after.end()) return false;
        if (one->refusal != (*at)->refusal) AddRefusal(*one, **at);
        after.erase(at);
        return true;
      });
    };
    take([](const RouteModel& a, const RouteModel& b) { return a.name == b.name; });
    take([](const RouteModel& a, const RouteModel& b) { return a.refusal == b.refusal; });
    if (before.size() == after.size()) {
      take([](const RouteModel&, const RouteModel&) { return true; });
    }
  }

  void AddRefusal(const RouteModel& before, const RouteModel& after) {
    DeclarationChange change;
    change.kind = "route";
    change.name = after.name;
    const auto quoted = [](const std::string& text) { return "\"" + text + "\""; };
    change.fields = {{"refuse", quoted(before.refusal), quoted(after.refusal)}};
    change.before = before.span;
    change.after = after.span;
    changes_.push_back(std::move(change));
  }

  void Add(const Declared& declared, DeclarationEdit edit, std::vector<FieldChange> fields,
           Span before, Span after) {
    DeclarationChange change;
    change.kind = declared.kind;
    change.name = declared.name;
    change.change = edit;
    change.fields = std::move(fields);
    change.before = before;
    change.after = after;
    change.breaking = Breaking(change);
    const bool is_claim = change.kind == "assert" || change.kind == "guardrail";
    if (is_claim && edit == DeclarationEdit::kChanged && change.breaking.empty()) {
      change.note = "it is no looser";
    }
    changes_.push_back(std::move(change));
  }

  [[nodiscard]] std::string Breaking(const DeclarationChange& change) const {
    if (change.kind == "request") return OfAttribute(change);
    if (change.kind == "assert" || change.kind == "guardrail") return OfClaim(change);
    if (change.kind == "model" && change.change == DeclarationEdit::kChanged) {
      const auto before =
          CapabilitiesOf(older_, older_.candidates[FindCandidate(older_, change.name)]);
      const auto after =
          CapabilitiesOf(newer_, newer_.candidates[FindCandidate(newer_, change.name)]);
      std::vector<std::string> lost;
      std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                          std::back_inserter(lost));
      if (!lost.empty()) return fmt::format("it lost {}", fmt::join(lost, ", "));
    }
    return {};
  }

  [[nodiscard]] std::string OfAttribute(const DeclarationChange& change) const {
    const Index before = FindAttribute(older_, change.name);
    const Index after = FindAttribute(newer_, change.name);
    if (after == kNoIndex) return "callers that give it no longer compile";
    const AttributeModel& newer = newer_.attributes[after];
    if (before != kNoIndex) return BreaksCallers(older_.attributes[before], newer);
    const bool may_be_left_out =
        newer.default_code >= 0 || newer.has_default || newer.type == AttributeType::kSet;
    return may_be_left_out ? std::string() : "callers have to give it";
  }

  [[nodiscard]] std::string OfClaim(const DeclarationChange& change) const {
    switch (change.change) {
      case DeclarationEdit::kAdded:
        return {};
      case DeclarationEdit::kRemoved:
        return "it no longer holds the policy";
      case DeclarationEdit::kChanged:
        break;
    }
    const auto number = [&](const PolicyModel& model) {
      const auto at =
          std::find_if(model.asserts.begin(), model.asserts.end(), [&](const AssertModel& claim) {
            return claim.text == change.name && claim.guardrail == (change.kind == "guardrail");
          });
      return static_cast<Index>(at - model.asserts.begin());
    };
    switch (CompareClaims(older_, number(older_), newer_, number(newer_))) {
      case ClaimEdit::kNotLooser:
        return {};
      case ClaimEdit::kLooser:
        return "it is looser";
      case ClaimEdit::kUnknown:
        break;
    }
    return "it may be looser";
  }

  const PolicyModel& older_;
  const PolicyModel& newer_;
  const SourceSet& older_sources_;
  const SourceSet& newer_sources_;
  std::vector<DeclarationChange> changes_;
};

}  // namespace

std::string_view NameOf(DeclarationEdit edit) {
  switch (edit) {
    case DeclarationEdit::kAdded:
      return "added";
    case DeclarationEdit::kRemoved:
      return "removed";
    case DeclarationEdit::kChanged:
      return "changed";
  }
  return {};
}

std::vector<DeclarationChange> CompareDeclarations(const DeclaredBy& older,
                                                   const DeclaredBy& newer) {
  return Comparer(older, newer).Compare();
}

}  // namespace mlp::compiler
