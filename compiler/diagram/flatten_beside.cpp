#include <algorithm>
#include <string>
#include <utility>

#include "compiler/diagram/flatten_parts.hpp"

namespace mlp::compiler {
namespace {

class BesideFlattener {
 public:
  BesideFlattener(const PolicyModel& model, const Diagram& diagram, const TableNumbers& numbers,
                  const std::vector<std::uint32_t>& gates, const std::vector<std::uint32_t>& edges,
                  OwnedTables::Storage& out)
      : model_(model),
        diagram_(diagram),
        numbers_(numbers),
        gate_(gates.begin()),
        edge_(edges.begin()),
        out_(out) {}

  void Run() {
    for (std::size_t i = 0; i < diagram_.budgets.size(); ++i) {
      AddBudget(model_.budgets[i], diagram_.budgets[i]);
    }
    for (const AlertModel& alert : model_.alerts) AddAlert(alert);
    for (std::size_t i = 0; i < model_.evaluators.size(); ++i) {
      AddEvaluator(model_.evaluators[i], out_.judge_roots[i]);
    }
  }

 private:
  void AddBudget(const BudgetModel& from, const DiagramBudget& diagram) {
    Budget to{};
    to.name = out_.Text(from.name);
    to.per_day = Money{from.per_day_pico};
    to.per_month = Money{from.per_month_pico};
    to.edge = *edge_++;
    to.per = from.per == kNoIndex ? kNone16 : Narrow16(from.per);
    std::vector<BudgetStep> steps;
    for (const BudgetModel::Notice& notice : from.notices) {
      steps.push_back({notice.at_ppm, BudgetAction::kAlert, Narrow16(notice.alert), {}});
    }
    if (from.prefer_cheapest_at_ppm != 0) {
      steps.push_back({from.prefer_cheapest_at_ppm, BudgetAction::kPreferCheapest, kNone16, {}});
    }
    for (std::size_t i = 0; i < from.only.size(); ++i) {
      steps.push_back(
          {from.only[i].at_ppm, BudgetAction::kOnly, kNone16, Periods(diagram.only[i])});
    }
    if (from.deny_at_ppm != 0) {
      steps.push_back({from.deny_at_ppm, BudgetAction::kDeny, kNone16, {}});
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const BudgetStep& a, const BudgetStep& b) { return a.at_ppm < b.at_ppm; });
    to.steps = out_.Keep(out_.budget_steps, std::move(steps));
    out_.budgets.push_back(to);
  }

  std::span<const OnlyPeriod> Periods(const std::vector<DiagramBudget::OnlyPeriod>& from) {
    std::vector<OnlyPeriod> periods;
    for (const DiagramBudget::OnlyPeriod& period : from) {
      std::vector<OnlyCase> cases;
      for (const DiagramBudget::OnlyCase& one : period.cases) {
        const std::uint32_t model = numbers_.model[one.entry.candidate];
        const std::uint32_t edge = *edge_++;
        const std::uint32_t gate = *gate_++;
        if (model == kNoIndex) continue;  // on no leaf that a root reaches
        cases.push_back({Narrow16(model), EndpointNumber(model_, numbers_, one.entry), edge, gate});
      }
      periods.push_back({period.from_s, out_.Keep(out_.only_cases, std::move(cases))});
    }
    return out_.Keep(out_.only_periods, std::move(periods));
  }

  void AddAlert(const AlertModel& from) {
    Alert to{};
    to.name = out_.Text(from.name);
    to.logs = from.logs;
    std::vector<std::string> urls;
    std::vector<std::string> secrets;
    for (const AlertModel::Webhook& webhook : from.webhooks) {
      urls.push_back(webhook.url_env);
      secrets.push_back(webhook.sign_env);
    }
    to.webhook_env = out_.Texts(urls);
    to.sign_env = out_.Texts(secrets);
    to.callbacks = out_.Texts(from.callbacks);
    to.atoms = out_.Keep(out_.alert_atoms, from.atoms);
    to.any = from.any;
    out_.alerts.push_back(to);
  }

  void AddEvaluator(const EvaluatorModel& from, const std::vector<Root>& judge_roots) {
    Evaluator to{};
    to.name = out_.Text(from.name);
    std::vector<EvaluatorPart> parts;
    for (const EvaluatorModel::Part& part : from.parts) {
      parts.push_back({out_.Text(part.name), part.weight_ppm});
    }
    to.parts = out_.Keep(out_.evaluator_parts, std::move(parts));
    to.window_calls = Narrow32(from.window_calls);
    to.floor_ppm = Narrow32(from.floor_micro);
    to.judge_route = from.judge_route == kNoIndex ? kNone16 : Narrow16(from.judge_route);
    to.judge_roots = judge_roots;
    to.judge_question = out_.Text(from.judge_question);
    out_.evaluators.push_back(to);
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  const TableNumbers& numbers_;
  std::vector<std::uint32_t>::const_iterator gate_;
  std::vector<std::uint32_t>::const_iterator edge_;
  OwnedTables::Storage& out_;
};

}  // namespace

void FlattenBeside(const PolicyModel& model, const Diagram& diagram, const TableNumbers& numbers,
                   const std::vector<std::uint32_t>& gates, const std::vector<std::uint32_t>& edges,
                   OwnedTables::Storage& out) {
  BesideFlattener(model, diagram, numbers, gates, edges, out).Run();
}

}  // namespace mlp::compiler
