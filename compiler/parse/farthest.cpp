#include "compiler/parse/farthest.hpp"

#include <algorithm>

namespace mlp::compiler::parse {
namespace {

constexpr std::size_t kMostNamed = 8;
constexpr std::string_view kStatementEnd = "the end of the statement";

}  // namespace

void Farthest::MoveTo(std::uint32_t place) {
  place_ = place;
  reason_ = Reason::kToken;
  expected_.clear();
}

void Farthest::Fail(std::uint32_t place, std::size_t since, std::string_view text, bool is_word) {
  if (place < place_) return;
  if (place > place_) MoveTo(place);
  for (std::size_t i = since; i < expected_.size(); ++i) expected_[i].hidden = true;
  expected_.push_back({text, is_word, false});
}

void Farthest::Fail(std::uint32_t place, Reason reason) {
  if (place < place_) return;
  if (place > place_) MoveTo(place);
  reason_ = reason;
}

std::string Farthest::ExpectedText() const {
  std::vector<std::string> named;
  bool end_too = false;
  for (const Expectation& expectation : expected_) {
    if (expectation.hidden) continue;
    if (expectation.text == kStatementEnd) {
      end_too = true;
      continue;
    }
    std::string text = expectation.is_word ? "`" + std::string(expectation.text) + "`"
                                           : std::string(expectation.text);
    if (std::find(named.begin(), named.end(), text) == named.end()) {
      named.push_back(std::move(text));
    }
  }
  if (named.size() > kMostNamed) {
    named.resize(kMostNamed);
    named.emplace_back("another word");
  } else if (end_too) {
    named.emplace_back(kStatementEnd);
  }
  std::string list;
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (i > 0) list += i + 1 == named.size() ? " or " : ", ";
    list += named[i];
  }
  return list;
}

bool Farthest::Expects(std::string_view text) const {
  return std::any_of(expected_.begin(), expected_.end(), [text](const Expectation& expectation) {
    return !expectation.hidden && expectation.text == text;
  });
}

std::vector<std::string_view> Farthest::Words() const {
  std::vector<std::string_view> words;
  for (const Expectation& expectation : expected_) {
    if (!expectation.is_word || expectation.text.front() < 'a' || expectation.text.front() > 'z') {
      continue;
    }
    if (std::find(words.begin(), words.end(), expectation.text) == words.end()) {
      words.push_back(expectation.text);
    }
  }
  return words;
}

}  // namespace mlp::compiler::parse
