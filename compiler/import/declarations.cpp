#include "compiler/import/declarations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/import/facts.hpp"
#include "compiler/model/capabilities.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kKeywordColumns = 12;  // of a model's longest keyword, and two blanks

/// A statement of a model, its keyword padded so that all that follows stands in one column.
std::string Statement(std::string_view keyword, std::string_view rest) {
  return fmt::format("  {:<{}}{}\n", keyword, kKeywordColumns, rest);
}

std::string StatementIf(std::string_view keyword, const std::string& rest) {
  return rest.empty() ? std::string() : Statement(keyword, rest);
}

std::string AsOf(const std::string& fact, const std::string& as_of) {
  return fact.empty() || as_of.empty() ? fact : fmt::format("{} as of {}", fact, as_of);
}

/// `context` opens the limits; a model of unknown context may still have the others.
std::string WriteLimits(const ModelFacts& model) {
  std::vector<std::string> limits;
  if (model.context) limits.push_back("context " + WriteTokens(*model.context));
  if (model.input) limits.push_back("input " + WriteTokens(*model.input));
  if (model.output) limits.push_back("output " + WriteTokens(*model.output));
  if (limits.empty()) return {};
  const std::string all = Join(limits, ", ");
  const std::size_t blank = all.find(' ');
  return Statement(all.substr(0, blank), all.substr(blank + 1));
}

std::string WritePrice(const PriceFacts& price) {
  std::string when;
  const auto add = [&when](std::string_view word, const std::string& value) {
    if (value.empty()) return;
    if (!when.empty()) when += ' ';
    when += word;
    when += value;
  };
  add("from ", price.from);
  add("to ", price.to);
  add("when prompt ", price.prompt);
  add("", price.schedule);
  return Statement("price", when.empty() ? WriteRates(price.rates)
                                         : fmt::format("{}  {}", when, WriteRates(price.rates)));
}

}  // namespace

std::vector<std::string> InTaxonomyOrder(const std::vector<std::string>& capabilities) {
  std::vector<std::string> ordered;
  for (const std::string_view capability : BuiltInCapabilities()) {
    if (std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end()) {
      ordered.emplace_back(capability);
    }
  }
  return ordered;
}

bool IsCapability(std::string_view name) { return BuiltInCapability(name).has_value(); }

std::string WriteRates(const std::vector<std::pair<std::string, std::int64_t>>& rates) {
  std::vector<std::string> items;
  for (const auto& [item, rate] : rates) items.push_back(item + " " + WriteRate(rate));
  return Join(items, ", ");
}

std::string WriteModel(const ModelFacts& model) {
  std::string text;
  for (const std::string& doc : model.docs) text += WriteComment("/// ", doc);
  text += fmt::format("model {} {{\n", model.name);
  text += Statement("provider", model.provider);
  if (!model.display.empty()) text += Statement("display", Quote(model.display));
  text +=
      Statement("pin", fmt::format("{} {}", model.floating ? "alias" : "exact", Quote(model.id)));
  std::vector<std::string> aliases;
  for (const std::string& alias : model.aliases) aliases.push_back(Quote(alias));
  text += StatementIf("alias", Join(aliases, ", "));
  if (model.embedding) text += Statement("kind", "embedding");
  if (model.dimension) text += Statement("dimension", fmt::format("{}", *model.dimension));
  text += WriteLimits(model);
  text += StatementIf("can", Join(InTaxonomyOrder(model.capabilities), ", "));
  for (const PriceFacts& price : model.prices) text += WritePrice(price);
  text += StatementIf("status", AsOf(model.status, model.status_as_of));
  text += StatementIf("released", model.released);
  text += StatementIf("cutoff", model.cutoff);
  text += StatementIf("announced", model.announced);
  text += StatementIf("retires", AsOf(model.retires, model.retires_as_of));
  if (!model.retires_not_before.empty()) {
    text +=
        Statement("retires", AsOf("not before " + model.retires_not_before, model.retires_as_of));
  }
  text += StatementIf("successor", AsOf(model.successor, model.successor_as_of));
  return text + "}\n";
}

std::string WriteFile(const std::vector<std::string>& remarks, std::vector<ModelFacts> models) {
  std::sort(models.begin(), models.end(),
            [](const ModelFacts& a, const ModelFacts& b) { return a.name < b.name; });
  std::string text = "language 1\n";
  if (!remarks.empty()) text += '\n';
  for (const std::string& remark : remarks) text += WriteComment("// ", remark);
  for (const ModelFacts& model : models) text += '\n' + WriteModel(model);
  return text;
}

std::string WriteComment(std::string_view prefix, std::string_view text) {
  std::string comment;
  std::string line(prefix);
  bool has_word = false;
  const std::string words = OneLine(text);
  std::size_t at = 0;
  while (at < words.size()) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string_view word = std::string_view(words).substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (has_word && line.size() + 1 + word.size() > kColumns) {
      comment += line + '\n';
      line = std::string(prefix) + "  ";
      has_word = false;
    }
    if (has_word) line += ' ';
    line += word;
    has_word = true;
  }
  return has_word ? comment + line + '\n' : comment;
}

}  // namespace mlp::compiler
