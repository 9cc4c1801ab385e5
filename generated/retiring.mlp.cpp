// Policy retiring 4.1.0, compiled by mlpc from retiring.mlp (table format 5).
// Do not edit; after a change of the policy: mlpc compile retiring.mlp -o DIR

// 3 routes, 6 roots, 6 nodes, 8 leaves, 17 rows, 0 guards.
#include "retiring.mlp.h"

namespace retiring {
namespace {

// clang-format off

// What a request says.
constexpr std::string_view kTaskLabels[] = {"answer", "reason", "tag"};
constexpr std::string_view kCapabilityNames[] = {"text-input", "image-input", "audio-input", "video-input", "document-input", "text-output", "image-output", "audio-output", "structured-output", "function-calling", "json-mode", "streaming", "batch-api", "prompt-caching", "extended-thinking", "chain-of-thought", "code-generation", "math-reasoning", "content-filtering", "system-messages", "embeddings", "sampling-parameters", "large-context", "extra-large-context"};
// name, type, slot, size, default code, minimum, step (millionths), labels, members, default text
constexpr mlp::Attribute kAttributes[] = {
  {"task", mlp::AttributeType::kEnum, 0, 3, -1, 0, 1000000, kTaskLabels, 0x0, false, ""},
  {"input", mlp::AttributeType::kTokens, 1, 64001, -1, 0, 1000000, {}, 0x0, false, ""},
  {"output", mlp::AttributeType::kTokens, 2, 4001, -1, 0, 1000000, {}, 0x0, false, ""},
};

// The diagram.
// kind, slot, member, first text cut, text cuts
constexpr mlp::Axis kAxes[] = {
  {mlp::AxisKind::kCode, 0, 0x0, 0, 0},  // axis 0
};
// from, edge
constexpr mlp::Root kRoots[] = {
  {1795219200, 0x0},
  {1796083200, 0x1},
  {1796947200, 0x2},
  {1798761600, 0x3},
  {1799884800, 0x4},
  {1806537600, 0x5},
};
// first edge, edges, first cut, first bucket, axis, kind, shift
constexpr mlp::Node kNodes[] = {
  {0, 3, 0, 0, 0, mlp::NodeKind::kDense, 0},
  {3, 3, 0, 0, 0, mlp::NodeKind::kDense, 0},
  {6, 3, 0, 0, 0, mlp::NodeKind::kDense, 0},
  {9, 3, 0, 0, 0, mlp::NodeKind::kDense, 0},
  {12, 3, 0, 0, 0, mlp::NodeKind::kDense, 0},
  {15, 3, 0, 0, 0, mlp::NodeKind::kDense, 0},
};
constexpr std::uint32_t kEdges[] = {
  2147483648, 2147483649, 2147483650, 2147483648, 2147483649, 2147483651, 2147483648, 2147483652, 2147483651, 2147483648, 2147483652, 2147483653, 2147483654, 2147483652, 2147483653, 2147483654,
  2147483655, 2147483653,
};

// What the diagram ends at.
// first row, first of the cheapest order, cache seconds, route, rows, first group, groups, kind
constexpr mlp::Leaf kLeaves[] = {
  {0, mlp::kNone32, 0, 0, 2, 0, 0, mlp::LeafKind::kServe},  // 0: answer
  {2, mlp::kNone32, 0, 1, 3, 0, 0, mlp::LeafKind::kServe},  // 1: reason
  {5, mlp::kNone32, 0, 2, 3, 0, 0, mlp::LeafKind::kServe},  // 2: tag
  {8, mlp::kNone32, 0, 2, 2, 0, 0, mlp::LeafKind::kServe},  // 3: tag
  {10, mlp::kNone32, 0, 1, 2, 0, 0, mlp::LeafKind::kServe},  // 4: reason
  {12, mlp::kNone32, 0, 2, 2, 0, 0, mlp::LeafKind::kServe},  // 5: tag
  {14, mlp::kNone32, 0, 0, 2, 0, 0, mlp::LeafKind::kServe},  // 6: answer
  {16, mlp::kNone32, 0, 1, 1, 0, 0, mlp::LeafKind::kServe},  // 7: reason
};
// gate, model, endpoint, rollout, step, group
constexpr mlp::Row kRows[] = {
  {0, 5, 2, 65535, 0, 0},  // gpt-4o
  {1, 2, 0, 65535, 1, 0},  // claude-sonnet-5
  {2, 8, 2, 65535, 0, 0},  // o3
  {3, 6, 2, 65535, 1, 0},  // gpt-5-1
  {1, 1, 0, 65535, 2, 0},  // claude-opus-5-5
  {4, 3, 1, 65535, 0, 0},  // gemini-2-5-flash
  {5, 4, 1, 65535, 1, 0},  // gemini-3-6-flash
  {6, 0, 0, 65535, 1, 0},  // claude-haiku-4-5
  {5, 4, 1, 65535, 1, 0},  // gemini-3-6-flash
  {6, 0, 0, 65535, 1, 0},  // claude-haiku-4-5
  {3, 6, 2, 65535, 1, 0},  // gpt-5-1
  {1, 1, 0, 65535, 2, 0},  // claude-opus-5-5
  {6, 0, 0, 65535, 1, 0},  // claude-haiku-4-5
  {5, 4, 1, 65535, 1, 0},  // gemini-3-6-flash
  {7, 7, 2, 65535, 0, 0},  // gpt-6-luna
  {1, 2, 0, 65535, 1, 0},  // claude-sonnet-5
  {1, 1, 0, 65535, 2, 0},  // claude-opus-5-5
};
// capabilities, first guard, first live, guards, live bits
constexpr mlp::Gate kGates[] = {
  {0x603b23, 0, 0, 0, 0},  // gate 0
  {0xc07b33, 0, 0, 0, 0},  // gate 1
  {0x406b33, 0, 0, 0, 0},  // gate 2
  {0x406b23, 0, 0, 0, 0},  // gate 3
  {0xe06b3f, 0, 0, 0, 0},  // gate 4
  {0xc07b3f, 0, 0, 0, 0},  // gate 5
  {0x607b33, 0, 0, 0, 0},  // gate 6
  {0xc06b23, 0, 0, 0, 0},  // gate 7
};
// a * input + b * output <= c

// How calls are carried out.
constexpr mlp::ActionTable kActions0 = {mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop};
// name, doc, refusal, file, line, output cap, attempt, deadline, backoff from, to (ms), retries, attempts,
// hedge percentile, hedge share (ppm), bound of a call, caches prompts, at any temperature, restarts, follows successors, logs prompts, evaluator, quality floor (ppm), similar (ppm), vectors, actions
constexpr mlp::RoutePlan kRoutes[] = {
  {"answer", "gpt-4o ends on 2027-01-14. Its successor takes its place from that day, because the route says so.", "", "retiring.mlp", 26, 4294967295, 0, 0, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, true, false, 65535, 0, 0, 65535, kActions0},
  {"reason", "o3 ends on 2026-12-11 and gpt-5-1 on 2027-04-01; afterwards one model alone is left.", "", "retiring.mlp", 33, 4294967295, 0, 0, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, false, false, 65535, 0, 0, 65535, kActions0},
  {"tag", "gemini-2-5-flash ends on 2026-12-01.", "", "retiring.mlp", 43, 4294967295, 0, 0, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, false, false, 65535, 0, 0, 65535, kActions0},
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
  {"openai", mlp::Protocol::kOpenAi, "openai", {}, kOpenaiKeyEnv, {}, 2000, 15000, 20000, 120000, 60000, 600000, 2000000, 3, 1},
};
constexpr std::string_view kPlaces0[] = {"us", "eu"};
constexpr std::string_view kPlaces1[] = {"us", "eu"};
constexpr std::string_view kPlaces2[] = {"us", "eu"};
// provider, base URL, places, price factor (ppm)
constexpr mlp::Endpoint kEndpoints[] = {
  {0, "https://api.anthropic.com", kPlaces0, 1000000},
  {1, "https://generativelanguage.googleapis.com", kPlaces1, 1000000},
  {2, "https://api.openai.com/v1", kPlaces2, 1000000},
};
constexpr mlp::Price kClaudeHaiku_4_5Prices[] = {
  {1760486400, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {1000000, 100000, 1250000, 2000000, 5000000, -1, 500000, 2500000}},
};
constexpr mlp::Price kClaudeOpus_5_5Prices[] = {
  {1790035200, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {4000000, 200000, 5000000, 8000000, 20000000, -1, 2000000, 10000000}},
};
constexpr mlp::Price kClaudeSonnet_5Prices[] = {
  {1782777600, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {2000000, 200000, 2500000, 4000000, 10000000, -1, 1000000, 5000000}},
};
constexpr mlp::Price kGemini_2_5FlashPrices[] = {
  {1744848000, 1750118400, 0, mlp::kForever, 0, 0, 0, {150000, -1, -1, -1, 600000, 3500000, -1, -1}},
  {1750118400, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {300000, 30000, -1, -1, 2500000, -1, -1, -1}},
};
constexpr mlp::Price kGemini_3_6FlashPrices[] = {
  {1784592000, 1785542400, 0, mlp::kForever, 0, 0, 0, {1500000, 150000, -1, -1, 7500000, -1, 750000, 3750000}},
  {1785542400, 1798761600, 0, mlp::kForever, 0, 0, 0, {750000, 75000, -1, -1, 3750000, -1, 375000, 1875000}},
  {1798761600, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {1500000, 150000, -1, -1, 7500000, -1, 750000, 3750000}},
};
constexpr mlp::Price kGpt_4oPrices[] = {
  {1722902400, 1727740800, 0, mlp::kForever, 0, 0, 0, {2500000, -1, -1, -1, 10000000, -1, 1250000, 5000000}},
  {1727740800, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {2500000, 1250000, -1, -1, 10000000, -1, 1250000, 5000000}},
};
constexpr mlp::Price kGpt_5_1Prices[] = {
  {1762992000, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {1250000, 125000, -1, -1, 10000000, -1, -1, -1}},
};
constexpr mlp::Price kGpt_6LunaPrices[] = {
  {1790035200, mlp::kForever, 0, 272000, 0, 0, 0, {100000, 10000, 125000, -1, 500000, -1, -1, -1}},
  {1790035200, mlp::kForever, 272001, mlp::kForever, 0, 0, 0, {200000, 20000, 250000, -1, 750000, -1, -1, -1}},
};
constexpr mlp::Price kO3Prices[] = {
  {1744761600, 1749513600, 0, mlp::kForever, 0, 0, 0, {10000000, 2500000, -1, -1, 40000000, -1, -1, -1}},
  {1749513600, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {2000000, 500000, -1, -1, 8000000, -1, -1, -1}},
};
// name, id, provider, capabilities, context, most input, most output, prices, parameters,
// prior p50, p95 (ms), requests, tokens per minute, slow at (ppm), deprecated, retires, successor, dimension
constexpr mlp::Model kModels[] = {
  {"claude-haiku-4-5", "claude-haiku-4-5-20251001", 0, 0x607b33, 200000, mlp::kForever, 64000, kClaudeHaiku_4_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "claude-haiku-5-5", 0},
  {"claude-opus-5-5", "claude-opus-5-5", 0, 0xc07b33, 1000000, mlp::kForever, 128000, kClaudeOpus_5_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"claude-sonnet-5", "claude-sonnet-5", 0, 0xc07b33, 1000000, mlp::kForever, 128000, kClaudeSonnet_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"gemini-2-5-flash", "gemini-2.5-flash", 1, 0xe06b3f, 1048576, mlp::kForever, 65536, kGemini_2_5FlashPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, 1796083200, "gemini-3-5-flash-lite", 0},
  {"gemini-3-6-flash", "gemini-3.6-flash", 1, 0xc07b3f, 1048576, mlp::kForever, 65536, kGemini_3_6FlashPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"gpt-4o", "gpt-4o-2024-08-06", 2, 0x603b23, 128000, mlp::kForever, 16384, kGpt_4oPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, 1799884800, "gpt-6-luna", 0},
  {"gpt-5-1", "gpt-5.1-2025-11-13", 2, 0x406b23, 400000, 272000, 128000, kGpt_5_1Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, 1806537600, "", 0},
  {"gpt-6-luna", "gpt-6-luna", 2, 0xc06b23, 1050000, 922000, 128000, kGpt_6LunaPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"o3", "o3-2025-04-16", 2, 0x406b33, 200000, mlp::kForever, 100000, kO3Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, 1796947200, "gpt-5-6-sol", 0},
};

// The whole.
constexpr mlp::Tables kTables = {
  .format = 5,
  .name = "retiring",
  .version = "4.1.0",
  .hash = "59c00c14602794771f60b830301a136f82a6ec931f1242fdba17b57f82eb7c13",
  .valid_from_s = 1795219200,
  .valid_to_s = 1826755200,
  .capability_names = kCapabilityNames,
  .attributes = kAttributes,
  .code_count = 3,
  .text_count = 0,
  .set_count = 0,
  .input_code = 1,
  .output_code = 2,
  .asks_set = 65535,
  .axes = kAxes,
  .text_cuts = {},
  .roots = kRoots,
  .nodes = kNodes,
  .edges = kEdges,
  .cuts = {},
  .buckets = {},
  .bitsets = {},
  .leaves = kLeaves,
  .rows = kRows,
  .gates = kGates,
  .row_orders = {},
  .guards = {},
  .live_refs = {},
  .live_conditions = {},
  .live_atoms = {},
  .groups = {},
  .weights = {},
  .live_order_count = 0,
  .routes = kRoutes,
  .providers = kProviders,
  .endpoints = kEndpoints,
  .models = kModels,
  .rollouts = {},
  .experiments = {},
  .arms = {},
  .budgets = {},
  .alerts = {},
  .evaluators = {},
};

// clang-format on

const mlp::Policy kPolicy{kTables};

}  // namespace

const mlp::Policy& Policy() noexcept { return kPolicy; }

}  // namespace retiring
