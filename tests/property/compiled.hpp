// A policy's text through the compiler, for tests.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "compiler/ast/program.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "mlp/decide.hpp"
#include "tests/property/facts.hpp"
#include "tests/property/oracle.hpp"

namespace mlp::oracle {

struct Compiled {
  compiler::SourceSet sources;
  compiler::Diagnostics diagnostics;
  compiler::Program program;
  compiler::PolicyModel model;
  std::optional<compiler::OwnedTables> tables;  ///< empty with errors
  [[nodiscard]] std::string errors() const;
};

/// Compiles one file without imports.
[[nodiscard]] std::unique_ptr<Compiled> CompileText(const std::string& name,
                                                    const std::string& text,
                                                    const compiler::DiagramOptions& options = {});

/// A request of the oracle's in the tables' terms; it lives no longer than the request.
struct PackedValues {
  std::vector<std::int32_t> codes;
  std::vector<std::string_view> texts;
  std::vector<std::uint64_t> sets;
  [[nodiscard]] RequestView view() const { return {codes, texts, sets}; }
};
[[nodiscard]] PackedValues Pack(const Tables& tables, const Facts& facts, const Request& request);

/// What the tables decide, in the oracle's words.
[[nodiscard]] Answer AnswerOf(const Tables& tables, const Decision& decision);
/// AnswerOf(tables, decision) == answer, without making it.
[[nodiscard]] bool Agrees(const Tables& tables, const Decision& decision, const Answer& answer);

/// The request and circumstances, for messages.
[[nodiscard]] std::string Describe(const Facts& facts, const Request& request,
                                   const Circumstances& circumstances);
[[nodiscard]] std::string Describe(const Answer& answer);

}  // namespace mlp::oracle
