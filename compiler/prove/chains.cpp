#include "compiler/prove/chains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/leaf_bounds.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/prove/attempt.hpp"
#include "compiler/prove/uses.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostReached = 2'000'000;
constexpr std::size_t kMostNamed = 4;

/// Who is tried before a row and what they use.
struct Chain {
  std::vector<const CandidateEntry*> rows;  ///< of different candidates, the late one last
  std::int64_t before = 0;                  ///< milliseconds or picodollars
  std::int64_t own = 0;
};

std::int64_t Add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kUnlimited : sum;
}

/// A chain that is too long, and where.
struct Late {
  bool time = true;  ///< else money
  Chain chain;
  std::size_t root = 0;
  ReachedLeaf reached;
  LeafPoint point;
};

class Finder {
 public:
  Finder(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics)
      : model_(model),
        diagram_(diagram),
        diagnostics_(diagnostics),
        time_(model.routes.size()),
        money_(model.routes.size()) {}

  void Find() {
    for (std::size_t root = 0; root < diagram_.roots.size(); ++root) {
      if (!MayBeLate(root)) continue;
      const auto reached = ReachedLeaves(model_, diagram_, diagram_.roots[root].ref, kMostReached);
      if (!reached) return;  // MLP0802 has said so
      for (const ReachedLeaf& one : *reached) Look(root, one);
    }
    for (const auto& late : time_) {
      if (late) ReportTime(*late);
    }
    for (const auto& late : money_) {
      if (late) ReportMoney(*late);
    }
  }

 private:
  // ------------------------------------------------------------ the search

  /// Whether a leaf's whole list is too long, or its route bounds the cost of a call: only then are
  /// requests looked for.
  [[nodiscard]] bool MayBeLate(std::size_t root) const {
    const auto leaves = LeavesBelow(diagram_.mdd, diagram_.roots[root].ref);
    return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t number) {
      const DiagramLeaf& leaf = diagram_.leaves[number];
      return leaf.kind == LeafKind::kServe &&
             (model_.routes[leaf.route].call_cost_pico != kUnlimited ||
              LateIn(leaf, std::nullopt).has_value());
    });
  }

  void Look(std::size_t root, const ReachedLeaf& reached) {
    const DiagramLeaf& leaf = diagram_.leaves[reached.leaf];
    if (leaf.kind != LeafKind::kServe) return;
    std::optional<Late>& time = time_[leaf.route];
    if ((!time || IsNote(*time)) && LateIn(leaf, std::nullopt)) {
      for (const CandidateEntry& row : leaf.rows) {
        const auto point = ServedPoint(model_, leaf.route, row, reached);
        if (!point) continue;
        const auto chain = LateIn(leaf, point);
        if (!chain) continue;
        const Late late{true, *chain, root, reached, *point};
        if (!time || (IsNote(*time) && !IsNote(late))) time = late;
        if (!IsNote(late)) break;
      }
    }
    std::optional<Late>& money = money_[leaf.route];
    if (money || model_.routes[leaf.route].call_cost_pico == kUnlimited) return;
    for (const LeafPoint& point : LargePoints(leaf, reached)) {
      if (auto chain = DearIn(leaf, point, diagram_.roots[root].from_s)) {
        money = Late{false, std::move(*chain), root, reached, point};
        return;
      }
    }
  }

  /// Rows in the order of their trial, each candidate once, as many as the route has attempts;
  /// whether they hold is not asked without a point.
  [[nodiscard]] std::vector<const CandidateEntry*> Tried(
      const DiagramLeaf& leaf, const std::optional<LeafPoint>& point) const {
    std::vector<const CandidateEntry*> tried;
    for (const CandidateEntry& row : leaf.rows) {
      if (row.rollout != kNoIndex) continue;
      if (point && !RowHolds(row, *point, model_.routes[leaf.route].output_cap)) continue;
      const bool known = std::any_of(tried.begin(), tried.end(), [&](const CandidateEntry* other) {
        return other->candidate == row.candidate;
      });
      if (!known) tried.push_back(&row);
      if (tried.size() == model_.routes[leaf.route].attempts) break;
    }
    return tried;
  }

  /// The chain up to the first candidate without any time, else to the first without enough of it.
  [[nodiscard]] std::optional<Chain> LateIn(const DiagramLeaf& leaf,
                                            const std::optional<LeafPoint>& point) const {
    const RouteModel& route = model_.routes[leaf.route];
    if (route.deadline_ms <= 0) return std::nullopt;
    std::optional<Chain> short_of_time;
    Chain chain;
    for (const CandidateEntry* row : Tried(leaf, point)) {
      const std::int64_t attempt = LongestAttemptMs(model_, route, row->candidate);
      chain.rows.push_back(row);
      chain.own = attempt == 0 ? kUnlimited : attempt;
      if (chain.before >= route.deadline_ms) return chain;
      // The first one is cut short by the deadline, which is no more than the route says.
      if (!short_of_time && chain.rows.size() > 1 && attempt != 0 &&
          Add(chain.before, chain.own) > route.deadline_ms) {
        short_of_time = chain;
      }
      chain.before = Add(chain.before, chain.own);
    }
    return short_of_time;
  }

  [[nodiscard]] std::optional<Chain> DearIn(const DiagramLeaf& leaf, const LeafPoint& point,
                                            std::int64_t at_s) const {
    Chain chain;
    for (const CandidateEntry* row : Tried(leaf, point)) {
      chain.rows.push_back(row);
      chain.own = WorstAttemptPico(model_, leaf.route, *row, point, at_s);
      if (chain.own < 0) return std::nullopt;
      if (chain.rows.size() > 1 &&
          Add(chain.before, chain.own) > model_.routes[leaf.route].call_cost_pico) {
        return chain;
      }
      chain.before = Add(chain.before, chain.own);
    }
    return std::nullopt;
  }

  /// Requests of many tokens at which a row still holds: more of them make every attempt dearer.
  [[nodiscard]] std::vector<LeafPoint> LargePoints(const DiagramLeaf& leaf,
                                                   const ReachedLeaf& reached) const {
    const std::int64_t cap = model_.routes[leaf.route].output_cap;
    std::vector<LeafPoint> points;
    for (const CandidateEntry& row : leaf.rows) {
      const auto least = ServedPoint(model_, leaf.route, row, reached);
      if (!least) continue;
      const auto holds = [&](std::int64_t input, std::int64_t output) {
        return RowHolds(row, {least->asks, input, output}, cap);
      };
      const std::int64_t input = Most(least->input, reached.last_input,
                                      [&](std::int64_t at) { return holds(at, least->output); });
      const std::int64_t output = Most(least->output, reached.last_output,
                                       [&](std::int64_t at) { return holds(least->input, at); });
      points.push_back({least->asks, input,
                        Most(least->output, reached.last_output,
                             [&](std::int64_t at) { return holds(input, at); })});
      points.push_back({least->asks,
                        Most(least->input, reached.last_input,
                             [&](std::int64_t at) { return holds(at, output); }),
                        output});
    }
    return points;
  }

  /// The largest of [first, last] that halving finds to hold; `first` does.
  template <typename Holds>
  static std::int64_t Most(std::int64_t first, std::int64_t last, const Holds& holds) {
    while (first < last) {
      const std::int64_t middle = first + (last - first + 1) / 2;
      if (holds(middle)) {
        first = middle;
      } else {
        last = middle - 1;
      }
    }
    return first;
  }

  // ------------------------------------------------------------ findings

  [[nodiscard]] const RouteModel& RouteOf(const Late& late) const {
    return model_.routes[diagram_.leaves[late.reached.leaf].route];
  }

  [[nodiscard]] bool IsNote(const Late& late) const {
    return late.chain.before < RouteOf(late).deadline_ms;
  }

  Diagnostic& Add0702(const Late& late, const std::string& message) {
    const Index route = diagram_.leaves[late.reached.leaf].route;
    const CandidateEntry& row = *late.chain.rows.back();
    const UsePlace place = PlaceOf(model_, route, row.step, row.candidate, kNoIndex);
    Diagnostic& diagnostic = diagnostics_.Add(Code::k0702, place.span, message);
    RequestPoint point;
    point.codes = late.reached.codes;
    point.asks = late.point.asks;
    point.input = late.point.input;
    point.output = late.point.output;
    diagnostic.witness = WitnessOf(model_, diagram_.axes, point);
    diagnostic.witness->emplace_back("@date", FormatInstant(diagram_.roots[late.root].from_s));
    return diagnostic;
  }

  [[nodiscard]] std::string BeforeWords(const Late& late) const {
    const std::size_t count = late.chain.rows.size() - 1;
    const std::size_t shown = count > kMostNamed + 1 ? kMostNamed : count;
    std::string words;
    for (std::size_t i = 0; i < shown; ++i) {
      if (i > 0) words += i + 1 == count ? " and " : ", ";
      words += fmt::format("`{}`", model_.candidates[late.chain.rows[i]->candidate].name);
    }
    return shown < count ? words + fmt::format(" and {} more", count - shown) : words;
  }

  void ReportTime(const Late& late) {
    const RouteModel& route = RouteOf(late);
    const std::string& name = model_.candidates[late.chain.rows.back()->candidate].name;
    const std::int64_t left = route.deadline_ms - late.chain.before;
    Diagnostic& diagnostic = Add0702(
        late, left <= 0
                  ? fmt::format("no time is left for `{}` in route `{}` once {} used theirs", name,
                                route.name, BeforeWords(late))
                  : fmt::format("{} of {} are left for `{}` in route `{}` once {} used theirs",
                                MillisecondsWords(left), MillisecondsWords(late.chain.own), name,
                                route.name, BeforeWords(late)));
    if (left > 0) diagnostic.severity = Severity::kNote;
    if (route.deadline_span.end > 0) {
      diagnostic.related.push_back(
          {route.deadline_span,
           fmt::format("all attempts together have {}", MillisecondsWords(route.deadline_ms))});
    }
    if (route.attempt_span.end > 0) {
      diagnostic.related.push_back({route.attempt_span, "one attempt may take so long"});
    }
    const auto count = static_cast<std::int64_t>(late.chain.rows.size());
    const std::int64_t all = Add(late.chain.before, late.chain.own);
    const std::string share = MillisecondsWords(route.deadline_ms / count);
    diagnostic.help.push_back(
        all == kUnlimited ? fmt::format("end an attempt in time: `attempt {}`", share)
                          : fmt::format("raise the deadline to {}, or let an attempt take {}",
                                        MillisecondsWords(all), share));
  }

  void ReportMoney(const Late& late) {
    const RouteModel& route = RouteOf(late);
    const std::string& name = model_.candidates[late.chain.rows.back()->candidate].name;
    Diagnostic& diagnostic = Add0702(
        late,
        fmt::format("too little of {} per call is left for `{}` in route `{}` once {} used "
                    "theirs",
                    ToString(Money{route.call_cost_pico}), name, route.name, BeforeWords(late)));
    if (route.call_cost_span.end > 0) {
      diagnostic.related.push_back({route.call_cost_span, "the bound of a call"});
    }
    diagnostic.help.push_back(
        fmt::format("those before it may cost {}, its own attempt {}: raise the bound to {}, or "
                    "bound one attempt with `cost at most`",
                    ToString(Money{late.chain.before}), ToString(Money{late.chain.own}),
                    ToString(Money{Add(late.chain.before, late.chain.own)})));
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  Diagnostics& diagnostics_;
  std::vector<std::optional<Late>> time_;   ///< per route
  std::vector<std::optional<Late>> money_;  ///< per route
};

}  // namespace

void FindLateCandidates(const PolicyModel& model, const Diagram& diagram,
                        Diagnostics& diagnostics) {
  Finder(model, diagram, diagnostics).Find();
}

}  // namespace mlp::compiler
