// A policy of one route over three providers, made by hand, for tests of the engine.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "mlp/policy.hpp"

namespace mlp::engine {

/// As generated code has it.
struct TestRequest {
  std::int32_t input = 0;
  std::int32_t output = 0;
  std::string_view user = "u1";
  [[nodiscard]] PackedRequest<2, 1, 0> Pack() const noexcept {
    return {{input, output}, {user}, {}};
  }
};

/// Request: `input` and `output` tokens up to 100,000 and a `user`. Route `all` tries opus
/// (anthropic, $5/$25 per million), gpt (openai, $2/$10) and llama (ollama, free) in order; all can
/// `streaming`.
class TestPolicy {
 public:
  explicit TestPolicy(std::uint8_t attempts = 4, std::uint8_t retries = 1) {
    route_.name = "all";
    route_.file = "test.mlp";
    route_.output_cap = UINT32_MAX;
    route_.attempt_ms = 300;
    route_.deadline_ms = 2'000;
    route_.backoff_base_ms = 4;
    route_.backoff_cap_ms = 8;
    route_.retries = retries;
    route_.attempts = attempts;
    route_.evaluator = kNone16;
    route_.vectors = kNone16;
    route_.call_bound = {INT64_MAX};
    route_.actions = DefaultActions();
  }
  TestPolicy(const TestPolicy&) = delete;
  TestPolicy& operator=(const TestPolicy&) = delete;

  RoutePlan& route() { return route_; }
  Provider& provider(std::size_t index) { return providers_[index]; }
  Model& model(std::size_t index) { return models_[index]; }
  Endpoint& endpoint(std::size_t index) { return endpoints_[index]; }
  /// The policy's one alert, `oncall`, which logs; there from the first use on, or with Limit.
  Alert& alert() {
    has_alert_ = true;
    return alerts_[0];
  }
  /// The same two keys for the first two providers: KEY_A and KEY_B.
  void TakeTwoKeys() { providers_[0].key_env = providers_[1].key_env = two_key_names_; }
  /// Answers are kept so long; `any_temperature`: the route says when.
  void Cache(std::uint32_t ttl_s, bool any_temperature = true) {
    leaves_[0].cache_ttl_s = ttl_s;
    route_.caches_any_temperature = any_temperature;
  }
  /// After Cache: prompts share an answer from this cosine on, by vectors of 64 numbers from
  /// `nomic` (ollama, $1 per million), which is model 3.
  void CompareBy(std::uint32_t similar_ppm) {
    route_.similar_ppm = similar_ppm;
    route_.vectors = 3;
  }
  /// Without the candidates from `count` on.
  void KeepCandidates(std::uint16_t count) { leaves_[0].row_count = count; }
  /// One budget for all requests; `per_user`: a ledger for each user. `prefer cheapest` turns the
  /// order of three candidates round.
  void Limit(Money per_day, std::vector<BudgetStep> steps, bool per_user = false) {
    steps_ = std::move(steps);
    has_alert_ = true;
    leaves_[0].first_cheapest = 0;
    budgets_[0] = {
        "spend", per_day, Money{INT64_MAX}, kLeafBit | 1, per_user ? std::uint16_t{2} : kNone16,
        steps_};
    tables_.budgets = budgets_;
  }
  /// Of an `only`: the candidates that pass.
  std::span<const OnlyPeriod> Only(std::vector<std::uint16_t> models) {
    cases_.clear();
    for (const std::uint16_t model : models) cases_.push_back({model, model, kLeafBit | 1, 0});
    only_[0] = {INT64_MIN, cases_};
    return only_;
  }
  std::string_view& protocol(std::size_t provider) { return providers_[provider].protocol_name; }

  /// Rollout `next` of opus -> llama by user; failures > baseline roll it back. With an alert where
  /// alert() was asked for.
  void RollOut(std::vector<RampStep> steps, std::string_view salt = "next") {
    ramp_ = std::move(steps);
    harm_[0].relative = true;
    rollouts_[0] = {"next", salt, 0, 2, 0, ramp_, {}, harm_, {}};
    rollouts_[0].alert = has_alert_ ? 0 : kNone16;
    rolls_out_ = true;
    leaves_[0].row_count = 4;
  }
  /// Experiment `tone` in place of opus, half and half by user: `plain` is opus, `warm` is llama.
  /// It measures failures, latency and latency.p95, and ends after so many users in each arm.
  void TryTone(std::uint32_t min_units = 0) {
    experiments_[0].lasts_s = min_units == 0 ? 0 : 1;
    experiments_[0].min_units = min_units;
    tries_tone_ = true;
    leaves_[0].row_count = 4;
  }
  /// Before policy(): plain has so much of all users, warm the rest.
  void ShareTone(std::uint32_t plain_ppm) { arms_[0].to_ppm = arms_[1].from_ppm = plain_ppm; }
  /// opus is tried only while the atom holds.
  void TryOpusWhile(const LiveAtom& atom) {
    live_atoms_[0] = atom;
    rows_[0].gate = 1;
    tables_.live_refs = live_refs_;
    tables_.live_conditions = live_conditions_;
    tables_.live_atoms = live_atoms_;
  }
  /// Answers below `least_ppm` are low-quality by an evaluator of these parts; over a window of so
  /// many calls the mean has a floor of its own.
  void Evaluate(std::uint32_t least_ppm, std::vector<EvaluatorPart> parts,
                std::uint32_t window_calls = 0, std::uint32_t floor_ppm = 0) {
    parts_ = std::move(parts);
    route_.evaluator = 0;
    route_.quality_floor_ppm = least_ppm;
    evaluators_[0] = {"answers", parts_, window_calls, floor_ppm, kNone16, {}, {}};
    tables_.evaluators = evaluators_;
  }
  /// After Evaluate: the answer of llama, asked by route `judging`, scores what nobody else does.
  void JudgeByLlama(std::string_view question) {
    evaluators_[0].judge_route = 1;
    evaluators_[0].judge_roots = judge_roots_;
    evaluators_[0].judge_question = question;
    judges_ = true;
  }
  /// All three are members of one live order, number 0.
  void OrderBy(GroupKind kind, std::array<std::uint32_t, 4> weights = {}) {
    for (Row& row : rows_) row.group = 1;
    leaves_[0].group_count = 1;
    groups_[0] = {kind, 0, 0, kNone16, 3, 0};
    weights_ = weights;
    tables_.groups = groups_;
    tables_.weights = weights_;
    tables_.live_order_count = 1;
  }

  /// Made at the first call; later changes of the route are not seen.
  const Policy& policy() {
    if (policy_) return *policy_;  // which threads may be reading
    tables_.format = kTableFormat;
    tables_.name = "test";
    tables_.version = "1";
    tables_.hash = "00";
    tables_.valid_to_s = kForever;
    tables_.capability_names = capability_names_;
    tables_.attributes = attributes_;
    tables_.code_count = 2;
    tables_.text_count = 1;
    tables_.input_code = 0;
    tables_.output_code = 1;
    tables_.asks_set = kNone16;
    tables_.roots = roots_;
    tables_.leaves = leaves_;
    tables_.rows = rows_;
    tables_.gates = gates_;
    judging_ = route_;
    judging_.name = "judging";
    judging_.evaluator = kNone16;
    both_routes_ = {route_, judging_};
    tables_.routes = judges_ ? std::span<const RoutePlan>(both_routes_) : std::span(&route_, 1);
    if (tries_tone_) {
      rollout_rows_[0].rollout = 1;
      tables_.rows = rollout_rows_;
      tables_.experiments = experiments_;
      tables_.arms = arms_;
    }
    if (rolls_out_) {
      tables_.rows = rollout_rows_;
      tables_.rollouts = rollouts_;
    }
    tables_.providers = providers_;
    tables_.endpoints = endpoints_;
    // Only where it is asked for.
    tables_.models = std::span<const Model>(models_).first(route_.similar_ppm == 0 ? 3 : 4);
    tables_.row_orders = row_orders_;
    if (has_alert_) tables_.alerts = alerts_;
    return policy_.emplace(tables_);
  }

  static TestRequest Request(std::int32_t input = 1'000, std::int32_t output = 100,
                             std::string_view user = "u1") {
    return {input, output, user};
  }

 private:
  static constexpr Price Rates(std::int64_t input, std::int64_t output) {
    return {0, kForever,
            0, kForever,
            0, 0,
            0, {input, kNoPrice, kNoPrice, kNoPrice, output, kNoPrice, kNoPrice, kNoPrice}};
  }

  static Provider MakeProvider(std::string_view name, Protocol protocol,
                               std::span<const std::string_view> keys) {
    Provider provider{};
    provider.name = name;
    provider.protocol = protocol;
    provider.protocol_name = name;
    provider.key_env = keys;
    provider.connect_ms = 1'000;
    provider.total_ms = 5'000;
    provider.probe_backoff_ppm = 2'000'000;
    provider.probe_down_after = 3;
    provider.probe_up_after = 1;
    return provider;
  }
  static Model MakeModel(std::string_view name, std::string_view id, std::uint16_t provider,
                         const Price& price, std::uint32_t dimension = 0) {
    Model model{};
    model.dimension = dimension;
    model.name = name;
    model.id = id;
    model.provider = provider;
    model.capabilities = ~std::uint64_t{0};
    model.context = kForever;
    model.max_input = kForever;
    model.max_output = kForever;
    model.prices = {&price, 1};
    model.slow_at_ppm = 1'000'000;
    model.deprecated_s = kForever;
    model.retires_s = kForever;
    return model;
  }

  RoutePlan route_{};
  std::array<std::string_view, 1> capability_names_ = {"streaming"};
  std::array<Attribute, 3> attributes_ = {{
      {"input", AttributeType::kTokens, 0, 100'001, -1, 0, 0, {}, 0, false, {}},
      {"output", AttributeType::kTokens, 1, 100'001, -1, 0, 0, {}, 0, false, {}},
      {"user", AttributeType::kKey, 0, 0, -1, 0, 0, {}, 0, false, {}},
  }};
  std::array<Root, 1> roots_ = {{{INT64_MIN, kLeafBit}}};
  // The second is the judge's, which only a judge's roots name.
  std::array<Leaf, 2> leaves_ = {{{0, kNone32, 0, 0, 3, 0, 0, LeafKind::kServe},
                                  {2, kNone32, 0, 1, 1, 0, 0, LeafKind::kServe}}};
  std::array<Root, 1> judge_roots_ = {{{INT64_MIN, kLeafBit | 1}}};
  RoutePlan judging_{};
  std::array<RoutePlan, 2> both_routes_{};
  bool judges_ = false;
  std::vector<EvaluatorPart> parts_;
  std::array<Evaluator, 1> evaluators_{};
  std::array<Row, 3> rows_ = {{
      {0, 0, 0, kNone16, 0, 0},
      {0, 1, 1, kNone16, 1, 0},
      {0, 2, 2, kNone16, 2, 0},
  }};
  std::array<Row, 4> rollout_rows_ = {{
      {0, 2, 2, 0, 0, 0},
      {0, 0, 0, kNone16, 0, 0},
      {0, 1, 1, kNone16, 1, 0},
      {0, 2, 2, kNone16, 2, 0},
  }};
  bool rolls_out_ = false;
  std::vector<RampStep> ramp_;
  std::array<Criterion, 1> harm_{};
  std::array<Rollout, 1> rollouts_{};
  bool tries_tone_ = false;
  std::array<ExperimentMeasure, 3> measures_ = {{
      {"failures", Measured::kFailures, 0, ErrorClass::kNone, {}},
      {"latency", Measured::kLatency, 0, ErrorClass::kNone, {}},
      {"latency.p95", Measured::kLatency, 95, ErrorClass::kNone, {}},
  }};
  std::array<Experiment, 1> experiments_ = {
      {{"tone", "tone", 0, 0, 0, 2, measures_, Correction::kHolm, kForever, 0, 0, 0, 950'000,
        2'000'000, kNone16}}};
  std::array<ExperimentArm, 2> arms_ = {
      {{"plain", 0, 0, 0, 500'000}, {"warm", 0, 2, 500'000, 1'000'000}}};
  std::array<Gate, 2> gates_ = {{{~std::uint64_t{0}, 0, 0, 0, 0}, {~std::uint64_t{0}, 0, 0, 0, 1}}};
  std::array<std::uint16_t, 1> live_refs_ = {0};
  std::array<LiveCondition, 1> live_conditions_ = {{{0, 1}}};
  std::array<LiveAtom, 1> live_atoms_{};
  std::array<Group, 1> groups_{};
  std::array<std::uint32_t, 4> weights_{};
  std::array<std::string_view, 1> key_names_ = {"TEST_KEY"};
  std::array<std::string_view, 2> two_key_names_ = {"KEY_A", "KEY_B"};
  std::array<std::uint16_t, 3> row_orders_ = {2, 1, 0};
  std::vector<OnlyCase> cases_;
  std::array<OnlyPeriod, 1> only_{};
  std::vector<BudgetStep> steps_;
  std::array<Budget, 1> budgets_{};
  bool has_alert_ = false;
  std::array<Alert, 1> alerts_ = {{{"oncall", true, {}, {}, {}, {}, false}}};
  std::array<Provider, 3> providers_ = {MakeProvider("anthropic", Protocol::kAnthropic, key_names_),
                                        MakeProvider("openai", Protocol::kOpenAi, key_names_),
                                        MakeProvider("ollama", Protocol::kOllama, {})};
  std::array<Endpoint, 3> endpoints_ = {{
      {0, "http://127.0.0.1:1", {}, 1'000'000},
      {1, "http://127.0.0.1:1", {}, 1'000'000},
      {2, "http://127.0.0.1:1", {}, 1'000'000},
  }};
  std::array<Price, 4> prices_ = {Rates(5'000'000, 25'000'000), Rates(2'000'000, 10'000'000),
                                  Rates(0, 0), Rates(1'000'000, kNoPrice)};
  std::array<Model, 4> models_ = {MakeModel("opus", "opus-id", 0, prices_[0]),
                                  MakeModel("gpt", "gpt-id", 1, prices_[1]),
                                  MakeModel("llama", "llama-id", 2, prices_[2]),
                                  MakeModel("nomic", "nomic-id", 2, prices_[3], /*dimension=*/64)};
  Tables tables_{};
  std::optional<Policy> policy_;
};

}  // namespace mlp::engine
