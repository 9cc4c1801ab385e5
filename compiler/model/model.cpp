#include <algorithm>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {
namespace {

template <typename T>
Index Find(const std::vector<T>& declared, std::string_view name) {
  const auto found = std::find_if(declared.begin(), declared.end(),
                                  [&](const T& one) { return one.name == name; });
  return found == declared.end() ? kNoIndex : static_cast<Index>(found - declared.begin());
}

// For vectors in the order of their names.
template <typename T>
Index FindSorted(const std::vector<T>& declared, std::string_view name) {
  const auto found =
      std::lower_bound(declared.begin(), declared.end(), name,
                       [](const T& one, std::string_view key) { return one.name < key; });
  if (found == declared.end() || found->name != name) return kNoIndex;
  return static_cast<Index>(found - declared.begin());
}

}  // namespace

Index FindAttribute(const PolicyModel& model, std::string_view name) {
  return Find(model.attributes, name);
}
Index FindCandidate(const PolicyModel& model, std::string_view name) {
  return FindSorted(model.candidates, name);
}
Index FindProvider(const PolicyModel& model, std::string_view name) {
  return FindSorted(model.providers, name);
}
Index FindPool(const PolicyModel& model, std::string_view name) {
  return FindSorted(model.pools, name);
}
Index FindRoute(const PolicyModel& model, std::string_view name) {
  return Find(model.routes, name);
}
Index FindRollout(const PolicyModel& model, std::string_view name) {
  return Find(model.rollouts, name);
}

std::optional<std::uint8_t> FindCapability(const PolicyModel& model, std::string_view name) {
  const auto& names = model.capability_names;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - names.begin());
}

}  // namespace mlp::compiler
