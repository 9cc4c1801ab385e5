// A policy of one route that tries one model of another policy and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mlp/policy.hpp"
#include "mlp/request.hpp"

namespace mlp::tools {

/// Providers, endpoints, prices and limits are the base's; its routes, budgets, rollouts and alerts
/// are left out. A request has `input` and `output` tokens. Not movable: the client refers to it.
class ForcedPolicy {
 public:
  /// `base` must outlive it. Precondition: `model` < base.models.size().
  ForcedPolicy(const Tables& base, std::uint16_t model);
  ForcedPolicy(const ForcedPolicy&) = delete;
  ForcedPolicy& operator=(const ForcedPolicy&) = delete;

  [[nodiscard]] const Policy& policy() const noexcept { return policy_; }
  [[nodiscard]] const Model& model() const noexcept { return tables_.models[rows_[0].model]; }

  /// The most that a call may cost, retries included; nothing where a price is missing.
  [[nodiscard]] std::optional<std::int64_t> WorstPico(std::int64_t at_s, std::int64_t input,
                                                      std::int64_t output) const;

  /// Attempts of a call at most.
  static constexpr std::uint8_t kAttempts = 2;

 private:
  RoutePlan route_{};
  std::array<Attribute, 2> attributes_;
  std::array<Root, 1> roots_;
  std::array<Leaf, 1> leaves_;
  std::array<Row, 1> rows_;
  std::array<Gate, 1> gates_;
  Tables tables_;
  Policy policy_;
};

/// The number of the model of that name; nothing without one.
[[nodiscard]] std::optional<std::uint16_t> FindModel(const Tables& tables, std::string_view name);

}  // namespace mlp::tools
