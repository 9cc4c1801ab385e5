#include "runtime/engine/call.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "mlp/cost.hpp"
#include "runtime/engine/attempt.hpp"
#include "runtime/engine/describe.hpp"
#include "runtime/engine/retry.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::int64_t SteadyUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::int64_t WallUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The shorter of two times of which 0 means none.
std::int64_t Earliest(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return a + b;
  return std::min(a, b);
}

}  // namespace

Call::Call(CallContext context, const RequestView& request, const Prompt& prompt,
           const CallOptions& options, std::uint64_t seed, Handler handler)
    : context_(std::move(context)),
      tables_(context_.policy.tables()),
      codes_(request.codes.begin(), request.codes.end()),
      text_store_(request.texts.begin(), request.texts.end()),
      sets_(request.sets.begin(), request.sets.end()),
      prompt_(prompt),
      options_(options),
      handler_(std::move(handler)),
      random_(seed) {
  texts_.assign(text_store_.begin(), text_store_.end());
}

void Call::Begin() {
  begun_us_ = SteadyUs();
  record_.started_us = WallUs();
  record_.call_id = fmt::format("{:016x}{:016x}", random_(), random_());
  record_.policy = tables_.name;
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
  const auto before = std::chrono::steady_clock::now();
  decision_ = Decide(tables_, context_.policy.live(), request, {.draw = random_()});
  record_.decide_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::steady_clock::now() - before)
                          .count();
  if (decision_.outcome == DecisionOutcome::kOutOfDomain) {
    Fail(ErrorClass::kNoRoute, "an attribute is outside its declared range");
    return;
  }
  record_.request = DescribeRequest(tables_, request);
  record_.unit_hash = UnitHash(tables_, request);
  if (decision_.route != kNone16) record_.route = tables_.routes[decision_.route].name;
  switch (decision_.outcome) {
    case DecisionOutcome::kRefused:
      Fail(ErrorClass::kRefused, std::string(tables_.routes[decision_.route].refusal));
      return;
    case DecisionOutcome::kNoRoute:
    case DecisionOutcome::kOutOfDomain:
      Fail(ErrorClass::kNoRoute, "no route takes the request");
      return;
    case DecisionOutcome::kNoCandidate:
      Fail(ErrorClass::kNoCandidate,
           fmt::format("route `{}` has no candidate for the request", record_.route));
      return;
    case DecisionOutcome::kDenied:
      Fail(ErrorClass::kBudgetExhausted, "a budget denies the request");
      return;
    case DecisionOutcome::kServe:
      break;
  }
  record_.arms = DescribeArms(tables_, context_.policy.live(), request, decision_);
  const RoutePlan& route = tables_.routes[decision_.route];
  const std::int64_t deadline_ms = Earliest(route.deadline_ms, options_.deadline_ms);
  if (deadline_ms > 0) deadline_us_ = begun_us_ + deadline_ms * kMicrosPerMilli;
  bound_pico_ = route.call_bound.pico_usd;
  if (options_.most_cost) bound_pico_ = std::min(bound_pico_, options_.most_cost->pico_usd);
  Attempt(AttemptKind::kFirst, 0);
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

bool Call::Affordable(const Row& row, std::int64_t& reserved) const {
  const std::int64_t input = tables_.input_code == kNone16 ? 0 : codes_[tables_.input_code];
  reserved =
      AttemptCostPico(tables_, row, WallUs() / kMicrosPerSecond, input, decision_.output_tokens,
                      tables_.routes[decision_.route].caches_prompts);
  if (bound_pico_ == INT64_MAX) return true;
  if (reserved < 0) return false;
  const std::optional<Money> total = CheckedAdd({record_.cost_pico}, {reserved});
  return total && total->pico_usd <= bound_pico_;
}

void Call::Attempt(AttemptKind kind, std::int64_t waited_us) {
  const Candidate& candidate = decision_.candidates[candidate_];
  const Row& row = tables_.rows[candidate.row];
  const Model& model = tables_.models[candidate.model];
  const Provider& provider = tables_.providers[model.provider];

  const std::int64_t remaining_ms = RemainingMs();
  if (remaining_ms <= 0) {
    Fail(ErrorClass::kDeadlineExceeded, Summary());
    return;
  }
  AttemptRecord attempt = NameAttempt(tables_, candidate);
  if (!Affordable(row, attempt.reserved_pico)) {
    if (candidate_ + 1 < decision_.count) {
      NextCandidate(kind);
    } else {
      Fail(ErrorClass::kBudgetExhausted,
           fmt::format("{}; `{}` could cost {} of the {} that the call may", Summary(), model.name,
                       ToString(Money{attempt.reserved_pico}), ToString(Money{bound_pico_})));
    }
    return;
  }
  attempt.number = static_cast<std::uint32_t>(record_.attempts.size());
  attempt.kind = kind;
  attempt.waited_us = waited_us;
  attempt.started_us = WallUs();
  record_.attempts.push_back(std::move(attempt));

  const Providers::Access access = context_.providers.At(tables_.endpoints[candidate.endpoint]);
  if (access.protocol == nullptr || access.key_missing) {
    ProviderReply reply;
    reply.error_class = access.key_missing ? ErrorClass::kAuth : ErrorClass::kInvalidRequest;
    reply.rule = access.key_missing ? "no key in the environment" : "no such protocol registered";
    Failed(reply);
    return;
  }
  protocol_ = access.protocol;
  wire_ = MakeWireCall(tables_, decision_, candidate, access, prompt_);
  left_out_.clear();
  HttpRequest request = protocol_->BuildRequest(wire_, left_out_);
  request.headers.insert(request.headers.end(), access.headers->begin(), access.headers->end());
  request.connect_timeout_ms = provider.connect_ms;
  request.total_timeout_ms = std::min(AttemptMs(provider), remaining_ms);
  const std::uint64_t transfer = context_.http->Start(
      std::move(request),
      [self = shared_from_this()](const HttpResponse& response) { self->Finished(response); });
  std::uint64_t known =
      transfer_.load();  // a later attempt may have begun on the I/O thread already
  while (known < transfer && !transfer_.compare_exchange_weak(known, transfer)) {
  }
  if (cancelled_.load()) context_.http->Cancel(transfer);
}

void Call::Finished(const HttpResponse& response) {
  ProviderReply reply = response.error_class == ErrorClass::kNone
                            ? protocol_->ParseResponse(wire_, response)
                            : ReplyOfTransport(response);
  AttemptRecord& attempt = record_.attempts.back();
  NoteReply(response, reply, attempt);
  const Candidate& candidate = decision_.candidates[candidate_];
  if (reply.usage.reported) {
    attempt.cost_pico =
        SettleCost(tables_, candidate.model, candidate.endpoint,
                   attempt.started_us / kMicrosPerSecond, reply.usage, attempt.priced)
            .pico_usd;
    record_.cost_pico =
        CheckedAdd({record_.cost_pico}, {attempt.cost_pico}).value_or(Money{INT64_MAX}).pico_usd;
  }
  if (cancelled_.load()) {
    reply.error_class = ErrorClass::kCancelled;
    attempt.error_class = ErrorClass::kCancelled;
    Fail(ErrorClass::kCancelled, "cancelled by the caller");
  } else if (reply.error_class == ErrorClass::kNone) {
    Succeed(std::move(reply));
  } else {
    Failed(reply);
  }
}

void Call::Failed(const ProviderReply& reply) {
  NoteFailure(reply, record_.attempts.back());

  const RoutePlan& route = tables_.routes[decision_.route];
  const Model& model = tables_.models[decision_.candidates[candidate_].model];
  ChainState state;
  state.attempts_made = static_cast<std::uint32_t>(record_.attempts.size());
  state.retries_made = retries_;
  state.later_candidates = decision_.count - candidate_ - 1;
  state.remaining_ms = RemainingMs();
  state.attempt_ms = AttemptMs(tables_.providers[model.provider]);
  if (state.remaining_ms <= 0) {
    Fail(ErrorClass::kDeadlineExceeded, Summary());
    return;
  }
  const NextStep next = AfterFailure(route, reply, state, random_.Uniform());
  switch (next.kind) {
    case NextStep::Kind::kStop:
      Fail(reply.error_class, Summary());
      return;
    case NextStep::Kind::kNextCandidate:
      NextCandidate(AttemptKind::kFallback);
      return;
    case NextStep::Kind::kRetry:
      ++retries_;
      const std::int64_t wait_us = next.wait_ms * kMicrosPerMilli;
      context_.http->After(wait_us, [self = shared_from_this(), wait_us] {
        if (!self->done_) self->Attempt(AttemptKind::kRetry, wait_us);
      });
      return;
  }
}

void Call::NextCandidate(AttemptKind kind) {
  ++candidate_;
  retries_ = 0;
  Attempt(kind, 0);
}

void Call::Succeed(ProviderReply reply) {
  const AttemptRecord& attempt = record_.attempts.back();
  record_.attempts.back().finish = ToString(reply.finish);
  Event event;
  event.kind = Event::Kind::kReply;
  event.reply.text = std::move(reply.text);
  event.reply.tool_calls = std::move(reply.tool_calls);
  event.reply.finish = reply.finish;
  event.reply.usage = reply.usage;
  event.reply.cost = {record_.cost_pico};
  event.reply.call_id = record_.call_id;
  event.reply.route = record_.route;
  event.reply.model = attempt.model;
  event.reply.response_model = attempt.response_model;
  event.reply.provider = attempt.provider;
  event.reply.left_out = std::move(left_out_);
  event.reply.attempts = record_.attempts;
  Record(ErrorClass::kNone);
  handler_(std::move(event));
}

void Call::Fail(ErrorClass error_class, std::string context) {
  Event event;
  event.kind = Event::Kind::kError;
  event.error = {error_class, fmt::format("{} (call {})", context, record_.call_id)};
  Record(error_class);
  handler_(std::move(event));
}

void Call::Record(ErrorClass outcome) {
  done_ = true;
  record_.outcome = outcome;
  record_.duration_us = SteadyUs() - begun_us_;
  if (context_.store != nullptr) context_.store->Append(std::move(record_));
}

std::string Call::Summary() const {
  std::string text =
      fmt::format("{} attempt{}", record_.attempts.size(), record_.attempts.size() == 1 ? "" : "s");
  for (const AttemptRecord& attempt : record_.attempts) {
    text += fmt::format("{} {} {}", attempt.number == 0 ? ":" : ",", attempt.model,
                        ToString(attempt.error_class));
    if (attempt.http_status != 0) text += fmt::format(" ({})", attempt.http_status);
  }
  return text;
}

void Call::Cancel() {
  if (cancelled_.exchange(true)) return;
  context_.http->Cancel(transfer_.load());
  context_.http->After(0, [self = shared_from_this()] {
    if (!self->done_ && self->record_.attempts.back().error_class != ErrorClass::kNone) {
      self->Fail(ErrorClass::kCancelled, "cancelled by the caller");  // it waited to retry
    }
  });
}

}  // namespace mlp::engine
