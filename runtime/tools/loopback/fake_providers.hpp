// Providers on loopback that speak the four wire formats and fail as told, for tests and the
// demonstration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/call.hpp"
#include "mlp/protocol.hpp"

namespace mlp::loopback {

enum class WireFormat : std::uint8_t { kOpenAi, kAnthropic, kGoogle, kOllama };

/// What a fake provider does with a call. Where a wire format has no such answer, its nearest one.
enum class FakeKind : std::uint8_t {
  kText,
  kToolCall,         ///< `tool_calls`
  kRefusal,          ///< 200, the model declines
  kLength,           ///< 200, cut at the most output
  kPromptBlocked,    ///< the provider's filter declines
  kRateLimited,      ///< 429, the hint of `retry_after_ms` in the provider's own form
  kQuota,            ///< 429 or what the provider uses: money or the period's quota is gone
  kCapacity,         ///< 429 or 503 that means "our machines are full"
  kOverloaded,       ///< 529, or 503
  kServerError,      ///< 500
  kUnauthorized,     ///< 401
  kForbidden,        ///< 403
  kBadRequest,       ///< 400
  kContextLength,    ///< 400, the prompt is too long
  kModelNotFound,    ///< 404
  kHang,             ///< accepts the request and says nothing
  kHeaderStall,      ///< headers, then nothing
  kKeepAliveBlanks,  ///< headers, blank lines for `body_delay_us`, then the text
  kReset,            ///< a connection reset before any byte
  kResetMidBody,     ///< half of the answer (of a stream `pieces_first`), then a reset
  kTruncated,        ///< half of the answer, then the connection ends; a stream without its end
  kMalformed,        ///< 200 with half a JSON document, complete as HTTP
  kNotJson,          ///< 200 with a page of HTML
  kNoUsage,          ///< a text without usage
  kStreamError,      ///< a stream that tells of an overload after `pieces_first`; else kOverloaded
  kStall,            ///< a stream that falls silent after `pieces_first`; else kHeaderStall
  kPings,            ///< likewise, but signs of life go on; else kHeaderStall
  kRaw,              ///< `status`, `headers`, `body` as they are
};

struct FakeReply {
  FakeKind kind = FakeKind::kText;
  std::string text = "ok";
  Usage usage = {.input = 10,
                 .output = 5};  ///< by billed class; written in the provider's own sums
  std::vector<ToolCall> tool_calls = {};
  std::vector<float> vector = {};  ///< where one is asked for; empty: 64 numbers by BagOfWords
  std::string model = {};          ///< the snapshot that says it answered; empty: as asked
  std::int64_t first_byte_delay_us = 0;  ///< before the headers
  std::int64_t body_delay_us = 0;        ///< between headers and body
  std::int64_t piece_delay_us = 0;       ///< before each piece of a stream's content
  std::size_t pieces_first = 0;          ///< of a stream's content, before the fault
  std::int64_t retry_after_ms = -1;
  int status = 200;       ///< of kRaw
  Headers headers = {};   ///< of kRaw, and further ones of any other kind
  std::string body = {};  ///< of kRaw
};

struct ReceivedRequest {
  std::string provider;              ///< as given to url(); empty for a call to base_url()
  std::optional<WireFormat> format;  ///< nothing: not a call of a model, e.g. a probe
  std::string model_id;
  std::string method;
  std::string path;
  Headers headers;  ///< names in lower case
  std::string body;
  bool embeds = false;            ///< the answer is to be a vector
  bool stream = false;            ///< the answer is to come in pieces
  bool stream_has_usage = false;  ///< and to tell of usage
  std::int64_t at_us = 0;         ///< monotonic clock
};

/// Thread-safe.
class FakeProviders {
 public:
  /// Decides on calls that no script covers; called on the server's thread, must not throw or
  /// block.
  using Handler = std::function<FakeReply(const ReceivedRequest&)>;

  /// Without a handler unscripted calls are answered with the text `ok`. The newest `most_recorded`
  /// requests are kept.
  explicit FakeProviders(Handler handler = {}, std::size_t most_recorded = 100'000);
  FakeProviders(const FakeProviders&) = delete;
  FakeProviders& operator=(const FakeProviders&) = delete;
  ~FakeProviders();

  [[nodiscard]] int port() const noexcept;
  [[nodiscard]] std::string base_url() const;
  /// The base URL to name as endpoint of a provider of any protocol:
  /// `http://127.0.0.1:PORT/PROVIDER`.
  [[nodiscard]] std::string url(std::string_view provider) const;

  /// The replies to the coming calls of a model, in order; the last one repeats.
  void Script(std::string_view model_id, std::vector<FakeReply> replies);
  /// The same for every call and probe of a provider, before any script of its models. Nothing ends
  /// it.
  void Outage(std::string_view provider, std::optional<FakeReply> reply);

  [[nodiscard]] std::vector<ReceivedRequest> received() const;
  /// Calls of this model so far, or of all with an empty id.
  [[nodiscard]] std::size_t call_count(std::string_view model_id = {}) const;
  [[nodiscard]] std::uint64_t connection_count() const;
  /// Forgets scripts, outages and what was received.
  void Clear();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mlp::loopback
