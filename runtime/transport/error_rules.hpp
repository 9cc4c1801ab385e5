// From what a provider says about a failure to its ErrorClass: tables of rules, the first that fits
// decides.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mlp/call.hpp"

namespace mlp::transport {

/// A failure in a provider's words.
struct ErrorFacts {
  int status = 0;
  std::string type;
  std::string code;
  std::string detail;  ///< further structured words, separated by blanks
  std::string message;
  bool hinted = false;  ///< the provider said when to come back
};

enum class Hint : std::uint8_t { kAny, kGiven, kAbsent };

/// Fits where everything that it names fits. An order of rows by how much they know is the table's
/// business: structured codes, then words of the message, then the status alone.
struct ErrorRule {
  std::string_view name;  ///< for the record
  ErrorClass error_class;
  int status = 0;                 ///< 0: any
  int status_to = 0;              ///< with `status` a range, both inclusive; 0: only `status`
  std::string_view dialect = {};  ///< the provider among those of one wire format
  std::string_view type = {};    ///< whole, in any case; `*` in front: its end; only `*`: not empty
  std::string_view code = {};    ///< likewise
  std::string_view detail = {};  ///< part of `detail`, in lower case
  std::string_view says = {};    ///< part of the message, in lower case
  Hint hint = Hint::kAny;
  bool never_fits = false;
};

/// Null where none fits.
[[nodiscard]] const ErrorRule* FindRule(std::span<const ErrorRule> rules, const ErrorFacts& facts,
                                        std::string_view dialect = {});

/// FindRule in `rules`, then in the rules by status that all providers share; fills the reply's
/// error fields. `key` is blanked out of the message.
void ApplyRules(std::span<const ErrorRule> rules, const ErrorFacts& facts, std::string_view dialect,
                std::string_view key, ProviderReply& reply);

/// A failure that the answer's content shows.
void Fail(ProviderReply& reply, ErrorClass error_class, std::string_view rule,
          std::string_view message = {});

}  // namespace mlp::transport
