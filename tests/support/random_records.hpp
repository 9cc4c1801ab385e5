// Records of calls for tests and benchmarks: plausible ones, and wild ones that use every field up
// to its limits. The same seed gives the same records.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "mlp/record.hpp"

namespace mlp {

class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : random_(seed) {}

  /// A call with one to three attempts, as services make them; started_us grows by up to 20 ms.
  CallRecord Plausible();
  /// Any value in any field, texts in many scripts included.
  CallRecord Wild();

  std::uint64_t Number(std::uint64_t below) { return random_() % below; }

 private:
  std::int64_t Any() { return static_cast<std::int64_t>(random_()); }
  std::string Hex(int digits);
  std::string Word();
  AttemptRecord PlausibleAttempt(std::uint32_t number, AttemptKind kind, std::size_t model);
  AttemptRecord WildAttempt();

  std::mt19937_64 random_;
  std::int64_t now_us_ = 1'795'000'000'000'000;  // in November 2026
};

/// Every field in one text, for comparisons that say what differs.
std::string Dump(const CallRecord& call);

}  // namespace mlp
