// A catalog as rows: what each model costs, takes and can do on a date, filtered and sorted.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Picodollars per token over all prompt lengths and hours of a date; both kNoPrice where there is
/// none.
struct PriceSpan {
  std::int64_t least = kNoPrice;
  std::int64_t most = kNoPrice;
};

struct CatalogRow {
  std::string name;
  std::string provider;
  std::string id;          ///< what the provider is asked for
  std::string variant_of;  ///< empty: a model of its own
  bool embedding = false;
  std::string status;  ///< on the date; `unreleased` before the release
  std::int64_t context = kUnlimited;
  std::int64_t max_input = kUnlimited;
  std::int64_t max_output = kUnlimited;
  PriceSpan input;
  PriceSpan output;
  std::int64_t released_s = std::numeric_limits<std::int64_t>::min();  ///< where it is known
  std::int64_t deprecated_s = kForever;
  std::int64_t retires_s = kForever;
  std::string successor;
  std::vector<std::string> capabilities;
  std::vector<std::pair<std::string, std::int64_t>> quality;  ///< score, millionths
  std::int64_t dimension = 0;
};

/// Every model and variant of a checked catalog or policy, as on the date.
[[nodiscard]] std::vector<CatalogRow> CatalogRows(const PolicyModel& model, std::int64_t on_s);

struct CatalogQuery {
  std::vector<std::string> can;     ///< all of these capabilities
  std::vector<std::string> prefer;  ///< first those with the first of these, then the second ...
  /// Picodollars per token: input and output each cost less at their dearest.
  std::optional<std::int64_t> price_below;
  std::int64_t context_at_least = 0;
  std::vector<std::string> providers;  ///< any of these; none: all
};

/// The rows that fit: those in use first (active, then staging, deprecated and so on), by `prefer`,
/// then by what a token of input and one of output cost at least, without a price last, then name.
[[nodiscard]] std::vector<CatalogRow> Select(std::vector<CatalogRow> rows,
                                             const CatalogQuery& query);

/// Aligned columns under a head; prices per million tokens.
[[nodiscard]] std::string RenderTable(const std::vector<CatalogRow>& rows);
/// `{"version":1,"on":DATE,"models":[{"name","provider","id","variantOf","kind","status",...}]}`;
/// what is not known is null, prices are exact decimals in dollars per million tokens.
[[nodiscard]] std::string RenderJson(const std::vector<CatalogRow>& rows, std::int64_t on_s);

}  // namespace mlp::compiler
