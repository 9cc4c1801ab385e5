// MLP0702 against sums on paper, and the cost of an attempt against the runtime's own.
#include "compiler/prove/chains.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "compiler/diagram/flatten.hpp"
#include "compiler/prove/attempt.hpp"
#include "mlp/decide.hpp"
#include "tests/support/model_builder.hpp"

namespace mlp::test {
namespace {

using compiler::Index;
using compiler::Severity;

constexpr std::uint32_t kPolicies = 400;

std::int64_t Draw(std::mt19937& random, std::int64_t first, std::int64_t last) {
  return first + static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(last - first + 1));
}

BOOST_AUTO_TEST_SUITE(chains)

/// One route over providers with random timeouts; every request is served by all of them.
compiler::PolicyModel TimedPolicy(std::mt19937& random) {
  ModelBuilder build;
  const std::int64_t count = Draw(random, 1, 6);
  std::vector<Index> models;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    const Index provider = build.Provider("p" + name);
    build.model.providers[provider].total_ms = Draw(random, 1, 12) * 10'000;
    build.Candidate(name, provider);
    models.push_back(static_cast<Index>(i));
  }
  compiler::RouteModel& route = build.Route("all");
  route.steps.push_back(ModelBuilder::List(models));
  route.attempt_ms = Draw(random, 0, 3) * 10'000;
  route.deadline_ms = Draw(random, 0, 9) * 10'000;
  route.attempts = static_cast<std::uint8_t>(Draw(random, 2, 7));
  return build.model;
}

BOOST_AUTO_TEST_CASE(a_candidate_is_late_where_the_attempts_before_it_fill_the_deadline) {
  int warnings = 0, notes = 0, sound = 0;
  for (std::uint32_t seed = 1; seed <= kPolicies; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::mt19937 random(seed);
      const compiler::PolicyModel model = TimedPolicy(random);
      const compiler::RouteModel& route = model.routes.front();
      // The first without any time, else the first behind another that is cut short.
      std::string out_of_time, cut_short;
      std::int64_t used = 0;
      const std::size_t tried = std::min<std::size_t>(model.candidates.size(), route.attempts);
      for (std::size_t i = 0; i < tried && route.deadline_ms > 0; ++i) {
        std::int64_t attempt = model.providers[i].total_ms;
        if (route.attempt_ms > 0) attempt = std::min(attempt, route.attempt_ms);
        const bool none = used >= route.deadline_ms;
        const bool part = used + attempt > route.deadline_ms;
        if (none && out_of_time.empty()) out_of_time = model.candidates[i].name;
        if (part && !none && i > 0 && cut_short.empty()) cut_short = model.candidates[i].name;
        used += attempt;
      }
      compiler::Diagnostics diagnostics;
      const compiler::Diagram diagram = compiler::BuildDiagram(model, {}, diagnostics);
      FindLateCandidates(model, diagram, diagnostics);
      if (out_of_time.empty() && cut_short.empty()) {
        BOOST_TEST(diagnostics.all().empty());
        ++sound;
        continue;
      }
      BOOST_REQUIRE_EQUAL(diagnostics.all().size(), 1U);
      const compiler::Diagnostic& finding = diagnostics.all().front();
      const std::string& late = out_of_time.empty() ? cut_short : out_of_time;
      BOOST_TEST(
          finding.message.find(" for `" + late + "` in route `all` once") != std::string::npos,
          finding.message << ", not " << late);
      BOOST_TEST(
          (finding.severity == (out_of_time.empty() ? Severity::kNote : Severity::kWarning)));
      ++(out_of_time.empty() ? notes : warnings);
    }
  }
  BOOST_TEST_MESSAGE(warnings << " warnings, " << notes << " notes, " << sound << " sound");
  BOOST_TEST(warnings > 50);
  BOOST_TEST(notes > 10);
  BOOST_TEST(sound > 50);
}

/// Prices with tiers, hours, caches and reasoning, some of them missing, on endpoints with factors.
compiler::PolicyModel PricedPolicy(std::mt19937& random) {
  ModelBuilder build;
  build.Tokens("input", 1'000);
  build.Tokens("output", 500);
  constexpr std::array kProtocols = {Protocol::kOpenAi, Protocol::kAnthropic, Protocol::kOllama};
  std::vector<Index> models;
  for (std::int64_t i = 0; i < 4; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    const Index provider =
        build.Provider("p" + name, {{}}, kProtocols[static_cast<std::size_t>(Draw(random, 0, 2))]);
    build.model.providers[provider].endpoints[0].price_micro = Draw(random, 500'000, 2'000'000);
    compiler::CandidateModel& candidate = build.Candidate(name, provider, -1);
    const std::int64_t tier = Draw(random, 1, 900);
    for (const bool upper : {false, true}) {
      for (const bool peak : {false, true}) {
        compiler::PriceModel price = ModelBuilder::Price(Draw(random, 0, 9), Draw(random, 0, 9));
        price.min_prompt = upper ? tier : 0;
        price.max_prompt = upper ? compiler::kUnlimited : tier - 1;
        if (peak) {
          price.days = 0b1111111;
          price.to_minute = 60;
        }
        for (const TokenClass one :
             {TokenClass::kCacheWrite, TokenClass::kReasoning, TokenClass::kOutput}) {
          if (Draw(random, 0, 3) != 0) continue;
          price.per_token[static_cast<std::size_t>(one)] = Draw(random, -1, 20);
        }
        candidate.prices.push_back(price);
      }
    }
    models.push_back(static_cast<Index>(i));
  }
  compiler::RouteModel& route = build.Route("all");
  route.steps.push_back(ModelBuilder::List(models));
  route.caches_prompts = Draw(random, 0, 1) == 1;
  if (Draw(random, 0, 1) == 1) route.output_cap = 200;
  return build.model;
}

BOOST_AUTO_TEST_CASE(an_attempt_costs_what_the_runtime_reserves) {
  std::size_t compared = 0;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::mt19937 random(seed);
      const compiler::PolicyModel model = PricedPolicy(random);
      compiler::Diagnostics diagnostics;
      const compiler::Diagram diagram = compiler::BuildDiagram(model, {}, diagnostics);
      const compiler::OwnedTables owned = compiler::Flatten(model, diagram, compiler::SourceSet());
      const Tables& tables = owned.view();
      const compiler::DiagramLeaf& leaf =
          *std::find_if(diagram.leaves.begin(), diagram.leaves.end(),
                        [](const auto& one) { return one.kind == LeafKind::kServe; });
      BOOST_REQUIRE_EQUAL(leaf.rows.size(), tables.rows.size());
      for (int i = 0; i < 50; ++i) {
        const compiler::LeafPoint point{0, Draw(random, 0, 1'000), Draw(random, 0, 500)};
        const std::int64_t output = std::min(point.output, model.routes[0].output_cap);
        for (std::size_t row = 0; row < leaf.rows.size(); ++row) {
          ++compared;
          BOOST_TEST_REQUIRE(WorstAttemptPico(model, 0, leaf.rows[row], point, 1'000) ==
                             AttemptCostPico(tables, tables.rows[row], 1'000, point.input, output,
                                             model.routes[0].caches_prompts));
        }
      }
    }
  }
  BOOST_TEST(compared == 20'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
