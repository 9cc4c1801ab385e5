#include "compiler/diagram/token_point.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "compiler/diagram/guards.hpp"

namespace mlp::compiler {
namespace {

__extension__ using Int128 = __int128;

bool Keeps(const TokenRange& box, const std::vector<Guard>& lines, const TokenPoint& point) {
  return box.first_input <= point.input && point.input <= box.last_input &&
         box.first_output <= point.output && point.output <= box.last_output &&
         std::all_of(lines.begin(), lines.end(),
                     [&](const Guard& line) { return Holds(line, point.input, point.output); });
}

Int128 FloorOf(Int128 a, Int128 b) {
  Int128 quotient = a / b;
  if (a % b != 0 && (a < 0) != (b < 0)) --quotient;
  return quotient;
}

/// Output by output, the inputs between the lines: slow and plain.
std::optional<TokenPoint> LeastByScan(const TokenRange& box, const std::vector<Guard>& lines) {
  std::optional<TokenPoint> least;
  for (std::int64_t output = box.first_output; output <= box.last_output; ++output) {
    Int128 first = box.first_input;
    Int128 last = box.last_input;
    for (const Guard& line : lines) {
      const Int128 most = Int128{line.c} - Int128{line.b} * output;
      if (line.a > 0) last = std::min(last, FloorOf(most, line.a));
      if (line.a < 0) first = std::max(first, -FloorOf(most, -Int128{line.a}));
      if (line.a == 0 && most < 0) last = first - 1;
    }
    if (first > last) continue;
    const TokenPoint point{static_cast<std::int64_t>(first), output};
    if (!least || point.input + point.output < least->input + least->output ||
        (point.input + point.output == least->input + least->output &&
         point.input < least->input)) {
      least = point;
    }
  }
  return least;
}

class Drawer {
 public:
  explicit Drawer(std::uint32_t seed) : random_(seed) {}
  std::int64_t In(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  TokenRange Box(std::int64_t input, std::int64_t output) {
    const std::int64_t i = In(0, input);
    const std::int64_t o = In(0, output);
    return {i, In(i, input), o, In(o, output)};
  }
  /// Through or near a point of the box, so that many systems are nearly or just impossible.
  Guard Line(const TokenRange& box, std::int64_t most) {
    const Guard line{In(-most, most), In(-most, most), 0};
    const Int128 value = Int128{line.a} * In(box.first_input, box.last_input) +
                         Int128{line.b} * In(box.first_output, box.last_output);
    return {line.a, line.b, static_cast<std::int64_t>(value) - In(0, 2)};
  }

 private:
  std::mt19937 random_;
};

void Agree(const TokenRange& box, const std::vector<Guard>& lines) {
  const auto expected = LeastByScan(box, lines);
  const auto found = FindTokenPoint(box, lines);
  BOOST_TEST_REQUIRE(found.has_value() == expected.has_value());
  if (!expected) return;
  BOOST_TEST(Keeps(box, lines, *found));
  const auto least = LeastTokenPoint(box, lines);
  BOOST_TEST_REQUIRE(least.has_value());
  BOOST_TEST(least->input == expected->input);
  BOOST_TEST(least->output == expected->output);
}

BOOST_AUTO_TEST_SUITE(token_point)

BOOST_AUTO_TEST_CASE(small_boxes_agree_with_a_scan) {
  constexpr std::uint32_t kSeed = 7;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  Drawer draw(kSeed);
  std::size_t possible = 0;
  constexpr std::size_t kRounds = 20'000;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const TokenRange box = draw.Box(30, 30);
    const std::int64_t most = round % 3 == 0 ? 4 : round % 3 == 1 ? 40 : 1'000'000'000;
    std::vector<Guard> lines;
    for (std::int64_t n = draw.In(0, 5); n > 0; --n) lines.push_back(draw.Line(box, most));
    Agree(box, lines);
    if (FindTokenPoint(box, lines)) ++possible;
  }
  BOOST_TEST(possible > kRounds / 5);
  BOOST_TEST(possible < kRounds * 4 / 5);
}

BOOST_AUTO_TEST_CASE(slivers_between_prices_agree_with_a_scan) {
  constexpr std::uint32_t kSeed = 8;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  Drawer draw(kSeed);
  std::size_t possible = 0;
  constexpr std::size_t kRounds = 300;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const TokenRange box{0, 400'000, 0, 3'000};
    // A cost within a few picodollars: long in both directions and thinner than a token.
    const std::int64_t a = draw.In(1, 10'000'000);
    const std::int64_t b = draw.In(1, 75'000'000);
    const std::int64_t cost = a * draw.In(0, 400'000) + b * draw.In(0, 3'000) + draw.In(0, 1);
    std::vector<Guard> lines{{a, b, cost + draw.In(0, a / 1000)}, {-a, -b, -cost}};
    if (round % 2 == 0) lines.push_back({1, 1, draw.In(0, 400'000)});
    if (round % 5 == 0) lines.push_back(draw.Line(box, 1'000'000'000));
    Agree(box, lines);
    if (FindTokenPoint(box, lines)) ++possible;
  }
  BOOST_TEST(possible > kRounds / 10);
  BOOST_TEST(possible < kRounds);
}

BOOST_AUTO_TEST_CASE(nearly_parallel_lines_meet_where_they_do) {
  // 1,000,001 i + 999,999 o = 1,000,000 (i + o) + i - o.
  const TokenRange box{0, 400'000, 0, 16'000};
  const std::vector<Guard> thin{{1'000'001, 999'999, 300'000'000'000 + 287'654},
                                {-1'000'001, -999'999, -(300'000'000'000 + 287'654)}};
  Agree(box, thin);
  // 6 i + 10 o is even.
  const std::vector<Guard> odd{{6, 10, 100'001}, {-6, -10, -100'001}};
  Agree(box, odd);
}

BOOST_AUTO_TEST_CASE(tightening_loses_no_point_and_leaves_none_in_vain_between_single_lines) {
  Drawer draw(9);
  for (int round = 0; round < 2'000; ++round) {
    const TokenRange box = draw.Box(20, 20);
    const std::vector<Guard> lines{draw.Line(box, 9), draw.Line(box, 9)};
    const TokenRange tight = Tighten(box, lines);
    const auto least = LeastByScan(box, lines);
    const auto least_tight =
        tight.empty() ? std::nullopt
                      : std::optional(LeastByScan(tight, lines).value_or(TokenPoint{-1, -1}));
    if (least) {
      BOOST_TEST_REQUIRE(least_tight.has_value());
      BOOST_TEST(least->input == least_tight->input);
      BOOST_TEST(least->output == least_tight->output);
    }
    BOOST_TEST(tight.first_input >= box.first_input);
    BOOST_TEST(tight.last_output <= box.last_output);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
