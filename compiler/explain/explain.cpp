#include "compiler/explain/explain.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagram/candidates.hpp"
#include "compiler/diagram/chain.hpp"
#include "compiler/explain/trace.hpp"
#include "compiler/model/arms.hpp"
#include "mlp/budget_rules.hpp"
#include "mlp/decide.hpp"
#include "mlp/live.hpp"
#include "mlp/money.hpp"
#include "runtime/core/bucket.hpp"
#include "runtime/core/live_facts.hpp"

namespace mlp::compiler {
namespace {

using std::string_view;

string_view Name(DecisionOutcome outcome) {
  switch (outcome) {
    case DecisionOutcome::kServe:
      return "serve";
    case DecisionOutcome::kRefused:
      return "refused";
    case DecisionOutcome::kNoRoute:
    case DecisionOutcome::kOutOfDomain:
      return "no-route";
    case DecisionOutcome::kNoCandidate:
      return "no-candidate";
    case DecisionOutcome::kDenied:
      return "denied";
  }
  return "no-route";
}

/// `input + output <= 200000` and its kin, as a sentence about a request that breaks it.
std::string BrokenGuard(const Guard& guard, std::int64_t input, std::int64_t output) {
  if (guard.a == 1 && guard.b == 1)
    return fmt::format("input + output is {}, above {}", input + output, guard.c);
  if (guard.a == 1 && guard.b == 0) return fmt::format("input is {}, above {}", input, guard.c);
  if (guard.a == 0 && guard.b == 1) return fmt::format("output is {}, above {}", output, guard.c);
  if (guard.a == -1 && guard.b == 0) return fmt::format("input is {}, below {}", input, -guard.c);
  if (guard.a == 0 && guard.b == -1) return fmt::format("output is {}, below {}", output, -guard.c);
  return fmt::format("an attempt could cost {}, above {}",
                     ToString(Money{guard.a * input + guard.b * output}), ToString(Money{guard.c}));
}

class Explainer {
 public:
  Explainer(const PolicyModel& model, const Tables& tables, const SourceSet& sources,
            OwnedRequest request, const Circumstances& circumstances, std::int64_t at_s,
            Reasons reasons)
      : model_(model),
        tables_(tables),
        sources_(sources),
        request_(std::move(request)),
        view_(request_.view(texts_)),
        circumstances_(circumstances),
        at_s_(circumstances.at_s.value_or(at_s)),
        reasons_(reasons),
        live_(tables) {}

  Result<Explanation, std::string> Run() {
    if (std::optional<std::string> error = SetUp()) return *std::move(error);
    decision_ = Decide(tables_, live_, view_, {.prefer_cheapest = prefer_cheapest_});
    const Decision unrestricted = decision_;
    RestrictTo(tables_, live_, only_, at_s_, view_, decision_);
    restricted_.assign(unrestricted.list().begin(), unrestricted.list().end());
    Explanation& e = explanation_;
    e.policy = tables_.name;
    e.version = tables_.version;
    e.at_s = at_s_;
    e.outside_horizon = at_s_ < tables_.valid_from_s || at_s_ >= tables_.valid_to_s;
    e.outcome =
        Name(denied_ && decision_.outcome == DecisionOutcome::kServe ? DecisionOutcome::kDenied
                                                                     : decision_.outcome);
    if (decision_.route != kNone16) OfRoute();
    if (reasons_ == Reasons::kAll) Trace();
    return std::move(explanation_);
  }

 private:
  std::optional<std::string> SetUp() {
    live_.set_root(RootAt(tables_, at_s_));
    for (const std::string& name : circumstances_.down) {
      bool known =
          FindCandidate(model_, name) != kNoIndex || FindProvider(model_, name) != kNoIndex;
      for (std::size_t i = 0; i < tables_.models.size(); ++i) {
        const Model& candidate = tables_.models[i];
        if (candidate.name != name && tables_.providers[candidate.provider].name != name) continue;
        live_.set_model_up(static_cast<std::uint16_t>(i), false);
      }
      if (!known) return fmt::format("`{}` is neither a model nor a provider", name);
    }
    for (const Circumstances::LiveValue& live : circumstances_.live) {
      if (FindCandidate(model_, live.model) == kNoIndex)
        return fmt::format("`{}` is not a model", live.model);
    }
    const FactLookup lookup = [&](std::uint16_t index, LiveFact fact,
                                  std::uint32_t) -> std::optional<std::int64_t> {
      for (const Circumstances::LiveValue& live : circumstances_.live) {
        if (live.model == tables_.models[index].name && live.fact == fact) return live.value;
      }
      return std::nullopt;
    };
    PublishConditions(tables_, lookup, live_);
    for (std::size_t i = 0; i < tables_.rollouts.size(); ++i) {
      const auto& canary = circumstances_.canary;
      const bool in =
          std::find(canary.begin(), canary.end(), tables_.rollouts[i].name) != canary.end();
      live_.set_share_ppm(static_cast<std::uint16_t>(i), in ? 1'000'000 : 0);
      // An empty unit is in no arm: explain stands in for one.
      if (in && request_.texts[tables_.rollouts[i].key_text].empty()) {
        request_.texts[tables_.rollouts[i].key_text] = "unit";
        view_ = request_.view(texts_);
      }
    }
    for (const std::string& name : circumstances_.canary) {
      if (FindArm(model_, name) != kNoIndex) continue;
      const bool experiment = name.find(':') != std::string::npos;
      return fmt::format("`{}` is not {}", name, experiment ? "an experiment's arm" : "a rollout");
    }
    if (auto problem = Experiments()) return problem;
    return Budgets();
  }

  /// None runs but those with an arm in the circumstances, for which a unit stands in that is
  /// there.
  std::optional<std::string> Experiments() {
    std::vector<std::pair<const Experiment*, const ExperimentArm*>> wanted;
    for (std::size_t i = 0; i < tables_.experiments.size(); ++i) {
      const Experiment& experiment = tables_.experiments[i];
      bool runs = false;
      for (std::uint16_t k = 0; k < experiment.arm_count; ++k) {
        const ExperimentArm& arm = tables_.arms[experiment.first_arm + k];
        const auto& named = circumstances_.canary;
        const std::string name = fmt::format("{}:{}", experiment.name, arm.name);
        if (std::find(named.begin(), named.end(), name) == named.end()) continue;
        if (runs) return fmt::format("`{}` is in two arms", experiment.name);
        runs = true;
        wanted.emplace_back(&experiment, &arm);
      }
      live_.set_experiment_runs(static_cast<std::uint16_t>(i), runs);
    }
    constexpr int kMostTries = 100'000;
    const auto fits = [&](const std::string& unit) {
      return std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
        const std::uint32_t bucket = BucketOfPieces({one.first->salt, kSplit}, unit);
        return bucket >= one.second->from_ppm && bucket < one.second->to_ppm;
      });
    };
    if (wanted.empty()) return std::nullopt;
    for (int i = 0; i < kMostTries; ++i) {
      const std::string unit = fmt::format("unit-{}", i);
      if (!fits(unit)) continue;
      for (const auto& one : wanted) request_.texts[one.first->key_text] = unit;
      view_ = request_.view(texts_);
      return std::nullopt;
    }
    return "no unit is in all of these arms";
  }

  std::optional<std::string> Budgets() {
    for (const Circumstances::BudgetLevel& level : circumstances_.budgets) {
      const auto named = [&](const Budget& budget) { return budget.name == level.budget; };
      if (std::none_of(tables_.budgets.begin(), tables_.budgets.end(), named)) {
        return fmt::format("`{}` is not a budget", level.budget);
      }
    }
    if (Decide(tables_, live_, view_).outcome == DecisionOutcome::kOutOfDomain) return std::nullopt;
    for (const Budget& budget : tables_.budgets) Apply(budget);
    return std::nullopt;
  }

  void Apply(const Budget& budget) {
    Explanation::Budget told{.name = std::string(budget.name)};
    bool named = false;
    for (const Circumstances::BudgetLevel& level : circumstances_.budgets) {
      if (level.budget != budget.name) continue;
      named = true;
      told.used_ppm = std::max(told.used_ppm, level.used_ppm);
    }
    told.counts = CountsAgainst(tables_, budget, view_);
    if (!told.counts && !named) return;
    for (const BudgetStep& step : budget.steps) {
      if (!told.counts || told.used_ppm < step.at_ppm) continue;
      switch (step.action) {
        case BudgetAction::kAlert:
          told.effects.push_back(fmt::format("alert {}", tables_.alerts[step.alert].name));
          break;
        case BudgetAction::kPreferCheapest:
          told.effects.emplace_back("prefer cheapest");
          prefer_cheapest_ = true;
          break;
        case BudgetAction::kOnly:
          told.effects.emplace_back("only");
          only_.push_back(&step);
          only_of_.emplace_back(budget.name);
          break;
        case BudgetAction::kDeny:
          told.effects.emplace_back("deny");
          denied_ = true;
          break;
      }
    }
    explanation_.budgets.push_back(std::move(told));
  }

  void OfRoute() {
    const RoutePlan& route = tables_.routes[decision_.route];
    Explanation& e = explanation_;
    e.route = route.name;
    e.route_file = route.file;
    e.route_line = route.line;
    e.deadline_ms = route.deadline_ms;
    e.retries = route.retries;
    e.attempts = route.attempts;
    if (decision_.outcome == DecisionOutcome::kRefused) {
      e.refusal = std::string(route.refusal);
      return;
    }
    Candidates(route);
    if (reasons_ == Reasons::kAll) Rejected();
    Arms();
  }

  void Candidates(const RoutePlan& route) {
    std::vector<std::int64_t> costs;
    for (const Candidate& candidate : decision_.list()) {
      const Model& entry = tables_.models[candidate.model];
      const std::int64_t cost =
          AttemptCostPico(tables_, tables_.rows[candidate.row], at_s_, Input(),
                          decision_.output_tokens, route.caches_prompts);
      costs.push_back(cost);
      explanation_.candidates.push_back({std::string(entry.name), std::string(entry.id),
                                         std::string(tables_.providers[entry.provider].name),
                                         Place(tables_.endpoints[candidate.endpoint]),
                                         candidate.step + 1U, cost});
    }
    explanation_.chain_cost_pico = WorstCallCost(costs, LimitsOf(model_.routes[decision_.route]));
  }

  /// The request's own place where the route asks for it, else the endpoint's first.
  std::string Place(const Endpoint& endpoint) const {
    const RouteModel& route = model_.routes[decision_.route];
    if (route.place == PlaceKind::kAttribute) {
      return WriteValue(tables_.attributes[route.place_attribute], view_);
    }
    for (const std::string_view place : endpoint.places) {
      if (route.place != PlaceKind::kFixed ||
          std::find(route.places.begin(), route.places.end(), place) != route.places.end()) {
        return std::string(place);
      }
    }
    return {};
  }

  void Rejected() {
    std::set<string_view> settled;
    for (const Candidate& candidate : decision_.list())
      settled.insert(tables_.models[candidate.model].name);
    const auto reject = [&](string_view name, std::string because) {
      if (settled.insert(name).second)
        explanation_.rejected.push_back({std::string(name), std::move(because)});
    };
    for (const Candidate& candidate : restricted_) {
      std::string because = WhyForbidden(candidate);
      if (!because.empty()) reject(tables_.models[candidate.model].name, std::move(because));
    }
    const Leaf& leaf = tables_.leaves[decision_.leaf];
    for (const Row& row : tables_.rows.subspan(leaf.first_row, leaf.row_count)) {
      if (row.rollout != kNone16) continue;
      std::string because = WhyNot(row);
      if (!because.empty()) reject(tables_.models[row.model].name, std::move(because));
    }
    const RouteCandidates candidates = CandidatesAt(model_, decision_.route, at_s_);
    std::int32_t label = 0;
    if (candidates.place_attribute != kNoIndex) {
      label = view_.codes[tables_.attributes[candidates.place_attribute].slot];
    }
    const PlaceCandidates& here = candidates.At(label);
    for (const RejectedCandidate& rejected : here.rejected) {
      reject(model_.candidates[rejected.candidate].name, rejected.because);
    }
    for (const CandidateEntry& entry : here.entries) {
      if (entry.rollout == kNoIndex && !Evaluate(entry.when, tables_, view_)) {
        reject(model_.candidates[entry.candidate].name,
               Because(entry.when, model_, tables_, sources_, view_));
      }
    }
  }

  /// Which budget's `only` leaves a candidate out; empty where none does.
  std::string WhyForbidden(const Candidate& candidate) const {
    for (std::size_t i = 0; i < only_.size(); ++i) {
      if (PassesOnly(tables_, live_, *only_[i], at_s_, view_, decision_.output_tokens, candidate)) {
        continue;
      }
      return fmt::format("budget `{}` excludes it by an `only` from {} on", only_of_[i],
                         WriteShare(only_[i]->at_ppm));
    }
    return {};
  }

  /// Why the tables leave a row out; empty where they do not.
  std::string WhyNot(const Row& row) const {
    const Gate& gate = tables_.gates[row.gate];
    if (tables_.asks_set != kNone16) {
      const std::uint64_t lacking = view_.sets[tables_.asks_set] & ~gate.capabilities;
      for (unsigned bit = 0; bit < 64; ++bit) {
        if (((lacking >> bit) & 1U) != 0) {
          return fmt::format("cannot {}, which the request asks for",
                             tables_.capability_names[bit]);
        }
      }
    }
    const std::int64_t output = decision_.output_tokens;
    for (const Guard& guard : tables_.guards.subspan(gate.first_guard, gate.guard_count)) {
      if (guard.a * Input() + guard.b * output > guard.c)
        return BrokenGuard(guard, Input(), output);
    }
    for (const std::uint16_t ref : tables_.live_refs.subspan(gate.first_live, gate.live_count)) {
      if (!live_.condition(ref)) return "its live condition does not hold";
    }
    if (!live_.model_up(row.model)) return "is down";
    return {};
  }

  void Arms() {
    const Leaf& leaf = tables_.leaves[decision_.leaf];
    std::set<std::uint16_t> seen;
    for (const Row& row : tables_.rows.subspan(leaf.first_row, leaf.row_count)) {
      if (row.rollout == kNone16 || !seen.insert(row.rollout).second) continue;
      const bool canary = std::any_of(decision_.list().begin(), decision_.list().end(),
                                      [&](const Candidate& c) { return c.rollout == row.rollout; });
      if (row.rollout >= tables_.rollouts.size()) {
        const ExperimentArm& arm = tables_.arms[row.rollout - tables_.rollouts.size()];
        if (!canary) continue;
        explanation_.rollouts.push_back(
            {std::string(tables_.experiments[arm.experiment].name), std::string(arm.name)});
        continue;
      }
      explanation_.rollouts.push_back(
          {std::string(tables_.rollouts[row.rollout].name), canary ? "canary" : "stable"});
    }
  }

  void Trace() {
    for (std::size_t i = 0; i < model_.routes.size(); ++i) {
      const RouteModel& route = model_.routes[i];
      const bool matched = i == decision_.route;
      explanation_.trace.push_back(
          {route.name, matched, Because(route.when, model_, tables_, sources_, view_)});
      if (matched) break;
    }
  }

  std::int64_t Input() const {
    return tables_.input_code == kNone16 ? 0 : view_.codes[tables_.input_code];
  }

  const PolicyModel& model_;
  const Tables& tables_;
  const SourceSet& sources_;
  OwnedRequest request_;
  std::vector<std::string_view> texts_;
  RequestView view_;
  const Circumstances& circumstances_;
  const std::int64_t at_s_;
  const Reasons reasons_;
  LiveState live_;
  Decision decision_;
  bool prefer_cheapest_ = false;
  std::vector<const BudgetStep*> only_;    ///< in force
  std::vector<std::string_view> only_of_;  ///< their budgets
  std::vector<Candidate> restricted_;      ///< the candidates before them
  bool denied_ = false;
  Explanation explanation_;
};

}  // namespace

Result<Explanation, std::string> Explain(const PolicyModel& model, const Tables& tables,
                                         const SourceSet& sources, const AttributeWords& attributes,
                                         const Circumstances& circumstances, std::int64_t at_s,
                                         Reasons reasons) {
  Result<OwnedRequest> request = ReadRequest(tables, attributes);
  if (!request.ok()) return request.error().context;
  return Explain(model, tables, sources, std::move(request).value(), circumstances, at_s, reasons);
}

Result<Explanation, std::string> Explain(const PolicyModel& model, const Tables& tables,
                                         const SourceSet& sources, OwnedRequest request,
                                         const Circumstances& circumstances, std::int64_t at_s,
                                         Reasons reasons) {
  return Explainer(model, tables, sources, std::move(request), circumstances, at_s, reasons).Run();
}

}  // namespace mlp::compiler
