#include "runtime/tools/loopback/play.hpp"

#include <algorithm>
#include <utility>

#include "runtime/tools/loopback/wire_error.hpp"

namespace mlp::loopback {
namespace {

constexpr std::int64_t kBlankEveryUs = 20'000;
constexpr std::int64_t kPingEveryUs = 5'000;
constexpr std::size_t kMostPings = 4'000;

/// So that the peer reads what came before a reset, which throws its buffer away.
constexpr std::int64_t kBeforeResetUs = 5'000;

/// Its first half, with the end of an event or a line.
std::string HalfOf(const std::string& piece) { return piece.substr(0, piece.size() / 2) + "\n\n"; }

}  // namespace

ServerAnswer Play(const FakeReply& reply, const WireAnswer& answer) {
  const std::string head = HeaderBytes(answer.status, answer.headers, answer.body.size());
  const std::string half = answer.body.substr(0, answer.body.size() / 2);
  const std::int64_t first_us = reply.first_byte_delay_us;
  switch (reply.kind) {
    case FakeKind::kHang:
      return {{}, Ending::kHang};
    case FakeKind::kHeaderStall:
    case FakeKind::kStall:
    case FakeKind::kPings:
      return {{{first_us, head}}, Ending::kHang};
    case FakeKind::kReset:
      return {{{first_us, {}}}, Ending::kReset};
    case FakeKind::kResetMidBody:
      return {{{first_us, head + half}, {std::max(reply.body_delay_us, kBeforeResetUs), {}}},
              Ending::kReset};
    case FakeKind::kTruncated:
      return {{{first_us, head}, {reply.body_delay_us, half}}, Ending::kClose};
    case FakeKind::kKeepAliveBlanks: {
      const std::int64_t count = reply.body_delay_us / kBlankEveryUs;
      ServerAnswer played;
      played.steps.push_back(
          {first_us, HeaderBytes(answer.status, answer.headers,
                                 answer.body.size() + static_cast<std::size_t>(count))});
      for (std::int64_t i = 0; i < count; ++i) played.steps.push_back({kBlankEveryUs, "\n"});
      played.steps.push_back({0, answer.body});
      return played;
    }
    default:
      break;
  }
  if (reply.body_delay_us == 0) return {{{first_us, head + answer.body}}, Ending::kKeepAlive};
  return {{{first_us, head}, {reply.body_delay_us, answer.body}}, Ending::kKeepAlive};
}

bool CanStream(WireFormat format, const FakeReply& reply) {
  return reply.kind != FakeKind::kRaw && reply.kind != FakeKind::kNotJson &&
         (reply.kind == FakeKind::kStreamError || !WriteError(format, reply));
}

ServerAnswer PlayStream(const FakeReply& reply, const WireStream& stream) {
  ServerAnswer played;
  const auto send = [&played](const std::string& bytes, std::int64_t delay_us = 0) {
    played.steps.push_back({delay_us, Chunk(bytes)});
  };
  const auto send_all = [&send](const std::vector<std::string>& pieces, std::int64_t delay_us) {
    for (const std::string& piece : pieces) send(piece, delay_us);
  };
  if (reply.kind == FakeKind::kHang) return {{}, Ending::kHang};
  if (reply.kind == FakeKind::kReset) return {{{reply.first_byte_delay_us, {}}}, Ending::kReset};
  played.steps.push_back({reply.first_byte_delay_us, ChunkedHeaderBytes(200, stream.headers)});
  if (reply.kind == FakeKind::kHeaderStall) {
    played.ending = Ending::kHang;
    return played;
  }
  if (reply.kind == FakeKind::kKeepAliveBlanks) {
    for (std::int64_t i = 0; i < reply.body_delay_us / kBlankEveryUs; ++i) {
      send(stream.keep_alive, kBlankEveryUs);
    }
  } else if (reply.body_delay_us > 0) {
    played.steps.push_back({reply.body_delay_us, {}});
  }
  send_all(stream.opening, 0);
  const std::size_t before = std::min(reply.pieces_first, stream.pieces.size());
  const auto fault = stream.pieces.begin() + static_cast<std::ptrdiff_t>(before);
  send_all({stream.pieces.begin(), fault}, reply.piece_delay_us);
  switch (reply.kind) {
    case FakeKind::kResetMidBody:
      played.steps.push_back({kBeforeResetUs, {}});
      played.ending = Ending::kReset;
      return played;
    case FakeKind::kStall:
      played.ending = Ending::kHang;
      return played;
    case FakeKind::kPings:
      for (std::size_t i = 0; i < kMostPings; ++i) send(stream.keep_alive, kPingEveryUs);
      played.ending = Ending::kHang;
      return played;
    case FakeKind::kTruncated:
      break;
    case FakeKind::kStreamError:
      send(stream.error);
      break;
    case FakeKind::kMalformed:
      send(HalfOf(fault == stream.pieces.end() ? stream.closing.front() : *fault));
      break;
    default:
      send_all({fault, stream.pieces.end()}, reply.piece_delay_us);
      send_all(stream.closing, 0);
      break;
  }
  played.steps.push_back({0, std::string(kLastChunk)});
  return played;
}

}  // namespace mlp::loopback
