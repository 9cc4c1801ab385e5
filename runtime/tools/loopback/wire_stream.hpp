// The streams of the four wire formats as their providers write them.
#pragma once

#include <string>
#include <vector>

#include "runtime/tools/loopback/wire_answer.hpp"

namespace mlp::loopback {

/// The bytes of events or lines, in the order in which they are sent.
struct WireStream {
  Headers headers;
  std::vector<std::string> opening;  ///< before any content
  std::vector<std::string> pieces;   ///< of the content, one a word or a part of a call's arguments
  std::vector<std::string> closing;  ///< why it ended, usage, the provider's own end
  std::string keep_alive;            ///< a sign of life
  std::string error;                 ///< "overloaded", in mid-stream
};

/// The answer that `reply.kind` stands for; `with_usage` as the request asked for.
[[nodiscard]] WireStream WriteStream(WireFormat format, const FakeReply& reply,
                                     const std::string& model_id, bool with_usage);

}  // namespace mlp::loopback
