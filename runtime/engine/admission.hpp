// What a call needs before each of its attempts may be sent, and gives back after: room in the
// model's rate limits, and money in the budgets that the request falls under.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "mlp/decide.hpp"
#include "mlp/policy.hpp"
#include "mlp/record.hpp"
#include "runtime/engine/budgets.hpp"
#include "runtime/engine/exchange.hpp"
#include "runtime/engine/model_limits.hpp"

namespace mlp::engine {

/// Of one call. Not thread-safe but for what it calls.
class Admission {
 public:
  /// Both outlive it.
  Admission(ModelLimits& limits, Budgets& budgets) : limits_(limits), budgets_(budgets) {}

  /// Asks the budgets that the request falls under, which is to be served: a denial in words ends
  /// the call.
  [[nodiscard]] std::optional<std::string> Enter(const RequestView& request);
  /// After Enter: they want the decision in another order.
  [[nodiscard]] bool prefers_cheapest() const noexcept { return standing_.prefers_cheapest; }
  /// After Enter: takes out the candidates that they forbid; kDenied where that leaves nobody.
  void Restrict(const RequestView& request, Decision& decision) const;
  /// The call ends since Restrict left nobody: in words.
  [[nodiscard]] std::string Denied(const Tables& tables, const Decision& decision);
  /// The call ends for want of money.
  void CountDenied() { budgets_.CountDenied(); }

  /// What one attempt took.
  class Slot {
   public:
    /// `call` outlives it.
    explicit Slot(Admission& call) : call_(call) {}

    /// Takes a request and so many tokens of the model's limits. Where they are refused nothing is
    /// taken.
    [[nodiscard]] ModelLimits::Ticket TakeLimit(std::uint16_t model, std::int64_t tokens,
                                                bool has_others, Priority priority);

    /// Whether money must be held for an attempt that may cost so much; -1: its price is not known.
    /// Where not, its end is booked all the same.
    [[nodiscard]] bool MustHold(std::int64_t amount_pico);
    /// Asks the budgets for it, for as long as the attempt may take; see Budgets::Reserve. One that
    /// goes is given to Held.
    void Hold(std::int64_t amount_pico, std::int64_t attempt_ms,
              std::function<void(Budgets::Answer)> answered);
    void Held(std::int64_t hold, std::int64_t amount_pico) {
      hold_ = hold;
      amount_pico_ = amount_pico;
      spends_ = true;
    }

    /// An attempt was sent and ended so; `attempt` has its cost.
    void Ended(const ExchangeEnd& end, const AttemptRecord& attempt, bool one_key);
    /// It was not sent after all.
    void Release();

   private:
    void Settle(std::int64_t actual_pico);

    Admission& call_;
    std::uint16_t model_ = kNone16;  ///< whose limits `ticket_` is of; kNone16: nothing is taken
    ModelLimits::Ticket ticket_;
    std::int64_t hold_ = 0;
    std::int64_t amount_pico_ = 0;
    bool spends_ = false;  ///< budgets are to be told of the attempt's cost
  };

 private:
  ModelLimits& limits_;
  Budgets& budgets_;
  Standing standing_;
};

/// What an attempt is taken to have cost: what the provider's usage comes to; nothing where the
/// request never left or was refused as a whole; the most that it could cost where it may have been
/// worked on and nobody said how much (a timeout, a cancellation, an answer without usage, a stream
/// that broke off, whatever usage it had stated so far).
[[nodiscard]] std::int64_t BilledPico(const ExchangeEnd& end, const AttemptRecord& attempt,
                                      std::int64_t most_pico) noexcept;

}  // namespace mlp::engine
