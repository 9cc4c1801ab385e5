// A model as an import knows it, and its declaration as text in canonical layout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlp::compiler {

/// One `price` statement.
struct PriceFacts {
  std::string from;      ///< a date, or empty
  std::string to;        ///< a date, or empty
  std::string prompt;    ///< `> 200K`, or empty
  std::string schedule;  ///< `weekdays 01:00 .. 04:00`, or empty
  std::vector<std::pair<std::string, std::int64_t>>
      rates;  ///< `cache-write 1h` -> picodollars a token
};

/// Texts are in the language's spelling (dates, names) or raw (ids, docs); empty is "not known".
struct ModelFacts {
  std::vector<std::string> docs;  ///< one paragraph each
  std::string name;
  std::string provider;  ///< a name
  std::string display;
  std::string id;
  bool floating = false;  ///< the id moves from version to version
  bool embedding = false;
  std::vector<std::string> aliases;  ///< ids
  std::optional<std::int64_t> context;
  std::optional<std::int64_t> input;
  std::optional<std::int64_t> output;
  std::optional<std::int64_t> dimension;
  std::vector<std::string> capabilities;
  std::vector<PriceFacts> prices;
  std::string status;
  std::string status_as_of;
  std::string released;
  std::string cutoff;
  std::string announced;
  std::string retires;
  std::string retires_not_before;
  std::string retires_as_of;  ///< of either
  std::string successor;      ///< a name
  std::string successor_as_of;
};

/// `capabilities` in the order of the language's built-in list, each once.
[[nodiscard]] std::vector<std::string> InTaxonomyOrder(
    const std::vector<std::string>& capabilities);

/// Is it one of the language's built-in capabilities?
[[nodiscard]] bool IsCapability(std::string_view name);

/// `input $3/M, output $15/M`.
[[nodiscard]] std::string WriteRates(
    const std::vector<std::pair<std::string, std::int64_t>>& rates);

/// The whole declaration with its `///` lines, ending in a line end.
[[nodiscard]] std::string WriteModel(const ModelFacts& model);

/// A file of its own: `language 1`, `remarks` as comments (a paragraph each), the declarations by
/// name.
[[nodiscard]] std::string WriteFile(const std::vector<std::string>& remarks,
                                    std::vector<ModelFacts> models);

/// `text` as comment lines of at most 100 columns that begin with `prefix` ("/// "); what runs over
/// is indented by two further blanks.
[[nodiscard]] std::string WriteComment(std::string_view prefix, std::string_view text);

}  // namespace mlp::compiler
