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
  std::string suite_name;  ///< for words
  /// From the folder of the result to the suite; empty where it is written nowhere.
  std::string suite_path;
  std::string measure;  ///< the score's name in policies
  std::string source;   ///< what the policy calls the result's file; empty without one
  std::int64_t at_s = 0;
};

/// `{"version":1,"kind":"mlp-eval","hash":...}`: `hash` is the SHA-256 of the same object without
/// it, written without blanks and with its members in the order of their names; compilers hold a
/// policy's scores against it. Holds no prompt and no answer.
[[nodiscard]] std::string RenderEvalJson(const EvalPaper& paper);

[[nodiscard]] std::string RenderEvalText(const EvalPaper& paper);

}  // namespace mlp::tools
