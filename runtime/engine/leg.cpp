#include "runtime/engine/leg.hpp"

#include <algorithm>
#include <utility>

#include "mlp/cost.hpp"
#include "runtime/engine/attempt.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/health/fail_open.hpp"

namespace mlp::engine {
namespace {

constexpr std::string_view kStreaming = "streaming";
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
/// A lookup saves time where it finds something: it may not cost much where it does not.
constexpr std::int64_t kLookupMs = 1'000;

}  // namespace

bool Leg::Name(std::uint32_t candidate, AttemptKind kind, std::int64_t waited_us) {
  candidate_ = candidate;
  target_ = frame_.decision.candidates[candidate];
  abandoned_.store(false);
  pending_ = NameAttempt(frame_.tables, target_);
  pending_.kind = kind;
  pending_.waited_us = waited_us;
  return frame_.Affordable(target_, pending_.reserved_pico);
}

bool Leg::NameLookup(const Candidate& target, std::string text) {
  target_ = target;
  embeds_ = std::move(text);
  pending_ = NameAttempt(frame_.tables, target_);
  pending_.kind = AttemptKind::kVectors;
  return frame_.Affordable(target_, pending_.reserved_pico);
}

std::int64_t Leg::MostMs() const {
  const std::int64_t own = frame_.AttemptMs(target_.model);
  const std::int64_t remaining = std::max<std::int64_t>(frame_.RemainingMs(), 1);
  const std::int64_t most = own == 0 ? remaining : std::min(own, remaining);
  return embeds_ ? std::min(most, kLookupMs) : most;
}

Leg::Leave Leg::Admit(bool forced, bool has_others) {
  Health& health = frame_.state.health;
  access_ = frame_.state.providers.At(frame_.tables.endpoints[target_.endpoint]);
  if (access_.protocol == nullptr || access_.key_missing) return {};  // Send asks nobody
  lease_ = forced ? health.Force(target_.model, SteadyUs())
                  : health.Admit(target_.model, SteadyUs(), frame_.AttemptMs(target_.model));
  if (!lease_->ok()) {
    std::string why = DescribeRefusal(frame_.tables.models[target_.model], *lease_);
    lease_.reset();
    return {.kind = Leave::Kind::kLeftAlone, .why = std::move(why)};
  }
  const std::int64_t output =
      frame_.tables.output_code == kNone16 || embeds_ ? 0 : frame_.decision.output_tokens;
  const ModelLimits::Ticket ticket = slot_.TakeLimit(target_.model, frame_.InputTokens() + output,
                                                     has_others, frame_.options.priority);
  if (!ticket.granted) {
    ReturnLease();
    return {.kind = Leave::Kind::kLimited, .ticket = ticket};
  }
  if (slot_.MustHold(pending_.reserved_pico)) return {.kind = Leave::Kind::kMustHold};
  return {};
}

void Leg::AskBudgets(std::function<void(Budgets::Answer)> answered) {
  busy_ = true;
  slot_.Hold(pending_.reserved_pico, MostMs(), std::move(answered));
}

void Leg::Drop() {
  busy_ = false;
  slot_.Release();
  ReturnLease();
}

void Leg::ReturnLease() {
  if (lease_ && lease_->ok()) frame_.state.health.Return(*lease_, SteadyUs());
  lease_.reset();
}

void Leg::Refuse(const ProviderReply& reply) {
  busy_ = false;
  std::vector<AttemptRecord>& attempts = records();
  pending_.number = static_cast<std::uint32_t>(attempts.size());
  pending_.started_us = WallUs();
  NoteFailure(reply, pending_);
  index_ = attempts.size();
  attempts.push_back(std::move(pending_));
}

std::optional<ProviderReply> Leg::Send(bool in_pieces, Exchange::Listener listener) {
  const bool embeds = access_.protocol != nullptr && access_.protocol->embeds();
  if (access_.protocol == nullptr || access_.key_missing || (embeds_ && !embeds)) {
    ProviderReply reply;
    reply.error_class = access_.key_missing ? ErrorClass::kAuth : ErrorClass::kInvalidRequest;
    reply.rule = access_.key_missing           ? "no key in the environment"
                 : access_.protocol != nullptr ? "a protocol without embeddings"
                                               : "no such protocol registered";
    Refuse(reply);
    Tell(reply);
    return reply;
  }
  std::vector<AttemptRecord>& attempts = records();
  pending_.number = static_cast<std::uint32_t>(attempts.size());
  pending_.started_us = WallUs();
  index_ = attempts.size();
  under_way_pico_ = std::clamp<std::int64_t>(pending_.reserved_pico, 0, INT64_MAX / 4);
  frame_.under_way_pico += under_way_pico_;
  busy_ = true;
  attempts.push_back(std::move(pending_));

  const Model& model = frame_.tables.models[target_.model];
  const Provider& provider = frame_.tables.providers[model.provider];
  ExchangePlan plan{
      .protocol = access_.protocol,
      .wire = MakeWireCall(frame_.tables, frame_.decision, target_, access_, frame_.prompt),
      .headers = access_.headers,
      .span = frame_.prompt.trace_headers.empty() ? 0 : frame_.random(),
      .connect_ms = provider.connect_ms,
      .first_token_ms = provider.first_token_ms,
      .between_tokens_ms = provider.between_tokens_ms,
      .total_ms = MostMs()};
  plan.wire.stream = in_pieces && Can(frame_.tables, model, kStreaming);
  if (embeds_) plan.wire.embeds = &*embeds_;
  HttpExecutor& http = frame_.http();
  const std::uint64_t transfer = std::make_shared<Exchange>(plan, std::move(listener))->Send(http);
  std::uint64_t known =
      transfer_.load();  // a later attempt may have begun on the I/O thread already
  while (known < transfer && !transfer_.compare_exchange_weak(known, transfer)) {
  }
  if (frame_.cancelled.load() || abandoned_.load()) http.Cancel(transfer);
  return std::nullopt;
}

void Leg::Close(ExchangeEnd& end) {
  busy_ = false;
  ProviderReply& reply = end.reply;
  AttemptRecord& one = attempt();
  NoteReply(end.response, reply, one);
  Settle(reply);
  // Tokens that nobody counted were made, and are likely to be billed.
  if (end.broke_off && !reply.usage.reported) one.priced = false;
  if (reply.error_class == ErrorClass::kNone) {
    one.finish = ToString(reply.finish);
  } else {
    NoteFailure(reply, one);
  }
  frame_.under_way_pico -= under_way_pico_;
  frame_.billed_pico = CheckedAdd({frame_.billed_pico}, {BilledPico(end, one, under_way_pico_)})
                           .value_or(Money{INT64_MAX})
                           .pico_usd;
  const Providers& providers = frame_.state.providers;
  providers.Note(access_, reply);
  slot_.Ended(end, one, providers.key_count(access_.provider) < 2);
  Tell(reply);
}

void Leg::Settle(const ProviderReply& reply) {
  if (!reply.usage.reported) return;
  AttemptRecord& one = attempt();
  one.cost_pico = SettleCost(frame_.tables, target_.model, target_.endpoint,
                             one.started_us / kMicrosPerSecond, reply.usage, one.priced)
                      .pico_usd;
  CallRecord& record = frame_.record;
  record.cost_pico =
      CheckedAdd({record.cost_pico}, {one.cost_pico}).value_or(Money{INT64_MAX}).pico_usd;
}

void Leg::Tell(const ProviderReply& reply) {
  frame_.state.observer.keys().Count(access_.provider, access_.key_index, reply.error_class);
  if (!lease_) return;
  const AttemptRecord& one = attempt();
  const Health::End end{.error_class = one.error_class,
                        .retry_after_ms = reply.retry_after_ms,
                        .never_fits = reply.never_fits,
                        .of_one_key = HasOtherKey(reply.error_class),
                        .latency_us = one.latency_us,
                        .first_byte_us = one.first_byte_us,
                        .prompt_tokens = reply.usage.prompt(),
                        .output_tokens = reply.usage.completion()};
  frame_.state.health.Report(*lease_, end, SteadyUs());
  lease_.reset();
}

void Leg::Cancel() { frame_.http().Cancel(transfer_.load()); }

void Leg::Abandon() {
  abandoned_.store(true);
  Cancel();
}

}  // namespace mlp::engine
