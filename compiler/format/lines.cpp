#include "compiler/format/lines.hpp"

#include <algorithm>

#include "compiler/source/utf8.hpp"

namespace mlp::compiler::format {
namespace {

bool IsConnective(const Piece& piece) { return piece.text == "and" || piece.text == "or"; }

class Filler {
 public:
  Filler(const std::vector<Piece>& pieces, const Spacing& spacing, const Room& room)
      : pieces_(pieces), spacing_(spacing), room_(room), depths_(pieces.size()) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const TokenKind kind = pieces[i].kind;
      if (kind == TokenKind::kCloseParen) --depth;
      depths_[i] = depth;
      if (kind == TokenKind::kOpenParen) ++depth;
    }
    Begin(room.indent);
  }

  std::vector<Line> Take(bool whole) {
    if (whole) {
      for (std::size_t i = 0; i < pieces_.size(); ++i) Place(i);
    } else {
      Fill(0, pieces_.size(), 0);
    }
    line_.code += room_.tail;
    if (!fresh_ || !room_.tail.empty()) lines_.push_back(std::move(line_));
    return std::move(lines_);
  }

 private:
  /// Whether a line may begin with piece i, seen from a list or condition `depth` parentheses deep.
  bool MayBreak(std::size_t i, std::size_t depth) const {
    if (i == 0 || depths_[i] != depth) return false;
    return pieces_[i - 1].kind == TokenKind::kComma || IsConnective(pieces_[i]) ||
           pieces_[i].text == "->";
  }

  bool MustBreak(std::size_t i, std::size_t depth) const {
    return depth == 0 && i > 0 && depths_[i] == 0 && IsConnective(pieces_[i]);
  }

  /// Columns of pieces [first, end) on a line that goes on with them, up to a comment among them.
  std::size_t Columns(std::size_t first, std::size_t end) const {
    std::size_t columns = 0;
    for (std::size_t i = first; i < end; ++i) {
      columns += (fresh_ && i == first ? 0 : spacing_.gaps[i]) + Width(pieces_[i].text);
      if (!pieces_[i].comments.empty()) return columns;
    }
    return columns + (end == pieces_.size() ? room_.tail.size() : 0);
  }

  void Fill(std::size_t first, std::size_t end, std::size_t depth) {
    // More parentheses than this are put on the line as they are.
    constexpr std::size_t kDeepest = 24;
    for (std::size_t i = first; i < end;) {
      std::size_t next = i + 1;
      while (next < end && !MayBreak(next, depth)) ++next;
      if (MustBreak(i, depth)) Break(depth);
      if (!fresh_ && MayBreak(i, depth) && columns_ + Columns(i, next) > kColumns) Break(depth);
      const bool whole = columns_ + Columns(i, next) <= kColumns && !HasComment(i, next);
      if (!whole && depth < kDeepest && HasDeeper(i, next, depth)) {
        Fill(i, next, depth + 1);
      } else {
        for (; i < next; ++i) Place(i);
      }
      i = next;
    }
  }

  bool HasDeeper(std::size_t first, std::size_t end, std::size_t depth) const {
    return std::any_of(depths_.begin() + static_cast<std::ptrdiff_t>(first),
                       depths_.begin() + static_cast<std::ptrdiff_t>(end),
                       [depth](std::size_t at) { return at > depth; });
  }

  bool HasComment(std::size_t first, std::size_t end) const {
    return std::any_of(pieces_.begin() + static_cast<std::ptrdiff_t>(first),
                       pieces_.begin() + static_cast<std::ptrdiff_t>(end),
                       [](const Piece& piece) { return !piece.comments.empty(); });
  }

  void Place(std::size_t i) {
    if (!fresh_) line_.code.append(spacing_.gaps[i], ' ');
    columns_ += (fresh_ ? 0 : spacing_.gaps[i]) + Width(pieces_[i].text);
    line_.code += pieces_[i].text;
    fresh_ = false;
    if (pieces_[i].comments.empty()) return;
    const std::size_t depth = i + 1 < pieces_.size() ? depths_[i + 1] : 0;
    for (const InnerComment& comment : pieces_[i].comments) {
      if (comment.own_line) {
        if (!fresh_) Break(depth);
        line_.code += comment.text;
        fresh_ = false;
      } else {
        line_.comment = comment.text;
      }
    }
    Break(depth);
  }

  void Begin(std::size_t indent) {
    line_.code.assign(indent, ' ');
    columns_ = indent;
    fresh_ = true;
  }

  void Break(std::size_t depth) {
    if (fresh_) return;
    lines_.push_back(std::move(line_));
    line_ = {};
    Begin(room_.rest + 2 * depth);
  }

  const std::vector<Piece>& pieces_;
  const Spacing& spacing_;
  const Room& room_;
  std::vector<std::size_t> depths_;
  std::vector<Line> lines_;
  Line line_;
  std::size_t columns_ = 0;
  bool fresh_ = true;  ///< nothing but blanks stands on the line
};

bool Fits(const std::vector<Piece>& pieces, const Spacing& spacing, const Room& room) {
  return room.indent + WidthOf(pieces, spacing) + room.tail.size() <= kColumns &&
         !HasComments(pieces);
}

/// A statement, or a part of one.
void Append(const std::vector<Piece>& pieces, const Spacing& spacing, const Room& room,
            std::vector<Line>& lines) {
  for (Line& line : Filler(pieces, spacing, room).Take(Fits(pieces, spacing, room)))
    lines.push_back(std::move(line));
}

}  // namespace

std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    width += static_cast<std::size_t>(DisplayWidth(point.value));
    text.remove_prefix(point.length);
  }
  return width;
}

Spacing PlainSpacing(const std::vector<Piece>& pieces) {
  Spacing spacing;
  spacing.gaps.assign(pieces.size(), 1);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const TokenKind kind = pieces[i].kind;
    const TokenKind before = i > 0 ? pieces[i - 1].kind : TokenKind::kOpenParen;
    const bool joined = kind == TokenKind::kComma || kind == TokenKind::kDot ||
                        kind == TokenKind::kCloseParen || before == TokenKind::kDot ||
                        before == TokenKind::kOpenParen;
    if (joined) spacing.gaps[i] = 0;
  }
  return spacing;
}

std::size_t WidthOf(const std::vector<Piece>& pieces, const Spacing& spacing) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    width += (i == 0 ? 0 : spacing.gaps[i]) + Width(pieces[i].text);
  return width;
}

bool HasComments(const std::vector<Piece>& pieces) {
  return std::any_of(pieces.begin(), pieces.end(),
                     [](const Piece& piece) { return !piece.comments.empty(); });
}

std::vector<Line> Lines(const std::vector<Piece>& pieces, const Spacing& spacing,
                        const Room& room) {
  std::vector<Line> lines;
  const auto brace = [&pieces](TokenKind kind) {
    return static_cast<std::size_t>(
        std::find_if(pieces.begin(), pieces.end(),
                     [kind](const Piece& piece) { return piece.kind == kind; }) -
        pieces.begin());
  };
  const std::size_t open = brace(TokenKind::kOpenBrace);
  const std::size_t close = brace(TokenKind::kCloseBrace);
  if (open == pieces.size() || close == pieces.size() || Fits(pieces, spacing, room)) {
    Append(pieces, spacing, room, lines);
    return lines;
  }
  // The list of a pool stands between its braces as a block does.
  const auto append = [&](std::size_t first, std::size_t end, const Room& part) {
    const auto begin = static_cast<std::ptrdiff_t>(first);
    const auto length = static_cast<std::ptrdiff_t>(end - first);
    const std::vector<Piece> of_part(pieces.begin() + begin, pieces.begin() + begin + length);
    const auto gaps = spacing.gaps.begin() + begin;
    Append(of_part, {std::vector<std::size_t>(gaps, gaps + length)}, part, lines);
  };
  append(0, open + 1, {room.indent, room.rest, {}});
  append(open + 1, close, {room.rest, room.rest, {}});
  append(close, pieces.size(), room);
  return lines;
}

}  // namespace mlp::compiler::format
