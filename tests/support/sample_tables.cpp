#include "tests/support/sample_tables.hpp"

namespace mlp::test {
namespace {

constexpr std::uint64_t kStreaming = 1;
constexpr std::uint64_t kFunctions = 2;
constexpr std::uint64_t kImages = 4;
constexpr std::string_view kCapabilities[] = {"streaming", "function-calling", "image-input"};

constexpr std::string_view kTasks[] = {"classify", "codegen", "chat"};
constexpr std::string_view kTiers[] = {"free", "pro"};

constexpr Attribute MakeAttribute(std::string_view name, AttributeType type, std::uint16_t slot,
                                  std::int32_t size, std::int32_t default_code,
                                  std::span<const std::string_view> labels = {},
                                  std::uint64_t members = 0) {
  Attribute attribute{};
  attribute.name = name;
  attribute.type = type;
  attribute.slot = slot;
  attribute.size = size;
  attribute.default_code = default_code;
  attribute.labels = labels;
  attribute.members = members;
  return attribute;
}
constexpr Attribute kAttributes[] = {
    MakeAttribute("task", AttributeType::kEnum, 0, 3, -1, kTasks),
    MakeAttribute("tier", AttributeType::kEnum, 1, 2, 1, kTiers),
    MakeAttribute("input", AttributeType::kTokens, 2, 400'001, -1),
    MakeAttribute("output", AttributeType::kTokens, 3, 16'001, -1),
    MakeAttribute("user", AttributeType::kKey, 0, 0, -1),
    MakeAttribute("asks", AttributeType::kSet, 0, 0, 0, kCapabilities,
                  kStreaming | kFunctions | kImages),
};

// ---------------------------------------------------------------- the diagram

enum AxisNumber : std::uint16_t { kTaskAxis, kInputAxis };
constexpr Axis kAxes[] = {
    {AxisKind::kCode, 0, 0, 0, 0},
    {AxisKind::kCode, 2, 0, 0, 0},
};

enum LeafNumber : std::uint32_t { kTooLongLeaf, kCodeLeaf, kElseLeaf, kLaterCodeLeaf };
constexpr std::uint32_t ToLeaf(LeafNumber leaf) { return kLeafBit | leaf; }

constexpr std::int32_t kCuts[] = {100'001};
constexpr std::uint32_t kEdges[] = {
    1,
    ToLeaf(kTooLongLeaf),  // node 0: input
    ToLeaf(kElseLeaf),
    ToLeaf(kCodeLeaf),
    ToLeaf(kElseLeaf),  // node 1: task
    3,
    ToLeaf(kTooLongLeaf),  // node 2: input, later
    ToLeaf(kElseLeaf),
    ToLeaf(kLaterCodeLeaf),
    ToLeaf(kElseLeaf)  // node 3: task, later
};
constexpr Node kNodes[] = {
    {0, 2, 0, 0, kInputAxis, NodeKind::kSorted, 0},
    {2, 3, 0, 0, kTaskAxis, NodeKind::kDense, 0},
    {5, 2, 0, 0, kInputAxis, NodeKind::kSorted, 0},
    {7, 3, 0, 0, kTaskAxis, NodeKind::kDense, 0},
};
constexpr Root kRoots[] = {{kSampleFrom_s, 0}, {kSampleSecondRoot_s, 2}};

constexpr Guard kGuards[] = {
    {1, 1, 200'000},                           // 0: context of sonnet and next
    {3'000'000, 15'000'000, 500'000'000'000},  // 1: sonnet within $0.50
    {1, 1, 32'000},                            // 2: context of local
};
constexpr std::uint16_t kLiveRefs[] = {0};
constexpr LiveAtom kLiveAtoms[] = {
    {kMini, LiveFact::kLatencyP95, Comparison::kLessEqual, 600, 20'000'000}};
constexpr LiveCondition kLiveConditions[] = {{0, 1}};

constexpr std::uint64_t kAll = kStreaming | kFunctions | kImages;
constexpr Gate kGates[] = {
    // capabilities, first guard, first live, guards, lives
    {kAll, 0, 0, 1, 0},                     // 0: next
    {kAll, 0, 0, 2, 0},                     // 1: sonnet
    {kStreaming | kFunctions, 0, 0, 0, 1},  // 2: mini while it is fast
    {kStreaming | kFunctions, 0, 0, 0, 0},  // 3: mini
    {kStreaming, 2, 0, 1, 0},               // 4: local
};
constexpr Row kRows[] = {
    // gate, model, endpoint, rollout, step, group
    {0, kNext, 0, 0, 0, 0},          // 0: code, canary
    {1, kSonnet, 0, kNone16, 0, 0},  // 1
    {2, kMini, 1, kNone16, 1, 0},    // 2
    {3, kMini, 1, kNone16, 0, 1},    // 3: everything-else
    {4, kLocal, 2, kNone16, 0, 1},   // 4
    {0, kNext, 0, 0, 0, 0},          // 5: code, later, canary
    {1, kSonnet, 0, kNone16, 0, 0},  // 6
    {4, kLocal, 2, kNone16, 1, 0},   // 7
};
constexpr std::uint16_t kRowOrders[] = {2, 0, 1, /**/ 1, 0, /**/ 2, 0, 1};
constexpr Group kGroups[] = {{GroupKind::kSpread, 0, kNone16, 0, 2, 0}};
constexpr std::uint32_t kWeights[] = {700'000, 300'000};
constexpr Leaf kLeaves[] = {
    {0, kNone32, 0, kRouteTooLong, 0, 0, 0, LeafKind::kRefuse},
    {0, 0, 0, kRouteCode, 3, 0, 0, LeafKind::kServe},
    {3, 3, 3'600, kRouteElse, 2, 0, 1, LeafKind::kServe},
    {5, 5, 0, kRouteCode, 3, 0, 0, LeafKind::kServe},
};

// ---------------------------------------------------------------- routes, models, providers

constexpr RoutePlan MakeRoute(std::string_view name, std::uint32_t line, std::uint32_t output_cap) {
  RoutePlan route{};
  route.name = name;
  route.file = "sample.mlp";
  route.line = line;
  route.output_cap = output_cap;
  route.attempt_ms = 25'000;
  route.deadline_ms = 90'000;
  route.backoff_base_ms = 500;
  route.backoff_cap_ms = 8'000;
  route.retries = 1;
  route.attempts = 4;
  route.evaluator = kNone16;
  route.call_bound = Money{INT64_MAX};
  route.actions = DefaultActions();
  return route;
}
constexpr RoutePlan MakeRefusal(RoutePlan route, std::string_view why) {
  route.refusal = why;
  return route;
}
constexpr RoutePlan kRoutes[] = {
    MakeRefusal(MakeRoute("too-long", 10, UINT32_MAX), "split the document"),
    MakeRoute("code", 14, UINT32_MAX),
    MakeRoute("everything-else", 20, 1'000),
};

constexpr Provider MakeProvider(std::string_view name, Protocol protocol,
                                std::span<const std::string_view> key_env) {
  Provider provider{};
  provider.name = name;
  provider.protocol = protocol;
  provider.protocol_name = name;
  provider.key_env = key_env;
  provider.connect_ms = 2'000;
  provider.first_token_ms = 15'000;
  provider.between_tokens_ms = 20'000;
  provider.total_ms = 120'000;
  return provider;
}
constexpr std::string_view kAnthropicKeys[] = {"ANTHROPIC_API_KEY"};
constexpr std::string_view kOpenAiKeys[] = {"OPENAI_API_KEY"};
constexpr Provider kProviders[] = {
    MakeProvider("anthropic", Protocol::kAnthropic, kAnthropicKeys),
    MakeProvider("openai", Protocol::kOpenAi, kOpenAiKeys),
    MakeProvider("ollama", Protocol::kOllama, {}),
};
constexpr std::string_view kPlaces[] = {"us", "eu"};
constexpr Endpoint kEndpoints[] = {
    {0, "https://api.anthropic.com", kPlaces, 1'000'000},
    {1, "https://api.openai.com/v1", kPlaces, 1'000'000},
    {2, "http://127.0.0.1:11434", {}, 1'000'000},
};

constexpr Price MakePrice(std::int64_t input, std::int64_t cache_read, std::int64_t cache_write,
                          std::int64_t output) {
  return {
      INT64_MIN, kForever,
      0,         kForever,
      0,         0,
      0,         {input, cache_read, cache_write, kNoPrice, output, kNoPrice, kNoPrice, kNoPrice}};
}
constexpr Price kLocalPrices[] = {MakePrice(0, kNoPrice, kNoPrice, 0)};
constexpr Price kMiniPrices[] = {MakePrice(250'000, 25'000, kNoPrice, 2'000'000)};
constexpr Price kSonnetPrices[] = {MakePrice(3'000'000, 300'000, 3'750'000, 15'000'000)};
constexpr Price kNextPrices[] = {MakePrice(2'000'000, 200'000, 2'500'000, 10'000'000)};
constexpr Model kModels[] = {
    {"local", "llama3.1:8b", 2, kStreaming, 32'000, kForever, kForever, kLocalPrices, "", 700,
     2'000, 0, 0, 1'000'000, kForever, kForever, "", 0},
    {"mini", "gpt-5.4-mini", 1, kStreaming | kFunctions, 400'000, 272'000, 128'000, kMiniPrices, "",
     600, 1'800, 0, 0, 1'000'000, kForever, kSampleSecondRoot_s, "", 0},
    {"sonnet", "claude-sonnet-4-5-20250929", 0, kAll, 200'000, kForever, 64'000, kSonnetPrices, "",
     900, 2'400, 0, 0, 1'000'000, kForever, kForever, "next", 0},
    {"next", "claude-sonnet-5", 0, kAll, 200'000, kForever, 64'000, kNextPrices, "", 0, 0, 0, 0,
     1'000'000, kForever, kForever, "", 0},
};

constexpr RampStep kRamp[] = {
    {10'000, 1'800, 300, false}, {500'000, 1'800, 300, true}, {1'000'000, 0, 0, false}};
constexpr Rollout kRollouts[] = {
    {"sonnet-next", "sonnet-next", kSonnet, kNext, 0, kRamp, {}, {}, {}}};
constexpr BudgetStep kBudgetSteps[] = {{800'000, BudgetAction::kPreferCheapest, kNone16, {}},
                                       {1'000'000, BudgetAction::kDeny, kNone16, {}}};
constexpr Budget kBudgets[] = {{"free-tier", Money{100 * kPicoPerUsd}, Money{2'000 * kPicoPerUsd},
                                kLeafBit | 1, kNone16, kBudgetSteps}};

constexpr Tables MakeTables() {
  Tables tables{};
  tables.format = kTableFormat;
  tables.name = "sample";
  tables.version = "1.0.0";
  tables.hash = "5a3e1d0c4b2f6978a1b0c9d8e7f60514233241506f7e8d9cabb0c1d2e3f40516";
  tables.valid_from_s = kSampleFrom_s;
  tables.valid_to_s = 1'826'755'200;  // 2027-11-21
  tables.capability_names = kCapabilities;
  tables.attributes = kAttributes;
  tables.code_count = 4;
  tables.text_count = 1;
  tables.set_count = 1;
  tables.input_code = 2;
  tables.output_code = 3;
  tables.asks_set = 0;
  tables.axes = kAxes;
  tables.roots = kRoots;
  tables.nodes = kNodes;
  tables.edges = kEdges;
  tables.cuts = kCuts;
  tables.leaves = kLeaves;
  tables.rows = kRows;
  tables.gates = kGates;
  tables.row_orders = kRowOrders;
  tables.guards = kGuards;
  tables.live_refs = kLiveRefs;
  tables.live_conditions = kLiveConditions;
  tables.live_atoms = kLiveAtoms;
  tables.groups = kGroups;
  tables.weights = kWeights;
  tables.routes = kRoutes;
  tables.providers = kProviders;
  tables.endpoints = kEndpoints;
  tables.models = kModels;
  tables.rollouts = kRollouts;
  tables.budgets = kBudgets;
  return tables;
}
constexpr Tables kTables = MakeTables();

}  // namespace

const Tables& SampleTables() noexcept { return kTables; }

}  // namespace mlp::test
