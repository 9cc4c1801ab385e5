// Random assertions, each as text and as what it means for one request: the obvious reading, one
// request, one list of candidates at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "compiler/model/policy.hpp"
#include "tests/property/oracle.hpp"

namespace mlp::test {

/// By attribute.
using NamedRequest = std::map<std::string, oracle::Value>;

/// A candidate of a list with the facts that claims ask for.
struct ListedCandidate {
  const compiler::CandidateModel* facts = nullptr;
  std::string provider;
  std::vector<std::string> places;  ///< where it may answer this request
  std::int64_t cost_pico = -1;
  bool streams = false;  ///< can streaming
};

struct ListedRequest {
  const NamedRequest* request = nullptr;
  std::int64_t at_s = 0;
  std::int64_t output = 0;  ///< after the cap
  const compiler::RouteModel* route = nullptr;
  std::vector<ListedCandidate> list;
  std::int64_t chain_cost_pico = -1;
  std::int64_t chain_time_ms = 0;
  std::int64_t attempts = 0;
};

/// True, false, or not known.
using Maybe = std::optional<bool>;

struct RandomClaim {
  std::string text;  ///< an `assert` declaration
  enum class Kind : std::uint8_t { kEach, kList, kSurvivesProvider, kSurvivesModel };
  Kind kind = Kind::kEach;
  bool never = false;
  std::function<bool(const NamedRequest&)> when;
  /// kEach: for one candidate; kList: without.
  std::function<Maybe(const ListedRequest&, const ListedCandidate*)> claim;
  /// Whether the claim is false for this list. Not of what survives.
  [[nodiscard]] bool Fails(const ListedRequest& listed) const;
};

/// Candidates are named by index, for `model in (...)`.
[[nodiscard]] RandomClaim MakeRandomClaim(std::mt19937_64& random, int number,
                                          const std::vector<std::string>& models);

}  // namespace mlp::test
