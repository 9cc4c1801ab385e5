// The comparison: an input is what two policies share, then behind a line `//// older.mlp` the rest
// of one, and behind `//// newer.mlp` the rest of the other. A policy compared with itself is the
// same, two compared the other way round are each other's mirror image, and every witness can be
// replayed.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "compiler/check/check.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/diff/diff.hpp"
#include "compiler/diff/render.hpp"
#include "compiler/parse/program.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/support/diff_mirror.hpp"

namespace mlp::compiler::fuzz {
namespace {

constexpr const char* kOlderFile = "older.mlp";
constexpr const char* kNewerFile = "newer.mlp";
constexpr MddBudget kBudget{.nodes = 4'000, .steps = 400'000};

/// What the policies share is read as the beginning of each.
class VersionReader final : public FileReader {
 public:
  VersionReader(std::string_view input, const char* file)
      : reader_(input, /*with_catalogs=*/true), file_(file) {}
  [[nodiscard]] std::optional<std::string> Read(const std::string& path) override {
    if (path != file_) return reader_.Read(path);
    return reader_.Read(kMainFile).value_or("") + reader_.Read(path).value_or("");
  }
  [[nodiscard]] std::vector<std::string> List(const std::string& folder) override {
    return reader_.List(folder);
  }

 private:
  InputReader reader_;
  std::string file_;
};

/// A policy that checks, with its tables. Not movable.
struct Version {
  SourceSet sources;
  PolicyModel model;
  std::optional<OwnedTables> tables;
  [[nodiscard]] DiffSide side() const { return {model, tables->view(), sources}; }
};

std::unique_ptr<Version> Compile(std::string_view input, const char* file) {
  VersionReader reader(input, file);
  auto version = std::make_unique<Version>();
  Diagnostics diagnostics;
  const Program program =
      LoadProgram(reader, file, {}, version->sources, diagnostics, SmallParse());
  version->model = Check(program, version->sources, diagnostics);
  if (diagnostics.has_errors() || version->model.name.empty()) return nullptr;
  const Diagram diagram =
      BuildDiagram(version->model, {.budget = kBudget, .max_terms = 1'000}, diagnostics);
  if (diagnostics.has_errors()) return nullptr;
  version->tables.emplace(Flatten(version->model, diagram, version->sources));
  return version;
}

DiffOptions Small() {
  DiffOptions options;
  options.budget = kBudget;
  options.token_steps = 20'000;
  options.most_regions = 300;
  return options;
}

void CheckRendered(const std::string& json, const std::string& text, const std::string& markdown) {
  Require(nlohmann::json::accept(json), "JSON is JSON");
  Require(!text.empty() && !markdown.empty(), "something is said");
}

/// With itself, and over its own dates.
void Alone(const Version& version) {
  Diagnostics diagnostics;
  const auto result = Diff(version.side(), version.side(), Small(), diagnostics);
  Require(result.has_value() || diagnostics.has_errors(), "what is not compared is said");
  if (result) {
    Require(result->same() && result->bump == Bump::kNone, "a policy is the same as itself");
  }
  const auto timeline = Timeline(version.side(), version.model.valid.from_s,
                                 version.model.valid.to_s, Small(), diagnostics);
  if (timeline && !timeline->empty()) {
    CheckRendered(RenderJson(*timeline), RenderText(*timeline), RenderMarkdown(*timeline));
  }
  RequireSoundDiagnostics(version.sources, diagnostics);
}

/// The witnesses of a comparison as recorded requests.
std::vector<DiffOptions::Recorded> WitnessesOf(const DiffResult& result) {
  std::vector<DiffOptions::Recorded> records;
  for (const DiffRegion& region : result.regions) records.push_back(test::RecordOf(region));
  return records;
}

/// An attribute of two types has the name of one of them, which changes with the direction.
bool HasOldNames(const DiffResult& result) {
  return std::any_of(result.regions.begin(), result.regions.end(), [](const DiffRegion& region) {
    return std::any_of(region.witness.begin(), region.witness.end(),
                       [](const auto& word) { return word.first.compare(0, 4, "old.") == 0; });
  });
}

/// Each witness of one direction lies in one region of the other, of the mirrored class.
void CheckMirrored(const DiffResult& result, const Version& from, const Version& to) {
  DiffOptions options = Small();
  options.traffic = WitnessesOf(result);
  Diagnostics diagnostics;
  const auto back = Diff(from.side(), to.side(), options, diagnostics);
  if (!back) return;  // it found another order too large
  Require(back->same() == result.same(), "both ways something is different");
  Require(back->declarations.size() == result.declarations.size(), "declarations both ways");
  if (HasOldNames(result) || HasOldNames(*back)) return;
  const test::RecordClasses found = test::ClassesOfRecords(*back, result.regions.size());
  Require(!found.twice, "no witness lies in two regions of the other way round");
  for (std::size_t i = 0; i < result.regions.size(); ++i) {
    Require(found.of[i].has_value(), "each witness lies in a region of the other way round");
    Require(found.of[i] == test::Mirrored(result.regions[i].change.change),
            "the other way round the class is mirrored");
  }
}

void Run(std::string_view input) {
  const auto older = Compile(input, kOlderFile);
  if (older) Alone(*older);
  const auto newer = Compile(input, kNewerFile);
  if (newer) Alone(*newer);
  if (!older || !newer) return;
  Diagnostics diagnostics;
  const auto result = Diff(older->side(), newer->side(), Small(), diagnostics);
  RequireSoundDiagnostics(newer->sources, diagnostics);
  if (!result) return;
  const DiffNames names{kOlderFile, kNewerFile};
  CheckRendered(RenderJson(*result), RenderText(*result, names), RenderMarkdown(*result, names));
  for (const DiffRegion& region : result->regions) {
    for (const Explanation* shown : {&region.older, &region.newer}) {
      Require(shown->outcome.find("cannot") == std::string::npos, shown->outcome);
    }
  }
  CheckMirrored(*result, *newer, *older);
}

}  // namespace
}  // namespace mlp::compiler::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mlp::compiler::fuzz::Run(mlp::compiler::fuzz::AsText(data, size));
  return 0;
}
