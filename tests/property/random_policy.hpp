// Random policies that use every kind of condition, guard, date and capability, as text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlp::oracle {

struct RandomPolicy {
  std::string name;
  std::string text;
  /// Instants to ask about, ascending: every date in the text from which or before which something
  /// holds, with the second before it.
  std::vector<std::int64_t> dates;
  std::vector<std::string> rollouts;
  bool has_budget = false;  ///< with a second order
  bool has_experiments = false;
};

/// How large the domain of a small policy may grow, counted roughly: three dates, no asks.
inline constexpr std::int64_t kSmallDomain = 9'000;

/// Whether some policies have experiments; the others, and all else of these, are the same.
enum class Experiments : std::uint8_t { kNone, kSome };

/// The same policy for the same arguments. At scale 1 the request's domain is small enough to ask
/// every request of it, below kSmallDomain with tokens up to 5 and 3 alone; else it has every
/// attribute, and tokens up to 7 and 4 times the scale.
[[nodiscard]] RandomPolicy MakeRandomPolicy(std::uint64_t seed, std::int64_t scale = 1,
                                            std::int64_t most_requests = kSmallDomain,
                                            Experiments experiments = Experiments::kNone);

}  // namespace mlp::oracle
