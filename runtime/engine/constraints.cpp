#include "runtime/engine/constraints.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "runtime/engine/attempt.hpp"

namespace mlp::engine {
namespace {

bool Goes(const Provider& provider, std::string_view name) {
  return provider.name == name || std::find(provider.aliases.begin(), provider.aliases.end(),
                                            name) != provider.aliases.end();
}

/// `a`, `b` and `c`.
template <typename Names>
std::string Listed(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("{}`{}`", i == 0 ? "" : i + 1 == names.size() ? " and " : ", ", names[i]);
  }
  return text;
}

/// Why the caller does not want a candidate; empty where it does.
std::string WhyNot(const Tables& tables, const CallOptions& options, const Model& model) {
  if (LeavesOut(options, tables.providers[model.provider])) return "excluded";
  for (const std::string& need : options.needs) {
    if (!Can(tables, model, need)) return "lacks-" + need;
  }
  return {};
}

}  // namespace

std::optional<std::string> UnknownName(const Tables& tables, const CallOptions& options) {
  for (const std::string& name : options.without) {
    if (std::any_of(tables.providers.begin(), tables.providers.end(),
                    [&](const Provider& provider) { return Goes(provider, name); })) {
      continue;
    }
    std::vector<std::string_view> known;
    for (const Provider& provider : tables.providers) known.push_back(provider.name);
    return fmt::format("policy `{}` has no provider `{}` to leave out: it has {}", tables.name,
                       name, Listed(known));
  }
  for (const std::string& need : options.needs) {
    const auto& known = tables.capability_names;
    if (std::find(known.begin(), known.end(), need) != known.end()) continue;
    return fmt::format("policy `{}` knows no capability `{}` to need: it knows {}", tables.name,
                       need, Listed(known));
  }
  return std::nullopt;
}

bool LeavesOut(const CallOptions& options, const Provider& provider) {
  return std::any_of(options.without.begin(), options.without.end(),
                     [&](const std::string& name) { return Goes(provider, name); });
}

void Narrow(const Tables& tables, const CallOptions& options, Decision& decision,
            std::string& skipped) {
  if (decision.outcome != DecisionOutcome::kServe) return;
  const auto begin = decision.candidates.begin();
  const auto kept = std::remove_if(begin, begin + decision.count, [&](const Candidate& candidate) {
    const Model& model = tables.models[candidate.model];
    const std::string why = WhyNot(tables, options, model);
    if (!why.empty()) AddWord(skipped, fmt::format("{}:{}", model.name, why));
    return !why.empty();
  });
  decision.count = static_cast<std::uint8_t>(kept - begin);
  if (decision.count == 0) decision.outcome = DecisionOutcome::kNoCandidate;
}

void AddWord(std::string& words, const std::string& word) {
  if ((" " + words + " ").find(" " + word + " ") != std::string::npos) return;
  words += (words.empty() ? "" : " ") + word;
}

}  // namespace mlp::engine
