// The failures of the four wire formats as their providers write them.
#pragma once

#include <optional>

#include "runtime/tools/loopback/wire_answer.hpp"

namespace mlp::loopback {

/// Nothing where `reply.kind` is no failure that a server tells of in its body.
[[nodiscard]] std::optional<WireAnswer> WriteError(WireFormat format, const FakeReply& reply);

}  // namespace mlp::loopback
