#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/prove/rollouts.hpp"
#include "compiler/prove/rollouts_traffic.hpp"

namespace mlp::compiler {
namespace {

/// A model in the place of another: of a rollout, or an arm of an experiment.
struct Replacement {
  Index from = kNoIndex;
  Index to = kNoIndex;
  Index rollout = kNoIndex;
  const std::vector<Index>& routes;
  std::string name;  ///< rollout `x`
  Span from_span;
  Span to_span;
};

/// Requests for which the new model is out and the old one is not.
struct Weakness {
  std::string requests;  ///< with region == eu; empty: all of the route
  std::string because;   ///< it lacks `streaming`
  Witness witness;
};

class Finder {
 public:
  Finder(const PolicyModel& model, const Diagram& diagram, Diagnostics& diagnostics)
      : model_(model), diagram_(diagram), diagnostics_(diagnostics) {
    for (Index i = 0; i < model.rollouts.size(); ++i) {
      const RolloutModel& rollout = model.rollouts[i];
      if (rollout.from == kNoIndex || rollout.to == kNoIndex) continue;
      all_.push_back({rollout.from, rollout.to, i, rollout.routes,
                      fmt::format("rollout `{}`", rollout.name), rollout.from_span,
                      rollout.to_span});
    }
    for (const ExperimentModel& experiment : model.experiments) {
      if (!experiment.when.always()) continue;
      for (const ExperimentModel::Arm& arm : experiment.arms) {
        if (experiment.replaces == kNoIndex || arm.candidate == kNoIndex ||
            arm.candidate == experiment.replaces) {
          continue;
        }
        all_.push_back({experiment.replaces, arm.candidate, kNoIndex, experiment.routes,
                        fmt::format("experiment `{}`", experiment.name), experiment.span,
                        arm.span});
      }
    }
    stands_.resize(all_.size());
    serves_.resize(all_.size());
  }

  void Find() {
    if (all_.empty()) return;
    const bool complete =
        ForEachServed(model_, diagram_, [&](const ServedRequests& served) { Look(served); });
    if (!complete) return;
    for (std::size_t i = 0; i < all_.size(); ++i) Report(i);
  }

 private:
  void Look(const ServedRequests& served) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const Replacement& replacement = all_[i];
      if (!IsFor(replacement.routes, served.leaf.route)) continue;
      for (const CandidateEntry& row : served.leaf.rows) {
        if (row.rollout != kNoIndex) {
          serves_[i] = serves_[i] || row.rollout == replacement.rollout;
          continue;
        }
        if (row.candidate != replacement.from) continue;
        if ((served.reached.asks_all & ~row.capabilities) != 0) continue;
        if (!LeastTokenPoint(CappedRange(model_, served), row.guards)) continue;
        stands_[i] = true;
        Compare(i, served, row);
      }
    }
  }

  // ------------------------------------------------------------ one leaf

  void Compare(std::size_t number, const ServedRequests& served, const CandidateEntry& old) {
    const CandidateModel& to = model_.candidates[all_[number].to];
    const RouteModel& route = model_.routes[served.leaf.route];
    const std::uint64_t lacking = route.need & ~to.capabilities;
    if (lacking != 0) {
      Add(number, served, old, {}, "",
          fmt::format("it lacks {}, which the route needs", CapabilityWords(model_, lacking)));
      return;
    }
    if (Place(number, served, old)) return;
    if (model_.asks != kNoIndex) {
      const std::uint64_t asked = model_.attributes[model_.asks].members & old.capabilities &
                                  ~served.reached.asks_none & ~to.capabilities;
      for (unsigned bit = 0; bit < 64; ++bit) {
        const std::uint64_t one = asked & (std::uint64_t{1} << bit);
        if (one == 0) continue;
        Add(number, served, old, {}, fmt::format("that ask for {}", CapabilityWords(model_, one)),
            fmt::format("it lacks {}", CapabilityWords(model_, one)), one);
      }
    }
    Limit(number, served, old, {1, 1, to.context}, "input + output");
    Limit(number, served, old, {1, 0, to.max_input}, "input");
    Limit(number, served, old, {0, 1, to.max_output}, "output");
  }

  bool ServesAt(const ProviderModel& provider, const std::vector<std::string>& places) const {
    return provider.endpoints.empty() ||
           std::any_of(provider.endpoints.begin(), provider.endpoints.end(),
                       [&](const EndpointModel& endpoint) {
                         return endpoint.places.empty() ||
                                std::find_first_of(places.begin(), places.end(),
                                                   endpoint.places.begin(),
                                                   endpoint.places.end()) != places.end();
                       });
  }

  /// Whether the new model is out wherever the leaf's requests are.
  bool Place(std::size_t number, const ServedRequests& served, const CandidateEntry& old) {
    const RouteModel& route = model_.routes[served.leaf.route];
    const ProviderModel& provider = model_.providers[model_.candidates[all_[number].to].provider];
    const auto add = [&](const std::string& requests, const std::vector<std::string>& places,
                         const ServedRequests& at) {
      Add(number, at, old, {}, requests,
          fmt::format("its provider `{}` has no endpoint in {}", provider.name,
                      fmt::join(places, " or ")));
    };
    if (route.place == PlaceKind::kFixed && !ServesAt(provider, route.places)) {
      add("", route.places, served);
      return true;
    }
    if (route.place != PlaceKind::kAttribute || route.place_attribute == kNoIndex) return false;
    const AttributeModel& attribute = model_.attributes[route.place_attribute];
    const Index axis = diagram_.axes.Find(route.place_attribute);
    if (axis == kNoIndex) return false;
    bool own = false;
    for (std::size_t label = 0; label < attribute.labels.size(); ++label) {
      if (ServesAt(provider, {attribute.labels[label]})) continue;
      // The way to the leaf is one of several: others may lead to it, or to one like it.
      ReachedLeaf other = served.reached;
      own = own || other.codes[axis] == static_cast<std::int32_t>(label);
      other.codes[axis] = static_cast<std::int32_t>(label);
      if (!OldStandsAt(served.root, other, number, served.leaf.route)) continue;
      add(fmt::format("with {} == {}", attribute.name, attribute.labels[label]),
          {attribute.labels[label]}, {served.root, served.leaf, other});
    }
    return own;
  }

  bool OldStandsAt(std::size_t root, const ReachedLeaf& way, std::size_t number,
                   Index route) const {
    Ref ref = diagram_.roots[root].ref;
    while (!IsTerminal(ref)) {
      const std::uint32_t number_of_axis = diagram_.mdd.axis(ref);
      const DiagramAxis& axis = diagram_.axes.axes[number_of_axis];
      std::int32_t code = std::max(way.codes[number_of_axis], 0);
      if (axis.attribute == model_.input) code = static_cast<std::int32_t>(way.first_input);
      if (axis.attribute == model_.output) code = static_cast<std::int32_t>(way.first_output);
      ref = diagram_.mdd.Child(ref, code);
    }
    const DiagramLeaf& leaf = diagram_.leaves[Label(ref)];
    return leaf.kind == LeafKind::kServe && leaf.route == route &&
           std::any_of(leaf.rows.begin(), leaf.rows.end(), [&](const CandidateEntry& row) {
             return row.rollout == kNoIndex && row.candidate == all_[number].from;
           });
  }

  void Limit(std::size_t number, const ServedRequests& served, const CandidateEntry& old,
             Guard limit, const char* what) {
    if (limit.c == kUnlimited) return;
    std::string of = what;
    if (limit.a == 1 && limit.b == 1) of = "input and output";
    Add(number, served, old, {Complement(limit)},
        fmt::format("with {} > {}", what, TokenWords(limit.c)),
        fmt::format("it takes at most {} tokens of {}", TokenWords(limit.c), of));
  }

  /// Where the old model serves such a request and keeps `lines` beside its own bounds.
  void Add(std::size_t number, const ServedRequests& served, const CandidateEntry& old,
           std::vector<Guard> lines, std::string requests, std::string because,
           std::uint64_t asks = 0) {
    std::vector<Weakness>& found = found_[{number, served.leaf.route}];
    const bool known = std::any_of(found.begin(), found.end(), [&](const Weakness& other) {
      return other.requests == requests && other.because == because;
    });
    if (known) return;
    lines.insert(lines.end(), old.guards.begin(), old.guards.end());
    const std::optional<TokenPoint> point = LeastTokenPoint(CappedRange(model_, served), lines);
    if (!point) return;
    Weakness weakness{std::move(requests), std::move(because),
                      WitnessAt(model_, diagram_, served, served.reached.asks_all | asks,
                                point->input, point->output)};
    if (all_[number].rollout != kNoIndex) {
      weakness.witness.emplace_back(
          "@arm", fmt::format("{}:canary", model_.rollouts[all_[number].rollout].name));
    }
    found.push_back(std::move(weakness));
  }

  // ------------------------------------------------------------ findings

  void Report(std::size_t number) {
    const Replacement& replacement = all_[number];
    const std::string& to = model_.candidates[replacement.to].name;
    const std::string& from = model_.candidates[replacement.from].name;
    bool weak = false;
    for (const auto& [key, found] : found_) {
      if (key.first != number || found.empty()) continue;
      weak = true;
      ReportWeak(replacement, model_.routes[key.second], found);
    }
    if (!stands_[number]) {
      diagnostics_
          .Add(Code::k0405, replacement.from_span,
               fmt::format("{} has nothing to replace: `{}` serves no request of its routes",
                           replacement.name, from))
          .help.emplace_back("name the model that its routes try, or other routes in `for`");
    } else if (!weak && replacement.rollout != kNoIndex && !serves_[number]) {
      const CandidateModel& facts = model_.candidates[replacement.to];
      const ModelStatus status = StatusAt(facts, model_.valid.from_s);
      if (status == ModelStatus::kRetired || status == ModelStatus::kArchived) return;  // MLP0502
      diagnostics_
          .Add(Code::k0405, replacement.to_span,
               fmt::format("`{}` can never be tried in {}", to, replacement.name))
          .help.push_back(fmt::format("its status is {}; a bound on the cost of an attempt may "
                                      "exclude it too",
                                      NameOf(status)));
    }
  }

  void ReportWeak(const Replacement& replacement, const RouteModel& route,
                  const std::vector<Weakness>& found) {
    const std::string& to = model_.candidates[replacement.to].name;
    const std::string& from = model_.candidates[replacement.from].name;
    // A weakness for all requests says it all.
    const auto all = std::find_if(found.begin(), found.end(),
                                  [](const Weakness& one) { return one.requests.empty(); });
    const Weakness& first = all == found.end() ? found.front() : *all;
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0603, replacement.to_span,
        fmt::format("`{}` cannot take the place of `{}` for {} of route `{}`{}: {}", to, from,
                    first.requests.empty() ? "any request" : "requests", route.name,
                    first.requests.empty() ? "" : " " + first.requests, first.because));
    if (!first.requests.empty()) diagnostic.severity = Severity::kWarning;
    diagnostic.related.push_back({route.span, "the route"});
    for (const Weakness& other : found) {
      if (&other == &first || other.requests.empty() || first.requests.empty()) continue;
      diagnostic.help.push_back(fmt::format("nor {}: {}", other.requests, other.because));
    }
    diagnostic.help.push_back(
        fmt::format("`{}` would go on to serve them; choose a model that does what it does, or "
                    "take such requests into a route of their own",
                    from));
    diagnostic.witness = first.witness;
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  Diagnostics& diagnostics_;
  std::vector<Replacement> all_;
  std::vector<bool> stands_;
  std::vector<bool> serves_;
  std::map<std::pair<std::size_t, Index>, std::vector<Weakness>> found_;  ///< by route
};

}  // namespace

void FindWeakReplacements(const PolicyModel& model, const Diagram& diagram,
                          Diagnostics& diagnostics) {
  Finder(model, diagram, diagnostics).Find();
}

}  // namespace mlp::compiler
