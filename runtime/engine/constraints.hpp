// What a caller asks of one call beyond the policy: providers that are left out, capabilities that
// every model must have.
#pragma once

#include <optional>
#include <string>

#include "mlp/client.hpp"
#include "mlp/decide.hpp"
#include "mlp/tables.hpp"

namespace mlp::engine {

/// The first name in `without` or `needs` that the policy does not have, with those that it has;
/// nothing where it has all.
[[nodiscard]] std::optional<std::string> UnknownName(const Tables& tables,
                                                     const CallOptions& options);

/// Whether the caller wants none of the provider's models asked.
[[nodiscard]] bool LeavesOut(const CallOptions& options, const Provider& provider);

/// Takes out the candidates of a decision to serve that the caller does not want, and adds to
/// `skipped` why: `opus:excluded`, `gpt:lacks-vision`. kNoCandidate where nobody is left.
/// Precondition: no unknown name.
void Narrow(const Tables& tables, const CallOptions& options, Decision& decision,
            std::string& skipped);

/// Adds a word to words that are parted by spaces, once.
void AddWord(std::string& words, const std::string& word);

}  // namespace mlp::engine
