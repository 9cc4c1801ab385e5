#include "runtime/engine/observe/log_lines.hpp"

#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/core/sha256.hpp"

namespace mlp::engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostTextBytes = std::size_t{64} << 10;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

/// RFC 3339 in UTC, to the millisecond.
std::string Instant(std::int64_t at_us) {
  const std::chrono::microseconds since_epoch(at_us);
  const auto day = std::chrono::floor<std::chrono::days>(since_epoch);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss time(
      std::chrono::floor<std::chrono::milliseconds>(since_epoch - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::string Write(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Head(std::string_view event, LogLevel level, std::int64_t at_us) {
  return {{"at", Instant(at_us)}, {"level", ToString(level)}, {"event", event}};
}

Json Attempts(const std::vector<AttemptRecord>& made, const Secrets& secrets) {
  Json attempts = Json::array();
  for (const AttemptRecord& attempt : made) {
    Json one = {{"kind", ToString(attempt.kind)},
                {"provider", attempt.provider},
                {"model", attempt.model},
                {"outcome", ToString(attempt.error_class)},
                {"latencyUs", attempt.latency_us}};
    if (attempt.http_status != 0) one["status"] = attempt.http_status;
    if (!attempt.error_type.empty()) one["errorType"] = secrets.Redact(attempt.error_type);
    if (!attempt.error_code.empty()) one["errorCode"] = secrets.Redact(attempt.error_code);
    if (!attempt.rule.empty()) one["rule"] = attempt.rule;
    if (!attempt.request_id.empty()) one["requestId"] = secrets.Redact(attempt.request_id);
    attempts.push_back(std::move(one));
  }
  return attempts;
}

Json Turns(const Prompt& prompt, const Secrets& secrets) {
  Json turns = Json::array();
  for (const Message& message : prompt.messages) {
    std::string text;
    for (const Part& part : message.parts) {
      if (!text.empty()) text += '\n';
      text += part.kind == PartKind::kText ? part.data : "[" + part.media_type + "]";
    }
    turns.push_back({{"role", message.role}, {"text", secrets.Redact(text, kMostTextBytes)}});
  }
  return turns;
}

Json Described(const AlertNotice& notice) {
  Json json = {{"id", notice.id},
               {"policy", notice.policy},
               {"policyVersion", notice.policy_version},
               {"alert", notice.alert},
               {"source", ToString(notice.source)},
               {"subject", notice.subject},
               {"state", notice.raised ? "raised" : "cleared"},
               {"message", notice.message}};
  if (!notice.value.empty()) json["valueHash"] = HashedValue(notice.value);
  return json;
}

std::string_view NameOf(BudgetAction action) {
  switch (action) {
    case BudgetAction::kAlert:
      return "alert";
    case BudgetAction::kPreferCheapest:
      return "prefer cheapest";
    case BudgetAction::kOnly:
      return "only";
    case BudgetAction::kDeny:
      return "deny";
  }
  return {};
}

}  // namespace

std::string HashedValue(std::string_view value) {
  return value.empty() ? std::string() : ToHex(Sha256(value)).substr(0, 16);
}

std::string CallLine(const CallEnd& end, LogLevel level, bool texts, const Secrets& secrets) {
  const CallRecord& record = end.record;
  Json line = Head("call", level, record.started_us + record.duration_us);
  line["call"] = record.call_id;
  if (!record.trace_id.empty()) line["trace"] = record.trace_id;
  line["policy"] = record.policy;
  line["route"] = record.route;
  line["outcome"] = ToString(record.outcome);
  line["durationUs"] = record.duration_us;
  line["cost"] = ToString(Money{record.cost_pico});
  if (!record.request.empty()) line["request"] = secrets.Redact(record.request, kMostTextBytes);
  if (!record.arms.empty()) line["arms"] = record.arms;
  if (!record.skipped.empty()) line["skipped"] = record.skipped;
  if (!end.context.empty()) line["message"] = secrets.Redact(end.context, kMostTextBytes);
  line["attempts"] = Attempts(record.attempts, secrets);
  if (!record.lookups.empty()) line["lookups"] = Attempts(record.lookups, secrets);
  if (texts) {
    line["prompt"] = Turns(end.prompt, secrets);
    line["reply"] = secrets.Redact(end.reply, kMostTextBytes);
  }
  return Write(line);
}

std::string AlertLine(const AlertNotice& notice, const Secrets& secrets) {
  const LogLevel level = notice.raised ? LogLevel::kWarning : LogLevel::kInfo;
  Json line = Head("alert", level, notice.at_us);
  line.update(Described(notice));
  line["message"] = secrets.Redact(notice.message, kMostTextBytes);
  return Write(line);
}

std::string BudgetLine(const BudgetNotice& notice, std::int64_t at_us) {
  Json line = Head("budget", LogLevel::kWarning, at_us);
  line["budget"] = notice.budget;
  if (!notice.value.empty()) line["valueHash"] = HashedValue(notice.value);
  line["atPpm"] = notice.at_ppm;
  line["action"] = NameOf(notice.action);
  line["period"] = notice.month ? "month" : "day";
  line["used"] = ToString(notice.used);
  line["limit"] = ToString(notice.limit);
  line["resets"] = Instant(notice.resets_s * kMicrosPerSecond);
  return Write(line);
}

std::string RolloutLine(const RolloutNews& news, std::int64_t at_us) {
  const bool back = news.transition.change == RolloutChange::kRolledBack;
  Json line = Head("rollout", back ? LogLevel::kWarning : LogLevel::kInfo, at_us);
  line["rollout"] = news.rollout;
  line["change"] = ToString(news.transition.change);
  line["fromPpm"] = news.transition.from_ppm;
  line["toPpm"] = news.transition.to_ppm;
  line["because"] = news.transition.because;
  return Write(line);
}

std::string BreakerLine(std::string_view kind, std::string_view name, const BreakerHealth& breaker,
                        std::int64_t at_us) {
  const bool closed = breaker.state == BreakerState::kClosed;
  Json line = Head("breaker", closed ? LogLevel::kInfo : LogLevel::kWarning, at_us);
  line[std::string(kind)] = name;
  line["state"] = ToString(breaker.state);
  if (!closed) line["why"] = breaker.why;
  if (breaker.open_until_us != 0) line["until"] = Instant(breaker.open_until_us);
  return Write(line);
}

std::string WebhookBody(const AlertNotice& notice) {
  Json body = {{"version", 1}};
  body.update(Described(notice));
  body["at"] = Instant(notice.at_us);
  return Write(body);
}

}  // namespace mlp::engine
