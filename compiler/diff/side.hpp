// One of two policies as diagrams whose labels are priced offers, in an Mdd that both share.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/diff/align.hpp"
#include "compiler/diff/offer.hpp"

namespace mlp::compiler {

/// Borrows everything; the Mdd and the book must not move while it lives.
class Side {
 public:
  /// `diagram` is that of `policy.model`, complete; its axes are the first ones of the Mdd.
  Side(const AlignedPolicy& policy, const Diagram& diagram, Mdd& mdd, OfferBook& book);

  /// What holds at an instant: labels are numbers of priced offers. Outside the horizon its nearest
  /// end decides, at the prices of the instant. kOverBudget where the budget is passed.
  Ref At(std::int64_t at_s);
  /// The requests that the policy declares.
  [[nodiscard]] Ref domain() const { return domain_; }

 private:
  /// A leaf where the place and the budgets are known.
  struct Site {
    std::uint32_t leaf = 0;
    std::int32_t place = -1;  ///< code of the route's place attribute
    bool prefers = false;     ///< some budget may ask for the cheapest first
    friend auto operator<=>(const Site&, const Site&) = default;
  };
  /// Its offer, and per row whose price is asked.
  struct Settled {
    std::uint32_t offer = 0;
    std::vector<std::tuple<Index, Index, bool>> priced;  ///< candidate, endpoint, caches prompts
  };
  class ByPlace;
  class ByBudget;
  class ByOffer;

  Ref Import(Ref ref);
  Ref Sites(Ref root);
  std::uint32_t Intern(const Site& site);
  const Settled& Settle(std::uint32_t site);
  std::uint32_t Price(std::uint32_t site);
  [[nodiscard]] OfferRow RowOf(const DiagramLeaf& leaf, const CandidateEntry& row,
                               std::int32_t place);

  const AlignedPolicy& policy_;
  const Diagram& diagram_;
  Mdd& mdd_;
  OfferBook& book_;
  Ref domain_ = kTrue;
  Ref prefers_ = kFalse;
  std::vector<Ref> imported_;  ///< per node of the diagram's own Mdd; kOverBudget: not yet
  std::map<Site, std::uint32_t> site_numbers_;
  std::vector<Site> sites_;
  std::vector<std::optional<Settled>> settled_;  ///< per site
  std::unordered_map<Ref, Ref> site_roots_;      ///< per root of the diagram
  std::int64_t at_s_ = 0;                        ///< of the prices below
  std::map<std::tuple<Index, Index, bool>, std::uint32_t> sheets_;
};

}  // namespace mlp::compiler
