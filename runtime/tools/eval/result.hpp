// An evaluation as a file that policies refer to, and as text.
#pragma once

#include <string>

#include "mlp/tables.hpp"
#include "runtime/tools/eval/verdict.hpp"

namespace mlp::tools {

struct EvalPaper {
  const Tables& tables;
  const Suite& suite;
  const EvalPlan& plan;
  const EvalRun& run;
  const Verdict& verdict;
  std::string suite_name;
  std::int64_t at_s = 0;
};

/// `{"version":1,"kind":"mlp-eval","hash":...}`: `hash` is the SHA-256 of the same object without
/// it, written without blanks and with its members in the order of their names. Holds no prompt and
/// no answer.
[[nodiscard]] std::string RenderEvalJson(const EvalPaper& paper);

[[nodiscard]] std::string RenderEvalText(const EvalPaper& paper);

}  // namespace mlp::tools
