// A replay for people and for programs.
#pragma once

#include <string>

#include "runtime/report/replay/replay.hpp"

namespace mlp {

/// For a terminal of 100 columns.
[[nodiscard]] std::string RenderReplayText(const Replay& replay);

/// `{"version":1,...}`; money as exact decimals, as everywhere in mlp's JSON.
[[nodiscard]] std::string RenderReplayJson(const Replay& replay);

/// Over all moves: what priced calls cost then, and their tokens now.
struct ReplayCost {
  std::int64_t priced = 0;
  MoneySum then;
  MoneySum now;
  MoneySum difference;  ///< now without then; negative where it is cheaper
};
[[nodiscard]] ReplayCost TotalCost(const Replay& replay);
[[nodiscard]] MoneySum Difference(const MoneySum& now, const MoneySum& then);
/// `-$9.10`, `+$0.42`, `$0.00`
[[nodiscard]] std::string SignedDollars(const MoneySum& sum);

}  // namespace mlp
