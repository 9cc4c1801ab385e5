// The checked policy: plain values with every name resolved to an index, every unit to an integer,
// every date to seconds. What the diagram, the emitter and the analyses read; nothing here refers
// to the syntax tree.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/model/claims.hpp"
#include "compiler/model/condition.hpp"
#include "compiler/model/rollout.hpp"
#include "compiler/model/units.hpp"
#include "compiler/source/span.hpp"
#include "mlp/error_class.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

// ---------------------------------------------------------------- catalog

struct EndpointModel {
  std::vector<std::string> places;  ///< empty: anywhere
  std::string url;
  std::int64_t price_micro = 1'000'000;
  Span span;
};

struct ProviderModel {
  std::string name;
  std::string doc;
  Span span;  ///< of the name
  Protocol protocol = Protocol::kOpenAi;
  std::string protocol_name;
  std::vector<std::string> aliases;
  std::vector<EndpointModel> endpoints;
  std::vector<std::string> key_env;
  std::vector<std::string>
      headers;  ///< `Name: value`; `Name: $ENV` where the value comes from the environment
  std::int64_t connect_ms = 2'000;
  std::int64_t first_token_ms = 15'000;
  std::int64_t between_tokens_ms = 20'000;
  std::int64_t total_ms = 120'000;
  std::int64_t probe_every_ms = 0;
  std::int64_t probe_max_ms = 600'000;
  std::int64_t probe_backoff_micro = 2'000'000;
  std::uint8_t probe_down_after = 3;
  std::uint8_t probe_up_after = 1;
  bool from_import = false;
};

/// One line of a price sheet: see mlp::Price; sheets are already cut to half-open [from_s, to_s).
struct PriceModel {
  DateRange when;
  std::int64_t min_prompt = 0;
  std::int64_t max_prompt = kUnlimited;
  std::uint16_t days = 0;
  std::uint16_t from_minute = 0;
  std::uint16_t to_minute = 0;
  std::array<std::int64_t, kTokenClassCount> per_token{kNoPrice, kNoPrice, kNoPrice, kNoPrice,
                                                       kNoPrice, kNoPrice, kNoPrice, kNoPrice};
  Span span;
};

struct ScoreModel {
  std::string name;  ///< accuracy, relevance ...
  std::int64_t micro = 0;
  std::string source;
  std::int64_t on_s = 0;  ///< when it was measured; 0: not stated
  Span span;              ///< of name and score
  Span source_span;       ///< empty without a source
  Span on_span;           ///< of the date
  /// What the source says where it is the result of an evaluation that bears the score out.
  std::optional<std::int64_t> measured_micro;
};

enum class PinKind : std::uint8_t { kExact, kFamily, kTier, kAlias };
enum class ModelStatus : std::uint8_t {
  kCandidate,
  kEvaluating,
  kStaging,
  kActive,
  kDeprecated,
  kRetired,
  kArchived
};
enum class ModelKind : std::uint8_t { kChat, kEmbedding };

/// A model or a variant of one: a candidate in its own right.
struct CandidateModel {
  std::string name;
  std::string doc;
  Span span;  ///< of the name
  Index provider = kNoIndex;
  Index variant_of = kNoIndex;
  ModelKind kind = ModelKind::kChat;
  PinKind pin_kind = PinKind::kExact;
  std::string id;  ///< what the provider is asked for
  Span pin_span;
  bool pin_gated = false;
  CandidateCondition gate;         ///< always true without one
  std::uint64_t capabilities = 0;  ///< derived ones (large-context ...) included
  std::int64_t context = kUnlimited;
  std::int64_t max_input = kUnlimited;
  std::int64_t max_output = kUnlimited;
  std::vector<PriceModel> prices;
  std::vector<ScoreModel> quality;
  std::string parameters;  ///< JSON object of a variant's settings, or empty
  std::int64_t prior_p50_ms = 0;
  std::int64_t prior_p95_ms = 0;
  std::int64_t requests_per_minute = 0;  ///< 0: no limit
  std::int64_t tokens_per_minute = 0;
  std::uint32_t slow_at_ppm = 1'000'000;  ///< of those limits
  ModelStatus status = ModelStatus::kActive;
  Span status_span;
  std::int64_t released_s = std::numeric_limits<std::int64_t>::min();
  std::int64_t deprecated_s = kForever;
  std::int64_t retires_s = kForever;  ///< from here on it is retired
  Span retires_span;
  std::string successor;  ///< as written; a name that is known, or empty
  Index successor_index = kNoIndex;
  Span successor_span;  ///< of the statement; empty without one
  std::vector<std::string> breaking;
  std::int64_t dimension = 0;
  std::vector<std::string> aliases;
  std::string owner;
  std::string purpose;
  std::string display;
  std::string migration;
  bool from_import = false;  ///< declared in an imported file
};

struct PoolModel {
  std::string name;
  Span span;
  std::vector<Index>
      members;  ///< listed ones in order; empty with `where` alone: then all models are asked
  std::vector<Span> member_spans;
  bool listed = false;
  CandidateCondition where;  ///< always true where none is written
  bool from_import = false;
};

// ---------------------------------------------------------------- requests

struct AttributeModel {
  std::string name;
  std::string doc;
  Span span;
  AttributeType type = AttributeType::kEnum;
  bool ordered = false;
  std::vector<std::string> labels;  ///< enum values; set members (of `asks`: capability names)
  std::int32_t size = 0;            ///< codes 0 .. size-1
  std::int32_t default_code = -1;   ///< -1: must be given
  std::string default_text;         ///< of a text attribute, where has_default
  bool has_default = false;
  std::int64_t minimum_micro = 0;
  std::int64_t step_micro = 1'000'000;
  std::uint64_t members = 0;  ///< set bits that may be given
};

// ---------------------------------------------------------------- routes

enum class ObjectiveKind : std::uint8_t {
  kList,
  kCheapest,
  kBest,
  kFastest,
  kLeastBusy,
  kBalanced,
  kSpread
};

struct StepModel {
  ObjectiveKind kind = ObjectiveKind::kList;
  Span span;                  ///< of the whole step
  std::vector<Index> models;  ///< kList and kSpread, in order
  std::vector<Span> model_spans;
  std::vector<std::uint32_t> shares_ppm;  ///< kSpread
  Index spread_key = kNoIndex;            ///< attribute
  std::string best;  ///< kBest: the quality's name; empty: best by capability count is not a thing
  Index pool = kNoIndex;  ///< of an objective; kNoIndex: all active models
  std::array<std::uint32_t, 4> weights_ppm{300'000, 250'000, 250'000, 200'000};
  CandidateCondition where;
  std::int64_t within_pico = kUnlimited;
  Span within_span;
  std::vector<std::uint8_t> prefer;  ///< capability bits, first first
};

enum class PlaceKind : std::uint8_t { kAnywhere, kAttribute, kFixed };

/// A route with the defaults already inherited.
struct RouteModel {
  std::string name;
  std::string doc;
  Span span;       ///< of the name
  Span when_span;  ///< of the condition or `otherwise`
  bool otherwise = false;
  Condition when;  ///< always true with `otherwise`
  bool refuses = false;
  std::string refusal;
  std::vector<StepModel> steps;
  std::uint64_t need = 0;
  std::vector<std::pair<std::uint8_t, Span>> need_spans;
  PlaceKind place = PlaceKind::kAnywhere;
  Index place_attribute = kNoIndex;          ///< an enum attribute whose labels are places
  std::vector<std::string> places;           ///< kFixed: any of these
  std::int64_t cost_pico = kUnlimited;       ///< of one attempt
  std::int64_t call_cost_pico = kUnlimited;  ///< of all attempts together
  bool has_mix = false;
  std::int64_t mix_input = 1'000;
  std::int64_t mix_output = 1'000;
  std::int64_t output_cap = kUnlimited;
  std::uint8_t retries = 1;
  std::int64_t backoff_base_ms = 500;
  std::int64_t backoff_cap_ms = 8'000;
  std::uint8_t attempts = 4;
  std::int64_t attempt_ms = 0;   ///< 0: the provider's own timeouts alone
  std::int64_t deadline_ms = 0;  ///< 0: none
  ActionTable actions = DefaultActions();
  std::int64_t cache_ttl_ms = 0;        ///< 0: not cached
  Condition cache_when;                 ///< always true where none is written
  bool caches_any_temperature = false;  ///< a `when` is written: it alone says
  Index cache_vectors = kNoIndex;       ///< embedding model of `similar`; kNoIndex without
  std::uint32_t cache_similar_ppm = 0;  ///< least cosine
  bool caches_prompts = false;
  bool restart_after_first_byte = false;
  bool follows_successors = false;
  bool logs_prompts = false;
  std::uint16_t hedge_percentile = 0;
  std::uint32_t hedge_share_ppm = 0;
  Index quality_evaluator = kNoIndex;
  std::int64_t quality_floor_micro = 0;
  Span cost_span;  ///< spans of statements, own or inherited; empty where none is written
  Span call_cost_span;
  Span attempt_span;
  Span deadline_span;
  Span mix_span;
  Span cap_span;
  Span cache_span;
};

// ---------------------------------------------------------------- beside the routes

struct BudgetModel {
  std::string name;
  Span span;
  Condition when;
  std::int64_t per_day_pico = kUnlimited;
  std::int64_t per_month_pico = kUnlimited;
  Span day_span;  ///< of the amounts; empty where none is written
  Span month_span;
  Index per = kNoIndex;                      ///< attribute
  std::uint32_t prefer_cheapest_at_ppm = 0;  ///< 0: never
  std::uint32_t deny_at_ppm = 0;
  struct Only {
    std::uint32_t at_ppm = 0;
    CandidateCondition condition;
  };
  std::vector<Only> only;  ///< from that share on, no other candidates
  struct Notice {
    std::uint32_t at_ppm = 0;
    Index alert = kNoIndex;
  };
  std::vector<Notice> notices;
};

struct EvaluatorModel {
  std::string name;
  std::string doc;
  Span span;
  struct Part {
    std::string name;
    std::uint32_t weight_ppm = 0;
  };
  std::vector<Part> parts;
  std::int64_t window_calls = 0;  ///< 0: the runtime's own
  std::int64_t floor_micro = 0;
  Index judge_route = kNoIndex;
  std::string judge_question;
  bool from_import = false;
};

struct AlertModel {
  std::string name;
  std::string doc;
  Span span;
  bool logs = false;
  /// Environment variables that hold the URL and, where it is signed, the secret.
  struct Webhook {
    std::string url_env;
    std::string sign_env;
  };
  std::vector<Webhook> webhooks;
  std::vector<std::string> callbacks;
  std::vector<AlertAtom> atoms;  ///< when it is told of by itself; empty: only where referred to
  bool any = false;              ///< one atom is enough, else all must hold
  bool from_import = false;
};

/// A capability beyond the built-in ones.
struct CapabilityModel {
  std::string name;
  std::string doc;
  Span span;
  std::uint8_t bit = 0;
  bool from_import = false;
};

enum class PolicyStage : std::uint8_t { kDevelopment, kStaging, kProduction };

/// A whole checked policy, or (without `policy`) a checked catalog: then routes are empty.
struct PolicyModel {
  std::string name;
  Span span;
  std::string version;
  std::string owner;
  PolicyStage stage = PolicyStage::kDevelopment;
  DateRange valid;
  std::vector<std::string> capability_names;  ///< bit i; built-in ones first in a fixed order
  std::vector<AttributeModel> attributes;     ///< in declaration order, `asks` among them
  Index input = kNoIndex;                     ///< the tokens attribute named `input`
  Index output = kNoIndex;
  Index asks = kNoIndex;
  std::vector<ProviderModel> providers;    ///< by name
  std::vector<CandidateModel> candidates;  ///< by name
  std::vector<PoolModel> pools;            ///< by name
  std::vector<RouteModel> routes;          ///< in file order
  std::vector<RolloutModel> rollouts;
  std::vector<BudgetModel> budgets;
  std::vector<CapabilityModel> declared_capabilities;
  std::vector<ExperimentModel> experiments;
  std::vector<EvaluatorModel> evaluators;
  std::vector<AlertModel> alerts;
  std::vector<AssertModel> asserts;  ///< guardrails among them
  std::vector<TestModel> tests;
  std::vector<LintModel> lints;
};

/// The number of an attribute, pool, candidate or provider of that name, or kNoIndex.
[[nodiscard]] Index FindAttribute(const PolicyModel& model, std::string_view name);
[[nodiscard]] Index FindCandidate(const PolicyModel& model, std::string_view name);
[[nodiscard]] Index FindProvider(const PolicyModel& model, std::string_view name);
[[nodiscard]] Index FindPool(const PolicyModel& model, std::string_view name);
[[nodiscard]] Index FindRoute(const PolicyModel& model, std::string_view name);
[[nodiscard]] Index FindRollout(const PolicyModel& model, std::string_view name);
/// The bit of a capability, built-in or declared.
[[nodiscard]] std::optional<std::uint8_t> FindCapability(const PolicyModel& model,
                                                         std::string_view name);

}  // namespace mlp::compiler
