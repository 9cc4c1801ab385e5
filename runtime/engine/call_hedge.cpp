// A second attempt beside a slow one: when it is made, which of the two wins, and how both end.
#include <utility>

#include "runtime/engine/call.hpp"
#include "runtime/engine/clock.hpp"

namespace mlp::engine {

void Call::PlanHedge() {
  // A judge's end belongs where the call runs that asked it.
  hedges_ = frame_.judges_for == kNone16 && frame_.route().hedge_percentile != 0 &&
            chain_.OfAnotherProvider().has_value();
  if (!hedges_) return;
  frame_.on_io.store(true);
  // A first token is only seen in a stream.
  if (frame_.options.streaming != Streaming::kOff) frame_.streams = true;
}

void Call::ArmHedge() {
  if (!hedges_) return;
  frame_.state.hedges.of(frame_.decision.route).tokens.Earn(frame_.route().hedge_share_ppm);
  if (chain_.forced()) return;
  const std::optional<std::int64_t> after_us =
      HedgeDelayUs(frame_.tables, frame_.decision.candidates[main_->candidate()].model,
                   frame_.route().hedge_percentile, frame_.state.health, SteadyUs());
  if (!after_us) return;
  frame_.http().After(*after_us,
                      [self = shared_from_this(), round = round_] { self->Hedge(round); });
}

void Call::Hedge(std::uint32_t round) {
  if (phase_ != Phase::kAnswer || round != round_ || answered_ || frame_.cancelled.load()) return;
  const std::optional<std::uint32_t> to = chain_.OfAnotherProvider();
  const ChainState state = chain_.State();
  if (!to || state.attempts_made >= frame_.route().attempts || state.remaining_ms <= 0) return;
  RouteHedges& hedges = frame_.state.hedges.of(frame_.decision.route);
  if (!hedges.tokens.Take()) {
    hedges.refused.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (!frame_.state.retries->Take(SteadyUs())) {
    hedges.tokens.GiveBack();
    hedges.refused.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (!hedge_->Name(*to, AttemptKind::kHedge, 0)) {
    DropHedge();
    return;
  }
  switch (hedge_->Admit(false, true).kind) {
    case Leg::Leave::Kind::kGranted:
      SendHedge();
      return;
    case Leg::Leave::Kind::kMustHold:
      hedge_->AskBudgets([self = shared_from_this()](Budgets::Answer answer) {
        self->frame_.http().After(0,
                                  [self, answer = std::move(answer)] { self->HedgeHeld(answer); });
      });
      return;
    case Leg::Leave::Kind::kLeftAlone:
    case Leg::Leave::Kind::kLimited:
      DropHedge();
      return;
  }
}

void Call::HedgeHeld(const Budgets::Answer& answer) {
  hedge_->Hold(answer);
  if (answer.may_go && !hedge_->abandoned() && !frame_.cancelled.load()) {
    SendHedge();
    return;
  }
  DropHedge();
  Rested();
}

void Call::DropHedge() {
  hedge_->Drop();
  frame_.state.hedges.of(frame_.decision.route).tokens.GiveBack();
  frame_.state.retries->GiveBack();
}

void Call::SendHedge() {
  frame_.state.hedges.of(frame_.decision.route).sent.fetch_add(1, std::memory_order_relaxed);
  hedge_->MoveTo(chain_.Hedge(hedge_->candidate()));
  if (hedge_->Send(frame_.streams, ListenerOf(*hedge_))) Rested();
}

void Call::Piece(const Leg& leg, const StreamDelta& delta) {
  if (frame_.cancelled.load() || leg.abandoned()) return;
  if (delta.kind != StreamDelta::Kind::kUsage) Wins(leg);
  if (delivery_.hands_out_pieces()) delivery_.HandOut(delta);
}

void Call::Wins(const Leg& leg) {
  if (std::exchange(answered_, true)) return;
  if (&leg == hedge_) {
    std::swap(main_, hedge_);
    chain_.FollowHedge();
    frame_.state.hedges.of(frame_.decision.route).won.fetch_add(1, std::memory_order_relaxed);
  }
  if (hedge_->busy()) hedge_->Abandon();
}

}  // namespace mlp::engine
