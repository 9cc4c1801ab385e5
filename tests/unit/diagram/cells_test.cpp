// The cells of a leaf against every request of small boxes.
#include "compiler/diagram/cells.hpp"

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <vector>

#include "compiler/diagram/guards.hpp"

namespace mlp::compiler {
namespace {

/// Rows that own their bounds.
struct Rows {
  std::vector<std::vector<Guard>> guards;
  std::vector<CellRow> rows;
};

class Drawer {
 public:
  explicit Drawer(std::uint32_t seed) : random_(seed) {}
  std::int64_t In(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  Rows SomeRows(std::int64_t most) {
    Rows result;
    const auto count = static_cast<std::size_t>(In(0, 4));
    for (std::size_t r = 0; r < count; ++r) {
      std::vector<Guard> guards;
      for (std::int64_t n = In(0, 3); n > 0; --n) {
        const std::int64_t a = In(0, 3) == 0 ? 0 : In(-most, most);
        const std::int64_t b = In(0, 3) == 0 ? 0 : In(-most, most);
        guards.push_back({a, b, a * In(0, 15) + b * In(0, 12)});
      }
      result.guards.push_back(std::move(guards));
    }
    for (const auto& guards : result.guards) {
      CellRow row;
      row.guards = guards;
      if (In(0, 1) == 0) row.output_cap = In(0, 12);
      result.rows.push_back(row);
    }
    return result;
  }

 private:
  std::mt19937 random_;
};

RowSet HoldingAt(const Rows& rows, std::int64_t input, std::int64_t output) {
  RowSet holding;
  for (const CellRow& row : rows.rows) {
    holding.push_back(std::all_of(row.guards.begin(), row.guards.end(), [&](const Guard& guard) {
      return Holds(guard, input, std::min(output, row.output_cap));
    }));
  }
  return holding;
}

bool Contains(const TokenCell& cell, std::int64_t input, std::int64_t output) {
  return cell.box.first_input <= input && input <= cell.box.last_input &&
         cell.box.first_output <= output && output <= cell.box.last_output &&
         std::all_of(cell.lines.begin(), cell.lines.end(),
                     [&](const Guard& line) { return Holds(line, input, output); });
}

BOOST_AUTO_TEST_SUITE(cells)

BOOST_AUTO_TEST_CASE(token_cells_are_disjoint_cover_the_box_and_say_what_holds) {
  constexpr std::uint32_t kSeed = 21;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  Drawer draw(kSeed);
  std::size_t with_lines = 0;
  for (int round = 0; round < 3'000; ++round) {
    const Rows rows = draw.SomeRows(round % 2 == 0 ? 3 : 1'000'000'000);
    const std::int64_t i0 = draw.In(0, 15);
    const std::int64_t o0 = draw.In(0, 12);
    const TokenRange box{i0, draw.In(i0, 15), o0, draw.In(o0, 12)};
    const auto cells = TokenCells(rows.rows, box);
    BOOST_TEST_REQUIRE(cells.has_value());
    std::vector<bool> inhabited(cells->size());
    for (std::int64_t i = box.first_input; i <= box.last_input; ++i) {
      for (std::int64_t o = box.first_output; o <= box.last_output; ++o) {
        std::size_t within = 0;
        for (std::size_t c = 0; c < cells->size(); ++c) {
          if (!Contains((*cells)[c], i, o)) continue;
          ++within;
          inhabited[c] = true;
          BOOST_TEST(((*cells)[c].rows == HoldingAt(rows, i, o)));
        }
        BOOST_TEST_REQUIRE(within == 1U);
      }
    }
    for (std::size_t c = 0; c < cells->size(); ++c) {
      const TokenCell& cell = (*cells)[c];
      BOOST_TEST(inhabited[c]);
      BOOST_TEST(Contains(cell, cell.input, cell.output));
      BOOST_TEST((Tighten(cell.box, cell.lines) == cell.box));
      for (std::size_t l = 0; l < cell.lines.size(); ++l) {
        std::vector<Guard> others = cell.lines;
        others[l] = Complement(others[l]);
        BOOST_TEST(FindTokenPoint(cell.box, others).has_value());
      }
      if (!cell.lines.empty()) ++with_lines;
    }
  }
  BOOST_TEST(with_lines > 400U);
}

BOOST_AUTO_TEST_CASE(what_no_row_tells_apart_is_one_cell) {
  const std::vector<Guard> whole{{1, 1, 200'000}};
  const std::vector<Guard> more{{1, 1, 300'000}};
  const std::vector<Guard> beyond{{1, 1, 500'000}};
  const std::vector<CellRow> rows{{.guards = whole},
                                  {.guards = whole, .output_cap = 20'000},
                                  {.guards = more},
                                  {.guards = beyond}};
  const auto cells = TokenCells(rows, {0, 400'000, 0, 16'000});
  BOOST_TEST_REQUIRE(cells.has_value());
  BOOST_TEST(cells->size() == 3U);
  // A cap between two bounds that no row reaches.
  const auto whole_box = TokenCells(rows, {0, 100'000, 0, 16'000});
  BOOST_TEST_REQUIRE(whole_box.has_value());
  BOOST_TEST(whole_box->size() == 1U);
  BOOST_TEST(whole_box->front().lines.empty());
}

BOOST_AUTO_TEST_CASE(output_beyond_the_cap_is_constant) {
  const std::vector<Guard> cost{{3, 15, 3 * 100 + 15 * 10}};
  const std::vector<CellRow> rows{{.guards = cost, .output_cap = 10}};
  const auto cells = TokenCells(rows, {0, 1'000, 11, 50});
  BOOST_TEST_REQUIRE(cells.has_value());
  BOOST_TEST_REQUIRE(cells->size() == 2U);
  BOOST_TEST(((*cells)[0].box == TokenRange{0, 100, 11, 50}));
  BOOST_TEST(((*cells)[1].box == TokenRange{101, 1'000, 11, 50}));
}

BOOST_AUTO_TEST_CASE(past_the_limit_there_is_nothing) {
  std::vector<std::vector<Guard>> guards;
  for (std::int64_t c = 0; c < 40; ++c) guards.push_back({{1, 0, c}});
  std::vector<CellRow> rows;
  for (const auto& one : guards) rows.push_back({.guards = one});
  BOOST_TEST(!TokenCells(rows, {0, 100, 0, 0}, 10).has_value());
  BOOST_TEST(TokenCells(rows, {0, 100, 0, 0}, 41).has_value());
}

BOOST_AUTO_TEST_CASE(asks_classes_are_disjoint_cover_all_sets_and_say_what_holds) {
  constexpr std::uint32_t kSeed = 22;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  Drawer draw(kSeed);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<CellRow> rows(static_cast<std::size_t>(draw.In(0, 5)));
    for (CellRow& row : rows) row.capabilities = static_cast<std::uint64_t>(draw.In(0, 255));
    const auto members = static_cast<std::uint64_t>(draw.In(0, 255));
    const auto all = static_cast<std::uint64_t>(draw.In(0, 255) & draw.In(0, 255)) & members;
    const auto none = static_cast<std::uint64_t>(draw.In(0, 255)) & members & ~all;
    const auto classes = AsksClasses(rows, all, none, members);
    BOOST_TEST_REQUIRE(classes.has_value());
    std::set<RowSet> different;
    for (const AsksClass& one : *classes) different.insert(one.rows);
    BOOST_TEST(different.size() == classes->size());
    std::vector<std::uint64_t> fewest(classes->size(), ~std::uint64_t{0});
    for (std::uint64_t asks = 0; asks < 256; ++asks) {
      if ((asks & ~members) != 0 || (all & ~asks) != 0 || (asks & none) != 0) continue;
      std::size_t within = 0;
      for (std::size_t c = 0; c < classes->size(); ++c) {
        for (const AsksCube& cube : (*classes)[c].cubes) {
          if ((cube.all & ~asks) != 0 || (cube.none & asks) != 0) continue;
          ++within;
          if (std::popcount(asks) < std::popcount(fewest[c])) fewest[c] = asks;
          for (std::size_t r = 0; r < rows.size(); ++r) {
            BOOST_TEST((*classes)[c].rows[r] == ((asks & ~rows[r].capabilities) == 0));
          }
        }
      }
      BOOST_TEST_REQUIRE(within == 1U);
    }
    for (std::size_t c = 0; c < classes->size(); ++c) {
      BOOST_TEST(std::popcount((*classes)[c].fewest) == std::popcount(fewest[c]));
    }
  }
}

BOOST_AUTO_TEST_CASE(asks_past_the_limit_are_nothing) {
  std::vector<CellRow> rows(10);
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r].capabilities = ~(std::uint64_t{1} << r);
  BOOST_TEST(!AsksClasses(rows, 0, 0, 1023, 1'000).has_value());
  const auto classes = AsksClasses(rows, 0, 0, 1023, 1'024);
  BOOST_TEST_REQUIRE(classes.has_value());
  BOOST_TEST(classes->size() == 1'024U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
