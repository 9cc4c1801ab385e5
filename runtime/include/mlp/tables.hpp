// The compiled policy: plain arrays that mlpc emits as constexpr C++ and that the tools build in
// memory, read by Decide (decide.hpp). One structure, one evaluator.
//
// Everything here is a view: the arrays live in generated code or in an owner such as the loader
// and must outlive every reader. All of it is immutable; what changes at run time is LiveState
// (live.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mlp/error_class.hpp"
#include "mlp/money.hpp"

namespace mlp {

/// The number of this layout; generated code asserts it, so that an old table cannot meet a new
/// runtime.
inline constexpr std::uint32_t kTableFormat = 5;

inline constexpr std::uint16_t kNone16 = 0xFFFF;       ///< "no index" in a 16-bit field
inline constexpr std::uint32_t kNone32 = 0xFFFFFFFF;   ///< "no index" in a 32-bit field
inline constexpr std::uint32_t kLeafBit = 0x80000000;  ///< set in an edge that ends at a leaf
inline constexpr std::int64_t kForever = INT64_MAX;    ///< an instant after every other

// ---------------------------------------------------------------- requests

enum class AttributeType : std::uint8_t {
  kEnum,    ///< code = position of the value in `labels`
  kNumber,  ///< code = (value - minimum) / step
  kTokens,  ///< code = the count of tokens
  kText,    ///< open set, in texts[slot]
  kKey,     ///< the unit that rollouts keep together, in texts[slot]
  kSet,     ///< sets[slot] holds one bit per member: of `asks`, capability bits; else positions in
            ///< `labels`
};

/// One request attribute in the order of its declaration. `slot` counts within codes, texts or
/// sets.
struct Attribute {
  std::string_view name;
  AttributeType type;
  std::uint16_t slot;
  std::int32_t size;           ///< codes are 0 .. size-1 (kEnum, kNumber, kTokens), else 0
  std::int32_t default_code;   ///< the code of the default, -1 where the attribute must be given
  std::int64_t minimum_micro;  ///< kNumber: the value of code 0, in millionths
  std::int64_t step_micro;     ///< kNumber: the distance of two codes, in millionths
  std::span<const std::string_view> labels;  ///< kEnum: values; kSet: members
  std::uint64_t members;  ///< kSet: the bits that may be set, ascending as `labels`
  bool has_default_text;  ///< kText and kKey: may be left out
  std::string_view default_text;
};

/// A request as the tables see it. All three spans live for the call only.
struct RequestView {
  std::span<const std::int32_t> codes;
  std::span<const std::string_view> texts;
  std::span<const std::uint64_t> sets;
};

// ---------------------------------------------------------------- the diagram

enum class AxisKind : std::uint8_t { kCode, kText, kMember };

/// What a node asks of a request.
struct Axis {
  AxisKind kind;
  std::uint16_t slot;
  std::uint64_t member;  ///< kMember: the code is 1 when this bit of sets[slot] is set, else 0
  std::uint32_t
      first_text_cut;  ///< kText: the code is the number of cuts <= the text, in byte order
  std::uint32_t text_cut_count;
};

enum class NodeKind : std::uint8_t {
  kDense,     ///< edges[first_edge + code]; edge_count is the number of codes
  kSorted,    ///< cuts[first_cut + i] is the first code of edge i + 1; edge_count - 1 cuts, few,
              ///< scanned
  kBucketed,  ///< as kSorted; buckets[first_bucket + k] is the number of cuts below k << shift, for
              ///< each k up to one past the last code's: entry code >> shift and the next bound the
              ///< search
};

struct Node {
  std::uint32_t first_edge;
  std::uint32_t edge_count;
  std::uint32_t first_cut;
  std::uint32_t first_bucket;
  std::uint16_t axis;
  NodeKind kind;
  std::uint8_t shift;
};

/// The diagram's root for instants in [from_s, next root's from_s), seconds since 1970 UTC.
struct Root {
  std::int64_t from_s;
  std::uint32_t edge;  ///< a node, or with kLeafBit a leaf
};

/// Holds when a * input + b * output <= c, with the request's tokens and the output after the
/// route's cap.
struct Guard {
  std::int64_t a;
  std::int64_t b;
  std::int64_t c;
};

/// What rows ask: open when the request's asks are within `capabilities` and all guards and all
/// live bits hold. Few differ in a policy of many rows, so that they stay in the cache where the
/// rows do not.
struct Gate {
  std::uint64_t capabilities;
  std::uint32_t first_guard;
  std::uint32_t first_live;  ///< in live_refs
  std::uint8_t guard_count;
  std::uint8_t live_count;
};

/// A candidate of a leaf, usable when its gate is open, its model is up, and the unit is in the
/// canary arm of `rollout` (where one is named). Numbers from Tables::rollouts.size() on are those
/// of experiments' arms: Tables::arms[rollout - rollouts.size()].
struct Row {
  std::uint32_t gate;
  std::uint16_t model;
  std::uint16_t endpoint;
  std::uint16_t rollout;  ///< kNone16: in every arm
  std::uint8_t step;      ///< 0-based; the step of the route that named it
  std::uint8_t
      group;  ///< 0: fixed; else the leaf's rows of this number are one live or drawn order
};

enum class LeafKind : std::uint8_t { kServe, kRefuse, kNoRoute };

struct Leaf {
  std::uint32_t first_row;
  std::uint32_t first_cheapest;  ///< in row_orders: row numbers (from first_row) in `prefer
                                 ///< cheapest` order; kNone32 without one
  std::uint32_t cache_ttl_s;     ///< 0: not cached
  std::uint16_t route;           ///< kNone16 where no route matched
  std::uint16_t row_count;
  std::uint16_t first_group;  ///< in groups: group g of the leaf is groups[first_group + g - 1]
  std::uint8_t group_count;
  LeafKind kind;
};

enum class GroupKind : std::uint8_t { kSpread, kFastest, kLeastBusy, kBalanced };

/// Consecutive rows of a leaf whose order is drawn (kSpread) or set by the control loop. Members
/// are numbered in row order: a member is a run of rows of one model, which differ in guards or
/// endpoint, together with the canary rows just before it.
struct Group {
  GroupKind kind;
  std::uint8_t step;
  std::uint16_t live_order;  ///< index of the order in LiveState; kNone16 for kSpread
  std::uint16_t key_text;    ///< kSpread: text slot whose value is hashed; kNone16: drawn by chance
  std::uint16_t member_count;  ///< at most 16
  std::uint32_t first_weight;  ///< in weights: kSpread a share per member, which sum to the whole;
                               ///< kBalanced four parts
};

/// The deterministic fallback for policies whose diagram would pass its budget: per class of each
/// axis the set of terms (conjunctions of intervals, in the order of the routes) that admit the
/// class. The first term in the sets of all of a request's classes names the route's own diagram.
///
/// A request's class on asked axis i is the number of this axis's cuts <= its code there; the
/// classes of all asked axes are numbered through: that of axis i is k = first_cut[i] -
/// first_cut[0] + i + class. A set of terms is stored sparsely, in words of 64 terms: with S =
/// ceil(ceil(term_count / 64) / 64), bit w % 64 of summary[first_summary[k] + w / 64] (S words)
/// tells whether word w is non-zero, and the non-zero ones follow each other from
/// words[first_word[k]]. Classes with equal sets share them. runtime/core/bitset_layout.hpp builds
/// it.
struct BitsetIndex {
  std::uint32_t term_count = 0;         ///< 0: not in use, the roots answer
  std::span<const std::uint16_t> axes;  ///< the axes asked, in Tables::axes; at most kMaxBitsetAxes
  std::span<const std::uint32_t>
      first_cut;  ///< per asked axis, in Tables::cuts, adjoining; one more ends it
  std::span<const std::uint32_t> first_word;  ///< per class
  std::span<const std::uint64_t> words;    ///< the non-zero words of the sets; term t is bit t % 64
  std::span<const std::uint64_t> summary;  ///< which words of a set are non-zero
  std::span<const std::uint32_t> first_summary;  ///< per class
  std::span<const std::uint32_t> edge;  ///< [root * term_count + term]: where the route goes on
  std::span<const std::uint32_t>
      no_term_edge;  ///< [root]: where no term holds, the leaf without a route
};
inline constexpr std::size_t kMaxBitsetAxes = 256;

// ---------------------------------------------------------------- what rows and leaves name

/// How a call of a route is carried out. Times in milliseconds; 0 means "not set".
struct RoutePlan {
  std::string_view name;
  std::string_view doc;      ///< the `///` text
  std::string_view refusal;  ///< kRefuse: the policy's reason
  std::string_view file;     ///< relative to the policy's folder
  std::uint32_t line;
  std::uint32_t output_cap;  ///< tokens; UINT32_MAX without a cap
  std::uint32_t attempt_ms;
  std::uint32_t deadline_ms;
  std::uint32_t backoff_base_ms;
  std::uint32_t backoff_cap_ms;
  std::uint8_t retries;            ///< per candidate, after its first attempt
  std::uint8_t attempts;           ///< most attempts over the whole chain
  std::uint16_t hedge_percentile;  ///< 0: no hedge
  std::uint32_t hedge_share_ppm;
  Money call_bound;  ///< all attempts together; INT64_MAX without a bound
  bool caches_prompts;
  bool caches_any_temperature;  ///< `cache ... when` says when; else answers at temperature 0 alone
  bool restart_after_first_byte;  ///< `after first-byte restart`
  bool follows_successors;
  bool logs_prompts;        ///< `log prompts`: else no prompt is ever logged
  std::uint16_t evaluator;  ///< of `quality at least X by E`, in evaluators; kNone16 without
  std::uint32_t quality_floor_ppm;  ///< a lower score counts as low-quality
  std::uint32_t similar_ppm;  ///< least cosine at which prompts share an answer; 0: only equal ones
  std::uint16_t vectors;      ///< of models, which gives those vectors; kNone16 without
  ActionTable actions;
};

enum class Protocol : std::uint8_t { kOpenAi, kAnthropic, kGoogle, kOllama, kRegistered };

struct Provider {
  std::string_view name;
  Protocol protocol;
  std::string_view protocol_name;  ///< as in the policy; how a registered protocol is found
  std::span<const std::string_view> aliases;
  std::span<const std::string_view> key_env;  ///< names of environment variables, never keys
  std::span<const std::string_view> headers;  ///< extra headers, `Name: value`
  std::uint32_t connect_ms;
  std::uint32_t first_token_ms;
  std::uint32_t between_tokens_ms;
  std::uint32_t total_ms;
  std::uint32_t probe_every_ms;  ///< 0: no probe
  std::uint32_t probe_max_ms;
  std::uint32_t probe_backoff_ppm;  ///< factor by which the interval grows while it is down
  std::uint8_t probe_down_after;
  std::uint8_t probe_up_after;
};

struct Endpoint {
  std::uint16_t provider;
  std::string_view url;
  std::span<const std::string_view> places;  ///< empty: anywhere
  std::uint32_t price_ppm;                   ///< price factor, 1,000,000 = list price
};

/// Classes of billed tokens.
enum class TokenClass : std::uint8_t {
  kInput,
  kCacheRead,
  kCacheWrite,
  kCacheWriteLong,
  kOutput,
  kReasoning,
  kBatchInput,
  kBatchOutput,
};
inline constexpr std::size_t kTokenClassCount = 8;
inline constexpr std::int64_t kNoPrice = -1;

/// Prices in picodollars per token, valid in [from_s, to_s) for prompts of min_prompt .. max_prompt
/// tokens and, where `days` is not 0, only in the given minutes of those days (peak hours, in UTC).
struct Price {
  std::int64_t from_s;
  std::int64_t to_s;
  std::int64_t min_prompt;        ///< inclusive
  std::int64_t max_prompt;        ///< inclusive
  std::uint16_t days = 0;         ///< bit 0 Monday .. bit 6 Sunday; 0: not a scheduled price
  std::uint16_t from_minute = 0;  ///< of the UTC day, inclusive
  std::uint16_t to_minute = 0;    ///< exclusive; below from_minute: of the day after
  std::int64_t per_token[kTokenClassCount];  ///< kNoPrice where the class has none
};

struct Model {
  std::string_view name;  ///< in the policy
  std::string_view id;    ///< what the provider is asked for
  std::uint16_t provider;
  std::uint64_t capabilities;
  std::int64_t context;  ///< tokens, input + output; kForever without a limit
  std::int64_t max_input;
  std::int64_t max_output;
  std::span<const Price> prices;  ///< scheduled ones before the plain one that they replace
  std::string_view parameters;    ///< a variant's call parameters as a JSON object, else empty
  std::uint32_t prior_p50_ms;     ///< 0: no prior
  std::uint32_t prior_p95_ms;
  std::int64_t requests_per_minute;  ///< 0: no limit of ours
  std::int64_t tokens_per_minute;
  std::uint32_t slow_at_ppm;  ///< of a minute's use, where it counts as limited; 1,000,000: at all
  std::int64_t deprecated_s;  ///< kForever where not announced
  std::int64_t retires_s;
  std::string_view successor;  ///< a model's name, or empty
  std::uint32_t dimension;     ///< length of an embedding model's vectors; 0: it chats
};

enum class LiveFact : std::uint8_t {
  kLatencyP50,
  kLatencyP95,
  kLatencyP99,
  kTtftP50,
  kTtftP95,
  kTtftP99,  // microseconds
  kErrorRate,
  kSuccessRate,
  kAvailability,
  kQuality,  // ppm
  kInFlight,
  kRequestsPerMinute,
  kTokensPerMinute,  // counts
};
enum class Comparison : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

/// One comparison of a measured fact; without a measurement and a prior it holds.
struct LiveAtom {
  std::uint16_t model;
  LiveFact fact;
  Comparison comparison;
  std::uint32_t window_s;  ///< 0: the runtime's own window
  std::int64_t threshold;  ///< in the fact's unit
};

/// A bit of LiveState: any of its atoms holds.
struct LiveCondition {
  std::uint32_t first_atom;
  std::uint16_t atom_count;
};

// ---------------------------------------------------------------- rollouts and experiments

/// What is looked at of a unit's first-choice attempts.
enum class Measured : std::uint8_t {
  kFailures,    ///< those that failed; ppm
  kSuccess,     ///< those that did not; ppm
  kErrorClass,  ///< those that ended so; ppm
  kEvent,       ///< those that showed an event that the rollout declares; ppm
  kLatency,
  kTtft,     // microseconds
  kCost,     // picodollars
  kQuality,  // ppm
};

/// `success over 1h < 0.95x baseline, at least 100 users`: a comparison of one arm's measure with
/// a fixed value, or with the stable arm's.
struct Criterion {
  Measured measured = Measured::kFailures;
  std::uint8_t percentile = 0;                 ///< kLatency and kTtft: 50, 95 or 99; 0: the mean
  ErrorClass error_class = ErrorClass::kNone;  ///< kErrorClass
  std::uint16_t event = kNone16;               ///< kEvent: in Rollout::events
  std::string_view score;                      ///< kQuality: of `quality.NAME`
  Comparison comparison = Comparison::kGreater;
  bool relative = false;                 ///< then `value` is a factor, in ppm, else in the unit
  std::uint8_t baseline_percentile = 0;  ///< of `baseline.p95`, else 0: the same measure
  std::int64_t value = 1'000'000;
  std::uint32_t window_s = 0;  ///< 0: sequential, judged by an e-process
  std::uint32_t min_units = 0;
};

/// `slow latency above 1.3x baseline.p95`: a unit shows it where one of its attempts does. What
/// is relative is so to the stable arm as it was when the rollout began.
struct RolloutEvent {
  std::string_view name;
  Criterion criterion;
};

struct RampStep {
  std::uint32_t share_ppm;
  std::uint32_t dwell_s;
  std::uint32_t min_units;
  bool prove;
  std::uint16_t proof = kNone16;  ///< of a step of `prove`: in Rollout::proofs
};

/// What becomes of a step of `prove` that neither harm nor proof ended.
enum class Undecided : std::uint8_t { kRollback, kPromote, kHold };

struct Rollout {
  std::string_view name;
  std::string_view salt;  ///< state belongs to it; with `reshuffle` another one in each version
  std::uint16_t from_model;
  std::uint16_t to_model;
  std::uint16_t key_text;  ///< text slot of `by`
  std::span<const RampStep> steps;
  std::span<const RolloutEvent> events;
  std::span<const Criterion> rollbacks;
  std::span<const Criterion> proofs;
  std::uint32_t hold_s = 0;  ///< the longest stay at a step of `prove`
  Undecided undecided = Undecided::kRollback;
  std::uint32_t confidence_ppm = 950'000;
  std::uint32_t detect_ppm = 2'000'000;  ///< the harm that is to be found, in multiples
  std::uint16_t alert = kNone16;         ///< in alerts
  std::uint32_t holdback_ppm = 0;        ///< kept on the old model for holdback_s after the end
  std::uint32_t holdback_s = 0;
  std::int64_t units_per_day = 0;  ///< as declared; 0: not
};

/// The units whose bucket is in [from_ppm, to_ppm). With `model` the experiment's `replaced` the
/// arm has no rows.
struct ExperimentArm {
  std::string_view name;
  std::uint16_t experiment;
  std::uint16_t model;
  std::uint32_t from_ppm;
  std::uint32_t to_ppm;
};

struct ExperimentMeasure {
  std::string_view name;  ///< as in the policy
  Measured measured = Measured::kFailures;
  std::uint8_t percentile = 0;
  ErrorClass error_class = ErrorClass::kNone;
  std::string_view score;
};

/// How the error rate is kept over several comparisons.
enum class Correction : std::uint8_t { kNone, kBonferroni, kHolm };

struct Experiment {
  std::string_view name;
  std::string_view salt;
  std::uint16_t key_text;
  std::uint16_t replaced;  ///< the model that the arms stand in for
  std::uint16_t first_arm;
  std::uint16_t arm_count;
  std::span<const ExperimentMeasure> measures;
  Correction correction;
  std::int64_t until_s;     ///< an instant; kForever without one
  std::uint32_t lasts_s;    ///< from its first exposure; 0: until it is stopped
  std::uint32_t min_units;  ///< of each arm, before it ends
  std::int64_t units_per_day;
  std::uint32_t confidence_ppm;
  std::uint32_t detect_ppm;
  std::uint16_t alert;
};

/// One way through an `only`: a candidate at `endpoint` passes where the request ends at label 1 of
/// the diagram at `edge` and the gate is open for it.
struct OnlyCase {
  std::uint16_t model;
  std::uint16_t endpoint;
  std::uint32_t edge;
  std::uint32_t gate;
};

/// The cases of one `only` from an instant up to the next period's; a candidate that matches none
/// is out.
struct OnlyPeriod {
  std::int64_t from_s;
  std::span<const OnlyCase> cases;
};

enum class BudgetAction : std::uint8_t { kAlert, kPreferCheapest, kOnly, kDeny };

/// What happens from a share of the limit on.
struct BudgetStep {
  std::uint32_t at_ppm;
  BudgetAction action;
  std::uint16_t alert;               ///< kAlert: in alerts
  std::span<const OnlyPeriod> only;  ///< kOnly: ascending, at least one
};

struct Budget {
  std::string_view name;
  Money per_day;  ///< INT64_MAX without a limit
  Money per_month;
  std::uint32_t edge;  ///< to label 1 for the requests that count against it, else to label 0
  std::uint16_t per;   ///< in attributes: a ledger for each value; kNone16: one for all
  std::span<const BudgetStep> steps;  ///< by rising share
};

enum class AlertMeasure : std::uint8_t {
  kCalls,
  kFailures,
  kFallbacks,
  kRetries,
  kRefusals,
  kRollbacks,
  kInFlight,  // counts
  kErrorRate,
  kSuccessRate,
  kAvailability,
  kQuality,  // ppm
  kCost,     // picodollars
  kLatencyP50,
  kLatencyP95,
  kLatencyP99,
  kTtftP50,
  kTtftP95,
  kTtftP99,  // microseconds
};

struct AlertAtom {
  AlertMeasure measure;
  Comparison comparison;
  std::uint32_t window_s;  ///< 0: the runtime's own window
  std::int64_t threshold;  ///< in the measure's unit
};

/// Whom to tell, and by itself when.
struct Alert {
  std::string_view name;
  bool logs;
  std::span<const std::string_view> webhook_env;  ///< environment variables that hold the URLs
  std::span<const std::string_view> sign_env;     ///< per webhook the secret's, or empty
  std::span<const std::string_view> callbacks;    ///< names that the program registers
  std::span<const AlertAtom> atoms;               ///< empty: only what refers to it
  bool any;                                       ///< one atom is enough, else all must hold
};

struct EvaluatorPart {
  std::string_view name;
  std::uint32_t weight_ppm;
};

/// How answers are scored.
struct Evaluator {
  std::string_view name;
  std::span<const EvaluatorPart> parts;
  std::uint32_t window_calls;  ///< 0: the runtime's own
  std::uint32_t floor_ppm;     ///< of the window's mean
  std::uint16_t judge_route;   ///< in routes; kNone16 without a model as judge
  /// With a judge: where the judged request would go in its route, whose own condition is not
  /// asked; ascending, at least one, as Tables::roots.
  std::span<const Root> judge_roots;
  std::string_view judge_question;
};

/// Everything that was compiled from one policy.
struct Tables {
  std::uint32_t format;
  std::string_view name;
  std::string_view version;
  std::string_view hash;  ///< SHA-256 of the checked policy, hex: equal policies, equal hashes
  std::int64_t valid_from_s;
  std::int64_t valid_to_s;
  std::span<const std::string_view> capability_names;  ///< bit i is named capability_names[i]
  std::span<const Attribute> attributes;
  std::uint16_t code_count;
  std::uint16_t text_count;
  std::uint16_t set_count;
  std::uint16_t input_code;  ///< code slot of the attribute `input`; kNone16 without one
  std::uint16_t output_code;
  std::uint16_t asks_set;  ///< set slot of `asks`; kNone16 without one
  std::span<const Axis> axes;
  std::span<const std::string_view> text_cuts;
  std::span<const Root>
      roots;  ///< at least one, ascending; the first answers for earlier instants too
  std::span<const Node> nodes;
  std::span<const std::uint32_t> edges;
  std::span<const std::int32_t> cuts;
  std::span<const std::uint32_t> buckets;
  BitsetIndex bitsets;
  std::span<const Leaf> leaves;
  std::span<const Row> rows;
  std::span<const Gate> gates;
  std::span<const std::uint16_t> row_orders;
  std::span<const Guard> guards;
  std::span<const std::uint16_t> live_refs;
  std::span<const LiveCondition> live_conditions;
  std::span<const LiveAtom> live_atoms;
  std::span<const Group> groups;
  std::span<const std::uint32_t> weights;
  std::uint16_t live_order_count;
  std::span<const RoutePlan> routes;
  std::span<const Provider> providers;
  std::span<const Endpoint> endpoints;
  std::span<const Model> models;
  std::span<const Rollout> rollouts;
  std::span<const Experiment> experiments;
  std::span<const ExperimentArm> arms;  ///< of all experiments, in order
  std::span<const Budget> budgets;
  std::span<const Alert> alerts;
  std::span<const Evaluator> evaluators;
};

}  // namespace mlp
