// Claims about those that see a prompt without answering it: a judge, and the model that makes the
// vectors of `cache ... similar`.
#pragma once

#include <optional>
#include <span>

#include "compiler/diagram/candidates.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/prove/claim_terms.hpp"

namespace mlp::compiler {

/// Whether an onlooker is held to the comparison.
[[nodiscard]] bool ConcernsOnlookers(const CandidateAtom& atom);

/// Whether the claim is kept towards an onlooker. It is held to what the claim says of provider,
/// place, model, price, status and the request; what it says of an answer (capabilities, limits,
/// scores, latencies, costs of attempts) may be as it likes, and so may a price that it lacks.
/// `atoms` are the truths of the claim's comparisons for it.
[[nodiscard]] bool KeptTowardsOnlooker(const CandidateCondition& claim,
                                       std::span<const Truth> atoms, Truth wanted);

/// The endpoint of an embedding model at which vectors are asked for when the call's first
/// candidate is this row: the first with the same places. Nothing where there is none: then only
/// equal prompts share an answer. kNoIndex: the default one of a provider that declares none.
[[nodiscard]] std::optional<Index> VectorsEndpoint(const PolicyModel& model, Index vectors,
                                                   const CandidateEntry& first);

}  // namespace mlp::compiler
