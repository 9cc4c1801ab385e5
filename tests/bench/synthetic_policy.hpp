// Policies of any number of routes, as text, and the way from there to a model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/parse/program.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::bench {

/// What the conditions of the routes are like.
enum class Shape : std::int64_t {
  kMixed,        ///< a task and an interval of input, all disjoint
  kDisjoint,     ///< intervals of input alone, disjoint
  kOverlapping,  ///< a task and an interval of input drawn at random
  kTangled,      ///< two to four of a task and intervals of six numbers drawn at random
};

struct PolicyText {
  Shape shape = Shape::kMixed;
  int routes = 0;
  /// Every n-th route tries other models; 0: none. Two texts that differ in it alone are what a
  /// diff compares.
  int changed_every = 0;
  /// Models that retire within the horizon, each on a day of its own: what a timeline shows.
  int retiring_models = 0;
};

/// Always the same text for the same arguments: what is drawn is drawn from a fixed seed.
[[nodiscard]] std::string MakePolicy(const PolicyText& what);

/// Parsed and checked.
struct CheckedPolicy {
  explicit CheckedPolicy(const std::string& text);
  /// The errors as text, empty without any.
  [[nodiscard]] std::string Errors() const;

  compiler::SourceSet sources;
  compiler::Diagnostics diagnostics;
  compiler::Program program;
  compiler::PolicyModel model;
  double parse_s = 0;
  double check_s = 0;
};

}  // namespace mlp::bench
