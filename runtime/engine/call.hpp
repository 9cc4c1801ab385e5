// One call: from the decision through its attempts to the reply and the record.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/decide.hpp"
#include "mlp/http_client.hpp"
#include "mlp/record.hpp"
#include "runtime/core/split_mix.hpp"
#include "runtime/engine/admission.hpp"
#include "runtime/engine/cache/answers.hpp"
#include "runtime/engine/delivery.hpp"
#include "runtime/engine/exchange.hpp"
#include "runtime/engine/health/health.hpp"
#include "runtime/engine/observe/observer.hpp"
#include "runtime/engine/providers.hpp"
#include "runtime/engine/retry.hpp"

namespace mlp::engine {

/// What all calls of a client share, and `http`, where this one runs; outlives them.
struct CallContext {
  const Policy& policy;
  const Providers& providers;
  ModelLimits& limits;
  Budgets& budgets;
  Health& health;
  Answers& answers;
  Store* store;  ///< null: nothing is recorded
  Observer& observer;
  std::shared_ptr<HttpExecutor> http;
};

/// What the handler gets beside the end.
enum class Report : std::uint8_t { kPieces, kEndAlone };

/// Runs from Begin to exactly one kReply or kError. Begin on any thread; afterwards only where
/// `http` runs its callbacks, but for Cancel. Keeps itself alive through the callbacks that it
/// waits for.
class Call : public std::enable_shared_from_this<Call> {
 public:
  /// `seed` is this call's own randomness: its id, jitter and draws.
  /// The request is copied; `prompt` lives until the end.
  Call(CallContext context, const RequestView& request, const Prompt& prompt,
       const CallOptions& options, std::uint64_t seed, Report report, Delivery::Handler handler);

  void Begin();
  /// Thread-safe.
  void Cancel();

 private:
  /// What it waits for.
  enum class Phase : std::uint8_t {
    kBeginning,
    kShared,
    kAdmission,
    kHold,
    kAnswer,
    kRetry,
    kDone
  };

  /// Where the route caches: answered from there, or told later by another call that asks the same;
  /// else this one asks a model and keeps what it says.
  void AskCache();
  /// What the other call came to; null: nothing to share.
  void Landed(const std::shared_ptr<const CachedAnswer>& answer);
  void GiveCached(const CachedAnswer& answer, CacheUse use);
  void Attempt(AttemptKind kind, std::int64_t waited_us);
  /// Asked before every attempt. Whoever may hold one back (breakers, limits, keys, budgets) is
  /// asked here and goes on with Send, NextCandidate or Fail: at once or later, in a callback of
  /// `http`, unless the phase is kDone by then. `pending_` is the attempt, not yet in the record.
  void Admit();
  /// The model's own rate limit refused.
  void Limited(const ModelLimits::Ticket& ticket);
  /// The budgets' answer. A call that is cancelled while it waits for it ends here.
  void Held(const Budgets::Answer& answer);
  void NextCheaper(const std::string& why);
  void Send();
  void Ended(ExchangeEnd end);
  /// Told after every attempt, whose record is complete: the last of `record_.attempts`.
  void Tell(const ProviderReply& reply);
  void FollowFailure(const ProviderReply& reply);
  void NextCandidate(AttemptKind kind);
  /// Goes on without the candidate: the next, or where all were refused the one that reopens first.
  void Skip(const std::string& why);
  void TryClosedOff(AttemptKind kind);
  /// Gives back what an attempt that is not made, or was reported, had of Health.
  void ReturnLease();
  void Succeed(ProviderReply reply);
  void Fail(ErrorClass error_class, std::string context);
  /// Keeps the reply where it may be given again, and tells who waits for it.
  void EndLead(const Reply* reply);
  /// The last that is done with `record_`; `reply` is the answer's text, `context` an error's.
  void Record(ErrorClass outcome, std::string_view reply, std::string_view context);
  void Settle(const ProviderReply& reply);
  void Wait(AttemptKind kind, std::int64_t wait_us, std::int64_t waited_us);
  [[nodiscard]] ChainState State() const;
  [[nodiscard]] std::int64_t InputTokens() const;
  [[nodiscard]] std::int64_t RemainingMs() const;
  [[nodiscard]] std::int64_t AttemptMs(const Provider& provider) const;
  [[nodiscard]] bool Affordable(const Row& row, std::int64_t& reserved) const;
  [[nodiscard]] const Provider& CurrentProvider() const;

  const CallContext context_;
  const Tables& tables_;
  std::vector<std::int32_t> codes_;
  std::vector<std::string> text_store_;
  std::vector<std::string_view> texts_;
  std::vector<std::uint64_t> sets_;
  const Prompt& prompt_;
  CallOptions options_;
  bool streams_ = false;  ///< models that can are asked for pieces
  Delivery delivery_;
  SplitMix64 random_;
  Decision decision_;
  CallRecord record_;
  std::uint32_t candidate_ = 0;
  std::uint32_t retries_ = 0;
  std::uint32_t unsent_ = 0;  ///< attempts in the record that a limit of ours held back
  Admission admission_;
  Sha256Digest cache_key_{};
  bool leads_ = false;         ///< others may wait for its answer
  std::int64_t begun_us_ = 0;  ///< steady clock
  std::int64_t deadline_us_ = INT64_MAX;
  std::int64_t bound_pico_ = INT64_MAX;
  Phase phase_ = Phase::kBeginning;
  AttemptRecord pending_;
  Providers::Access access_;  ///< of the attempt: endpoint and key
  bool delivered_ = false;    ///< a piece of this attempt's answer reached the handler
  std::uint64_t delivered_bytes_ = 0;
  std::optional<Health::Lease> lease_;  ///< of the attempt, until it is reported
  bool forced_ = false;                 ///< the one candidate is tried although it is closed off
  std::atomic<std::uint64_t> transfer_{0};
  std::atomic<bool> cancelled_{false};
};

}  // namespace mlp::engine
