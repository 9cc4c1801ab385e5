#include "runtime/engine/policy_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

namespace mlp::engine {
namespace {

std::atomic<PolicyLoader>& Registered() noexcept {
  static std::atomic<PolicyLoader> loader{nullptr};
  return loader;
}

bool SameForm(const Attribute& a, const Attribute& b) {
  return a.type == b.type && a.slot == b.slot && a.size == b.size &&
         a.minimum_micro == b.minimum_micro && a.step_micro == b.step_micro &&
         a.members == b.members &&
         std::equal(a.labels.begin(), a.labels.end(), b.labels.begin(), b.labels.end());
}

}  // namespace

void SetPolicyLoader(PolicyLoader loader) noexcept { Registered().store(loader); }
PolicyLoader GetPolicyLoader() noexcept { return Registered().load(); }

std::string SchemaDifference(const Tables& from, const Tables& to) {
  if (from.attributes.size() != to.attributes.size()) {
    return fmt::format("it has {} request attributes instead of {}", to.attributes.size(),
                       from.attributes.size());
  }
  for (std::size_t i = 0; i < from.attributes.size(); ++i) {
    const Attribute& mine = from.attributes[i];
    const Attribute& other = to.attributes[i];
    if (mine.name != other.name) {
      return fmt::format("its attribute {} is `{}` instead of `{}`", i + 1, other.name, mine.name);
    }
    if (!SameForm(mine, other)) {
      return fmt::format("its attribute `{}` has another type, range or values", mine.name);
    }
  }
  return {};
}

}  // namespace mlp::engine
