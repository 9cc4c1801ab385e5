// What became of the rollouts of a ledger, for people and reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/store/rollout_file.hpp"

namespace mlp {

/// One change of a rollout, as its log has it.
struct RolloutChangeRecord {
  std::int64_t at_s = 0;  ///< since 1970 UTC
  std::string change;     ///< `started`, or as ToString(RolloutChange) has it
  std::uint32_t from_ppm = 0;
  std::uint32_t to_ppm = 0;
  std::string because;
  std::string who;  ///< of an operator's move, else empty
};

struct RolloutStory {
  RolloutRow row;
  std::vector<RolloutChangeRecord> changes;  ///< the oldest first
  std::vector<RolloutEntry> log;             ///< what they are from
};

/// Of the ledger beside a store, by name; none where no service with rollouts wrote there yet.
[[nodiscard]] Result<std::vector<RolloutStory>> ReadRollouts(const std::string& ledger_path);

/// Of the whole log of a rollout.
[[nodiscard]] std::vector<RolloutChangeRecord> ChangesOf(const std::vector<RolloutEntry>& log);

}  // namespace mlp
