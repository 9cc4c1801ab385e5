// What recorded calls become under another policy: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/core/money_sum.hpp"

namespace mlp {

/// Calls that went to one model first and go to one model first now.
struct ReplayMove {
  std::string old_route;
  std::string old_model;  ///< empty: what was decided is not recorded
  std::string new_route;
  std::string new_model;
  std::int64_t calls = 0;
  /// Of calls whose tokens and both prices are known: what they cost, and the same tokens at the
  /// new policy's prices.
  std::int64_t priced = 0;
  MoneySum cost_then;
  MoneySum cost_now;
  std::int64_t left_alone = 0;  ///< the new model was, at the time: a breaker, an operator, a limit
  [[nodiscard]] bool elsewhere() const { return !old_model.empty() && old_model != new_model; }
};

/// Calls that are served on one side alone; the side that serves names its model first tried.
struct ReplayTurn {
  std::string old_route;
  std::string old_end;  ///< a model, or what the call ended with
  std::string new_route;
  std::string new_end;
  std::int64_t calls = 0;
};

/// Calls that share a reason.
struct ReplayReason {
  std::string reason;
  std::int64_t calls = 0;
};

/// Lists are in the order of calls, most first, then of names.
struct Replay {
  std::string policy;
  std::string policy_version;
  std::string policy_hash;
  std::string source;                   ///< the store's or the log's name
  std::optional<std::int64_t> as_of_s;  ///< nothing: each call at its own time
  std::int64_t first_s = 0;             ///< of the calls read; 0 without any
  std::int64_t last_s = 0;

  std::int64_t calls = 0;  ///< the sum of the seven below
  std::int64_t stayed = 0;
  std::int64_t moved = 0;
  std::int64_t newly_unserved = 0;
  std::int64_t newly_served = 0;
  std::int64_t unserved = 0;  ///< before and now
  std::int64_t placed = 0;    ///< served now; where they went is not recorded, or nothing was tried
  std::int64_t not_replayed = 0;

  std::vector<ReplayMove> moves;          ///< those that stayed and those without a record too
  std::vector<ReplayTurn> lost;           ///< newly unserved
  std::vector<ReplayTurn> won;            ///< newly served
  std::vector<ReplayReason> unfit;        ///< not replayed: the request is none of the new policy's
  std::vector<ReplayReason> undecided;    ///< not replayed: it depends on what is not recorded
  std::vector<ReplayReason> not_claimed;  ///< a call may be in several
};

}  // namespace mlp
