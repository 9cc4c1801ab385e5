// The client: carries out calls under a policy. Decides, sends, retries, falls back, prices and
// records.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/budgets.hpp"
#include "mlp/cache.hpp"
#include "mlp/call.hpp"
#include "mlp/health.hpp"
#include "mlp/observe.hpp"
#include "mlp/policy.hpp"
#include "mlp/protocol.hpp"
#include "mlp/quality.hpp"
#include "mlp/record.hpp"
#include "mlp/result.hpp"
#include "mlp/store.hpp"
#include "mlp/stream.hpp"

namespace mlp {

/// How often a client repeats attempts, over all calls under one policy, hedges included: at most
/// share * calls + per_second * seconds + at_once. Beyond it a retry becomes the next candidate at
/// once. Defaults: Google's SRE book, "Handling Overload" (10% per client), and Finagle's
/// RetryBudget for the floor, which lets a quiet service retry too.
struct RetryRules {
  std::uint32_t share_ppm = 100'000;  ///< of calls
  std::uint32_t per_second = 1;
  std::uint32_t at_once = 10;
};

/// How often rollouts are looked at. Milliseconds, but for block_s.
struct RolloutOptions {
  std::int64_t look_ms = 250;     ///< between two looks: an operator's move is obeyed within it
  std::int64_t write_ms = 1'000;  ///< between two writes of what was counted
  std::int64_t block_s = 60;      ///< the least length of a block of evidence
};

struct ClientOptions {
  /// Path of the record store; empty: nothing is recorded, and budgets and rollouts are kept in
  /// memory. They lie beside it in FILE.ledger.
  std::string store = {};
  StoreOptions store_options = {};
  CacheOptions cache = {};
  /// Base URLs by provider, in place of every endpoint of theirs: a proxy, a test server.
  std::map<std::string, std::string, std::less<>> base_urls = {};
  /// Where keys and secret headers come from: the environment unless given. Called at start-up and
  /// by Load only.
  std::function<std::optional<std::string>(const std::string& name)> secret = {};
  /// Wire formats beside openai, anthropic, google and ollama, by the name that policies use.
  std::vector<std::pair<std::string, std::shared_ptr<const WireProtocol>>> protocols = {};
  /// Told when a step of a budget is reached; may be empty.
  BudgetListener on_budget = {};
  /// Seeds jitter, draws and call ids; 0: from the system.
  std::uint64_t seed = 0;
  HealthOptions health = {};
  RetryRules retries = {};
  RolloutOptions rollouts = {};
  /// Gets a line for each call that failed or fell back, breaker, budget and alert that changed,
  /// and with prompt and reply for each call of a route that has `log prompts`; may be empty.
  LogSink log = {};
  AlertOptions alerts = {};
  QualityOptions quality = {};
};

/// Whether the answer is to come in pieces, from models that can `streaming`.
enum class Streaming : std::uint8_t {
  kAuto,  ///< for Start; for Complete where the request's `asks` has streaming
  kOn,
  kOff,  ///< Start then reports the end alone
};

/// Whose calls come first where a model's own `limit` runs short.
enum class Priority : std::uint8_t {
  kLow,     ///< leaves a tenth of each limit untouched
  kNormal,  ///< as the policy says: from `slow at` on it leaves the rest to those without others
  kHigh,    ///< may use all of it
};

/// What one caller asks for beyond the policy, which can only be made narrower.
struct CallOptions {
  std::int64_t attempt_ms = 0;  ///< most time of one attempt; 0: the route's own; see deadline_ms
  /// Most time of the call; 0: the route's own. Where it or `attempt_ms` is below 0 the time is up:
  /// the call ends as deadline-exceeded and asks nobody. Longer ones than the route's do nothing.
  std::int64_t deadline_ms = 0;
  std::optional<Money> most_cost = {};  ///< of all attempts together
  Streaming streaming = Streaming::kAuto;
  /// Providers, by name or alias, of whose models none is asked.
  std::vector<std::string> without = {};
  /// Capabilities by their names in the policy that every model asked must have, beside those that
  /// the request asks for.
  std::vector<std::string> needs = {};
  Priority priority = Priority::kNormal;
};

struct Reply {
  std::string text;
  std::vector<ToolCall> tool_calls;
  FinishReason finish = FinishReason::kStop;
  Usage usage;  ///< of the attempt that answered
  Money cost;   ///< of all attempts, at the prices of the instant
  std::string call_id;
  std::string route;
  std::string model;           ///< the policy's name
  std::string response_model;  ///< the snapshot that answered
  std::string provider;
  std::vector<std::string> left_out;  ///< what the model cannot take and was not sent
  /// kHit, kShared: no attempt was made for this call; usage is that of the call which was paid
  /// for.
  CacheUse cache = CacheUse::kNone;
  std::vector<AttemptRecord> attempts;
  std::string skipped;  ///< as CallRecord::skipped
};

/// What a call reports while it runs: pieces of the answer, then the end.
struct Event {
  enum class Kind : std::uint8_t {
    kText,      ///< the next piece; the whole at once from a model that does not stream
    kToolCall,  ///< a piece of a function call
    kRestart,   ///< what was handed out so far is void: another attempt begins the answer anew
    kReply,     ///< the end: all pieces since the last kRestart, put together
    kError,     ///< the end: pieces handed out are void
  };
  Kind kind = Kind::kError;
  std::string text = {};         ///< kText
  ToolCallPiece tool_call = {};  ///< kToolCall
  Reply reply = {};              ///< kReply
  Error error = {};              ///< kError
};

/// A generated Request: it knows its form in the tables.
template <typename R>
concept PolicyRequest = requires(const R& request) {
  { request.Pack().view() } -> std::same_as<RequestView>;
};

/// Thread-safe. Calls under way when it is destroyed end as cancelled. It keeps the policy's live
/// state, so a policy has one client at a time, shared by all threads. The linked policy is in
/// force until one is loaded.
class Client {
 public:
  /// `policy` must outlive the client. Never fails: what is wrong (a store that does not open, a
  /// missing key) is in warnings() and in the calls that need it.
  explicit Client(const Policy& policy, const ClientOptions& options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Carries out a call and waits for its end. Nothing is handed out before it, so that any model
  /// may continue after one that failed, also in the middle of a stream.
  Result<Reply> Complete(const RequestView& request, const Prompt& prompt,
                         const CallOptions& options = {});
  template <PolicyRequest R>
  Result<Reply> Complete(const R& request, const Prompt& prompt, const CallOptions& options = {}) {
    return Complete(request.Pack().view(), prompt, options);
  }

  /// Begins a call; `on_event` runs on the client's I/O thread (or here, where no attempt is made),
  /// must not block or throw, may Cancel and Start, and gets the answer in pieces, then exactly one
  /// kReply or kError. Once a piece was handed out no other attempt continues, unless the route
  /// says `after first-byte restart`. Request and prompt are copied.
  std::uint64_t Start(const RequestView& request, Prompt prompt,
                      std::function<void(Event)> on_event, const CallOptions& options = {});
  template <PolicyRequest R>
  std::uint64_t Start(const R& request, Prompt prompt, std::function<void(Event)> on_event,
                      const CallOptions& options = {}) {
    return Start(request.Pack().view(), std::move(prompt), std::move(on_event), options);
  }
  /// Ends a call that Start began as cancelled; one that has ended is left alone. At most the piece
  /// that is being handed out comes before the end.
  void Cancel(std::uint64_t call);

  /// Puts the policy of a file in force, compiled here (which needs the target mlp::loader), until
  /// the next Load. Calls under way end under the policy that they began under. What is known by
  /// name goes on: use of rate limits, breakers and measurements, budgets' money, counts, what
  /// operators took down, shares of rollouts. Returns what is missing, as warnings() does for the
  /// linked policy. Refused are a file with an error, whose messages are in the context, and one
  /// whose request attributes differ from the linked policy's: then nothing changes. Not to be
  /// called by an `on_event` or another callback.
  Result<std::vector<std::string>> Load(const std::string& file);

  /// What a user made of a call's answer, 0 (useless) to 1, kept beside the call's record for
  /// reports. False where the score is out of range or nothing is recorded.
  bool GiveFeedback(const std::string& call_id, double score, std::string note = {});

  /// Waits until all ended calls are recorded.
  Status Flush();
  [[nodiscard]] StoreStats store_stats() const;
  /// The budgets' money as of about a second ago; those with a `per`, for each value that calls of
  /// this client had this month.
  [[nodiscard]] std::vector<BudgetState> Budgets() const;
  [[nodiscard]] BudgetStats budget_stats() const;
  [[nodiscard]] CacheStats cache_stats() const;
  [[nodiscard]] QualityStats quality_stats() const;
  [[nodiscard]] const std::vector<std::string>& warnings() const;
  /// What is known of models and providers now, and why a model is not tried.
  [[nodiscard]] HealthReport Health() const;
  /// All counts since the client began and what is now, as OpenMetrics 1.0 text; serve it as
  /// `application/openmetrics-text; version=1.0.0; charset=utf-8`. Every series of the policy is
  /// there from the start. No label holds anything of a request, a unit or a key.
  [[nodiscard]] std::string Metrics() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlp
