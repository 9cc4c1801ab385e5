#include "tests/property/comparison.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "mlp/decide.hpp"
#include "mlp/policy.hpp"
#include "tests/property/kinds.hpp"

namespace mlp::oracle {
namespace {

/// Dates, arms and orders to ask a policy under.
std::vector<Circumstances> AllCircumstances(const RandomPolicy& policy) {
  std::vector<std::set<std::string>> arms = {{}};
  for (const std::string& rollout : policy.rollouts) {
    for (std::size_t i = 0, count = arms.size(); i < count; ++i) {
      arms.push_back(arms[i]);
      arms.back().insert(rollout);
    }
  }
  std::vector<Circumstances> all;
  for (const std::int64_t date : policy.dates) {
    for (const std::set<std::string>& arm : arms) {
      for (const bool run : {false, true}) {
        if (run && !policy.has_experiments) continue;
        all.push_back({date, arm, run, false});
        if (policy.has_budget) all.push_back({date, arm, run, true});
      }
    }
  }
  return all;
}

}  // namespace

void Tally::Count(const Answer& answer) {
  ++decisions;
  ++decisions_with[answer.outcome];
  if (answer.cache_ms != 0) ++decisions_with["cached"];
  if (answer.candidates.size() > 1) ++decisions_with["with a fallback"];
  if (std::any_of(answer.candidates.begin(), answer.candidates.end(),
                  [](const Chosen& chosen) { return chosen.canary; })) {
    ++decisions_with["with a canary"];
  }
}

std::string Tally::Show() const {
  std::string text =
      fmt::format("{} requests of {} policies, {} decisions: ", requests, policies, decisions);
  const char* comma = "";
  for (const auto& [name, count] : decisions_with) {
    text += fmt::format("{}{} {}", comma, name, count);
    comma = ", ";
  }
  return text;
}

Decider::Decider(const char* name, const Tables& decided,
                 const std::vector<Circumstances>& circumstances)
    : what(name), tables(decided) {
  for (const Circumstances& here : circumstances) {
    live.push_back(std::make_unique<LiveState>(tables));
    live.back()->set_root(RootAt(tables, here.at_s));
    for (std::size_t r = 0; r < tables.rollouts.size(); ++r) {
      const bool in = here.canary.contains(std::string(tables.rollouts[r].name));
      live.back()->set_share_ppm(static_cast<std::uint16_t>(r), in ? 1'000'000 : 0);
    }
    for (std::size_t e = 0; e < tables.experiments.size(); ++e) {
      live.back()->set_experiment_runs(static_cast<std::uint16_t>(e), here.experiments_run);
    }
  }
}

Comparison::Comparison(std::uint64_t seed, std::int64_t scale)
    : policy_(MakeRandomPolicy(seed, scale, kSmallDomain, Experiments::kSome)),
      compiled_(CompileText(policy_.name, policy_.text)),
      circumstances_(AllCircumstances(policy_)) {
  if (!compiled_->tables) throw std::runtime_error(policy_.text + compiled_->errors());
  facts_ = ReadFacts(compiled_->program, compiled_->sources);
  const bool small = scale == 1;
  requests_ = std::make_unique<RequestSpace>(facts_, small ? std::set<std::int64_t>{} : Edges());
  deciders_.emplace_back("tables", compiled_->tables->view(), circumstances_);
}

void Comparison::CompareToo(const Tables& emitted) {
  deciders_.emplace_back("emitted", emitted, circumstances_);
}

void Comparison::Run(const Take& take, Tally& tally) const {
  ++tally.policies;
  for (const std::string& kind : KindsOf(facts_)) ++tally.policies_with[kind];
  for (const std::string& kind : KindsOf(tables())) ++tally.policies_with[kind];
  const Oracle oracle(facts_);
  for (std::size_t number = 0; number < requests_->size(); ++number) {
    if (!take(number, requests_->size())) continue;
    ++tally.requests;
    if (auto difference = Difference(oracle, requests_->at(number), tally)) {
      tally.differences.push_back(std::move(*difference));
      return;
    }
  }
}

std::vector<std::int64_t> Comparison::RootsNotAsked() const {
  const std::set<std::int64_t> asked(policy_.dates.begin(), policy_.dates.end());
  std::vector<std::int64_t> missing;
  for (const Root& root : tables().roots) {
    if (!asked.contains(root.from_s) || !asked.contains(root.from_s - 1))
      missing.push_back(root.from_s);
  }
  return missing;
}

std::optional<std::string> Comparison::Difference(const Oracle& oracle, const Request& request,
                                                  Tally& tally) const {
  const PackedValues packed = Pack(tables(), facts_, request);
  for (std::size_t i = 0; i < circumstances_.size(); ++i) {
    const Circumstances& here = circumstances_[i];
    const Answer expected = oracle.Decide(request, here);
    tally.Count(expected);
    for (const Decider& decider : deciders_) {
      const Decision decision = mlp::Decide(decider.tables, *decider.live[i], packed.view(),
                                            {.prefer_cheapest = here.prefer_cheapest});
      if (Agrees(decider.tables, decision, expected)) continue;
      return fmt::format("policy {}\n{}{}\n  oracle {}\n  {} {}", policy_.name, policy_.text,
                         Describe(facts_, request, here), Describe(expected), decider.what,
                         Describe(AnswerOf(decider.tables, decision)));
    }
  }
  return std::nullopt;
}

/// Where decisions may turn: every cut of the diagram, and where a guard meets the ends of the
/// other axis or one of the cuts. Only a choice of what to ask: the answers are compared with the
/// oracle's.
std::set<std::int64_t> Comparison::Edges() const {
  const Tables& tables = compiled_->tables->view();
  std::set<std::int64_t> edges(tables.cuts.begin(), tables.cuts.end());
  const std::set<std::int64_t> cuts = edges;
  for (const Guard& guard : tables.guards) {
    for (const std::int64_t other : cuts) {
      if (guard.a != 0) edges.insert((guard.c - guard.b * other) / guard.a);
      if (guard.b != 0) edges.insert((guard.c - guard.a * other) / guard.b);
    }
    if (guard.a != 0) edges.insert(guard.c / guard.a);
    if (guard.b != 0) edges.insert(guard.c / guard.b);
  }
  return edges;
}

}  // namespace mlp::oracle
