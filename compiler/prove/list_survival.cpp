#include "compiler/prove/list_survival.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace mlp::compiler {
namespace {

/// What falls together: a provider, or a model with its variants.
Index FallsWith(const ListCase& here, Index candidate) {
  if (here.context.assertion.kind == ClaimKind::kSurvivesProvider) {
    return here.model.candidates[candidate].provider;
  }
  for (std::size_t hops = 0; hops < here.model.candidates.size(); ++hops) {
    if (here.model.candidates[candidate].variant_of == kNoIndex) break;
    candidate = here.model.candidates[candidate].variant_of;
  }
  return candidate;
}

}  // namespace

std::optional<ListLoss> LossOf(const ListCase& here, const RowList& list, bool any_live) {
  std::set<Index> groups;
  for (const std::uint32_t row : list) {
    groups.insert(FallsWith(here, here.leaf.rows[row].candidate));
  }
  if (groups.size() > 1) return std::nullopt;
  const bool provider = here.context.assertion.kind == ClaimKind::kSurvivesProvider;
  if (groups.empty()) {
    return ListLoss{"every candidate has a `live.` condition, which may not hold", {}};
  }
  const Index lost = *groups.begin();
  std::vector<std::string> down;
  if (provider) {
    down.push_back(here.model.providers[lost].name);
  } else {
    for (const std::uint32_t row : list) {
      down.push_back(here.model.candidates[here.leaf.rows[row].candidate].name);
    }
  }
  return ListLoss{
      fmt::format("without {} `{}` no candidate {}is left", provider ? "provider" : "model",
                  provider ? here.model.providers[lost].name : here.model.candidates[lost].name,
                  any_live ? "free of `live.` conditions " : ""),
      std::move(down)};
}

}  // namespace mlp::compiler
