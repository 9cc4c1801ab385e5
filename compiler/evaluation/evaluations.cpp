#include "compiler/evaluation/evaluations.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/evaluation/lookup.hpp"
#include "compiler/evaluation/result_file.hpp"
#include "runtime/core/sha256.hpp"
#include "runtime/core/share_text.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kOne = 1'000'000;    // of a ratio, in millionths
constexpr std::int64_t kCoarsest = 10'000;  // scores are written to a hundredth at least
constexpr std::int64_t kSecondsPerDay = 86'400;

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().generic_string();
}

/// Whether the score is what was measured, rounded to the digits that are written.
bool IsRoundedFrom(std::int64_t micro, const EvaluatedModel& model) {
  std::int64_t unit = 1;
  while (unit < kCoarsest && micro % (unit * 10) == 0) unit *= 10;
  const std::int64_t off = model.passed * kOne - micro * model.asked;
  return std::max(off, -off) * 2 <= unit * model.asked;
}

std::string ParameterWords(const std::string& parameters) {
  return parameters.empty() ? "without settings" : fmt::format("with `{}`", parameters);
}

class Evaluations {
 public:
  Evaluations(PolicyModel model, FileReader& reader, const ImportRoots& roots, SourceSet& sources,
              Diagnostics& diagnostics)
      : model_(std::move(model)),
        reader_(reader),
        roots_(roots),
        sources_(sources),
        diagnostics_(diagnostics) {}

  PolicyModel Check() {
    for (CandidateModel& candidate : model_.candidates) {
      for (ScoreModel& score : candidate.quality) {
        if (NamesResult(score.source) && Own(candidate, score)) CheckScore(candidate, score);
      }
    }
    for (CandidateModel& candidate : model_.candidates) {
      for (ScoreModel& score : candidate.quality) {
        if (const ScoreModel* base = Inherited(candidate, score)) {
          score.measured_micro = base->measured_micro;
        }
      }
    }
    return std::move(model_);
  }

 private:
  struct Loaded {
    std::optional<ResultFile> result;
    std::string problem;  ///< with the file as a whole, or its suite; empty where all is well
  };

  /// The score of the model that a variant has it from.
  [[nodiscard]] const ScoreModel* Inherited(const CandidateModel& candidate,
                                            const ScoreModel& score) const {
    if (candidate.variant_of == kNoIndex) return nullptr;
    for (const ScoreModel& base : model_.candidates[candidate.variant_of].quality) {
      if (base.name == score.name && base.span == score.span) return &base;
    }
    return nullptr;
  }
  [[nodiscard]] bool Own(const CandidateModel& candidate, const ScoreModel& score) const {
    return Inherited(candidate, score) == nullptr;
  }

  void Report(Span span, std::string message, std::string help) {
    diagnostics_.Add(Code::k0506, span, std::move(message)).help.push_back(std::move(help));
  }

  /// Once for each place that names the file.
  void ReportFile(const ScoreModel& score, std::string message, std::string help) {
    if (!reported_.emplace(score.source_span.file, score.source_span.begin).second) return;
    Report(score.source_span, std::move(message), std::move(help));
  }

  [[nodiscard]] static std::string RunAgain(const CandidateModel& candidate,
                                            const std::string& source) {
    return fmt::format(
        "evaluate it again: `mlp eval POLICY --suite CASES --candidate {} --baseline "
        "MODEL -o {}`, and write the score that it gives",
        candidate.name, source);
  }

  void CheckScore(const CandidateModel& candidate, ScoreModel& score) {
    if (!StaysBelow(score.source)) {
      return ReportFile(
          score, fmt::format("`{}` leads out of the policy's folder", score.source),
          "keep results below the naming file's folder, or name theirs with --import-root");
    }
    const Loaded& loaded = Load(score);
    if (!loaded.problem.empty()) {
      return ReportFile(score, loaded.problem, RunAgain(candidate, score.source));
    }
    const ResultFile& result = *loaded.result;
    if (result.stopped) {
      return ReportFile(
          score,
          fmt::format("`{}` stopped at its ceiling of costs before the suite's end", score.source),
          "raise --most-cost and evaluate again: some of the cases are not the suite");
    }
    if (score.name != result.measure) {
      return Report(
          score.span,
          fmt::format("`{}` measures `{}`, not `{}`", score.source, result.measure, score.name),
          fmt::format("write `{}`, or evaluate with `--measure {}`", result.measure, score.name));
    }
    const EvaluatedModel* measured = MeasuredAs(candidate, score, result);
    if (measured == nullptr) return;
    if (measured->asked == 0) {
      return Report(score.span,
                    fmt::format("`{}` asked `{}` for no case", score.source, candidate.name),
                    RunAgain(candidate, score.source));
    }
    if (!IsRoundedFrom(score.micro, *measured)) {
      return Report(
          score.span,
          fmt::format("`{}` passed {} of {} cases in `{}`: `{}` is {}, not `{}`", candidate.name,
                      measured->passed, measured->asked, score.source, score.name,
                      ShareText(measured->passed, measured->asked), sources_.text(score.span)),
          fmt::format("write `{} {}`", score.name, ShareText(measured->passed, measured->asked)));
    }
    if (score.on_s != 0 && score.on_s / kSecondsPerDay != result.date_s / kSecondsPerDay) {
      return Report(
          score.on_span,
          fmt::format("`{}` was measured on {}", score.source, ast::WriteDate(result.date_s)),
          fmt::format("write `on {}`", ast::WriteDate(result.date_s)));
    }
    score.measured_micro = measured->passed * kOne / measured->asked;
  }

  /// The side of the result that asked this very model; nothing where it is none, which is
  /// reported.
  const EvaluatedModel* MeasuredAs(const CandidateModel& candidate, const ScoreModel& score,
                                   const ResultFile& result) {
    if (candidate.provider == kNoIndex || candidate.id.empty()) return nullptr;  // reported
    const std::string& provider = model_.providers[candidate.provider].name;
    const EvaluatedModel* named = nullptr;
    for (const EvaluatedModel& one : result.models) {
      // A model that was renamed is still the same one.
      if (one.id == candidate.id && one.provider == provider &&
          one.parameters == candidate.parameters) {
        return &one;
      }
      if (one.name == candidate.name) named = &one;
    }
    if (named == nullptr) {
      Report(score.source_span,
             fmt::format("`{}` evaluates `{}` and `{}`, not `{}`", score.source,
                         result.models[0].name, result.models[1].name, candidate.name),
             RunAgain(candidate, score.source));
      return nullptr;
    }
    std::string what;
    if (named->id != candidate.id) {
      what = fmt::format("asked for `{}`, and its pin is `{}` now", named->id, candidate.id);
    } else if (named->provider != provider) {
      what = fmt::format("asked provider `{}`, and it is `{}`'s now", named->provider, provider);
    } else {
      what = fmt::format("asked {}, and is asked {} now", ParameterWords(named->parameters),
                         ParameterWords(candidate.parameters));
    }
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0506, score.span,
        fmt::format("the score of `{}` is stale: `{}` {}", candidate.name, score.source, what));
    if (named->id != candidate.id) diagnostic.related.push_back({candidate.pin_span, "the pin"});
    diagnostic.help.push_back(RunAgain(candidate, score.source));
    return nullptr;
  }

  // ------------------------------------------------------------ files

  const Loaded& Load(const ScoreModel& score) {
    std::vector<std::string> folders{FolderOf(std::string(sources_.name(score.source_span.file)))};
    folders.insert(folders.end(), roots_.begin(), roots_.end());
    const auto [at, added] = loaded_.try_emplace({folders.front(), score.source});
    if (added) at->second = Read(folders, score.source);
    return at->second;
  }

  Loaded Read(const std::vector<std::string>& folders, const std::string& source) {
    auto found = FindBelow(reader_, folders, source);
    if (!found) return {{}, fmt::format("no file `{}`", source)};
    auto result = ReadResultFile(found->text);
    sources_.Add(found->path, std::move(found->text));
    if (!result) return {{}, fmt::format("`{}` {}", source, result.error())};
    std::string problem = SuiteProblem(found->folder, *result, source);
    return {std::move(result).value(), std::move(problem)};
  }

  /// A suite that is not here says nothing.
  std::string SuiteProblem(const std::string& folder, const ResultFile& result,
                           const std::string& source) {
    if (result.suite_path.empty()) return {};
    const std::string below =
        (std::filesystem::path(source).parent_path() / result.suite_path).generic_string();
    if (!StaysBelow(below)) return {};
    auto suite = FindBelow(reader_, {folder}, below);
    if (!suite) return {};
    const bool same = ToHex(Sha256(suite->text)) == result.suite_hash;
    sources_.Add(suite->path, std::move(suite->text));
    if (same) return {};
    return fmt::format("the suite `{}` has changed since the evaluation in `{}`", suite->path,
                       source);
  }

  PolicyModel model_;
  FileReader& reader_;
  const ImportRoots& roots_;
  SourceSet& sources_;
  Diagnostics& diagnostics_;
  std::map<std::pair<std::string, std::string>, Loaded> loaded_;  // by folder and source
  std::set<std::pair<FileId, std::uint32_t>> reported_;
};

}  // namespace

bool NamesResult(std::string_view source) {
  return source.ends_with(".json") && source.find("://") == std::string_view::npos;
}

PolicyModel CheckEvaluations(PolicyModel model, FileReader& reader, const ImportRoots& roots,
                             SourceSet& sources, Diagnostics& diagnostics) {
  return Evaluations(std::move(model), reader, roots, sources, diagnostics).Check();
}

}  // namespace mlp::compiler
