#include "compiler/import/catalog_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "compiler/import/catalog_header.hpp"
#include "compiler/import/catalog_prices.hpp"
#include "compiler/import/declarations.hpp"
#include "compiler/import/facts.hpp"
#include "compiler/import/json_view.hpp"
#include "compiler/import/names.hpp"

namespace mlp::compiler {
namespace {

/// `models.dev 2025-10-15, portkey 2025-10-01`, what was used last.
std::string ShowValues(const JsonView& values) {
  std::vector<std::string> parts;
  std::string used;
  for (const auto& [source, value] : values.Members()) {
    if (source == "this file") {
      used = value.Show();
    } else {
      parts.push_back(fmt::format("{} {}", source, value.Show()));
    }
  }
  return Join(parts, ", ") + (used.empty() ? "" : "; used " + used);
}

void RemoveRepeats(std::vector<std::string>& lines) {
  std::set<std::string> seen;
  const auto again = [&seen](const std::string& line) { return !seen.insert(line).second; };
  lines.erase(std::remove_if(lines.begin(), lines.end(), again), lines.end());
}

class CatalogReader {
 public:
  explicit CatalogReader(const nlohmann::json& catalog) : root_(&catalog, "", &result_.conflicts) {}

  ImportResult Read() {
    if (!root_.is_object() || !root_["models"].is_array()) {
      result_.error = "no list `models`: not the research catalog";
      return std::move(result_);
    }
    models_ = root_["models"].Items();
    if (!NameAll()) return std::move(result_);
    for (std::size_t i = 0; i < models_.size(); ++i) AddModel(i);
    WriteFiles();
    return std::move(result_);
  }

 private:
  bool NameAll();
  void AddModel(std::size_t index);
  void AddCapabilities(const JsonView& model, ModelFacts& facts, ReadingNotes& notes) const;
  void AddLifecycle(const JsonView& model, ModelFacts& facts, ReadingNotes& notes);
  void AddSuccessor(const JsonView& lifecycle, ModelFacts& facts, ReadingNotes& notes);
  void AddPlatforms(const std::string& id, ReadingNotes& notes) const;
  void AddConflicts(const JsonView& model, const ModelFacts& facts, ReadingNotes& notes);
  [[nodiscard]] bool IsFloating(const ModelFacts& facts) const;
  void WriteFiles();

  ImportResult result_;
  JsonView root_;
  std::vector<JsonView> models_;
  std::vector<std::string> names_;               ///< of models_
  std::vector<std::string> providers_;           ///< of models_
  std::map<std::string, std::size_t> index_of_;  ///< id or alias -> in models_
  std::map<std::string, std::string> bodies_;    ///< provider -> declarations
  std::map<std::string, std::set<std::string>>
      sources_;  ///< provider -> ids of the sources it quotes
};

bool CatalogReader::NameAll() {
  Namer namer;
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const std::string id = models_[i]["id"].Text();
    const std::string provider = models_[i]["provider"].Text();
    if (id.empty() || provider.empty()) {
      result_.error = fmt::format("{}: no {}", models_[i].path(), id.empty() ? "id" : "provider");
      return false;
    }
    const std::vector<std::string> aliases = models_[i]["aliases"].Texts();
    names_.push_back(namer.Add(provider, id, aliases, result_.conflicts));
    providers_.push_back(NameFromText(provider));
    index_of_.emplace(id, i);
  }
  for (std::size_t i = 0; i < models_.size(); ++i) {
    for (const std::string& alias : models_[i]["aliases"].Texts()) index_of_.emplace(alias, i);
  }
  return true;
}

void CatalogReader::AddModel(std::size_t index) {
  const JsonView& model = models_[index];
  ReadingNotes notes;
  ModelFacts facts;
  facts.name = names_[index];
  facts.provider = providers_[index];
  facts.id = model["id"].Text();
  facts.floating = IsFloating(facts);
  facts.embedding = model["kind"].Text() == "embedding";
  for (const std::string& alias : model["aliases"].Texts()) {
    if (alias != facts.name) facts.aliases.push_back(alias);
  }
  facts.context = model["context"]["window"].Count();
  facts.input = model["context"]["max_input"].Count();
  facts.output = model["context"]["max_output"].Count();
  facts.dimension = model["embedding_dimensions"]["default"].Count();

  const std::string status_note = model["lifecycle"]["status_note"].Text();
  notes.docs.push_back(facts.id + (status_note.empty() ? "" : ": " + status_note));
  for (const std::string_view key : {"notes", "alias_notes"}) {
    for (const std::string& note : model[key].Texts()) notes.docs.push_back(note);
  }
  if (!facts.context) notes.docs.emplace_back("context: not known");
  if (facts.dimension) {
    notes.docs.push_back("dimension: " + model["embedding_dimensions"]["source"].Text());
  }
  AddCapabilities(model, facts, notes);
  facts.prices = ReadPrices(model["prices"], notes);
  for (const PriceFacts& price : facts.prices) {
    for (const auto& rate : price.rates) {
      if (rate.first.substr(0, 5) == "batch") facts.capabilities.emplace_back("batch-api");
    }
  }
  facts.released = ReadDate(model["release_date"], "released", notes);
  facts.cutoff = ReadDate(model["knowledge_cutoff"], "cutoff", notes);
  AddLifecycle(model, facts, notes);
  AddConflicts(model, facts, notes);
  const std::string confidence = model["confidence"].Text();
  if (!confidence.empty()) notes.docs.push_back("confidence: " + confidence);
  // What holds for both parts of a divided price period was noted twice.
  RemoveRepeats(notes.docs);
  RemoveRepeats(notes.left_out);
  if (!notes.unknown_days.empty()) {
    notes.docs.push_back("day not known, taken as the first: " + Join(notes.unknown_days, ", "));
  }
  for (const std::string& fact : notes.left_out) {
    notes.docs.push_back("left out: " + fact);
    result_.conflicts.push_back(fmt::format("{} {}: left out: {}", facts.provider, facts.id, fact));
  }
  facts.docs = std::move(notes.docs);
  for (const JsonView& period : model["prices"].Items()) {
    for (const std::string& source : period["sources"].Texts())
      sources_[facts.provider].insert(source);
  }
  for (const std::string& source : model["lifecycle"]["sources"].Texts()) {
    sources_[facts.provider].insert(source);
  }
  bodies_[facts.provider] += '\n' + WriteModel(facts);
}

void CatalogReader::AddCapabilities(const JsonView& model, ModelFacts& facts,
                                    ReadingNotes& notes) const {
  const JsonView can = model["capabilities"];
  const auto add = [&facts, &notes](const std::string& capability) {
    facts.capabilities.push_back(capability);
    if (!IsCapability(capability)) notes.left_out.push_back("no such capability: " + capability);
  };
  for (const std::string& kind : can["input"].Texts()) {
    add(kind == "pdf" ? "document-input" : kind + "-input");
  }
  for (const std::string& kind : can["output"].Texts()) {
    add(kind == "embedding" ? "embeddings" : kind + "-output");
  }
  if (can["tools"].Truth()) add("function-calling");
  if (can["streaming"].Truth()) add("streaming");
  if (can["prompt_caching"].Truth()) add("prompt-caching");
  const std::string structured = can["structured_output"].Text();
  if (structured == "native") add("structured-output");
  if (structured == "json_object only") add("json-mode");
  if (structured == "tool-forced only") notes.docs.push_back("structured output: " + structured);
  const JsonView thinking = can["thinking"];
  const std::string style = thinking.is_text() ? thinking.Text() : "";
  if (!style.empty() || thinking.Truth()) add("extended-thinking");
  if (!style.empty()) notes.docs.push_back("thinking: " + style);
  const JsonView temperature = can["temperature"];
  if (temperature.is_text()) {
    notes.docs.push_back("temperature: " + temperature.Text());
  } else if (temperature.Truth()) {
    add("sampling-parameters");
  } else if (!temperature.present() && !facts.embedding) {
    notes.docs.emplace_back("temperature: not known whether it is taken");
  }
}

void CatalogReader::AddLifecycle(const JsonView& model, ModelFacts& facts, ReadingNotes& notes) {
  const JsonView lifecycle = model["lifecycle"];
  const std::string status = lifecycle["status"].Text();
  if (status == "legacy" || status == "local" || status == "active") facts.status = "active";
  if (status == "deprecated" || status == "retired") facts.status = status;
  if (facts.status.empty() && !status.empty()) {
    notes.left_out.push_back("no such status: " + status);
  }
  const std::string note = lifecycle["status_note"].Text();
  const std::size_t as_of = note.find("as of ");
  if (as_of != std::string::npos) facts.status_as_of = LastDateIn(note.substr(as_of, 16));
  facts.announced = ReadDate(lifecycle["announced"], "announced", notes);
  facts.retires = ReadDate(lifecycle["retirement"], "retires", notes);
  facts.retires_not_before = ReadDate(lifecycle["not_before"], "retires not before", notes);
  const std::vector<std::string> sources = lifecycle["sources"].Texts();
  if (!sources.empty()) {
    facts.retires_as_of = LastDateIn(root_["sources"][sources.front()]["date"].Text());
    notes.docs.push_back("lifecycle: " + Join(sources, ", "));
  }
  std::vector<std::string> history;
  for (const JsonView& step : lifecycle["retirement_date_history"].Items()) {
    history.push_back(fmt::format("{} as of {}", step["date"].Text(), step["as_of"].Text()));
  }
  if (!history.empty()) notes.docs.push_back("retirement has been: " + Join(history, ", "));
  AddPlatforms(facts.id, notes);
  AddSuccessor(lifecycle, facts, notes);
}

void CatalogReader::AddSuccessor(const JsonView& lifecycle, ModelFacts& facts,
                                 ReadingNotes& notes) {
  const std::string successor = lifecycle["replacement"].Text();
  std::vector<std::string> history;
  std::string as_of;
  for (const JsonView& step : lifecycle["replacement_history"].Items()) {
    const std::string replacement = step["replacement"].Text();
    history.push_back(fmt::format("{} as of {}", replacement, step["as_of"].Text()));
    if (replacement == successor) as_of = ReadDate(step["as_of"], "successor as of", notes);
  }
  if (history.size() > 1) notes.docs.push_back("replacement has been: " + Join(history, ", "));
  if (successor.empty()) return;
  const auto known = index_of_.find(successor);
  if (known != index_of_.end() && providers_[known->second] == facts.provider) {
    facts.successor = names_[known->second];
    facts.successor_as_of = as_of;
    return;
  }
  notes.docs.push_back(fmt::format("successor outside this file: {}", successor));
  result_.conflicts.push_back(fmt::format("{} {}: the successor {} is not in the same list",
                                          facts.provider, facts.id, successor));
}

void CatalogReader::AddPlatforms(const std::string& id, ReadingNotes& notes) const {
  for (const JsonView& entry : root_["platform_lifecycle"].Items()) {
    if (entry["model"].Text() != id) continue;
    const std::string retirement = entry["retirement"].Text();
    const std::string note = entry["note"].Text();
    std::string doc = "on " + entry["platform"].Text();
    if (!retirement.empty()) doc += " it retires on " + retirement;
    doc += fmt::format(" ({})", entry["source"].Text());
    if (!note.empty()) doc += ": " + note;
    notes.docs.push_back(doc);
  }
}

void CatalogReader::AddConflicts(const JsonView& model, const ModelFacts& facts,
                                 ReadingNotes& notes) {
  for (const JsonView& change : model["cancelled_price_changes"].Items()) {
    notes.docs.push_back(
        fmt::format("cancelled on {}: from {} {}; still in {}", change["cancelled_on"].Text(),
                    change["would_start"].Text(),
                    WriteRates(ReadRates(change["rates"], "cancelled price", notes)),
                    Join(change["still_in"].Texts(), ", ")));
  }
  for (const JsonView& conflict : model["conflicts"].Items()) {
    const std::string values =
        fmt::format("{}: {}", conflict["field"].Text(), ShowValues(conflict["values"]));
    const std::string kind = conflict["class"].Text();
    const std::string line = kind.empty() ? values : fmt::format("{} ({})", values, kind);
    notes.docs.push_back("conflict: " + line);
    result_.conflicts.push_back(fmt::format("{} {}: {}", facts.provider, facts.id, line));
  }
}

bool CatalogReader::IsFloating(const ModelFacts& facts) const {
  for (const JsonView& entry : root_["alias_history"].Items()) {
    if (entry["alias"].Text() == facts.id && entry["provider"].Text() == facts.provider)
      return true;
  }
  return false;
}

void CatalogReader::WriteFiles() {
  std::string imports;
  std::string all;
  for (const auto& [provider, body] : bodies_) {
    const std::string import = fmt::format("import \"providers/{}.mlp\"\n", provider);
    const std::string rest = '\n' + WriteCatalogHeader(root_, provider, sources_[provider]) + body;
    result_.files[provider + ".mlp"] = fmt::format("language 1\n\n{}{}", import, rest);
    imports += import;
    all += rest;
  }
  result_.text = fmt::format("language 1\n\n{}{}", imports, all);
}

}  // namespace

ImportResult ImportCatalog(const nlohmann::json& catalog) { return CatalogReader(catalog).Read(); }

}  // namespace mlp::compiler
