// The wire format of OpenAI and its relatives in parts: whose dialect, the body of a request, the
// reading of an answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "runtime/transport/answer_fold.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport::openai {

/// What sets the providers of this wire format apart. `name` is empty for those that are not known.
struct Dialect {
  std::string_view name;
  std::string_view domain;
  bool old_max_tokens = false;  ///< knows only `max_tokens`
  bool takes_documents = true;
  bool takes_schema = true;          ///< else only "some JSON object"
  bool adds_reasoning = false;       ///< reasoning tokens stand beside the completion tokens
  bool takes_stream_options = true;  ///< else usage comes unasked
  std::string_view seed = "seed";
};

[[nodiscard]] const Dialect& DialectOf(std::string_view url) noexcept;

[[nodiscard]] Json WriteBody(const WireCall& call, std::vector<std::string>& left_out);

/// The answer or failure that a response stands for, whose body was read as `body`.
[[nodiscard]] ProviderReply ReadReply(const WireCall& call, const HttpResponse& response,
                                      const Json& body);
[[nodiscard]] std::unique_ptr<AnswerFold> MakeFold();

}  // namespace mlp::transport::openai
