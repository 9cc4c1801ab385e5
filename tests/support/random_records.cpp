#include "tests/support/random_records.hpp"

#include <array>
#include <sstream>
#include <string_view>

namespace mlp {
namespace {

struct ModelFacts {
  const char* name;
  const char* id;
  const char* provider;
  std::int64_t input_pico;  // per token
  std::int64_t output_pico;
};

constexpr std::array kModels = std::to_array<ModelFacts>({
    {"swift-small", "swift-small-2026-05-01", "northwind", 250'000, 2'000'000},
    {"swift-large", "swift-large-2026-05-01", "northwind", 3'000'000, 15'000'000},
    {"heron-mini", "heron-mini-20260312", "lakeside", 150'000, 600'000},
    {"heron-pro", "heron-pro-20260312", "lakeside", 1'250'000, 10'000'000},
    {"local-8b", "local:8b-q4", "cellar", 0, 0},
});
constexpr std::array<const char*, 4> kRoutes{"chat", "extract", "long-context", "batch-summaries"};

std::string_view YesNo(bool value) { return value ? "yes" : "no"; }

}  // namespace

std::string RandomRecords::Hex(int digits) {
  std::string text;
  for (int i = 0; i < digits; ++i) text += "0123456789abcdef"[Number(16)];
  return text;
}

std::string RandomRecords::Word() {
  constexpr std::array<const char*, 10> kPieces{
      "",     "a",   "rate_limit", "größe", "模型", "🦉", "e\u0301", "'; DROP TABLE calls;--",
      "\n\t", "\\\""};
  std::string text = kPieces[Number(kPieces.size())];
  while (Number(2) == 0) text += kPieces[Number(kPieces.size())];
  return text;
}

AttemptRecord RandomRecords::PlausibleAttempt(std::uint32_t number, AttemptKind kind,
                                              std::size_t model) {
  const ModelFacts& facts = kModels[model];
  AttemptRecord attempt;
  attempt.number = number;
  attempt.kind = kind;
  attempt.provider = facts.provider;
  attempt.model = facts.name;
  attempt.model_id = facts.id;
  attempt.response_model = facts.id;
  attempt.endpoint = model % 2 == 0 ? "eu" : "us";
  attempt.started_us = now_us_;
  attempt.latency_us = 200'000 + static_cast<std::int64_t>(Number(1'000) * Number(9'000));
  attempt.reserved_pico = 50'000'000'000;
  attempt.priced = model != 4;
  if (Number(10) == 0) {
    constexpr std::array kErrors{ErrorClass::kRateLimited, ErrorClass::kOverloaded,
                                 ErrorClass::kTimeout, ErrorClass::kServerError};
    attempt.error_class = kErrors[Number(kErrors.size())];
    attempt.http_status = attempt.error_class == ErrorClass::kRateLimited ? 429 : 500;
    attempt.error_type = "api_error";
    attempt.rule = "status";
    return attempt;
  }
  attempt.http_status = 200;
  attempt.request_id = "req_" + Hex(20);
  attempt.finish = "stop";
  attempt.first_byte_us = attempt.latency_us / 4;
  attempt.usage.input = static_cast<std::int64_t>(Number(8'000));
  attempt.usage.cache_read = Number(3) == 0 ? static_cast<std::int64_t>(Number(20'000)) : 0;
  attempt.usage.output = static_cast<std::int64_t>(Number(2'000));
  attempt.usage.reasoning = Number(4) == 0 ? static_cast<std::int64_t>(Number(4'000)) : 0;
  attempt.usage.reported = Number(50) != 0;
  attempt.usage.verified = attempt.usage.reported && Number(40) != 0;
  attempt.cost_pico =
      attempt.usage.prompt() * facts.input_pico + attempt.usage.completion() * facts.output_pico;
  return attempt;
}

CallRecord RandomRecords::Plausible() {
  now_us_ += static_cast<std::int64_t>(Number(20'000));
  CallRecord call;
  call.call_id = Hex(32);
  call.started_us = now_us_;
  call.policy = "support";
  call.policy_version = "1.4.0";
  call.policy_hash = std::string(64, '7');
  const std::size_t route = Number(kRoutes.size());
  call.route = kRoutes[route];
  call.request = "task=codegen tier=gold input=" + std::to_string(Number(200'000));
  call.arms = Number(20) == 0 ? "swift-upgrade:canary" : "swift-upgrade:stable";
  call.unit_hash = random_();
  if (call.unit_hash % 50 == 0) call.skipped = "swift:breaker";
  call.decide_ns = 40 + static_cast<std::int64_t>(Number(200));
  std::size_t model = route;
  AttemptKind kind = AttemptKind::kFirst;
  for (std::uint32_t number = 0; number < 3; ++number) {
    call.attempts.push_back(PlausibleAttempt(number, kind, model));
    const AttemptRecord& last = call.attempts.back();
    call.duration_us += last.latency_us;
    call.cost_pico += last.cost_pico;
    call.outcome = last.error_class;
    if (last.error_class == ErrorClass::kNone) break;
    kind = Number(2) == 0 ? AttemptKind::kRetry : AttemptKind::kFallback;
    if (kind == AttemptKind::kFallback) model = (model + 1) % kModels.size();
  }
  if (call.unit_hash % 10 == 3) {
    call.cache = CacheUse::kHit;
    call.attempts.clear();
    call.cost_pico = 0;
    call.outcome = ErrorClass::kNone;
  } else if (call.unit_hash % 10 == 4) {
    call.cache = CacheUse::kMiss;
  }
  return call;
}

AttemptRecord RandomRecords::WildAttempt() {
  AttemptRecord attempt;
  attempt.number = static_cast<std::uint32_t>(Any());
  attempt.kind = static_cast<AttemptKind>(Number(4));
  for (std::string* text :
       {&attempt.provider, &attempt.model, &attempt.model_id, &attempt.response_model,
        &attempt.endpoint, &attempt.rollout, &attempt.error_type, &attempt.error_code,
        &attempt.rule, &attempt.request_id, &attempt.finish}) {
    *text = Word();
  }
  attempt.step = static_cast<std::uint32_t>(Any());
  attempt.error_class = static_cast<ErrorClass>(Number(kErrorClassCount));
  attempt.http_status = static_cast<int>(Any());
  Usage& usage = attempt.usage;
  for (std::int64_t* number :
       {&usage.input, &usage.cache_read, &usage.cache_write, &usage.cache_write_long, &usage.output,
        &usage.reasoning, &usage.stated_cost_pico, &attempt.cost_pico, &attempt.reserved_pico,
        &attempt.started_us, &attempt.latency_us, &attempt.first_byte_us, &attempt.waited_us,
        &attempt.retry_after_ms}) {
    *number = Any();
  }
  attempt.quality_ppm = static_cast<std::int32_t>(Any());
  usage.reported = Number(2) == 0;
  usage.verified = Number(2) == 0;
  attempt.priced = Number(2) == 0;
  return attempt;
}

CallRecord RandomRecords::Wild() {
  CallRecord call;
  for (std::string* text :
       {&call.call_id, &call.policy, &call.policy_version, &call.policy_hash, &call.route,
        &call.request, &call.arms, &call.skipped, &call.trace_id}) {
    *text = Word();
  }
  call.started_us = Any() >> 1;
  call.duration_us = Any();
  call.unit_hash = random_();
  call.outcome = static_cast<ErrorClass>(Number(kErrorClassCount));
  call.cost_pico = Any();
  call.decide_ns = Any();
  call.cache = static_cast<CacheUse>(Number(4));
  for (std::uint64_t i = Number(6); i > 0; --i) call.attempts.push_back(WildAttempt());
  return call;
}

std::string Dump(const CallRecord& call) {
  std::ostringstream out;
  out << "call " << call.call_id << '|' << call.started_us << '|' << call.duration_us << '|'
      << call.policy << '|' << call.policy_version << '|' << call.policy_hash << '|' << call.route
      << '|' << call.request << '|' << call.arms << '|' << call.unit_hash << '|'
      << ToString(call.outcome) << '|' << call.cost_pico << '|' << call.decide_ns << '|'
      << call.skipped << '|' << call.trace_id << '|' << ToString(call.cache) << '\n';
  for (const AttemptRecord& a : call.attempts) {
    const Usage& u = a.usage;
    out << "  attempt " << a.number << '|' << ToString(a.kind) << '|' << a.provider << '|'
        << a.model << '|' << a.model_id << '|' << a.response_model << '|' << a.endpoint << '|'
        << a.rollout << '|' << a.step << '|' << ToString(a.error_class) << '|' << a.http_status
        << '|' << a.error_type << '|' << a.error_code << '|' << a.rule << '|' << a.request_id << '|'
        << a.finish << '|' << u.input << '|' << u.cache_read << '|' << u.cache_write << '|'
        << u.cache_write_long << '|' << u.output << '|' << u.reasoning << '|' << YesNo(u.reported)
        << '|' << YesNo(u.verified) << '|' << u.stated_cost_pico << '|' << a.cost_pico << '|'
        << YesNo(a.priced) << '|' << a.reserved_pico << '|' << a.started_us << '|' << a.latency_us
        << '|' << a.first_byte_us << '|' << a.waited_us << '|' << a.retry_after_ms << '|'
        << a.quality_ppm << '\n';
  }
  return out.str();
}

}  // namespace mlp
