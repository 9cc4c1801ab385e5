#include "compiler/diagram/cells.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>
#include <utility>

#include "compiler/diagram/guards.hpp"

namespace mlp::compiler {
namespace {

__extension__ using Int128 = __int128;

/// Splits the sets of asks on one member at a time, those first that put out the most rows.
class AsksSplitter {
 public:
  AsksSplitter(std::span<const CellRow> rows, std::size_t most) : rows_(rows), most_(most) {}

  bool Split(AsksCube cube, std::uint64_t open, const RowSet& holding) {
    const std::uint64_t next = MostTelling(open, holding);
    if (next == 0) {
      if (++cubes_ > most_) return false;
      classes_[holding].push_back(cube);
      return true;
    }
    RowSet with = holding;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if ((rows_[r].capabilities & next) == 0) with[r] = false;
    }
    return Split({cube.all, cube.none | next}, open & ~next, holding) &&
           Split({cube.all | next, cube.none}, open & ~next, with);
  }

  std::vector<AsksClass> Take() {
    std::vector<AsksClass> result;
    for (auto& [rows, cubes] : classes_) {
      const auto fewest =
          std::min_element(cubes.begin(), cubes.end(), [](const AsksCube& a, const AsksCube& b) {
            return std::pair(std::popcount(a.all), a.all) < std::pair(std::popcount(b.all), b.all);
          });
      const std::uint64_t fewest_all = fewest->all;
      result.push_back({rows, fewest_all, std::move(cubes)});
    }
    std::sort(result.begin(), result.end(), [](const AsksClass& a, const AsksClass& b) {
      return std::pair(std::popcount(a.fewest), a.fewest) <
             std::pair(std::popcount(b.fewest), b.fewest);
    });
    return result;
  }

 private:
  /// 0 where no open member puts out a row that holds.
  [[nodiscard]] std::uint64_t MostTelling(std::uint64_t open, const RowSet& holding) const {
    std::uint64_t best = 0;
    std::size_t most_out = 0;
    for (std::uint64_t rest = open; rest != 0; rest &= rest - 1) {
      const std::uint64_t member = rest & ~(rest - 1);
      std::size_t out = 0;
      for (std::size_t r = 0; r < rows_.size(); ++r) {
        if (holding[r] && (rows_[r].capabilities & member) == 0) ++out;
      }
      if (out > most_out) {
        most_out = out;
        best = member;
      }
    }
    return best;
  }

  std::span<const CellRow> rows_;
  std::size_t most_;
  std::size_t cubes_ = 0;
  std::map<RowSet, std::vector<AsksCube>> classes_;
};

/// A cell that is still being cut; it has a point.
struct Piece {
  RowSet rows;
  TokenRange box;
  std::vector<Guard> lines;
};

using LineKey = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
LineKey KeyOf(const Guard& line) { return {line.a, line.b, line.c}; }

bool SameLines(const std::vector<Guard>& a, const std::vector<Guard>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Guard& x, const Guard& y) { return KeyOf(x) == KeyOf(y); });
}

/// Keeps `piece` to one side of the guard: a side of its box, or one line more. The output that the
/// guard sees is the request's own, or `cap` for every request of the piece.
void Keep(Piece& piece, const Guard& guard, std::optional<std::int64_t> cap) {
  if (!cap && guard.a != 0 && guard.b != 0) {
    piece.lines.push_back(guard);
    return;
  }
  // One axis: as a line, so that Tighten reads it. The constant is brought into 64 bits; what lies
  // beyond the box on either side is as good.
  const Int128 rest = Int128{guard.c} - (cap ? Int128{guard.b} * *cap : Int128{0});
  constexpr Int128 kFar = Int128{1} << 62;
  const Guard bound{guard.a, cap ? 0 : guard.b,
                    static_cast<std::int64_t>(std::clamp(rest, -kFar, kFar))};
  piece.box = Tighten(piece.box, {&bound, 1});
}

bool HasPoint(const Piece& piece) { return FindTokenPoint(piece.box, piece.lines).has_value(); }

/// Cuts one piece, all of it on one side of the row's cap, by whether the row's bounds hold.
void CutByRow(Piece piece, const CellRow& row, std::optional<std::int64_t> cap,
              std::vector<Piece>& into) {
  Piece inside = piece;
  for (const Guard& guard : row.guards) Keep(inside, guard, cap);
  if (!HasPoint(inside)) {
    piece.rows.push_back(false);
    into.push_back(std::move(piece));
    return;
  }
  for (const Guard& guard : row.guards) {
    Piece outside = piece;
    Keep(outside, Complement(guard), cap);
    if (!HasPoint(outside)) continue;
    outside.rows.push_back(false);
    into.push_back(std::move(outside));
    Keep(piece, guard, cap);
  }
  piece.rows.push_back(true);
  into.push_back(std::move(piece));
}

/// Joins pieces that differ in one side of their boxes only and lie side by side there.
void Join(std::vector<Piece>& pieces) {
  using Sides = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
  const auto along_input = [](TokenRange& box) {
    return std::pair(&box.first_input, &box.last_input);
  };
  const auto along_output = [](TokenRange& box) {
    return std::pair(&box.first_output, &box.last_output);
  };
  const auto join = [&](const auto& along, const auto& across) {
    const auto sides = [&](const Piece& piece) {
      TokenRange box = piece.box;
      return Sides(*across(box).first, *across(box).second, *along(box).first);
    };
    std::stable_sort(pieces.begin(), pieces.end(), [&](const Piece& a, const Piece& b) {
      if (a.rows != b.rows) return a.rows < b.rows;
      if (!SameLines(a.lines, b.lines)) {
        return std::lexicographical_compare(
            a.lines.begin(), a.lines.end(), b.lines.begin(), b.lines.end(),
            [](const Guard& x, const Guard& y) { return KeyOf(x) < KeyOf(y); });
      }
      return sides(a) < sides(b);
    });
    std::vector<Piece> joined;
    for (Piece& piece : pieces) {
      if (!joined.empty()) {
        Piece& last = joined.back();
        if (last.rows == piece.rows && SameLines(last.lines, piece.lines) &&
            *across(last.box).first == *across(piece.box).first &&
            *across(last.box).second == *across(piece.box).second &&
            *along(last.box).second + 1 == *along(piece.box).first) {
          *along(last.box).second = *along(piece.box).second;
          continue;
        }
      }
      joined.push_back(std::move(piece));
    }
    const bool fewer = joined.size() < pieces.size();
    pieces = std::move(joined);
    return fewer;
  };
  while (pieces.size() > 1) {
    const bool by_input = join(along_input, along_output);
    const bool by_output = join(along_output, along_input);
    if (!by_input && !by_output) break;
  }
}

/// Without the lines that the box and the others imply.
TokenCell Finish(Piece piece) {
  piece.box = Tighten(piece.box, piece.lines);
  for (std::size_t i = piece.lines.size(); i-- > 0;) {
    std::vector<Guard> others = piece.lines;
    others[i] = Complement(piece.lines[i]);
    if (FindTokenPoint(piece.box, others)) continue;
    piece.lines.erase(piece.lines.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const TokenPoint point = FindTokenPoint(piece.box, piece.lines)
                               .value_or(TokenPoint{piece.box.first_input, piece.box.first_output});
  return {std::move(piece.rows), piece.box, std::move(piece.lines), point.input, point.output};
}

}  // namespace

std::optional<std::vector<AsksClass>> AsksClasses(std::span<const CellRow> rows,
                                                  std::uint64_t asks_all, std::uint64_t asks_none,
                                                  std::uint64_t members, std::size_t most) {
  RowSet holding;
  for (const CellRow& row : rows) holding.push_back((asks_all & ~row.capabilities) == 0);
  AsksSplitter splitter(rows, most);
  if (!splitter.Split({asks_all, asks_none}, members & ~asks_all & ~asks_none, holding)) {
    return std::nullopt;
  }
  return splitter.Take();
}

std::optional<std::vector<TokenCell>> TokenCells(std::span<const CellRow> rows,
                                                 const TokenRange& box, std::size_t most) {
  if (box.empty()) return std::vector<TokenCell>();
  std::vector<Piece> pieces{{{}, box, {}}};
  for (const CellRow& row : rows) {
    const bool sees_output = std::any_of(row.guards.begin(), row.guards.end(),
                                         [](const Guard& guard) { return guard.b != 0; });
    std::vector<Piece> next;
    for (Piece& piece : pieces) {
      if (sees_output && row.output_cap < piece.box.last_output) {
        Piece above = piece;
        above.box.first_output = std::max(above.box.first_output, row.output_cap + 1);
        piece.box.last_output = row.output_cap;
        if (HasPoint(above)) CutByRow(std::move(above), row, row.output_cap, next);
        if (!HasPoint(piece)) continue;
      }
      CutByRow(std::move(piece), row, std::nullopt, next);
    }
    Join(next);
    if (next.size() > most) return std::nullopt;
    pieces = std::move(next);
  }
  std::vector<TokenCell> cells;
  for (Piece& piece : pieces) cells.push_back(Finish(std::move(piece)));
  std::sort(cells.begin(), cells.end(), [](const TokenCell& a, const TokenCell& b) {
    return std::tuple(a.box.first_input, a.box.first_output, a.box.last_input, a.box.last_output,
                      a.input, a.output) < std::tuple(b.box.first_input, b.box.first_output,
                                                      b.box.last_input, b.box.last_output, b.input,
                                                      b.output);
  });
  return cells;
}

}  // namespace mlp::compiler
