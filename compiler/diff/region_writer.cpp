#include "compiler/diff/region_writer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/model/arms.hpp"

namespace mlp::compiler {
namespace {

using Intervals = std::vector<DiagramTerm::Interval>;

/// A request that looks like one, where there is nothing else to choose by.
constexpr TokenPoint kUsualTokens{1'000, 500};
constexpr std::size_t kFewIntervals = 8;
constexpr std::size_t kMostVariants = 64;

bool Has(const Intervals& intervals, std::int64_t code) {
  return std::any_of(intervals.begin(), intervals.end(),
                     [&](const auto& one) { return one.first <= code && code <= one.last; });
}

bool Keeps(const TokenPoint& point, const TokenRange& box, const std::vector<Guard>& lines) {
  if (point.input < box.first_input || box.last_input < point.input ||
      point.output < box.first_output || box.last_output < point.output) {
    return false;
  }
  return std::all_of(lines.begin(), lines.end(), [&](const Guard& line) {
    return Int128{line.a} * point.input + Int128{line.b} * point.output <= line.c;
  });
}

/// Points of the box between the lines, the most usual one first: where a share of two costs is
/// largest lies one of them, since it is largest at a corner.
std::vector<TokenPoint> TokenPoints(const TokenRange& box, const std::vector<Guard>& lines) {
  const auto least = LeastTokenPoint(box, lines);
  if (!least) return {};
  std::vector<TokenPoint> tried{
      {std::clamp(kUsualTokens.input, box.first_input, box.last_input),
       std::clamp(kUsualTokens.output, box.first_output, box.last_output)},
      *least};
  for (const std::int64_t input : {box.first_input, box.last_input}) {
    for (const std::int64_t output : {box.first_output, box.last_output}) {
      tried.push_back({input, output});
    }
  }
  for (const Guard& line : lines) {
    for (const std::int64_t near : {0, -1, 1}) {
      for (const std::int64_t input : {box.first_input, box.last_input}) {
        if (line.b != 0) tried.push_back({input, (line.c - line.a * input) / line.b + near});
      }
      for (const std::int64_t output : {box.first_output, box.last_output}) {
        if (line.a != 0) tried.push_back({(line.c - line.b * output) / line.a + near, output});
      }
    }
  }
  std::vector<TokenPoint> points;
  std::copy_if(tried.begin(), tried.end(), std::back_inserter(points),
               [&](const TokenPoint& point) { return Keeps(point, box, lines); });
  return points;
}

std::string LineWords(const PolicyModel& request, const Guard& line, bool kept) {
  const auto name = [&](Index attribute) {
    return attribute == kNoIndex ? std::string("0") : request.attributes[attribute].name;
  };
  std::string text;
  const auto add = [&](std::int64_t factor, const std::string& word) {
    if (factor == 0) return;
    const std::int64_t size = factor < 0 ? -factor : factor;
    text += text.empty() ? (factor < 0 ? "-" : "") : (factor < 0 ? " - " : " + ");
    text += size == 1 ? word : fmt::format("{}*{}", size, word);
  };
  add(line.a, name(request.input));
  add(line.b, name(request.output));
  const std::string bound = line.c < 0 ? "-" + TokenWords(-line.c) : TokenWords(line.c);
  return fmt::format("{} {} {}", text, kept ? "<=" : ">", bound);
}

/// A request of one policy in its own words.
AttributeWords OwnWords(const PolicyModel& request, const AlignedPolicy& policy,
                        const Witness& witness) {
  AttributeWords words;
  for (const auto& [name, value] : witness) {
    const Index attribute = FindAttribute(request, name);
    if (attribute == kNoIndex || policy.names[attribute].empty()) continue;
    words.emplace_back(policy.names[attribute], value);
  }
  return words;
}

}  // namespace

RegionWriter::RegionWriter(const Comparison& comparison, const DiffSide& older,
                           const DiffSide& newer, bool slice_words)
    : comparison_(comparison), older_(older), newer_(newer), slice_words_(slice_words) {
  for (const DiagramAxis& axis : comparison.axes().axes) {
    switch (axis.kind) {
      case AxisKind::kText:
        usual_.push_back(TextClass(axis.cuts, "any"));
        break;
      case AxisKind::kMember:
        usual_.push_back(0);
        break;
      case AxisKind::kCode:
        usual_.push_back(std::max(comparison.request().attributes[axis.attribute].default_code, 0));
        break;
    }
  }
}

std::optional<DiffRegion> RegionWriter::Write(const Cube& cube) const {
  DiffRegion region;
  region.change = comparison_.changes()[cube.label];
  const auto point = Choose(cube, region.change, region.rise_micro);
  if (!point) return std::nullopt;
  region.when = When(cube);
  region.witness = WitnessAt(*point, region.change);
  region.older = Replay(*point, region.witness, true);
  region.newer = Replay(*point, region.witness, false);
  region.older_at = PlaceOf(region.older, older_);
  region.newer_at = PlaceOf(region.newer, newer_);
  return region;
}

/// A line that the others and the intervals of tokens imply need not be read.
void RegionWriter::DropImpliedLines(Cube& cube) const {
  const PolicyModel& request = comparison_.request();
  const AxisOrder& axes = comparison_.axes();
  const auto intervals = [&](Index attribute) {
    if (attribute == kNoIndex) return Intervals{{0, 0}};
    const Index axis = axes.Find(attribute);
    for (const DiagramTerm::Part& part : cube.parts) {
      if (part.axis == axis) return part.intervals;
    }
    return Intervals{{0, axes.axes[axis].size - 1}};
  };
  const Intervals inputs = intervals(request.input);
  const Intervals outputs = intervals(request.output);
  const auto kept = [&](const DiagramTerm::Part& part) {
    const Guard& line = comparison_.lines()[part.axis - comparison_.first_line()];
    return part.intervals.front().first == 1 ? line : Complement(line);
  };
  for (std::size_t i = cube.parts.size(); i-- > 0;) {
    if (cube.parts[i].axis < comparison_.first_line()) break;
    std::vector<Guard> lines{Complement(kept(cube.parts[i]))};
    for (std::size_t other = 0; other < cube.parts.size(); ++other) {
      if (other != i && cube.parts[other].axis >= comparison_.first_line()) {
        lines.push_back(kept(cube.parts[other]));
      }
    }
    const bool told = std::any_of(inputs.begin(), inputs.end(), [&](const auto& input) {
      return std::any_of(outputs.begin(), outputs.end(), [&](const auto& output) {
        return FindTokenPoint({input.first, input.last, output.first, output.last}, lines)
            .has_value();
      });
    });
    if (!told) cube.parts.erase(cube.parts.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

std::string RegionWriter::When(Cube cube) const {
  DropImpliedLines(cube);
  std::vector<DiagramTerm::Part> parts;
  std::vector<std::string> lines;
  std::string dates;
  for (const DiagramTerm::Part& part : cube.parts) {
    if (part.axis < comparison_.slice_axis()) {
      parts.push_back(part);
    } else if (part.axis == comparison_.slice_axis()) {
      dates = SliceWords(part);
    } else {
      lines.push_back(LineWords(comparison_.request(),
                                comparison_.lines()[part.axis - comparison_.first_line()],
                                part.intervals.front().first == 1));
    }
  }
  std::string text = parts.empty() && !lines.empty()
                         ? std::string()
                         : RegionWords(comparison_.request(), comparison_.axes(), parts);
  for (const std::string& line : lines) text += (text.empty() ? "" : " and ") + line;
  return text + dates;
}

std::string RegionWriter::SliceWords(const DiagramTerm::Part& part) const {
  if (!slice_words_) return {};
  const auto& slices = comparison_.slices();
  std::vector<std::string> words;
  for (const auto& [first, last] : part.intervals) {
    std::string text;
    if (first > 0) {
      text = "from " + FormatInstant(slices[static_cast<std::size_t>(first)].newer_s);
    }
    if (static_cast<std::size_t>(last) + 1 < slices.size()) {
      text += text.empty() ? "until " : " until ";
      text += FormatInstant(slices[static_cast<std::size_t>(last) + 1].newer_s);
    }
    words.push_back(text);
  }
  return fmt::format(", {}", fmt::join(words, " or "));
}

std::vector<RegionWriter::Point> RegionWriter::Points(const Cube& cube) const {
  const PolicyModel& request = comparison_.request();
  const AxisOrder& axes = comparison_.axes();
  const Index input = request.input == kNoIndex ? kNoIndex : axes.Find(request.input);
  const Index output = request.output == kNoIndex ? kNoIndex : axes.Find(request.output);
  const auto whole = [&](Index axis) {
    return Intervals{{0, axis == kNoIndex ? 0 : axes.axes[axis].size - 1}};
  };
  Point base{usual_, std::vector<bool>(usual_.size()), 0};
  base.codes.push_back(0);
  Intervals inputs = whole(input);
  Intervals outputs = whole(output);
  std::vector<Guard> lines;
  std::vector<std::pair<std::uint32_t, std::int32_t>> others;  // further codes of small axes
  for (const DiagramTerm::Part& part : cube.parts) {
    if (part.axis > comparison_.slice_axis()) {
      const Guard& line = comparison_.lines()[part.axis - comparison_.first_line()];
      lines.push_back(part.intervals.front().first == 1 ? line : Complement(line));
      continue;
    }
    if (part.axis == comparison_.slice_axis()) {
      base.slice = static_cast<std::uint32_t>(part.intervals.front().first);
      continue;
    }
    if (part.axis == input) inputs = part.intervals;
    if (part.axis == output) outputs = part.intervals;
    base.told[part.axis] = true;
    std::int32_t& code = base.codes[part.axis];
    const std::int32_t other = axes.axes[part.axis].kind == AxisKind::kText
                                   ? TextClass(axes.axes[part.axis].cuts, "other")
                                   : code;
    if (Has(part.intervals, other)) {
      code = other;
    } else if (!Has(part.intervals, code)) {
      code = part.intervals.front().first;
    }
    if (part.axis == input || part.axis == output) continue;
    for (const auto& [first, last] : part.intervals) {
      for (std::int32_t one = first; one <= last && others.size() < kMostVariants; ++one) {
        if (one != code) others.emplace_back(part.axis, one);
      }
    }
  }
  base.codes.back() = static_cast<std::int32_t>(base.slice);
  std::vector<Point> points;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      // Past a few, one point is enough: that there is none must be known of all.
      if ((i >= kFewIntervals || o >= kFewIntervals) && !points.empty()) break;
      const TokenRange box{inputs[i].first, inputs[i].last, outputs[o].first, outputs[o].last};
      for (const TokenPoint& tokens : TokenPoints(box, lines)) {
        Point point = base;
        if (input != kNoIndex) point.codes[input] = static_cast<std::int32_t>(tokens.input);
        if (output != kNoIndex) point.codes[output] = static_cast<std::int32_t>(tokens.output);
        points.push_back(std::move(point));
      }
    }
  }
  const std::size_t count = std::min(points.size(), kMostVariants);
  for (const auto& [axis, code] : others) {
    for (std::size_t i = 0; i < count && points.size() < kMostVariants * kMostVariants; ++i) {
      points.push_back(points[i]);
      points.back().codes[axis] = code;
    }
  }
  for (Point& point : points) {
    for (const Index axis : {input, output}) {
      if (axis != kNoIndex) point.told[axis] = true;
    }
  }
  return points;
}

std::optional<RegionWriter::Point> RegionWriter::Choose(const Cube& cube, const Change& change,
                                                        std::optional<std::int64_t>& rise) const {
  const std::vector<Point> points = Points(cube);
  if (points.empty()) return std::nullopt;
  const bool lowered = change.change == ChangeClass::kCostLowered;
  const bool dearer = std::any_of(
      change.breaking.begin(), change.breaking.end(),
      [](const std::string& why) { return why == "costs more" || why == "may cost more"; });
  if (!lowered && !dearer) return points.front();
  const Point* best = &points.front();
  for (const Point& point : points) {
    const auto here = RiseAt(point, change);
    if (!here || (rise && (lowered ? *here >= *rise : *here <= *rise))) continue;
    rise = here;
    best = &point;
  }
  return *best;
}

std::optional<std::int64_t> RegionWriter::RiseAt(const Point& point, const Change& change) const {
  const PolicyModel& request = comparison_.request();
  const AxisOrder& axes = comparison_.axes();
  std::uint64_t asks = 0;
  for (std::size_t i = 0; i < axes.axes.size(); ++i) {
    if (axes.axes[i].kind == AxisKind::kMember && axes.axes[i].attribute == request.asks &&
        point.codes[i] == 1) {
      asks |= axes.axes[i].member;
    }
  }
  const auto tokens = [&](Index attribute) -> std::int64_t {
    return attribute == kNoIndex ? 0 : point.codes[axes.Find(attribute)];
  };
  const TokenPoint at{tokens(request.input), tokens(request.output)};
  const OfferBook& offers = comparison_.offers();
  const SliceRefs& refs = comparison_.refs()[point.slice];
  const auto held_at = [&](Ref ref) {
    HeldOffer held{&offers.priced(comparison_.LabelAt(ref, point.codes)), nullptr, {}};
    held.offer = &offers.offer(held.priced->offer);
    const std::int64_t output = std::min(at.output, held.offer->output_cap);
    for (const OfferRow& row : held.offer->rows) {
      held.holds.push_back(
          (asks & ~row.capabilities) == 0 &&
          std::all_of(row.guards.begin(), row.guards.end(), [&](const Guard& guard) {
            return Int128{guard.a} * at.input + Int128{guard.b} * output <= guard.c;
          }));
    }
    return held;
  };
  const HeldOffer before = held_at(refs.older);
  const HeldOffer after = held_at(refs.newer);
  const auto candidates = [&](const HeldOffer& held) {
    std::vector<std::uint32_t> canary;
    for (const OfferRow& row : held.offer->rows) {
      if (row.rollout == kNoIndex) continue;
      if (std::find(change.canary.begin(), change.canary.end(), offers.text(row.rollout)) !=
          change.canary.end()) {
        canary.push_back(row.rollout);
      }
    }
    return CandidateRows(held, TriedRows(held, canary, false));
  };
  const ComparedLists lists{{}, candidates(before), candidates(after)};
  const CallCosts costs =
      CallCostsOf(offers, before, after, lists, {at.input, at.input, at.output, at.output});
  const Int128 was = costs.before.At(at);
  const Int128 is = costs.after.At(at);
  if (was <= 0) return std::nullopt;
  constexpr std::int64_t kMicro = 1'000'000;
  constexpr Int128 kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min((is - was) * kMicro / was, kMost));
}

Witness RegionWriter::WitnessAt(const Point& point, const Change& change) const {
  RequestPoint request;
  for (std::size_t i = 0; i < point.told.size(); ++i) {
    request.codes.push_back(point.told[i] ? point.codes[i] : kAnyCode);
  }
  Witness witness = WitnessOf(comparison_.request(), comparison_.axes(), request);
  witness.emplace_back("@date", FormatInstant(comparison_.slices()[point.slice].newer_s));
  std::vector<std::string> arms;
  for (const std::string& rollout : change.canary) arms.push_back(ArmWord(rollout));
  if (!arms.empty()) witness.emplace_back("@arm", fmt::format("{}", fmt::join(arms, ",")));
  if (change.cheapest_first) witness.emplace_back("@budget", BudgetFor(point));
  return witness;
}

/// A budget of either side that may ask for the cheapest first at the point, at that level.
std::string RegionWriter::BudgetFor(const Point& point) const {
  for (const AlignedPolicy* policy : {&comparison_.newer(), &comparison_.older()}) {
    for (const BudgetModel& budget : policy->model.budgets) {
      if (budget.prefer_cheapest_at_ppm != 0 &&
          comparison_.Holds(*policy, budget.when, point.codes)) {
        return fmt::format("{}:{}", budget.name, ShareWords(budget.prefer_cheapest_at_ppm));
      }
    }
  }
  return {};
}

Explanation RegionWriter::Replay(const Point& point, const Witness& witness, bool older) const {
  const DiffSide& side = older ? older_ : newer_;
  const AlignedPolicy& policy = older ? comparison_.older() : comparison_.newer();
  const Side& diagrams = older ? comparison_.older_side() : comparison_.newer_side();
  const Slice& slice = comparison_.slices()[point.slice];
  Circumstances circumstances;
  circumstances.at_s = older ? slice.older_s : slice.newer_s;
  AttributeWords ignored;
  for (const auto& [name, value] : witness) {
    if (name == "@arm" || name == "@budget") {
      (void)ReadWord(fmt::format("{}={}", name, value), ignored, circumstances);
    }
  }
  // The other version may not know a rollout or a budget: then its arm is the only one.
  std::erase_if(circumstances.canary, [&](const std::string& rollout) {
    return FindArm(side.model, rollout) == kNoIndex;
  });
  std::erase_if(circumstances.budgets, [&](const Circumstances::BudgetLevel& level) {
    return std::none_of(side.model.budgets.begin(), side.model.budgets.end(),
                        [&](const BudgetModel& budget) { return budget.name == level.budget; });
  });
  Explanation outside;
  outside.policy = side.model.name;
  outside.version = side.model.version;
  outside.at_s = *circumstances.at_s;
  outside.outcome = "no-route";
  if (comparison_.LabelAt(diagrams.domain(), point.codes) == 0) return outside;
  Result<Explanation, std::string> explanation = Explain(
      side.model, side.tables, side.sources, OwnWords(comparison_.request(), policy, witness),
      circumstances, *circumstances.at_s, Reasons::kNone);
  if (explanation.ok()) return std::move(explanation).value();
  outside.outcome = "cannot be replayed: " + explanation.error();
  return outside;
}

std::string RegionWriter::PlaceOf(const Explanation& explanation, const DiffSide& side) const {
  const Index route =
      explanation.route.empty() ? kNoIndex : FindRoute(side.model, explanation.route);
  const Span span = route == kNoIndex ? side.model.span : side.model.routes[route].span;
  return fmt::format("{}:{}", side.sources.name(span.file),
                     side.sources.Locate(span.file, span.begin).line);
}

void SortRegions(std::vector<DiffRegion>& regions) {
  std::stable_sort(regions.begin(), regions.end(), [](const DiffRegion& a, const DiffRegion& b) {
    const auto key = [](const DiffRegion& region) {
      return std::pair(region.change.breaking.empty(), region.change.change);
    };
    return key(a) < key(b);
  });
}

}  // namespace mlp::compiler
