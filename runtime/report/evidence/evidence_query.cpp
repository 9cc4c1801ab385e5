#include "runtime/report/evidence/evidence_query.hpp"

#include <utility>

namespace mlp {
namespace {

std::string LedgerOf(const std::string& store) { return store + ".ledger"; }

/// Whether what ended then (0: it goes on) is out of a window.
bool IsBefore(std::int64_t ended_s, std::int64_t from_us) {
  constexpr std::int64_t kMicros = 1'000'000;
  return ended_s != 0 && ended_s < from_us / kMicros;
}

}  // namespace

Result<std::vector<RolloutFinding>> QueryRollouts(const std::string& store) {
  Result<std::vector<RolloutStory>> stories = ReadRollouts(LedgerOf(store));
  if (!stories) return stories.error();
  std::vector<RolloutFinding> findings;
  for (RolloutStory& story : *stories) {
    std::vector<CriterionStanding> standing = Standing(story.row.plan, story.row.state);
    findings.push_back({std::move(story), std::move(standing)});
  }
  return findings;
}

Result<std::vector<ExperimentFinding>> QueryExperiments(const std::string& store,
                                                        std::int64_t now_s) {
  Result<std::vector<ExperimentRow>> rows = ReadExperiments(LedgerOf(store));
  if (!rows) return rows.error();
  std::vector<ExperimentFinding> findings;
  for (ExperimentRow& row : *rows) {
    ExperimentFinding finding;
    const std::int64_t end_s = row.ended_s == 0 ? now_s : row.ended_s;
    if (row.started_s != 0 && end_s > row.started_s) finding.elapsed_s = end_s - row.started_s;
    finding.compared = Compare(row.plan, row.counts, finding.elapsed_s);
    finding.shares = CheckShares(row.plan, row.counts);
    finding.row = std::move(row);
    findings.push_back(std::move(finding));
  }
  return findings;
}

Evidence QueryEvidence(const std::string& store, std::int64_t from_us, std::int64_t now_s) {
  Evidence evidence;
  evidence.now_s = now_s;
  Result<std::vector<RolloutFinding>> rollouts = QueryRollouts(store);
  Result<std::vector<ExperimentFinding>> experiments = QueryExperiments(store, now_s);
  if (!rollouts || !experiments) {
    evidence.trouble = (rollouts ? experiments.error() : rollouts.error()).context;
    return evidence;
  }
  std::erase_if(*rollouts, [&](const RolloutFinding& one) {
    return IsBefore(one.story.row.state.ended_s, from_us);
  });
  std::erase_if(*experiments,
                [&](const ExperimentFinding& one) { return IsBefore(one.row.ended_s, from_us); });
  evidence.rollouts = std::move(*rollouts);
  evidence.experiments = std::move(*experiments);
  return evidence;
}

}  // namespace mlp
