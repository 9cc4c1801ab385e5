// One decision with its reasons: the compiled tables decide, the checked policy says why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/explain/circumstances.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "mlp/request.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// All costs are worst cases at the dearest price in force; -1 where a price is missing.
struct Explanation {
  struct Candidate {
    std::string model;
    std::string id;
    std::string provider;
    std::string place;       ///< empty where the endpoint names none
    std::uint32_t step = 0;  ///< 1-based
    std::int64_t cost_pico = -1;
  };
  struct Rejection {
    std::string model;
    std::string because;
  };
  struct Arm {
    std::string rollout;
    std::string arm;
  };
  /// A budget that the request falls under, or one that the circumstances name.
  struct Budget {
    std::string name;
    bool counts = true;                     ///< the request falls under it
    std::uint32_t used_ppm = 0;             ///< of its limit, by the circumstances
    std::vector<std::string> effects = {};  ///< `alert oncall`, `prefer cheapest`, `only`, `deny`
  };
  struct TraceLine {
    std::string route;
    bool matched = false;
    std::string because;
  };
  std::string policy;
  std::string version;
  std::int64_t at_s = 0;
  bool outside_horizon = false;  ///< the first or last root answers for an instant outside `valid`
  std::string route;             ///< empty without one
  std::string route_file;
  std::uint32_t route_line = 0;
  std::string outcome;  ///< serve, refused, no-route, no-candidate or denied
  std::optional<std::string> refusal;
  std::vector<Candidate> candidates;
  std::vector<Rejection> rejected;
  std::vector<Arm> rollouts;
  std::vector<Budget> budgets;
  std::int64_t chain_cost_pico = 0;
  std::int64_t deadline_ms = 0;  ///< 0: none
  std::uint32_t retries = 0;     ///< per candidate
  std::uint32_t attempts = 0;    ///< most over the chain
  std::vector<TraceLine> trace;
};

/// Whether to say why candidates were left out and routes did not match, which takes a time of all
/// routes.
enum class Reasons : std::uint8_t { kAll, kNone };

/// The error is a text for the user: an unknown attribute, model, provider, rollout or budget, a
/// value that does not fit. `at_s` answers where the circumstances name no date. `tables` must be
/// the flattened `model`.
[[nodiscard]] Result<Explanation, std::string> Explain(
    const PolicyModel& model, const Tables& tables, const SourceSet& sources,
    const AttributeWords& attributes, const Circumstances& circumstances, std::int64_t at_s,
    Reasons reasons = Reasons::kAll);

/// The same for a request of these tables.
[[nodiscard]] Result<Explanation, std::string> Explain(
    const PolicyModel& model, const Tables& tables, const SourceSet& sources, OwnedRequest request,
    const Circumstances& circumstances, std::int64_t at_s, Reasons reasons = Reasons::kAll);

/// For people: the candidates, what was left out, and why this route.
[[nodiscard]] std::string RenderText(const Explanation& explanation);
/// The contract's JSON, two-space indent.
[[nodiscard]] std::string RenderJson(const Explanation& explanation);

}  // namespace mlp::compiler
