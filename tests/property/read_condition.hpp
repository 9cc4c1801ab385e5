// The words of a syntax tree: names, literals and conditions as the oracle keeps them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ast/program.hpp"
#include "compiler/source/source_set.hpp"
#include "tests/property/facts.hpp"

namespace mlp::oracle {

/// Reads nodes of one tree; both references must outlive it.
class Words {
 public:
  Words(const compiler::ast::Tree& tree, const compiler::SourceSet& sources)
      : tree_(tree), sources_(sources) {}

  [[nodiscard]] std::string Text(compiler::ast::NodeId node) const;
  /// The names right below a node; the first of them.
  [[nodiscard]] std::vector<std::string> Names(compiler::ast::NodeId node) const;
  [[nodiscard]] std::string Name(compiler::ast::NodeId node) const;
  /// A literal in quotes, without them.
  [[nodiscard]] std::string String(compiler::ast::NodeId node) const;
  /// Numbers, ratios and token counts in millionths, money in picodollars, rates in picodollars per
  /// token, durations in milliseconds, dates in seconds.
  [[nodiscard]] std::int64_t Number(compiler::ast::NodeId node) const;
  /// A whole count.
  [[nodiscard]] std::int64_t Count(compiler::ast::NodeId node) const;

  /// A condition over the request, or `over_candidate`, where its attributes are `request.NAME`.
  [[nodiscard]] Condition Read(compiler::ast::NodeId expression, const Facts& facts,
                               bool over_candidate) const;

 private:
  [[nodiscard]] Operand ReadOperand(compiler::ast::NodeId node, const Facts& facts,
                                    bool over_candidate) const;

  const compiler::ast::Tree& tree_;
  const compiler::SourceSet& sources_;
};

}  // namespace mlp::oracle
