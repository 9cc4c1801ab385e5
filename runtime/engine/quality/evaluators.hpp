// The policy's evaluators at run time: an answer's score as the weighted mean of its parts.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mlp/quality.hpp"
#include "mlp/tables.hpp"

namespace mlp::engine {

/// Sums the scores of one evaluator's parts.
struct ScoreSheet {
  struct Line {
    std::string name;
    double weight = 0;
    std::optional<double> score;  ///< nothing: nobody could say, and its weight falls to the others
  };
  std::vector<Line> lines;
  std::vector<std::string> for_judge;  ///< parts that only the judge can score
  std::string spoiled;                 ///< why it is 0 whatever the parts say, or empty

  /// The judge's scores fill the lines of these names.
  void Take(const std::map<std::string, double>& judged);
  /// Millionths; nothing where no line has a score.
  [[nodiscard]] std::optional<std::uint32_t> Total() const;
  /// As in "completeness 0.50, tone 0.40".
  [[nodiscard]] std::string Words() const;
};

/// Thread-safe. A part is scored by the program's scorer of its name, else by the built-in one
/// (completeness, relevance, coherence, refusal, truncation, schema), else by the judge. Without
/// parts: the judge's overall score, or without one completeness 40%, relevance 35%, coherence 25%.
/// With a judge and parts that all have their scorer, the judge's overall score counts as much as
/// all of them. An answer that looks like a refusal, or breaks the schema that was asked for,
/// scores 0, unless refusal or schema are parts by name.
class Evaluators {
 public:
  /// `tables` outlives it. Says in `warnings` which parts nobody scores. Counts are those of
  /// `before` too (may be null), whose calls under way go on; windows begin anew, since evaluators
  /// may have changed.
  Evaluators(const Tables& tables, const QualityOptions& options,
             std::vector<std::string>& warnings, const Evaluators* before = nullptr);

  /// What needs no judge.
  [[nodiscard]] ScoreSheet Look(std::uint16_t evaluator, const AnswerView& answer);
  /// Notes a model's score. True where the evaluator's window is full and its mean below the floor;
  /// the window begins anew then.
  [[nodiscard]] bool Note(std::uint16_t evaluator, std::uint16_t model,
                          std::optional<std::uint32_t> score_ppm, std::uint32_t wanted_ppm);
  void CountJudgeFailure() { ++counts_->judge_failures; }
  void CountFeedback() { ++counts_->feedback; }

  [[nodiscard]] std::int64_t rest_ms() const { return rest_ms_; }
  [[nodiscard]] QualityStats stats() const;

 private:
  struct PlannedPart {
    std::string name;
    double weight = 0;
    Scorer scorer;  ///< empty: the judge's
  };
  struct Plan {
    std::vector<PlannedPart> parts;
    bool spoils_refusal = true;
    bool spoils_schema = true;
  };
  /// Each answer in one of the first three, so that none of them ever falls.
  struct Counts {
    std::atomic<std::uint64_t> good{0};
    std::atomic<std::uint64_t> low{0};
    std::atomic<std::uint64_t> unscored{0};
    std::atomic<std::uint64_t> scorer_failures{0};
    std::atomic<std::uint64_t> judge_failures{0};
    std::atomic<std::uint64_t> feedback{0};
  };
  struct Window {
    std::deque<std::uint32_t> scores;
    std::uint64_t sum = 0;
  };
  [[nodiscard]] static Plan PlanOf(const Evaluator& evaluator, const QualityOptions& options,
                                   std::vector<std::string>& warnings);
  [[nodiscard]] std::optional<double> Ask(const Scorer& scorer, const AnswerView& answer);

  const Tables& tables_;
  const std::int64_t rest_ms_;
  std::vector<Plan> plans_;
  std::mutex mutex_;
  std::vector<std::vector<Window>> windows_;  // per evaluator and model; under mutex_
  const std::shared_ptr<Counts> counts_;
};

}  // namespace mlp::engine
