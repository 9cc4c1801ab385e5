#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/prove/rollouts.hpp"
#include "compiler/prove/rollouts_traffic.hpp"

namespace mlp::compiler {
namespace {

class Finder {
 public:
  Finder(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics)
      : model_(model), diagram_(diagram), diagnostics_(diagnostics) {}

  void Find() {
    if (model_.rollouts.size() < 2) return;
    ForEachServed(model_, diagram_, [&](const ServedRequests& served) { Look(served); });
  }

 private:
  void Look(const ServedRequests& served) {
    for (const CandidateEntry& row : served.leaf.rows) {
      if (row.rollout >= model_.rollouts.size()) continue;  // in every arm, or an experiment's
      for (Index other = 0; other < model_.rollouts.size(); ++other) {
        if (other == row.rollout || found_.contains(std::minmax(row.rollout, other))) continue;
        const RolloutModel& moved = model_.rollouts[other];
        if (moved.from == row.candidate && IsFor(moved.routes, served.leaf.route)) {
          Chain(served, row, other);
        } else if (moved.from == model_.rollouts[row.rollout].from && row.rollout < other) {
          Same(served, row, other);
        }
      }
    }
  }

  /// One moves requests to the model that the other moves on.
  void Chain(const ServedRequests& served, const CandidateEntry& row, Index next) {
    const std::optional<TokenPoint> point = PointOf(served, row.guards);
    if (!point || (served.reached.asks_all & ~row.capabilities) != 0) return;
    const RolloutModel& first = model_.rollouts[row.rollout];
    const RolloutModel& second = model_.rollouts[next];
    const std::string route = model_.routes[served.leaf.route].name;
    Add(served, row.rollout, next, *point, second.from_span,
        fmt::format("rollout `{}` moves what rollout `{}` brings to `{}` in route `{}`",
                    second.name, first.name, model_.candidates[second.from].name, route),
        {first.to_span, fmt::format("`{}` moves to it", first.name)});
  }

  /// Both move the same requests of one model.
  void Same(const ServedRequests& served, const CandidateEntry& row, Index other) {
    for (const CandidateEntry& rival : served.leaf.rows) {
      if (rival.rollout != other) continue;
      std::vector<Guard> guards = row.guards;
      guards.insert(guards.end(), rival.guards.begin(), rival.guards.end());
      const std::optional<TokenPoint> point = PointOf(served, guards);
      const std::uint64_t capabilities = row.capabilities & rival.capabilities;
      if (!point || (served.reached.asks_all & ~capabilities) != 0) continue;
      const RolloutModel& first = model_.rollouts[row.rollout];
      const RolloutModel& second = model_.rollouts[other];
      Add(served, row.rollout, other, *point, second.from_span,
          fmt::format("rollouts `{}` and `{}` both move `{}` in route `{}`", first.name,
                      second.name, model_.candidates[first.from].name,
                      model_.routes[served.leaf.route].name),
          {first.from_span, fmt::format("`{}` moves it", first.name)});
      return;
    }
  }

  std::optional<TokenPoint> PointOf(const ServedRequests& served,
                                    const std::vector<Guard>& guards) const {
    return LeastTokenPoint(CappedRange(model_, served), guards);
  }

  void Add(const ServedRequests& served, Index first, Index second, const TokenPoint& point,
           Span span, std::string message, Related related) {
    found_.insert(std::minmax(first, second));
    Diagnostic& diagnostic = diagnostics_.Add(Code::k0601, span, std::move(message));
    diagnostic.related.push_back(std::move(related));
    diagnostic.help.emplace_back(
        "what one does to its canary the other would judge: name different routes in `for`, or "
        "begin the second when the first has ended");
    diagnostic.witness =
        WitnessAt(model_, diagram_, served, served.reached.asks_all, point.input, point.output);
    diagnostic.witness->emplace_back("@arm", fmt::format("{}:canary", model_.rollouts[first].name));
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  Diagnostics& diagnostics_;
  std::set<std::pair<Index, Index>> found_;
};

}  // namespace

void FindOverlappingRollouts(const PolicyModel& model, const Diagram& diagram,
                             Diagnostics& diagnostics) {
  Finder(model, diagram, diagnostics).Find();
}

}  // namespace mlp::compiler
