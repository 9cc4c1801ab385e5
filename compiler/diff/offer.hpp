// What a policy offers the requests of one leaf, in words and numbers that two policies share:
// offers with equal content have equal numbers, whichever policy they come from.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Who answers: two rows with equal identities ask the same model in the same place.
struct OfferIdentity {
  std::string model;
  std::string id;
  std::string provider;
  std::string place;       ///< empty where the endpoint names none
  std::string parameters;  ///< of a variant
};

/// How a route's calls are carried out, as the policy writes it; empty: not stated.
enum class PlanField : std::uint8_t {
  kRetry,
  kBackoff,
  kAttempts,
  kAttempt,
  kDeadline,
  kCallCost,
  kOn,
  kCache,
  kCachePrompts,
  kHedge,
  kFirstByte,
  kLog,
  kQuality,
};
inline constexpr std::size_t kPlanFieldCount = 13;
[[nodiscard]] std::string_view NameOf(PlanField field);
using OfferPlan = std::array<std::string, kPlanFieldCount>;

/// Numbers without a unit are numbers of an OfferBook.
struct OfferRow {
  std::uint32_t identity = 0;
  std::uint32_t model = 0;  ///< of the text of its name: a model is tried once
  std::uint64_t capabilities = 0;
  std::vector<Guard> guards;             ///< over input and capped output
  std::uint32_t rollout = kNoIndex;      ///< of the text of its name
  std::uint32_t live = 0;                ///< of a text: its live conditions
  std::uint32_t group = 0;               ///< groups[group - 1] sets its place in the list; 0: fixed
  std::int64_t bound_pico = kUnlimited;  ///< of one attempt
};

/// Rows whose order is drawn or measured.
struct OfferGroup {
  std::string how;                         ///< `fastest`, `spread by user`
  bool relative = false;                   ///< `balanced`: a member's place depends on all members
  std::vector<std::uint32_t> members;      ///< of the texts of their names
  std::vector<std::uint32_t> weights_ppm;  ///< of a spread, per member
  friend bool operator==(const OfferGroup&, const OfferGroup&) = default;
};

struct Offer {
  LeafKind kind = LeafKind::kNoRoute;
  std::vector<OfferRow> rows;
  std::vector<OfferGroup> groups;
  std::vector<std::uint32_t> cheapest;  ///< row numbers, where a budget may ask for that order
  std::uint32_t plan = 0;
  std::int64_t output_cap = std::numeric_limits<std::int64_t>::max();
  std::uint32_t retries = 0;  ///< ChainLimits: a hedge counts as one
  std::uint32_t attempts = 0;
  std::int64_t call_bound_pico = kUnlimited;
};

/// What one attempt costs.
struct CostSheet {
  std::vector<PriceTier> tiers;
  std::int64_t price_micro = 1'000'000;  ///< the endpoint's factor
};

/// An offer at an instant.
struct PricedOffer {
  std::uint32_t offer = 0;
  std::vector<std::uint32_t> costs;  ///< per row a cost sheet
};

/// Owns every content once. Number 0 of texts is the empty one, of offers and priced offers the
/// one without a route.
class OfferBook {
 public:
  OfferBook();
  std::uint32_t Text(std::string text);
  std::uint32_t Identity(const OfferIdentity& identity);
  std::uint32_t Plan(const OfferPlan& plan);
  std::uint32_t Add(Offer offer);
  std::uint32_t Add(CostSheet sheet);
  std::uint32_t Add(PricedOffer priced);

  [[nodiscard]] const std::string& text(std::uint32_t n) const { return texts_[n]; }
  [[nodiscard]] const OfferIdentity& identity(std::uint32_t n) const { return identities_[n]; }
  [[nodiscard]] const OfferPlan& plan(std::uint32_t n) const { return plans_[n]; }
  [[nodiscard]] const Offer& offer(std::uint32_t n) const { return offers_[n]; }
  [[nodiscard]] const CostSheet& sheet(std::uint32_t n) const { return sheets_[n]; }
  [[nodiscard]] const PricedOffer& priced(std::uint32_t n) const { return priced_[n]; }

 private:
  using Numbers = std::unordered_map<std::string, std::uint32_t>;
  Numbers text_numbers_, identity_numbers_, plan_numbers_, offer_numbers_, sheet_numbers_;
  std::map<std::pair<std::uint32_t, std::vector<std::uint32_t>>, std::uint32_t> priced_numbers_;
  std::vector<std::string> texts_;
  std::vector<OfferIdentity> identities_;
  std::vector<OfferPlan> plans_;
  std::vector<Offer> offers_;
  std::vector<CostSheet> sheets_;
  std::vector<PricedOffer> priced_;
};

}  // namespace mlp::compiler
