#include "compiler/diagram/token_point.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

#include "compiler/diagram/guards.hpp"

namespace mlp::compiler {
namespace {

__extension__ using Int128 = __int128;

Int128 FloorDivide(Int128 a, Int128 b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
Int128 CeilDivide(Int128 a, Int128 b) { return -FloorDivide(-a, b); }

/// Values of one integer variable.
struct Values {
  Int128 first;
  Int128 last;
  /// factor * x <= most.
  void Bound(Int128 factor, Int128 most) {
    if (factor > 0) {
      last = std::min(last, FloorDivide(most, factor));
    } else if (factor < 0) {
      first = std::max(first, CeilDivide(-most, -factor));
    } else if (most < 0) {
      last = first - 1;
    }
  }
};

Int128 Least(std::int64_t factor, std::int64_t first, std::int64_t last) {
  return Int128{factor} * (factor > 0 ? first : last);
}

bool Keeps(const TokenRange& box, std::span<const Guard> lines, std::int64_t input,
           std::int64_t output) {
  return box.first_input <= input && input <= box.last_input && box.first_output <= output &&
         output <= box.last_output &&
         std::all_of(lines.begin(), lines.end(),
                     [&](const Guard& line) { return Holds(line, input, output); });
}

struct Vertex {
  double x;
  double y;
};

/// A polygon that holds every real point of the box that keeps the lines, and little more: each
/// line is moved out by more than the arithmetic may err.
std::vector<Vertex> OuterPolygon(const TokenRange& box, std::span<const Guard> lines) {
  const auto left = static_cast<double>(box.first_input);
  const auto right = static_cast<double>(box.last_input);
  const auto bottom = static_cast<double>(box.first_output);
  const auto top = static_cast<double>(box.last_output);
  const double extent =
      std::max({std::abs(left), std::abs(right), std::abs(bottom), std::abs(top)});
  const double slack = 1e-6 + extent * 1e-13;
  std::vector<Vertex> polygon{{left - slack, bottom - slack},
                              {right + slack, bottom - slack},
                              {right + slack, top + slack},
                              {left - slack, top + slack}};
  std::vector<Vertex> clipped;
  for (const Guard& line : lines) {
    const auto a = static_cast<double>(line.a);
    const auto b = static_cast<double>(line.b);
    const double size = std::max(std::abs(a), std::abs(b));
    if (size == 0) continue;
    const auto beyond = [&](const Vertex& vertex) {
      return a / size * vertex.x + b / size * vertex.y - static_cast<double>(line.c) / size - slack;
    };
    clipped.clear();
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Vertex& from = polygon[i];
      const Vertex& to = polygon[(i + 1) % polygon.size()];
      const double from_beyond = beyond(from);
      const double to_beyond = beyond(to);
      if (from_beyond <= 0) clipped.push_back(from);
      if ((from_beyond <= 0) != (to_beyond <= 0)) {
        const double part = from_beyond / (from_beyond - to_beyond);
        clipped.push_back({from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)});
      }
    }
    std::swap(polygon, clipped);
    if (polygon.empty()) break;
  }
  return polygon;
}

/// u * input + v * output; u and v without a common factor.
struct Direction {
  std::int64_t u;
  std::int64_t v;
};

struct Extent {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  [[nodiscard]] double width() const { return most - least; }
};

Extent ExtentAlong(const std::vector<Vertex>& polygon, Direction direction) {
  Extent extent;
  for (const Vertex& vertex : polygon) {
    const double value =
        static_cast<double>(direction.u) * vertex.x + static_cast<double>(direction.v) * vertex.y;
    extent.least = std::min(extent.least, value);
    extent.most = std::max(extent.most, value);
  }
  return extent;
}

/// A direction along which the polygon is about as narrow as along any: Gauss' reduction of the
/// lattice under the polygon's width as the norm (Kaib and Schnorr, "The generalized Gauss
/// reduction algorithm", 1996). Narrower than one is narrow enough.
Direction NarrowDirection(const std::vector<Vertex>& polygon) {
  Direction best{1, 0};
  Direction other{0, 1};
  double best_width = ExtentAlong(polygon, best).width();
  double other_width = ExtentAlong(polygon, other).width();
  if (other_width < best_width) {
    std::swap(best, other);
    std::swap(best_width, other_width);
  }
  for (int round = 0; round < 100 && best_width >= 1; ++round) {
    const auto shifted = [&](std::int64_t times) {
      return Direction{other.u + times * best.u, other.v + times * best.v};
    };
    const auto width = [&](std::int64_t times) {
      return ExtentAlong(polygon, shifted(times)).width();
    };
    // The width is convex in the times: steps that double until it rises, then halve.
    std::int64_t times = 0;
    double least = other_width;
    const std::int64_t sign = width(1) < width(-1) ? 1 : -1;
    std::int64_t step = 1;
    const std::int64_t farthest = (std::int64_t{1} << 60) / (std::abs(best.u) + std::abs(best.v));
    while (step < farthest && width(times + sign * step) < least) {
      times += sign * step;
      least = width(times);
      step *= 2;
    }
    for (; step >= 1; step /= 2) {
      for (const std::int64_t next : {times - step, times + step}) {
        if (width(next) >= least) continue;
        times = next;
        least = width(next);
      }
    }
    other = shifted(times);
    other_width = least;
    if (other_width >= best_width) break;
    std::swap(best, other);
    std::swap(best_width, other_width);
  }
  return best;
}

/// x and y of u * x + v * y = gcd(u, v) = 1.
std::pair<std::int64_t, std::int64_t> Bezout(std::int64_t u, std::int64_t v) {
  std::int64_t x = 1;
  std::int64_t y = 0;
  std::int64_t next_x = 0;
  std::int64_t next_y = 1;
  while (v != 0) {
    const std::int64_t quotient = u / v;
    u = std::exchange(v, u - quotient * v);
    x = std::exchange(next_x, x - quotient * next_x);
    y = std::exchange(next_y, y - quotient * next_y);
  }
  return u < 0 ? std::pair(-x, -y) : std::pair(x, y);
}

/// The point with the fewest tokens on the line where direction is `level`; exact.
std::optional<TokenPoint> PointOnLevel(const TokenRange& box, std::span<const Guard> lines,
                                       Direction direction, Int128 level) {
  const auto [u, v] = direction;
  const auto [x, y] = Bezout(u, v);
  // All points of the level: (x0 + v t, y0 - u t), (x0, y0) moved near the box to keep products in
  // range.
  Int128 x0 = level * x;
  Int128 y0 = level * y;
  const Int128 nearer =
      v != 0 ? FloorDivide(box.first_input - x0, v) : FloorDivide(y0 - box.first_output, u);
  x0 += v * nearer;
  y0 -= u * nearer;
  constexpr Int128 kFar = Int128{1} << 62;
  Values t{-kFar, kFar};
  t.Bound(v, box.last_input - x0);
  t.Bound(-v, x0 - box.first_input);
  t.Bound(-u, box.last_output - y0);
  t.Bound(u, y0 - box.first_output);
  for (const Guard& line : lines) {
    t.Bound(Int128{line.a} * v - Int128{line.b} * u, line.c - line.a * x0 - line.b * y0);
  }
  if (t.first > t.last) return std::nullopt;
  const Int128 at = v > u ? t.first : t.last;
  return TokenPoint{static_cast<std::int64_t>(x0 + v * at), static_cast<std::int64_t>(y0 - u * at)};
}

}  // namespace

TokenRange Tighten(TokenRange box, std::span<const Guard> lines) {
  for (int round = 0; round < 8 && !box.empty(); ++round) {
    const TokenRange before = box;
    for (const Guard& line : lines) {
      if (box.empty()) return box;
      Values input{box.first_input, box.last_input};
      input.Bound(line.a, line.c - Least(line.b, box.first_output, box.last_output));
      Values output{box.first_output, box.last_output};
      output.Bound(line.b, line.c - Least(line.a, box.first_input, box.last_input));
      if (input.first > input.last || output.first > output.last) {
        return {box.first_input, box.first_input - 1, box.first_output, box.last_output};
      }
      box = {static_cast<std::int64_t>(input.first), static_cast<std::int64_t>(input.last),
             static_cast<std::int64_t>(output.first), static_cast<std::int64_t>(output.last)};
    }
    if (box == before) break;
  }
  return box;
}

std::optional<TokenPoint> FindTokenPoint(const TokenRange& box, std::span<const Guard> lines) {
  const TokenRange tight = Tighten(box, lines);
  if (tight.empty()) return std::nullopt;
  if (Keeps(tight, lines, tight.first_input, tight.first_output)) {
    return TokenPoint{tight.first_input, tight.first_output};
  }
  const std::vector<Vertex> polygon = OuterPolygon(tight, lines);
  if (polygon.empty()) return std::nullopt;
  std::optional<TokenPoint> found;
  for (const Vertex& vertex : polygon) {
    for (const double x : {std::floor(vertex.x), std::ceil(vertex.x)}) {
      for (const double y : {std::floor(vertex.y), std::ceil(vertex.y)}) {
        const TokenPoint point{static_cast<std::int64_t>(x), static_cast<std::int64_t>(y)};
        if (found && found->input + found->output <= point.input + point.output) continue;
        if (Keeps(tight, lines, point.input, point.output)) found = point;
      }
    }
  }
  if (found) return found;
  // What has no integer point is narrow along some direction (less than 1 + 2/sqrt(3), Hurkens
  // 1990), so few levels are looked at; the middle ones, being the longest, first.
  const Direction direction = NarrowDirection(polygon);
  const Extent extent = ExtentAlong(polygon, direction);
  const double margin =
      1e-6 * static_cast<double>(1 + std::abs(direction.u) + std::abs(direction.v));
  const auto first = static_cast<std::int64_t>(std::ceil(extent.least - margin));
  const auto last = static_cast<std::int64_t>(std::floor(extent.most + margin));
  const std::int64_t middle = first + (last - first) / 2;
  for (std::int64_t away = 0; away <= last - first; ++away) {
    for (const std::int64_t level : {middle + away, middle - away}) {
      if (level < first || level > last || (away == 0 && level != middle)) continue;
      if (const auto point = PointOnLevel(tight, lines, direction, level)) return point;
      if (away == 0) break;
    }
  }
  return std::nullopt;
}

std::optional<TokenPoint> LeastTokenPoint(const TokenRange& box, std::span<const Guard> lines) {
  std::optional<TokenPoint> best = FindTokenPoint(box, lines);
  if (!best) return best;
  std::vector<Guard> bounded(lines.begin(), lines.end());
  bounded.push_back({1, 1, 0});
  std::int64_t first = box.first_input + box.first_output;
  while (first < best->input + best->output) {
    const std::int64_t last = best->input + best->output;
    bounded.back().c = first + (last - first) / 2;
    if (const auto point = FindTokenPoint(box, bounded)) {
      best = point;
    } else {
      first = bounded.back().c + 1;
    }
  }
  bounded.back().c = first;
  TokenRange narrower = box;
  narrower.last_input = best->input;
  while (narrower.first_input < narrower.last_input) {
    TokenRange half = narrower;
    half.last_input = half.first_input + (half.last_input - half.first_input) / 2;
    if (const auto point = FindTokenPoint(half, bounded)) {
      best = point;
      narrower.last_input = point->input;
    } else {
      narrower.first_input = half.last_input + 1;
    }
  }
  return best;
}

}  // namespace mlp::compiler
