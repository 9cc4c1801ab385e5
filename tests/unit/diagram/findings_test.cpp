// Findings against random requests: what is reported is confirmed by Decide on its witness, what is
// not reported does not happen.
#include "compiler/diagram/findings.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

#include "mlp/request.hpp"
#include "tests/support/model_builder.hpp"
#include "tests/unit/diagram/decision_support.hpp"
#include "tests/unit/diagram/random_policy.hpp"

namespace mlp::test {
namespace {

using compiler::Code;
using compiler::Diagnostic;
using compiler::Index;

struct Found {
  explicit Found(compiler::PolicyModel policy) : model(std::move(policy)) {
    compiler::Diagram diagram = compiler::BuildDiagram(model, {}, diagnostics);
    compiler::FindDecisionProblems(model, diagram, diagnostics);
    owned.emplace(compiler::Flatten(model, diagram, compiler::SourceSet()));
  }
  [[nodiscard]] const Tables& tables() const { return owned->view(); }
  [[nodiscard]] std::vector<const Diagnostic*> Of(Code code) const {
    std::vector<const Diagnostic*> found;
    for (const Diagnostic& one : diagnostics.all()) {
      if (one.code == code) found.push_back(&one);
    }
    return found;
  }
  /// One finding's message, its help below it.
  [[nodiscard]] std::string Text(Code code) const {
    std::string text;
    for (const Diagnostic* one : Of(code)) {
      text += one->message + "\n";
      for (const std::string& help : one->help) text += "  " + help + "\n";
    }
    return text;
  }
  /// Seconds since 1970 of the dates that random policies use.
  [[nodiscard]] std::int64_t DateOf(const Diagnostic& finding) const {
    for (const auto& [name, value] : *finding.witness) {
      if (name != "@date") continue;
      const auto number = [&value = value](std::size_t at) {
        return std::stoll(value.substr(at, 2));
      };
      std::int64_t at_s = (number(8) - 1) * 86'400;
      if (value.size() > 10) at_s += number(11) * 3'600 + number(14) * 60;
      if (value.size() > 17) at_s += number(17);
      return at_s;
    }
    return 0;
  }
  [[nodiscard]] Decision AtWitness(const Diagnostic& finding, std::int64_t at_s) const {
    AttributeWords words;
    for (const auto& [name, value] : *finding.witness) {
      if (!name.starts_with('@')) words.emplace_back(name, value);
    }
    const auto request = ReadRequest(tables(), words);
    BOOST_REQUIRE(request.ok());
    LiveState live(tables());
    for (std::size_t i = 0; i < tables().rollouts.size(); ++i) {
      live.set_share_ppm(static_cast<std::uint16_t>(i), 0);
    }
    live.set_root(RootAt(tables(), at_s));
    std::vector<std::string_view> scratch;
    return Decide(tables(), live, request->view(scratch));
  }

  compiler::PolicyModel model;
  compiler::Diagnostics diagnostics;
  std::optional<compiler::OwnedTables> owned;
};

/// The route that a message names in its first backticks after `route `.
std::string RouteIn(const std::string& message) {
  const std::size_t at = message.find("route `") + 7;
  return message.substr(at, message.find('`', at) - at);
}

BOOST_AUTO_TEST_SUITE(findings)

BOOST_AUTO_TEST_CASE(random_policies_are_found_out_exactly) {
  int found_401 = 0, found_402 = 0, found_403 = 0, found_405 = 0;
  for (std::uint32_t seed = 1; seed <= 250; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const Found found(RandomPolicy(seed, {}));
      const compiler::PolicyModel& model = found.model;
      std::set<std::string> dead, unserved;
      for (const Diagnostic* one : found.Of(Code::k0401)) {
        ++found_401;
        BOOST_TEST((found.AtWitness(*one, 0).outcome == DecisionOutcome::kNoRoute));
      }
      for (const Diagnostic* one : found.Of(Code::k0402)) {
        ++found_402;
        dead.insert(RouteIn(one->message));
      }
      for (const Diagnostic* one : found.Of(Code::k0403)) {
        ++found_403;
        unserved.insert(RouteIn(one->message));
        const Decision decision = found.AtWitness(*one, found.DateOf(*one));
        BOOST_TEST((decision.outcome == DecisionOutcome::kNoCandidate), one->message);
        BOOST_TEST(found.tables().routes[decision.route].name == RouteIn(one->message));
      }
      std::set<std::string> untried;
      for (const Diagnostic* one : found.Of(Code::k0405)) {
        ++found_405;
        // `m` can never be tried in route `r`, or a step, whose members are not named.
        if (one->message.starts_with('`')) {
          untried.insert(RouteIn(one->message) + " " + one->message.substr(1, 1));
        }
      }
      std::mt19937 random(seed);
      for (int i = 0; i < 1'500; ++i) {
        ReferenceWorld world = RandomWorld(model, random);
        world.canary = false;
        const ReferenceRequest request = RandomRequest(model, random);
        const ReferenceDecision decision = ReferenceDecide(model, request, world);
        if (decision.outcome == DecisionOutcome::kNoRoute) {
          BOOST_REQUIRE(!found.Of(Code::k0401).empty());
          continue;
        }
        const std::string& route = model.routes[decision.route].name;
        BOOST_REQUIRE(dead.count(route) == 0);
        // A random world may have live conditions that fail: those are no finding.
        const bool live = !found.tables().live_conditions.empty();
        if (decision.outcome == DecisionOutcome::kNoCandidate && !live) {
          BOOST_REQUIRE_MESSAGE(unserved.count(route) != 0, Print(request) << world.at_s);
        }
        for (const auto& step : model.routes[decision.route].steps) {
          // Named in one step only, so that the finding is about this one.
          if (model.routes[decision.route].steps.size() > 1) break;
          for (const std::string& candidate : decision.candidates) {
            BOOST_REQUIRE(untried.count(route + " " + candidate.substr(0, 1)) == 0 ||
                          step.models.size() > 1);
          }
        }
      }
    }
  }
  BOOST_TEST_MESSAGE(found_401 << " unrouted, " << found_402 << " dead, " << found_403
                               << " unserved, " << found_405 << " untried");
  BOOST_TEST(found_401 > 20);
  BOOST_TEST(found_402 > 20);
  BOOST_TEST(found_403 > 20);
  BOOST_TEST(found_405 > 20);
}

BOOST_AUTO_TEST_CASE(unrouted_requests_are_described) {
  ModelBuilder build;
  const Index tier = build.Enum("tier", {"free", "pro"});
  const Index tenant = build.Text("tenant");
  const Index input = build.Tokens("input", 200'000);
  build.Candidate("m", build.Provider("p"));
  build.Route("a", When::Codes(tier, 0, 0)).steps.push_back(ModelBuilder::List({0}));
  build.Route("b", When::And({When::Codes(input, 0, 100'000), When::Is(tenant, "acme")}))
      .steps.push_back(ModelBuilder::List({0}));
  const Found found(build.model);
  BOOST_TEST(found.Text(Code::k0401) ==
             "no route takes requests with tier == pro and tenant != \"acme\"\n"
             "  nor those with tier == pro and tenant == \"acme\" and input > 100K\n"
             "  end the policy with `route NAME otherwise { ... }`, which may `refuse \"why\"`\n");
  BOOST_TEST(found.diagnostics.all().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_dead_route_names_what_covers_it) {
  ModelBuilder build;
  const Index tier = build.Enum("tier", {"free", "pro", "max"});
  build.Candidate("m", build.Provider("p"));
  build.Route("a", When::Codes(tier, 0, 0)).steps.push_back(ModelBuilder::List({0}));
  build.Route("b", When::Codes(tier, 1, 1)).steps.push_back(ModelBuilder::List({0}));
  build.Route("c", When::Codes(tier, 0, 1)).steps.push_back(ModelBuilder::List({0}));
  build.Route("d", {}).steps.push_back(ModelBuilder::List({0}));
  build.Route("e", When::Codes(tier, 2, 2)).steps.push_back(ModelBuilder::List({0}));
  const Found found(build.model);
  BOOST_TEST(found.Text(Code::k0402) ==
             "route `c` can never be chosen: `a` and `b` take its requests first\n"
             "  move it before them, narrow their conditions, or remove it\n"
             "route `e` can never be chosen: `d` takes its requests first\n"
             "  move it before them, narrow their conditions, or remove it\n");
  BOOST_TEST(found.diagnostics.all().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_request_without_candidate_says_which_bound_empties_it) {
  ModelBuilder build;
  build.Asks(0b0110);
  build.Tokens("input", 300'000);
  build.Tokens("output", 16'000);
  const Index provider = build.Provider("p");
  build.Candidate("small", provider).context = 100'000;
  auto& wide = build.Candidate("wide", provider);
  wide.context = 200'000;
  wide.capabilities = 0b0011;
  build.Route("all", {}).steps.push_back(ModelBuilder::List({0, 1}));
  const Found found(build.model);
  BOOST_TEST(found.Text(Code::k0403) ==
             "route `all` leaves no candidate for requests with input 200001\n"
             "  `small` takes at most 100K tokens of input and output\n"
             "  `wide` takes at most 200K tokens of input and output\n"
             "  add a candidate that serves them, or refuse them in an earlier route\n"
             "route `all` leaves no candidate for requests with asks for `vision`, input 100001\n"
             "  `small` takes at most 100K tokens of input and output\n"
             "  `wide` lacks `vision`\n"
             "  add a candidate that serves them, or refuse them in an earlier route\n");
}

BOOST_AUTO_TEST_CASE(a_gap_below_a_cheaper_tier_of_prices_is_found) {
  ModelBuilder build;
  build.Tokens("input", 1'000);
  auto& candidate = build.Candidate("m", build.Provider("p"), 100, 0);
  candidate.prices[0].max_prompt = 199;
  candidate.prices.push_back(ModelBuilder::Price(1, 0));
  candidate.prices[1].min_prompt = 200;
  auto& route = build.Route("all");
  route.steps = {ModelBuilder::List({0})};
  route.cost_pico = 1'000;
  BOOST_TEST(Found(build.model).Text(Code::k0403) ==
             "route `all` leaves no candidate for requests with input 11\n"
             "  `m` may cost $0.0000000011 for one attempt, above the bound\n"
             "  add a candidate that serves them, or refuse them in an earlier route\n");
}

BOOST_AUTO_TEST_CASE(a_canary_is_no_reason_why_the_stable_arm_serves_nobody) {
  ModelBuilder build;
  build.Tokens("input", 300'000);
  const Index provider = build.Provider("p");
  auto& stable = build.Candidate("m", provider, 0, 0);
  stable.context = 100'000;
  auto& canary = build.Candidate("n", provider, 10, 0);  // past the bound from 101 tokens on
  canary.released_s = 86'400;
  canary.status = compiler::ModelStatus::kCandidate;
  auto& route = build.Route("all");
  route.steps = {ModelBuilder::List({0})};
  route.cost_pico = 1'000;
  compiler::RolloutModel rollout;
  rollout.name = "to-n";
  rollout.from = 0;
  rollout.to = 1;
  build.model.rollouts.push_back(rollout);
  // The same requests for the same reason on both days: one finding.
  BOOST_TEST(Found(build.model).Text(Code::k0403) ==
             "route `all` leaves no candidate for requests with input 100001\n"
             "  `m` takes at most 100K tokens of input and output\n"
             "  add a candidate that serves them, or refuse them in an earlier route\n");
}

BOOST_AUTO_TEST_CASE(a_retirement_leaves_requests_unserved_from_its_date_on) {
  ModelBuilder build;
  build.model.valid = {0, 100LL * 86'400};
  build.Candidate("m", build.Provider("p")).retires_s = 40LL * 86'400;
  build.Route("all", {}).steps.push_back(ModelBuilder::List({0}));
  const Found found(build.model);
  const auto all = found.Of(Code::k0403);
  BOOST_REQUIRE_EQUAL(all.size(), 1U);
  BOOST_REQUIRE(all[0]->witness.has_value());
  BOOST_TEST(all[0]->witness->back().first == "@date");
  BOOST_TEST(all[0]->witness->back().second == "1970-02-10");
  BOOST_TEST(found.Text(Code::k0403) ==
             "route `all` leaves no candidate for its requests\n"
             "  `m` is out: it is retired since 1970-02-10\n"
             "  add a candidate that serves them, or refuse them in an earlier route\n");
}

BOOST_AUTO_TEST_CASE(conditions_that_never_or_always_hold) {
  ModelBuilder build;
  const Index tier = build.Enum("tier", {"free", "pro"});
  build.Candidate("m", build.Provider("p"));
  build.Route("never", When::And({When::Codes(tier, 0, 0), When::Codes(tier, 1, 1)}))
      .steps.push_back(ModelBuilder::List({0}));
  build.Route("always", When::Codes(tier, 0, 1)).steps.push_back(ModelBuilder::List({0}));
  const Found found(build.model);
  const auto all = found.Of(Code::k0404);
  BOOST_REQUIRE_EQUAL(all.size(), 2U);
  BOOST_TEST(all[0]->message == "condition of route `never` can never hold");
  BOOST_TEST((all[0]->severity == compiler::Severity::kError));
  BOOST_TEST(all[1]->message == "condition of route `always` always holds");
  BOOST_TEST((all[1]->severity == compiler::Severity::kWarning));
  BOOST_TEST(found.diagnostics.all().size() == 2U);  // `never` is not dead besides
}

BOOST_AUTO_TEST_CASE(untried_candidates_and_steps_say_why) {
  ModelBuilder build;
  build.Tokens("input", 300'000);
  const Index provider = build.Provider("p");
  build.Candidate("good", provider);
  build.Candidate("later", provider).status = compiler::ModelStatus::kEvaluating;
  build.Candidate("narrow", provider).context = 100'000;
  const Index pool = build.Pool("pool", {1, 2});
  build.Route("long", When::Codes(build.model.input, 200'000, 300'000));
  auto& steps = build.model.routes.back().steps;
  steps.push_back(ModelBuilder::List({0, 1, 2}));
  steps.push_back(ModelBuilder::Objective(compiler::ObjectiveKind::kCheapest, pool));
  build.Route("rest", {}).steps.push_back(ModelBuilder::List({0, 0}));
  const Found found(build.model);
  BOOST_TEST(
      found.Text(Code::k0405) ==
      "`later` can never be tried in route `long`: its status is evaluating: only a rollout "
      "or an experiment brings it in\n"
      "`narrow` can never be tried in route `long`: no request of this route keeps its "
      "limits and conditions\n"
      "step 2 of route `long` can never try a candidate\n"
      "  `later` is out: its status is evaluating: only a rollout or an experiment brings it in\n"
      "  `narrow` is out: an earlier step always tries it before\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
