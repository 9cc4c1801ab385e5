// The comparison of two policies against brute force: random pairs on small domains, every request
// on every side of every date, in all arms, budget orders and live conditions. What differs lies in
// exactly one region of the right class, what does not in none; each witness shows its region; and
// the comparison the other way round is its mirror image.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "compiler/ast/literals.hpp"
#include "compiler/diff/diff.hpp"
#include "compiler/diff/render.hpp"
#include "tests/property/diff_brute.hpp"
#include "tests/property/diff_pair.hpp"
#include "tests/support/diff_mirror.hpp"

namespace mlp::oracle {
namespace {

using compiler::ChangeClass;
using compiler::DiffOptions;
using compiler::DiffRegion;
using compiler::DiffResult;

constexpr std::uint64_t kFirstSeed = 0;
constexpr std::size_t kPairs = 220;
constexpr std::size_t kMostFailed = 3;

struct Tally {
  std::size_t pairs = 0;
  std::size_t requests = 0;   ///< with their dates
  std::size_t decisions = 0;  ///< of both policies
  std::size_t regions = 0;
  std::size_t witnesses = 0;
  std::size_t by_class[compiler::kChangeClassCount] = {};
  std::size_t failed = 0;
};

using Class = std::optional<ChangeClass>;

std::string Name(Class change) {
  return change ? std::string(compiler::NameOf(*change)) : "no change";
}

std::string Words(const DiffOptions::Recorded& record) {
  std::string text;
  for (const auto& [name, value] : record.words) text += fmt::format("{}={} ", name, value);
  return text + fmt::format("@date={} ({})", compiler::ast::WriteDate(*record.at_s), *record.at_s);
}

/// One pair, to its first fault.
class Check {
 public:
  Check(std::uint64_t seed, const DiffPair& pair, Tally& tally)
      : seed_(seed), pair_(pair), tally_(tally), oracle_(*pair.older, *pair.newer) {}

  void Run() {
    AskTheOracle();
    const DiffResult result = Compare(*pair_.older, *pair_.newer);
    bool well = Agrees(result, false);
    ++tally_.pairs;
    tally_.regions += result.regions.size();
    tally_.requests += records_.size();
    tally_.decisions += 2 * records_.size() * oracle_.views();
    for (const Class& one : expected_) {
      if (one) ++tally_.by_class[static_cast<std::size_t>(*one)];
    }
    for (const DiffRegion& region : result.regions) well = well && ReplayWitness(region);
    if (well) well = Agrees(Compare(*pair_.newer, *pair_.older), true);
    if (!well) ++tally_.failed;
  }

 private:
  void AskTheOracle() {
    const std::vector<std::int64_t> dates = EveryDate(pair_);
    for (const AttributeWords& words : EveryRequest(pair_)) {
      oracle_.Ask(words);
      for (const std::int64_t at_s : dates) {
        records_.push_back({words, at_s});
        expected_.push_back(oracle_.Changed(at_s));
      }
    }
  }

  DiffResult Compare(const Compiled& from, const Compiled& to) const {
    compiler::Diagnostics diagnostics;
    DiffOptions options;
    options.traffic = records_;
    auto result = compiler::Diff({from.model, from.tables->view(), from.sources},
                                 {to.model, to.tables->view(), to.sources}, options, diagnostics);
    BOOST_REQUIRE(result.has_value());
    BOOST_REQUIRE(*result->traffic == records_.size());
    return *std::move(result);
  }

  /// Each record lies in one region of the class that the oracle tells, or in none.
  bool Agrees(const DiffResult& result, bool mirrored) {
    const test::RecordClasses found = test::ClassesOfRecords(result, records_.size());
    if (found.twice) return Fail("two regions have " + Words(records_[*found.twice]), &result);
    for (std::size_t i = 0; i < records_.size(); ++i) {
      Class expected = expected_[i];
      if (mirrored && expected) expected = test::Mirrored(*expected);
      if (found.of[i] == expected) continue;
      return Fail(fmt::format("{}{}\n  expected {}, found {}", mirrored ? "mirrored, " : "",
                              Words(records_[i]), Name(expected), Name(found.of[i])),
                  &result);
    }
    return true;
  }

  /// A witness is a request of its region's class, which joins the records of the mirror image, and
  /// what the region tells of it is a difference of that class.
  bool ReplayWitness(const DiffRegion& region) {
    const DiffOptions::Recorded record = test::RecordOf(region);
    if (!record.at_s) return Fail("a witness without a date: " + region.when, nullptr);
    oracle_.Ask(record.words);
    const Class expected = oracle_.Changed(*record.at_s);
    if (expected != region.change.change) {
      return Fail(fmt::format("the witness {} of {} is told to be {}, and is {}", Words(record),
                              region.when, Name(region.change.change), Name(expected)),
                  nullptr);
    }
    records_.push_back(record);
    expected_.push_back(expected);
    ++tally_.witnesses;
    return Shows(region) ||
           Fail(fmt::format("the witness of {} shows no {}: {} -> {}", region.when,
                            Name(region.change.change), Shown(region.older), Shown(region.newer)),
                nullptr);
  }

  static std::string Shown(const compiler::Explanation& explanation) {
    std::string text = explanation.outcome;
    for (const auto& one : explanation.candidates) {
      text += fmt::format(" {} {} {} {};", one.model, one.id, one.provider, one.place);
    }
    return text;
  }

  /// Replayed, live facts take their priors, which may put a candidate out.
  [[nodiscard]] bool Shows(const DiffRegion& region) const {
    const std::string& was = region.older.outcome;
    const std::string& is = region.newer.outcome;
    const bool same = Shown(region.older) == Shown(region.newer);
    switch (region.change.change) {
      case ChangeClass::kNewlyUnserved:
        return HasLive() || (was == "serve" && is != "serve");
      case ChangeClass::kNewlyServed:
        return HasLive() || (was != "serve" && is == "serve");
      case ChangeClass::kRerouted:
      case ChangeClass::kReordered:
        return HasLive() || !same;
      case ChangeClass::kCostRaised:
      case ChangeClass::kCostLowered:
        return HasLive() || (was == "serve" && same);
      case ChangeClass::kLimitsChanged:
        return HasLive() || (was == "serve" && is == "serve");
    }
    return false;
  }

  [[nodiscard]] bool HasLive() const {
    return !pair_.older->tables->view().live_conditions.empty() ||
           !pair_.newer->tables->view().live_conditions.empty();
  }

  bool Fail(const std::string& what, const DiffResult* result) const {
    BOOST_ERROR("pair " << seed_ << ": " << what << "\n"
                        << (result != nullptr ? RenderText(*result, {"old", "new"}) : "")
                        << "--- old\n"
                        << pair_.older_text << "--- new\n"
                        << pair_.newer_text);
    return false;
  }

  std::uint64_t seed_;
  const DiffPair& pair_;
  Tally& tally_;
  DiffOracle oracle_;
  std::vector<DiffOptions::Recorded> records_;
  std::vector<Class> expected_;
};

BOOST_AUTO_TEST_SUITE(diff)

BOOST_AUTO_TEST_CASE(regions_are_exactly_what_changes_for_every_request_of_small_domains) {
  Tally tally;
  std::uint64_t seed = kFirstSeed;
  for (; tally.pairs < kPairs && seed < kFirstSeed + 2 * kPairs && tally.failed < kMostFailed;
       ++seed) {
    if (const auto pair = MakePair(seed)) Check(seed, *pair, tally).Run();
  }
  std::size_t changed = 0;
  std::string classes;
  for (std::size_t i = 0; i < compiler::kChangeClassCount; ++i) {
    changed += tally.by_class[i];
    classes += fmt::format("{}{} {}", i == 0 ? "" : ", ", tally.by_class[i],
                           compiler::NameOf(static_cast<ChangeClass>(i)));
    BOOST_TEST(tally.by_class[i] > 0U, compiler::NameOf(static_cast<ChangeClass>(i)));
  }
  BOOST_TEST_MESSAGE("seeds " << kFirstSeed << " to " << seed - 1 << ": " << tally.pairs
                              << " pairs, every one of " << tally.requests
                              << " dated requests, asked " << tally.decisions << " times; "
                              << changed << " changed (" << classes << ") in " << tally.regions
                              << " regions; " << tally.witnesses << " witnesses replayed");
  BOOST_TEST(tally.pairs >= 200U);
  BOOST_TEST(tally.requests >= 1'000'000U);
  BOOST_TEST(changed * 20 >= tally.requests);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::oracle
