#include "runtime/engine/call.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mlp/cost.hpp"
#include "runtime/engine/attempt.hpp"
#include "runtime/engine/cache/cache_key.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/describe.hpp"
#include "runtime/engine/exchange.hpp"
#include "runtime/engine/health/fail_open.hpp"
#include "runtime/engine/observe/trace_context.hpp"

namespace mlp::engine {
namespace {

constexpr std::string_view kStreaming = "streaming";
constexpr std::int64_t kMicrosPerMilli = 1'000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

/// The shorter of two times of which 0 means none.
std::int64_t Earliest(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return a + b;
  return std::min(a, b);
}

}  // namespace

Call::Call(CallContext context, const RequestView& request, const Prompt& prompt,
           const CallOptions& options, std::uint64_t seed, Report report, Delivery::Handler handler)
    : context_(std::move(context)),
      tables_(context_.policy.tables()),
      codes_(request.codes.begin(), request.codes.end()),
      text_store_(request.texts.begin(), request.texts.end()),
      sets_(request.sets.begin(), request.sets.end()),
      prompt_(prompt),
      options_(options),
      delivery_(std::move(handler),
                report == Report::kPieces && options.streaming != Streaming::kOff),
      random_(seed),
      admission_(context_.limits, context_.budgets) {
  texts_.assign(text_store_.begin(), text_store_.end());
}

void Call::Begin() {
  begun_us_ = SteadyUs();
  record_.started_us = WallUs();
  record_.call_id = fmt::format("{:016x}{:016x}", random_(), random_());
  record_.policy = tables_.name;
  if (const auto trace = FindTraceParent(prompt_.trace_headers)) record_.trace_id = trace->trace_id;
  record_.policy_version = tables_.version;
  record_.policy_hash = tables_.hash;

  const RequestView request{codes_, texts_, sets_};
  const bool fits = codes_.size() == tables_.code_count && texts_.size() == tables_.text_count &&
                    sets_.size() == tables_.set_count;
  if (!fits) {
    Fail(ErrorClass::kInvalidRequest,
         fmt::format("the request is not of policy `{}`", tables_.name));
    return;
  }
  std::unique_ptr<LiveState> fail_open;
  const auto before = std::chrono::steady_clock::now();
  const DecideOptions how{.draw = random_()};
  decision_ = Decide(tables_, context_.policy.live(), request, how);
  record_.decide_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::steady_clock::now() - before)
                          .count();
  if (decision_.outcome != DecisionOutcome::kOutOfDomain) {
    record_.request = DescribeRequest(tables_, request);
    record_.unit_hash = UnitHash(tables_, request);
  }
  if (decision_.route != kNone16) record_.route = tables_.routes[decision_.route].name;
  if (context_.health.any_down()) {
    record_.skipped = DescribeDown(tables_, decision_, context_.health);
    if (decision_.outcome == DecisionOutcome::kNoCandidate && !record_.skipped.empty()) {
      fail_open = LiveUnlessTakenDown(context_.policy, context_.health);
      decision_ = Decide(tables_, *fail_open, request, how);
    }
  }
  const LiveState& live = fail_open ? *fail_open : context_.policy.live();
  if (std::optional<std::string> denial =
          admission_.Enter(tables_, live, request, how, decision_)) {
    Fail(ErrorClass::kBudgetExhausted, *std::move(denial));
    return;
  }
  if (decision_.outcome != DecisionOutcome::kServe) {
    Error error = DescribeOutcome(tables_, decision_);
    Fail(error.error_class, std::move(error.context));
    return;
  }
  record_.arms = DescribeArms(tables_, context_.policy.live(), request, decision_);
  const RoutePlan& route = tables_.routes[decision_.route];
  const std::int64_t deadline_ms = Earliest(route.deadline_ms, options_.deadline_ms);
  if (deadline_ms > 0) deadline_us_ = begun_us_ + deadline_ms * kMicrosPerMilli;
  bound_pico_ = route.call_bound.pico_usd;
  if (options_.most_cost) bound_pico_ = std::min(bound_pico_, options_.most_cost->pico_usd);
  streams_ = options_.streaming == Streaming::kOn ||
             (options_.streaming == Streaming::kAuto &&
              (delivery_.hands_out_pieces() || Asks(tables_, request, kStreaming)));
  if (Caches(tables_, decision_, prompt_)) {
    cache_key_ =
        CacheKey(tables_.providers[tables_.models[decision_.candidates[0].model].provider].name,
                 MakeWireCall(tables_, decision_, decision_.candidates[0], {}, prompt_));
    AskCache();
  } else {
    Attempt(AttemptKind::kFirst, 0);
  }
}

void Call::AskCache() {
  if (const auto answer = context_.answers.Find(cache_key_, WallUs() / kMicrosPerSecond)) {
    GiveCached(*answer, CacheUse::kHit);
    return;
  }
  // Before Lead, which may hand this call to another thread.
  phase_ = Phase::kShared;
  const bool leads = context_.answers.Lead(
      cache_key_, [self = shared_from_this()](const std::shared_ptr<const CachedAnswer>& answer) {
        self->context_.http->After(0, [self, answer] { self->Landed(answer); });
      });
  // Who does not lead may be on another thread already.
  if (leads) {
    leads_ = true;
    record_.cache = CacheUse::kMiss;
    Attempt(AttemptKind::kFirst, 0);
  } else if (deadline_us_ != INT64_MAX) {
    context_.http->After(deadline_us_ - SteadyUs(), [self = shared_from_this()] {
      if (self->phase_ != Phase::kShared) return;
      self->Fail(ErrorClass::kDeadlineExceeded,
                 "it waited for the answer to another call that asks the same");
    });
  }
}

void Call::Landed(const std::shared_ptr<const CachedAnswer>& answer) {
  if (phase_ != Phase::kShared) return;
  if (answer == nullptr) {
    AskCache();
    return;
  }
  context_.answers.CountShared(*answer);
  GiveCached(*answer, CacheUse::kShared);
}

void Call::GiveCached(const CachedAnswer& answer, CacheUse use) {
  record_.cache = use;
  delivery_.HandOutWhole(answer.text, answer.tool_calls);
  Reply made = MakeReply(answer, tables_, decision_, record_);
  Record(ErrorClass::kNone, made.text, {});
  delivery_.End(std::move(made));
}

std::int64_t Call::RemainingMs() const {
  if (deadline_us_ == INT64_MAX) return INT64_MAX;
  return (deadline_us_ - SteadyUs()) / kMicrosPerMilli;
}

std::int64_t Call::AttemptMs(const Provider& provider) const {
  const std::int64_t own =
      Earliest(tables_.routes[decision_.route].attempt_ms, options_.attempt_ms);
  return Earliest(own, provider.total_ms);
}

std::int64_t Call::InputTokens() const {
  return tables_.input_code == kNone16 ? 0 : codes_[tables_.input_code];
}

bool Call::Affordable(const Row& row, std::int64_t& reserved) const {
  reserved =
      AttemptCostPico(tables_, row, WallUs() / kMicrosPerSecond, InputTokens(),
                      decision_.output_tokens, tables_.routes[decision_.route].caches_prompts);
  if (bound_pico_ == INT64_MAX) return true;
  if (reserved < 0) return false;
  const std::optional<Money> total = CheckedAdd({record_.cost_pico}, {reserved});
  return total && total->pico_usd <= bound_pico_;
}

const Provider& Call::CurrentProvider() const {
  return tables_.providers[tables_.models[decision_.candidates[candidate_].model].provider];
}

void Call::Attempt(AttemptKind kind, std::int64_t waited_us) {
  ReturnLease();  // of an attempt that was not made
  const Candidate& candidate = decision_.candidates[candidate_];
  if (RemainingMs() <= 0) {
    Fail(ErrorClass::kDeadlineExceeded, DescribeAttempts(record_.attempts));
    return;
  }
  pending_ = NameAttempt(tables_, candidate);
  if (!Affordable(tables_.rows[candidate.row], pending_.reserved_pico)) {
    if (candidate_ + 1 < decision_.count) {
      NextCandidate(kind);
    } else {
      Fail(ErrorClass::kBudgetExhausted,
           fmt::format("{}; `{}` could cost {} of the {} that the call may",
                       DescribeAttempts(record_.attempts), pending_.model,
                       ToString(Money{pending_.reserved_pico}), ToString(Money{bound_pico_})));
    }
    return;
  }
  pending_.number = static_cast<std::uint32_t>(record_.attempts.size());
  pending_.kind = kind;
  pending_.waited_us = waited_us;
  phase_ = Phase::kAdmission;
  Admit();
}

void Call::Admit() {
  const Candidate& candidate = decision_.candidates[candidate_];
  access_ = context_.providers.At(tables_.endpoints[candidate.endpoint]);
  if (access_.protocol == nullptr || access_.key_missing) {
    Send();  // which asks nobody
    return;
  }
  lease_ = forced_
               ? context_.health.Force(candidate.model, SteadyUs())
               : context_.health.Admit(candidate.model, SteadyUs(), AttemptMs(CurrentProvider()));
  if (!lease_->ok()) {
    Skip(DescribeRefusal(tables_.models[candidate.model], *lease_));
    return;
  }
  const std::int64_t output = tables_.output_code == kNone16 ? 0 : decision_.output_tokens;
  const ModelLimits::Ticket ticket = admission_.TakeLimit(candidate.model, InputTokens() + output,
                                                          candidate_ + 1 < decision_.count);
  if (!ticket.granted) {
    ReturnLease();
    Limited(ticket);
    return;
  }
  if (!admission_.MustHold(pending_.reserved_pico)) {
    Send();
    return;
  }
  phase_ = Phase::kHold;
  admission_.Hold(pending_.reserved_pico, std::min(AttemptMs(CurrentProvider()), RemainingMs()),
                  [self = shared_from_this()](Budgets::Answer answer) {
                    self->context_.http->After(
                        0, [self, answer = std::move(answer)] { self->Held(answer); });
                  });
}

void Call::Limited(const ModelLimits::Ticket& ticket) {
  LimitRefusal refusal{.waited_ms = pending_.waited_us / kMicrosPerMilli, .waits = !ticket.slow};
  refusal.wait_ms = ticket.wait_us == INT64_MAX
                        ? INT64_MAX
                        : (ticket.wait_us + kMicrosPerMilli - 1) / kMicrosPerMilli;
  const NextStep next = AfterLimit(tables_.routes[decision_.route], refusal, State());
  if (next.kind == NextStep::Kind::kRetry) {
    Wait(pending_.kind, next.wait_ms * kMicrosPerMilli, pending_.waited_us);
    return;
  }
  ProviderReply reply;
  reply.error_class = ErrorClass::kRateLimited;
  reply.rule = ticket.refused_by;
  reply.never_fits = ticket.wait_us == INT64_MAX;
  if (!ticket.slow && !reply.never_fits) reply.retry_after_ms = refusal.wait_ms;
  pending_.started_us = WallUs();
  NoteFailure(reply, pending_);
  record_.attempts.push_back(std::move(pending_));
  ++unsent_;
  if (next.kind == NextStep::Kind::kNextCandidate) {
    NextCandidate(AttemptKind::kFallback);
  } else {
    Fail(ErrorClass::kRateLimited,
         fmt::format("{} ({})", DescribeAttempts(record_.attempts), ticket.refused_by));
  }
}

void Call::Held(const Budgets::Answer& answer) {
  if (answer.may_go) admission_.Held(answer.hold, pending_.reserved_pico);
  phase_ = Phase::kAdmission;
  if (cancelled_.load()) {
    admission_.Release();
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
  } else if (!answer.may_go) {
    admission_.Release();
    NextCheaper(answer.why);
  } else if (RemainingMs() <= 0) {
    admission_.Release();
    Fail(ErrorClass::kDeadlineExceeded, DescribeAttempts(record_.attempts));
  } else {
    Send();
  }
}

void Call::NextCheaper(const std::string& why) {
  const std::int64_t refused = pending_.reserved_pico;
  const std::string refused_model = pending_.model;
  const AttemptKind kind =
      pending_.kind == AttemptKind::kFirst ? AttemptKind::kFirst : AttemptKind::kFallback;
  for (++candidate_; candidate_ < decision_.count; ++candidate_) {
    std::int64_t cost = 0;
    const Row& row = tables_.rows[decision_.candidates[candidate_].row];
    if (!Affordable(row, cost) || cost < 0 || cost >= refused) continue;
    retries_ = 0;
    Attempt(kind, 0);
    return;
  }
  admission_.CountDenied();
  Fail(ErrorClass::kBudgetExhausted,
       fmt::format("{}; {}, and `{}` could cost {}", DescribeAttempts(record_.attempts), why,
                   refused_model, ToString(Money{refused})));
}

void Call::Skip(const std::string& why) {
  lease_.reset();
  if ((" " + record_.skipped + " ").find(" " + why + " ") == std::string::npos) {
    record_.skipped += (record_.skipped.empty() ? "" : " ") + why;
  }
  const AttemptKind kind =
      pending_.kind == AttemptKind::kRetry ? AttemptKind::kFallback : pending_.kind;
  if (candidate_ + 1U < decision_.count) {
    NextCandidate(kind);
    return;
  }
  if (!record_.attempts.empty()) {
    Fail(record_.attempts.back().error_class, DescribeAttempts(record_.attempts));
    return;
  }
  TryClosedOff(kind);
}

void Call::TryClosedOff(AttemptKind kind) {
  const std::int64_t now_us = SteadyUs();
  const auto chosen = ReopensFirst(decision_, context_.health, now_us);
  if (!chosen) {
    Fail(ErrorClass::kNoCandidate,
         fmt::format("every candidate of route `{}` is taken down", record_.route));
    return;
  }
  decision_.candidates[0] = decision_.candidates[*chosen];
  decision_.count = 1;
  candidate_ = 0;
  const std::uint16_t model = decision_.candidates[0].model;
  const std::int64_t wait_us = context_.health.ClosedUntil(model, now_us) - now_us;
  if (wait_us > 0 && !context_.health.ClosedOff(model)) {  // it asked to be left alone
    const LimitRefusal refusal{.wait_ms = (wait_us + kMicrosPerMilli - 1) / kMicrosPerMilli,
                               .waited_ms = pending_.waited_us / kMicrosPerMilli};
    const NextStep next = AfterLimit(tables_.routes[decision_.route], refusal, State());
    if (next.kind == NextStep::Kind::kRetry) {
      Wait(kind, next.wait_ms * kMicrosPerMilli, pending_.waited_us);
      return;
    }
  }
  forced_ = true;
  Attempt(kind, pending_.waited_us);
}

void Call::ReturnLease() {
  if (lease_ && lease_->ok()) context_.health.Return(*lease_, SteadyUs());
  lease_.reset();
}

void Call::Send() {
  const Candidate& candidate = decision_.candidates[candidate_];
  const Provider& provider = CurrentProvider();
  pending_.started_us = WallUs();
  record_.attempts.push_back(std::move(pending_));
  if (access_.protocol == nullptr || access_.key_missing) {
    ProviderReply reply;
    reply.error_class = access_.key_missing ? ErrorClass::kAuth : ErrorClass::kInvalidRequest;
    reply.rule = access_.key_missing ? "no key in the environment" : "no such protocol registered";
    NoteFailure(reply, record_.attempts.back());
    Tell(reply);
    FollowFailure(reply);
    return;
  }
  phase_ = Phase::kAnswer;
  ExchangePlan plan{
      .protocol = access_.protocol,
      .wire = MakeWireCall(tables_, decision_, candidate, access_, prompt_),
      .headers = access_.headers,
      .span = prompt_.trace_headers.empty() ? 0 : random_(),
      .connect_ms = provider.connect_ms,
      .first_token_ms = provider.first_token_ms,
      .between_tokens_ms = provider.between_tokens_ms,
      // A wait for admission may have used up what was left.
      .total_ms = std::max<std::int64_t>(std::min(AttemptMs(provider), RemainingMs()), 1)};
  plan.wire.stream = streams_ && Can(tables_, tables_.models[candidate.model], kStreaming);
  Exchange::Listener listener;
  if (delivery_.hands_out_pieces()) {
    listener.on_delta = [self = shared_from_this()](const StreamDelta& delta) {
      if (!self->cancelled_.load()) self->delivery_.HandOut(delta);
    };
  }
  listener.on_end = [self = shared_from_this()](ExchangeEnd end) { self->Ended(std::move(end)); };
  const std::uint64_t transfer =
      std::make_shared<Exchange>(plan, std::move(listener))->Send(*context_.http);
  std::uint64_t known =
      transfer_.load();  // a later attempt may have begun on the I/O thread already
  while (known < transfer && !transfer_.compare_exchange_weak(known, transfer)) {
  }
  if (cancelled_.load()) context_.http->Cancel(transfer);
}

void Call::Ended(ExchangeEnd end) {
  ProviderReply& reply = end.reply;
  if (cancelled_.load()) reply.error_class = ErrorClass::kCancelled;
  AttemptRecord& attempt = record_.attempts.back();
  NoteReply(end.response, reply, attempt);
  Settle(reply);
  // Tokens that nobody counted were made, and are likely to be billed.
  if (end.broke_off && !reply.usage.reported) attempt.priced = false;
  if (reply.error_class == ErrorClass::kNone) {
    attempt.finish = ToString(reply.finish);
  } else {
    NoteFailure(reply, attempt);
  }
  context_.providers.Note(access_, reply);
  admission_.Ended(end, attempt, context_.providers.key_count(access_.provider) < 2);
  Tell(reply);
  if (cancelled_.load()) {
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
  } else if (reply.error_class == ErrorClass::kNone) {
    Succeed(std::move(reply));
  } else {
    FollowFailure(reply);
  }
}

void Call::Settle(const ProviderReply& reply) {
  if (!reply.usage.reported) return;
  AttemptRecord& attempt = record_.attempts.back();
  const Candidate& candidate = decision_.candidates[candidate_];
  attempt.cost_pico = SettleCost(tables_, candidate.model, candidate.endpoint,
                                 attempt.started_us / kMicrosPerSecond, reply.usage, attempt.priced)
                          .pico_usd;
  record_.cost_pico =
      CheckedAdd({record_.cost_pico}, {attempt.cost_pico}).value_or(Money{INT64_MAX}).pico_usd;
}

void Call::Tell(const ProviderReply& reply) {
  context_.observer.keys().Count(access_.provider, access_.key_index, reply.error_class);
  if (!lease_) return;
  const AttemptRecord& attempt = record_.attempts.back();
  const Health::End end{.error_class = attempt.error_class,
                        .retry_after_ms = reply.retry_after_ms,
                        .never_fits = reply.never_fits,
                        .of_one_key = context_.providers.HasOtherKey(access_, reply.error_class),
                        .latency_us = attempt.latency_us,
                        .first_byte_us = attempt.first_byte_us,
                        .prompt_tokens = reply.usage.prompt(),
                        .output_tokens = reply.usage.completion()};
  context_.health.Report(*lease_, end, SteadyUs());
  lease_.reset();
}

ChainState Call::State() const {
  ChainState state;
  state.attempts_made = static_cast<std::uint32_t>(record_.attempts.size()) - unsent_;
  state.retries_made = retries_;
  state.later_candidates = decision_.count - candidate_ - 1;
  state.remaining_ms = RemainingMs();
  state.attempt_ms = AttemptMs(CurrentProvider());
  state.closed_off = !forced_ && context_.health.ClosedOff(decision_.candidates[candidate_].model);
  return state;
}

void Call::FollowFailure(const ProviderReply& reply) {
  ChainState state = State();
  state.other_key = context_.providers.HasOtherKey(access_, reply.error_class);
  const RoutePlan& route = tables_.routes[decision_.route];
  std::string summary = DescribeAttempts(record_.attempts);
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
  const NextStep next = AfterFailure(route, reply, state, random_.Uniform());
  switch (next.kind) {
    case NextStep::Kind::kStop:
      Fail(reply.error_class, std::move(summary));
      return;
    case NextStep::Kind::kNextCandidate:
      delivery_.Restart();
      NextCandidate(AttemptKind::kFallback);
      return;
    case NextStep::Kind::kRetry:
      ++retries_;
      delivery_.Restart();
      Wait(AttemptKind::kRetry, next.wait_ms * kMicrosPerMilli, 0);
      return;
  }
}

void Call::Wait(AttemptKind kind, std::int64_t wait_us, std::int64_t waited_us) {
  phase_ = Phase::kRetry;
  context_.http->After(wait_us, [self = shared_from_this(), kind, waited = waited_us + wait_us] {
    if (self->phase_ == Phase::kRetry) self->Attempt(kind, waited);
  });
}

void Call::NextCandidate(AttemptKind kind) {
  ++candidate_;
  retries_ = 0;
  Attempt(kind, 0);
}

void Call::Succeed(ProviderReply reply) {
  Reply made = MakeReply(std::move(reply), record_);
  made.skipped = record_.skipped;
  if (leads_) EndLead(&made);
  Record(ErrorClass::kNone, made.text, {});
  delivery_.End(std::move(made));
}

void Call::Fail(ErrorClass error_class, std::string context) {
  if (!record_.skipped.empty()) context += "; left alone " + record_.skipped;
  Error error{error_class, fmt::format("{} (call {})", context, record_.call_id)};
  if (leads_) EndLead(nullptr);
  Record(error_class, {}, context);
  delivery_.End(std::move(error));
}

void Call::EndLead(const Reply* reply) {
  leads_ = false;
  const std::int64_t now_s = WallUs() / kMicrosPerSecond;
  const bool whole = reply != nullptr && (reply->finish == FinishReason::kStop ||
                                          reply->finish == FinishReason::kToolCalls);
  // Another model's answer is right for this call, but not for the next.
  const bool asked = whole && candidate_ == 0;
  context_.answers.End(cache_key_, asked ? KeepAnswer(*reply) : nullptr,
                       now_s + decision_.cache_ttl_s);
}

void Call::Record(ErrorClass outcome, std::string_view reply, std::string_view context) {
  ReturnLease();
  phase_ = Phase::kDone;
  record_.outcome = outcome;
  record_.duration_us = SteadyUs() - begun_us_;
  context_.observer.CallEnded({record_, prompt_, reply, context});
  if (context_.store != nullptr) context_.store->Append(std::move(record_));
}

void Call::Cancel() {
  if (cancelled_.exchange(true)) return;
  context_.http->Cancel(transfer_.load());
  context_.http->After(0, [self = shared_from_this()] {
    if (self->phase_ == Phase::kShared || self->phase_ == Phase::kAdmission ||
        self->phase_ == Phase::kRetry) {
      self->Fail(ErrorClass::kCancelled, "cancelled by the caller");
    }
  });
}

}  // namespace mlp::engine
