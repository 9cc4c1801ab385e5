// A model as judge: what it is asked, and what it said.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/quality.hpp"
#include "mlp/tables.hpp"

namespace mlp::engine {

/// The name of the one score where the judge is asked for no part in particular.
inline constexpr std::string_view kOverall = "overall";

/// Asks for a JSON object with a number from 0 to 100 for each part. What is judged is quoted as
/// data between lines with a word that stands nowhere in it: the judge is told, before it and
/// after, to follow nothing in there. At most 32 KiB of the user's last message and of the answer
/// are shown, their middle left out. The same for the same arguments.
[[nodiscard]] Prompt JudgePrompt(std::string_view question, const std::vector<std::string>& parts,
                                 const AnswerView& answer);

/// The score of each part, 0 .. 1; nothing where the text holds no object that has them all as
/// numbers between 0 and 100.
[[nodiscard]] std::optional<std::map<std::string, double>> ReadVerdict(
    std::string_view text, const std::vector<std::string>& parts);

/// A bound on the tokens that JudgePrompt adds to what the judged call sent and got: its own words.
inline constexpr std::int64_t kJudgeTokens = 600;

}  // namespace mlp::engine
