// The parts that sums are made of: packed numbers and histograms, ends as words, plans of reading.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "runtime/core/floor_divide.hpp"
#include "runtime/store/rolled/packing.hpp"
#include "runtime/store/rolled/reading_plan.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

using Limits = std::numeric_limits<std::int64_t>;
constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

BOOST_AUTO_TEST_SUITE(rolled_parts)

BOOST_AUTO_TEST_CASE(numbers_come_back) {
  const std::int64_t values[] = {0, 1, -1, 63, -64, 64, 127, 128, Limits::max(), Limits::min()};
  NumberPacker packer;
  for (const std::int64_t value : values) {
    packer.AddSigned(value);
    packer.Add(static_cast<std::uint64_t>(value));
  }
  NumberUnpacker numbers(packer.bytes());
  for (const std::int64_t value : values) {
    BOOST_TEST(numbers.NextSigned() == value);
    BOOST_TEST(numbers.Next() == static_cast<std::uint64_t>(value));
  }
  BOOST_TEST(numbers.ok());
  BOOST_TEST(numbers.at_end());
  BOOST_TEST(numbers.Next() == 0U);
  BOOST_TEST(!numbers.ok());
}

BOOST_AUTO_TEST_CASE(histograms_come_back_and_damage_is_noticed) {
  std::mt19937_64 random(1);
  Histogram histogram;
  for (int i = 0; i < 3'000; ++i) {
    histogram.Add(static_cast<std::int64_t>(random() >> (random() % 64)));
  }
  histogram.Add(Limits::max());
  histogram.Add(-5);
  const std::string bytes = PackHistogram(histogram);
  Histogram read;
  BOOST_TEST(UnpackHistogram(bytes, read));
  BOOST_TEST((read == histogram));
  BOOST_TEST(PackHistogram({}).empty());
  int refused = 0;
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    Histogram part;
    refused += UnpackHistogram(std::string_view(bytes).substr(0, size), part) ? 0 : 1;
  }
  BOOST_TEST(refused > 0);
  for (int i = 0; i < 10'000; ++i) {  // any bytes: no crash
    std::string noise(random() % 40, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    Histogram part;
    static_cast<void>(UnpackHistogram(noise, part));
  }
}

BOOST_AUTO_TEST_CASE(ends_are_words) {
  EndCounts ends{};
  BOOST_TEST(PackEnds(ends).empty());
  ends[static_cast<std::size_t>(ErrorClass::kNone)] = 812;
  ends[static_cast<std::size_t>(ErrorClass::kTimeout)] = 3;
  BOOST_TEST(PackEnds(ends) == "none=812 timeout=3");
  EndCounts read{};
  BOOST_TEST(UnpackEnds("none=812 timeout=3", read));
  BOOST_TEST((read == ends));
  for (const char* damaged : {"none", "none=", "none=x", "none=1x", "solar-flare=1", "=1", " "}) {
    BOOST_TEST(!UnpackEnds(damaged, read));
  }
}

BOOST_AUTO_TEST_CASE(windows_are_widened_to_what_is_kept) {
  const KeptFrom kept{.calls_us = 20 * kDay + 90 * kMinute,
                      .minutes_us = 10 * kDay + 3 * kHour,
                      .hours_us = 5 * kDay};
  const auto widened = [&kept](std::int64_t from, std::int64_t to) {
    return Widen(from, to, kept);
  };
  BOOST_TEST(
      (widened(30 * kDay + 1, 31 * kDay + 1) == WidenedWindow{30 * kDay + 1, 31 * kDay + 1}));
  BOOST_TEST(
      (widened(15 * kDay + 1, 15 * kDay + 2) == WidenedWindow{15 * kDay, 15 * kDay + kMinute}));
  BOOST_TEST((widened(7 * kDay + 1, 7 * kDay + 2) == WidenedWindow{7 * kDay, 7 * kDay + kHour}));
  BOOST_TEST((widened(2 * kDay + 1, 5 * kDay) == WidenedWindow{2 * kDay, 5 * kDay}));
  BOOST_TEST((widened(-1, 1) == WidenedWindow{-kDay, kDay}));
}

BOOST_AUTO_TEST_CASE(pieces_cover_the_window_once_with_what_there_is) {
  std::mt19937_64 random(2);
  const auto below = [&random](std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  };
  const std::int64_t grains[] = {0, kMinute, 15 * kMinute, kHour, 6 * kHour, kDay, 7 * kDay};
  for (int i = 0; i < 20'000; ++i) {
    KeptFrom kept;
    kept.hours_us = below(20) * kDay;
    kept.minutes_us = kept.hours_us + below(100) * kHour;
    kept.calls_us = kept.minutes_us + below(5'000) * kMinute;
    const std::int64_t grain = grains[below(std::size(grains))];
    const std::int64_t from =
        below(30 * kDay) / (i % 2 == 0 ? 1 : kHour) * (i % 2 == 0 ? 1 : kHour);
    const WidenedWindow window = Widen(from, from + below(i % 3 == 0 ? kHour : 15 * kDay), kept);
    std::int64_t at = window.from_us;
    for (const ReadingPiece& piece : PlanReading(window, grain, kept)) {
      BOOST_REQUIRE_EQUAL(piece.from_us, at);
      BOOST_REQUIRE_LT(piece.from_us, piece.to_us);
      at = piece.to_us;
      if (!piece.level) {
        BOOST_REQUIRE_GE(piece.from_us, kept.calls_us);
        BOOST_REQUIRE_LT(piece.to_us - piece.from_us, 2 * kMinute);  // else there is a minute in it
        continue;
      }
      const std::int64_t span = SpanSeconds(*piece.level) * 1'000'000;
      BOOST_REQUIRE_EQUAL(FloorTo(piece.from_us, span), piece.from_us);
      BOOST_REQUIRE_EQUAL(FloorTo(piece.to_us, span), piece.to_us);
      if (*piece.level == RollLevel::kMinute) BOOST_REQUIRE_GE(piece.from_us, kept.minutes_us);
      if (*piece.level == RollLevel::kHour) BOOST_REQUIRE_GE(piece.from_us, kept.hours_us);
      const std::int64_t finer = *piece.level == RollLevel::kDay    ? kept.hours_us
                                 : *piece.level == RollLevel::kHour ? kept.minutes_us
                                                                    : kept.calls_us;
      if (grain % span != 0) BOOST_REQUIRE_LE(piece.to_us, finer);
    }
    BOOST_REQUIRE_EQUAL(at, std::max(window.to_us, window.from_us));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
