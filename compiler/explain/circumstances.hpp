// What a decision is asked under: the date, outages, live facts, rollout arms and budget levels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/request.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

struct Circumstances {
  std::optional<std::int64_t> at_s;  ///< nothing: the caller's choice
  struct LiveValue {
    std::string model;
    LiveFact fact;
    std::int64_t value;  ///< in the fact's unit
  };
  std::vector<std::string> down;  ///< models and providers
  std::vector<LiveValue> live;
  std::vector<std::string>
      canary;  ///< rollouts whose canary arm the unit is in; else it is in the stable arm
  struct BudgetLevel {
    std::string budget;
    std::uint32_t used_ppm;
  };
  std::vector<BudgetLevel> budgets;
};

/// `claude-sonnet-4-5.latency.p95=3s`: a model's fact in its own unit (3s, 250ms; 2% or 0.02; a
/// count). On failure the text of the error.
[[nodiscard]] Result<Circumstances::LiveValue, std::string> ReadLiveValue(std::string_view word);

/// Sorts words as witnesses and command lines have them: `ATTR=VALUE` into `attributes`, `@date=D`,
/// `@down=NAME`, `@arm=ROLLOUT:canary`, `@budget=NAME:80%` and `@live.FACT=V` into `circumstances`.
/// Outages, arms and budgets may be several, as in `@down=openai,google`. On failure the text of
/// the error.
[[nodiscard]] std::optional<std::string> ReadWord(std::string_view word, AttributeWords& attributes,
                                                  Circumstances& circumstances);

/// `80%`, `2.5%`: a share in millionths, as `@budget` takes it.
[[nodiscard]] std::string WriteShare(std::uint32_t ppm);

}  // namespace mlp::compiler
