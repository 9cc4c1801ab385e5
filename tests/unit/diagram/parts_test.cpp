// The small parts: classes of texts, bounds, dates, groups, the policy's hash.
#include <boost/test/unit_test.hpp>

#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/dump.hpp"
#include "compiler/diagram/guards.hpp"
#include "tests/support/model_builder.hpp"
#include "tests/unit/diagram/decision_support.hpp"

namespace mlp::test {
namespace {

using compiler::Index;
using compiler::ObjectiveKind;

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(each_class_of_texts_has_a_witness_of_its_own) {
  ModelBuilder build;
  const Index tenant = build.Text("tenant");
  build.Candidate("m", build.Provider("p"));
  for (const char* text : {"acme", "acme-eu", "b", "", "other", "caf\xC3\xA9"}) {
    build.Route("r", When::Is(tenant, text));
  }
  build.Route("r", When::StartsWith(tenant, "acme"));
  build.Route("r", When::StartsWith(tenant, "\xFF\xFF"));
  const compiler::AxisOrder order = compiler::OrderAxes(build.model);
  BOOST_REQUIRE_EQUAL(order.axes.size(), 1U);
  const compiler::DiagramAxis& axis = order.axes[0];
  BOOST_TEST(axis.witnesses.size() == static_cast<std::size_t>(axis.size));
  for (std::int32_t c = 0; c < axis.size; ++c) {
    BOOST_TEST(compiler::TextClass(axis.cuts, axis.witnesses[static_cast<std::size_t>(c)]) == c);
  }
}

BOOST_AUTO_TEST_CASE(axes_are_coarse_first_and_only_what_is_asked) {
  ModelBuilder build;
  const Index input = build.Tokens("input", 100);
  const Index tenant = build.Text("tenant");
  build.Enum("unused", {"a", "b"});
  const Index tier = build.Enum("tier", {"a", "b"});
  const Index region = build.Enum("region", {"us", "eu"});
  build.Asks(0b0110);
  build.Candidate("m", build.Provider("p"));
  auto& route =
      build.Route("r", When::And({When::Codes(input, 1, 2), When::Is(tenant, "a"),
                                  When::Codes(tier, 0, 0), When::Has(build.model.asks, 0b0100)}));
  route.place = compiler::PlaceKind::kAttribute;
  route.place_attribute = region;
  const compiler::AxisOrder order = compiler::OrderAxes(build.model);
  std::vector<Index> attributes;
  for (const auto& axis : order.axes) attributes.push_back(axis.attribute);
  const std::vector<Index> expected{region, tier, tenant, build.model.asks, input};
  BOOST_TEST(attributes == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bounds_are_tidied_without_changing_what_they_hold_for) {
  const compiler::TokenBox box{12, 7};
  std::uint32_t state = 1;
  const auto next = [&](std::int64_t first, std::int64_t last) {
    state = state * 1'664'525 + 1'013'904'223;
    return first +
           static_cast<std::int64_t>((state >> 8) % static_cast<std::uint32_t>(last - first + 1));
  };
  for (int round = 0; round < 2'000; ++round) {
    compiler::GuardSet set(box);
    std::vector<Guard> plain;
    for (std::int64_t i = next(0, 4); i > 0; --i) {
      const bool lower = next(0, 3) == 0;
      const bool on_input = next(0, 1) == 0;
      const Guard guard = lower ? Guard{on_input ? -1 : 0, on_input ? 0 : -1, -next(0, 14)}
                                : Guard{next(0, 3), next(0, 3), next(0, 40)};
      set.Add(guard);
      plain.push_back(guard);
    }
    bool any = false;
    for (std::int64_t input = 0; input <= box.max_input; ++input) {
      for (std::int64_t output = 0; output <= box.max_output; ++output) {
        const auto all_hold = [&](const std::vector<Guard>& guards) {
          for (const Guard& guard : guards) {
            if (!compiler::Holds(guard, input, output)) return false;
          }
          return true;
        };
        const bool expected = all_hold(plain);
        any = any || expected;
        if (set.possible()) BOOST_TEST(all_hold(set.all()) == expected);
      }
    }
    if (!set.possible()) BOOST_TEST(!any);
  }
}

BOOST_AUTO_TEST_CASE(huge_prices_are_bounded_on_the_safe_side) {
  compiler::GuardSet set({400'000, 16'000});
  set.Add(INT64_MAX / 4, INT64_MAX / 8, INT64_MAX - 1);
  BOOST_REQUIRE_EQUAL(set.all().size(), 1U);
  const Guard guard = set.all()[0];
  std::int64_t sum = 0;
  BOOST_TEST(!__builtin_mul_overflow(guard.a, 400'000, &sum));
  BOOST_TEST(!__builtin_add_overflow(sum, guard.b * 16'000, &sum));
  BOOST_TEST(!compiler::Holds(guard, 4, 0));  // 4 * (2^63 / 4) is past the bound
}

BOOST_AUTO_TEST_CASE(instants_are_written_as_in_policies) {
  BOOST_TEST(compiler::FormatInstant(0) == "1970-01-01");
  BOOST_TEST(compiler::FormatInstant(-1) == "1969-12-31T23:59:59Z");
  BOOST_TEST(compiler::FormatInstant(951'782'400) == "2000-02-29");
  BOOST_TEST(compiler::FormatInstant(1'786'896'000) == "2026-08-16T16:00Z");
}

BOOST_AUTO_TEST_CASE(objectives_that_are_drawn_or_live_make_groups) {
  ModelBuilder build;
  const Index user = build.Text("user", AttributeType::kKey);
  const Index provider = build.Provider("p");
  build.Candidate("a", provider).prior_p50_ms = 900;
  build.Candidate("b", provider).prior_p50_ms = 300;
  build.Candidate("c", provider).capabilities = 0b0111;
  const Index pool = build.Pool("pool", {0, 1, 2});
  auto& route = build.Route("all");
  compiler::StepModel spread = ModelBuilder::List({0, 1});
  spread.kind = ObjectiveKind::kSpread;
  spread.shares_ppm = {300'000, 700'000};
  spread.spread_key = user;
  compiler::StepModel fastest = ModelBuilder::Objective(ObjectiveKind::kFastest, pool);
  fastest.prefer = {3};  // `c` lacks it
  route.steps = {spread, fastest};
  compiler::Diagnostics diagnostics;
  const compiler::Diagram diagram = compiler::BuildDiagram(build.model, {}, diagnostics);
  BOOST_TEST(compiler::DumpDiagram(build.model, diagram) ==
             "from 1970-01-01\n"
             "  leaf 0\n"
             "leaf 0: route all\n"
             "  a step 1 endpoint 0 group 1\n"
             "  b step 1 endpoint 0 group 1\n"
             "  c step 2 endpoint 0\n");
  build.model.routes[0].steps = {fastest};
  const compiler::OwnedTables owned = CompileSample(build.model);
  const Tables& tables = owned.view();
  BOOST_REQUIRE_EQUAL(tables.groups.size(), 1U);
  BOOST_TEST(tables.groups[0].member_count == 2U);
  BOOST_TEST(tables.live_order_count == 1U);
  BOOST_TEST(tables.models[tables.rows[0].model].name == "b");
  BOOST_TEST(tables.rows[0].group == 1U);
  BOOST_TEST(tables.rows[2].group == 0U);
}

BOOST_AUTO_TEST_CASE(the_hash_leaves_out_documentation_alone) {
  ModelBuilder build;
  build.Candidate("m", build.Provider("p"));
  build.Route("all").steps = {ModelBuilder::List({0})};
  const std::string hash(CompileSample(build.model).view().hash);
  BOOST_TEST(hash.size() == 64U);
  build.model.routes[0].doc = "why";
  build.model.candidates[0].doc = "what";
  BOOST_TEST(CompileSample(build.model).view().hash == hash);
  build.model.routes[0].deadline_ms = 5'000;
  BOOST_TEST(CompileSample(build.model).view().hash != hash);
}

BOOST_AUTO_TEST_CASE(tables_survive_a_move) {
  ModelBuilder build;
  build.Candidate("m", build.Provider("p"));
  build.Route("all").steps = {ModelBuilder::List({0})};
  compiler::OwnedTables first = CompileSample(build.model);
  const Tables* view = &first.view();
  const compiler::OwnedTables second = std::move(first);
  BOOST_TEST(&second.view() == view);
  BOOST_TEST(second.view().routes[0].name == "all");
}

BOOST_AUTO_TEST_CASE(more_steps_than_the_tables_can_number_are_an_error) {
  ModelBuilder build;
  build.Candidate("m", build.Provider("p"));
  build.Route("all").steps.assign(300, ModelBuilder::List({0}));
  compiler::Diagnostics diagnostics;
  const compiler::Diagram diagram = compiler::BuildDiagram(build.model, {}, diagnostics);
  BOOST_REQUIRE_EQUAL(diagnostics.all().size(), 1U);
  BOOST_TEST(diagnostics.all()[0].help[0] ==
             "split the policy: 300 steps in one route, at most 255");
  BOOST_TEST(compiler::Flatten(build.model, diagram, compiler::SourceSet()).view().leaves.size() ==
             1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
