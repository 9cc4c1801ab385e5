#include "compiler/catalog/listing.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "compiler/diagram/where.hpp"

namespace mlp::compiler {
namespace {

constexpr std::string_view kUnreleased = "unreleased";

PriceSpan PricesOf(const CandidateModel& candidate, TokenClass token_class, std::int64_t on_s) {
  PriceSpan span;
  for (const PriceModel& price : candidate.prices) {
    const std::int64_t one = price.per_token[static_cast<std::size_t>(token_class)];
    if (one < 0 || on_s < price.when.from_s || price.when.to_s <= on_s) continue;
    span.least = span.least < 0 ? one : std::min(span.least, one);
    span.most = std::max(span.most, one);
  }
  return span;
}

bool Has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool Fits(const CatalogRow& row, const CatalogQuery& query) {
  const bool can = std::all_of(query.can.begin(), query.can.end(), [&](const std::string& name) {
    return Has(row.capabilities, name);
  });
  if (!can || (!query.providers.empty() && !Has(query.providers, row.provider))) return false;
  if (row.context < query.context_at_least) return false;
  if (!query.price_below) return true;
  // Embedding models have no output to price.
  const bool output = row.embedding ? row.output.most < *query.price_below
                                    : 0 <= row.output.most && row.output.most < *query.price_below;
  return 0 <= row.input.most && row.input.most < *query.price_below && output;
}

std::size_t StatusRank(const CatalogRow& row) {
  constexpr std::array<std::string_view, 8> kOrder = {"active",    "staging",    "evaluating",
                                                      "candidate", "deprecated", kUnreleased,
                                                      "retired",   "archived"};
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), row.status) -
                                  kOrder.begin());
}

/// Smaller for those that have the preferred ones, the first counting most.
std::vector<bool> PreferRank(const CatalogRow& row, const CatalogQuery& query) {
  std::vector<bool> lacks;
  for (const std::string& name : query.prefer) lacks.push_back(!Has(row.capabilities, name));
  return lacks;
}

/// What a token of each class costs at least; unknown is the dearest.
std::uint64_t Cost(const CatalogRow& row) {
  if (row.input.least < 0 && row.output.least < 0) return ~std::uint64_t{0};
  return static_cast<std::uint64_t>(std::max<std::int64_t>(row.input.least, 0)) +
         static_cast<std::uint64_t>(std::max<std::int64_t>(row.output.least, 0));
}

}  // namespace

std::vector<CatalogRow> CatalogRows(const PolicyModel& model, std::int64_t on_s) {
  std::vector<CatalogRow> rows;
  for (const CandidateModel& candidate : model.candidates) {
    CatalogRow row;
    row.name = candidate.name;
    if (candidate.provider != kNoIndex) row.provider = model.providers[candidate.provider].name;
    row.id = candidate.id;
    if (candidate.variant_of != kNoIndex)
      row.variant_of = model.candidates[candidate.variant_of].name;
    row.embedding = candidate.kind == ModelKind::kEmbedding;
    row.status = on_s < candidate.released_s && on_s < candidate.retires_s
                     ? kUnreleased
                     : NameOf(StatusAt(candidate, on_s));
    row.context = candidate.context;
    row.max_input = candidate.max_input;
    row.max_output = candidate.max_output;
    row.input = PricesOf(candidate, TokenClass::kInput, on_s);
    row.output = PricesOf(candidate, TokenClass::kOutput, on_s);
    row.released_s = candidate.released_s;
    row.deprecated_s = candidate.deprecated_s;
    row.retires_s = candidate.retires_s;
    row.successor = candidate.successor;
    for (std::size_t bit = 0; bit < model.capability_names.size(); ++bit) {
      if ((candidate.capabilities >> bit & 1U) != 0)
        row.capabilities.push_back(model.capability_names[bit]);
    }
    for (const ScoreModel& score : candidate.quality)
      row.quality.emplace_back(score.name, score.micro);
    row.dimension = candidate.dimension;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<CatalogRow> Select(std::vector<CatalogRow> rows, const CatalogQuery& query) {
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const CatalogRow& row) { return !Fits(row, query); }),
             rows.end());
  std::stable_sort(rows.begin(), rows.end(), [&](const CatalogRow& a, const CatalogRow& b) {
    return std::tuple(StatusRank(a), PreferRank(a, query), Cost(a), std::string_view(a.name)) <
           std::tuple(StatusRank(b), PreferRank(b, query), Cost(b), std::string_view(b.name));
  });
  return rows;
}

}  // namespace mlp::compiler
