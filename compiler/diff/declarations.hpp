// What two versions of a policy declare differently, field by field, in the language's units.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diff/change.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

enum class DeclarationEdit : std::uint8_t { kAdded, kRemoved, kChanged };
/// added, removed, changed.
[[nodiscard]] std::string_view NameOf(DeclarationEdit edit);

struct DeclarationChange {
  std::string kind;  ///< as in the policy language: model, provider, budget ...
  std::string name;
  DeclarationEdit change = DeclarationEdit::kChanged;
  std::vector<FieldChange> fields;  ///< of kChanged
  std::string breaking;             ///< why callers or promises break, in words; empty: they do not
  std::string note;                 ///< what else is worth telling
  Span before;                      ///< of the name; of kChanged and kRemoved
  Span after;                       ///< of kChanged and kAdded
};

/// A version and what it was written in.
struct DeclaredBy {
  const PolicyModel& model;
  const SourceSet& sources;
};

/// By kind and name: policy, request, models, providers and what stands beside the routes. Routes
/// are compared by what they decide, so that only the texts of their refusals are here. Docs, order
/// and layout do not count.
///
/// Breaking: an attribute removed, retyped or added without a default, a value or part of a range
/// that may no longer be given, a default that changed or is gone; a model that lost a capability;
/// an assertion removed, or changed unless it is certainly no looser.
[[nodiscard]] std::vector<DeclarationChange> CompareDeclarations(const DeclaredBy& older,
                                                                 const DeclaredBy& newer);

}  // namespace mlp::compiler
