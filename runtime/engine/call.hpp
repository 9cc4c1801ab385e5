// One call: from the decision through its attempts to the reply and the record.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mlp/client.hpp"
#include "runtime/engine/admission.hpp"
#include "runtime/engine/cache/cache_turn.hpp"
#include "runtime/engine/call_frame.hpp"
#include "runtime/engine/chain.hpp"
#include "runtime/engine/delivery.hpp"
#include "runtime/engine/leg.hpp"

namespace mlp::engine {

/// What the handler gets beside the end.
enum class Report : std::uint8_t { kPieces, kEndAlone };

/// Runs from Begin to exactly one kReply or kError. Begin on any thread; afterwards only where
/// `http` runs its callbacks, but for Cancel: a call that may be hedged asks nobody before it is
/// there, so that its two attempts never run on two threads. Keeps itself alive through the
/// callbacks that it waits for.
class Call : public std::enable_shared_from_this<Call> {
 public:
  /// `seed` is this call's own randomness: its id, jitter and draws.
  /// The request is copied; `prompt` lives until the end. `judges_for`: the call is that of this
  /// evaluator's judge, whose route takes the request whatever its condition says.
  Call(CallContext context, const RequestView& request, const Prompt& prompt,
       const CallOptions& options, std::uint64_t seed, Report report, Delivery::Handler handler,
       std::uint16_t judges_for = kNone16);

  void Begin();
  /// Thread-safe.
  void Cancel();

 private:
  /// What it waits for.
  enum class Phase : std::uint8_t {
    kBeginning,
    kShared,
    kLookup,
    kHold,
    kAnswer,
    kJudge,
    kRetry,
    kDone
  };

  /// What the record says from the start.
  void OpenRecord();
  [[nodiscard]] Decision DecideUnder(const LiveState& live, const DecideOptions& how) const;
  /// Fails where nothing is to be attempted.
  [[nodiscard]] bool Decided();
  /// What budgets and the caller leave of a decision. Where that is nobody, whom measurements
  /// closed off is there again. Fails as above.
  [[nodiscard]] bool Serves(DecideOptions how);
  /// Asks the cache or makes the first attempt.
  void FirstStep();
  /// Where the route caches: answered from there, or told later by another call that asks the same;
  /// else this one asks a model and keeps what it says.
  void AskCache();
  /// What the answers of the route must pass.
  [[nodiscard]] QualityBar Bar() const noexcept;
  /// What the other call came to; null: nothing to share.
  void Landed(const std::shared_ptr<const CachedAnswer>& answer);
  void GiveCached(const CachedAnswer& answer, CacheUse use);

  // Answers to similar prompts (call_similar.cpp).
  /// Asks for the vector of the prompt where the route compares prompts, and goes on with LookedUp;
  /// else, and where it may not be asked for, with the first attempt.
  void LookUp();
  void LookupHeld(const Budgets::Answer& answer);
  void SendLookup();
  void LookedUp(ExchangeEnd end);

  // The chain (call_chain.cpp): each goes on with another of these, at once or in a callback of
  // `http`, unless the phase is kDone by then.
  void Attempt(AttemptKind kind, std::int64_t waited_us);
  /// Asks whoever may hold the attempt back.
  void Admit();
  /// The model's own rate limit refused.
  void Limited(const ModelLimits::Ticket& ticket);
  /// The budgets' answer. A call that is cancelled while it waits for it ends here.
  void Held(const Budgets::Answer& answer);
  void NextCheaper(const std::string& why);
  void NextCandidate(AttemptKind kind);
  /// Goes on without the candidate: the next, or where all were refused the one that reopens first.
  void Skip(const std::string& why);
  void TryClosedOff(AttemptKind kind);
  void Send();
  [[nodiscard]] Exchange::Listener ListenerOf(Leg& leg);
  void Ended(Leg& leg, ExchangeEnd end);
  /// Ends the call or goes on, once no attempt is under way any more.
  void Rested();
  void FollowFailure(const ProviderReply& reply);
  void Wait(AttemptKind kind, std::int64_t wait_us, std::int64_t waited_us);

  // The hedge (call_hedge.cpp).
  /// Whether a second attempt may be made; before the first one.
  void PlanHedge();
  /// The first attempt is about to be sent.
  void ArmHedge();
  /// It has not answered in time.
  void Hedge(std::uint32_t round);
  void HedgeHeld(const Budgets::Answer& answer);
  void SendHedge();
  void DropHedge();
  void Piece(const Leg& leg, const StreamDelta& delta);
  /// The first to answer: the other one, if any, is abandoned.
  void Wins(const Leg& leg);

  // Quality (call_quality.cpp).
  /// Scores an answer where the route asks for it, which may take a call of the judge's, and goes
  /// on with Graded.
  void Grade(ProviderReply reply);
  void AskJudge(ProviderReply reply, ScoreSheet sheet);
  void Judged(const Event& end, ProviderReply reply, ScoreSheet sheet);
  /// Succeeds, or follows a failure where the score is too low.
  void Graded(ProviderReply reply, const ScoreSheet& sheet);

  void Succeed(ProviderReply reply, bool may_be_kept = true);
  void Fail(ErrorClass error_class, std::string context);
  /// The last that is done with the record; `reply` is the answer's text, `context` an error's.
  void Record(ErrorClass outcome, std::string_view reply, std::string_view context);

  CallFrame frame_;
  Delivery delivery_;
  Admission admission_;
  CacheTurn cache_;
  Chain chain_;
  std::array<Leg, 3> legs_;
  Leg* main_ = &legs_[0];    ///< the chain's own
  Leg* hedge_ = &legs_[1];   ///< beside it
  Leg* lookup_ = &legs_[2];  ///< before it, for a vector
  std::uint32_t round_ = 0;  ///< how often the chain has sent
  bool answered_ = false;    ///< in this round: somebody has begun to answer
  bool hedges_ = false;
  std::optional<ProviderReply> answer_;   ///< the end, once no attempt is under way
  std::optional<ProviderReply> failure_;  ///< what the chain follows then
  Phase phase_ = Phase::kBeginning;
  std::shared_ptr<Call> judge_;  ///< under way
};

}  // namespace mlp::engine
