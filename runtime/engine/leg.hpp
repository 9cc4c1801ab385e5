// One attempt of a call, from asking whoever may hold it back to its end: what it takes of limits,
// budgets and breakers, and what it gives back.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "runtime/engine/admission.hpp"
#include "runtime/engine/call_frame.hpp"
#include "runtime/engine/exchange.hpp"

namespace mlp::engine {

/// Used for one attempt after another: Name, Admit, then Send and Close, or Drop. Touched where the
/// call runs, but for Cancel.
class Leg {
 public:
  /// Both outlive it.
  Leg(CallFrame& frame, Admission& admission) : frame_(frame), slot_(admission) {}

  /// The attempt that is to be made, not yet in the call's record. False where it could cost more
  /// than the call may.
  [[nodiscard]] bool Name(std::uint32_t candidate, AttemptKind kind, std::int64_t waited_us);
  /// Beside the chain: that the vector of `text` is asked for. False as above.
  [[nodiscard]] bool NameLookup(const Candidate& target, std::string text);

  /// Whether it may be sent.
  struct Leave {
    enum class Kind : std::uint8_t {
      kGranted,
      kLeftAlone,  ///< by breakers and throttles: `why`
      kLimited,    ///< by the model's own limit: `ticket`
      kMustHold,   ///< once AskBudgets has its answer
    };
    Kind kind = Kind::kGranted;
    std::string why = {};
    ModelLimits::Ticket ticket = {};
  };
  /// `forced`: breakers and throttles are not asked.
  [[nodiscard]] Leave Admit(bool forced, bool has_others);
  /// As Budgets::Reserve; the answer is given to Hold.
  void AskBudgets(std::function<void(Budgets::Answer)> answered);
  void Hold(const Budgets::Answer& answer) {
    if (answer.may_go) slot_.Held(answer.hold, pending_.reserved_pico);
  }
  /// It is not made after all.
  void Drop();

  /// Puts it into the call's record and on the wire; `listener` as Exchange has it. Where it cannot
  /// be sent at all the reply says so and nobody else is told.
  [[nodiscard]] std::optional<ProviderReply> Send(bool in_pieces, Exchange::Listener listener);
  /// Refused before it was sent: into the record with it.
  void Refuse(const ProviderReply& reply);
  /// What was taken is given back, and everybody told how it ended.
  void Close(ExchangeEnd& end);
  /// Ends the exchange where the call is cancelled. Thread-safe.
  void Cancel();
  /// The other one answers: this one is ended, whatever it waits for.
  void Abandon();

  /// It waits for the budgets' answer or for its own.
  [[nodiscard]] bool busy() const noexcept { return busy_; }
  [[nodiscard]] bool abandoned() const noexcept { return abandoned_.load(); }
  /// Its candidate has another place now.
  void MoveTo(std::uint32_t candidate) noexcept { candidate_ = candidate; }
  [[nodiscard]] std::uint32_t candidate() const noexcept { return candidate_; }
  [[nodiscard]] const AttemptRecord& pending() const noexcept { return pending_; }
  /// In the call's record, once it is there.
  [[nodiscard]] AttemptRecord& attempt() const noexcept { return records()[index_]; }
  [[nodiscard]] bool HasOtherKey(ErrorClass end) const {
    return frame_.state.providers.HasOtherKey(access_, end);
  }

 private:
  /// Where its attempts go.
  [[nodiscard]] std::vector<AttemptRecord>& records() const noexcept {
    return embeds_ ? frame_.record.lookups : frame_.record.attempts;
  }
  /// The most that it may take.
  [[nodiscard]] std::int64_t MostMs() const;
  void ReturnLease();
  void Settle(const ProviderReply& reply);
  void Tell(const ProviderReply& reply);

  CallFrame& frame_;
  Admission::Slot slot_;
  std::uint32_t candidate_ = 0;
  Candidate target_{};                 // that candidate, wherever it stands now
  std::optional<std::string> embeds_;  // of a lookup
  bool busy_ = false;
  std::atomic<bool> abandoned_{false};
  std::int64_t under_way_pico_ = 0;  // of the call's
  AttemptRecord pending_;
  std::size_t index_ = 0;
  Providers::Access access_;            // endpoint and key
  std::optional<Health::Lease> lease_;  // until it is reported or returned
  std::atomic<std::uint64_t> transfer_{0};
};

}  // namespace mlp::engine
