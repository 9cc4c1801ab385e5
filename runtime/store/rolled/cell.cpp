#include "runtime/store/rolled/cell.hpp"

#include <algorithm>

#include "runtime/core/call_answer.hpp"
#include "runtime/core/metrics/call_cells.hpp"
#include "runtime/core/usage_sums.hpp"

namespace mlp {
namespace {

void AddWrapping(std::int64_t& sum, std::int64_t value) noexcept {
  sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) +
                                  static_cast<std::uint64_t>(value));
}

RolledCell& AttemptCell(const CallRecord& call, const AttemptRecord& attempt, RolledCells& cells) {
  return cells[{CellKind::kAttempts, call.policy, {call.route, attempt.provider, attempt.model}}];
}

void AddAttempt(const AttemptRecord& attempt, RolledCell& to) {
  const bool succeeded = attempt.error_class == ErrorClass::kNone;
  ++to.attempts;
  ++to.ends[IndexOf(attempt.error_class)];
  if (attempt.kind == AttemptKind::kRetry) ++to.retries;
  if (attempt.kind == AttemptKind::kHedge) ++to.hedges;
  if (succeeded) {
    ++to.succeeded;
    to.latency.Add(attempt.latency_us);
    if (attempt.first_byte_us >= 0) to.first_byte.Add(attempt.first_byte_us);
    if (!attempt.usage.reported) ++to.unreported;
  }
  Usage usage = attempt.usage;
  BoundTokens(usage);
  AddWrapping(to.input, usage.input);
  AddWrapping(to.cache_read, usage.cache_read);
  AddWrapping(to.cache_write, usage.cache_write);
  AddWrapping(to.cache_write_long, usage.cache_write_long);
  AddWrapping(to.output, usage.output);
  AddWrapping(to.reasoning, usage.reasoning);
  to.cost.Add(Money{attempt.cost_pico});
  if (!attempt.priced) ++to.unpriced;
  if (attempt.usage.reported && !attempt.usage.verified) ++to.unverified;
  if (attempt.quality_ppm >= 0) {
    ++to.scored;
    AddWrapping(to.quality_ppm, attempt.quality_ppm);
  }
}

void AddToModels(const CallRecord& call, const AttemptRecord* answer, RolledCells& cells) {
  for (std::size_t i = 0; i < call.attempts.size(); ++i) {
    const AttemptRecord& attempt = call.attempts[i];
    RolledCell& cell = AttemptCell(call, attempt, cells);
    AddAttempt(attempt, cell);
    const auto earlier = call.attempts.begin() + static_cast<std::ptrdiff_t>(i);
    const bool tried_before =
        std::any_of(call.attempts.begin(), earlier,
                    [&](const AttemptRecord& one) { return one.model == attempt.model; });
    if (!tried_before) ++cell.calls;
  }
  for (const AttemptRecord& lookup : call.lookups) {
    RolledCell& cell =
        cells[{CellKind::kLookups, call.policy, {call.route, lookup.provider, lookup.model}}];
    AddAttempt(lookup, cell);
    ++cell.calls;
    if (lookup.error_class == ErrorClass::kNone) ++cell.answered;
  }
  if (answer == nullptr) return;
  ++AttemptCell(call, *answer, cells).answered;
  if (answer->model == call.attempts.front().model) return;
  ++AttemptCell(call, *answer, cells).took_over;
  ++AttemptCell(call, call.attempts.front(), cells).fallbacks;
}

void AddFlow(const CallRecord& call, const AttemptRecord* answer, RolledCells& cells) {
  if (call.attempts.empty()) return;
  const AttemptRecord& first = call.attempts.front();
  if (answer != nullptr && answer->model == first.model) return;
  ++cells[{CellKind::kFlow,
           call.policy,
           {first.model, answer == nullptr ? std::string() : answer->model,
            std::string(ToString(first.error_class))}}]
        .calls;
}

}  // namespace

void RolledCell::Merge(const RolledCell& other) {
  if (other.calls > 0) {
    first_us = calls == 0 ? other.first_us : std::min(first_us, other.first_us);
    last_us = calls == 0 ? other.last_us : std::max(last_us, other.last_us);
  }
  for (const RolledCounter& counter : kRolledCounters) {
    AddWrapping(this->*counter.field, other.*counter.field);
  }
  cost.Add(other.cost);
  latency.Merge(other.latency);
  first_byte.Merge(other.first_byte);
  for (std::size_t i = 0; i < ends.size(); ++i) ends[i] += other.ends[i];
}

void AddCall(const CallRecord& call, RolledCells& cells) {
  const AttemptRecord* answer = FindAnswer(call);
  const bool cached = IsFromCache(call);
  RolledCell& route = cells[{CellKind::kCalls, call.policy, {call.route, {}, {}}}];
  route.first_us = route.calls == 0 ? call.started_us : std::min(route.first_us, call.started_us);
  route.last_us = route.calls == 0 ? call.started_us : std::max(route.last_us, call.started_us);
  ++route.calls;
  ++route.ends[IndexOf(call.outcome)];
  if (call.cache != CacheUse::kNone) ++route.cache_asked;
  if (cached) ++route.cached;
  if (answer != nullptr || cached) {
    ++route.answered;
    route.latency.Add(call.duration_us);
  }
  if (answer != nullptr && answer->model != call.attempts.front().model) ++route.fallbacks;
  AddToModels(call, answer, cells);
  AddFlow(call, answer, cells);
  ForEachArm(call.arms, [&](std::string_view rollout, bool canary) {
    RolledCell& arm = cells[{
        CellKind::kArm, call.policy, {std::string(rollout), canary ? "canary" : "stable", {}}}];
    ++arm.calls;
    ++arm.ends[IndexOf(call.outcome)];
    if (answer != nullptr || cached) ++arm.answered;
    arm.cost.Add(Money{call.cost_pico});
  });
}

}  // namespace mlp
