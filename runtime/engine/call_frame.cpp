#include "runtime/engine/call_frame.hpp"

#include <algorithm>
#include <utility>

#include "mlp/cost.hpp"
#include "runtime/engine/clock.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

/// The longest time that is counted, ten years: sums of such times with instants fit.
constexpr std::int64_t kLongestMs = 10LL * 366 * 24 * 3'600 * 1'000;

/// The shorter of two times of which 0 means none.
std::int64_t Earliest(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return a + b;
  return std::min(a, b);
}

}  // namespace

CallFrame::CallFrame(CallContext shared, const RequestView& request, const Prompt& asked,
                     const CallOptions& wishes, std::uint64_t seed, std::uint16_t judged)
    : context(std::move(shared)),
      state(*context.state),
      tables(state.tables()),
      codes(request.codes.begin(), request.codes.end()),
      text_store(request.texts.begin(), request.texts.end()),
      texts(text_store.begin(), text_store.end()),
      sets(request.sets.begin(), request.sets.end()),
      prompt(asked),
      options(wishes),
      judges_for(judged),
      random(seed) {}

void CallFrame::LimitTimeAndCost() {
  const std::int64_t deadline_ms = Earliest(route().deadline_ms, options.deadline_ms);
  if (deadline_ms < 0 || options.attempt_ms < 0) {
    deadline_us = begun_us;
  } else if (deadline_ms > 0) {
    deadline_us = begun_us + std::min(deadline_ms, kLongestMs) * kMicrosPerMilli;
  }
  bound_pico = route().call_bound.pico_usd;
  if (options.most_cost) bound_pico = std::min(bound_pico, options.most_cost->pico_usd);
}

std::int64_t CallFrame::RemainingMs() const {
  if (deadline_us == INT64_MAX) return INT64_MAX;
  return (deadline_us - SteadyUs()) / kMicrosPerMilli;
}

std::int64_t CallFrame::AttemptMs(std::uint16_t model) const {
  const std::int64_t own = Earliest(route().attempt_ms, options.attempt_ms);
  return std::min(Earliest(own, tables.providers[tables.models[model].provider].total_ms),
                  kLongestMs);
}

std::int64_t CallFrame::InputTokens() const {
  return tables.input_code == kNone16 ? 0 : codes[tables.input_code];
}

bool CallFrame::Affordable(const Candidate& candidate, std::int64_t& most_pico) const {
  Row row{};
  row.model = candidate.model;
  row.endpoint = candidate.endpoint;
  // Vectors have no output.
  const bool chats = tables.models[candidate.model].dimension == 0;
  most_pico = AttemptCostPico(tables, row, WallUs() / kMicrosPerSecond, InputTokens(),
                              chats ? decision.output_tokens : 0, chats && route().caches_prompts);
  if (bound_pico == INT64_MAX) return true;
  if (most_pico < 0) return false;
  std::optional<Money> total = CheckedAdd({billed_pico}, {under_way_pico});
  if (total) total = CheckedAdd(*total, {most_pico});
  return total && total->pico_usd <= bound_pico;
}

}  // namespace mlp::engine
