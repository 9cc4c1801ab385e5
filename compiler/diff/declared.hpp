// Every declaration of a policy as named fields with texts, so that two versions can be compared.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/model/policy.hpp"
#include "compiler/source/span.hpp"

namespace mlp::compiler {

struct Declared {
  struct Field {
    std::string name;
    std::string text;  ///< what is compared
    Span shown;        ///< what is shown in place of it; empty: the text
  };
  std::string kind;
  std::string name;
  Span span;
  std::vector<Field> fields;  ///< those that are stated

  /// Empty texts are left out.
  void Add(std::string field, std::string text, Span shown = {}) {
    if (!text.empty()) fields.push_back({std::move(field), std::move(text), shown});
  }
};

/// Providers, models, pools and capabilities.
void DeclareCatalog(const PolicyModel& model, std::vector<Declared>& all);
/// The policy itself, its request, and what stands beside the routes.
void DeclarePolicy(const PolicyModel& model, std::vector<Declared>& all);

}  // namespace mlp::compiler
