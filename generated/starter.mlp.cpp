// Policy starter 1.0.0, compiled by mlpc from starter.mlp (table format 5).
// Do not edit; after a change of the policy: mlpc compile starter.mlp -o DIR

// 2 routes, 1 roots, 1 nodes, 2 leaves, 4 rows, 0 guards.
#include "starter.mlp.h"

namespace starter {
namespace {

// clang-format off

// What a request says.
constexpr std::string_view kTaskLabels[] = {"chat", "code"};
constexpr std::string_view kCapabilityNames[] = {"text-input", "image-input", "audio-input", "video-input", "document-input", "text-output", "image-output", "audio-output", "structured-output", "function-calling", "json-mode", "streaming", "batch-api", "prompt-caching", "extended-thinking", "chain-of-thought", "code-generation", "math-reasoning", "content-filtering", "system-messages", "embeddings", "sampling-parameters", "large-context", "extra-large-context"};
// name, type, slot, size, default code, minimum, step (millionths), labels, members, default text
constexpr mlp::Attribute kAttributes[] = {
  {"task", mlp::AttributeType::kEnum, 0, 2, -1, 0, 1000000, kTaskLabels, 0x0, false, ""},
  {"input", mlp::AttributeType::kTokens, 1, 100001, -1, 0, 1000000, {}, 0x0, false, ""},
  {"output", mlp::AttributeType::kTokens, 2, 8001, -1, 0, 1000000, {}, 0x0, false, ""},
};

// The diagram.
// kind, slot, member, first text cut, text cuts
constexpr mlp::Axis kAxes[] = {
  {mlp::AxisKind::kCode, 0, 0x0, 0, 0},  // axis 0
};
// from, edge
constexpr mlp::Root kRoots[] = {
  {1795219200, 0x0},
};
// first edge, edges, first cut, first bucket, axis, kind, shift
constexpr mlp::Node kNodes[] = {
  {0, 2, 0, 0, 0, mlp::NodeKind::kDense, 0},
};
constexpr std::uint32_t kEdges[] = {
  2147483649, 2147483648,
};

// What the diagram ends at.
// first row, first of the cheapest order, cache seconds, route, rows, first group, groups, kind
constexpr mlp::Leaf kLeaves[] = {
  {0, mlp::kNone32, 0, 0, 2, 0, 0, mlp::LeafKind::kServe},  // 0: code
  {2, mlp::kNone32, 0, 1, 2, 0, 0, mlp::LeafKind::kServe},  // 1: chat
};
// gate, model, endpoint, rollout, step, group
constexpr mlp::Row kRows[] = {
  {0, 1, 0, 65535, 0, 0},  // claude-sonnet-5
  {0, 3, 1, 65535, 1, 0},  // gpt-5-6-terra
  {1, 0, 0, 65535, 0, 0},  // claude-haiku-5-5
  {0, 2, 1, 65535, 1, 0},  // gpt-5-6-luna
};
// capabilities, first guard, first live, guards, live bits
constexpr mlp::Gate kGates[] = {
  {0xc07b33, 0, 0, 0, 0},  // gate 0
  {0xc06b33, 0, 0, 0, 0},  // gate 1
};
// a * input + b * output <= c

// How calls are carried out.
constexpr mlp::ActionTable kActions0 = {mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kNext, mlp::Action::kRetry, mlp::Action::kNext, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop, mlp::Action::kStop};
// name, doc, refusal, file, line, output cap, attempt, deadline, backoff from, to (ms), retries, attempts,
// hedge percentile, hedge share (ppm), bound of a call, caches prompts, at any temperature, restarts, follows successors, logs prompts, evaluator, quality floor (ppm), similar (ppm), vectors, actions
constexpr mlp::RoutePlan kRoutes[] = {
  {"code", "Hard work goes to the stronger models. When the first does not answer, the second is asked.", "", "starter.mlp", 27, 4294967295, 0, 0, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, false, false, 65535, 0, 0, 65535, kActions0},
  {"chat", "Everything else is quick work.", "", "starter.mlp", 33, 4294967295, 0, 0, 500, 8000, 1, 4, 0, 0, {mlp::kForever}, false, false, false, false, false, 65535, 0, 0, 65535, kActions0},
};

// Providers, endpoints, models.
constexpr std::string_view kAnthropicAliases[] = {"claude"};
constexpr std::string_view kAnthropicKeyEnv[] = {"ANTHROPIC_API_KEY"};
constexpr std::string_view kOpenaiKeyEnv[] = {"OPENAI_API_KEY"};
// name, protocol, its name, aliases, keys, headers, connect, first token, between tokens, total (ms),
// probe every, at most (ms), backoff (ppm), down after, up after
constexpr mlp::Provider kProviders[] = {
  {"anthropic", mlp::Protocol::kAnthropic, "anthropic", kAnthropicAliases, kAnthropicKeyEnv, {}, 2000, 15000, 20000, 120000, 60000, 600000, 2000000, 3, 1},
  {"openai", mlp::Protocol::kOpenAi, "openai", {}, kOpenaiKeyEnv, {}, 2000, 15000, 20000, 120000, 60000, 600000, 2000000, 3, 1},
};
constexpr std::string_view kPlaces0[] = {"us", "eu"};
constexpr std::string_view kPlaces1[] = {"us", "eu"};
// provider, base URL, places, price factor (ppm)
constexpr mlp::Endpoint kEndpoints[] = {
  {0, "https://api.anthropic.com", kPlaces0, 1000000},
  {1, "https://api.openai.com/v1", kPlaces1, 1000000},
};
constexpr mlp::Price kClaudeHaiku_5_5Prices[] = {
  {1791331200, mlp::kForever, 0, 100000, 0, 0, 0, {100000, 10000, 125000, 200000, 500000, -1, -1, -1}},
  {1791331200, mlp::kForever, 100001, mlp::kForever, 0, 0, 0, {500000, 50000, 625000, 1000000, 2500000, -1, -1, -1}},
};
constexpr mlp::Price kClaudeSonnet_5Prices[] = {
  {1782777600, mlp::kForever, 0, mlp::kForever, 0, 0, 0, {2000000, 200000, 2500000, 4000000, 10000000, -1, 1000000, 5000000}},
};
constexpr mlp::Price kGpt_5_6LunaPrices[] = {
  {1783555200, 1785369600, 0, 271999, 0, 0, 0, {1000000, 100000, 1250000, -1, 6000000, -1, 500000, 3000000}},
  {1783555200, 1785369600, 272000, mlp::kForever, 0, 0, 0, {2000000, 200000, 2500000, -1, 9000000, -1, -1, -1}},
  {1785369600, mlp::kForever, 0, 271999, 0, 0, 0, {200000, 20000, 250000, -1, 1200000, -1, 100000, 600000}},
  {1785369600, mlp::kForever, 272000, mlp::kForever, 0, 0, 0, {400000, 40000, 500000, -1, 1800000, -1, -1, -1}},
};
constexpr mlp::Price kGpt_5_6TerraPrices[] = {
  {1783555200, 1785369600, 0, 271999, 0, 0, 0, {2500000, 250000, 3125000, -1, 15000000, -1, 1250000, 7500000}},
  {1783555200, 1785369600, 272000, mlp::kForever, 0, 0, 0, {5000000, 500000, 6250000, -1, 22500000, -1, -1, -1}},
  {1785369600, mlp::kForever, 0, 271999, 0, 0, 0, {2000000, 200000, 2500000, -1, 12000000, -1, 1000000, 6000000}},
  {1785369600, mlp::kForever, 272000, mlp::kForever, 0, 0, 0, {4000000, 400000, 5000000, -1, 18000000, -1, -1, -1}},
};
// name, id, provider, capabilities, context, most input, most output, prices, parameters,
// prior p50, p95 (ms), requests, tokens per minute, slow at (ppm), deprecated, retires, successor, dimension
constexpr mlp::Model kModels[] = {
  {"claude-haiku-5-5", "claude-haiku-5-5", 0, 0xc06b33, 1000000, mlp::kForever, 128000, kClaudeHaiku_5_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"claude-sonnet-5", "claude-sonnet-5", 0, 0xc07b33, 1000000, mlp::kForever, 128000, kClaudeSonnet_5Prices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"gpt-5-6-luna", "gpt-5.6-luna", 1, 0xc07b33, 1050000, 922000, 128000, kGpt_5_6LunaPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
  {"gpt-5-6-terra", "gpt-5.6-terra", 1, 0xc07b33, 1050000, 922000, 128000, kGpt_5_6TerraPrices, "", 0, 0, 0, 0, 1000000, mlp::kForever, mlp::kForever, "", 0},
};

// The whole.
constexpr mlp::Tables kTables = {
  .format = 5,
  .name = "starter",
  .version = "1.0.0",
  .hash = "db01ca2c33f64ec6851399a31476af3c7561e7e8268d0e0060a834eb0d236657",
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

}  // namespace starter
