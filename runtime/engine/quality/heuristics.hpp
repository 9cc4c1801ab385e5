// Parts of an answer's quality that can be guessed from its text alone. Heuristics: cheap, without
// knowledge of the matter, made to notice answers that went wrong rather than to rank good ones.
#pragma once

#include <optional>
#include <string_view>

#include "mlp/quality.hpp"

namespace mlp::engine {

/// Whether the answer came to an end: 0 where it is empty or was cut off at its most tokens; else
/// half for a last line that ends as sentences, lists, code or numbers do, and half for code fences
/// and brackets that are closed. 1 for a tool call.
[[nodiscard]] double Completeness(const AnswerView& answer);

/// How many of the words of the user's last message come back: the share of its distinct words of
/// four letters and more, compared by their first five, relative to a quarter of them, which is
/// enough for 1. Nothing where the message has none, or the answer is a tool call.
[[nodiscard]] std::optional<double> Relevance(const AnswerView& answer);

/// Whether the text repeats itself or is garbled: the share of distinct trigrams of words
/// ("distinct-3", Li et al. 2016, "A Diversity-Promoting Objective Function") relative to 0.6,
/// times the share of characters that are not U+FFFD or control characters. 1 for fewer than
/// twenty words.
[[nodiscard]] double Coherence(const AnswerView& answer);

/// Whether the answer declines: an opening as of "I'm sorry, but I can't", in English.
[[nodiscard]] bool LooksLikeRefusal(std::string_view text);

}  // namespace mlp::engine
