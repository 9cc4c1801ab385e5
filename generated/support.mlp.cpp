// Policy support 2.3.0, compiled by mlpc from support.mlp (table format 5).
// Do not edit; after a change of the policy: mlpc compile support.mlp -o DIR

// 4 routes, 1 roots, 10 nodes, 5 leaves, 12 rows, 11 guards.
#include "support.mlp.h"

namespace support {
namespace {

// clang-format off

// What a request says.
constexpr std::string_view kTaskLabels[] = {"classify", "extract", "summarize", "codegen"};
constexpr std::string_view kComplexityLabels[] = {"simple", "moderate", "complex"};
constexpr std::string_view kTierLabels[] = {"free", "pro", "enterprise"};
constexpr std::string_view kRegionLabels[] = {"us", "eu"};
constexpr std::string_view kAsksLabels[] = {"structured-output", "function-calling", "streaming"};
constexpr std::string_view kCapabilityNames[] = {"text-input", "image-input", "audio-input", "video-input", "document-input", "text-output", "image-output", "audio-output", "structured-output", "function-calling", "json-mode", "streaming", "batch-api", "prompt-caching", "extended-thinking", "chain-of-thought", "code-generation", "math-reasoning", "content-filtering", "system-messages", "embeddings", "sampling-parameters", "large-context", "extra-large-context"};
// name, type, slot, size, default code, minimum, step (millionths), labels, members, default text
constexpr mlp::Attribute kAttributes[] = {
  {"task", mlp::AttributeType::kEnum, 0, 4, -1, 0, 1000000, kTaskLabels, 0x0, false, ""},
  {"complexity", mlp::AttributeType::kEnum, 1, 3, 1, 0, 1000000, kComplexityLabels, 0x0, false, ""},
  {"tier", mlp::AttributeType::kEnum, 2, 3, -1, 0, 1000000, kTierLabels, 0x0, false, ""},
  {"region", mlp::AttributeType::kEnum, 3, 2, -1, 0, 1000000, kRegionLabels, 0x0, false, ""},
  {"tenant", mlp::AttributeType::kText, 0, 0, -1, 0, 1000000, {}, 0x0, false, ""},
  {"user", mlp::AttributeType::kKey, 1, 0, -1, 0, 1000000, {}, 0x0, false, ""},
  {"input", mlp::AttributeType::kTokens, 4, 400001, -1, 0, 1000000, {}, 0x0, false, ""},
  {"output", mlp::AttributeType::kTokens, 5, 16001, -1, 0, 1000000, {}, 0x0, false, ""},
  {"temperature", mlp::AttributeType::kNumber, 6, 201, 100, 0, 10000, {}, 0x0, false, ""},
  {"asks", mlp::AttributeType::kSet, 0, 0, -1, 0, 1000000, kAsksLabels, 0xb00, false, ""},
};

// The diagram.
// kind, slot, member, first text cut, text cuts
constexpr mlp::Axis kAxes[] = {
  {mlp::AxisKind::kCode, 0, 0x0, 0, 0},  // axis 0
  {mlp::AxisKind::kCode, 1, 0x0, 0, 0},  // axis 1
  {mlp::AxisKind::kCode, 2, 0x0, 0, 0},  // axis 2
  {mlp::AxisKind::kCode, 6, 0x0, 0, 0},  // axis 3
  {mlp::AxisKind::kCode, 4, 0x0, 0, 0},  // axis 4
};
// from, edge
constexpr mlp::Root kRoots[] = {
  {1795219200, 0x8},
};
// first edge, edges, first cut, first bucket, axis, kind, shift
constexpr mlp::Node kNodes[] = {
  {0, 2, 0, 0, 4, mlp::NodeKind::kSorted, 0},
  {2, 2, 1, 0, 4, mlp::NodeKind::kSorted, 0},
  {4, 2, 2, 0, 4, mlp::NodeKind::kSorted, 0},
  {6, 2, 3, 0, 3, mlp::NodeKind::kSorted, 0},
  {8, 3, 4, 0, 2, mlp::NodeKind::kDense, 0},
  {11, 2, 4, 0, 4, mlp::NodeKind::kSorted, 0},
  {13, 3, 5, 0, 2, mlp::NodeKind::kDense, 0},
  {16, 3, 5, 0, 1, mlp::NodeKind::kDense, 0},
  {19, 4, 5, 0, 0, mlp::NodeKind::kDense, 0},
  {23, 3, 5, 0, 2, mlp::NodeKind::kDense, 0},
};
constexpr std::uint32_t kEdges[] = {
  2147483649, 2147483648, 2147483651, 2147483648, 2147483652, 2147483648, 1, 2, 0, 3, 3, 2147483650, 2147483648, 0, 5, 5,
  4, 6, 6, 4, 4, 4, 7, 2147483649, 2147483648, 2147483648,
};
constexpr std::int32_t kCuts[] = {
  100001, 100001, 100001, 1, 100001,
};

// What the diagram ends at.
// first row, first of the cheapest order, cache seconds, route, rows, first group, groups, kind
constexpr mlp::Leaf kLeaves[] = {
  {0, mlp::kNone32, 0, 0, 0, 0, 0, mlp::LeafKind::kRefuse},  // 0: too-long
  {0, 0, 0, 1, 3, 0, 0, mlp::LeafKind::kServe},  // 1: free
  {3, 3, 0, 2, 5, 0, 0, mlp::LeafKind::kServe},  // 2: code
  {8, 8, 3600, 3, 4, 0, 0, mlp::LeafKind::kServe},  // 3: everything-else
  {8, 8, 0, 3, 4, 0, 0, mlp::LeafKind::kServe},  // 4: everything-else
};
// gate, model, endpoint, rollout, step, group
constexpr mlp::Row kRows[] = {
  {0, 5, 3, 65535, 0, 0},  // gpt-5-4-mini
  {1, 0, 0, 65535, 0, 0},  // claude-haiku-4-5
  {2, 6, 2, 65535, 1, 0},  // llama3-1-8b
  {3, 2, 0, 0, 0, 0},  // claude-sonnet-5
  {4, 1, 0, 65535, 0, 0},  // claude-sonnet-4-5
  {5, 4, 3, 65535, 1, 0},  // gpt-5-4
  {6, 2, 0, 65535, 2, 0},  // claude-sonnet-5
  {7, 4, 3, 65535, 2, 0},  // gpt-5-4
  {8, 5, 3, 65535, 0, 0},  // gpt-5-4-mini
  {4, 0, 0, 65535, 0, 0},  // claude-haiku-4-5
  {9, 3, 1, 65535, 1, 0},  // gemini-3-5-flash-lite
  {2, 6, 2, 65535, 2, 0},  // llama3-1-8b
};
// capabilities, first guard, first live, guards, live bits
constexpr mlp::Gate kGates[] = {
  {0x407b23, 0, 0, 3, 0},  // gate 0
  {0x607b33, 3, 0, 2, 0},  // gate 1
  {0x600b21, 5, 0, 1, 0},  // gate 2
  {0x407b33, 6, 0, 1, 0},  // gate 3
  {0x607b33, 6, 0, 1, 0},  // gate 4
  {0xc07b33, 7, 0, 2, 0},  // gate 5
  {0xc07b33, 0, 0, 0, 1},  // gate 6
  {0xc07b33, 0, 1, 0, 1},  // gate 7
  {0x407b23, 9, 0, 2, 0},  // gate 8
  {0xc07b3f, 0, 0, 0, 0},  // gate 9
};
constexpr std::uint16_t kRowOrders[] = {
  2, 0, 1, 0, 3, 2, 4, 1, 3, 2, 0, 1,
};
// a * input + b * output <= c
constexpr mlp::Guard kGuards[] = {
  {1, 1, 400000},
  {1, 0, 272000},
  {750000, 4500000, 20000000000},
  {1, 1, 200000},
  {1000000, 5000000, 20000000000},
  {1, 1, 131072},
  {1, 1, 200000},
  {1, 0, 271999},
  {2500000, 15000000, 600000000000},
  {1, 1, 400000},
  {1, 0, 272000},
};
constexpr std::uint16_t kLiveRefs[] = {
  0, 1,
};
constexpr mlp::LiveCondition kLiveConditions[] = {
  {0, 1},
  {1, 1},
};
constexpr mlp::LiveAtom kLiveAtoms[] = {
  {2, mlp::LiveFact::kLatencyP95, mlp::Comparison::kLessEqual, 600, 20000000},  // claude-sonnet-5
  {4, mlp::LiveFact::kLatencyP95, mlp::Comparison::kLessEqual, 600, 20000000},  // gpt-5-4
};

// How calls are carried out.
constexpr mlp::ActionTable kActions0 = {mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop};
constexpr mlp::ActionTable kActions1 = {mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kNext, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop};
// name, doc, refusal, file, line, output cap, attempt, deadline, backoff from, to (ms), retries, attempts,
// hedge percentile, hedge share (ppm), bound of a call, caches prompts, at any temperature, restarts, follows successors, logs prompts, evaluator, quality floor (ppm), similar (ppm), vectors, actions
constexpr mlp::RoutePlan kRoutes[] = {
  {"too-long", "Nobody gets a wrong answer from half a document.", "split the document", "support.mlp", 48, 4294967295, 25000, 90000, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, false, false, 65535, 0, 0, 65535, kActions0},
  {"free", "Free users get a small model, never for more than two cents an attempt.", "", "support.mlp", 53, 1000, 25000, 90000, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, false, false, 65535, 0, 0, 65535, kActions0},
  {"code", "Hard code goes to the strongest, and is answered whichever provider fails.", "", "support.mlp", 62, 4294967295, 20000, 60000, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, false, false, 65535, 0, 0, 65535, kActions1},
  {"everything-else", "The rest goes to the best of the small ones; when the clouds fail, to our own machine.", "", "support.mlp", 75, 4294967295, 22000, 90000, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, true, false, false, false, 65535, 0, 0, 65535, kActions0},
};

// Providers, endpoints, models.
constexpr std::string_view kAnthropicAliases[] = {"claude"};
constexpr std::string_view kAnthropicKeyEnv[] = {"ANTHROPIC_API_KEY"};
constexpr std::string_view kGoogleAliases[] = {"gemini"};
constexpr std::string_view kGoogleKeyEnv[] = {"GEMINI_API_KEY"};
constexpr std::string_view kOpenaiKeyEnv[] = {"OPENAI_API_KEY"};
// name, protocol, its name, aliases, keys, headers, connect, first token, between tokens, total (ms),
// probe every, at most (ms), backoff (ppm), down after, up after
constexpr mlp::Provider kProviders[] = {
  {"anthropic", mlp::Protocol::kAnthropic, "anthropic", kAnthropicAliases, kAnthropicKeyEnv, {}, 2000, 15000, 20000, 120000, 60000, 600000, 2000000, 3, 1},
  {"google", mlp::Protocol::kGoogle, "google", kGoogleAliases, kGoogleKeyEnv, {}, 2000, 15000, 20000, 120000, 60000, 600000, 2000000, 3, 1},
  {"ollama", mlp::Protocol::kOllama, "ollama", {}, {}, {}, 1000, 60000, 20000, 180000, 30000, 300000, 2000000, 2, 1},
  {"openai", mlp::Protocol::kOpenAi, "openai", {}, kOpenaiKeyEnv, {}, 2000, 15000, 20000, 120000, 60000, 600000, 2000000, 3, 1},
};
constexpr std::string_view kPlaces0[] = {"us", "eu"};
constexpr std::string_view kPlaces1[] = {"us", "eu"};
constexpr std::string_view kPlaces2[] = {"us", "eu"};
constexpr std::string_view kPlaces3[] = {"us", "eu"};
// provider, base URL, places, price factor (ppm)
constexpr mlp::Endpoint kEndpoints[] = {
  {0, "https://api.anthropic.com", kPlaces0, 1000000},
  {1, "https://generativelanguage.googleapis.com", kPlaces1, 1000000},
  {2, "http://localhost:11434", kPlaces2, 1000000},
  {3, "https://api.openai.com/v1", kPlaces3, 1000000},
};
constexpr mlp::Price kClaudeHaiku_4_5Prices[] = {
  {1760486400, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {1000000, 100000, 1250000, 2000000, 5000000, -1, 500000, 2500000}},
};
constexpr mlp::Price kClaudeSonnet_4_5Prices[] = {
  {1759104000, 1777507200, 0, 200000, 0, 0, 0, {3000000, 300000, 3750000, 6000000, 15000000, -1, 1500000, 7500000}},
  {1759104000, 1777507200, 200001, mlp::kForever, 0, 0, 0, {6000000, 600000, 7500000, 12000000, 22500000, -1, -1, -1}},
  {1777507200, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {3000000, 300000, 3750000, 6000000, 15000000, -1, 1500000, 7500000}},
};
constexpr mlp::Price kClaudeSonnet_5Prices[] = {
  {1782777600, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {2000000, 200000, 2500000, 4000000, 10000000, -1, 1000000, 5000000}},
};
constexpr mlp::Price kGemini_3_5FlashLitePrices[] = {
  {1784592000, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {300000, 30000, -1, -1, 2500000, -1, 150000, 1250000}},
};
constexpr mlp::Price kGpt_5_4Prices[] = {
  {1772668800, mlp::kForever, 0, 271999, 0, 0, 0, {2500000, 250000, -1, -1, 15000000, -1, 1250000, 7500000}},
  {1772668800, mlp::kForever, 272000, mlp::kForever, 0, 0, 0, {5000000, 500000, -1, -1, 22500000, -1, -1, -1}},
};
constexpr mlp::Price kGpt_5_4MiniPrices[] = {
  {1773705600, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {750000, 75000, -1, -1, 4500000, -1, 375000, 2250000}},
};
constexpr mlp::Price kLlama3_1_8bPrices[] = {
  {0, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {0, -1, -1, -1, 0, -1, -1, -1}},
};
// name, id, provider, capabilities, context, most input, most output, prices, parameters,
// prior p50, p95 (ms), requests, tokens per minute, slow at (ppm), deprecated, retires, successor, dimension
constexpr mlp::Model kModels[] = {
  {"claude-haiku-4-5", "claude-haiku-4-5-20251001", 0, 0x607b33, 200000, mlp::kForever, 64000, kClaudeHaiku_4_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "claude-haiku-5-5", 0},
  {"claude-sonnet-4-5", "claude-sonnet-4-5-20250929", 0, 0x607b33, 200000, mlp::kForever, 64000, kClaudeSonnet_4_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"claude-sonnet-5", "claude-sonnet-5", 0, 0xc07b33, 1000000, mlp::kForever, 128000, kClaudeSonnet_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"gemini-3-5-flash-lite", "gemini-3.5-flash-lite", 1, 0xc07b3f, 1048576, mlp::kForever, 65536, kGemini_3_5FlashLitePrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"gpt-5-4", "gpt-5.4-2026-03-05", 3, 0xc07b33, 1050000, 922000, 128000, kGpt_5_4Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"gpt-5-4-mini", "gpt-5.4-mini-2026-03-17", 3, 0x407b23, 400000, 272000, 128000, kGpt_5_4MiniPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"llama3-1-8b", "llama3.1:8b", 2, 0x600b21, 131072, mlp::kForever, mlp::kForever, kLlama3_1_8bPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
};

// Beside the routes.
constexpr mlp::RampStep kSteps0[] = {
  {10000, 1800, 300, false, 65535},
  {50000, 1800, 300, false, 65535},
  {250000, 1800, 300, false, 65535},
  {500000, 0, 0, true, 0},
  {1000000, 0, 0, false, 65535},
};
constexpr mlp::RolloutEvent kEvents0[] = {
  {"slow", {mlp::Measured::kLatency, 0, mlp::ErrorClass::kNone, 65535, "", mlp::Comparison::kGreater, true, 95, 1300000, 0, 0}},
};
constexpr mlp::Criterion kRollbacks0[] = {
  {mlp::Measured::kFailures, 0, mlp::ErrorClass::kNone, 65535, "", mlp::Comparison::kGreater, true, 0, 1000000, 0, 0},
  {mlp::Measured::kEvent, 0, mlp::ErrorClass::kNone, 0, "", mlp::Comparison::kGreater, true, 0, 1000000, 0, 0},
  {mlp::Measured::kSuccess, 0, mlp::ErrorClass::kNone, 65535, "", mlp::Comparison::kLess, true, 0, 950000, 3600, 100},
};
constexpr mlp::Criterion kProofs0[] = {
  {mlp::Measured::kFailures, 0, mlp::ErrorClass::kNone, 65535, "", mlp::Comparison::kLessEqual, true, 0, 1500000, 0, 0},
};
// name, salt, from, to, key, steps, events, rollbacks, proofs, hold (s), then, confidence,
// detect (ppm), alert, held back (ppm), for (s), units per day
constexpr mlp::Rollout kRollouts[] = {
  {"sonnet-5", "sonnet-5", 1, 2, 1, kSteps0, kEvents0, kRollbacks0, kProofs0, 259200, mlp::Undecided::kRollback, 950000, 2000000, 0, 0, 0, 48000},
};
constexpr mlp::BudgetStep kBudgetSteps0[] = {
  {800000, mlp::BudgetAction::kAlert, 0, {}},
  {800000, mlp::BudgetAction::kPreferCheapest, 65535, {}},
  {1000000, mlp::BudgetAction::kDeny, 65535, {}},
};
// name, per day, per month, edge, per attribute, steps
constexpr mlp::Budget kBudgets[] = {
  {"free-tier", {100000000000000}, {2000000000000000}, 0x9, 4, kBudgetSteps0},
};
constexpr std::string_view kAlertOncallWebhooks[] = {"ONCALL_WEBHOOK"};
constexpr std::string_view kAlertOncallSecrets[] = {""};
// name, logs, webhooks, secrets, callbacks, when, any
constexpr mlp::Alert kAlerts[] = {
  {"oncall", true, kAlertOncallWebhooks, kAlertOncallSecrets, {}, {}, false},
};

// The whole.
constexpr mlp::Tables kTables = {
  .format = 5,
  .name = "support",
  .version = "2.3.0",
  .hash = "007e5a2aaee369cc1fc57acf0603f656b302080cbbdf1214247783040974d331",
  .valid_from_s = 1795219200,
  .valid_to_s = 1826755200,
  .capability_names = kCapabilityNames,
  .attributes = kAttributes,
  .code_count = 7,
  .text_count = 2,
  .set_count = 1,
  .input_code = 4,
  .output_code = 5,
  .asks_set = 0,
  .axes = kAxes,
  .text_cuts = {},
  .roots = kRoots,
  .nodes = kNodes,
  .edges = kEdges,
  .cuts = kCuts,
  .buckets = {},
  .bitsets = {},
  .leaves = kLeaves,
  .rows = kRows,
  .gates = kGates,
  .row_orders = kRowOrders,
  .guards = kGuards,
  .live_refs = kLiveRefs,
  .live_conditions = kLiveConditions,
  .live_atoms = kLiveAtoms,
  .groups = {},
  .weights = {},
  .live_order_count = 0,
  .routes = kRoutes,
  .providers = kProviders,
  .endpoints = kEndpoints,
  .models = kModels,
  .rollouts = kRollouts,
  .experiments = {},
  .arms = {},
  .budgets = kBudgets,
  .alerts = kAlerts,
  .evaluators = {},
};

// clang-format on

const mlp::Policy kPolicy{kTables};

}  // namespace

const mlp::Policy& Policy() noexcept { return kPolicy; }

}  // namespace support
