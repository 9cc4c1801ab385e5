// A provider's wire format: how a call becomes HTTP and how the answer becomes a ProviderReply.
// Adding a provider is one implementation of WireProtocol and one line in a ProtocolRegistry; a
// program may register its own under the name that its policy writes after `protocol`. (The enum
// Protocol of tables.hpp only numbers the built-in ones.)
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlp/call.hpp"
#include "mlp/stream.hpp"

namespace mlp {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a piece of an answer's body was to whoever takes it.
enum class Piece : std::uint8_t {
  kIdle,     ///< a sign of life, for which the timeouts do not wait
  kContent,  ///< the first-byte timeout is over and the idle timeout begins anew
  kLast,     ///< content, and all of it: the exchange ends well within a second
  kEnough,   ///< the exchange ends here and now, as if the body had ended
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  std::int64_t connect_timeout_ms = 5'000;
  std::int64_t first_byte_timeout_ms = 0;  ///< 0: the total holds
  std::int64_t idle_timeout_ms = 0;        ///< between two reads of the body
  std::int64_t total_timeout_ms = 60'000;
  /// Where given, it gets the body of a 2xx answer as it arrives instead of HttpResponse::body.
  /// Runs on the thread that drives the exchange; must not throw, block, or destroy what drives it.
  std::function<Piece(std::string_view)> on_piece = {};
};

struct HttpResponse {
  /// kConnection, kTimeout or kCancelled where no full answer came, kMalformedResponse where it
  /// passed the size limit, kInvalidRequest where the request could not be sent as it is.
  ErrorClass error_class = ErrorClass::kNone;
  std::string error;  ///< libcurl's words, without URL parameters or keys
  int status = 0;
  Headers headers;  ///< names in lower case
  std::string body;
  /// Of the body, since the start of the transfer: the first that is no blank, with
  /// HttpRequest::on_piece the first content.
  std::int64_t first_byte_us = -1;
  std::int64_t total_us = 0;
  bool reused_connection = false;
  bool sent = false;  ///< the request may have reached the server, which may bill it
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const noexcept;
};

/// What a protocol needs to know of the model and the route to write a call.
struct WireCall {
  std::string_view url;  ///< the endpoint's base URL without a trailing slash
  std::string_view key;  ///< empty where the provider needs none; never logged
  std::string_view model_id;
  std::string_view parameters;  ///< a variant's call parameters as JSON object, or empty
  std::int64_t max_output_tokens = 0;
  bool takes_temperature = true;   ///< the model can `sampling-parameters`
  bool caches_prompt = false;      ///< the route asks for the prompt to be cached
  bool stream = false;             ///< the answer is to come in pieces, for ReadStream
  const Prompt* prompt = nullptr;  ///< not null
  /// Where not null, the vector of this text is asked for instead of an answer to the prompt: for
  /// protocols that embed.
  const std::string* embeds = nullptr;
};

/// Stateless and thread-safe.
class WireProtocol {
 public:
  virtual ~WireProtocol() = default;
  /// The HTTP form of a call, the prompt's trace headers included; appends to `left_out` what the
  /// model or wire format cannot take.
  [[nodiscard]] virtual HttpRequest BuildRequest(const WireCall& call,
                                                 std::vector<std::string>& left_out) const = 0;
  /// Reads a complete answer (2xx or not). Transport errors are mapped by the caller.
  [[nodiscard]] virtual ProviderReply ParseResponse(const WireCall& call,
                                                    const HttpResponse& response) const = 0;
  /// A reader for the 2xx answer to a call with `stream`, whose views outlive it; null where the
  /// wire format has no streams.
  [[nodiscard]] virtual std::unique_ptr<StreamReader> ReadStream(const WireCall& /*call*/) const {
    return nullptr;
  }
  /// Whether calls with WireCall::embeds may be written and read: ProviderReply::vector is the
  /// answer.
  [[nodiscard]] virtual bool embeds() const noexcept { return false; }
  /// A free question that tells whether the provider is there: any 2xx answer is health.
  [[nodiscard]] virtual HttpRequest BuildProbe(std::string_view url,
                                               std::string_view key) const = 0;
};

/// Protocols by name. Fill it before the client is made; then const and thread-safe.
class ProtocolRegistry {
 public:
  /// With openai, anthropic, google and ollama.
  [[nodiscard]] static ProtocolRegistry BuiltIn();
  /// Replaces one of the same name.
  void Register(std::string name, std::unique_ptr<const WireProtocol> protocol);
  /// Null where the name is unknown.
  [[nodiscard]] const WireProtocol* Find(std::string_view name) const noexcept;

 private:
  std::map<std::string, std::unique_ptr<const WireProtocol>, std::less<>> protocols_;
};

}  // namespace mlp
