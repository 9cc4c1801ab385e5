// The oracle of comparisons: what differs for one request on one date, told by asking both policies
// under everything that may hold: arms, an order that a budget asks for, live conditions.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagram/chain.hpp"
#include "compiler/diff/change.hpp"
#include "mlp/decide.hpp"
#include "mlp/live.hpp"
#include "mlp/request.hpp"
#include "tests/property/compiled.hpp"

namespace mlp::oracle {

/// Under what a request is asked.
struct AskedUnder {
  std::set<std::string> canary;   ///< rollouts in whose canary arm it is
  bool cheapest = false;          ///< budgets that may ask for the cheapest first do
  std::set<std::string> failing;  ///< live conditions, in the words of LiveClause
};

/// Numbers for texts: a few million requests are asked, of a few hundred texts.
class Numbers {
 public:
  std::uint32_t Of(const std::string& text) {
    return numbers_.emplace(text, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

 private:
  std::map<std::string, std::uint32_t> numbers_;
};

/// One policy asked. Not movable.
class AskedPolicy {
 public:
  /// Numbers are comparable between policies that share them.
  AskedPolicy(const Compiled& compiled, const std::vector<AskedUnder>& all, Numbers& numbers);

  /// Of a request that the policy does not declare all is `no-route`.
  void Ask(const AttributeWords& words);

  struct Decided {
    DecisionOutcome outcome = DecisionOutcome::kNoRoute;
    std::vector<std::uint32_t> candidates;  ///< of model, id, provider, place and parameters
    std::vector<std::uint32_t> manner;      ///< of how they are called, and what orders them
    std::vector<std::int64_t> costs;        ///< of one attempt at each, below 0 without a price
    compiler::ChainLimits limits;
  };
  /// Under what has this number.
  [[nodiscard]] Decided Decide(std::size_t under, std::int64_t at_s);

  [[nodiscard]] const Compiled& compiled() const { return compiled_; }

 private:
  [[nodiscard]] std::string PlanWords(const Decision& decision) const;
  [[nodiscard]] std::string IdentityWords(const Candidate& candidate,
                                          const Decision& decision) const;
  [[nodiscard]] std::string RowWords(const Candidate& candidate, const Decision& decision) const;
  [[nodiscard]] std::string GroupWords(const Decision& decision, std::size_t at) const;
  [[nodiscard]] std::int64_t Cap(const Decision& decision) const;
  [[nodiscard]] std::string PlaceOf(const Candidate& candidate, const Decision& decision) const;
  void SortAsInTable(Decision& decision) const;

  const Compiled& compiled_;
  const Tables& tables_;
  Numbers& numbers_;
  std::vector<AskedUnder> all_;
  std::vector<std::unique_ptr<LiveState>> live_;
  std::optional<OwnedRequest> request_;
  std::int64_t input_ = 0;  ///< what the request says, declared or not
  std::int64_t output_ = 0;
  std::vector<std::string_view> texts_;
  bool prefers_ = false;
  std::map<std::array<std::int64_t, 3>, std::uint32_t> plans_;
  std::map<std::array<std::int32_t, 3>, std::array<std::uint32_t, 2>> rows_;
};

/// Two policies. Not movable.
class DiffOracle {
 public:
  DiffOracle(const Compiled& older, const Compiled& newer);

  void Ask(const AttributeWords& words);
  /// The class by the rules of the language's reference; nothing where decisions are the same.
  [[nodiscard]] std::optional<compiler::ChangeClass> Changed(std::int64_t at_s);
  /// Under how many circumstances each request is asked.
  [[nodiscard]] std::size_t views() const { return views_.size(); }

 private:
  std::vector<AskedUnder> views_;
  Numbers numbers_;
  AskedPolicy older_;
  AskedPolicy newer_;
};

}  // namespace mlp::oracle
