#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/catalog/listing.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

/// `$3`, `$0.25`: dollars per million tokens of a price in picodollars per token.
std::string PerMillion(std::int64_t pico) {
  Money per_million{};
  if (__builtin_mul_overflow(pico, 1'000'000, &per_million.pico_usd)) return "very much";
  std::string text = ToString(per_million);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return text;
}

std::string PriceText(const PriceSpan& span) {
  if (span.least < 0) return "-";
  if (span.least == span.most) return PerMillion(span.least);
  return fmt::format("{}..{}", PerMillion(span.least), PerMillion(span.most).substr(1));
}

std::string Tokens(std::int64_t tokens) { return tokens == kUnlimited ? "-" : TokenWords(tokens); }

using Cells = std::array<std::string, 8>;
constexpr std::array<bool, 8> kRight = {false, false, true, true, true, true, false, false};

Cells CellsOf(const CatalogRow& row) {
  return {row.name,
          row.provider,
          Tokens(row.context),
          Tokens(row.max_output),
          PriceText(row.input),
          PriceText(row.output),
          row.status,
          row.retires_s == kForever ? "-" : FormatInstant(row.retires_s)};
}

nlohmann::ordered_json JsonPrice(const PriceSpan& span) {
  if (span.least < 0) return nullptr;
  return {{"least", PerMillion(span.least)}, {"most", PerMillion(span.most)}};
}

nlohmann::ordered_json JsonTokens(std::int64_t tokens) {
  if (tokens == kUnlimited) return nullptr;
  return tokens;
}

nlohmann::ordered_json JsonText(const std::string& text) {
  if (text.empty()) return nullptr;
  return text;
}

nlohmann::ordered_json JsonDate(std::int64_t at_s) {
  if (at_s == kForever || at_s == std::numeric_limits<std::int64_t>::min()) return nullptr;
  return FormatInstant(at_s);
}

}  // namespace

std::string RenderTable(const std::vector<CatalogRow>& rows) {
  std::vector<Cells> lines = {
      {"MODEL", "PROVIDER", "CONTEXT", "OUTPUT", "INPUT/M", "OUTPUT/M", "STATUS", "RETIRES"}};
  for (const CatalogRow& row : rows) lines.push_back(CellsOf(row));
  std::array<std::size_t, 8> widths{};
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Cells& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i > 0) row += "  ";
      row += kRight[i] ? fmt::format("{:>{}}", line[i], widths[i])
                       : fmt::format("{:<{}}", line[i], widths[i]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

std::string RenderJson(const std::vector<CatalogRow>& rows, std::int64_t on_s) {
  nlohmann::ordered_json json = {{"version", 1}, {"on", FormatInstant(on_s)}};
  json["models"] = nlohmann::ordered_json::array();
  for (const CatalogRow& row : rows) {
    nlohmann::ordered_json quality = nlohmann::ordered_json::object();
    for (const auto& [name, micro] : row.quality) quality[name] = static_cast<double>(micro) / 1e6;
    json["models"].push_back(
        {{"name", row.name},
         {"provider", row.provider},
         {"id", row.id},
         {"variantOf", JsonText(row.variant_of)},
         {"kind", row.embedding ? "embedding" : "chat"},
         {"status", row.status},
         {"context", JsonTokens(row.context)},
         {"maxInput", JsonTokens(row.max_input)},
         {"maxOutput", JsonTokens(row.max_output)},
         {"inputPerMillion", JsonPrice(row.input)},
         {"outputPerMillion", JsonPrice(row.output)},
         {"released", JsonDate(row.released_s)},
         {"deprecated", JsonDate(row.deprecated_s)},
         {"retires", JsonDate(row.retires_s)},
         {"successor", JsonText(row.successor)},
         {"dimension", row.dimension == 0 ? nlohmann::ordered_json(nullptr)
                                          : nlohmann::ordered_json(row.dimension)},
         {"capabilities", row.capabilities},
         {"quality", quality}});
  }
  return json.dump(2) + "\n";
}

}  // namespace mlp::compiler
