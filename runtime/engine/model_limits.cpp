#include "runtime/engine/model_limits.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "runtime/core/wide.hpp"
#include "runtime/engine/rate_limiter.hpp"
#include "runtime/engine/rate_window.hpp"
#include "runtime/transport/rate_headers.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::uint64_t kPpm = 1'000'000;
constexpr std::int64_t kKeptPart = 10;  // what low priority leaves of a limit: a tenth

/// One dimension of a limit: the limiter, and how much of it the last minute used.
struct Measure {
  Measure(std::int64_t units_per_minute, std::uint32_t slow_at_ppm)
      : per_minute(units_per_minute),
        limiter({.count = per_minute, .period_us = kMinuteUs, .burst = 0}),
        slow_at(per_minute <= 0 || slow_at_ppm >= kPpm
                    ? INT64_MAX
                    : static_cast<std::int64_t>(UInt128{static_cast<std::uint64_t>(per_minute)} *
                                                slow_at_ppm / kPpm)) {}

  [[nodiscard]] bool Slow(std::int64_t now_us) const noexcept {
    return slow_at != INT64_MAX && window.Sum(now_us) >= slow_at;
  }
  [[nodiscard]] std::int64_t Kept(Priority priority) const noexcept {
    return priority == Priority::kLow ? (per_minute + kKeptPart - 1) / kKeptPart : 0;
  }
  void Add(std::int64_t units, std::int64_t now_us) noexcept {
    if (slow_at != INT64_MAX) window.Add(units, now_us);
  }

  /// Begins with what another limit of the same units counted as used.
  void Continue(const Measure& before, std::int64_t now_us) noexcept {
    limiter.Continue(before.limiter, now_us);
    Add(before.window.Sum(now_us), now_us);
  }

  const std::int64_t per_minute;
  RateLimiter limiter;
  RateWindow window;
  const std::int64_t slow_at;
};

std::int64_t UsedTokens(const ProviderReply& reply, bool free_cache_reads) noexcept {
  const Usage& usage = reply.usage;
  return usage.prompt() + usage.completion() - (free_cache_reads ? usage.cache_read : 0);
}

}  // namespace

struct ModelLimits::Bucket {
  Bucket(const Model& model, std::string_view provider_name)
      : provider(provider_name),
        id(model.id),
        slow_at_ppm(model.slow_at_ppm),
        requests(model.requests_per_minute, model.slow_at_ppm),
        tokens(model.tokens_per_minute, model.slow_at_ppm) {}
  const std::string provider;
  const std::string id;
  const std::uint32_t slow_at_ppm;
  Measure requests;
  Measure tokens;
};

std::shared_ptr<ModelLimits::Bucket> ModelLimits::Continue(const Model& model,
                                                           std::string_view provider,
                                                           std::int64_t now_us) const {
  std::shared_ptr<Bucket> made;
  for (const std::shared_ptr<Bucket>& bucket : buckets_) {
    if (bucket->provider != provider || bucket->id != model.id) continue;
    if (bucket->requests.per_minute == model.requests_per_minute &&
        bucket->tokens.per_minute == model.tokens_per_minute &&
        bucket->slow_at_ppm == model.slow_at_ppm) {
      return bucket;
    }
    if (made != nullptr) continue;
    made = std::make_shared<Bucket>(model, provider);
    made->requests.Continue(bucket->requests, now_us);
    made->tokens.Continue(bucket->tokens, now_us);
  }
  return made;
}

ModelLimits::ModelLimits(const Tables& tables, const ModelLimits* before, std::int64_t now_us,
                         std::int64_t most_pause_ms)
    : most_pause_ms_(most_pause_ms) {
  using Key = std::tuple<std::uint16_t, std::string_view, std::int64_t, std::int64_t>;
  std::map<Key, Bucket*> known;
  for (const Model& model : tables.models) {
    // Anthropic does not count what is read from its cache.
    free_cache_reads_.push_back(tables.providers[model.provider].protocol == Protocol::kAnthropic);
    if (model.requests_per_minute <= 0 && model.tokens_per_minute <= 0) {
      by_model_.push_back(nullptr);
      continue;
    }
    Bucket*& bucket =
        known[{model.provider, model.id, model.requests_per_minute, model.tokens_per_minute}];
    if (bucket == nullptr) {
      const std::string_view provider = tables.providers[model.provider].name;
      std::shared_ptr<Bucket> taken =
          before == nullptr ? nullptr : before->Continue(model, provider, now_us);
      if (taken == nullptr) taken = std::make_shared<Bucket>(model, provider);
      bucket = buckets_.emplace_back(std::move(taken)).get();
    }
    by_model_.push_back(bucket);
  }
}

ModelLimits::~ModelLimits() = default;

ModelLimits::Ticket ModelLimits::Take(std::uint16_t model, std::int64_t tokens, bool has_others,
                                      Priority priority, std::int64_t now_us) noexcept {
  Bucket* const bucket = by_model_[model];
  if (bucket == nullptr) return {};
  if (priority != Priority::kHigh && has_others &&
      (bucket->requests.Slow(now_us) || bucket->tokens.Slow(now_us))) {
    return {.granted = false, .refused_by = "nearly at its limit", .slow = true};
  }
  RateLimiter::Answer answer =
      bucket->requests.limiter.Take(1, now_us, bucket->requests.Kept(priority));
  if (!answer.allowed) {
    return {.granted = false,
            .wait_us = answer.retry_after_us,
            .refused_by = "limit of requests per minute"};
  }
  answer = bucket->tokens.limiter.Take(tokens, now_us, bucket->tokens.Kept(priority));
  if (!answer.allowed) {
    bucket->requests.limiter.GiveBack(1);
    return {.granted = false,
            .wait_us = answer.retry_after_us,
            .refused_by = answer.retry_after_us == INT64_MAX
                              ? std::string_view("more than the limit of tokens per minute")
                              : std::string_view("limit of tokens per minute")};
  }
  bucket->requests.Add(1, now_us);
  bucket->tokens.Add(tokens, now_us);
  return {.tokens = tokens};
}

void ModelLimits::GiveBack(std::uint16_t model, const Ticket& ticket,
                           std::int64_t now_us) noexcept {
  Bucket* const bucket = by_model_[model];
  if (bucket == nullptr || !ticket.granted) return;
  bucket->requests.limiter.GiveBack(1);
  bucket->requests.Add(-1, now_us);
  bucket->tokens.limiter.GiveBack(ticket.tokens);
  bucket->tokens.Add(-ticket.tokens, now_us);
}

void ModelLimits::Settle(std::uint16_t model, const Ticket& ticket, const ExchangeEnd& end,
                         bool one_key, std::int64_t now_us) noexcept {
  const ProviderReply& reply = end.reply;
  Bucket* const bucket = by_model_[model];
  if (bucket == nullptr) return;
  if (!end.response.sent) {
    GiveBack(model, ticket, now_us);
    return;
  }
  std::int64_t used = ticket.tokens;
  if (CountsAreFinal(end)) {
    used = UsedTokens(reply, free_cache_reads_[model]);
  } else if (end.response.status >= 300) {
    used = 0;  // refused as a whole
  }
  if (used < ticket.tokens) bucket->tokens.limiter.GiveBack(ticket.tokens - used);
  if (used > ticket.tokens) bucket->tokens.limiter.Charge(used - ticket.tokens, now_us);
  bucket->tokens.Add(used - ticket.tokens, now_us);
  if (!one_key) return;

  const transport::RateHeaders left = transport::ReadRateHeaders(end.response);
  if (left.requests_left) bucket->requests.limiter.AtMost(*left.requests_left, now_us);
  if (left.tokens_left) bucket->tokens.limiter.AtMost(*left.tokens_left, now_us);
  if (reply.error_class == ErrorClass::kRateLimited && reply.retry_after_ms > 0 &&
      !reply.never_fits) {
    const std::int64_t pause_ms = std::min(reply.retry_after_ms, most_pause_ms_);
    bucket->requests.limiter.NotBefore(now_us + pause_ms * 1'000);
  }
}

}  // namespace mlp::engine
