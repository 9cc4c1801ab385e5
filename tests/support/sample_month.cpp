#include "tests/support/sample_month.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>

#include <fmt/format.h>

namespace mlp {
namespace {

struct SampleModel {
  const char* name;
  const char* provider;
  double input;  // dollars per million tokens
  double output;
  double median_ms;
};
enum ModelNumber : std::size_t { kSonnet45, kSonnet5, kGpt, kMini, kHaiku, kLlama };
constexpr std::array<SampleModel, 6> kModels = {{
    {"claude-sonnet-4-5", "anthropic", 3, 15, 2'400},
    {"claude-sonnet-5", "anthropic", 2, 10, 2'100},
    {"gpt-5-4", "openai", 2.5, 15, 2'800},
    {"gpt-5-4-mini", "openai", 0.75, 4.5, 900},
    {"claude-haiku-4-5", "anthropic", 1, 5, 800},
    {"llama3-1-8b", "ollama", 0, 0, 1'500},
}};

class Month {
 public:
  explicit Month(const SampleMonth& month) : month_(month), random_(month.seed) {}

  void Make(const std::function<void(CallRecord)>& visit) {
    for (int hour = 0; hour < month_.days * 24; ++hour) {
      const double expected = month_.calls_per_hour * Activity(hour);
      std::poisson_distribution<int> count(expected);
      std::vector<std::int64_t> starts(static_cast<std::size_t>(count(random_)));
      for (std::int64_t& start : starts) start = static_cast<std::int64_t>(Uniform() * 3.6e9);
      std::sort(starts.begin(), starts.end());
      for (const std::int64_t start : starts) {
        visit(Call(hour, (month_.start_s + std::int64_t{hour} * 3'600) * 1'000'000 + start));
      }
    }
  }

 private:
  double Uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  bool Chance(double share) { return Uniform() < share; }

  static double Activity(int hour) {
    const double of_day = hour % 24;
    const double bell = std::exp(-std::pow((of_day - 14.5) / 4.2, 2) / 2);
    const bool weekend = hour / 24 % 7 >= 5;
    return (0.08 + 0.92 * bell) * (weekend ? 0.35 : 1);
  }

  [[nodiscard]] double FailureShare(std::size_t model, int hour) const {
    const bool incident = hour >= 11 * 24 + 12 && hour < 11 * 24 + 19;
    if (incident && std::string(kModels[model].provider) == "anthropic") return 0.6;
    if (model == kSonnet5) return 0.035;
    return model == kLlama ? 0.002 : 0.009;
  }

  AttemptRecord Attempt(std::size_t model, int hour, double size, std::int64_t start_us) {
    const SampleModel& is = kModels[model];
    AttemptRecord attempt;
    attempt.model = attempt.model_id = attempt.response_model = is.name;
    attempt.provider = is.provider;
    attempt.started_us = start_us;
    std::lognormal_distribution<double> latency(std::log(is.median_ms), 0.55);
    attempt.latency_us = static_cast<std::int64_t>(latency(random_) * 1e3);
    if (Chance(FailureShare(model, hour))) {
      constexpr std::array kEnds = {ErrorClass::kOverloaded, ErrorClass::kOverloaded,
                                    ErrorClass::kTimeout, ErrorClass::kRateLimited,
                                    ErrorClass::kServerError};
      attempt.error_class = kEnds[random_() % kEnds.size()];
      if (attempt.error_class == ErrorClass::kTimeout) attempt.latency_us = 20'000'000;
      return attempt;
    }
    Usage& usage = attempt.usage;
    usage.reported = usage.verified = true;
    const auto prompt =
        static_cast<std::int64_t>(size * std::lognormal_distribution<double>(0, 0.5)(random_));
    usage.cache_read = Chance(0.4) ? prompt / 2 : 0;
    usage.input = prompt - usage.cache_read;
    usage.output = std::max<std::int64_t>(prompt / 6, 20);
    attempt.cost_pico = static_cast<std::int64_t>(
        (static_cast<double>(usage.input) + 0.1 * static_cast<double>(usage.cache_read)) *
            is.input * 1e6 +
        static_cast<double>(usage.output) * is.output * 1e6);
    attempt.first_byte_us = attempt.latency_us / 4;
    return attempt;
  }

  CallRecord Call(int hour, std::int64_t start_us) {
    CallRecord call;
    call.call_id = fmt::format("{:016x}{:016x}", random_(), random_());
    call.started_us = start_us;
    call.policy = "support";
    call.policy_version = "2.3.0";
    call.policy_hash = std::string(64, 'a');
    call.unit_hash = random_() % 4'000;
    call.decide_ns = 80;
    const double kind = Uniform();
    if (kind < 0.02) {
      call.route = "too-long";
      call.outcome = ErrorClass::kRefused;
      call.request =
          "task=summarize complexity=moderate tier=pro region=us input=150000 output=800";
      return call;
    }
    double size = 1'800;
    std::array<std::size_t, 3> chain = {kMini, kHaiku, kLlama};
    if (kind < 0.4) {
      call.route = "code";
      size = 7'000;
      const bool jump = hour >= 22 * 24 + 9 && hour < 22 * 24 + 15;
      if (jump) size *= 5;
      chain = {kSonnet45, kGpt, kHaiku};
      Arm(hour, call, chain[0]);
    } else if (kind < 0.6) {
      call.route = "free";
      chain = {kMini, kLlama, kHaiku};
    } else {
      call.route = "everything-else";
      call.cache = Chance(0.25 + 0.1 * std::sin(hour / 40.0)) ? CacheUse::kHit : CacheUse::kMiss;
      chain = {kHaiku, kLlama, kMini};
    }
    call.request = fmt::format(
        "task={} complexity=moderate tier={} region=us input={:.0f} output=800 temperature=1",
        call.route == "code" ? "codegen" : "summarize", call.route == "free" ? "free" : "pro",
        size);
    if (call.cache == CacheUse::kHit) {
      call.duration_us = 900;
      return call;
    }
    Try(call, chain, hour, size);
    return call;
  }

  void Arm(int hour, CallRecord& call, std::size_t& first) const {
    if (hour < 17 * 24) return;
    const std::uint64_t share = hour < 19 * 24 ? 1 : hour < 22 * 24 ? 5 : 25;
    const bool canary = call.unit_hash * 7'919 % 100 < share;
    call.arms = canary ? "sonnet-5:canary" : "sonnet-5:stable";
    if (canary) first = kSonnet5;
  }

  void Try(CallRecord& call, const std::array<std::size_t, 3>& chain, int hour, double size) {
    for (std::size_t i = 0; i < chain.size(); ++i) {
      AttemptRecord attempt = Attempt(chain[i], hour, size, call.started_us + call.duration_us);
      attempt.number = static_cast<std::uint32_t>(i);
      attempt.kind = i == 0 ? AttemptKind::kFirst : AttemptKind::kFallback;
      call.duration_us += attempt.latency_us;
      call.cost_pico += attempt.cost_pico;
      call.outcome = attempt.error_class;
      call.attempts.push_back(std::move(attempt));
      if (call.outcome == ErrorClass::kNone) return;
    }
  }

  SampleMonth month_;
  std::mt19937_64 random_;
};

}  // namespace

void MakeSampleMonth(const SampleMonth& month, const std::function<void(CallRecord)>& visit) {
  Month(month).Make(visit);
}

}  // namespace mlp
