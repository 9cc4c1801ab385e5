#include <random>

#include <boost/test/unit_test.hpp>

#include "compiler/diagram/chain.hpp"
#include "compiler/diff/call_costs.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kMicro = 1'000'000;

CostSheet Sheet(std::vector<PriceLine> lines) {
  return {{{0, kUnlimited, std::move(lines)}}, kMicro};
}

BOOST_AUTO_TEST_SUITE(call_costs)

BOOST_AUTO_TEST_CASE(the_largest_line_is_the_worst_chain) {
  std::mt19937 random(1);
  const auto draw = [&](int most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  };
  const TokenRange box{0, 1'000, 0, 1'000};
  for (int round = 0; round < 2'000; ++round) {
    std::vector<CostSheet> sheets;
    std::vector<std::vector<CostLine>> attempts;
    for (std::int64_t i = draw(5); i >= 0; --i) {
      std::vector<PriceLine> lines{{draw(20), draw(20)}};
      if (draw(3) == 0) lines.push_back({draw(20), draw(20)});
      sheets.push_back(Sheet(std::move(lines)));
      attempts.push_back(AttemptLines(sheets.back(), box, kUnlimited));
    }
    const auto retries = static_cast<std::uint32_t>(draw(4));
    const auto most = static_cast<std::uint32_t>(1 + draw(8));
    const CourseLines chain = WorstCourses(attempts, {retries, most});
    BOOST_TEST_REQUIRE(chain.complete);
    for (int point = 0; point < 5; ++point) {
      const TokenPoint at{draw(1'000), draw(1'000)};
      std::vector<std::int64_t> costs;
      for (const auto& lines : attempts) {
        costs.push_back(static_cast<std::int64_t>(CostAt(lines, at) / kMicro));
      }
      const std::int64_t worst = WorstChainCost(costs, retries, most);
      BOOST_TEST_REQUIRE(static_cast<std::int64_t>(CostAt(chain.lines, at) / kMicro) == worst);
      BOOST_TEST_REQUIRE(static_cast<std::int64_t>(WorstCourseAt(attempts, {retries, most}, at) /
                                                   kMicro) == worst);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_has_too_many_courses_says_so_and_is_still_exact_at_a_point) {
  // Each of sixteen candidates has two prices of which neither is always the dearer.
  AttemptCosts attempts;
  for (std::int64_t i = 0; i < 16; ++i) {
    attempts.push_back(
        {{Int128{100 + i} * kMicro, kMicro, 0}, {kMicro, Int128{150 - i} * kMicro, 0}});
  }
  const CourseAttempts count{2, 24};
  const CourseLines some = WorstCourses(attempts, count);
  BOOST_TEST(!some.complete);
  BOOST_TEST(some.lines.size() <= CourseLimits{}.lines + 1);
  BOOST_TEST(some.comparisons <= CourseLimits{}.comparisons + CourseLimits{}.lines + 1);
  const CourseLines few = WorstCourses(attempts, count, {.lines = 64, .comparisons = 1'000});
  BOOST_TEST(!few.complete);
  for (const TokenPoint& at : {TokenPoint{0, 0}, {10, 0}, {0, 10}, {7, 5}}) {
    std::vector<std::int64_t> costs;
    for (const auto& lines : attempts) {
      costs.push_back(static_cast<std::int64_t>(CostAt(lines, at) / kMicro));
    }
    BOOST_TEST(static_cast<std::int64_t>(WorstCourseAt(attempts, count, at) / kMicro) ==
               WorstChainCost(costs, count.retries, count.most));
  }
  // Of a thousand candidates those are tried that attempts last for.
  attempts.resize(1'000, {{kMicro, kMicro, 0}});
  BOOST_TEST(static_cast<std::int64_t>(WorstCourseAt(attempts, {2, 16}, {1, 0}) / kMicro) ==
             16 * 100 + 15 * 16 / 2);
}

BOOST_AUTO_TEST_CASE(a_bound_holds_exactly_where_the_cost_has_not_risen) {
  std::mt19937 random(2);
  const auto draw = [&](int most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  };
  for (int round = 0; round < 20'000; ++round) {
    const CostLine before{draw(9), draw(9), draw(5)};
    const CostLine after{draw(9), draw(9), draw(5)};
    const std::int64_t tolerance = draw(3) * 100'000;
    const auto bound = NotAbove(after, before, tolerance);
    const std::int64_t input = draw(8);
    const std::int64_t output = draw(8);
    const bool risen =
        after.At(input, output) * kMicro > before.At(input, output) * (kMicro + tolerance);
    const bool broken = bound && bound->a * input + bound->b * output > bound->c;
    BOOST_TEST_REQUIRE(risen == broken);
  }
}

BOOST_AUTO_TEST_CASE(beyond_the_cap_the_output_is_the_cap) {
  const CostSheet sheet = Sheet({{2, 3}});
  const auto lines = AttemptLines(sheet, {0, 10, 101, 200}, 100);
  BOOST_TEST_REQUIRE(lines.size() == 1U);
  BOOST_TEST(static_cast<std::int64_t>(lines.front().At(5, 150) / kMicro) == 10 + 300);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
