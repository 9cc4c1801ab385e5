#include "compiler/diff/declarations.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "compiler/diff/declared.hpp"
#include "compiler/model/capabilities.hpp"

namespace mlp::compiler {
namespace {

std::vector<FieldChange> CompareFields(const Declared& older, const Declared& newer) {
  std::vector<FieldChange> changes;
  const auto value_in = [](const Declared& declared, const std::string& name) {
    for (const auto& [field, text] : declared.fields) {
      if (field == name) return text;
    }
    return std::string();
  };
  for (const auto& [name, before] : older.fields) {
    const std::string after = value_in(newer, name);
    if (after != before) changes.push_back({name, before, after});
  }
  for (const auto& [name, after] : newer.fields) {
    if (value_in(older, name).empty()) changes.push_back({name, "", after});
  }
  return changes;
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
  Comparer(const PolicyModel& older, const PolicyModel& newer) : older_(older), newer_(newer) {}

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
    return std::move(changes_);
  }

 private:
  /// There is one policy, whatever its name.
  static std::string KeyName(const Declared& declared) {
    return declared.kind == "policy" ? std::string() : declared.name;
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

  /// A claim that holds for more requests is no looser; what else changed may be.
  static std::string OfClaim(const DeclarationChange& change) {
    switch (change.change) {
      case DeclarationEdit::kAdded:
        return {};
      case DeclarationEdit::kRemoved:
        return "it no longer holds the policy";
      case DeclarationEdit::kChanged:
        break;
    }
    const bool only_for_more = change.fields.size() == 1 && change.fields.front().name == "when" &&
                               change.fields.front().after.empty();
    return only_for_more ? std::string() : "it may be looser";
  }

  const PolicyModel& older_;
  const PolicyModel& newer_;
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

std::vector<DeclarationChange> CompareDeclarations(const PolicyModel& older,
                                                   const PolicyModel& newer) {
  return Comparer(older, newer).Compare();
}

}  // namespace mlp::compiler
