#include "compiler/format/entries.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace mlp::compiler::format {
namespace {

bool Continues(std::string_view word) { return word == "and" || word == "or" || word == "->"; }

bool BeginsClaim(std::string_view word) {
  return word == "always" || word == "never" || word == "survives";
}

/// Whether a name must follow, so that what looks like a keyword is one.
bool AsksForMore(std::string_view word) {
  constexpr std::array<std::string_view, 17> kWords{
      "when", "and", "or", "not", "has", "in", "starts-with", "can", "over",
      "==",   "!=",  "<",  "<=",  ">",   ">=", ",",           "."};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

class Reader {
 public:
  Reader(const std::vector<Token>& tokens, const std::set<std::uint32_t>& docs)
      : tokens_(tokens), docs_(docs) {}

  /// Up to the `}` that closes the block, or to the end of the file.
  std::vector<Entry> ReadEntries(std::string_view* open_comment) {
    std::vector<Entry> entries;
    while (at_ < tokens_.size() && tokens_[at_].kind != TokenKind::kCloseBrace) {
      const Token& token = tokens_[at_];
      if (token.kind == TokenKind::kSemicolon) {
        ++at_;
      } else if (token.kind == TokenKind::kComment) {
        ++at_;
        std::string_view* place = PlaceBehind(token, entries, open_comment);
        if (place != nullptr) {
          *place = token.text;
          continue;
        }
        Entry entry;
        entry.blank_before = token.newlines > 1;
        entry.comment = token.text;
        entries.push_back(std::move(entry));
      } else {
        entries.push_back(ReadStatement(open_comment == nullptr));
      }
    }
    return entries;
  }

 private:
  /// Where a comment goes that begins no line: behind the statement or `{` before it. Nothing where
  /// it stands on a line of its own.
  std::string_view* PlaceBehind(const Token& comment, std::vector<Entry>& entries,
                                std::string_view* open_comment) const {
    if (comment.newlines > 0 || docs_.contains(comment.begin)) return nullptr;
    if (entries.empty()) {
      // Behind a `;` there may be a second one.
      return open_comment != nullptr && open_comment->empty() ? open_comment : nullptr;
    }
    Entry& last = entries.back();
    return last.pieces.empty() || !last.trailing.empty() ? nullptr : &last.trailing;
  }

  Entry ReadStatement(bool top_level) {
    Entry entry;
    entry.blank_before = tokens_[at_].newlines > 1;
    // The braces of a pool hold a list, and belong to the statement.
    const bool pool = top_level && tokens_[at_].text == "pool";
    const bool claim =
        top_level && (tokens_[at_].text == "assert" || tokens_[at_].text == "guardrail");
    std::size_t depth = 0;
    while (at_ < tokens_.size()) {
      const Token& token = tokens_[at_];
      if (!entry.pieces.empty() && depth == 0 && EndsBefore(entry.pieces.back(), claim)) break;
      if (token.kind == TokenKind::kComment) {
        TakeComments(entry.pieces.back());
        continue;
      }
      if (token.kind == TokenKind::kOpenBrace && !pool) {
        ReadBlock(entry);
        break;
      }
      if (token.kind == TokenKind::kOpenParen || token.kind == TokenKind::kOpenBrace) ++depth;
      if (token.kind == TokenKind::kCloseParen || token.kind == TokenKind::kCloseBrace) --depth;
      entry.pieces.push_back({token.kind, token.text, token.begin, {}});
      ++at_;
    }
    return entry;
  }

  /// Whether the statement ends before the next token, outside parentheses.
  bool EndsBefore(const Piece& last, bool claim) const {
    const Token& token = tokens_[at_];
    if (token.kind == TokenKind::kSemicolon || token.kind == TokenKind::kCloseBrace) return true;
    if (last.kind == TokenKind::kComma) return false;
    std::size_t next = at_;
    bool line_ends = false;
    for (; next < tokens_.size(); ++next) {
      line_ends = line_ends || tokens_[next].newlines > 0;
      if (tokens_[next].kind != TokenKind::kComment) break;
    }
    if (next == tokens_.size()) return true;
    return line_ends && !Continues(tokens_[next].text) &&
           !(claim && (tokens_[next].text == "when" || BeginsClaim(tokens_[next].text)));
  }

  void TakeComments(Piece& piece) {
    for (; at_ < tokens_.size() && tokens_[at_].kind == TokenKind::kComment; ++at_)
      piece.comments.push_back({tokens_[at_].text, tokens_[at_].newlines > 0});
  }

  void ReadBlock(Entry& entry) {
    entry.block = std::make_unique<Block>();
    const std::size_t open = at_++;
    entry.block->entries = ReadEntries(&entry.block->open_comment);
    // A well-formed file closes every block.
    std::uint32_t newlines = 0;
    bool comments = false;
    for (std::size_t i = open + 1; i <= at_ && i < tokens_.size(); ++i) {
      newlines += tokens_[i].newlines;
      comments = comments || tokens_[i].kind == TokenKind::kComment;
    }
    entry.block->one_line = newlines == 0 && !comments;
    ++at_;
  }

  const std::vector<Token>& tokens_;
  const std::set<std::uint32_t>& docs_;
  std::size_t at_ = 0;
};

}  // namespace

bool IsClaim(const std::vector<Piece>& pieces) {
  return pieces.size() > 2 && (pieces[0].text == "assert" || pieces[0].text == "guardrail");
}

std::vector<std::size_t> ClaimParts(const std::vector<Piece>& pieces) {
  std::vector<std::size_t> parts;
  if (pieces[2].text == "when") parts.push_back(2);
  std::size_t depth = 0;
  for (std::size_t i = 2; i < pieces.size(); ++i) {
    if (pieces[i].kind == TokenKind::kOpenParen) ++depth;
    if (pieces[i].kind == TokenKind::kCloseParen) --depth;
    if (depth > 0 || !BeginsClaim(pieces[i].text) || AsksForMore(pieces[i - 1].text)) continue;
    parts.push_back(i);
    break;
  }
  return parts;
}

std::vector<Entry> Entries(const std::vector<Token>& tokens, const std::set<std::uint32_t>& docs) {
  return Reader(tokens, docs).ReadEntries(nullptr);
}

}  // namespace mlp::compiler::format
