// The price periods of a model of the research catalog as `price` statements.
#pragma once

#include <string>
#include <vector>

#include "compiler/import/declarations.hpp"
#include "compiler/import/json_view.hpp"

namespace mlp::compiler {

/// What reading a model's facts leaves behind beside the facts.
struct ReadingNotes {
  std::vector<std::string> unknown_days;  ///< "cutoff 2023-12"
  std::vector<std::string> docs;          ///< paragraphs for the doc comment
  std::vector<std::string> left_out;      ///< facts that cannot be written, for the report
};

/// The date under `view`; empty where there is none. `what` names it in notes.
[[nodiscard]] std::string ReadDate(const JsonView& view, const std::string& what,
                                   ReadingNotes& notes);

/// `periods` is a model's list of prices: each gives a statement, one for each of its tiers and one
/// for each of its schedules. A period in which a schedule changes its days ("all until D, then X")
/// becomes two.
[[nodiscard]] std::vector<PriceFacts> ReadPrices(const JsonView& periods, ReadingNotes& notes);

/// The rates of an object such as {"input": "3", "cache_write_1h": "6"} in a fixed order. `what`
/// names it in notes.
[[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> ReadRates(const JsonView& rates,
                                                                          const std::string& what,
                                                                          ReadingNotes& notes);

}  // namespace mlp::compiler
