#include "compiler/diagram/guards.hpp"

#include <algorithm>

#include "runtime/core/wide.hpp"

namespace mlp::compiler {
namespace {

__extension__ using Int128 = __int128;

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
std::int64_t CeilDivide(std::int64_t a, std::int64_t b) { return -FloorDivide(-a, b); }

Int128 Value(std::int64_t a, std::int64_t b, std::int64_t input, std::int64_t output) {
  return Int128{a} * input + Int128{b} * output;
}

bool Parallel(const Guard& x, const Guard& y) { return x.a == y.a && x.b == y.b; }

}  // namespace

TokenBox TokenBoxOf(const PolicyModel& model, const RouteModel& route) {
  TokenBox box;
  if (model.input != kNoIndex) box.max_input = model.attributes[model.input].size - 1;
  if (model.output != kNoIndex) {
    box.max_output =
        std::min<std::int64_t>(model.attributes[model.output].size - 1, route.output_cap);
  }
  return box;
}

void GuardSet::Add(std::int64_t a, std::int64_t b, std::int64_t c) {
  const Int128 most = Value(std::max<std::int64_t>(a, 0), std::max<std::int64_t>(b, 0),
                            box_.max_input, box_.max_output);
  if (most <= c) return;
  const Int128 least = Value(std::min<std::int64_t>(a, 0), std::min<std::int64_t>(b, 0),
                             box_.max_input, box_.max_output);
  if (least > c) impossible_ = true;
  // Prices so large that a request passes 2^62 picodollars: coarser, on the safe side.
  constexpr Int128 kMost = Int128{1} << 62;
  for (Int128 rest = most; rest > kMost; rest /= 2) {
    a = CeilDivide(a, 2);
    b = CeilDivide(b, 2);
    c = FloorDivide(c, 2);
  }
  for (Guard& guard : guards_) {
    if (Parallel(guard, {a, b, c})) {
      guard.c = std::min(guard.c, c);
      return;
    }
  }
  guards_.push_back({a, b, c});
}

bool GuardSet::possible() const {
  if (impossible_) return false;
  std::int64_t first_input = 0;
  std::int64_t last_input = box_.max_input;
  std::int64_t first_output = 0;
  std::int64_t last_output = box_.max_output;
  for (const Guard& guard : guards_) {
    if (guard.a > 0 && guard.b >= 0) {
      last_input = std::min(last_input, FloorDivide(guard.c, guard.a));
    }
    if (guard.b > 0 && guard.a >= 0) {
      last_output = std::min(last_output, FloorDivide(guard.c, guard.b));
    }
    if (guard.a < 0 && guard.b == 0) {
      first_input = std::max(first_input, CeilDivide(-guard.c, -guard.a));
    }
    if (guard.b < 0 && guard.a == 0) {
      first_output = std::max(first_output, CeilDivide(-guard.c, -guard.b));
    }
  }
  if (first_input > last_input || first_output > last_output) return false;
  return std::all_of(guards_.begin(), guards_.end(), [&](const Guard& guard) {
    return guard.a < 0 || guard.b < 0 || Holds(guard, first_input, first_output);
  });
}

bool Implies(const std::vector<Guard>& narrow, const std::vector<Guard>& wide) {
  return std::all_of(wide.begin(), wide.end(), [&](const Guard& bound) {
    return std::any_of(narrow.begin(), narrow.end(), [&](const Guard& other) {
      return Parallel(bound, other) && other.c <= bound.c;
    });
  });
}

bool Holds(const Guard& guard, std::int64_t input, std::int64_t output) {
  return Value(guard.a, guard.b, input, output) <= guard.c;
}

}  // namespace mlp::compiler
