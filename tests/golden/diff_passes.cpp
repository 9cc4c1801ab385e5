#include "tests/golden/diff_passes.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "compiler/check/check.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/diff/diff.hpp"
#include "compiler/diff/render.hpp"
#include "compiler/parse/program.hpp"

namespace mlp::compiler::golden {
namespace {

class OneFile final : public FileReader {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  std::optional<std::string> Read(const std::string&) override { return text_; }

 private:
  std::string text_;
};

/// Not movable: parts refer to each other.
struct Version {
  Version(const std::string& name, std::string text) {
    OneFile reader(std::move(text));
    const Program program = LoadProgram(reader, name, {}, sources, diagnostics);
    model = Check(program, sources, diagnostics);
    if (!diagnostics.has_errors()) tables = CompileTables(model, sources, {}, diagnostics);
  }
  [[nodiscard]] DiffSide side() const { return {model, tables->view(), sources}; }
  [[nodiscard]] std::string Errors() const { return RenderText(sources, diagnostics.all()); }

  SourceSet sources;
  Diagnostics diagnostics;
  PolicyModel model;
  std::optional<OwnedTables> tables;
};

/// What stands behind the line, up to the next of its kind.
std::string Part(const std::string& text, std::string_view line) {
  std::size_t begin = text.find(line);
  if (begin == std::string::npos) return {};
  begin += line.size();
  return text.substr(begin, text.find("\n//// ", begin) - begin + 1);
}

}  // namespace

std::string RunDiff(const std::string&, const std::string& text) {
  const std::string shared = text.substr(0, text.find("\n//// ") + 1);
  const Version older("older.mlp", shared + Part(text, "\n//// older.mlp\n"));
  const Version newer("newer.mlp", shared + Part(text, "\n//// newer.mlp\n"));
  if (!older.tables || !newer.tables) return older.Errors() + newer.Errors();
  Diagnostics diagnostics;
  const auto result = Diff(older.side(), newer.side(), {}, diagnostics);
  if (!result) return RenderText(newer.sources, diagnostics.all());
  const DiffNames names{"older.mlp", "newer.mlp"};
  return RenderText(*result, names) + "\n==== markdown\n" + RenderMarkdown(*result, names) +
         "\n==== json\n" + RenderJson(*result);
}

std::string RunTimeline(const std::string& name, const std::string& text) {
  const Version version(name, text);
  if (!version.tables) return version.Errors();
  Diagnostics diagnostics;
  const DateRange& valid = version.model.valid;
  const auto timeline = Timeline(version.side(), valid.from_s, valid.to_s, {}, diagnostics);
  if (!timeline) return RenderText(version.sources, diagnostics.all());
  return RenderText(*timeline) + "\n==== markdown\n" + RenderMarkdown(*timeline) + "\n==== json\n" +
         RenderJson(*timeline);
}

}  // namespace mlp::compiler::golden
