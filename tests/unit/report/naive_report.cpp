#include "tests/unit/report/naive_report.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace mlp {
namespace {

using Attempts = std::vector<AttemptRecord>;
using Samples = std::vector<std::int64_t>;

// By definition: the least sample that at least `percent` of all samples do not exceed.
std::int64_t NaiveQuantile(const Samples& samples, std::int64_t percent) {
  std::int64_t best = 0;
  bool found = false;
  for (const std::int64_t candidate : samples) {
    const auto below = std::count_if(samples.begin(), samples.end(),
                                     [&](std::int64_t each) { return each <= candidate; });
    const bool enough = below * 100 >= percent * static_cast<std::int64_t>(samples.size());
    if (enough && (!found || candidate < best)) {
      best = candidate;
      found = true;
    }
  }
  return best;
}

Quantiles NaiveQuantiles(const Samples& samples) {
  return {static_cast<std::int64_t>(samples.size()), NaiveQuantile(samples, 50),
          NaiveQuantile(samples, 95), NaiveQuantile(samples, 99)};
}

std::int64_t Count(const Attempts& attempts,
                   const std::function<bool(const AttemptRecord&)>& holds) {
  return std::count_if(attempts.begin(), attempts.end(), holds);
}

std::int64_t Sum(const Attempts& attempts, std::int64_t Usage::*field) {
  std::int64_t sum = 0;
  for (const AttemptRecord& attempt : attempts) sum += attempt.usage.*field;
  return sum;
}

bool Succeeded(const AttemptRecord& attempt) { return attempt.error_class == ErrorClass::kNone; }

// The model that answered, empty where none did (no model of the tests has an empty name).
std::string AnsweredBy(const CallRecord& call) {
  std::string model;
  for (const AttemptRecord& attempt : call.attempts) {
    if (Succeeded(attempt)) model = attempt.model;
  }
  return call.outcome == ErrorClass::kNone ? model : "";
}

// Everything that depends on a set of attempts alone.
ReportRow FromAttempts(const Attempts& attempts) {
  ReportRow row;
  row.attempts = static_cast<std::int64_t>(attempts.size());
  row.succeeded = Count(attempts, Succeeded);
  row.retries =
      Count(attempts, [](const AttemptRecord& a) { return a.kind == AttemptKind::kRetry; });
  row.hedges =
      Count(attempts, [](const AttemptRecord& a) { return a.kind == AttemptKind::kHedge; });
  row.unpriced = Count(attempts, [](const AttemptRecord& a) { return !a.priced; });
  row.unverified =
      Count(attempts, [](const AttemptRecord& a) { return a.usage.reported && !a.usage.verified; });
  row.unreported =
      Count(attempts, [](const AttemptRecord& a) { return Succeeded(a) && !a.usage.reported; });
  for (const auto field : {&Usage::input, &Usage::cache_read, &Usage::cache_write,
                           &Usage::cache_write_long, &Usage::output, &Usage::reasoning}) {
    row.tokens.*field = Sum(attempts, field);
  }
  Samples first_byte;
  for (const AttemptRecord& attempt : attempts) {
    row.cost.Add(Money{attempt.cost_pico});
    if (Succeeded(attempt) && attempt.first_byte_us >= 0) {
      first_byte.push_back(attempt.first_byte_us);
    }
  }
  row.first_byte = NaiveQuantiles(first_byte);
  return row;
}

}  // namespace

ReportRow NaiveRoute(const std::vector<CallRecord>& calls, const std::string& route) {
  Attempts attempts;
  Samples latency;
  ReportRow counts;
  for (const CallRecord& call : calls) {
    if (call.route != route) continue;
    attempts.insert(attempts.end(), call.attempts.begin(), call.attempts.end());
    ++counts.calls;
    ++counts.outcomes[static_cast<std::size_t>(call.outcome)];
    if (call.cache != CacheUse::kNone) ++counts.cache_asked;
    const bool given_again = call.cache == CacheUse::kHit || call.cache == CacheUse::kShared;
    if (given_again && call.attempts.empty() && call.outcome == ErrorClass::kNone) {
      ++counts.cached;
      ++counts.answered;
      latency.push_back(call.duration_us);
    }
    if (AnsweredBy(call).empty()) continue;
    ++counts.answered;
    latency.push_back(call.duration_us);
    if (AnsweredBy(call) != call.attempts[0].model) ++counts.fallbacks;
  }
  ReportRow row = FromAttempts(attempts);
  row.name = route;
  row.calls = counts.calls;
  row.answered = counts.answered;
  row.fallbacks = counts.fallbacks;
  row.cache_asked = counts.cache_asked;
  row.cached = counts.cached;
  row.outcomes = counts.outcomes;
  row.latency = NaiveQuantiles(latency);
  return row;
}

ReportRow NaiveModel(const std::vector<CallRecord>& calls, const std::string& model) {
  const auto of_model = [&model](const AttemptRecord& attempt) { return attempt.model == model; };
  Attempts attempts;
  ReportRow counts;
  for (const CallRecord& call : calls) {
    if (Count(call.attempts, of_model) == 0) continue;
    ++counts.calls;
    std::copy_if(call.attempts.begin(), call.attempts.end(), std::back_inserter(attempts),
                 of_model);
    const std::string answered_by = AnsweredBy(call);
    const bool first = call.attempts[0].model == model;
    if (answered_by == model) ++counts.answered;
    if (answered_by == model && !first) ++counts.took_over;
    if (answered_by != model && !answered_by.empty() && first) ++counts.fallbacks;
  }
  ReportRow row = FromAttempts(attempts);
  row.name = model;
  row.calls = counts.calls;
  row.answered = counts.answered;
  row.fallbacks = counts.fallbacks;
  row.took_over = counts.took_over;
  Samples latency;
  for (const AttemptRecord& attempt : attempts) {
    ++row.outcomes[static_cast<std::size_t>(attempt.error_class)];
    if (Succeeded(attempt)) latency.push_back(attempt.latency_us);
  }
  row.latency = NaiveQuantiles(latency);
  return row;
}

}  // namespace mlp
