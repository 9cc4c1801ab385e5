#include "compiler/diff/chain_lines.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostLines = 64;
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

/// All ways to spread the spare attempts over the candidates.
class Chains {
 public:
  Chains(const std::vector<std::vector<CostLine>>& attempts, std::uint32_t retries)
      : attempts_(attempts), retries_(retries) {}

  void Walk(std::size_t at, std::uint32_t spare, const std::vector<CostLine>& so_far) {
    if (at == attempts_.size()) {
      for (const CostLine& line : so_far) KeepDearest(found, line);
      return;
    }
    // What later candidates cannot take falls to this one: spare attempts are never left over
    // while they make the chain dearer.
    const auto later = static_cast<std::uint64_t>(attempts_.size() - at - 1) * retries_;
    const std::uint32_t most = std::min(retries_, spare);
    const std::uint32_t least =
        spare > later ? std::min<std::uint32_t>(most, spare - static_cast<std::uint32_t>(later))
                      : 0;
    for (std::uint32_t own = least; own <= most; ++own) {
      std::vector<CostLine> sums;
      for (const CostLine& line : so_far) {
        if (attempts_[at].empty()) KeepDearest(sums, line);
        for (const CostLine& attempt : attempts_[at]) {
          if (sums.size() < kMostLines)
            KeepDearest(sums, AddTimes(line, attempt, 1 + std::int64_t{own}));
        }
      }
      Walk(at + 1, spare - own, sums);
    }
  }

  std::vector<CostLine> found;

 private:
  const std::vector<std::vector<CostLine>>& attempts_;
  std::uint32_t retries_;
};

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

std::vector<CostLine> ChainLines(const std::vector<std::vector<CostLine>>& attempts,
                                 std::uint32_t retries, std::uint32_t most_attempts) {
  std::vector<std::vector<CostLine>> tried(
      attempts.begin(), attempts.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                               attempts.size(), most_attempts)));
  const std::uint32_t spare = attempts.size() > most_attempts
                                  ? 0
                                  : most_attempts - static_cast<std::uint32_t>(tried.size());
  Chains chains(tried, retries);
  chains.Walk(0, spare, {CostLine{}});
  return std::move(chains.found);
}

Int128 CostAt(std::span<const CostLine> lines, const TokenPoint& point) {
  Int128 most = 0;
  for (const CostLine& line : lines) most = std::max(most, line.At(point.input, point.output));
  return most;
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

}  // namespace mlp::compiler
