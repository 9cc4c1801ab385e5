#include "runtime/engine/admission.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runtime/engine/clock.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMillisPerSecond = 1'000;
/// Beyond an attempt's own time, until its reservation counts as spent.
constexpr std::int64_t kGraceS = 60;

std::int64_t NowS() { return WallUs() / kMicrosPerSecond; }

}  // namespace

std::int64_t BilledPico(const ExchangeEnd& end, const AttemptRecord& attempt,
                        std::int64_t most_pico) noexcept {
  if (!end.response.sent) return 0;
  if (CountsAreFinal(end)) return attempt.cost_pico;
  return end.response.status >= 300 ? 0 : std::max(most_pico, attempt.cost_pico);
}

std::optional<std::string> Admission::Enter(const RequestView& request) {
  if (!budgets_.any()) return std::nullopt;
  standing_ = budgets_.StandingOf(request, NowS());
  if (standing_.denial) CountDenied();
  return standing_.denial;
}

void Admission::Restrict(const RequestView& request, Decision& decision) const {
  if (!standing_.only.empty()) budgets_.Restrict(standing_, request, NowS(), decision);
}

std::string Admission::Denied(const Tables& tables, const Decision& decision) {
  CountDenied();
  return fmt::format("{} leaves no candidate of route `{}`", standing_.restricted_by,
                     tables.routes[decision.route].name);
}

ModelLimits::Ticket Admission::Slot::TakeLimit(std::uint16_t model, std::int64_t tokens,
                                               bool has_others, Priority priority) {
  if (!call_.limits_.Has(model)) return {};
  const ModelLimits::Ticket ticket =
      call_.limits_.Take(model, tokens, has_others, priority, SteadyUs());
  if (ticket.granted) {
    model_ = model;
    ticket_ = ticket;
  }
  return ticket;
}

bool Admission::Slot::MustHold(std::int64_t amount_pico) {
  if (call_.standing_.accounts.empty()) return false;
  if (amount_pico < 0) call_.budgets_.CountUnpriced();
  if (amount_pico > 0) return true;
  Held(0, 0);  // what it costs in the end is booked all the same
  return false;
}

void Admission::Slot::Hold(std::int64_t amount_pico, std::int64_t attempt_ms,
                           std::function<void(Budgets::Answer)> answered) {
  const std::int64_t now_s = NowS();
  const std::int64_t lasts_s = attempt_ms / kMillisPerSecond + kGraceS;
  call_.budgets_.Reserve(call_.standing_, amount_pico, now_s, now_s + lasts_s, std::move(answered));
}

void Admission::Slot::Ended(const ExchangeEnd& end, const AttemptRecord& attempt, bool one_key) {
  if (model_ != kNone16) {
    call_.limits_.Settle(model_, ticket_, end, one_key, SteadyUs());
    model_ = kNone16;
  }
  Settle(BilledPico(end, attempt, amount_pico_));
}

void Admission::Slot::Release() {
  if (model_ != kNone16) call_.limits_.GiveBack(model_, ticket_, SteadyUs());
  model_ = kNone16;
  Settle(0);
}

void Admission::Slot::Settle(std::int64_t actual_pico) {
  if (!std::exchange(spends_, false)) return;
  call_.budgets_.Settle(call_.standing_, std::exchange(hold_, 0), actual_pico, NowS());
}

}  // namespace mlp::engine
