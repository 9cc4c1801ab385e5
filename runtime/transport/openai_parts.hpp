// The wire format of OpenAI and its relatives in parts: whose dialect, the body of a request, the
// reading of an answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport::openai {

/// What sets the providers of this wire format apart. `name` is empty for those that are not known.
struct Dialect {
  std::string_view name;
  std::string_view domain;
  bool old_max_tokens = false;  ///< knows only `max_tokens`
  bool takes_documents = true;
  bool takes_schema = true;     ///< else only "some JSON object"
  bool adds_reasoning = false;  ///< reasoning tokens stand beside the completion tokens
  std::string_view seed = "seed";
};

[[nodiscard]] const Dialect& DialectOf(std::string_view url) noexcept;

[[nodiscard]] Json WriteBody(const WireCall& call, std::vector<std::string>& left_out);

/// An answer that is no failure as a whole; a part of it may still be one.
void ReadAnswer(const Json& body, const Dialect& dialect, ProviderReply& reply);
[[nodiscard]] ErrorFacts ReadError(const Json& body, const HttpResponse& response);

}  // namespace mlp::transport::openai
