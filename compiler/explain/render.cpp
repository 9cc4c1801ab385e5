#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/ast/literals.hpp"
#include "compiler/explain/explain.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

std::string Cost(std::int64_t pico) { return pico < 0 ? "unknown" : ToString(Money{pico}); }

/// 30s, 1500ms: the shortest exact form.
std::string Duration(std::int64_t ms) {
  return ms % 1'000 == 0 ? fmt::format("{}s", ms / 1'000) : fmt::format("{}ms", ms);
}

std::string Effects(const Explanation::Budget& budget) {
  if (!budget.counts) return "does not count this request";
  return budget.effects.empty() ? "changes nothing"
                                : fmt::format("{}", fmt::join(budget.effects, ", "));
}

std::string Head(const Explanation& e) {
  if (e.route.empty()) return e.outcome;
  const std::string where = fmt::format("route {} ({}:{})", e.route, e.route_file, e.route_line);
  return e.outcome == "serve" ? where : fmt::format("{}: {}", where, e.outcome);
}

/// The first few with their reasons: a pool over a whole catalog leaves dozens out.
std::string RejectedText(const std::vector<Explanation::Rejection>& rejected) {
  constexpr std::size_t kMostShown = 12;
  if (rejected.empty()) return {};
  const std::size_t shown = std::min(rejected.size(), kMostShown);
  std::size_t width = 0;
  for (std::size_t i = 0; i < shown; ++i) width = std::max(width, rejected[i].model.size());
  std::string text = "not tried\n";
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("  {:<{}}  {}\n", rejected[i].model, width, rejected[i].because);
  }
  if (rejected.size() > shown)
    text += fmt::format("  and {} more; --format json lists all\n", rejected.size() - shown);
  return text;
}

}  // namespace

std::string RenderText(const Explanation& e) {
  std::string text = fmt::format(
      "{} {} at {}{}\n{}\n", e.policy, e.version, ast::WriteDate(e.at_s),
      e.outside_horizon ? ", outside the policy's horizon: its nearest end answers" : "", Head(e));
  if (e.refusal) text += fmt::format("  refused: {}\n", *e.refusal);
  std::size_t width = 0;
  for (const auto& candidate : e.candidates) width = std::max(width, candidate.model.size());
  for (std::size_t i = 0; i < e.candidates.size(); ++i) {
    const auto& candidate = e.candidates[i];
    text += fmt::format("  {}. {:<{}}  {}  at {}{}, at most {} an attempt (step {})\n", i + 1,
                        candidate.model, width, candidate.id, candidate.provider,
                        candidate.place.empty() ? "" : " " + candidate.place,
                        Cost(candidate.cost_pico), candidate.step);
  }
  if (!e.candidates.empty()) {
    text += fmt::format("  at worst {} attempts, {}{}\n", e.attempts, Cost(e.chain_cost_pico),
                        e.deadline_ms == 0 ? "" : fmt::format(", {}", Duration(e.deadline_ms)));
  }
  for (const auto& arm : e.rollouts)
    text += fmt::format("  rollout {}: {} arm\n", arm.rollout, arm.arm);
  for (const auto& budget : e.budgets) {
    text += fmt::format("  budget {} at {}: {}\n", budget.name, WriteShare(budget.used_ppm),
                        Effects(budget));
  }
  text += RejectedText(e.rejected);
  text += "why this route\n";
  std::size_t route_width = 0;
  for (const auto& line : e.trace) route_width = std::max(route_width, line.route.size());
  for (const auto& line : e.trace) {
    text += fmt::format("  {:<{}}  {}  {}\n", line.route, route_width, line.matched ? "yes" : "no ",
                        line.because);
  }
  return text;
}

std::string RenderJson(const Explanation& e) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["version"] = 1;
  json["policy"] = e.policy;
  json["policyVersion"] = e.version;
  json["at"] = ast::WriteDate(e.at_s);
  json["route"] = e.route.empty() ? Json(nullptr) : Json(e.route);
  json["outcome"] = e.outcome;
  json["refusal"] = e.refusal ? Json(*e.refusal) : Json(nullptr);
  json["candidates"] = Json::array();
  for (const auto& candidate : e.candidates) {
    json["candidates"].push_back(
        {{"model", candidate.model},
         {"id", candidate.id},
         {"provider", candidate.provider},
         {"place", candidate.place.empty() ? Json(nullptr) : Json(candidate.place)},
         {"step", candidate.step},
         {"attemptCost",
          candidate.cost_pico < 0 ? Json(nullptr) : Json(Cost(candidate.cost_pico))}});
  }
  json["rejected"] = Json::array();
  for (const auto& rejection : e.rejected) {
    json["rejected"].push_back({{"model", rejection.model}, {"because", rejection.because}});
  }
  json["rollouts"] = Json::array();
  for (const auto& arm : e.rollouts)
    json["rollouts"].push_back({{"name", arm.rollout}, {"arm", arm.arm}});
  json["budgets"] = Json::array();
  for (const auto& budget : e.budgets) {
    json["budgets"].push_back({{"name", budget.name},
                               {"counts", budget.counts},
                               {"used", WriteShare(budget.used_ppm)},
                               {"effects", budget.effects}});
  }
  json["chainCost"] = e.chain_cost_pico < 0 ? Json(nullptr) : Json(Cost(e.chain_cost_pico));
  json["deadline"] = e.deadline_ms == 0 ? Json(nullptr) : Json(Duration(e.deadline_ms));
  json["retries"] = e.retries;
  json["attempts"] = e.attempts;
  json["trace"] = Json::array();
  for (const auto& line : e.trace) {
    json["trace"].push_back(
        {{"route", line.route}, {"matched", line.matched}, {"because", line.because}});
  }
  return json.dump(2) + "\n";
}

}  // namespace mlp::compiler
