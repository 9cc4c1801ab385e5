// What is said about models that end against the oracle, on random policies: whom a request
// reaches, which of them are retired or deprecated, and that lints change severities only.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compiler/ast/literals.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/prove/lifecycle.hpp"
#include "compiler/prove/lints.hpp"
#include "compiler/prove/prove.hpp"
#include "compiler/prove/uses.hpp"
#include "tests/property/compiled.hpp"
#include "tests/property/facts.hpp"
#include "tests/property/oracle.hpp"
#include "tests/property/random_policy.hpp"
#include "tests/property/request_space.hpp"

namespace mlp::oracle {
namespace {

using compiler::CandidateModel;
using compiler::Code;
using compiler::Diagnostic;
using compiler::Index;
using compiler::kNoIndex;
using compiler::ModelStatus;
using compiler::PolicyModel;

constexpr std::uint64_t kFirstSeed = 5'000;
constexpr std::uint64_t kPolicies = 150;
constexpr std::size_t kMostAsked = 5'000;  // of each policy's requests and circumstances
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kSoon = 30 * kDay;

/// One attribute's value as a witness writes it, or its default.
Value ReadValue(const compiler::AttributeModel& attribute, const std::string* word) {
  constexpr std::int64_t kMicro = 1'000'000;
  Value value;
  switch (attribute.type) {
    case AttributeType::kEnum: {
      const auto found = word == nullptr
                             ? attribute.labels.begin() + attribute.default_code
                             : std::find(attribute.labels.begin(), attribute.labels.end(), *word);
      value.number = found - attribute.labels.begin();
      value.text = *found;
      break;
    }
    case AttributeType::kNumber:
      value.number = word != nullptr
                         ? compiler::ast::ReadMicro(*word).value()
                         : attribute.minimum_micro + attribute.default_code * attribute.step_micro;
      break;
    case AttributeType::kTokens:
      value.number = kMicro * (word != nullptr ? compiler::ast::ReadInteger(*word).value()
                                               : attribute.default_code);
      break;
    case AttributeType::kText:
    case AttributeType::kKey:
      value.text = word != nullptr ? *word : attribute.default_text;
      break;
    case AttributeType::kSet:
      for (std::size_t at = 0; word != nullptr && at < word->size();) {
        const std::size_t comma = std::min(word->find(',', at), word->size());
        value.members.insert(word->substr(at, comma - at));
        at = comma + 1;
      }
      break;
  }
  return value;
}

/// The request of a witness, and its circumstances.
std::pair<Request, Circumstances> Read(const PolicyModel& model, const Facts& facts,
                                       const compiler::Witness& witness) {
  const std::map<std::string, std::string> words(witness.begin(), witness.end());
  Request request;
  for (const Attribute& attribute : facts.attributes) {
    const auto word = words.find(attribute.name);
    request.push_back(ReadValue(model.attributes[FindAttribute(model, attribute.name)],
                                word == words.end() ? nullptr : &word->second));
  }
  Circumstances circumstances;
  if (const auto date = words.find("@date"); date != words.end()) {
    circumstances.at_s = compiler::ast::ReadDate(date->second).value();
  }
  if (const auto arm = words.find("@arm"); arm != words.end()) {
    circumstances.canary.insert(arm->second.substr(0, arm->second.find(':')));
  }
  return {request, circumstances};
}

bool Lists(const Answer& answer, const std::string& model) {
  return std::any_of(answer.candidates.begin(), answer.candidates.end(),
                     [&](const Chosen& chosen) { return chosen.model == model; });
}

/// Whether the route brings the model in by its name: in a step or a listed pool. Where a step
/// ranges over a pool by its condition it may be that one that brings it, so nothing is expected.
bool Names(const PolicyModel& model, const std::string& route_name, Index candidate) {
  bool named = false;
  for (const compiler::StepModel& step : model.routes[FindRoute(model, route_name)].steps) {
    if (step.models.empty() && (step.pool == kNoIndex || !model.pools[step.pool].listed)) {
      return false;
    }
    const std::vector<Index>& names =
        step.models.empty() ? model.pools[step.pool].members : step.models;
    named = named || std::find(names.begin(), names.end(), candidate) != names.end();
  }
  return named;
}

/// The codes' findings by the model that the message names last in backticks before `which`.
std::set<std::string> Reported(const compiler::Diagnostics& diagnostics, Code code) {
  std::set<std::string> models;
  for (const Diagnostic& one : diagnostics.all()) {
    if (one.code != code) continue;
    const std::size_t end = one.message.find("`, which");
    const std::size_t begin = one.message.rfind('`', end - 1) + 1;
    models.insert(one.message.substr(begin, end - begin));
  }
  return models;
}

struct Asked {
  Circumstances circumstances;
  Answer answer;
};

/// One policy with its uses, and what the oracle answers to many requests.
class Case {
 public:
  explicit Case(std::uint64_t seed)
      : policy_(MakeRandomPolicy(seed)), compiled_(CompileText(policy_.name, policy_.text)) {
    BOOST_REQUIRE_MESSAGE(compiled_->tables.has_value(), policy_.text + compiled_->errors());
    diagram = compiler::BuildDiagram(compiled_->model, {}, compiled_->diagnostics);
    BOOST_REQUIRE(diagram.complete);
    uses = compiler::FindUses(compiled_->model, diagram);
    facts = ReadFacts(compiled_->program, compiled_->sources);
    oracle.emplace(facts);
    Ask();
  }

  [[nodiscard]] const PolicyModel& model() const { return compiled_->model; }
  [[nodiscard]] const std::string& text() const { return policy_.text; }
  [[nodiscard]] const std::vector<std::int64_t>& dates() const { return policy_.dates; }

  compiler::Diagram diagram;
  compiler::Uses uses;
  Facts facts;
  std::optional<Oracle> oracle;
  std::vector<Asked> asked;

 private:
  void Ask() {
    const RequestSpace requests(facts, {});
    std::vector<Circumstances> circumstances;
    for (const std::int64_t date : policy_.dates) {
      circumstances.push_back({date, {}, false});
      for (const std::string& rollout : policy_.rollouts) {
        circumstances.push_back({date, {rollout}, false});
      }
    }
    const std::size_t total = requests.size() * circumstances.size();
    const std::size_t stride = std::max<std::size_t>(1, total / kMostAsked) | 1U;
    for (std::size_t at = 0; at < total; at += stride) {
      const Circumstances& here = circumstances[at / requests.size()];
      asked.push_back({here, oracle->Decide(requests.at(at % requests.size()), here)});
    }
  }

  RandomPolicy policy_;
  std::unique_ptr<Compiled> compiled_;
};

BOOST_AUTO_TEST_SUITE(ends_of_models)

BOOST_AUTO_TEST_CASE(uses_are_whom_the_oracle_tries) {
  std::size_t replayed = 0;
  std::size_t answered = 0;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kPolicies; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const Case one(seed);
      std::set<std::pair<std::size_t, Index>> used;
      for (const compiler::Use& use : one.uses.all) {
        used.emplace(use.root, use.candidate);
        const auto [request, circumstances] = Read(
            one.model(), one.facts,
            WitnessOf(one.model(), one.diagram, one.uses, use, one.diagram.roots[use.root].from_s));
        const Answer answer = one.oracle->Decide(request, circumstances);
        const std::string& name = one.model().candidates[use.candidate].name;
        BOOST_REQUIRE_MESSAGE(Lists(answer, name),
                              one.text() << name << " for "
                                         << Describe(one.facts, request, circumstances) << "\n"
                                         << Describe(answer));
        BOOST_REQUIRE(answer.route == one.model().routes[use.route].name);
        ++replayed;
      }
      for (const Asked& asked : one.asked) {
        const std::size_t root = RootNumber(one.diagram, asked.circumstances.at_s);
        for (const Chosen& chosen : asked.answer.candidates) {
          ++answered;
          BOOST_REQUIRE_MESSAGE(used.count({root, FindCandidate(one.model(), chosen.model)}) != 0,
                                one.text() << chosen.model << " at root " << root);
        }
      }
    }
  }
  BOOST_TEST_MESSAGE(replayed << " uses replayed, " << answered << " candidates looked for");
  BOOST_TEST(replayed > 1'000U);
  BOOST_TEST(answered > 50'000U);
}

/// Brute force: retired within the horizon, and tried just before by a route that names it.
std::set<std::string> RetiredByOracle(const Case& one) {
  std::set<std::string> found;
  for (const Asked& asked : one.asked) {
    for (const Chosen& chosen : asked.answer.candidates) {
      const Index index = FindCandidate(one.model(), chosen.model);
      const CandidateModel& facts = one.model().candidates[index];
      if (facts.retires_s >= one.model().valid.to_s) continue;
      if (RootNumber(one.diagram, facts.retires_s - 1) !=
          RootNumber(one.diagram, asked.circumstances.at_s)) {
        continue;
      }
      const bool follows =
          one.model().routes[FindRoute(one.model(), asked.answer.route)].follows_successors &&
          facts.successor_index != kNoIndex;
      if (!follows && Names(one.model(), asked.answer.route, index)) found.insert(chosen.model);
    }
  }
  return found;
}

BOOST_AUTO_TEST_CASE(retired_models_are_those_that_stop_answering) {
  std::size_t reported = 0;
  std::size_t expected = 0;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kPolicies; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const Case one(seed);
      compiler::Diagnostics diagnostics;
      FindEnds(one.model(), one.diagram, one.uses, diagnostics);
      const std::set<std::string> named = Reported(diagnostics, Code::k0502);
      for (const std::string& model : RetiredByOracle(one)) {
        ++expected;
        BOOST_REQUIRE_MESSAGE(named.count(model) != 0, one.text() << model << " is not reported");
      }
      for (const Diagnostic& finding : diagnostics.all()) {
        if (finding.code != Code::k0502 || !finding.witness) continue;
        ++reported;
        auto [request, circumstances] = Read(one.model(), one.facts, *finding.witness);
        compiler::Diagnostics alone;
        alone.all().push_back(finding);
        const std::string model = *Reported(alone, Code::k0502).begin();
        const CandidateModel& facts = one.model().candidates[FindCandidate(one.model(), model)];
        BOOST_REQUIRE(!Lists(one.oracle->Decide(request, circumstances), model));
        if (finding.severity == compiler::Severity::kError) {
          const ModelStatus status = compiler::StatusAt(facts, one.model().valid.from_s);
          BOOST_REQUIRE((status == ModelStatus::kRetired || status == ModelStatus::kArchived));
          BOOST_REQUIRE(circumstances.at_s == one.model().valid.from_s);
          continue;
        }
        BOOST_REQUIRE(circumstances.at_s == facts.retires_s);
        --circumstances.at_s;
        BOOST_REQUIRE(Lists(one.oracle->Decide(request, circumstances), model));
      }
    }
  }
  BOOST_TEST_MESSAGE(expected << " found by the oracle, " << reported << " reported");
  BOOST_TEST(expected > 20U);
  BOOST_TEST(reported >= expected);
}

/// Brute force: at the day deprecated or with 30 days to its end, or deprecated later where it is
/// tried; and tried at the day or later in the horizon by a route that names it.
std::set<std::string> DeprecatedByOracle(const Case& one, std::int64_t as_of_s) {
  std::set<std::string> found;
  const std::size_t first = RootNumber(one.diagram, as_of_s);
  for (const Asked& asked : one.asked) {
    const std::size_t root = RootNumber(one.diagram, asked.circumstances.at_s);
    if (root < first) continue;
    for (const Chosen& chosen : asked.answer.candidates) {
      const Index index = FindCandidate(one.model(), chosen.model);
      const CandidateModel& facts = one.model().candidates[index];
      if (!Names(one.model(), asked.answer.route, index)) continue;
      const ModelStatus now = compiler::StatusAt(facts, as_of_s);
      if (now == ModelStatus::kRetired || now == ModelStatus::kArchived) continue;
      const bool soon = facts.retires_s != kForever && facts.retires_s - as_of_s <= kSoon;
      const std::int64_t last_s = EndOf(one.model(), one.diagram, root) - 1;
      const bool then = compiler::StatusAt(facts, last_s) == ModelStatus::kDeprecated;
      if (soon || now == ModelStatus::kDeprecated || then) found.insert(chosen.model);
    }
  }
  return found;
}

BOOST_AUTO_TEST_CASE(deprecated_models_are_those_that_still_answer) {
  std::size_t expected = 0;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kPolicies; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const Case one(seed);
      for (const std::int64_t as_of_s : one.dates()) {
        if (as_of_s % 60 != 0) continue;  // days of a check are written to the minute
        compiler::Diagnostics diagnostics;
        FindDeprecated(one.model(), one.diagram, one.uses, as_of_s, diagnostics);
        const std::set<std::string> named = Reported(diagnostics, Code::k0503);
        for (const std::string& model : DeprecatedByOracle(one, as_of_s)) {
          ++expected;
          BOOST_REQUIRE_MESSAGE(named.count(model) != 0,
                                one.text() << model << " is not reported as of " << as_of_s);
        }
        for (const Diagnostic& finding : diagnostics.all()) {
          const auto [request, circumstances] = Read(one.model(), one.facts, *finding.witness);
          compiler::Diagnostics alone;
          alone.all().push_back(finding);
          const std::string model = *Reported(alone, Code::k0503).begin();
          BOOST_REQUIRE_MESSAGE(
              Lists(one.oracle->Decide(request, circumstances), model),
              one.text() << finding.message << Describe(one.facts, request, circumstances));
          BOOST_REQUIRE(circumstances.at_s >= as_of_s);
        }
      }
    }
  }
  BOOST_TEST_MESSAGE(expected << " found by the oracle");
  BOOST_TEST(expected > 50U);
}

BOOST_AUTO_TEST_CASE(lints_change_severities_alone) {
  using Key = std::tuple<Code, std::uint32_t, std::string>;
  const auto key = [](const Diagnostic& one) { return Key(one.code, one.span.begin, one.message); };
  std::size_t weighed = 0;
  std::size_t off = 0;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kPolicies; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::unique_ptr<Compiled> compiled;
      const RandomPolicy policy = MakeRandomPolicy(seed);
      compiled = CompileText(policy.name, policy.text);
      PolicyModel model = compiled->model;
      compiler::Diagnostics plain;
      compiler::Diagram diagram = compiler::BuildDiagram(model, {}, plain);
      FindDecisionProblems(model, diagram, plain);
      Prove(model, diagram, plain, {.as_of_s = policy.dates.front()});

      std::mt19937 random(static_cast<std::uint32_t>(seed));
      for (const compiler::CodeInfo& info : compiler::AllCodes()) {
        if (random() % 2 == 0) continue;
        compiler::LintModel lint;
        lint.code = info.name;
        lint.level = static_cast<compiler::LintLevel>(random() % 4);
        lint.reason = "drawn";
        model.lints.push_back(lint);
      }
      compiler::Diagnostics linted = plain;
      compiler::Lints lints(model);
      lints.Apply(0, linted);

      std::multimap<Key, const Diagnostic*> left;
      for (const Diagnostic& one : linted.all()) left.emplace(key(one), &one);
      std::size_t taken_out = 0;
      for (const Diagnostic& one : plain.all()) {
        const auto lint = std::find_if(model.lints.begin(), model.lints.end(),
                                       [&](const compiler::LintModel& candidate) {
                                         return candidate.code == Info(one.code).name;
                                       });
        const auto found = left.find(key(one));
        if (lint != model.lints.end() && lint->level == compiler::LintLevel::kOff) {
          BOOST_TEST((found == left.end()));
          ++taken_out;
          continue;
        }
        BOOST_REQUIRE((found != left.end()));
        const Diagnostic& now = *found->second;
        BOOST_TEST(now.help == one.help, boost::test_tools::per_element());
        BOOST_TEST((now.witness == one.witness));
        if (lint == model.lints.end()) {
          BOOST_TEST((now.severity == one.severity));
          BOOST_TEST(now.related.size() == one.related.size());
        } else {
          ++weighed;
          // off is 0, note 1, warning 2, error 3; severities begin with note.
          BOOST_TEST((static_cast<int>(now.severity) == static_cast<int>(lint->level) - 1));
          BOOST_TEST(now.related.size() ==
                     one.related.size() + (now.severity == one.severity ? 0U : 1U));
        }
        left.erase(found);
      }
      BOOST_TEST(left.empty());
      BOOST_TEST(lints.off_count() == taken_out);
      off += taken_out;
    }
  }
  BOOST_TEST_MESSAGE(weighed << " findings weighed, " << off << " off");
  BOOST_TEST(weighed > 50U);
  BOOST_TEST(off > 20U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::oracle
