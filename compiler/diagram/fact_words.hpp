// The facts of a candidate, as numbers and in words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/diagram/where.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// A number that is known before run time, nothing where the candidate lacks it. `atom` names the
/// token class or the score.
[[nodiscard]] std::optional<std::int64_t> NumberFact(const CandidateModel& candidate, FactKind fact,
                                                     const CandidateAtom& atom, std::int64_t at_s);

/// What the candidate has where the comparison asked for something else: `its context is 128K`,
/// `it has no quality accuracy`, `it lacks streaming`.
[[nodiscard]] std::string FactWords(const PolicyModel& model, const CandidateModel& candidate,
                                    const CandidateSite& site, const CandidateAtom& atom);

/// `a, b and c` of the names of the bits that are set, each in backticks.
[[nodiscard]] std::string CapabilityWords(const PolicyModel& model, std::uint64_t bits);

/// 200K, 1M, 12345.
[[nodiscard]] std::string TokenWords(std::int64_t tokens);

}  // namespace mlp::compiler
