#include "runtime/engine/quality/evaluators.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "runtime/engine/quality/heuristics.hpp"
#include "runtime/engine/quality/json_schema.hpp"
#include "runtime/engine/quality/judge.hpp"

namespace mlp::engine {
namespace {

constexpr double kWhole = 1e6;
constexpr std::uint32_t kUsualWindow = 50;

constexpr double kCompletenessWeight = 0.40;
constexpr double kRelevanceWeight = 0.35;
constexpr double kCoherenceWeight = 0.25;

std::optional<double> SchemaScore(const AnswerView& answer) {
  if (answer.prompt.response_schema.empty() || !answer.tool_calls.empty()) return std::nullopt;
  return SchemaViolation(answer.prompt.response_schema, answer.text) ? 0.0 : 1.0;
}

std::optional<double> RefusalScore(const AnswerView& answer) {
  return answer.tool_calls.empty() && LooksLikeRefusal(answer.text) ? 0.0 : 1.0;
}

/// The built-in scorer of a part, or an empty one.
Scorer BuiltIn(std::string_view part) {
  if (part == "completeness") return Completeness;
  if (part == "relevance") return Relevance;
  if (part == "coherence") return Coherence;
  if (part == "schema") return SchemaScore;
  if (part == "refusal") return RefusalScore;
  if (part == "truncation") {
    return [](const AnswerView& answer) { return answer.finish == FinishReason::kLength ? 0 : 1; };
  }
  return {};
}

/// Why an answer is worth nothing, or empty.
std::string Spoiled(bool by_refusal, bool by_schema, const AnswerView& answer) {
  if (!answer.tool_calls.empty()) return {};
  if (by_refusal && LooksLikeRefusal(answer.text)) return "it looks like a refusal";
  if (by_schema && !answer.prompt.response_schema.empty()) {
    if (const auto wrong = SchemaViolation(answer.prompt.response_schema, answer.text)) {
      return "it breaks the schema at " + *wrong;
    }
  }
  return {};
}

}  // namespace

void ScoreSheet::Take(const std::map<std::string, double>& judged) {
  for (Line& line : lines) {
    if (const auto found = judged.find(line.name); !line.score && found != judged.end()) {
      line.score = found->second;
    }
  }
}

std::optional<std::uint32_t> ScoreSheet::Total() const {
  if (!spoiled.empty()) return 0;
  double sum = 0;
  double weight = 0;
  for (const Line& line : lines) {
    if (!line.score) continue;
    sum += line.weight * *line.score;
    weight += line.weight;
  }
  if (!(weight > 0)) return std::nullopt;
  return static_cast<std::uint32_t>(std::lround(std::clamp(sum / weight, 0.0, 1.0) * kWhole));
}

std::string ScoreSheet::Words() const {
  if (!spoiled.empty()) return spoiled;
  std::string words;
  for (const Line& line : lines) {
    if (!line.score) continue;
    words += fmt::format("{}{} {:.2f}", words.empty() ? "" : ", ", line.name, *line.score);
  }
  return words;
}

Evaluators::Evaluators(const Tables& tables, const QualityOptions& options,
                       std::vector<std::string>& warnings, const Evaluators* before)
    : tables_(tables),
      rest_ms_(options.rest_ms),
      counts_(before != nullptr ? before->counts_ : std::make_shared<Counts>()) {
  for (const Evaluator& evaluator : tables.evaluators) {
    plans_.push_back(PlanOf(evaluator, options, warnings));
    windows_.emplace_back(tables.models.size());
  }
}

Evaluators::Plan Evaluators::PlanOf(const Evaluator& evaluator, const QualityOptions& options,
                                    std::vector<std::string>& warnings) {
  const bool has_judge = evaluator.judge_route != kNone16;
  Plan plan;
  bool judge_has_part = false;
  double weights = 0;
  for (const EvaluatorPart& part : evaluator.parts) {
    if (part.name == "refusal") plan.spoils_refusal = false;
    if (part.name == "schema") plan.spoils_schema = false;
    const auto own = options.scorers.find(part.name);
    Scorer scorer = own != options.scorers.end() ? own->second : BuiltIn(part.name);
    if (!scorer && !has_judge) {
      warnings.push_back(
          fmt::format("evaluator `{}`: nobody scores its part `{}`; its weight falls to the others",
                      evaluator.name, part.name));
      continue;
    }
    judge_has_part = judge_has_part || !scorer;
    weights += part.weight_ppm;
    plan.parts.push_back(
        {std::string(part.name), static_cast<double>(part.weight_ppm), std::move(scorer)});
  }
  if (has_judge && !judge_has_part) {
    plan.parts.push_back({std::string(kOverall), weights > 0 ? weights : 1, {}});
  }
  if (evaluator.parts.empty() && !has_judge) {
    plan.parts = {{"completeness", kCompletenessWeight, Completeness},
                  {"relevance", kRelevanceWeight, Relevance},
                  {"coherence", kCoherenceWeight, Coherence}};
  }
  return plan;
}

std::optional<double> Evaluators::Ask(const Scorer& scorer, const AnswerView& answer) {
  try {
    const std::optional<double> score = scorer(answer);
    if (!score || (*score >= 0 && *score <= 1)) return score;
  } catch (...) {  // a program's scorer must not end its call
  }
  ++counts_->scorer_failures;
  return std::nullopt;
}

ScoreSheet Evaluators::Look(std::uint16_t evaluator, const AnswerView& answer) {
  const Plan& plan = plans_[evaluator];
  ScoreSheet sheet;
  sheet.spoiled = Spoiled(plan.spoils_refusal, plan.spoils_schema, answer);
  if (!sheet.spoiled.empty()) return sheet;
  for (const PlannedPart& part : plan.parts) {
    ScoreSheet::Line& line = sheet.lines.emplace_back();
    line.name = part.name;
    line.weight = part.weight;
    if (part.scorer) {
      line.score = Ask(part.scorer, answer);
    } else {
      sheet.for_judge.push_back(part.name);
    }
  }
  return sheet;
}

bool Evaluators::Note(std::uint16_t evaluator, std::uint16_t model,
                      std::optional<std::uint32_t> score_ppm, std::uint32_t wanted_ppm) {
  if (!score_ppm) {
    ++counts_->unscored;
    return false;
  }
  ++(*score_ppm < wanted_ppm ? counts_->low : counts_->good);
  const Evaluator& rules = tables_.evaluators[evaluator];
  if (rules.floor_ppm == 0) return false;
  const std::size_t size = rules.window_calls == 0 ? kUsualWindow : rules.window_calls;
  const std::lock_guard lock(mutex_);
  Window& window = windows_[evaluator][model];
  window.scores.push_back(*score_ppm);
  window.sum += *score_ppm;
  if (window.scores.size() > size) {
    window.sum -= window.scores.front();
    window.scores.pop_front();
  }
  const bool low =
      window.scores.size() == size && window.sum < std::uint64_t{rules.floor_ppm} * size;
  if (low) window = {};
  return low;
}

QualityStats Evaluators::stats() const {
  QualityStats stats;
  stats.unscored = counts_->unscored.load();
  stats.low = counts_->low.load();
  stats.scored = counts_->good.load() + stats.low + stats.unscored;
  stats.scorer_failures = counts_->scorer_failures.load();
  stats.judge_failures = counts_->judge_failures.load();
  stats.feedback = counts_->feedback.load();
  return stats;
}

}  // namespace mlp::engine
