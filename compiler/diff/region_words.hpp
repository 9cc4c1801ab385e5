// One region in words, shared by what is rendered for people.
#pragma once

#include <string>
#include <vector>

#include "compiler/diff/diff.hpp"

namespace mlp::compiler {

/// `gpt-5-4-mini -> claude-haiku-4-5`, `deadline 60s -> 30s`: what changes.
[[nodiscard]] std::string ChangeWords(const DiffRegion& region);
/// What else a reader should know: `+12% worst cost`, `in the canary arm of sonnet-5`, why it
/// breaks.
[[nodiscard]] std::vector<std::string> NoteWords(const DiffRegion& region);
/// `route code: claude-sonnet-4-5, gpt-5-4`, or the outcome.
[[nodiscard]] std::string DecisionWords(const Explanation& explanation);
/// `1.2%`; empty without traffic.
[[nodiscard]] std::string ShareOf(const DiffRegion& region);
/// `retires 2027-01-14 -> 2027-02-01`.
[[nodiscard]] std::string FieldWords(const FieldChange& field);
/// `old.mlp:3 -> new.mlp:4`, once where they are the same.
[[nodiscard]] std::string PlaceWords(const DiffRegion& region);
/// `model gpt-5-4`, `assert "free users stay cheap"`.
[[nodiscard]] std::string DeclarationName(const DeclarationChange& change);
/// `4 regions of requests, 1 breaking (3 rerouted, 1 reordered)`.
[[nodiscard]] std::string CountWords(const std::vector<DiffRegion>& regions);

}  // namespace mlp::compiler
