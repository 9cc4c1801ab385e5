#include "runtime/tools/eval/result.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/core/sha256.hpp"
#include "runtime/core/share_text.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/since.hpp"
#include "runtime/report/text_table.hpp"
#include "runtime/tools/eval/forced_policy.hpp"

namespace mlp::tools {
namespace {

using Json = nlohmann::json;  // members in the order of their names

constexpr std::size_t kWidth = 100;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::string Dollar(std::int64_t pico) { return ToString(Money{pico}); }

std::string Day(std::int64_t at_s) { return FormatInstant(at_s * kMicrosPerSecond).substr(0, 10); }

Json ModelJson(const Tables& tables, const std::string& name) {
  if (name.empty()) return nullptr;
  const auto number = FindModel(tables, name);
  if (!number) return nullptr;
  const Model& model = tables.models[*number];
  return {{"model", name},
          {"id", std::string(model.id)},
          {"parameters", std::string(model.parameters)},
          {"provider", std::string(tables.providers[model.provider].name)}};
}

Json ScoreJson(const Score& score, const std::vector<CaseRun>& cases, Trial CaseRun::*side) {
  const Interval interval = WilsonInterval(score.passed, score.asked);
  // The snapshots that answered, as a family's pin may name several.
  Json answered = Json::object();
  for (const CaseRun& one : cases) {
    const Trial& trial = one.*side;
    if (!trial.asked || trial.errs()) continue;
    answered[trial.response_model] = answered.value(trial.response_model, 0) + 1;
  }
  return {{"asked", score.asked},
          {"passed", score.passed},
          {"errors", score.errors},
          {"quality", score.quality()},
          {"qualityLow", interval.low},
          {"qualityHigh", interval.high},
          {"cost", Dollar(score.cost_pico)},
          {"latencyP50Ms", static_cast<double>(score.latency_p50_us) / 1e3},
          {"latencyP95Ms", static_cast<double>(score.latency_p95_us) / 1e3},
          {"answeredBy", answered}};
}

Json DifferenceJson(const PairedDifference& difference, const char* method, std::uint64_t cases) {
  return {{"estimate", difference.estimate},
          {"low", difference.low},
          {"high", difference.high},
          {"confidence", 0.95},
          {"method", method},
          {"cases", cases}};
}

Json TrialJson(const Trial& trial) {
  if (!trial.asked) return nullptr;
  Json json = {{"passed", trial.passed},
               {"cost", Dollar(trial.cost_pico)},
               {"latencyMs", static_cast<double>(trial.latency_us) / 1e3},
               {"inputTokens", trial.input_tokens},
               {"outputTokens", trial.output_tokens}};
  if (trial.errs()) json["error"] = ToString(trial.error);
  if (!trial.failures.empty()) json["failed"] = trial.failures;
  return json;
}

std::vector<std::string> ScoreRow(const std::string& name, const Score& score) {
  const Interval interval = WilsonInterval(score.passed, score.asked);
  std::uint64_t errors = 0;
  for (const auto& [error, count] : score.errors) errors += count;
  return {name,
          fmt::format("{} of {}", score.passed, score.asked),
          fmt::format("{:.1f}%", 100 * score.quality()),
          fmt::format("{:.1f} to {:.1f}%", 100 * interval.low, 100 * interval.high),
          std::to_string(errors),
          Dollar(score.cost_pico),
          Duration(score.latency_p50_us),
          Duration(score.latency_p95_us)};
}

std::string ErrorWords(const std::string& name, const Score& score) {
  if (score.errors.empty()) return {};
  std::string words;
  for (const auto& [error, count] : score.errors) {
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, error);
  }
  return fmt::format("{}: {} (they count as not passed)\n", name, words);
}

/// What to write into the policy; nothing of a result that it could not refer to.
std::string Amendments(const EvalPaper& paper) {
  if (paper.source.empty() || paper.run.stopped) return {};
  std::string text = "\nTo put the scores into the policy:\n";
  for (const auto& [name, score] : {std::pair(&paper.plan.candidate, &paper.verdict.candidate),
                                    std::pair(&paper.plan.baseline, &paper.verdict.baseline)}) {
    if (score->asked == 0) continue;
    text +=
        fmt::format("amend model {} {{ quality {} {} from \"{}\" on {} }}\n", *name, paper.measure,
                    ShareText(static_cast<std::int64_t>(score->passed),
                              static_cast<std::int64_t>(score->asked)),
                    paper.source, Day(paper.at_s));
  }
  return text;
}

}  // namespace

std::string RenderEvalJson(const EvalPaper& paper) {
  const Verdict& verdict = paper.verdict;
  Json cases = Json::array();
  for (const CaseRun& one : paper.run.cases) {
    cases.push_back({{"id", one.id},
                     {"candidate", TrialJson(one.candidate)},
                     {"baseline", TrialJson(one.baseline)}});
  }
  Json page = {
      {"version", 1},
      {"kind", "mlp-eval"},
      {"date", Day(paper.at_s)},
      {"at", FormatInstant(paper.at_s * kMicrosPerSecond)},
      {"measure", paper.measure},
      {"suite",
       {{"name", paper.suite_name},
        {"path", paper.suite_path},
        {"hash", paper.suite.hash},
        {"cases", paper.suite.cases.size()}}},
      {"policy",
       {{"name", std::string(paper.tables.name)},
        {"version", std::string(paper.tables.version)},
        {"hash", std::string(paper.tables.hash)}}},
      {"candidate", ModelJson(paper.tables, paper.plan.candidate)},
      {"baseline", ModelJson(paper.tables, paper.plan.baseline)},
      {"judge", ModelJson(paper.tables, paper.plan.judge)},
      {"scores",
       {{"candidate", ScoreJson(verdict.candidate, paper.run.cases, &CaseRun::candidate)},
        {"baseline", ScoreJson(verdict.baseline, paper.run.cases, &CaseRun::baseline)}}},
      {"difference",
       {{"quality",
         DifferenceJson(verdict.quality, "newcombe-paired-10", verdict.quality_counts.cases())},
        {"costUsd", DifferenceJson(verdict.cost_usd, "bootstrap-mean", verdict.answered_pairs)},
        {"latencyMs",
         DifferenceJson(verdict.latency_ms, "bootstrap-mean", verdict.answered_pairs)}}},
      {"margin", verdict.margin},
      {"advice", ToString(verdict.advice)},
      {"recommendation", verdict.words},
      {"spent", Dollar(paper.run.spent_pico)},
      {"judgeCost", Dollar(paper.run.judge_pico)},
      {"stopped", paper.run.stopped},
      {"cases", std::move(cases)},
  };
  const auto dump = [&page](int indent) {
    return page.dump(indent, ' ', false, Json::error_handler_t::replace);
  };
  page["hash"] = ToHex(Sha256(dump(-1)));
  return dump(2) + "\n";
}

std::string RenderEvalText(const EvalPaper& paper) {
  const Verdict& verdict = paper.verdict;
  const EvalPlan& plan = paper.plan;
  TextTable table({"Model", "passed", "quality", "95%", "errors", "cost", "p50", "p95"});
  table.AddRow(ScoreRow(plan.candidate, verdict.candidate));
  table.AddRow(ScoreRow(plan.baseline, verdict.baseline));
  std::string text = fmt::format("{}: {} cases, {} against {}\n\n", paper.suite_name,
                                 paper.suite.cases.size(), plan.candidate, plan.baseline);
  text += table.Render(kWidth) + "\n";
  text += ErrorWords(plan.candidate, verdict.candidate);
  text += ErrorWords(plan.baseline, verdict.baseline);
  const auto line = [&](const char* what, const std::string& estimate, const std::string& low,
                        const std::string& high, std::uint64_t cases) {
    text += fmt::format("{:<9} {:>12}   95%: {} to {}   ({} pairs)\n", what, estimate, low, high,
                        cases);
  };
  const auto points = [](double share) { return fmt::format("{:+.1f} points", 100 * share); };
  const auto money = [](double usd) {
    return fmt::format("{}${:.6f}", usd < 0 ? "-" : "+", std::abs(usd));
  };
  const auto times = [](double ms) { return fmt::format("{:+.0f} ms", ms); };
  text += "The candidate's without the baseline's, a case:\n";
  line("quality", points(verdict.quality.estimate), points(verdict.quality.low),
       points(verdict.quality.high), verdict.quality_counts.cases());
  line("cost", money(verdict.cost_usd.estimate), money(verdict.cost_usd.low),
       money(verdict.cost_usd.high), verdict.answered_pairs);
  line("latency", times(verdict.latency_ms.estimate), times(verdict.latency_ms.low),
       times(verdict.latency_ms.high), verdict.answered_pairs);
  text += fmt::format("\n{}\n", verdict.words);
  text += fmt::format("spent {}", Dollar(paper.run.spent_pico));
  if (paper.run.judge_pico > 0)
    text += fmt::format(", {} of it for judging", Dollar(paper.run.judge_pico));
  return text + "\n" + Amendments(paper);
}

}  // namespace mlp::tools
