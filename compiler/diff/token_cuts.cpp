#include "compiler/diff/token_cuts.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "compiler/diagram/cost_lines.hpp"

namespace mlp::compiler {
namespace {

/// The least and the most of a * input + b * output in the box.
std::pair<Int128, Int128> Ends(const Guard& guard, const TokenRange& box) {
  const auto ends = [](std::int64_t factor, std::int64_t first, std::int64_t last) {
    const Int128 a = Int128{factor} * first;
    const Int128 b = Int128{factor} * last;
    return std::pair(std::min(a, b), std::max(a, b));
  };
  const auto [least_a, most_a] = ends(guard.a, box.first_input, box.last_input);
  const auto [least_b, most_b] = ends(guard.b, box.first_output, box.last_output);
  return {least_a + least_b, most_a + most_b};
}

Guard Reduced(const Guard& guard) {
  const std::int64_t common = std::gcd(guard.a, guard.b);
  if (common <= 1) return guard;
  const std::int64_t rest = guard.c % common;
  return {guard.a / common, guard.b / common, guard.c / common - (rest < 0 ? 1 : 0)};
}

}  // namespace

std::tuple<std::int64_t, std::int64_t, std::int64_t> KeyOf(const Guard& guard) {
  return {guard.a, guard.b, guard.c};
}

std::vector<Guard> Telling(const std::vector<Guard>& guards, const TokenRange& box) {
  std::vector<Guard> telling;
  for (const Guard& guard : guards) {
    const Guard reduced = Reduced(guard);
    const auto [least, most] = Ends(reduced, box);
    if (least <= reduced.c && reduced.c < most) telling.push_back(reduced);
  }
  std::sort(telling.begin(), telling.end(), [](const Guard& a, const Guard& b) {
    const auto kind = [](const Guard& g) { return g.b == 0 ? 0 : g.a == 0 ? 1 : 2; };
    return std::tuple(kind(a), KeyOf(a)) < std::tuple(kind(b), KeyOf(b));
  });
  telling.erase(std::unique(telling.begin(), telling.end(),
                            [](const Guard& a, const Guard& b) { return KeyOf(a) == KeyOf(b); }),
                telling.end());
  return telling;
}

TokenCuts::TokenCuts(const PolicyModel& request, const AxisOrder& axes, Mdd& mdd,
                     std::uint32_t first_line, std::uint64_t steps)
    : mdd_(mdd),
      first_line_(first_line),
      most_steps_(steps),
      input_axis_(request.input == kNoIndex ? kNoIndex : axes.Find(request.input)),
      output_axis_(request.output == kNoIndex ? kNoIndex : axes.Find(request.output)) {}

Ref TokenCuts::Cut(const CutCell& cell, const std::vector<Guard>& guards, const AtCell& leaf) {
  return CutFrom(cell, guards, 0, leaf);
}

Ref TokenCuts::CutFrom(const CutCell& cell, const std::vector<Guard>& guards, std::size_t at,
                       const AtCell& leaf) {
  if (mdd_.over_budget()) return kOverBudget;
  if (at == guards.size()) {
    const std::optional<TokenPoint> point = Point(cell.box, cell.lines);
    return point ? leaf(cell, *point) : kFalse;
  }
  const Guard& guard = guards[at];
  const Guard complement = Complement(guard);
  CutCell in = cell;
  CutCell out = cell;
  if (guard.a == 0 || guard.b == 0) {
    in.box = Tighten(cell.box, {&guard, 1});
    out.box = Tighten(cell.box, {&complement, 1});
  } else {
    in.lines.push_back(guard);
    out.lines.push_back(complement);
  }
  // A line is asked only where points lie on both sides.
  if (in.box.empty() || !Point(in.box, in.lines)) return CutFrom(cell, guards, at + 1, leaf);
  if (out.box.empty() || !Point(out.box, out.lines)) return CutFrom(cell, guards, at + 1, leaf);
  const Ref then = CutFrom(in, guards, at + 1, leaf);
  const Ref otherwise = CutFrom(out, guards, at + 1, leaf);
  if (then == otherwise) return then;
  if (guard.b == 0) {
    return Either(InputWithin(in.box.first_input, in.box.last_input), then, otherwise);
  }
  if (guard.a == 0) {
    return Either(OutputWithin(in.box.first_output, in.box.last_output), then, otherwise);
  }
  return Either(LineDiagram(guard), then, otherwise);
}

/// In halves.
Ref TokenCuts::Merge(std::vector<Ref> parts) {
  if (parts.empty()) return kFalse;
  while (parts.size() > 1) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parts.size(); i += 2) {
      parts[kept++] = i + 1 < parts.size() ? mdd_.FirstMatch(parts[i], parts[i + 1]) : parts[i];
    }
    parts.resize(kept);
  }
  return parts.front();
}

Ref TokenCuts::Either(Ref condition, Ref then, Ref otherwise) {
  if (then == otherwise) return then;
  return mdd_.FirstMatch(mdd_.Gate(condition, then), mdd_.Gate(mdd_.Not(condition), otherwise));
}

Ref TokenCuts::InputWithin(std::int64_t first, std::int64_t last) {
  return mdd_.Interval(input_axis_, first, last);
}

Ref TokenCuts::OutputWithin(std::int64_t first, std::int64_t last) {
  return mdd_.Interval(output_axis_, first, last);
}

Ref TokenCuts::LineDiagram(Guard guard) {
  std::int32_t code = 1;
  if (guard.a < 0 || (guard.a == 0 && guard.b < 0)) {
    guard = Complement(guard);
    code = 0;
  }
  const auto [at, added] =
      line_numbers_.emplace(KeyOf(guard), static_cast<std::uint32_t>(lines_.size()));
  if (added) {
    if (lines_.size() == kMostLines) return kOverBudget;
    lines_.push_back(guard);
  }
  return mdd_.Interval(first_line_ + at->second, code, code);
}

std::optional<TokenPoint> TokenCuts::Point(const TokenRange& box, const std::vector<Guard>& lines) {
  Take(1);
  return FindTokenPoint(box, lines);
}

void TokenCuts::Take(std::uint64_t steps) {
  steps_ += steps;
  if (steps_ >= most_steps_) mdd_.SetBudget({0, 0});
}

}  // namespace mlp::compiler
