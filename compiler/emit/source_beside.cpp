#include "compiler/emit/source_parts.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/emit/enumerators.hpp"
#include "compiler/emit/spelling.hpp"

namespace mlp::compiler::emit {
namespace {

/// What refers to them.
std::string WriteBudgetSteps(const Tables& tables, std::size_t budget, TableWriter& out) {
  const std::span<const BudgetStep> steps = tables.budgets[budget].steps;
  if (steps.empty()) return "{}";
  std::vector<std::string> only;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    const std::string name = fmt::format("kOnly{}x{}", budget, s);
    for (std::size_t p = 0; p < steps[s].only.size(); ++p) {
      out.Array("mlp::OnlyCase", fmt::format("{}From{}", name, p), steps[s].only[p].cases,
                [&](const OnlyCase& c, std::size_t) {
                  return fmt::format("{{{}, {}, {:#x}, {}}},  // {}", c.model, c.endpoint, c.edge,
                                     c.gate, tables.models[c.model].name);
                });
    }
    out.Array("mlp::OnlyPeriod", name, steps[s].only, [&](const OnlyPeriod& p, std::size_t i) {
      return fmt::format("{{{}, {}}},", Literal(p.from_s),
                         Ref(fmt::format("{}From{}", name, i), p.cases));
    });
    only.push_back(Ref(name, steps[s].only));
  }
  std::string name = fmt::format("kBudgetSteps{}", budget);
  out.Array("mlp::BudgetStep", name, steps, [&](const BudgetStep& s, std::size_t i) {
    return fmt::format("{{{}, mlp::BudgetAction::{}, {}, {}}},", s.at_ppm, Name(s.action), s.alert,
                       only[i]);
  });
  return name;
}

void WriteBudgets(const Tables& tables, TableWriter& out) {
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < tables.budgets.size(); ++i) {
    steps.push_back(WriteBudgetSteps(tables, i, out));
  }
  out.Line("// name, per day, per month, edge, per attribute, steps");
  out.Array("mlp::Budget", "kBudgets", tables.budgets, [&](const Budget& b, std::size_t i) {
    return fmt::format("{{{}, {{{}}}, {{{}}}, {:#x}, {}, {}}},", Quoted(b.name),
                       Literal(b.per_day.pico_usd), Literal(b.per_month.pico_usd), b.edge, b.per,
                       steps[i]);
  });
}

void WriteAlerts(const Tables& tables, TableWriter& out) {
  std::vector<std::array<std::string, 4>> lists;
  for (const Alert& a : tables.alerts) {
    const std::string prefix = fmt::format("kAlert{}", TypeName(a.name));
    lists.push_back({out.Texts(prefix + "Webhooks", a.webhook_env),
                     out.Texts(prefix + "Secrets", a.sign_env),
                     out.Texts(prefix + "Callbacks", a.callbacks), prefix + "When"});
    out.Array("mlp::AlertAtom", prefix + "When", a.atoms, [](const AlertAtom& x, std::size_t) {
      return fmt::format("{{mlp::AlertMeasure::{}, mlp::Comparison::{}, {}, {}}},", Name(x.measure),
                         Name(x.comparison), x.window_s, x.threshold);
    });
  }
  if (!lists.empty()) out.Line("// name, logs, webhooks, secrets, callbacks, when, any");
  out.Array("mlp::Alert", "kAlerts", tables.alerts, [&](const Alert& a, std::size_t i) {
    return fmt::format("{{{}, {}, {}, {}, {}, {}, {}}},", Quoted(a.name), Bool(a.logs), lists[i][0],
                       lists[i][1], lists[i][2], Ref(lists[i][3], a.atoms), Bool(a.any));
  });
}

void WriteEvaluators(const Tables& tables, TableWriter& out) {
  for (const Evaluator& e : tables.evaluators) {
    out.Array("mlp::EvaluatorPart", fmt::format("k{}Parts", TypeName(e.name)), e.parts,
              [](const EvaluatorPart& p, std::size_t) {
                return fmt::format("{{{}, {}}},", Quoted(p.name), p.weight_ppm);
              });
    WriteRoots(fmt::format("k{}JudgeRoots", TypeName(e.name)), e.judge_roots, out);
  }
  if (!tables.evaluators.empty()) {
    out.Line("// name, parts, window (calls), floor (ppm), judge's route, roots, its question");
  }
  out.Array("mlp::Evaluator", "kEvaluators", tables.evaluators,
            [](const Evaluator& e, std::size_t) {
              return fmt::format("{{{}, {}, {}, {}, {}, {}, {}}},", Quoted(e.name),
                                 Ref(fmt::format("k{}Parts", TypeName(e.name)), e.parts),
                                 e.window_calls, e.floor_ppm, e.judge_route,
                                 Ref(fmt::format("k{}JudgeRoots", TypeName(e.name)), e.judge_roots),
                                 Quoted(e.judge_question));
            });
}

}  // namespace

void WriteBesideTheRoutes(const Tables& tables, TableWriter& out) {
  if (tables.rollouts.empty() && tables.experiments.empty() && tables.budgets.empty() &&
      tables.alerts.empty() && tables.evaluators.empty()) {
    return;
  }
  out.Section("Beside the routes.");
  WriteRollouts(tables, out);
  WriteExperiments(tables, out);
  WriteBudgets(tables, out);
  WriteAlerts(tables, out);
  WriteEvaluators(tables, out);
}

}  // namespace mlp::compiler::emit
