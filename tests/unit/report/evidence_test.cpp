// What is said of rollouts and experiments: in words, for programs, and over time.
#include <cmath>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "runtime/report/evidence/evidence_json.hpp"
#include "runtime/report/evidence/evidence_text.hpp"
#include "runtime/report/evidence/experiment_words.hpp"
#include "runtime/report/evidence/rollout_course.hpp"
#include "runtime/report/evidence/rollout_words.hpp"
#include "runtime/report/text_table.hpp"
#include "tests/unit/report/evidence_fixture.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kStart = 1'795'000'000;

void Holds(const std::string& text, const std::string& part) {
  BOOST_TEST(text.find(part) != std::string::npos, "no `" << part << "` in\n" << text);
}

BOOST_AUTO_TEST_SUITE(evidence)

BOOST_AUTO_TEST_CASE(what_is_cheaper_and_no_worse_is_recommended) {
  const ExperimentFinding finding = MakeExperiment(2'000, 2'000, 2, 1.4, 42);
  const std::string words = RecommendationWords(finding);
  Holds(words, "Take `warm`: with 95% confidence it is better in cost (-30%, -3");
  Holds(words, "; of failures nothing is shown.");
  const std::string week = WeekWords(finding);
  BOOST_TEST(week.find("One more week at this traffic, about 9,333 users, would narrow the "
                       "intervals: cost to ±") == 0u,
             week);
  const std::string text = ExperimentText(finding);
  Holds(text, "tone of policy support, in place of mini\n  runs since 2026-11-");
  Holds(text, "corrected by Holm, for one look at the end");
  Holds(text, "$0.0014");
}

BOOST_AUTO_TEST_CASE(what_fails_more_is_advised_against_and_a_trade_is_called_one) {
  Holds(RecommendationWords(MakeExperiment(2'000, 2'000, 2, 2, 300)),
        "Leave `warm`: with 95% confidence it is worse in failures (+13 pp, ");
  Holds(RecommendationWords(MakeExperiment(2'000, 2'000, 2, 1, 300)), "Weigh `warm`: ");
  BOOST_TEST(RecommendationWords(MakeExperiment(200, 200, 2, 2, 4)) ==
             "Of `warm` nothing is shown: what difference there is may be chance.");
  BOOST_TEST(RecommendationWords(MakeExperiment(25, 21, 2, 2, 0)) ==
             "Of `warm` nothing can be said yet: 21 of the 30 users that a comparison needs in "
             "each arm.");
  Holds(RecommendationWords(MakeExperiment(2'400, 2'000, 2, 1, 40)),
        "Decide nothing by these numbers: users came in other shares than they were given");
}

BOOST_AUTO_TEST_CASE(an_experiment_that_ended_has_no_next_week) {
  ExperimentFinding finding = MakeExperiment(2'000, 2'000, 2, 1.4, 42);
  finding.row.ended_s = finding.row.started_s + finding.elapsed_s;
  finding.row.ended_by = "its time was over";
  BOOST_TEST(WeekWords(finding).empty());
  Holds(StandingWords(finding), " after 3d: its time was over; all users have mini");
}

BOOST_AUTO_TEST_CASE(a_course_is_what_the_log_leads_through) {
  const RolloutFinding finding = MakeRollout(kStart);
  BOOST_TEST((finding.story.row.state.stage == RolloutStage::kRolledBack));
  const RolloutCourse course = CourseOf(finding.story.log);
  BOOST_TEST(course.difference.empty());
  BOOST_REQUIRE(course.criteria.size() == 1u);
  const CriterionCourse& harm = course.criteria[0];
  BOOST_TEST(harm.words == "failures > baseline");
  BOOST_REQUIRE(harm.log_evidence.size() == finding.story.log.size());
  BOOST_TEST(course.at_s.front() == kStart);
  BOOST_TEST(course.share_ppm.front() == 100'000u);
  BOOST_TEST(course.share_ppm[42] == 500'000u);
  BOOST_TEST(course.share_ppm.back() == 0u);
  BOOST_TEST(harm.log_evidence[30] < 1);
  BOOST_TEST(harm.log_evidence.back() >= harm.needed);
  BOOST_TEST(std::abs(harm.needed - std::log(20)) < 1e-9);
  std::vector<RolloutEntry> touched = finding.story.log;
  touched[20].changes = "advanced 1 2 no";
  const RolloutCourse part = CourseOf(touched);
  BOOST_TEST(part.at_s.size() == 20u);
  Holds(part.difference, "entry 20 says `advanced 1 2 no`");
}

BOOST_AUTO_TEST_CASE(texts_fit_a_terminal_and_json_has_the_same) {
  Evidence evidence;
  evidence.now_s = kStart + 86'400;
  evidence.rollouts = {MakeRollout(kStart)};
  evidence.experiments = {MakeExperiment(2'000, 2'000, 2, 1.4, 42)};
  const std::string text = EvidenceText(evidence) + RolloutText(evidence.rollouts[0], kStart) +
                           ExperimentText(evidence.experiments[0]);
  BOOST_TEST_MESSAGE(text);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    BOOST_TEST(TextWidth(text.substr(begin, end - begin)) <= 100u);
    begin = end + 1;
  }
  Holds(text, "Rollouts\nnext: mini -> haiku\n  rolled back at 2026-11-");
  Holds(text, "\nExperiments\ntone: 50% plain (mini), 50% warm (haiku)\n");
  const auto rollouts = RolloutsJson(evidence);
  BOOST_REQUIRE(rollouts.size() == 1u);
  BOOST_TEST(rollouts[0]["state"] == "rolled-back");
  BOOST_TEST(rollouts[0]["evidence"][0]["holds"] == true);
  BOOST_TEST(rollouts[0]["changes"].back()["change"] == "rolled-back");
  const auto experiments = ExperimentsJson(evidence);
  BOOST_TEST(experiments[0]["comparisons"][0]["unit"] == "usd");
  BOOST_TEST(std::abs(experiments[0]["comparisons"][0]["value"].get<double>() - 0.0014) < 1e-9);
  BOOST_TEST(experiments[0]["comparisons"][0]["verdict"] == "better");
  BOOST_TEST(experiments[0]["correction"] == "holm");
}

BOOST_AUTO_TEST_CASE(time_does_not_count_while_it_is_held) {
  RolloutState state;
  state.step_since_s = 1'000;
  state.updated_s = 1'600;
  BOOST_TEST(StepSeconds(state, 2'000) == 1'000);
  state.hold = RolloutHold::kOperator;
  state.paused_s = 100;
  BOOST_TEST(StepSeconds(state, 2'000) == 500);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
