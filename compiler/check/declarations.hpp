// All declarations of a program, sorted by kind: what each check walks.
#pragma once

#include <vector>

#include "compiler/ast/program.hpp"
#include "compiler/check/context.hpp"
#include "compiler/check/view.hpp"

namespace mlp::compiler::check {

struct Declaration {
  View node;
  View name;               ///< a Name, of assert and test a String; none for request and defaults
  Index index = kNoIndex;  ///< in the model; kNoIndex where the name was declared before
  bool imported = false;
};
using Declared = std::vector<Declaration>;

/// In the order of the program, each list.
struct Declarations {
  Declared policies, requests, defaults, capabilities, providers, provider_amendments, models,
      variants, model_amendments, pools, routes, rollouts, experiments, budgets, evaluators, alerts,
      asserts, tests, lints;
};

/// Sorts declarations into their lists, declares their names (MLP0202), reports those that an
/// imported file may not hold (MLP0205), and gives the model's vectors their sizes and names:
/// providers, candidates and pools by name, the others in the order of the program.
[[nodiscard]] Declarations Collect(Context& context, const Program& program);

/// True where a declaration has a statement that did not parse, so that something missing may be in
/// it.
[[nodiscard]] bool IsBroken(View declaration);

}  // namespace mlp::compiler::check
