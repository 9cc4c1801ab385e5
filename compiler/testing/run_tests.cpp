#include "compiler/testing/run_tests.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mlp::compiler {
namespace {

Circumstances CircumstancesOf(const PolicyModel& model, const TestModel& test) {
  Circumstances here;
  for (const Index provider : test.down_providers)
    here.down.push_back(model.providers[provider].name);
  for (const Index candidate : test.down_candidates)
    here.down.push_back(model.candidates[candidate].name);
  for (const TestModel::Live& live : test.live)
    here.live.push_back({model.candidates[live.candidate].name, live.fact, live.value});
  for (const TestModel::Arm& arm : test.arms) {
    if (arm.canary) here.canary.push_back(model.rollouts[arm.rollout].name);
  }
  return here;
}

/// `served`, `refused, "why"`, `no-route`.
std::string OutcomeWords(const Explanation& decision) {
  if (decision.outcome == "serve") return "served";
  if (decision.refusal) return fmt::format("{}, \"{}\"", decision.outcome, *decision.refusal);
  return decision.outcome;
}

std::string CandidateWords(const Explanation& decision) {
  std::string words;
  for (const Explanation::Candidate& candidate : decision.candidates)
    words += (words.empty() ? "" : ", ") + candidate.model;
  return words.empty() ? "no candidate" : words;
}

class Judge {
 public:
  Judge(const PolicyModel& model, const TestModel& test, TestResult& result)
      : model_(model), test_(test), result_(result) {}

  void Run() {
    const Explanation& decision = result_.decision;
    if (test_.route != kNoIndex && decision.route != model_.routes[test_.route].name) {
      Add("route", "route " + model_.routes[test_.route].name,
          decision.route.empty() ? "no route" : "route " + decision.route, test_.route_span);
    }
    if (test_.outcome.empty() ? decision.outcome != "serve" : decision.outcome != test_.outcome) {
      Add("outcome", test_.outcome.empty() ? "served" : test_.outcome, OutcomeWords(decision),
          OutcomeSpan());
      return;
    }
    if (!test_.candidates.empty()) Candidates();
  }

 private:
  void Candidates() {
    const auto& actual = result_.decision.candidates;
    const std::size_t count = test_.candidates.size();
    std::size_t same = 0;
    while (same < std::min(count, actual.size()) &&
           model_.candidates[test_.candidates[same]].name == actual[same].model) {
      ++same;
    }
    if (same == count && (!test_.exactly || actual.size() == count)) return;
    std::string expected = test_.exactly ? "exactly " : "first ";
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) expected += test_.exactly ? ", " : ", then ";
      expected += model_.candidates[test_.candidates[i]].name;
    }
    Add("candidates", std::move(expected), CandidateWords(result_.decision),
        test_.candidate_spans[std::min(same, count - 1)]);
  }

  /// Where the expectation stands; that somebody serves is said by naming who does.
  [[nodiscard]] Span OutcomeSpan() const {
    if (!test_.outcome.empty()) return test_.outcome_span;
    if (!test_.candidate_spans.empty()) return test_.candidate_spans.front();
    return test_.route != kNoIndex ? test_.route_span : test_.span;
  }

  void Add(std::string what, std::string expected, std::string actual, Span span) {
    result_.mismatches.push_back({std::move(what), std::move(expected), std::move(actual), span});
  }

  const PolicyModel& model_;
  const TestModel& test_;
  TestResult& result_;
};

}  // namespace

OwnedRequest RequestOf(const PolicyModel& model, const Tables& tables, const TestModel& test) {
  OwnedRequest request;
  request.codes.assign(tables.code_count, 0);
  request.texts.assign(tables.text_count, {});
  request.sets.assign(tables.set_count, 0);
  for (const GivenModel& given : test.given) {
    const std::uint16_t slot = tables.attributes[given.attribute].slot;
    switch (model.attributes[given.attribute].type) {
      case AttributeType::kEnum:
      case AttributeType::kNumber:
      case AttributeType::kTokens:
        request.codes[slot] = given.code;
        break;
      case AttributeType::kText:
      case AttributeType::kKey:
        request.texts[slot] = given.text;
        break;
      case AttributeType::kSet:
        request.sets[slot] = given.members;
        break;
    }
  }
  return request;
}

std::int64_t InstantOf(const PolicyModel& model, const TestModel& test) {
  return test.date_s.value_or(model.valid.from_s);
}

std::vector<TestResult> RunTests(const PolicyModel& model, const Tables& tables,
                                 const SourceSet& sources, std::string_view filter) {
  std::vector<TestResult> results;
  for (std::size_t i = 0; i < model.tests.size(); ++i) {
    const TestModel& test = model.tests[i];
    if (test.text.find(filter) == std::string::npos) continue;
    TestResult result;
    result.name = test.text;
    result.span = test.span;
    result.test = static_cast<Index>(i);
    Result<Explanation, std::string> decision =
        Explain(model, tables, sources, RequestOf(model, tables, test),
                CircumstancesOf(model, test), InstantOf(model, test));
    if (decision.ok()) {
      result.decision = std::move(decision).value();
      Judge(model, test, result).Run();
    } else {
      // Every name of a checked test is known, so this is a fault of ours; it is not hidden.
      result.mismatches.push_back({"outcome", "a decision", decision.error(), test.span});
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace mlp::compiler
