// The answers of the four wire formats as their providers write them.
#pragma once

#include <string>

#include "runtime/tools/loopback/fake_providers.hpp"

namespace mlp::loopback {

struct WireAnswer {
  int status = 200;
  Headers headers;
  std::string body;
};

/// The answer that `reply.kind` stands for; kinds that are about bytes and time give the text's.
[[nodiscard]] WireAnswer WriteAnswer(WireFormat format, const FakeReply& reply,
                                     const std::string& model_id);

}  // namespace mlp::loopback
