#include "compiler/diff/call_costs.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace mlp::compiler {
namespace {

constexpr std::int64_t kMicro = 1'000'000;
/// Largest factor of a line: times any count of tokens it stays within 64 bits.
constexpr std::int64_t kMostFactor = std::int64_t{1} << 30;

/// Millionths of a picodollar a token: ten million dollars a million tokens. Chains of 255 attempts
/// of 2^31 such tokens, times a million, stay within 127 bits.
constexpr Int128 kMostRate = Int128{10'000'000'000'000} * 1'000'000;

Int128 Gcd(Int128 a, Int128 b) {
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/// Any two lines of two versions are compared.
constexpr CourseLimits kComparable{.lines = 64, .comparisons = 1'000'000};

bool SameLines(const std::vector<CostLine>& a, const std::vector<CostLine>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const CostLine& x, const CostLine& y) {
                      return x.input == y.input && x.output == y.output && x.constant == y.constant;
                    });
}

CallCost CallCostOf(const OfferBook& offers, const HeldOffer& held,
                    const std::vector<std::uint32_t>& rows, const TokenRange& box) {
  CallCost cost;
  for (const std::uint32_t row : rows) {
    cost.attempts.push_back(
        AttemptLines(offers.sheet(held.priced->costs[row]), box, held.offer->output_cap));
  }
  cost.count = {held.offer->retries, held.offer->attempts};
  if (held.offer->call_bound_pico != kUnlimited) {
    cost.bound = CostLine{0, 0, Int128{held.offer->call_bound_pico} * kMicro};
  }
  return cost;
}

}  // namespace

std::vector<CostLine> AttemptLines(const CostSheet& sheet, const TokenRange& box,
                                   std::int64_t output_cap) {
  const auto tier = std::find_if(sheet.tiers.begin(), sheet.tiers.end(), [&](const PriceTier& one) {
    return one.min_prompt <= box.first_input && box.first_input <= one.max_prompt;
  });
  std::vector<CostLine> lines;
  if (tier == sheet.tiers.end()) return lines;
  for (const PriceLine& price : tier->lines) {
    if (price.input < 0 || price.output < 0) return {};
    CostLine line;
    line.input = std::min(Int128{price.input} * sheet.price_micro, kMostRate);
    const Int128 output = std::min(Int128{price.output} * sheet.price_micro, kMostRate);
    if (box.first_output >= output_cap) {
      line.constant = output * output_cap;
    } else {
      line.output = output;
    }
    lines.push_back(line);
  }
  return lines;
}

std::optional<Guard> NotAbove(const CostLine& after, const CostLine& before,
                              std::int64_t tolerance_micro) {
  const auto over = [&](Int128 a, Int128 b) { return a * kMicro - b * (kMicro + tolerance_micro); };
  Int128 a = over(after.input, before.input);
  Int128 b = over(after.output, before.output);
  Int128 c = -over(after.constant, before.constant);
  if (a <= 0 && b <= 0 && c >= 0) return std::nullopt;
  const Int128 common = Gcd(Magnitude(a), Magnitude(b));
  if (common != 0) {
    a /= common;
    b /= common;
    c = FloorDivide(c, common);
  }
  while (Magnitude(a) > kMostFactor || Magnitude(b) > kMostFactor) {
    a /= 2;
    b /= 2;
    c = FloorDivide(c, 2);
  }
  // Of two that are not negative only nothing keeps a bound of 0.
  if (a >= 0 && b >= 0 && c == 0) {
    a = a > 0 ? 1 : 0;
    b = b > 0 ? 1 : 0;
  }
  constexpr Int128 kMost = std::numeric_limits<std::int64_t>::max() / 2;
  c = std::clamp(c, -kMost, kMost);
  return Guard{static_cast<std::int64_t>(a), static_cast<std::int64_t>(b),
               static_cast<std::int64_t>(c)};
}

Int128 CallCost::At(const TokenPoint& point) const {
  const Int128 worst = WorstCourseAt(attempts, count, point);
  return bound ? std::min(worst, bound->constant) : worst;
}

CourseLines CallCost::Courses() const { return WorstCourses(attempts, count, kComparable); }

CallCosts CallCostsOf(const OfferBook& offers, const HeldOffer& before, const HeldOffer& after,
                      const ComparedLists& lists, const TokenRange& box) {
  CallCosts costs{CallCostOf(offers, before, lists.before, box),
                  CallCostOf(offers, after, lists.after, box),
                  {}};
  const bool equal_lists =
      std::equal(lists.before.begin(), lists.before.end(), lists.after.begin(), lists.after.end(),
                 [&](std::uint32_t x, std::uint32_t y) {
                   return before.offer->rows[x].identity == after.offer->rows[y].identity;
                 });
  for (std::size_t i = 0; equal_lists && i < lists.before.size(); ++i) {
    auto& was = costs.before.attempts[i];
    auto& is = costs.after.attempts[i];
    if (was.empty() || is.empty()) {
      was.clear();
      is.clear();
    } else if (!SameLines(was, is)) {
      costs.differ.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return costs;
}

bool AnyAttemptMayRise(const CallCost& before, const CallCost& after) {
  for (std::size_t i = 0; i < after.attempts.size(); ++i) {
    for (const CostLine& dear : after.attempts[i]) {
      const auto& was = before.attempts[i];
      const bool dominated = std::any_of(was.begin(), was.end(), [&](const CostLine& line) {
        return line.input >= dear.input && line.output >= dear.output &&
               line.constant >= dear.constant;
      });
      if (!dominated) return true;
    }
  }
  return false;
}

}  // namespace mlp::compiler
