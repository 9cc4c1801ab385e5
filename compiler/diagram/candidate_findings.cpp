#include "compiler/diagram/candidate_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/leaf_bounds.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/diagram/where.hpp"

namespace mlp::compiler {
namespace {

/// States of the walk over one root; a hundred times what the largest examples need.
constexpr std::size_t kMostReached = 2'000'000;
constexpr std::size_t kMostReasons = 4;
constexpr std::size_t kMostCauses = 3;  // reported for one route

struct Unserved {
  std::size_t root = 0;
  ReachedLeaf reached;
  LeafPoint point;
};

class Finder {
 public:
  Finder(const PolicyModel& model, const Diagram& diagram, const std::vector<bool>& live_routes,
         Diagnostics& diagnostics)
      : model_(model), diagram_(diagram), live_routes_(live_routes), diagnostics_(diagnostics) {}

  void Find() {
    for (std::size_t root = 0; root < diagram_.roots.size(); ++root) {
      const auto reached = ReachedLeaves(model_, diagram_, diagram_.roots[root].ref, kMostReached);
      if (!reached) {
        TooMany();
        return;
      }
      for (const ReachedLeaf& one : *reached) Look(root, one);
    }
    for (const auto& [route, causes] : unserved_) {
      for (const Unserved& unserved : causes) ReportUnserved(route, unserved);
    }
    for (Index route = 0; route < model_.routes.size(); ++route) {
      if (live_routes_[route] && !model_.routes[route].refuses) ReportUntried(route);
    }
  }

 private:
  void TooMany() {
    diagnostics_
        .Add(Code::k0802, model_.span,
             fmt::format("the decisions of `{}` have more than {} cases of asks and tokens",
                         model_.name, kMostReached))
        .help.emplace_back(
            "not proved: that every request has a candidate, and every candidate a "
            "request");
  }

  void Look(std::size_t root, const ReachedLeaf& reached) {
    const DiagramLeaf& leaf = diagram_.leaves[reached.leaf];
    if (leaf.kind != LeafKind::kServe) return;
    for (const CandidateEntry& row : leaf.rows) {
      if (row.rollout != kNoIndex) continue;
      const auto key = std::tuple(leaf.route, row.step, row.candidate);
      if (tried_.count(key) == 0 && MayServe(model_, leaf.route, row, reached)) tried_.insert(key);
    }
    std::vector<Unserved>& found = unserved_[leaf.route];
    if (found.size() == kMostCauses) return;
    for (const LeafPoint& point : UnservedPoints(model_, leaf, reached)) {
      const Unserved unserved{root, reached, point};
      const bool known = std::any_of(found.begin(), found.end(), [&](const Unserved& other) {
        return CauseOf(other) == CauseOf(unserved);
      });
      if (!known && found.size() < kMostCauses) found.push_back(unserved);
    }
  }

  // ------------------------------------------------------------ MLP0403

  /// Findings of one route differ in this: what is asked for, and why candidates are out.
  [[nodiscard]] std::pair<std::uint64_t, std::uint32_t> CauseOf(const Unserved& unserved) const {
    const DiagramLeaf& leaf = diagram_.leaves[unserved.reached.leaf];
    return {unserved.point.asks,
            ReasonsAt(leaf, unserved.point, model_.routes[leaf.route].output_cap)};
  }

  [[nodiscard]] RequestPoint PointOf(const Unserved& unserved) const {
    RequestPoint point;
    point.codes = unserved.reached.codes;
    point.asks = unserved.point.asks;
    point.input = unserved.point.input;
    point.output = unserved.point.output;
    return point;
  }

  /// Whether the request finds no candidate at a root.
  [[nodiscard]] bool FailsAt(std::size_t root, const Unserved& unserved) const {
    const RequestPoint point = PointOf(unserved);
    Ref ref = diagram_.roots[root].ref;
    while (!IsTerminal(ref)) {
      const std::uint32_t axis = diagram_.mdd.axis(ref);
      ref = diagram_.mdd.Child(ref, CodeAt(model_, diagram_.axes, point, axis));
    }
    const DiagramLeaf& leaf = diagram_.leaves[Label(ref)];
    return leaf.kind == LeafKind::kServe &&
           !IsServed(leaf, unserved.point, model_.routes[leaf.route].output_cap);
  }

  /// The words of a request's part that matters: the way to the leaf, without asks and tokens.
  [[nodiscard]] std::string WayWords(const Unserved& unserved) const {
    auto region = WayOf(model_, diagram_.axes, diagram_.mdd, diagram_.roots[unserved.root].ref,
                        PointOf(unserved));
    std::erase_if(region, [&](const DiagramTerm::Part& part) {
      return diagram_.axes.axes[part.axis].attribute == model_.asks;
    });
    return region.empty() ? std::string() : RegionWords(model_, diagram_.axes, region);
  }

  [[nodiscard]] std::string PointWords(const Unserved& unserved) const {
    const auto [asks, reasons] = CauseOf(unserved);
    std::vector<std::string> words;
    if (asks != 0) words.push_back("asks for " + CapabilityWords(model_, asks));
    // Tokens matter where a limit or a cost puts a candidate out.
    if (reasons > 1 && unserved.point.input > 0) {
      words.push_back(fmt::format("input {}", TokenWords(unserved.point.input)));
    }
    if (reasons > 1 && unserved.point.output > 0) {
      words.push_back(fmt::format("output {}", TokenWords(unserved.point.output)));
    }
    return fmt::format("{}", fmt::join(words, ", "));
  }

  void ReportUnserved(Index number, const Unserved& unserved) {
    const RouteModel& route = model_.routes[number];
    const DiagramLeaf& leaf = diagram_.leaves[unserved.reached.leaf];
    std::string which = WayWords(unserved);
    const std::string point = PointWords(unserved);
    if (!point.empty()) which += (which.empty() ? "" : ", ") + point;
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0403, route.span,
        which.empty() ? fmt::format("route `{}` leaves no candidate for its requests", route.name)
                      : fmt::format("route `{}` leaves no candidate for requests with {}",
                                    route.name, which));
    AddReasons(number, unserved, leaf, diagnostic);
    diagnostic.witness = WitnessOf(model_, diagram_.axes, PointOf(unserved));
    bool always = true;
    for (std::size_t root = 0; root < diagram_.roots.size(); ++root) {
      always = always && FailsAt(root, unserved);
    }
    if (!always) {
      diagnostic.witness->emplace_back("@date", FormatInstant(InstantOf(unserved.root)));
    }
  }

  void AddReasons(Index number, const Unserved& unserved, const DiagramLeaf& leaf,
                  Diagnostic& diagnostic) const {
    const std::int64_t cap = model_.routes[number].output_cap;
    std::vector<std::string> reasons;
    std::set<Index> named;
    for (const CandidateEntry& row : leaf.rows) {
      if (row.rollout != kNoIndex || !named.insert(row.candidate).second) continue;
      reasons.push_back(fmt::format("`{}` {}", model_.candidates[row.candidate].name,
                                    BrokenBound(model_, row, unserved.point, cap)));
    }
    const RouteCandidates candidates =
        CandidatesAt(model_, number, diagram_.roots[unserved.root].from_s);
    std::int32_t label = 0;
    if (candidates.place_attribute != kNoIndex) {
      label = CodeAt(model_, diagram_.axes, PointOf(unserved),
                     diagram_.axes.Find(candidates.place_attribute));
    }
    for (const RejectedCandidate& rejected : candidates.At(label).rejected) {
      if (rejected.covered || !named.insert(rejected.candidate).second) continue;
      reasons.push_back(fmt::format("`{}` is out: {}", model_.candidates[rejected.candidate].name,
                                    rejected.because));
    }
    const std::size_t shown = reasons.size() > kMostReasons + 1 ? kMostReasons : reasons.size();
    for (std::size_t i = 0; i < shown; ++i) diagnostic.help.push_back(reasons[i]);
    if (shown < reasons.size()) {
      diagnostic.help.push_back(fmt::format("and {} more are out", reasons.size() - shown));
    }
    diagnostic.help.emplace_back(
        "add a candidate that serves them, or refuse them in an earlier route");
  }

  /// An instant of the root that can be written to the minute.
  [[nodiscard]] std::int64_t InstantOf(std::size_t root) const {
    constexpr std::int64_t kMinute = 60;
    const std::int64_t from_s = diagram_.roots[root].from_s;
    const std::int64_t odd = ((from_s % kMinute) + kMinute) % kMinute;
    const std::int64_t next = odd == 0 ? from_s : from_s + kMinute - odd;
    const std::int64_t end =
        root + 1 < diagram_.roots.size() ? diagram_.roots[root + 1].from_s : model_.valid.to_s;
    return next < end ? next : from_s;
  }

  // ------------------------------------------------------------ MLP0405

  void ReportUntried(Index number) {
    const RouteModel& route = model_.routes[number];
    for (std::uint32_t step = 0; step < route.steps.size(); ++step) {
      const StepModel& facts = route.steps[step];
      if (facts.kind == ObjectiveKind::kList || facts.kind == ObjectiveKind::kSpread) {
        for (std::size_t i = 0; i < facts.models.size(); ++i) {
          if (WasTried(number, step, facts.models[i]) || IsGone(number, facts.models[i])) continue;
          ReportCandidate(number, step, i);
        }
      } else {
        const auto first = tried_.lower_bound(std::tuple(number, step, Index{0}));
        const bool any =
            first != tried_.end() && std::get<0>(*first) == number && std::get<1>(*first) == step;
        if (!any) ReportStep(number, step);
      }
    }
  }

  /// Itself, or where the route follows successors what may stand in its place.
  [[nodiscard]] bool WasTried(Index route, std::uint32_t step, Index candidate) const {
    for (std::size_t hops = 0; hops <= model_.candidates.size() && candidate != kNoIndex; ++hops) {
      if (tried_.count({route, step, candidate}) != 0) return true;
      if (!model_.routes[route].follows_successors) return false;
      candidate = model_.candidates[candidate].successor_index;
    }
    return false;
  }

  /// Retired before the horizon begins, and nobody stands in its place: MLP0502 says so.
  [[nodiscard]] bool IsGone(Index route, Index candidate) const {
    const CandidateModel& facts = model_.candidates[candidate];
    const ModelStatus status = StatusAt(facts, model_.valid.from_s);
    const bool follows =
        model_.routes[route].follows_successors && facts.successor_index != kNoIndex;
    return !follows && (status == ModelStatus::kRetired || status == ModelStatus::kArchived);
  }

  void ReportCandidate(Index number, std::uint32_t step, std::size_t at) {
    const RouteModel& route = model_.routes[number];
    const StepModel& facts = route.steps[step];
    const Index candidate = facts.models[at];
    const Span span = at < facts.model_spans.size() ? facts.model_spans[at] : facts.span;
    const bool named_before =
        std::find(facts.models.begin(), facts.models.begin() + static_cast<std::ptrdiff_t>(at),
                  candidate) != facts.models.begin() + static_cast<std::ptrdiff_t>(at);
    diagnostics_.Add(
        Code::k0405, span,
        fmt::format("`{}` can never be tried in route `{}`: {}", model_.candidates[candidate].name,
                    route.name,
                    named_before ? "this step names it before" : Because(number, step, candidate)));
  }

  void ReportStep(Index number, std::uint32_t step) {
    const RouteModel& route = model_.routes[number];
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0405, route.steps[step].span,
        fmt::format("step {} of route `{}` can never try a candidate", step + 1, route.name));
    std::vector<std::string> reasons;
    std::set<Index> named;
    for (const DiagramRoot& root : diagram_.roots) {
      for (const PlaceCandidates& place : CandidatesAt(model_, number, root.from_s).places) {
        for (const RejectedCandidate& rejected : place.rejected) {
          if (rejected.step != step || !named.insert(rejected.candidate).second) continue;
          reasons.push_back(fmt::format(
              "`{}` is out: {}", model_.candidates[rejected.candidate].name, rejected.because));
        }
      }
    }
    if (reasons.empty()) reasons.emplace_back("its pool holds no candidate for these requests");
    const std::size_t shown = reasons.size() > kMostReasons + 1 ? kMostReasons : reasons.size();
    for (std::size_t i = 0; i < shown; ++i) diagnostic.help.push_back(reasons[i]);
    if (shown < reasons.size()) {
      diagnostic.help.push_back(fmt::format("and {} more are out", reasons.size() - shown));
    }
  }

  [[nodiscard]] std::string Because(Index route, std::uint32_t step, Index candidate) const {
    for (const DiagramRoot& root : diagram_.roots) {
      for (const PlaceCandidates& place : CandidatesAt(model_, route, root.from_s).places) {
        for (const RejectedCandidate& rejected : place.rejected) {
          if (rejected.step == step && rejected.candidate == candidate) return rejected.because;
        }
      }
    }
    return "no request of this route keeps its limits and conditions";
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  const std::vector<bool>& live_routes_;
  Diagnostics& diagnostics_;
  std::map<Index, std::vector<Unserved>> unserved_;
  std::set<std::tuple<Index, std::uint32_t, Index>> tried_;
};

}  // namespace

void FindCandidateProblems(const PolicyModel& model, const Diagram& diagram,
                           const std::vector<bool>& live_routes, Diagnostics& diagnostics) {
  Finder(model, diagram, live_routes, diagnostics).Find();
}

}  // namespace mlp::compiler
