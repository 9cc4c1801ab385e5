// W3C Trace Context (level 1 and 2): a caller's traceparent, and those of the attempts made for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mlp/protocol.hpp"

namespace mlp::engine {

/// Lower-case hexadecimal digits, as on the wire.
struct TraceParent {
  std::string trace_id;   ///< 32 digits
  std::string parent_id;  ///< 16 digits
  std::uint8_t flags = 0;
};

/// Reads the header's value; nothing where the standard has it ignored. A version above 00 is read
/// as 00 with something behind it.
[[nodiscard]] std::optional<TraceParent> ParseTraceParent(std::string_view text);

/// In version 00, which knows two flags: sampled and random.
[[nodiscard]] std::string Format(const TraceParent& trace);

/// The caller's traceparent among headers of any case; nothing without one, with one that is not
/// valid, or with several.
[[nodiscard]] std::optional<TraceParent> FindTraceParent(const Headers& headers);

/// Puts a child of it for one attempt in its place, `span` being its id (0 stands for 1). Where it
/// is not valid it goes, and with it tracestate, which means nothing alone. All else stays.
void PassTrace(Headers& headers, std::uint64_t span);

}  // namespace mlp::engine
