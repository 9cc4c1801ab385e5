// The attempts of a call, and what follows when one of them is held back or fails.
#include <utility>

#include <fmt/format.h>

#include "runtime/engine/attempt.hpp"
#include "runtime/engine/call.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/constraints.hpp"
#include "runtime/engine/describe.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;

/// Whole milliseconds, at least so long.
std::int64_t MillisOf(std::int64_t time_us) {
  return (time_us + kMicrosPerMilli - 1) / kMicrosPerMilli;
}

}  // namespace

void Call::Attempt(AttemptKind kind, std::int64_t waited_us) {
  main_->Drop();  // an attempt that was not made
  if (frame_.RemainingMs() <= 0) {
    Fail(ErrorClass::kDeadlineExceeded, DescribeAttempts(frame_.record.attempts));
  } else if (main_->Name(chain_.candidate(), kind, waited_us)) {
    Admit();
  } else if (chain_.has_later()) {
    NextCandidate(kind);
  } else {
    Fail(ErrorClass::kBudgetExhausted,
         fmt::format("{}; `{}` could cost {} of the {} that the call may",
                     DescribeAttempts(frame_.record.attempts), main_->pending().model,
                     ToString(Money{main_->pending().reserved_pico}),
                     ToString(Money{frame_.bound_pico})));
  }
}

void Call::Admit() {
  const Leg::Leave leave = main_->Admit(chain_.forced(), chain_.has_later());
  switch (leave.kind) {
    case Leg::Leave::Kind::kGranted:
      Send();
      return;
    case Leg::Leave::Kind::kLeftAlone:
      Skip(leave.why);
      return;
    case Leg::Leave::Kind::kLimited:
      Limited(leave.ticket);
      return;
    case Leg::Leave::Kind::kMustHold:
      phase_ = Phase::kHold;
      main_->AskBudgets([self = shared_from_this()](Budgets::Answer answer) {
        self->frame_.http().After(0, [self, answer = std::move(answer)] { self->Held(answer); });
      });
      return;
  }
}

void Call::Limited(const ModelLimits::Ticket& ticket) {
  const std::int64_t waited_us = main_->pending().waited_us;
  const LimitRefusal refusal{
      .wait_ms = ticket.wait_us == INT64_MAX ? INT64_MAX : MillisOf(ticket.wait_us),
      .waited_ms = waited_us / kMicrosPerMilli,
      .waits = !ticket.slow};
  const NextStep next = AfterLimit(frame_.route(), refusal, chain_.State());
  if (next.kind == NextStep::Kind::kRetry) {
    Wait(main_->pending().kind, next.wait_ms * kMicrosPerMilli, waited_us);
    return;
  }
  ProviderReply reply;
  reply.error_class = ErrorClass::kRateLimited;
  reply.rule = ticket.refused_by;
  reply.never_fits = ticket.wait_us == INT64_MAX;
  if (!ticket.slow && !reply.never_fits) reply.retry_after_ms = refusal.wait_ms;
  main_->Refuse(reply);
  chain_.CountUnsent();
  if (next.kind == NextStep::Kind::kNextCandidate) {
    NextCandidate(AttemptKind::kFallback);
  } else {
    Fail(ErrorClass::kRateLimited,
         fmt::format("{} ({})", DescribeAttempts(frame_.record.attempts), ticket.refused_by));
  }
}

void Call::Held(const Budgets::Answer& answer) {
  main_->Hold(answer);
  if (frame_.cancelled.load()) {
    main_->Drop();
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
  } else if (!answer.may_go) {
    main_->Drop();
    NextCheaper(answer.why);
  } else if (frame_.RemainingMs() <= 0) {
    main_->Drop();
    Fail(ErrorClass::kDeadlineExceeded, DescribeAttempts(frame_.record.attempts));
  } else {
    Send();
  }
}

void Call::NextCheaper(const std::string& why) {
  const AttemptRecord& refused = main_->pending();
  if (chain_.NextCheaper(refused.reserved_pico)) {
    Attempt(refused.kind == AttemptKind::kFirst ? AttemptKind::kFirst : AttemptKind::kFallback, 0);
    return;
  }
  admission_.CountDenied();
  Fail(ErrorClass::kBudgetExhausted,
       fmt::format("{}; {}, and `{}` could cost {}", DescribeAttempts(frame_.record.attempts), why,
                   refused.model, ToString(Money{refused.reserved_pico})));
}

void Call::NextCandidate(AttemptKind kind) {
  chain_.Next();
  Attempt(kind, 0);
}

void Call::Skip(const std::string& why) {
  CallRecord& record = frame_.record;
  AddWord(record.skipped, why);
  const AttemptKind pending = main_->pending().kind;
  const AttemptKind kind = pending == AttemptKind::kRetry ? AttemptKind::kFallback : pending;
  if (chain_.has_later()) {
    NextCandidate(kind);
  } else if (!record.attempts.empty()) {
    // Not the last in the record, which may be a hedge that was cancelled.
    Fail(main_->attempt().error_class, DescribeAttempts(record.attempts));
  } else {
    TryClosedOff(kind);
  }
}

void Call::TryClosedOff(AttemptKind kind) {
  const std::optional<std::int64_t> wait_us = chain_.KeepWhoReopensFirst();
  if (!wait_us) {
    Fail(ErrorClass::kNoCandidate,
         fmt::format("every candidate of route `{}` is taken down", frame_.record.route));
    return;
  }
  const std::int64_t waited_us = main_->pending().waited_us;
  // One that asked to be left alone.
  if (*wait_us > 0 &&
      !frame_.state.health.ClosedOff(frame_.decision.candidates[chain_.candidate()].model)) {
    const LimitRefusal refusal{.wait_ms = MillisOf(*wait_us),
                               .waited_ms = waited_us / kMicrosPerMilli};
    const NextStep next = AfterLimit(frame_.route(), refusal, chain_.State());
    if (next.kind == NextStep::Kind::kRetry) {
      Wait(kind, next.wait_ms * kMicrosPerMilli, waited_us);
      return;
    }
  }
  chain_.Force();
  Attempt(kind, waited_us);
}

void Call::Send() {
  phase_ = Phase::kAnswer;
  ++round_;
  answered_ = false;
  if (main_->pending().kind == AttemptKind::kFirst) {
    frame_.state.retries->CountCall();
    ArmHedge();
  }
  if (auto refusal = main_->Send(frame_.streams, ListenerOf(*main_))) {
    FollowFailure(*refusal);
  }
}

Exchange::Listener Call::ListenerOf(Leg& leg) {
  Exchange::Listener listener;
  if (delivery_.hands_out_pieces() || hedges_) {
    listener.on_delta = [self = shared_from_this(), &leg](const StreamDelta& delta) {
      self->Piece(leg, delta);
    };
  }
  listener.on_end = [self = shared_from_this(), &leg](ExchangeEnd end) {
    self->Ended(leg, std::move(end));
  };
  return listener;
}

void Call::Ended(Leg& leg, ExchangeEnd end) {
  if (frame_.cancelled.load()) end.reply.error_class = ErrorClass::kCancelled;
  leg.Close(end);
  if (leg.abandoned() || frame_.cancelled.load()) {
    // Nobody waits for what it says.
  } else if (end.reply.error_class == ErrorClass::kNone) {
    Wins(leg);
    answer_ = std::move(end.reply);
  } else if (&leg == main_) {
    const auto error_class = static_cast<std::size_t>(end.reply.error_class);
    if (hedge_->busy() && frame_.route().actions[error_class] == Action::kStop) hedge_->Abandon();
    failure_ = std::move(end.reply);
  }
  Rested();
}

void Call::Rested() {
  if (main_->busy() || hedge_->busy()) return;
  if (frame_.cancelled.load()) {
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
  } else if (answer_) {
    Grade(*std::exchange(answer_, std::nullopt));
  } else {
    const ProviderReply failure = *std::exchange(failure_, std::nullopt);
    FollowFailure(failure);
  }
}

void Call::FollowFailure(const ProviderReply& reply) {
  ChainState state = chain_.State();
  state.other_key = main_->HasOtherKey(reply.error_class);
  const RoutePlan& route = frame_.route();
  std::string summary = DescribeAttempts(frame_.record.attempts);
  if (delivery_.begun()) {
    summary +=
        fmt::format("; {} bytes of the last one's answer had been handed out", delivery_.bytes());
  }
  if (state.remaining_ms <= 0) {
    Fail(ErrorClass::kDeadlineExceeded, std::move(summary));
    return;
  }
  if (delivery_.begun() && !route.restart_after_first_byte) {
    Fail(reply.error_class, fmt::format("{}, after which route `{}` lets no other attempt continue",
                                        summary, route.name));
    return;
  }
  NextStep next = AfterFailure(route, reply, state, frame_.random.Uniform());
  if (next.kind == NextStep::Kind::kRetry && !frame_.state.retries->Take(SteadyUs())) {
    next.kind = chain_.has_later() ? NextStep::Kind::kNextCandidate : NextStep::Kind::kStop;
    if (!chain_.has_later()) summary += "; the client has used up its retries";
  }
  switch (next.kind) {
    case NextStep::Kind::kStop:
      Fail(reply.error_class, std::move(summary));
      return;
    case NextStep::Kind::kNextCandidate:
      delivery_.Restart();
      NextCandidate(AttemptKind::kFallback);
      return;
    case NextStep::Kind::kRetry:
      chain_.CountRetry();
      delivery_.Restart();
      Wait(AttemptKind::kRetry, next.wait_ms * kMicrosPerMilli, 0);
      return;
  }
}

void Call::Wait(AttemptKind kind, std::int64_t wait_us, std::int64_t waited_us) {
  phase_ = Phase::kRetry;
  frame_.http().After(wait_us, [self = shared_from_this(), kind, waited = waited_us + wait_us] {
    if (self->phase_ == Phase::kRetry) self->Attempt(kind, waited);
  });
}

}  // namespace mlp::engine
