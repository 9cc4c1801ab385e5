#include "compiler/format/page.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "compiler/format/lines.hpp"

namespace mlp::compiler::format {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kBetweenColumns = 2;
/// Of a line whose comment stands in the column of the others; longer ones would push it far away.
constexpr std::size_t kLongestInColumn = 64;

/// A line of the page; lines of one run have their comments in one column.
struct PageLine {
  Line line;
  std::size_t run = 0;
};

/// How many pieces the keyword of a statement has: `at 80%` and `tuned from` are one.
std::size_t KeywordPieces(const std::vector<Piece>& pieces) {
  if (pieces.size() < 2) return 1;
  if (pieces[0].text == "at" && pieces[1].text.back() == '%') return 2;
  if (pieces[0].text == "tuned" && pieces[1].text == "from") return 2;
  return 1;
}

class Page {
 public:
  explicit Page(const Marks& marks) : marks_(marks) {}

  std::string Write(const std::vector<Entry>& entries) {
    WriteEntries(entries, 0, true);
    return Text();
  }

 private:
  void WriteEntries(const std::vector<Entry>& entries, std::size_t indent, bool top_level) {
    const std::size_t values = top_level ? 0 : ValueColumn(entries);
    // Where what follows a claim's text begins; 0 for all that is no claim.
    const std::vector<std::size_t> claims =
        top_level ? ClaimColumns(entries) : std::vector<std::size_t>(entries.size(), 0);
    bool first = true;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Entry& entry = entries[i];
      if (entry.blank_before && !first) {
        lines_.push_back({});
        ++run_;
      }
      first = false;
      if (entry.pieces.empty()) {
        ++run_;
        Add({std::string(indent, ' ') + std::string(entry.comment), {}});
        ++run_;
      } else if (entry.block != nullptr) {
        WriteBlock(entry, indent);
      } else {
        WriteStatement(entry, indent, values, claims[i]);
      }
    }
  }

  void WriteStatement(const Entry& entry, std::size_t indent, std::size_t values,
                      std::size_t claim) {
    Spacing spacing = SpacingOf(entry.pieces);
    Room room{indent, indent + kIndent, {}};
    if (values != 0) {
      Pad(entry.pieces, spacing, KeywordPieces(entry.pieces), values);
      room.rest = indent + values;
    }
    if (claim != 0) {
      Pad(entry.pieces, spacing, 2, claim);
      const bool fits = indent + WidthOf(entry.pieces, spacing) <= kColumns;
      if (!fits || HasComments(entry.pieces)) {
        AddAll(ClaimLines(entry.pieces, spacing, room), entry.trailing);
        return;
      }
    }
    AddAll(Lines(entry.pieces, spacing, room), entry.trailing);
  }

  /// Each part on lines of its own, of which those that are too long go on two columns deeper.
  static std::vector<Line> ClaimLines(const std::vector<Piece>& pieces, const Spacing& spacing,
                                      const Room& room) {
    std::vector<std::size_t> begins = ClaimParts(pieces);
    begins.insert(begins.begin(), 0);
    begins.push_back(pieces.size());
    std::vector<Line> lines;
    for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
      const auto first = static_cast<std::ptrdiff_t>(begins[i]);
      const auto end = static_cast<std::ptrdiff_t>(begins[i + 1]);
      const Room part = i == 0 ? room : Room{room.rest, room.rest + kIndent, {}};
      for (Line& line : Lines({pieces.begin() + first, pieces.begin() + end},
                              {{spacing.gaps.begin() + first, spacing.gaps.begin() + end}}, part)) {
        lines.push_back(std::move(line));
      }
    }
    return lines;
  }

  void WriteBlock(const Entry& entry, std::size_t indent) {
    const Spacing spacing = SpacingOf(entry.pieces);
    const Block& block = *entry.block;
    std::string inside;
    const bool empty = block.entries.empty() && block.open_comment.empty();
    if (empty || (block.one_line && OneLine(block, inside))) {
      if (empty) inside = " { }";
      const bool fits = indent + WidthOf(entry.pieces, spacing) + Width(inside) <= kColumns;
      if (empty || (fits && !HasComments(entry.pieces))) {
        AddAll(Lines(entry.pieces, spacing, {indent, indent + kIndent, inside}), entry.trailing);
        return;
      }
    }
    ++run_;
    AddAll(Lines(entry.pieces, spacing, {indent, indent + kIndent, " {"}), block.open_comment);
    ++run_;
    WriteEntries(block.entries, indent + kIndent, false);
    ++run_;
    Add({std::string(indent, ' ') + "}", entry.trailing});
    ++run_;
  }

  /// ` { a; b }`, or false where something in it needs lines of its own.
  bool OneLine(const Block& block, std::string& text) const {
    text += " { ";
    for (const Entry& entry : block.entries) {
      if (entry.pieces.empty()) return false;
      if (&entry != &block.entries.front()) text += "; ";
      const Spacing spacing = SpacingOf(entry.pieces);
      for (std::size_t i = 0; i < entry.pieces.size(); ++i) {
        text.append(i == 0 ? 0 : spacing.gaps[i], ' ');
        text += entry.pieces[i].text;
      }
      if (entry.block != nullptr && !OneLine(*entry.block, text)) return false;
    }
    text += block.entries.empty() ? "}" : " }";
    return block.open_comment.empty();
  }

  Spacing SpacingOf(const std::vector<Piece>& pieces) const {
    Spacing spacing = PlainSpacing(pieces);
    const bool ramp = pieces.front().text == "ramp";
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const bool before_mark =
          i + 1 < pieces.size() && marks_.wide_word_before.contains(pieces[i + 1].begin);
      if (before_mark || marks_.wide.contains(pieces[i].begin) ||
          (ramp && pieces[i].text == "for")) {
        spacing.gaps[i] = kBetweenColumns;
      }
    }
    return spacing;
  }

  /// Widens the gap before piece `index` so that it begins in `column`, counted from the first
  /// piece.
  static void Pad(const std::vector<Piece>& pieces, Spacing& spacing, std::size_t index,
                  std::size_t column) {
    if (index >= pieces.size()) return;
    const std::size_t before = WidthOfFirst(pieces, spacing, index);
    if (column > before) spacing.gaps[index] = column - before;
  }

  static std::size_t WidthOfFirst(const std::vector<Piece>& pieces, const Spacing& spacing,
                                  std::size_t count) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < count; ++i)
      width += (i == 0 ? 0 : spacing.gaps[i]) + Width(pieces[i].text);
    return width;
  }

  /// Where the values of a block's statements begin, from its indent.
  std::size_t ValueColumn(const std::vector<Entry>& entries) const {
    std::size_t longest = 0;
    for (const Entry& entry : entries) {
      const std::size_t count = entry.pieces.empty() ? 0 : KeywordPieces(entry.pieces);
      if (count == 0 || entry.block != nullptr || entry.pieces.size() <= count) continue;
      longest = std::max(longest, WidthOfFirst(entry.pieces, PlainSpacing(entry.pieces), count));
    }
    return longest == 0 ? 0 : longest + kBetweenColumns;
  }

  /// For each claim the column of what follows its text: the same for neighbours, as long as that
  /// keeps them on one line.
  std::vector<std::size_t> ClaimColumns(const std::vector<Entry>& entries) const {
    std::vector<std::size_t> columns(entries.size(), 0);
    for (std::size_t first = 0; first < entries.size();) {
      std::size_t end = first;
      while (end < entries.size() && IsClaim(entries[end].pieces) &&
             (end == first || !entries[end].blank_before)) {
        ++end;
      }
      if (end == first) {
        ++first;
        continue;
      }
      AlignClaims(entries, first, end, columns);
      first = end;
    }
    return columns;
  }

  void AlignClaims(const std::vector<Entry>& entries, std::size_t first, std::size_t end,
                   std::vector<std::size_t>& columns) const {
    std::size_t longest = 0;
    std::size_t longest_rest = 0;
    std::vector<std::size_t> members;
    for (std::size_t i = first; i < end; ++i) {
      const std::vector<Piece>& pieces = entries[i].pieces;
      const Spacing spacing = SpacingOf(pieces);
      const std::size_t head = WidthOfFirst(pieces, spacing, 2);
      const std::size_t rest = WidthOf(pieces, spacing) - head - spacing.gaps[2];
      columns[i] = head + kBetweenColumns;
      if (columns[i] + rest > kColumns || HasComments(pieces)) continue;
      longest = std::max(longest, columns[i]);
      longest_rest = std::max(longest_rest, rest);
      members.push_back(i);
    }
    if (longest + longest_rest > kColumns) return;
    for (const std::size_t i : members) columns[i] = longest;
  }

  void AddAll(std::vector<Line> lines, std::string_view trailing) {
    if (!trailing.empty()) lines.back().comment = trailing;
    for (Line& line : lines) Add(std::move(line));
  }

  void Add(Line line) { lines_.push_back({std::move(line), run_}); }

  std::string Text() const {
    std::string text;
    for (std::size_t first = 0; first < lines_.size();) {
      std::size_t end = first;
      std::size_t longest = 0;
      for (; end < lines_.size() && lines_[end].run == lines_[first].run; ++end) {
        const std::size_t width = Width(lines_[end].line.code);
        if (!lines_[end].line.comment.empty() && width <= kLongestInColumn)
          longest = std::max(longest, width);
      }
      for (; first < end; ++first) {
        const Line& line = lines_[first].line;
        text += line.code;
        if (!line.comment.empty()) {
          const std::size_t width = Width(line.code);
          const std::size_t column = width <= kLongestInColumn ? longest : width;
          text.append(column + kBetweenColumns - width, ' ');
          text += line.comment;
        }
        text += '\n';
      }
    }
    return text;
  }

  const Marks& marks_;
  std::vector<PageLine> lines_;
  std::size_t run_ = 1;
};

}  // namespace

std::string WritePage(const std::vector<Entry>& entries, const Marks& marks) {
  return Page(marks).Write(entries);
}

}  // namespace mlp::compiler::format
