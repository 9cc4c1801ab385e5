// Vectors of texts, and how providers write them.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/tools/loopback/fake_providers.hpp"

namespace mlp::loopback {

/// How often each word occurs, each in the place of its hash: texts that share words are near.
/// Never all zero.
[[nodiscard]] std::vector<float> BagOfWords(std::string_view text, std::size_t dimension);

/// The text of a request for a vector, as its format writes it; empty where there is none.
[[nodiscard]] std::string TextToEmbed(WireFormat format, const std::string& body);

/// The body that gives `reply.vector`. Anthropic's format has none, and gets an empty object.
[[nodiscard]] nlohmann::json VectorAnswer(WireFormat format, const FakeReply& reply,
                                          const std::string& model);

}  // namespace mlp::loopback
