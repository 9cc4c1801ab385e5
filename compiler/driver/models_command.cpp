#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/catalog/listing.hpp"
#include "compiler/check/check.hpp"
#include "compiler/driver/commands.hpp"
#include "compiler/driver/report.hpp"
#include "compiler/model/capabilities.hpp"
#include "compiler/pipeline/files.hpp"
#include "compiler/source/nearest.hpp"

namespace mlp::compiler {
namespace {

namespace fs = std::filesystem;

struct ModelsArguments {
  std::vector<std::string> files;
  std::vector<std::string> import_roots;
  std::vector<std::string> can;
  std::vector<std::string> prefer;
  std::vector<std::string> providers;
  std::string price_below;
  std::string context_at_least;
  std::string on;
  std::string format = "text";
};

constexpr std::int64_t kDay_s = 86'400;

int Usage(const std::string& message) {
  fmt::print(stderr, "mlpc models: {}\n", message);
  return kExitUsage;
}

std::int64_t Today() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  return seconds / kDay_s * kDay_s;
}

/// The .mlp files of a folder, in order of their names.
std::vector<std::string> PoliciesIn(const fs::path& folder) {
  std::vector<std::string> files;
  for (const std::string& name : DiskReader().List(folder.string())) {
    if (name.ends_with(".mlp")) files.push_back((folder / name).generic_string());
  }
  return files;
}

/// A catalog beside the current folder, or the one that was installed with this program.
std::vector<std::string> KnownCatalog() {
  std::vector<fs::path> folders = {"policies/catalog", "catalog"};
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path().parent_path() / "share/mlp/catalog");
  for (const fs::path& folder : folders) {
    std::vector<std::string> files = PoliciesIn(folder);
    if (files.empty()) continue;
    fmt::print(stderr, "models of {}\n", folder.generic_string());
    return files;
  }
  return {};
}

/// `$3/M`, and `$3` and `3` for short; picodollars per token.
std::optional<std::int64_t> ReadPrice(std::string text) {
  if (!text.starts_with('$')) text.insert(text.begin(), '$');
  if (!text.ends_with("/M")) text += "/M";
  return ast::ReadRatePico(text);
}

/// `unknown capability ...`, with the nearest known one.
std::string Unknown(std::string_view what, const std::string& word,
                    const std::set<std::string>& known) {
  const auto nearest = NearestName(word, {known.begin(), known.end()});
  return fmt::format("unknown {} `{}`{}", what, word,
                     nearest ? fmt::format("; the nearest is `{}`", *nearest)
                             : fmt::format("; known are {}", fmt::join(known, ", ")));
}

struct Loaded {
  std::vector<CatalogRow> rows;
  std::set<std::string> capabilities;
  std::set<std::string> providers;
  std::vector<std::pair<std::string, std::string>> aliases;  ///< of providers, with their names
};

/// An exit code where a file cannot be used.
std::optional<int> Load(const std::vector<std::string>& files, const ModelsArguments& arguments,
                        std::int64_t on_s, Loaded& loaded) {
  SourceSet sources;
  Diagnostics all;
  std::set<std::string> seen;
  for (const std::string& file : files) {
    DiskReader reader;
    Diagnostics diagnostics;
    const Program program = LoadProgram(reader, file, arguments.import_roots, sources, diagnostics);
    if (program.trees.empty()) return Usage(fmt::format("cannot read {}", file));
    const PolicyModel model = Check(program, sources, diagnostics);
    for (CatalogRow& row : CatalogRows(model, on_s)) {
      // The same declaration reached through two files is one model.
      const CandidateModel& declared = model.candidates[FindCandidate(model, row.name)];
      const std::string place =
          fmt::format("{}:{}", reader.Identity(std::string(sources.name(declared.span.file))),
                      declared.span.begin);
      if (seen.insert(place).second) loaded.rows.push_back(std::move(row));
    }
    loaded.capabilities.insert(model.capability_names.begin(), model.capability_names.end());
    for (const ProviderModel& provider : model.providers) {
      loaded.providers.insert(provider.name);
      for (const std::string& alias : provider.aliases)
        loaded.aliases.emplace_back(alias, provider.name);
    }
    for (Diagnostic& diagnostic : diagnostics.all()) {
      if (diagnostic.severity == Severity::kError) all.all().push_back(std::move(diagnostic));
    }
  }
  Report("text", sources, all);
  if (all.has_errors()) return kExitFindings;
  return std::nullopt;
}

int RunModels(const ModelsArguments& arguments) {
  CatalogQuery query;
  if (!arguments.price_below.empty()) {
    query.price_below = ReadPrice(arguments.price_below);
    if (!query.price_below)
      return Usage(fmt::format("`{}` is not a price such as $3/M", arguments.price_below));
  }
  if (!arguments.context_at_least.empty()) {
    const auto tokens = ast::ReadInteger(arguments.context_at_least);
    if (!tokens)
      return Usage(
          fmt::format("`{}` is not a number of tokens such as 200K", arguments.context_at_least));
    query.context_at_least = *tokens;
  }
  std::int64_t on_s = Today();
  if (!arguments.on.empty()) {
    const auto date = ast::ReadDate(arguments.on);
    if (!date) return Usage(fmt::format("`{}` is not a date such as 2026-12-01", arguments.on));
    on_s = *date;
  }

  std::vector<std::string> files;
  for (const std::string& file : arguments.files) {
    std::error_code error;
    if (!fs::is_directory(file, error)) {
      files.push_back(file);
      continue;
    }
    const std::vector<std::string> inside = PoliciesIn(file);
    if (inside.empty()) return Usage(fmt::format("no .mlp file in {}", file));
    files.insert(files.end(), inside.begin(), inside.end());
  }
  if (files.empty()) files = KnownCatalog();
  if (files.empty()) {
    return Usage(
        "no catalog here and none installed; name catalogs, policies or their folders, as in "
        "`mlpc models policies/catalog`");
  }
  Loaded loaded;
  if (const std::optional<int> failed = Load(files, arguments, on_s, loaded)) return *failed;

  for (const auto* names : {&arguments.can, &arguments.prefer}) {
    for (const std::string& name : *names) {
      if (!loaded.capabilities.contains(name))
        return Usage(Unknown("capability", name, loaded.capabilities));
    }
  }
  query.can = arguments.can;
  query.prefer = arguments.prefer;
  for (const std::string& name : arguments.providers) {
    const auto alias = std::find_if(loaded.aliases.begin(), loaded.aliases.end(),
                                    [&](const auto& one) { return one.first == name; });
    const std::string& provider = alias == loaded.aliases.end() ? name : alias->second;
    if (!loaded.providers.contains(provider))
      return Usage(Unknown("provider", name, loaded.providers));
    query.providers.push_back(provider);
  }
  const std::size_t count = loaded.rows.size();
  const std::vector<CatalogRow> rows = Select(std::move(loaded.rows), query);
  fmt::print("{}", arguments.format == "json" ? RenderJson(rows, on_s) : RenderTable(rows));
  if (arguments.format == "text" && rows.empty())
    fmt::print(stderr, "none of {} models fits\n", count);
  return kExitDone;
}

}  // namespace

void AddModelsCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("models", "The catalog as a table, on a date");
  command->footer(
      "Prices are dollars per million tokens, `$3..6` where they depend on the prompt's length or "
      "the hour.\nSorted: models in use first, then by --prefer, then by price.");
  const auto arguments = std::make_shared<ModelsArguments>();
  command->add_option("files", arguments->files,
                      "Catalogs, policies, or folders of them; without any the catalog in "
                      "policies/catalog or catalog, else the installed one");
  command->add_option("--can", arguments->can, "Only models with this capability; repeatable");
  command->add_option("--prefer", arguments->prefer,
                      "Models with this capability first; repeatable, the first counts most");
  command->add_option("--price-below", arguments->price_below,
                      "Only models whose input and output both cost less per million tokens, at "
                      "any prompt length and hour, as in $3/M");
  command->add_option("--context-at-least", arguments->context_at_least,
                      "Only models that take so many tokens, as in 200K");
  command->add_option("--provider", arguments->providers,
                      "Only models of this provider, by name or alias; repeatable");
  command->add_option("--on", arguments->on, "The date; today without it");
  command->add_option("--import-root", arguments->import_roots,
                      "Where imports are looked for beside the file's folder");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([arguments, &exit_code] { exit_code = RunModels(*arguments); });
}

}  // namespace mlp::compiler
