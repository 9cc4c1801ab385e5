#include "compiler/prove/call_lines.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "compiler/diagram/course_lines.hpp"
#include "compiler/diagram/price_lines.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostParts = 256;
constexpr std::int64_t kMicro = 1'000'000;

class Parts {
 public:
  Parts(const PolicyModel& model, const RowPlace& place,
        std::span<const CandidateEntry* const> rows, const ChainLimits& limits)
      : model_(model), route_(model.routes[place.route]), rows_(rows), limits_(limits) {
    for (const CandidateEntry* row : rows) {
      tiers_.push_back(
          PriceTiers(model, model.candidates[row->candidate], route_.caches_prompts, place.at_s));
    }
  }

  std::optional<std::vector<CallPart>> Cut(const TokenRange& box) {
    std::set<std::int64_t> inputs{box.first_input};
    std::set<std::int64_t> outputs{box.first_output};
    const auto cut = [](std::set<std::int64_t>& at, std::int64_t begin, std::int64_t last) {
      if (*at.begin() < begin && begin <= last) at.insert(begin);
    };
    if (route_.output_cap < kUnlimited) cut(outputs, route_.output_cap + 1, box.last_output);
    for (const auto& tiers : tiers_) {
      for (const PriceTier& tier : tiers) {
        cut(inputs, tier.min_prompt, box.last_input);
        for (const PriceLine& line : tier.lines) {
          // Without a price nothing may be asked.
          if (line.input < 0) cut(inputs, 1, box.last_input);
          if (line.output < 0) cut(outputs, 1, box.last_output);
        }
      }
    }
    if (inputs.size() * outputs.size() > kMostParts) return std::nullopt;
    std::vector<CallPart> parts;
    for (auto input = inputs.begin(); input != inputs.end(); ++input) {
      for (auto output = outputs.begin(); output != outputs.end(); ++output) {
        CallPart part;
        const auto end = [](const auto& all, auto at, std::int64_t last) {
          return ++at == all.end() ? last : *at - 1;
        };
        part.box = {*input, end(inputs, input, box.last_input), *output,
                    end(outputs, output, box.last_output)};
        if (!Fill(part)) return std::nullopt;
        parts.push_back(std::move(part));
      }
    }
    return parts;
  }

 private:
  bool Fill(CallPart& part) const {
    std::vector<std::vector<CostLine>> attempts;
    const std::size_t tried = std::min<std::size_t>(rows_.size(), limits_.attempts);
    for (std::size_t i = 0; i < tried; ++i) {
      std::vector<CostLine> lines = Lines(i, part.box);
      if (lines.empty()) {
        // Under a bound of the call what has no price is not tried.
        if (limits_.cost_pico == kUnlimited) part.priced = false;
        lines.push_back({});
      }
      attempts.push_back(std::move(lines));
    }
    part.bound_pico = limits_.cost_pico;
    CourseLines courses = WorstCourses(attempts, {limits_.retries, limits_.attempts});
    part.lines = std::move(courses.lines);
    return courses.complete;
  }

  /// Of one attempt; none where a price is missing.
  [[nodiscard]] std::vector<CostLine> Lines(std::size_t row, const TokenRange& box) const {
    const Int128 factor = PriceFactor(model_, *rows_[row]);
    std::vector<CostLine> lines;
    for (const PriceTier& tier : tiers_[row]) {
      if (box.first_input < tier.min_prompt || tier.max_prompt < box.first_input) continue;
      for (const PriceLine& price : tier.lines) {
        if ((price.input < 0 && box.last_input > 0) || (price.output < 0 && box.last_output > 0)) {
          return {};
        }
        CostLine line;
        line.input = Int128{std::max<std::int64_t>(price.input, 0)} * factor;
        const Int128 output = Int128{std::max<std::int64_t>(price.output, 0)} * factor;
        if (box.first_output > route_.output_cap) {
          line.constant = output * route_.output_cap;
        } else {
          line.output = output;
        }
        KeepDearest(lines, line);
      }
    }
    return lines;
  }

  const PolicyModel& model_;
  const RouteModel& route_;
  std::span<const CandidateEntry* const> rows_;
  const ChainLimits& limits_;
  std::vector<std::vector<PriceTier>> tiers_;
};

}  // namespace

std::optional<std::vector<Guard>> CallPart::AtMost(std::int64_t bound) const {
  std::vector<Guard> guards;
  if (bound >= bound_pico) return guards;
  for (const CostLine& line : lines) {
    Int128 a = line.input;
    Int128 b = line.output;
    Int128 c = Int128{bound} * kMicro - line.constant;
    constexpr Int128 kMost = Int128{1} << 60;
    if (Magnitude(a) > kMost || Magnitude(b) > kMost) return std::nullopt;
    const Int128 common = std::max<std::int64_t>(
        std::gcd(static_cast<std::int64_t>(a), static_cast<std::int64_t>(b)), 1);
    a /= common;
    b /= common;
    c = FloorDivide(c, common);
    c = std::clamp(c, -kMost, kMost);
    guards.push_back(
        {static_cast<std::int64_t>(a), static_cast<std::int64_t>(b), static_cast<std::int64_t>(c)});
  }
  return guards;
}

std::optional<std::vector<CallPart>> CallParts(const PolicyModel& model, const RowPlace& place,
                                               std::span<const CandidateEntry* const> rows,
                                               const TokenRange& box, const ChainLimits& limits) {
  return Parts(model, place, rows, limits).Cut(box);
}

}  // namespace mlp::compiler
