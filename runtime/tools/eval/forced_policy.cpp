#include "runtime/tools/eval/forced_policy.hpp"

#include "mlp/decide.hpp"

namespace mlp::tools {
namespace {

constexpr std::int32_t kMostTokens = INT32_MAX;

Attribute TokensAttribute(std::string_view name, std::uint16_t slot) {
  Attribute attribute{};
  attribute.name = name;
  attribute.type = AttributeType::kTokens;
  attribute.slot = slot;
  attribute.size = kMostTokens;
  attribute.default_code = -1;
  return attribute;
}

std::uint16_t FirstEndpoint(const Tables& tables, std::uint16_t provider) {
  for (std::size_t i = 0; i < tables.endpoints.size(); ++i) {
    if (tables.endpoints[i].provider == provider) return static_cast<std::uint16_t>(i);
  }
  return 0;
}

RoutePlan Plan() {
  RoutePlan plan{};
  plan.name = "eval";
  plan.output_cap = UINT32_MAX;
  plan.attempt_ms = 120'000;
  plan.deadline_ms = 300'000;
  plan.backoff_base_ms = 500;
  plan.backoff_cap_ms = 8'000;
  plan.retries = ForcedPolicy::kAttempts - 1;
  plan.attempts = ForcedPolicy::kAttempts;
  plan.call_bound = {INT64_MAX};
  plan.evaluator = kNone16;
  plan.actions = DefaultActions();
  return plan;
}

Tables Bare(const Tables& base) {
  Tables tables{};
  tables.format = base.format;
  tables.name = base.name;
  tables.version = base.version;
  tables.hash = base.hash;
  tables.valid_from_s = INT64_MIN;
  tables.valid_to_s = kForever;
  tables.capability_names = base.capability_names;
  tables.code_count = 2;
  tables.input_code = 0;
  tables.output_code = 1;
  tables.asks_set = kNone16;
  tables.providers = base.providers;
  tables.endpoints = base.endpoints;
  tables.models = base.models;
  return tables;
}

/// The policy reads the tables when it is made: they have to be whole before.
const Tables& Filled(Tables& tables, const RoutePlan& route, std::span<const Attribute> attributes,
                     std::span<const Root> roots, std::span<const Leaf> leaves,
                     std::span<const Row> rows, std::span<const Gate> gates) {
  tables.routes = {&route, 1};
  tables.attributes = attributes;
  tables.roots = roots;
  tables.leaves = leaves;
  tables.rows = rows;
  tables.gates = gates;
  return tables;
}

}  // namespace

ForcedPolicy::ForcedPolicy(const Tables& base, std::uint16_t model)
    : route_(Plan()),
      attributes_{TokensAttribute("input", 0), TokensAttribute("output", 1)},
      roots_{{{INT64_MIN, kLeafBit}}},
      leaves_{{{0, kNone32, 0, 0, 1, 0, 0, LeafKind::kServe}}},
      rows_{{{0, model, FirstEndpoint(base, base.models[model].provider), kNone16, 0, 0}}},
      gates_{{{~std::uint64_t{0}, 0, 0, 0, 0}}},
      tables_(Bare(base)),
      policy_(Filled(tables_, route_, attributes_, roots_, leaves_, rows_, gates_)) {}

std::optional<std::int64_t> ForcedPolicy::WorstPico(std::int64_t at_s, std::int64_t input,
                                                    std::int64_t output) const {
  const std::int64_t attempt = AttemptCostPico(tables_, rows_[0], at_s, input, output, false);
  if (attempt < 0) return std::nullopt;
  std::int64_t call = 0;
  if (__builtin_mul_overflow(attempt, kAttempts, &call)) return INT64_MAX;
  return call;
}

std::optional<std::uint16_t> FindModel(const Tables& tables, std::string_view name) {
  for (std::size_t i = 0; i < tables.models.size(); ++i) {
    if (tables.models[i].name == name) return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

}  // namespace mlp::tools
