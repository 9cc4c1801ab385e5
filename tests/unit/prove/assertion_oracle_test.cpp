// Random assertions about random policies: what is proved has no counterexample among all requests,
// instants, arms, budget states and live conditions, what is refuted has one, and every witness is
// replayed.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/chain.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/explain/explain.hpp"
#include "compiler/prove/assertions.hpp"
#include "mlp/decide.hpp"
#include "runtime/core/live_facts.hpp"
#include "tests/property/compiled.hpp"
#include "tests/property/random_policy.hpp"
#include "tests/property/request_space.hpp"
#include "tests/unit/prove/random_claims.hpp"

namespace mlp::test {
namespace {

constexpr std::size_t kPolicies = 200;
constexpr int kClaims = 6;                    // of one policy
constexpr std::size_t kMostRequests = 3'000;  // policies with more are passed over
constexpr std::size_t kMostLive = 3;          // likewise

void Replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

/// Everything beside the request that a list depends on.
struct State {
  std::int64_t at_s = 0;
  std::uint32_t canaries = 0;  ///< bits of rollouts
  bool cheapest = false;
  bool only = false;
  std::uint32_t live_off = 0;  ///< bits of conditions that do not hold
  std::set<std::string> down;
};

class Trial {
 public:
  /// Claims about costs need both token attributes.
  static bool HasTokens(std::uint64_t seed) {
    return oracle::MakeRandomPolicy(seed).text.find("\n  output tokens") != std::string::npos;
  }

  explicit Trial(std::uint64_t seed) : random_(seed * 7919 + 1) {
    const oracle::RandomPolicy policy = oracle::MakeRandomPolicy(seed);
    std::string text = policy.text;
    // Where an order is drawn or measured no attempt falls short: which members come first would
    // be another question.
    bool drawn = false;
    for (const char* word : {"spread", "fastest", "least-busy", "balanced"}) {
      drawn = drawn || text.find(word) != std::string::npos;
    }
    has_budget_ = policy.has_budget;
    rollouts_ = policy.rollouts;
    Replace(
        text, "attempts at most 4",
        fmt::format("attempts at most {}; retry {} times; attempt 30s{}{}", drawn ? 12 : Draw(1, 5),
                    Draw(0, 2), Draw(0, 2) == 0 ? "; deadline 90s" : "",
                    Draw(0, 4) == 0 ? "; cost at most $0.0004 per call" : ""));
    if (Draw(0, 3) == 0) {
      only_price_ = Draw(3, 8) * 10;
      text += fmt::format(
          "budget more when grade == high {{ limit $1 per day; at 30% only price.output <= ${}/M "
          "}}\n",
          only_price_);
    }
    // Counts of models: enough that most are named.
    for (int i = 0; i < kClaims; ++i) {
      claims_.push_back(MakeRandomClaim(random_, i, {"m0", "m1", "m2"}));
      text += claims_.back().text + "\n";
    }
    text_ = text;
    compiled_ = oracle::CompileText(policy.name, text_);
    BOOST_REQUIRE_MESSAGE(compiled_->tables.has_value(), text_ + compiled_->errors());
    facts_ = oracle::ReadFacts(compiled_->program, compiled_->sources);
    requests_.emplace(facts_, std::set<std::int64_t>{});
    live_.emplace(tables());
    if (tables().live_conditions.size() <= kMostLive) FindLiveStates();
  }

  [[nodiscard]] bool small() const {
    return requests_->size() <= kMostRequests && rollouts_.size() <= 2 &&
           tables().live_conditions.size() <= kMostLive;
  }

  void Run(std::size_t& proved, std::size_t& refuted) {
    compiler::Diagnostics found;
    compiler::Diagram diagram = compiler::BuildDiagram(compiled_->model, {}, found);
    found.all().clear();
    compiler::ProveAssertions(compiled_->model, diagram, found);
    std::map<int, const compiler::Diagnostic*> by_claim;
    for (const compiler::Diagnostic& one : found.all()) {
      BOOST_TEST((one.code != compiler::Code::k0802), text_ + one.message);
      if (one.code != compiler::Code::k0407) continue;
      for (int i = 0; i < kClaims; ++i) {
        if (compiled_->model.asserts[static_cast<std::size_t>(i)].claim_span.begin ==
            one.span.begin) {
          by_claim[i] = &one;
        }
      }
    }
    const std::vector<bool> fails = Enumerate(by_claim);
    for (int i = 0; i < kClaims; ++i) {
      const bool is_refuted = by_claim.count(i) != 0;
      (is_refuted ? refuted : proved) += 1;
      if (is_refuted) {
        Replay(i, *by_claim[i]);
      } else if (fails[static_cast<std::size_t>(i)]) {
        BOOST_ERROR("proved, but " + example_[i] + "\n" +
                    claims_[static_cast<std::size_t>(i)].text + "\n" + text_);
      }
    }
  }

 private:
  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  [[nodiscard]] const Tables& tables() const { return compiled_->tables->view(); }

  /// Which claims fail for some request; those refuted already are left to their witness.
  std::vector<bool> Enumerate(const std::map<int, const compiler::Diagnostic*>& refuted) {
    std::vector<bool> fails(claims_.size());
    const std::vector<std::int64_t> instants = compiler::CutPoints(compiled_->model);
    const std::uint32_t live_states = 1U << tables().live_conditions.size();
    for (std::size_t at = 0; at < requests_->size(); ++at) {
      const oracle::Request values = requests_->at(at);
      NamedRequest request;
      for (std::size_t i = 0; i < values.size(); ++i) {
        request[facts_.attributes[i].name] = values[i];
      }
      std::vector<std::size_t> asked;
      for (std::size_t i = 0; i < claims_.size(); ++i) {
        if (refuted.count(static_cast<int>(i)) == 0 && !fails[i] && claims_[i].when(request)) {
          asked.push_back(i);
        }
      }
      if (asked.empty()) continue;
      for (const std::int64_t at_s : instants) {
        for (std::uint32_t canaries = 0; canaries < 1U << rollouts_.size(); ++canaries) {
          for (const bool cheapest : {false, true}) {
            if (cheapest && !has_budget_) continue;
            for (const bool only : {false, true}) {
              if (only && (only_price_ == 0 || request.at("grade").text != "high")) continue;
              for (std::uint32_t live = 0; live < live_states; ++live) {
                if (!CanBe(live)) continue;
                const State state{at_s, canaries, cheapest, only, live, {}};
                for (const std::size_t i : asked) {
                  if (fails[i] || !Fails(claims_[i], request, state)) continue;
                  fails[i] = true;
                  example_[static_cast<int>(i)] =
                      fmt::format("{} canaries {} cheapest {} only {} live off {}",
                                  oracle::Describe(facts_, values, {at_s, {}, cheapest}), canaries,
                                  cheapest, only, live);
                }
              }
            }
          }
        }
      }
    }
    return fails;
  }

  /// Which conditions may fail at once: every combination of values around what they compare with.
  void FindLiveStates() {
    struct Fact {
      LiveAtom atom;
      std::set<std::int64_t> values;
    };
    const auto same = [](const LiveAtom& a, const LiveAtom& b) {
      return a.model == b.model && a.fact == b.fact && a.window_s == b.window_s;
    };
    std::vector<Fact> facts;
    for (const LiveAtom& atom : tables().live_atoms) {
      auto at = std::find_if(facts.begin(), facts.end(),
                             [&](const Fact& fact) { return same(fact.atom, atom); });
      if (at == facts.end()) at = facts.insert(facts.end(), {atom, {}});
      for (const std::int64_t offset : {-1'000, 0, 1'000}) {
        if (atom.threshold + offset >= 0) at->values.insert(atom.threshold + offset);
      }
    }
    live_states_ = {0};  // nothing is measured
    std::vector<std::int64_t> chosen(facts.size());
    const std::function<void(std::size_t)> choose = [&](std::size_t number) {
      if (number < facts.size()) {
        for (const std::int64_t value : facts[number].values) {
          chosen[number] = value;
          choose(number + 1);
        }
        return;
      }
      const FactLookup lookup = [&](std::uint16_t model, LiveFact fact,
                                    std::uint32_t window_s) -> std::optional<std::int64_t> {
        for (std::size_t i = 0; i < facts.size(); ++i) {
          LiveAtom asked{};
          asked.model = model;
          asked.fact = fact;
          asked.window_s = window_s;
          if (same(facts[i].atom, asked)) return chosen[i];
        }
        return std::nullopt;
      };
      PublishConditions(tables(), lookup, *live_);
      std::uint32_t off = 0;
      for (std::size_t c = 0; c < tables().live_conditions.size(); ++c) {
        if (!live_->condition(static_cast<std::uint16_t>(c))) off |= 1U << c;
      }
      live_states_.insert(off);
    };
    choose(0);
  }

  [[nodiscard]] bool CanBe(std::uint32_t live_off) const { return live_states_.contains(live_off); }

  /// The list in the state; nothing where the claim does not speak of the request.
  std::optional<ListedRequest> ListOf(const NamedRequest& request, const State& state) {
    State full = state;
    full.canaries = 0;
    full.live_off = 0;
    full.down.clear();
    if (DecideIn(request, full).list.empty()) return std::nullopt;
    return DecideIn(request, state);
  }

  ListedRequest DecideIn(const NamedRequest& request, const State& state) {
    oracle::Request values;
    for (const oracle::Attribute& attribute : facts_.attributes) {
      values.push_back(request.at(attribute.name));
    }
    const oracle::PackedValues packed = oracle::Pack(tables(), facts_, values);
    live_->set_root(RootAt(tables(), state.at_s));
    for (std::size_t r = 0; r < tables().rollouts.size(); ++r) {
      const auto at = std::find(rollouts_.begin(), rollouts_.end(), tables().rollouts[r].name);
      const bool in = ((state.canaries >> (at - rollouts_.begin())) & 1) != 0;
      live_->set_share_ppm(static_cast<std::uint16_t>(r), in ? 1'000'000 : 0);
    }
    for (std::size_t c = 0; c < tables().live_conditions.size(); ++c) {
      live_->set_condition(static_cast<std::uint16_t>(c), ((state.live_off >> c) & 1) == 0);
    }
    for (std::size_t m = 0; m < tables().models.size(); ++m) {
      const Model& model = tables().models[m];
      live_->set_model_up(
          static_cast<std::uint16_t>(m),
          !state.down.contains(std::string(model.name)) &&
              !state.down.contains(std::string(tables().providers[model.provider].name)));
    }
    const Decision decision =
        mlp::Decide(tables(), *live_, packed.view(), {.prefer_cheapest = state.cheapest});
    ListedRequest listed;
    listed.request = &request;
    listed.at_s = state.at_s;
    listed.output = decision.output_tokens;
    if (decision.route == kNone16) return listed;
    listed.route = &compiled_->model.routes[decision.route];
    const std::int64_t input = request.at("input").number / 1'000'000;
    std::vector<std::int64_t> costs;
    std::vector<compiler::Index> candidates;
    for (const Candidate& candidate : decision.list()) {
      const Model& model = tables().models[candidate.model];
      ListedCandidate one;
      const compiler::Index index = compiler::FindCandidate(compiled_->model, model.name);
      one.facts = &compiled_->model.candidates[index];
      if (state.only &&
          DearestOutput(*one.facts, state.at_s) > std::int64_t{only_price_} * 1'000'000)
        continue;
      one.provider = tables().providers[model.provider].name;
      one.places = PlacesOf(*listed.route, tables().endpoints[candidate.endpoint], request);
      one.cost_pico =
          AttemptCostPico(tables(), tables().rows[candidate.row], state.at_s, input, listed.output,
                          tables().routes[decision.route].caches_prompts);
      one.streams = Can(*one.facts, "streaming");
      costs.push_back(one.cost_pico);
      candidates.push_back(index);
      listed.list.push_back(std::move(one));
    }
    const compiler::ChainLimits limits = compiler::LimitsOf(*listed.route);
    listed.chain_cost_pico = compiler::WorstCallCost(costs, limits);
    listed.chain_time_ms = compiler::WorstCallTimeMs(compiled_->model, *listed.route, candidates);
    listed.attempts = compiler::MostAttempts(costs.size(), limits);
    return listed;
  }

  [[nodiscard]] bool Can(const compiler::CandidateModel& facts, const char* capability) const {
    const auto bit = compiler::FindCapability(compiled_->model, capability);
    return bit && ((facts.capabilities >> *bit) & 1) != 0;
  }

  static std::int64_t DearestOutput(const compiler::CandidateModel& facts, std::int64_t at_s) {
    std::int64_t dearest = kUnknownPrice;
    for (const compiler::PriceModel& price : facts.prices) {
      if (at_s < price.when.from_s || at_s >= price.when.to_s) continue;
      const std::int64_t output = price.per_token[static_cast<std::size_t>(TokenClass::kOutput)];
      if (dearest == kUnknownPrice || output > dearest) dearest = output;
    }
    return dearest;
  }

  static std::vector<std::string> PlacesOf(const compiler::RouteModel& route,
                                           const Endpoint& endpoint, const NamedRequest& request) {
    std::vector<std::string> wanted;
    if (route.place == compiler::PlaceKind::kAttribute) wanted = {request.at("region").text};
    if (route.place == compiler::PlaceKind::kFixed) wanted = route.places;
    std::vector<std::string> places;
    for (const std::string_view place : endpoint.places) {
      if (wanted.empty() || std::find(wanted.begin(), wanted.end(), place) != wanted.end()) {
        places.emplace_back(place);
      }
    }
    return endpoint.places.empty() ? wanted : places;
  }

  bool Fails(const RandomClaim& claim, const NamedRequest& request, const State& state) {
    switch (claim.kind) {
      case RandomClaim::Kind::kEach:
      case RandomClaim::Kind::kList: {
        const auto listed = ListOf(request, state);
        return listed && claim.Fails(*listed);
      }
      case RandomClaim::Kind::kSurvivesProvider:
      case RandomClaim::Kind::kSurvivesModel:
        break;
    }
    if (state.canaries != 0 || state.live_off + 1 != 1U << tables().live_conditions.size())
      return false;
    const auto listed = ListOf(request, state);
    if (!listed) return false;
    std::set<std::string> groups;
    for (const ListedCandidate& one : listed->list) {
      const compiler::Index base = one.facts->variant_of;
      const std::string& model =
          base == compiler::kNoIndex ? one.facts->name : compiled_->model.candidates[base].name;
      groups.insert(claim.kind == RandomClaim::Kind::kSurvivesProvider ? one.provider : model);
    }
    return groups.size() < 2;
  }

  /// The witness, through explain and through the claim.
  void Replay(int number, const compiler::Diagnostic& diagnostic) {
    const RandomClaim& claim = claims_[static_cast<std::size_t>(number)];
    const std::string what = claim.text + "\n" + diagnostic.message + "\n" + text_;
    BOOST_REQUIRE_MESSAGE(diagnostic.witness.has_value(), what);
    AttributeWords words;
    compiler::Circumstances circumstances;
    std::string all;
    for (const auto& [name, value] : *diagnostic.witness) {
      all += fmt::format(" {}={}", name, value);
      const auto error =
          compiler::ReadWord(fmt::format("{}={}", name, value), words, circumstances);
      BOOST_REQUIRE_MESSAGE(!error, what + all + error.value_or(""));
    }
    const std::int64_t start = compiled_->model.valid.from_s;
    const auto explained = compiler::Explain(compiled_->model, tables(), compiled_->sources, words,
                                             circumstances, start);
    BOOST_REQUIRE_MESSAGE(explained.ok(), what + all);
    const compiler::Explanation& answer = explained.value();

    State state;
    state.at_s = circumstances.at_s.value_or(start);
    for (std::size_t r = 0; r < rollouts_.size(); ++r) {
      const auto& in = circumstances.canary;
      if (std::find(in.begin(), in.end(), rollouts_[r]) != in.end()) state.canaries |= 1U << r;
    }
    for (const auto& level : circumstances.budgets) {
      state.cheapest = state.cheapest || level.budget == "money";
      state.only = state.only || level.budget == "more";
    }
    state.live_off = LiveOff(circumstances);
    std::optional<NamedRequest> request = RequestOf(words);
    BOOST_REQUIRE_MESSAGE(request.has_value(), what + all);
    BOOST_TEST(claim.when(*request), what + all);
    if (claim.kind == RandomClaim::Kind::kEach || claim.kind == RandomClaim::Kind::kList) {
      BOOST_TEST(Fails(claim, *request, state), what + all);
      if (state.only) return;  // explain asks no budget's `only`
      const ListedRequest listed = DecideIn(*request, state);
      BOOST_TEST_REQUIRE(answer.candidates.size() == listed.list.size(), what + all);
      for (std::size_t i = 0; i < listed.list.size(); ++i) {
        BOOST_TEST(answer.candidates[i].model == listed.list[i].facts->name, what + all);
      }
      return;
    }
    // Other routes may have conditions of their own.
    state.live_off = (1U << tables().live_conditions.size()) - 1;
    BOOST_TEST(Fails(claim, *request, state), what + all);
    if (!state.only) BOOST_TEST(answer.outcome == "no-candidate", what + all);
  }

  std::uint32_t LiveOff(const compiler::Circumstances& circumstances) {
    const FactLookup lookup = [&](std::uint16_t model, LiveFact fact,
                                  std::uint32_t) -> std::optional<std::int64_t> {
      for (const auto& live : circumstances.live) {
        if (live.model == tables().models[model].name && live.fact == fact) return live.value;
      }
      return std::nullopt;
    };
    PublishConditions(tables(), lookup, *live_);
    std::uint32_t off = 0;
    for (std::size_t c = 0; c < tables().live_conditions.size(); ++c) {
      if (!live_->condition(static_cast<std::uint16_t>(c))) off |= 1U << c;
    }
    return off;
  }

  /// The request of the space that the words name; attributes left out have their default.
  std::optional<NamedRequest> RequestOf(const AttributeWords& words) const {
    const Result<OwnedRequest> read = ReadRequest(tables(), words);
    if (!read.ok()) return std::nullopt;
    std::vector<std::string_view> texts;
    const RequestView view = read.value().view(texts);
    NamedRequest request;
    for (const Attribute& attribute : tables().attributes) {
      oracle::Value value;
      switch (attribute.type) {
        case AttributeType::kEnum:
          value.number = view.codes[attribute.slot];
          value.text = attribute.labels[static_cast<std::size_t>(value.number)];
          break;
        case AttributeType::kNumber:
          value.number =
              attribute.minimum_micro + view.codes[attribute.slot] * attribute.step_micro;
          break;
        case AttributeType::kTokens:
          value.number = std::int64_t{view.codes[attribute.slot]} * 1'000'000;
          break;
        case AttributeType::kText:
        case AttributeType::kKey:
          value.text = view.texts[attribute.slot];
          break;
        case AttributeType::kSet:
          for (std::size_t bit = 0, label = 0; bit < 64; ++bit) {
            if (((attribute.members >> bit) & 1) == 0) continue;
            if (((view.sets[attribute.slot] >> bit) & 1) != 0) {
              value.members.insert(std::string(attribute.labels[label]));
            }
            ++label;
          }
          break;
      }
      request[std::string(attribute.name)] = value;
    }
    return request;
  }

  static constexpr std::int64_t kUnknownPrice = INT64_MAX;

  std::mt19937_64 random_;
  std::string text_;
  bool has_budget_ = false;
  std::vector<std::string> rollouts_;
  int only_price_ = 0;
  std::vector<RandomClaim> claims_;
  std::unique_ptr<oracle::Compiled> compiled_;
  oracle::Facts facts_;
  std::optional<oracle::RequestSpace> requests_;
  std::optional<LiveState> live_;
  std::set<std::uint32_t> live_states_;
  std::map<int, std::string> example_;
};

BOOST_AUTO_TEST_SUITE(assertions)

BOOST_AUTO_TEST_CASE(proved_is_without_counterexample_and_refuted_has_one) {
  std::size_t policies = 0;
  std::size_t proved = 0;
  std::size_t refuted = 0;
  for (std::uint64_t seed = 1; policies < kPolicies; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      if (!Trial::HasTokens(seed)) continue;
      Trial trial(seed);
      if (!trial.small()) continue;
      ++policies;
      trial.Run(proved, refuted);
    }
  }
  BOOST_TEST_MESSAGE(proved << " proved, " << refuted << " refuted");
  BOOST_TEST(proved > kPolicies);
  BOOST_TEST(refuted > kPolicies);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
