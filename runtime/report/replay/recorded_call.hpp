// A call that was made, as far as deciding it again needs it: from a store, from the structured
// log, or as bare request attributes.
#pragma once

#include <cstdint>
#include <string>

#include "mlp/record.hpp"
#include "mlp/request.hpp"

namespace mlp {

struct RecordedCall {
  std::int64_t at_s = 0;  ///< when it began, seconds since 1970
  AttributeWords words;   ///< without texts and keys, which stores and logs do not hold
  bool loose = false;     ///< words that are no attributes are to be passed over
  std::uint64_t lot = 0;  ///< what a draw by chance takes: of the call's id

  bool decided = false;  ///< the members below are known
  ErrorClass outcome = ErrorClass::kNone;
  std::string route;
  std::string first;  ///< the model tried first; empty: none was tried
  bool from_cache = false;
  std::string skipped;  ///< as CallRecord::skipped
  std::string arms;     ///< as CallRecord::arms

  std::string answered;  ///< the model that answered, or empty
  bool metered = false;  ///< the members below are known
  Usage usage;           ///< of the attempt that answered
  std::int64_t cost_pico = 0;
};

/// `tier=free input=12000` in pairs; words without `=` are passed over.
[[nodiscard]] AttributeWords SplitWords(const std::string& request);

/// For draws by chance, from an id that is random already.
[[nodiscard]] std::uint64_t LotOf(const std::string& call_id);

[[nodiscard]] RecordedCall FromRecord(const CallRecord& record);

}  // namespace mlp
