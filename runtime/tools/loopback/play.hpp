// A fake reply as bytes and delays: where its faults of time and of the connection happen.
#pragma once

#include "runtime/tools/loopback/http_server.hpp"
#include "runtime/tools/loopback/wire_answer.hpp"
#include "runtime/tools/loopback/wire_stream.hpp"

namespace mlp::loopback {

[[nodiscard]] ServerAnswer Play(const FakeReply& reply, const WireAnswer& answer);

/// False where a provider would answer in one piece, as with most errors.
[[nodiscard]] bool CanStream(WireFormat format, const FakeReply& reply);
[[nodiscard]] ServerAnswer PlayStream(const FakeReply& reply, const WireStream& stream);

}  // namespace mlp::loopback
