#include "compiler/prove/lifecycle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/prove/takeover.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kSoon = 30 * kDay;
constexpr std::size_t kMostPlaces = 5;

bool IsRetired(const CandidateModel& candidate, std::int64_t at_s) {
  const ModelStatus status = StatusAt(candidate, at_s);
  return status == ModelStatus::kRetired || status == ModelStatus::kArchived;
}

/// A place of the policy that brings a model in.
struct Named {
  UsePlace place;
  Index route = kNoIndex;
  std::uint32_t step = 0;
  Index rollout = kNoIndex;
  const Use* use = nullptr;  ///< a request that comes to it or, where it is gone, to its route
};

/// Each place once, in the order of the routes.
void AddPlace(std::vector<Named>& places, Named named) {
  const bool known = std::any_of(places.begin(), places.end(), [&](const Named& other) {
    return other.place.span == named.place.span && other.route == named.route;
  });
  if (!known) places.push_back(std::move(named));
}

void AddRelated(const std::vector<Named>& places, const CandidateModel& candidate,
                Diagnostic& diagnostic) {
  std::set<std::uint32_t> shown{places.front().place.span.begin};
  for (std::size_t i = 1; i < places.size() && diagnostic.related.size() < kMostPlaces; ++i) {
    if (!shown.insert(places[i].place.span.begin).second) continue;
    diagnostic.related.push_back({places[i].place.span, places[i].place.words + " it too"});
  }
  if (candidate.retires_s != kForever && candidate.retires_span.end > 0) {
    diagnostic.related.push_back({candidate.retires_span, "its end is stated here"});
  } else if (candidate.status_span.end > 0) {
    diagnostic.related.push_back({candidate.status_span, "its status is stated here"});
  }
}

/// Whether the successor serves whatever the model serves, at every place; else the first obstacle.
std::optional<std::string> Obstacle(const PolicyModel& model, const std::vector<Named>& places,
                                    Index candidate, std::int64_t at_s) {
  const Index successor = model.candidates[candidate].successor_index;
  for (const Named& named : places) {
    if (named.rollout != kNoIndex) continue;
    auto why = WhyNoTakeover(model, named.route, named.step, candidate, successor, at_s);
    if (why) return why;
  }
  return std::nullopt;
}

/// What to do about a model that ends at the instant.
std::string Mend(const PolicyModel& model, const std::vector<Named>& places, Index candidate,
                 std::int64_t at_s) {
  const CandidateModel& facts = model.candidates[candidate];
  if (facts.successor_index == kNoIndex) {
    return fmt::format("name another model in its place; `{}` has no successor", facts.name);
  }
  const std::string& successor = model.candidates[facts.successor_index].name;
  if (const auto why = Obstacle(model, places, candidate, at_s)) {
    return fmt::format("name another model in its place; its successor `{}` cannot take over: {}",
                       successor, *why);
  }
  const auto follows = [&](const Named& named) {
    return model.routes[named.route].follows_successors;
  };
  if (std::all_of(places.begin(), places.end(), follows)) {
    return fmt::format("its successor `{}` then takes its place: the route follows successors",
                       successor);
  }
  const bool listed = std::any_of(places.begin(), places.end(),
                                  [](const Named& named) { return named.rollout == kNoIndex; });
  return fmt::format("name its successor `{}`{}", successor,
                     listed ? ", or let the route `follow successors`" : "");
}

class EndFinder {
 public:
  EndFinder(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
            Diagnostics& diagnostics)
      : model_(model), diagram_(diagram), uses_(uses), diagnostics_(diagnostics) {}

  void Find() {
    for (Index i = 0; i < model_.candidates.size(); ++i) {
      Retired(i);
      Successor(i);
    }
  }

 private:
  // ------------------------------------------------------------ MLP0502

  void Retired(Index candidate) {
    const CandidateModel& facts = model_.candidates[candidate];
    const bool from_start = IsRetired(facts, model_.valid.from_s);
    if (!from_start && facts.retires_s >= model_.valid.to_s) return;
    const std::vector<Named> places = from_start ? NamedPlaces(candidate) : LastPlaces(candidate);
    if (places.empty()) return;
    const Named& first = places.front();
    const std::string since =
        facts.retires_s <= model_.valid.from_s ? "since " + FormatInstant(facts.retires_s)
        : from_start                           ? "by its status"
                     : fmt::format("from {} on", FormatInstant(facts.retires_s));
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0502, first.place.span,
        fmt::format("{} `{}`, which is retired {}", first.place.words, facts.name, since));
    diagnostic.severity = from_start ? Severity::kError : Severity::kWarning;
    AddRelated(places, facts, diagnostic);
    const std::int64_t end_s = from_start ? model_.valid.from_s : facts.retires_s;
    diagnostic.help.push_back(Mend(model_, places, candidate, end_s));
    if (first.use != nullptr) {
      diagnostic.witness = WitnessOf(model_, diagram_, uses_, *first.use, end_s);
    }
  }

  /// Where it may serve up to its end.
  [[nodiscard]] std::vector<Named> LastPlaces(Index candidate) const {
    const std::int64_t end_s = model_.candidates[candidate].retires_s;
    const std::size_t root = RootNumber(diagram_, end_s - 1);
    std::vector<Named> places;
    for (const Use& use : uses_.all) {
      if (use.root != root || use.candidate != candidate || Follows(use.route, candidate)) continue;
      const UsePlace place = PlaceOf(model_, use.route, use.step, candidate, use.rollout);
      if (place.named) AddPlace(places, {place, use.route, use.step, use.rollout, &use});
    }
    return places;
  }

  /// Where routes that some request takes name it.
  [[nodiscard]] std::vector<Named> NamedPlaces(Index candidate) const {
    std::vector<Named> places;
    const auto add = [&](Index route, std::uint32_t step, Index rollout) {
      const UsePlace place = PlaceOf(model_, route, step, candidate, rollout);
      if (place.named) AddPlace(places, {place, route, step, rollout, AnyUseOf(route)});
    };
    for (Index route = 0; route < model_.routes.size(); ++route) {
      if (!uses_.live_routes[route] || Follows(route, candidate)) continue;
      for (std::uint32_t step = 0; step < model_.routes[route].steps.size(); ++step) {
        add(route, step, kNoIndex);
      }
    }
    for (Index rollout = 0; rollout < model_.rollouts.size(); ++rollout) {
      const RolloutModel& facts = model_.rollouts[rollout];
      if (facts.to == candidate) add(facts.routes.empty() ? 0 : facts.routes.front(), 0, rollout);
    }
    return places;
  }

  /// A request that the route serves, by any candidate.
  [[nodiscard]] const Use* AnyUseOf(Index route) const {
    const auto found = std::find_if(uses_.all.begin(), uses_.all.end(),
                                    [&](const Use& use) { return use.route == route; });
    return found == uses_.all.end() || found->rollout != kNoIndex ? nullptr : &*found;
  }

  [[nodiscard]] bool Follows(Index route, Index candidate) const {
    return model_.routes[route].follows_successors &&
           model_.candidates[candidate].successor_index != kNoIndex;
  }

  // ------------------------------------------------------------ MLP0504

  void Successor(Index candidate) {
    const CandidateModel& facts = model_.candidates[candidate];
    const DateRange& valid = model_.valid;
    if (IsRetired(facts, valid.from_s)) return;
    const bool retires = facts.retires_s < valid.to_s;
    const bool deprecated = StatusAt(facts, valid.to_s - 1) == ModelStatus::kDeprecated;
    if (!retires && !deprecated) return;
    const auto use = std::find_if(uses_.all.begin(), uses_.all.end(),
                                  [&](const Use& one) { return one.candidate == candidate; });
    if (use == uses_.all.end()) return;
    const std::int64_t end_s = retires ? facts.retires_s : valid.to_s - 1;
    const std::optional<std::string> problem = SuccessorProblem(candidate, end_s);
    if (!problem) return;
    const UsePlace place = PlaceOf(model_, use->route, use->step, candidate, use->rollout);
    const std::string ends =
        retires ? fmt::format("`{}` retires on {}", facts.name, FormatInstant(facts.retires_s))
                : fmt::format("`{}` is deprecated", facts.name);
    const bool missing = facts.successor_index == kNoIndex;
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0504, missing ? place.span : facts.successor_span,
                         fmt::format("{}, and {}", ends, *problem));
    if (!missing) diagnostic.related.push_back({place.span, place.words + " it"});
    AddRelated({{place, use->route, use->step, use->rollout, &*use}}, facts, diagnostic);
    diagnostic.help.push_back(
        fmt::format("state what replaces it: `amend model {} {{ successor NAME }}`", facts.name));
    diagnostic.witness = WitnessOf(model_, diagram_, uses_, *use, StartOf(use->root));
  }

  /// Why nothing stands behind the model at its end, or nothing.
  [[nodiscard]] std::optional<std::string> SuccessorProblem(Index candidate,
                                                            std::int64_t end_s) const {
    const CandidateModel& facts = model_.candidates[candidate];
    if (facts.successor_index == kNoIndex) return "it has no successor";
    std::vector<Index> chain{candidate};
    for (Index next = facts.successor_index; next != kNoIndex;
         next = model_.candidates[next].successor_index) {
      if (std::find(chain.begin(), chain.end(), next) != chain.end()) {
        return fmt::format("its successors run in a circle: {}", ChainWords(chain, next));
      }
      chain.push_back(next);
    }
    const CandidateModel& successor = model_.candidates[facts.successor_index];
    if (!IsRetired(successor, end_s)) return std::nullopt;
    if (successor.retires_s <= end_s) {
      return fmt::format("its successor `{}` is retired since {}", successor.name,
                         FormatInstant(successor.retires_s));
    }
    return fmt::format("its successor `{}` is {}", successor.name,
                       NameOf(StatusAt(successor, end_s)));
  }

  [[nodiscard]] std::string ChainWords(const std::vector<Index>& chain, Index again) const {
    std::string words;
    for (const Index one : chain) words += fmt::format("`{}`, ", model_.candidates[one].name);
    return words + fmt::format("`{}`", model_.candidates[again].name);
  }

  [[nodiscard]] std::int64_t StartOf(std::size_t root) const { return diagram_.roots[root].from_s; }

  const PolicyModel& model_;
  const Diagram& diagram_;
  const Uses& uses_;
  Diagnostics& diagnostics_;
};

// ---------------------------------------------------------------- MLP0503

class DeprecationFinder {
 public:
  DeprecationFinder(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                    std::int64_t as_of_s, Diagnostics& diagnostics)
      : model_(model),
        diagram_(diagram),
        uses_(uses),
        as_of_s_(as_of_s),
        first_root_(RootNumber(diagram, as_of_s)),
        diagnostics_(diagnostics) {}

  void Find() {
    for (Index i = 0; i < model_.candidates.size(); ++i) Look(i);
  }

 private:
  void Look(Index candidate) {
    const CandidateModel& facts = model_.candidates[candidate];
    if (IsRetired(facts, as_of_s_)) return;  // MLP0502 speaks of it
    const bool soon = facts.retires_s != kForever && facts.retires_s - as_of_s_ <= kSoon;
    const bool now = StatusAt(facts, as_of_s_) == ModelStatus::kDeprecated;
    const bool later = facts.deprecated_s < model_.valid.to_s;
    if (!soon && !now && !later) return;
    const std::vector<Named> places = Places(candidate, soon || now);
    if (places.empty()) return;
    const Named& first = places.front();
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0503, first.place.span, Message(facts, first.place, now));
    diagnostic.severity = SeverityOf(candidate, places, soon);
    AddRelated(places, facts, diagnostic);
    const std::int64_t end_s = facts.retires_s != kForever ? facts.retires_s : LaterOf(candidate);
    diagnostic.help.push_back(Mend(model_, places, candidate, end_s));
    const std::int64_t begin_s = diagram_.roots[first.use->root].from_s;
    const std::int64_t shown_s = soon || now ? as_of_s_ : LaterOf(candidate);
    diagnostic.witness = WitnessOf(model_, diagram_, uses_, *first.use, std::max(shown_s, begin_s));
  }

  /// Where it may serve at the day or later; with `at_once` whatever its status, else once it is
  /// deprecated.
  [[nodiscard]] std::vector<Named> Places(Index candidate, bool at_once) const {
    const CandidateModel& facts = model_.candidates[candidate];
    std::vector<Named> places;
    for (const Use& use : uses_.all) {
      if (use.candidate != candidate || use.root < first_root_) continue;
      // A deprecation alone changes no decision, so it may fall within a root.
      const std::int64_t last_s = EndOf(model_, diagram_, use.root) - 1;
      if (!at_once && StatusAt(facts, last_s) != ModelStatus::kDeprecated) continue;
      const UsePlace place = PlaceOf(model_, use.route, use.step, candidate, use.rollout);
      if (place.named) AddPlace(places, {place, use.route, use.step, use.rollout, &use});
    }
    return places;
  }

  [[nodiscard]] std::int64_t LaterOf(Index candidate) const {
    const std::int64_t deprecated_s = model_.candidates[candidate].deprecated_s;
    const std::int64_t begin_s = std::max(as_of_s_, model_.valid.from_s);
    return deprecated_s == kForever ? begin_s : std::max(begin_s, deprecated_s);
  }

  [[nodiscard]] std::string Message(const CandidateModel& facts, const UsePlace& place,
                                    bool now) const {
    std::string what = fmt::format("{} `{}`, which ", place.words, facts.name);
    if (now) {
      what += "is deprecated";
    } else if (facts.deprecated_s < model_.valid.to_s) {
      what += fmt::format("is deprecated from {} on", FormatInstant(facts.deprecated_s));
    } else {
      return what + EndWords(facts);
    }
    if (facts.retires_s == kForever) {
      return what + fmt::format(" (as of {}); when it ends is not known", FormatInstant(as_of_s_));
    }
    return what + " and " + EndWords(facts);
  }

  /// `retires on 2027-01-14, in 54 days as of 2026-11-21`; begun days do not count.
  [[nodiscard]] std::string EndWords(const CandidateModel& facts) const {
    const std::int64_t days = (facts.retires_s - as_of_s_) / kDay;
    return fmt::format("retires on {}: {} day{} left as of {}", FormatInstant(facts.retires_s),
                       days, days == 1 ? "" : "s", FormatInstant(as_of_s_));
  }

  [[nodiscard]] Severity SeverityOf(Index candidate, const std::vector<Named>& places,
                                    bool soon) const {
    if (!soon) return Severity::kNote;
    if (model_.stage != PolicyStage::kProduction) return Severity::kWarning;
    const CandidateModel& facts = model_.candidates[candidate];
    const bool replaced =
        facts.successor_index != kNoIndex && !Obstacle(model_, places, candidate, facts.retires_s);
    return replaced ? Severity::kWarning : Severity::kError;
  }

  const PolicyModel& model_;
  const Diagram& diagram_;
  const Uses& uses_;
  const std::int64_t as_of_s_;
  const std::size_t first_root_;
  Diagnostics& diagnostics_;
};

}  // namespace

void FindEnds(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
              Diagnostics& diagnostics) {
  EndFinder(model, diagram, uses, diagnostics).Find();
}

void FindDeprecated(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                    std::int64_t as_of_s, Diagnostics& diagnostics) {
  DeprecationFinder(model, diagram, uses, as_of_s, diagnostics).Find();
}

}  // namespace mlp::compiler
