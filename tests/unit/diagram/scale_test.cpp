// Large policies: what they cost in nodes and steps, and that the index takes over in time. Times
// are printed, not asserted; the step count stands for them.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <random>

#include "compiler/diagram/findings.hpp"
#include "tests/support/model_builder.hpp"
#include "tests/unit/diagram/decision_support.hpp"

namespace mlp::test {
namespace {

using compiler::Condition;
using compiler::Index;

struct Large {
  compiler::PolicyModel model;
  Index tenant = 0;
  Index input = 0;
};

/// `count` routes over tenants and prompt lengths; disjoint, or each a random box among them.
Large Make(std::uint32_t count, bool disjoint) {
  ModelBuilder build;
  Large large;
  const Index tier = build.Enum("tier", {"free", "pro", "max", "own"});
  large.tenant = build.Text("tenant");
  large.input = build.Tokens("input", 400'000);
  const Index output = build.Tokens("output", 16'000);
  build.Candidate("only", build.Provider("one"));
  std::mt19937 random(7);
  for (std::uint32_t i = 0; i < count; ++i) {
    Condition when;
    if (disjoint) {
      const std::int64_t first = std::int64_t{i / 100} * 1'000;
      when = When::And({When::Is(large.tenant, "tenant-" + std::to_string(i % 100)),
                        When::Codes(large.input, first, first + 999)});
    } else {
      const auto range = [&](Index attribute, std::uint32_t size) {
        const auto first = static_cast<std::int64_t>(random() % size);
        const auto length = static_cast<std::int64_t>(random() % (size / 8 + 1));
        return When::Codes(attribute, first, first + length);
      };
      when = When::And({range(tier, 4), range(large.input, 400'000), range(output, 16'000)});
    }
    build.Route("r" + std::to_string(i), when).steps.push_back(ModelBuilder::List({0}));
  }
  large.model = std::move(build.model);
  return large;
}

struct Measured {
  compiler::Diagram diagram;
  compiler::OwnedTables tables;
};

Measured Measure(const Large& large, const char* what) {
  using Clock = std::chrono::steady_clock;
  compiler::Diagnostics diagnostics;
  const auto start = Clock::now();
  compiler::Diagram diagram = compiler::BuildDiagram(large.model, {}, diagnostics);
  const auto built = Clock::now();
  compiler::OwnedTables tables = compiler::Flatten(large.model, diagram, compiler::SourceSet());
  const auto flat = Clock::now();
  compiler::FindDecisionProblems(large.model, diagram, diagnostics);
  const auto found = Clock::now();
  const auto ms = [](auto span) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  };
  BOOST_TEST_MESSAGE(what << ": build " << ms(built - start) << " ms, flatten " << ms(flat - built)
                          << " ms, findings " << ms(found - flat) << " ms, "
                          << diagram.mdd.node_count() << " nodes, " << diagram.mdd.step_count()
                          << " steps, " << tables.view().nodes.size() << " kept, complete "
                          << diagram.complete);
  return {std::move(diagram), std::move(tables)};
}

BOOST_AUTO_TEST_SUITE(scale)

BOOST_AUTO_TEST_CASE(disjoint_routes_build_in_steps_near_their_count) {
  for (const std::uint32_t count : {1'000U, 10'000U}) {
    const Large large = Make(count, true);
    const Measured measured = Measure(large, count == 1'000 ? "1,000 disjoint" : "10,000 disjoint");
    BOOST_TEST(measured.diagram.complete);
    BOOST_TEST(measured.diagram.mdd.step_count() < 300U * count);
    BOOST_TEST(measured.tables.view().nodes.size() <= 102U);
    ReferenceRequest request{{0, 0, 0, 0}, {"", "tenant-42", "", ""}, {0, 0, 0, 0}};
    request.codes[large.input] = 7'500;
    const auto decision = TablesDecide(large.model, measured.tables.view(), request, {});
    BOOST_TEST(decision.route == 742U);
  }
}

BOOST_AUTO_TEST_CASE(overlapping_routes_finish) {
  for (const std::uint32_t count : {300U, 1'000U, 3'000U}) {
    const Large large = Make(count, false);
    const Measured measured = Measure(large, (std::to_string(count) + " overlapping").c_str());
    std::mt19937 random(3);
    for (int i = 0; i < 2'000; ++i) {
      const ReferenceRequest request{{static_cast<std::int32_t>(random() % 4), 0,
                                      static_cast<std::int32_t>(random() % 400'001),
                                      static_cast<std::int32_t>(random() % 16'001)},
                                     {"", "", "", ""},
                                     {0, 0, 0, 0}};
      BOOST_REQUIRE_EQUAL(Print(TablesDecide(large.model, measured.tables.view(), request, {})),
                          Print(ReferenceDecide(large.model, request, {})));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
