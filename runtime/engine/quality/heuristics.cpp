#include "runtime/engine/quality/heuristics.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace mlp::engine {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024;  // of a text that is looked at
constexpr std::size_t kLeastLetters = 4;
constexpr std::size_t kStem = 5;
constexpr double kEnoughOfQuestion = 0.25;
constexpr std::size_t kLeastWords = 20;
constexpr double kUsualDistinct = 0.6;
constexpr std::size_t kOpening = 160;

/// ASCII letters in lower case and whatever is not ASCII; words are what lies between the rest.
template <typename Visit>
void ForEachWord(std::string_view text, Visit visit) {
  std::string word;
  for (const char c : text.substr(0, kMostBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      word += static_cast<char>(std::tolower(byte));
    } else if (!word.empty()) {
      visit(word);
      word.clear();
    }
  }
  if (!word.empty()) visit(word);
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

bool EndsAsTextsDo(std::string_view text) {
  const char last = text.back();
  if (std::string_view(".!?:;)]}\"'`*_|>%").find(last) != std::string_view::npos) return true;
  if (static_cast<unsigned char>(last) >= 0x80) return true;  // other scripts' own marks
  // A heading, an entry of a list, a number, a word alone: no sentence was begun.
  const std::size_t line_begin = text.find_last_of('\n');
  const std::string_view line =
      line_begin == std::string_view::npos ? text : text.substr(line_begin + 1);
  const auto words = std::count(line.begin(), line.end(), ' ');
  return words < 8 || std::isdigit(static_cast<unsigned char>(last)) != 0;
}

bool IsClosed(std::string_view text) {
  std::size_t fences = 0;
  for (std::size_t at = text.find("```"); at != std::string_view::npos;
       at = text.find("```", at + 3)) {
    ++fences;
  }
  if (fences % 2 != 0) return false;
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  return count('{') <= count('}') && count('[') <= count(']');
}

const Message* LastOfUser(const Prompt& prompt) {
  for (auto it = prompt.messages.rbegin(); it != prompt.messages.rend(); ++it) {
    if (it->role == "user") return &*it;
  }
  return nullptr;
}

std::set<std::string> StemsOf(std::string_view text) {
  std::set<std::string> stems;
  ForEachWord(text, [&](const std::string& word) {
    if (word.size() >= kLeastLetters) stems.insert(word.substr(0, kStem));
  });
  return stems;
}

/// The share of the text's bytes that are neither control characters nor of U+FFFD.
double CleanShare(std::string_view text) {
  std::size_t bad = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') ++bad;
    if (text.substr(i, 3) == "\xEF\xBF\xBD") bad += 3;
  }
  return text.empty() ? 1 : 1 - static_cast<double>(bad) / static_cast<double>(text.size());
}

}  // namespace

double Completeness(const AnswerView& answer) {
  if (answer.finish == FinishReason::kLength) return 0;
  if (!answer.tool_calls.empty()) return 1;
  const std::string_view text = Trimmed(answer.text);
  if (text.empty()) return 0;
  return (EndsAsTextsDo(text) ? 0.5 : 0) + (IsClosed(text) ? 0.5 : 0);
}

std::optional<double> Relevance(const AnswerView& answer) {
  const Message* const asked = LastOfUser(answer.prompt);
  if (asked == nullptr || !answer.tool_calls.empty()) return std::nullopt;
  std::set<std::string> wanted;
  for (const Part& part : asked->parts) {
    if (part.kind == PartKind::kText) wanted.merge(StemsOf(part.data));
  }
  if (wanted.empty()) return std::nullopt;
  const std::set<std::string> given = StemsOf(answer.text);
  const auto found = std::count_if(wanted.begin(), wanted.end(),
                                   [&](const std::string& stem) { return given.contains(stem); });
  const double share = static_cast<double>(found) / static_cast<double>(wanted.size());
  return std::min(1.0, share / kEnoughOfQuestion);
}

double Coherence(const AnswerView& answer) {
  const std::string_view text = answer.text.substr(0, kMostBytes);
  std::vector<std::string> words;
  ForEachWord(text, [&](const std::string& word) { words.push_back(word); });
  const double clean = CleanShare(text);
  if (words.size() < kLeastWords) return clean;
  std::set<std::array<std::string_view, 3>> distinct;
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    distinct.insert({words[i], words[i + 1], words[i + 2]});
  }
  const double share = static_cast<double>(distinct.size()) / static_cast<double>(words.size() - 2);
  return std::min(1.0, share / kUsualDistinct) * clean;
}

bool LooksLikeRefusal(std::string_view text) {
  std::string opening;
  const std::size_t first = text.find_first_not_of(" \t\r\n\"'*");
  if (first == std::string_view::npos) return false;
  for (std::size_t i = first; i < text.size() && opening.size() < kOpening; ++i) {
    if (text.substr(i, 3) == "\xE2\x80\x99") {  // a typographic apostrophe
      opening += '\'';
      i += 2;
    } else {
      opening += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    }
  }
  const auto starts = [&](std::string_view words) { return opening.starts_with(words); };
  const auto has = [&](std::string_view words) { return opening.find(words) != std::string::npos; };
  const bool declines = has("i can't") || has("i cannot") || has("i can not") ||
                        has("i'm unable") || has("i am unable") || has("i'm not able") ||
                        has("i am not able") || has("i won't");
  const bool of_help = has("help with") || has("assist") || has("comply") || has("provide") ||
                       has("fulfill") || has("do that") || has("with that") || has("request") ||
                       has("discuss") || has("create") || has("generate") || has("answer");
  const bool apologises = starts("i'm sorry") || starts("i am sorry") || starts("sorry") ||
                          starts("i apologize") || starts("unfortunately") || starts("as an ai");
  const bool at_once = starts("i can't") || starts("i cannot") || starts("i'm unable") ||
                       starts("i am unable") || starts("i'm not able") || starts("i won't");
  return declines && of_help && (apologises || at_once);
}

}  // namespace mlp::engine
