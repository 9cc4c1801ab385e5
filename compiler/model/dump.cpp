#include "compiler/model/dump.hpp"

#include <array>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

std::string Number(std::int64_t value) {
  if (value == std::numeric_limits<std::int64_t>::max()) return "-";
  if (value == std::numeric_limits<std::int64_t>::min()) return "-";
  return fmt::format("{}", value);
}

std::string Words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return "{" + text + "}";
}

class Dumper {
 public:
  explicit Dumper(const PolicyModel& model) : model_(model) {}

  std::string Dump() {
    Line(0, "policy {} version \"{}\" stage {} valid {}..{}", model_.name, model_.version,
         static_cast<int>(model_.stage), Number(model_.valid.from_s), Number(model_.valid.to_s));
    for (const AttributeModel& attribute : model_.attributes) Attribute(attribute);
    for (const ProviderModel& provider : model_.providers) Provider(provider);
    for (const CandidateModel& candidate : model_.candidates) Candidate(candidate);
    for (const PoolModel& pool : model_.pools) Pool(pool);
    for (const RouteModel& route : model_.routes) Route(route);
    for (const RolloutModel& rollout : model_.rollouts) Rollout(rollout);
    for (const BudgetModel& budget : model_.budgets) Budget(budget);
    for (const AssertModel& assertion : model_.asserts) Assertion(assertion);
    for (const TestModel& test : model_.tests) Test(test);
    return std::move(text_);
  }

 private:
  template <typename... Args>
  void Line(int depth, fmt::format_string<Args...> format, Args&&... args) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ');
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }

  [[nodiscard]] std::string Capabilities(std::uint64_t bits) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < model_.capability_names.size(); ++i) {
      if ((bits >> i & 1U) != 0) names.push_back(model_.capability_names[i]);
    }
    return Words(names);
  }
  [[nodiscard]] std::string Candidates(const std::vector<Index>& numbers) const {
    std::vector<std::string> names;
    for (const Index number : numbers) names.push_back(model_.candidates[number].name);
    return Words(names);
  }
  template <typename T>
  static std::string NameOf(const std::vector<T>& declared, Index index) {
    return index == kNoIndex ? "-" : declared[index].name;
  }

  void Attribute(const AttributeModel& attribute) {
    constexpr std::array<std::string_view, 6> kTypes = {"enum", "number", "tokens",
                                                        "text", "key",    "set"};
    Line(0, "attribute {} {}{} size {} {} minimum {} step {} default {}{}", attribute.name,
         kTypes[static_cast<std::size_t>(attribute.type)], attribute.ordered ? " ordered" : "",
         attribute.size, Words(attribute.labels), attribute.minimum_micro, attribute.step_micro,
         attribute.default_code, attribute.has_default ? "" : " (must be given)");
  }

  void Provider(const ProviderModel& provider) {
    Line(0, "provider {} protocol {} aliases {} keys {} headers {}", provider.name,
         provider.protocol_name, Words(provider.aliases), Words(provider.key_env),
         Words(provider.headers));
    Line(1, "timeout {} {} {} {} probe {} {} {} {}", provider.connect_ms, provider.first_token_ms,
         provider.between_tokens_ms, provider.total_ms, provider.probe_every_ms,
         provider.probe_max_ms, provider.probe_down_after, provider.probe_up_after);
    for (const EndpointModel& endpoint : provider.endpoints) {
      Line(1, "endpoint {} {} factor {}", Words(endpoint.places), endpoint.url,
           endpoint.price_micro);
    }
  }

  void Candidate(const CandidateModel& candidate) {
    Line(0, "model {} provider {} id \"{}\" pin {}{} variant of {}", candidate.name,
         NameOf(model_.providers, candidate.provider), candidate.id,
         static_cast<int>(candidate.pin_kind), candidate.pin_gated ? " gated" : "",
         NameOf(model_.candidates, candidate.variant_of));
    Line(1, "context {} input {} output {} can {}", Number(candidate.context),
         Number(candidate.max_input), Number(candidate.max_output),
         Capabilities(candidate.capabilities));
    Line(1, "status {} released {} deprecated {} retires {} successor {}",
         static_cast<int>(candidate.status), Number(candidate.released_s),
         Number(candidate.deprecated_s), Number(candidate.retires_s),
         candidate.successor.empty() ? "-" : candidate.successor);
    Line(1, "prior {} {} limits {} {} parameters {}", candidate.prior_p50_ms,
         candidate.prior_p95_ms, candidate.requests_per_minute, candidate.tokens_per_minute,
         candidate.parameters.empty() ? "-" : candidate.parameters);
    for (const ScoreModel& score : candidate.quality) {
      Line(1, "quality {} {} from \"{}\"", score.name, score.micro, score.source);
    }
    for (const PriceModel& price : candidate.prices) {
      std::string classes;
      for (const std::int64_t rate : price.per_token)
        classes += rate == kNoPrice ? " -" : fmt::format(" {}", rate);
      Line(1, "price {}..{} prompt {}..{} days {:07b} {}..{}:{}", Number(price.when.from_s),
           Number(price.when.to_s), price.min_prompt, Number(price.max_prompt), price.days,
           price.from_minute, price.to_minute, classes);
    }
  }

  void Pool(const PoolModel& pool) {
    Line(0, "pool {} {} where {}", pool.name, pool.listed ? Candidates(pool.members) : "all",
         DumpCondition(model_, pool.where));
  }

  void Route(const RouteModel& route) {
    Line(0, "route {} when {}", route.name,
         route.otherwise ? "otherwise" : DumpCondition(model_, route.when));
    if (route.refuses) Line(1, "refuse \"{}\"", route.refusal);
    for (const StepModel& step : route.steps) Step(step);
    const std::string place = route.place == PlaceKind::kAttribute
                                  ? "request." + model_.attributes[route.place_attribute].name
                              : route.place == PlaceKind::kFixed ? Words(route.places)
                                                                 : "anywhere";
    Line(1, "need {} place {} cap {} mix {} {}{}", Capabilities(route.need), place,
         Number(route.output_cap), route.mix_input, route.mix_output,
         route.has_mix ? "" : " (not stated)");
    Line(1, "cost {} call {} retries {} backoff {}..{} attempts {} attempt {} deadline {}",
         Number(route.cost_pico), Number(route.call_cost_pico), route.retries,
         route.backoff_base_ms, route.backoff_cap_ms, route.attempts, route.attempt_ms,
         route.deadline_ms);
    std::string actions;
    for (std::size_t i = 1; i < route.actions.size(); ++i) {
      if (route.actions[i] == DefaultAction(static_cast<ErrorClass>(i))) continue;
      fmt::format_to(std::back_inserter(actions), " {}->{}", ToString(static_cast<ErrorClass>(i)),
                     ToString(route.actions[i]));
    }
    if (!actions.empty()) Line(1, "on{}", actions);
    if (route.cache_ttl_ms != 0)
      Line(1, "cache {} when {}", route.cache_ttl_ms, DumpCondition(model_, route.cache_when));
    if (route.cache_vectors != kNoIndex)
      Line(1, "similar {} by {}", route.cache_similar_ppm,
           model_.candidates[route.cache_vectors].name);
    if (route.hedge_percentile != 0)
      Line(1, "hedge p{} {}", route.hedge_percentile, route.hedge_share_ppm);
  }

  void Step(const StepModel& step) {
    constexpr std::array<std::string_view, 7> kKinds = {
        "list", "cheapest", "best", "fastest", "least-busy", "balanced", "spread"};
    std::string shares;
    for (const std::uint32_t share : step.shares_ppm) shares += fmt::format(" {}", share);
    Line(1, "step {}{} {}{} pool {} where {} within {}",
         kKinds[static_cast<std::size_t>(step.kind)], step.best.empty() ? "" : " " + step.best,
         Candidates(step.models), shares, NameOf(model_.pools, step.pool),
         DumpCondition(model_, step.where), Number(step.within_pico));
  }

  void Rollout(const RolloutModel& rollout) {
    Line(0, "rollout {} {} -> {} by {} salt \"{}\" per day {}", rollout.name,
         NameOf(model_.candidates, rollout.from), NameOf(model_.candidates, rollout.to),
         NameOf(model_.attributes, rollout.key), rollout.salt, rollout.units_per_day);
    for (const RolloutModel::Step& step : rollout.steps) {
      Line(1, "{} {} for {}s, {} units", step.prove ? "prove" : "step", step.share_ppm,
           step.dwell_s, step.min_units);
      if (step.criterion) Criterion("needs", *step.criterion);
    }
    for (const RolloutModel::Event& event : rollout.events)
      Criterion("event " + event.name, event.criterion);
    for (const CriterionModel& rollback : rollout.rollbacks) Criterion("rollback", rollback);
  }

  void Criterion(const std::string& what, const CriterionModel& criterion) {
    Line(1, "{} {} {} {} {} over {}s, {} units", what, criterion.subject,
         ToString(criterion.comparison), criterion.value,
         criterion.relative ? criterion.baseline : "-", criterion.window_s, criterion.min_units);
  }

  void Budget(const BudgetModel& budget) {
    Line(0, "budget {} when {} day {} month {} per {} cheapest at {} deny at {}", budget.name,
         DumpCondition(model_, budget.when), Number(budget.per_day_pico),
         Number(budget.per_month_pico), NameOf(model_.attributes, budget.per),
         budget.prefer_cheapest_at_ppm, budget.deny_at_ppm);
    for (const BudgetModel::Only& only : budget.only) {
      Line(1, "only at {} {}", only.at_ppm, DumpCondition(model_, only.condition));
    }
  }

  void Assertion(const AssertModel& assertion) {
    constexpr std::array<std::string_view, 4> kKinds = {"always", "never", "survives provider",
                                                        "survives model"};
    Line(0, "{} \"{}\" when {} {} {}", assertion.guardrail ? "guardrail" : "assert", assertion.text,
         DumpCondition(model_, assertion.when), kKinds[static_cast<std::size_t>(assertion.kind)],
         DumpCondition(model_, assertion.claim));
  }

  void Test(const TestModel& test) {
    std::string given;
    for (const GivenModel& one : test.given) {
      fmt::format_to(std::back_inserter(given), " {}={}", model_.attributes[one.attribute].name,
                     !one.text.empty()  ? one.text
                     : one.members != 0 ? fmt::format("{:#x}", one.members)
                                        : fmt::format("{}", one.code));
    }
    Line(0, "test \"{}\"{} expect {} {}{} {}", test.text, given, NameOf(model_.routes, test.route),
         test.exactly ? "exactly " : "", Candidates(test.candidates), test.outcome);
  }

  const PolicyModel& model_;
  std::string text_;
};

}  // namespace

std::string DumpModel(const PolicyModel& model) { return Dumper(model).Dump(); }

}  // namespace mlp::compiler
