#include "compiler/diagram/policy_hash.hpp"

#include <span>
#include <type_traits>

#include "runtime/core/sha256.hpp"

namespace mlp::compiler {
namespace {

/// Integers as eight bytes, the lowest first; texts and lists after their length.
class Hasher {
 public:
  template <typename... Parts>
  void All(const Parts&... parts) {
    (One(parts), ...);
  }
  [[nodiscard]] std::string Finish() {
    hasher_.Update(bytes_);
    return ToHex(hasher_.Finish());
  }

 private:
  template <typename T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void One(T value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) {
      bytes_ += static_cast<char>((bits >> shift) & 0xFF);
    }
    if (bytes_.size() >= 4'096) {
      hasher_.Update(bytes_);
      bytes_.clear();
    }
  }
  void One(std::string_view text) {
    One(text.size());
    bytes_ += text;
  }
  template <typename T>
  void One(std::span<const T> list) {
    One(list.size());
    for (const T& one : list) One(one);
  }
  void One(const Attribute& x) {
    All(x.name, x.type, x.slot, x.size, x.default_code, x.minimum_micro, x.step_micro, x.labels,
        x.members, x.has_default_text, x.default_text);
  }
  void One(const Axis& x) { All(x.kind, x.slot, x.member, x.first_text_cut, x.text_cut_count); }
  void One(const Root& x) { All(x.from_s, x.edge); }
  void One(const Node& x) {
    All(x.first_edge, x.edge_count, x.first_cut, x.first_bucket, x.axis, x.kind, x.shift);
  }
  void One(const BitsetIndex& x) {
    All(x.term_count, x.axes, x.first_cut, x.first_word, x.words, x.summary, x.first_summary,
        x.edge, x.no_term_edge);
  }
  void One(const Leaf& x) {
    All(x.first_row, x.first_cheapest, x.cache_ttl_s, x.route, x.row_count, x.first_group,
        x.group_count, x.kind);
  }
  void One(const Row& x) { All(x.gate, x.model, x.endpoint, x.rollout, x.step, x.group); }
  void One(const Gate& x) {
    All(x.capabilities, x.first_guard, x.first_live, x.guard_count, x.live_count);
  }
  void One(const Guard& x) { All(x.a, x.b, x.c); }
  void One(const LiveCondition& x) { All(x.first_atom, x.atom_count); }
  void One(const LiveAtom& x) { All(x.model, x.fact, x.comparison, x.window_s, x.threshold); }
  void One(const Group& x) {
    All(x.kind, x.step, x.live_order, x.key_text, x.member_count, x.first_weight);
  }
  void One(const RoutePlan& x) {
    All(x.name, x.refusal, x.output_cap, x.attempt_ms, x.deadline_ms, x.backoff_base_ms,
        x.backoff_cap_ms, x.retries, x.attempts, x.hedge_percentile, x.hedge_share_ppm,
        x.call_bound.pico_usd, x.caches_prompts, x.caches_any_temperature,
        x.restart_after_first_byte, x.follows_successors, x.logs_prompts, x.evaluator,
        x.quality_floor_ppm, x.vectors, x.similar_ppm, std::span<const Action>(x.actions));
  }
  void One(const Provider& x) {
    All(x.name, x.protocol, x.protocol_name, x.aliases, x.key_env, x.headers, x.connect_ms,
        x.first_token_ms, x.between_tokens_ms, x.total_ms, x.probe_every_ms, x.probe_max_ms,
        x.probe_backoff_ppm, x.probe_down_after, x.probe_up_after);
  }
  void One(const Endpoint& x) { All(x.provider, x.url, x.places, x.price_ppm); }
  void One(const Price& x) {
    All(x.from_s, x.to_s, x.min_prompt, x.max_prompt, x.days, x.from_minute, x.to_minute,
        std::span<const std::int64_t>(x.per_token));
  }
  void One(const Model& x) {
    All(x.name, x.id, x.provider, x.capabilities, x.context, x.max_input, x.max_output, x.prices,
        x.parameters, x.prior_p50_ms, x.prior_p95_ms, x.requests_per_minute, x.tokens_per_minute,
        x.slow_at_ppm, x.deprecated_s, x.retires_s, x.successor, x.dimension);
  }
  void One(const Criterion& x) {
    All(x.measured, x.percentile, x.error_class, x.event, x.score, x.comparison, x.relative,
        x.baseline_percentile, x.value, x.window_s, x.min_units);
  }
  void One(const RolloutEvent& x) { All(x.name, x.criterion); }
  void One(const RampStep& x) { All(x.share_ppm, x.dwell_s, x.min_units, x.prove, x.proof); }
  void One(const Rollout& x) {
    All(x.name, x.salt, x.from_model, x.to_model, x.key_text, x.steps, x.events, x.rollbacks,
        x.proofs, x.hold_s, x.undecided, x.confidence_ppm, x.detect_ppm, x.alert, x.holdback_ppm,
        x.holdback_s, x.units_per_day);
  }
  void One(const ExperimentArm& x) { All(x.name, x.experiment, x.model, x.from_ppm, x.to_ppm); }
  void One(const ExperimentMeasure& x) {
    All(x.name, x.measured, x.percentile, x.error_class, x.score);
  }
  void One(const Experiment& x) {
    All(x.name, x.salt, x.key_text, x.replaced, x.first_arm, x.arm_count, x.measures, x.correction,
        x.until_s, x.lasts_s, x.min_units, x.units_per_day, x.confidence_ppm, x.detect_ppm,
        x.alert);
  }
  void One(const Budget& x) {
    All(x.name, x.per_day.pico_usd, x.per_month.pico_usd, x.edge, x.per, x.steps);
  }
  void One(const BudgetStep& x) { All(x.at_ppm, x.action, x.alert, x.only); }
  void One(const OnlyPeriod& x) { All(x.from_s, x.cases); }
  void One(const OnlyCase& x) { All(x.model, x.endpoint, x.edge, x.gate); }
  void One(const Alert& x) {
    All(x.name, x.logs, x.webhook_env, x.sign_env, x.callbacks, x.atoms, x.any);
  }
  void One(const AlertAtom& x) { All(x.measure, x.comparison, x.window_s, x.threshold); }
  void One(const Evaluator& x) {
    All(x.name, x.parts, x.window_calls, x.floor_ppm, x.judge_route, x.judge_roots,
        x.judge_question);
  }
  void One(const EvaluatorPart& x) { All(x.name, x.weight_ppm); }

  Sha256Hasher hasher_;
  std::string bytes_;
};

}  // namespace

std::string PolicyHash(const Tables& t) {
  Hasher hasher;
  hasher.All(t.format, t.name, t.version, t.valid_from_s, t.valid_to_s, t.capability_names,
             t.attributes, t.code_count, t.text_count, t.set_count, t.input_code, t.output_code,
             t.asks_set, t.axes, t.text_cuts, t.roots, t.nodes, t.edges, t.cuts, t.buckets,
             t.bitsets, t.leaves, t.rows, t.gates, t.row_orders, t.guards, t.live_refs,
             t.live_conditions, t.live_atoms, t.groups, t.weights, t.live_order_count, t.routes,
             t.providers, t.endpoints, t.models, t.rollouts, t.experiments, t.arms, t.budgets,
             t.alerts, t.evaluators);
  return hasher.Finish();
}

}  // namespace mlp::compiler
