#include "runtime/engine/call.hpp"

#include <utility>

#include <fmt/format.h>

#include "runtime/engine/attempt.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/constraints.hpp"
#include "runtime/engine/describe.hpp"
#include "runtime/engine/health/fail_open.hpp"
#include "runtime/engine/observe/trace_context.hpp"

namespace mlp::engine {
namespace {

constexpr std::string_view kStreaming = "streaming";

}  // namespace

Call::Call(CallContext context, const RequestView& request, const Prompt& prompt,
           const CallOptions& options, std::uint64_t seed, Report report, Delivery::Handler handler,
           std::uint16_t judges_for)
    : frame_(std::move(context), request, prompt, options, seed, judges_for),
      delivery_(std::move(handler),
                report == Report::kPieces && options.streaming != Streaming::kOff),
      admission_(frame_.state.limits, frame_.state.budgets),
      cache_(frame_.context.answers),
      chain_(frame_),
      legs_{Leg(frame_, admission_), Leg(frame_, admission_), Leg(frame_, admission_)} {}

void Call::OpenRecord() {
  CallRecord& record = frame_.record;
  frame_.begun_us = SteadyUs();
  record.started_us = WallUs();
  record.call_id = fmt::format("{:016x}{:016x}", frame_.random(), frame_.random());
  record.policy = frame_.tables.name;
  record.policy_version = frame_.tables.version;
  record.policy_hash = frame_.tables.hash;
  if (const auto trace = FindTraceParent(frame_.prompt.trace_headers)) {
    record.trace_id = trace->trace_id;
  }
}

Decision Call::DecideUnder(const LiveState& live, const DecideOptions& how) const {
  const CallFrame& frame = frame_;
  return frame.judges_for == kNone16
             ? Decide(frame.tables, live, frame.request(), how)
             : DecideJudge(frame.tables, live, frame.request(), frame.judges_for, how);
}

bool Call::Decided() {
  const Tables& tables = frame_.tables;
  const Policy& policy = *frame_.state.policy;
  const RequestView request = frame_.request();
  CallRecord& record = frame_.record;
  Decision& decision = frame_.decision;
  if (request.codes.size() != tables.code_count || request.texts.size() != tables.text_count ||
      request.sets.size() != tables.set_count) {
    Fail(ErrorClass::kInvalidRequest,
         fmt::format("the request is not of policy `{}`", tables.name));
    return false;
  }
  if (std::optional<std::string> unknown = UnknownName(tables, frame_.options)) {
    Fail(ErrorClass::kInvalidRequest, *std::move(unknown));
    return false;
  }
  const auto before = std::chrono::steady_clock::now();
  const DecideOptions how{.draw = frame_.random()};
  decision = DecideUnder(policy.live(), how);
  record.decide_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                         std::chrono::steady_clock::now() - before)
                         .count();
  if (decision.outcome != DecisionOutcome::kOutOfDomain) {
    record.request = DescribeRequest(tables, request);
    record.unit_hash = UnitHash(tables, request);
  }
  if (decision.route != kNone16) record.route = tables.routes[decision.route].name;
  if (!Serves(how)) return false;
  frame_.arms = TouchedArms(tables, policy.live(), request, decision);
  record.arms = ArmWords(tables, frame_.arms);
  return true;
}

bool Call::Serves(DecideOptions how) {
  const Tables& tables = frame_.tables;
  const Policy& policy = *frame_.state.policy;
  const Health& health = frame_.state.health;
  std::string& skipped = frame_.record.skipped;
  Decision& decision = frame_.decision;
  if (health.any_down()) skipped = DescribeDown(tables, decision, health);
  const bool down = !skipped.empty();
  std::unique_ptr<LiveState> fail_open;
  const auto reopen = [&] {
    const bool nobody = decision.outcome == DecisionOutcome::kNoCandidate ||
                        decision.outcome == DecisionOutcome::kDenied;
    if (!nobody || !down || fail_open != nullptr) return false;
    fail_open = LiveUnlessTakenDown(policy, health);
    decision = DecideUnder(*fail_open, how);
    return true;
  };
  const auto narrow = [&] {
    admission_.Restrict(frame_.request(), decision);
    Narrow(tables, frame_.options, decision, skipped);
  };
  static_cast<void>(reopen());
  if (decision.outcome == DecisionOutcome::kServe) {
    if (std::optional<std::string> denial = admission_.Enter(frame_.request())) {
      Fail(ErrorClass::kBudgetExhausted, *std::move(denial));
      return false;
    }
    if (admission_.prefers_cheapest()) {
      how.prefer_cheapest = true;
      decision = DecideUnder(fail_open ? *fail_open : policy.live(), how);
    }
    narrow();
    // Those who were left may be just those whom the caller or a budget does not want.
    if (reopen()) narrow();
  }
  if (decision.outcome == DecisionOutcome::kDenied) {
    Fail(ErrorClass::kBudgetExhausted, admission_.Denied(tables, decision));
    return false;
  }
  if (decision.outcome == DecisionOutcome::kServe) return true;
  Error error = DescribeOutcome(tables, decision);
  Fail(error.error_class, std::move(error.context));
  return false;
}

void Call::Begin() {
  OpenRecord();
  if (!Decided()) return;
  frame_.LimitTimeAndCost();
  if (frame_.deadline_us <= frame_.begun_us) {
    Fail(ErrorClass::kDeadlineExceeded, "the caller's time was up before the call");
    return;
  }
  const Streaming wish = frame_.options.streaming;
  frame_.streams =
      wish == Streaming::kOn ||
      (wish == Streaming::kAuto &&
       (delivery_.hands_out_pieces() || Asks(frame_.tables, frame_.request(), kStreaming)));
  PlanHedge();
  if (frame_.cancelled.load()) {  // by whoever does not know yet where it runs now
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
    return;
  }
  if (hedges_) {
    frame_.http().After(0, [self = shared_from_this()] {
      if (self->frame_.cancelled.load()) {
        self->Fail(ErrorClass::kCancelled, "cancelled by the caller");
      } else {
        self->FirstStep();
      }
    });
  } else {
    FirstStep();
  }
}

void Call::FirstStep() {
  if (Caches(frame_.tables, frame_.decision, frame_.prompt)) {
    const Candidate& first = frame_.decision.candidates[0];
    cache_.AskFor(first.model, frame_.ProviderOf(0).name,
                  MakeWireCall(frame_.tables, frame_.decision, first, {}, frame_.prompt), Bar());
    AskCache();
  } else {
    Attempt(AttemptKind::kFirst, 0);
  }
}

void Call::AskCache() {
  if (const auto answer = cache_.Find()) {
    GiveCached(*answer, CacheUse::kHit);
    return;
  }
  // Before Lead, which may hand this call to another thread.
  phase_ = Phase::kShared;
  const bool leads =
      cache_.Lead([self = shared_from_this()](const std::shared_ptr<const CachedAnswer>& answer) {
        self->frame_.http().After(0, [self, answer] { self->Landed(answer); });
      });
  // Who does not lead may be on another thread already.
  if (leads) {
    frame_.record.cache = CacheUse::kMiss;
    LookUp();
  } else if (frame_.deadline_us != INT64_MAX) {
    frame_.http().After(frame_.deadline_us - SteadyUs(), [self = shared_from_this()] {
      if (self->phase_ != Phase::kShared) return;
      self->Fail(ErrorClass::kDeadlineExceeded,
                 "it waited for the answer to another call that asks the same");
    });
  }
}

void Call::Landed(const std::shared_ptr<const CachedAnswer>& answer) {
  if (phase_ != Phase::kShared) return;
  if (answer == nullptr) {
    cache_.LeadUnlessOthersDo();
    frame_.record.cache = CacheUse::kMiss;
    LookUp();
    return;
  }
  frame_.context.answers.CountShared(*answer);
  GiveCached(*answer, CacheUse::kShared);
}

void Call::GiveCached(const CachedAnswer& answer, CacheUse use) {
  frame_.record.cache = use;
  delivery_.HandOutWhole(answer.text, answer.tool_calls);
  Reply made = MakeReply(answer, frame_.tables, frame_.decision, frame_.record);
  Record(ErrorClass::kNone, made.text, {});
  delivery_.End(std::move(made));
}

void Call::Succeed(ProviderReply reply, bool may_be_kept) {
  Reply made = MakeReply(std::move(reply), main_->attempt(), frame_.record);
  made.skipped = frame_.record.skipped;
  cache_.End(may_be_kept ? &made : nullptr, frame_.decision.candidates[main_->candidate()].model,
             frame_.decision.cache_ttl_s);
  Record(ErrorClass::kNone, made.text, {});
  delivery_.End(std::move(made));
}

void Call::Fail(ErrorClass error_class, std::string context) {
  const CallRecord& record = frame_.record;
  if (!record.skipped.empty()) context += "; left alone " + record.skipped;
  Error error{error_class, fmt::format("{} (call {})", context, record.call_id)};
  cache_.End(nullptr, kNone16, 0);
  Record(error_class, {}, context);
  delivery_.End(std::move(error));
}

void Call::Record(ErrorClass outcome, std::string_view reply, std::string_view context) {
  for (Leg& leg : legs_) leg.Drop();
  phase_ = Phase::kDone;
  CallRecord& record = frame_.record;
  record.outcome = outcome;
  record.duration_us = SteadyUs() - frame_.begun_us;
  frame_.state.observer.CallEnded({record, frame_.prompt, reply, context});
  LeaveSamples(frame_.tables, frame_.arms, frame_.request(), record, frame_.state.rollouts.ring());
  if (frame_.context.store != nullptr) frame_.context.store->Append(std::move(record));
}

void Call::Cancel() {
  if (frame_.cancelled.exchange(true)) return;
  for (Leg& leg : legs_) leg.Cancel();
  frame_.http().After(0, [self = shared_from_this()] {
    if (self->phase_ == Phase::kShared || self->phase_ == Phase::kRetry) {
      self->Fail(ErrorClass::kCancelled, "cancelled by the caller");
    } else if (self->judge_ != nullptr) {
      self->judge_->Cancel();
    }
  });
}

}  // namespace mlp::engine
