#include "compiler/graph/graph.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagram/candidates.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/prove/rollouts_duration.hpp"
#include "compiler/prove/rollouts_words.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostCondition = 100;  // characters of a condition that are shown
constexpr std::string_view kRequestId = "request";

std::string IdOf(std::string_view kind, std::string_view name) {
  std::string id = fmt::format("{}_{}", kind, name);
  std::replace(id.begin(), id.end(), '-', '_');
  return id;
}

/// Source text without its comments.
std::string WithoutComments(std::string_view text) {
  std::string kept;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!quoted && text.substr(i).starts_with("//")) {
      i = text.find('\n', i);
      if (i == std::string_view::npos) break;
    }
    const bool escape = quoted && text[i] == '\\' && i + 1 < text.size();
    if (text[i] == '"') quoted = !quoted;
    kept += text[i];
    if (escape) kept += text[++i];
  }
  return kept;
}

/// In one line; long texts cut, at a blank where there is one.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.size() <= kMostCondition) return line;
  std::size_t end = line.rfind(' ', kMostCondition);
  if (end == std::string::npos || end == 0) {
    end = kMostCondition;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  }
  return line.substr(0, end) + " ...";
}

class Maker {
 public:
  Maker(const PolicyModel& model, const SourceSet& sources) : model_(model), sources_(sources) {}

  PolicyGraph Make() {
    graph_.remarks.push_back(
        fmt::format("policy {} {}, valid {} .. {}", model_.name, OneLine(model_.version),
                    FormatInstant(model_.valid.from_s), FormatInstant(model_.valid.to_s)));
    graph_.nodes.push_back({std::string(kRequestId), NodeShape::kRequest, {"request"}, false});
    for (Index i = 0; i < model_.routes.size(); ++i) Route(i);
    for (const RolloutModel& rollout : model_.rollouts) Rollout(rollout);
    for (const ExperimentModel& experiment : model_.experiments) Experiment(experiment);
    Clusters();
    return std::move(graph_);
  }

 private:
  // ------------------------------------------------------------ routes

  void Route(Index number) {
    const RouteModel& route = model_.routes[number];
    const std::string id = IdOf("route", route.name);
    graph_.nodes.push_back({id,
                            NodeShape::kRoute,
                            {fmt::format("{} {}", number + 1, route.name), WhenWords(route)},
                            false});
    graph_.edges.push_back({std::string(kRequestId), id, {}, false});
    if (route.refuses) {
      const std::string refusal = IdOf("refusal", route.name);
      graph_.nodes.push_back(
          {refusal, NodeShape::kRefusal, {"refused", OneLine(route.refusal)}, false});
      graph_.edges.push_back({id, refusal, {}, false});
      return;
    }
    const auto tried = Tried(number);
    for (std::uint32_t step = 0; step < route.steps.size(); ++step) {
      const auto found = tried.find(step);
      if (found != tried.end()) Step(id, route, step, found->second);
    }
  }

  std::string WhenWords(const RouteModel& route) const {
    if (route.otherwise) return "otherwise";
    const std::string_view text = sources_.text(route.when_span.file);
    return "when " + OneLine(WithoutComments(text.substr(
                         route.when_span.begin, route.when_span.end - route.when_span.begin)));
  }

  /// Per step the candidates of any instant and place, in order.
  std::map<std::uint32_t, std::vector<Index>> Tried(Index route) const {
    std::map<std::uint32_t, std::vector<Index>> tried;
    for (const std::int64_t at_s : CutPoints(model_)) {
      for (const PlaceCandidates& place : CandidatesAt(model_, route, at_s).places) {
        for (const CandidateEntry& entry : place.entries) {
          std::vector<Index>& step = tried[entry.step];
          if (entry.rollout == kNoIndex &&
              std::find(step.begin(), step.end(), entry.candidate) == step.end()) {
            step.push_back(entry.candidate);
          }
        }
      }
    }
    return tried;
  }

  void Step(const std::string& from, const RouteModel& route, std::uint32_t number,
            const std::vector<Index>& candidates) {
    const StepModel& step = route.steps[number];
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      // A list's own order is part of it: 2a, 2b.
      const bool several = step.kind == ObjectiveKind::kList && step.models.size() > 1;
      std::string label = fmt::format("{}{}", number + 1,
                                      several ? std::string(1, Letter(step, candidates[i])) : "");
      const std::string objective = ObjectiveWords(step, candidates[i]);
      if (!objective.empty()) label += " " + objective;
      if (step.within_pico != kUnlimited)
        label += fmt::format(" within {}", ToString(Money{step.within_pico}));
      Use(candidates[i]);
      graph_.edges.push_back({from, ModelId(candidates[i]), {std::move(label)}, false});
    }
  }

  static char Letter(const StepModel& step, Index candidate) {
    const auto at = std::find(step.models.begin(), step.models.end(), candidate);
    const auto place = static_cast<int>(at - step.models.begin());
    return static_cast<char>('a' + std::min(place, 25));
  }

  std::string ObjectiveWords(const StepModel& step, Index candidate) const {
    const std::string of =
        step.pool == kNoIndex ? "" : fmt::format(" of {}", model_.pools[step.pool].name);
    switch (step.kind) {
      case ObjectiveKind::kList:
        return "";
      case ObjectiveKind::kCheapest:
        return "cheapest" + of;
      case ObjectiveKind::kBest:
        return fmt::format("best quality.{}{}", step.best, of);
      case ObjectiveKind::kFastest:
        return "fastest" + of;
      case ObjectiveKind::kLeastBusy:
        return "least-busy" + of;
      case ObjectiveKind::kBalanced:
        return "balanced" + of;
      case ObjectiveKind::kSpread:
        for (std::size_t i = 0; i < step.models.size() && i < step.shares_ppm.size(); ++i) {
          if (step.models[i] == candidate)
            return "spread " + PercentWords(step.shares_ppm[i] / 1e6);
        }
        return "spread";
    }
    return "";
  }

  // ------------------------------------------------------------ rollouts and experiments

  void Rollout(const RolloutModel& rollout) {
    if (rollout.from == kNoIndex || rollout.to == kNoIndex) return;
    std::string shares;
    for (const RolloutModel::Step& step : rollout.steps) {
      shares += fmt::format("{}{}{}", shares.empty() ? "" : ", ", step.prove ? "prove " : "",
                            PercentWords(step.share_ppm / 1e6));
    }
    Use(rollout.from);
    Use(rollout.to);
    graph_.edges.push_back({ModelId(rollout.from),
                            ModelId(rollout.to),
                            {fmt::format("rollout {}", rollout.name), shares,
                             RolloutDurationWords(DurationOf(rollout))},
                            true});
  }

  void Experiment(const ExperimentModel& experiment) {
    for (const ExperimentModel::Arm& arm : experiment.arms) {
      const Index from = experiment.replaces;
      if (from == kNoIndex || arm.candidate == kNoIndex || arm.candidate == from) continue;
      Use(from);
      Use(arm.candidate);
      graph_.edges.push_back({ModelId(from),
                              ModelId(arm.candidate),
                              {fmt::format("experiment {}", experiment.name),
                               fmt::format("{} {}", arm.name, PercentWords(arm.share_ppm / 1e6))},
                              true});
    }
  }

  // ------------------------------------------------------------ models

  void Use(Index candidate) { used_.insert(candidate); }
  std::string ModelId(Index candidate) const {
    return IdOf("model", model_.candidates[candidate].name);
  }

  void Clusters() {
    for (Index number = 0; number < model_.providers.size(); ++number) {
      const ProviderModel& provider = model_.providers[number];
      GraphCluster cluster{IdOf("provider", provider.name), TitleOf(provider), {}};
      for (const Index candidate : used_) {
        if (model_.candidates[candidate].provider == number)
          cluster.nodes.push_back(ModelNode(candidate));
      }
      if (!cluster.nodes.empty()) graph_.clusters.push_back(std::move(cluster));
    }
  }

  /// The provider with the places of its endpoints.
  static std::string TitleOf(const ProviderModel& provider) {
    std::vector<std::string> places;
    bool anywhere = provider.endpoints.empty();
    for (const EndpointModel& endpoint : provider.endpoints) {
      anywhere = anywhere || endpoint.places.empty();
      for (const std::string& place : endpoint.places) {
        if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
      }
    }
    return fmt::format("{}: {}", provider.name,
                       anywhere ? "any place" : fmt::format("{}", fmt::join(places, ", ")));
  }

  GraphNode ModelNode(Index number) const {
    const CandidateModel& candidate = model_.candidates[number];
    GraphNode node{ModelId(number), NodeShape::kModel, {candidate.name}, false};
    const std::int64_t from_s = model_.valid.from_s;
    const ModelStatus status = StatusAt(candidate, from_s);
    if (status != ModelStatus::kActive) node.lines.emplace_back(NameOf(status));
    if (from_s < candidate.released_s)
      node.lines.push_back("released " + FormatInstant(candidate.released_s));
    if (status == ModelStatus::kActive && candidate.deprecated_s < model_.valid.to_s)
      node.lines.push_back("deprecated " + FormatInstant(candidate.deprecated_s));
    if (candidate.retires_s != kForever) {
      node.lines.push_back(fmt::format("{} {}", candidate.retires_s <= from_s ? "since" : "retires",
                                       FormatInstant(candidate.retires_s)));
    }
    const ModelStatus last = StatusAt(candidate, model_.valid.to_s - 1);
    node.leaving = last == ModelStatus::kDeprecated || last == ModelStatus::kRetired ||
                   last == ModelStatus::kArchived;
    return node;
  }

  const PolicyModel& model_;
  const SourceSet& sources_;
  PolicyGraph graph_;
  std::set<Index> used_;
};

}  // namespace

PolicyGraph MakeGraph(const PolicyModel& model, const SourceSet& sources) {
  return Maker(model, sources).Make();
}

}  // namespace mlp::compiler
