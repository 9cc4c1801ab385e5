// The rows of one candidate of a step: what each attempt is bound by, and what stands before it for
// the canary arm of a rollout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagram/candidate_sites.hpp"
#include "compiler/diagram/candidates.hpp"
#include "compiler/diagram/objective.hpp"

namespace mlp::compiler {

/// A member of a step that may serve some request, with its rows.
struct Survivor {
  StepMember member;
  std::vector<CandidateEntry> entries;
};

/// Makes the rows of a candidate; what keeps it out where there are none. The first endpoint at
/// which the step's condition holds serves a request: where the condition leaves the place to the
/// request, several may, each a survivor with its own price, or one where the order is not fixed.
/// `number` is the step's.
std::optional<std::string> TryCandidate(const ListPlace& list, const StepModel& step,
                                        std::uint32_t number, Index candidate, NamedBy by,
                                        std::vector<Survivor>& survivors);

struct CanaryRow {
  CandidateEntry entry;
  std::int64_t mix_pico;
};

/// The new side of each rollout from a candidate, wherever the old one stands for the request;
/// the `where` of the old one's step is not asked of it.
[[nodiscard]] std::vector<CanaryRow> CanaryRows(const ListPlace& list, const StepModel& step,
                                                std::uint32_t number, const Survivor& old);

}  // namespace mlp::compiler
