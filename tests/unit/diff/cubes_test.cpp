#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>

#include "compiler/diff/cubes.hpp"

namespace mlp::compiler {
namespace {

const std::vector<std::int32_t> kSizes{3, 4, 2, 5};

std::uint32_t LabelAt(const Mdd& mdd, Ref ref, const std::vector<std::int32_t>& codes) {
  while (!IsTerminal(ref)) ref = mdd.Child(ref, codes[mdd.axis(ref)]);
  return Label(ref);
}

std::vector<std::vector<std::int32_t>> AllCodes() {
  std::vector<std::vector<std::int32_t>> all{{}};
  for (const std::int32_t size : kSizes) {
    std::vector<std::vector<std::int32_t>> longer;
    for (const auto& codes : all) {
      for (std::int32_t code = 0; code < size; ++code) {
        longer.push_back(codes);
        longer.back().push_back(code);
      }
    }
    all = std::move(longer);
  }
  return all;
}

BOOST_AUTO_TEST_SUITE(cubes)

BOOST_AUTO_TEST_CASE(every_request_lies_in_the_one_cube_of_its_label) {
  std::mt19937 random(3);
  const auto requests = AllCodes();
  for (int round = 0; round < 300; ++round) {
    Mdd mdd(kSizes);
    Ref root = kFalse;
    for (int box = 0; box < 5; ++box) {
      Ref one = Terminal(1 + static_cast<std::uint32_t>(random() % 3));
      for (std::uint32_t axis = 0; axis < kSizes.size(); ++axis) {
        const auto size = static_cast<std::uint32_t>(kSizes[axis]);
        const std::int64_t first = random() % size;
        one = mdd.Gate(mdd.Interval(axis, first, first + random() % size), one);
      }
      root = mdd.FirstMatch(root, one);
    }
    const auto cubes = FewCubes(mdd, root, 10'000);
    BOOST_TEST_REQUIRE(cubes.has_value());
    for (const auto& codes : requests) {
      const std::uint32_t label = LabelAt(mdd, root, codes);
      std::size_t in = 0;
      for (const Cube& cube : *cubes) {
        if (!Contains(cube, codes)) continue;
        BOOST_TEST_REQUIRE(cube.label == label);
        ++in;
      }
      BOOST_TEST_REQUIRE(in == (label == 0 ? 0U : 1U));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_one_condition_tells_is_one_cube) {
  Mdd mdd(kSizes);
  // Codes 1 and 3 of the second axis, on both sides of the third, which is asked between.
  Ref any = kFalse;
  for (const std::int64_t code : {1, 3}) {
    for (const std::int64_t other : {0, 1}) {
      any = mdd.Or(any, mdd.And(mdd.Interval(1, code, code), mdd.Interval(2, other, other)));
    }
  }
  const auto cubes = FewCubes(mdd, mdd.And(any, mdd.Interval(3, 2, 4)), 100);
  BOOST_TEST_REQUIRE(cubes->size() == 1U);
  const Cube& cube = cubes->front();
  BOOST_TEST_REQUIRE(cube.parts.size() == 2U);
  BOOST_TEST(cube.parts[0].axis == 1U);
  BOOST_TEST(cube.parts[0].intervals.size() == 2U);
  BOOST_TEST(cube.parts[1].axis == 3U);
}

BOOST_AUTO_TEST_CASE(too_many_are_none) {
  Mdd mdd(kSizes);
  const Ref two = mdd.Or(mdd.And(mdd.Interval(0, 0, 0), mdd.Interval(1, 0, 0)),
                         mdd.And(mdd.Interval(0, 1, 1), mdd.Interval(1, 1, 1)));
  BOOST_TEST(FewCubes(mdd, two, 2).has_value());
  BOOST_TEST(!FewCubes(mdd, two, 1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
