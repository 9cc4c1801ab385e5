// What becomes different for requests of which the same rows of two offers hold.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/diff/offer.hpp"

namespace mlp::compiler {

/// In order of weight.
enum class ChangeClass : std::uint8_t {
  kNewlyUnserved,
  kRerouted,
  kReordered,
  kCostRaised,
  kLimitsChanged,
  kCostLowered,
  kNewlyServed,
};
inline constexpr std::size_t kChangeClassCount = 7;
/// `newly-unserved` ...
[[nodiscard]] std::string_view NameOf(ChangeClass change);

struct FieldChange {
  std::string name;
  std::string before;  ///< empty: not stated
  std::string after;
};

/// Equal for all requests of a region. What differs in two arms or orders is told of the first in
/// which it does: stable before canary, the policy's own order before the cheapest one.
struct Change {
  ChangeClass change = ChangeClass::kRerouted;
  std::vector<std::string> breaking;  ///< why, in words; empty: it is not
  std::vector<std::string> canary;    ///< rollouts in whose canary arm it shows; empty: the stable
  bool cheapest_first = false;        ///< shows once a budget prefers cheapest
  std::string outcome_before;         ///< where the outcomes differ
  std::string outcome_after;
  std::vector<std::string> without;  ///< candidates that are no longer tried, in order
  std::vector<std::string> with;     ///< candidates that were not tried before, in order
  std::string first_before;          ///< where another one is tried first now
  std::string first_after;
  std::vector<FieldChange> limits;
  std::vector<std::string> costs;  ///< candidates whose price differs
  /// A call has so many courses that their cost is not compared exactly: what may cost more counts
  /// as if it did.
  bool rough = false;
  [[nodiscard]] std::string Key() const;
};

/// Owns changes by content; 0 is none.
class ChangeBook {
 public:
  ChangeBook() : changes_(1) {}
  std::uint32_t Add(Change change);
  [[nodiscard]] const Change& operator[](std::uint32_t n) const { return changes_[n]; }
  [[nodiscard]] std::size_t size() const { return changes_.size(); }

 private:
  std::vector<Change> changes_;
  std::map<std::string, std::uint32_t> numbers_;
};

/// The rows of one offer that hold for some requests.
struct HeldOffer {
  const PricedOffer* priced = nullptr;
  const Offer* offer = nullptr;
  RowSet holds;  ///< per row
};

/// Row numbers as they are tried, for units in the canary arm of `canary` (numbers of names); each
/// model once, but after a row with a live condition the next of its model too.
[[nodiscard]] std::vector<std::uint32_t> TriedRows(const HeldOffer& held,
                                                   const std::vector<std::uint32_t>& canary,
                                                   bool cheapest_first);

/// Of tried rows the first of each model: the candidates.
[[nodiscard]] std::vector<std::uint32_t> CandidateRows(const HeldOffer& held,
                                                       const std::vector<std::uint32_t>& tried);

/// The candidates of both in one arm, rows of the first of each model.
struct ComparedLists {
  std::vector<std::uint32_t> canary;
  std::vector<std::uint32_t> before;
  std::vector<std::uint32_t> after;
};

struct Verdict {
  std::optional<Change> change;  ///< but for costs
  /// Where costs are to be compared: in every arm, or where candidates differ in the arm that is
  /// told of. Nothing where one side does not serve.
  std::vector<ComparedLists> lists;
};

/// `output` is a request's, before caps; the caps of the offers lie outside what the requests have
/// in common with it. `capability_names` are the joint ones.
[[nodiscard]] Verdict Compare(const OfferBook& book, const HeldOffer& before,
                              const HeldOffer& after, std::int64_t output,
                              const std::vector<std::string>& capability_names);

}  // namespace mlp::compiler
