#include "compiler/diag/render_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "compiler/diag/places.hpp"
#include "compiler/diag/snippet.hpp"
#include "compiler/diag/witness.hpp"

namespace mlp::compiler {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kGreen = "\x1b[1;32m";

std::string_view SeverityColor(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "\x1b[1;36m";
    case Severity::kWarning:
      return "\x1b[1;35m";
    case Severity::kError:
      return "\x1b[1;31m";
  }
  return {};
}

std::size_t Digits(std::uint32_t number) { return fmt::formatted_size("{}", number); }

class TextWriter {
 public:
  TextWriter(const SourceSet& sources, bool color)
      : sources_(sources), places_(sources), color_(color) {}

  void WriteFull(const Diagnostic& diagnostic) {
    gutter_ = std::max<std::size_t>(
        3, Digits(sources_.Locate(diagnostic.span.file, diagnostic.span.begin).line));
    for (const Related& related : diagnostic.related) {
      gutter_ =
          std::max(gutter_, Digits(sources_.Locate(related.span.file, related.span.begin).line));
    }
    WriteHead(diagnostic);
    WriteSnippet(diagnostic.span);
    for (const Related& related : diagnostic.related) {
      WritePlace(related.span);
      Write("{}note:{} {}\n", SeverityColor(Severity::kNote), kPlain, related.message);
      WriteSnippet(related.span);
    }
    for (const std::string& help : diagnostic.help) {
      Write("{}help:{} {}\n", kGreen, kPlain, help);
    }
    if (diagnostic.witness && !diagnostic.witness->empty()) {  // else any request shows it
      Write("{}witness:{} {}\n", kGreen, kPlain, WitnessWords(*diagnostic.witness));
    }
  }

  void WriteHead(const Diagnostic& diagnostic) {
    WritePlace(diagnostic.span);
    Write("{}{}[{}]:{} ", SeverityColor(diagnostic.severity), ToString(diagnostic.severity),
          Info(diagnostic.code).name, kPlain);
    Write("{}{}{}\n", kBold, diagnostic.message, kPlain);
  }

  /// Escape sequences among the arguments are left out where colour is off.
  template <typename... Arguments>
  void Write(fmt::format_string<Arguments...> format, const Arguments&... arguments) {
    fmt::format_to(std::back_inserter(out_), fmt::runtime(fmt::string_view(format)),
                   Visible(arguments)...);
  }

  [[nodiscard]] std::string Take() { return std::move(out_); }

 private:
  std::string_view Visible(std::string_view text) const {
    return !color_ && !text.empty() && text.front() == '\x1b' ? std::string_view() : text;
  }
  static std::size_t Visible(std::size_t number) { return number; }
  static std::uint32_t Visible(std::uint32_t number) { return number; }

  void WritePlace(Span span) {
    const auto [line, column] = places_.Locate(span.file, span.begin);
    Write("{}{}:{}:{}:{} ", kBold, sources_.name(span.file), line, column, kPlain);
  }

  void WriteSnippet(Span span) {
    const std::uint32_t line = sources_.Locate(span.file, span.begin).line;
    const Snippet snippet = MakeSnippet(sources_, span);
    fmt::format_to(std::back_inserter(out_), "{:>{}} | {}\n", line, gutter_, snippet.line);
    fmt::format_to(std::back_inserter(out_), "{:>{}} | {:>{}}", "", gutter_, "", snippet.indent);
    Write("{}{}{}\n", kGreen, "^" + std::string(snippet.underline - 1, '~'), kPlain);
  }

  const SourceSet& sources_;
  Places places_;
  bool color_;
  std::size_t gutter_ = 3;
  std::string out_;
};

std::string Counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string RenderText(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics,
                       const TextOptions& options) {
  TextWriter writer(sources, options.color);
  const std::size_t shown = std::min(diagnostics.size(), options.max_shown);
  for (std::size_t i = 0; i < shown; ++i) writer.WriteFull(diagnostics[i]);
  if (shown < diagnostics.size()) {
    writer.Write("{} more not shown\n", diagnostics.size() - shown);
  }
  return writer.Take();
}

std::string RenderShort(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics) {
  TextWriter writer(sources, false);
  for (const Diagnostic& diagnostic : diagnostics) writer.WriteHead(diagnostic);
  return writer.Take();
}

std::string CountText(const std::vector<Diagnostic>& diagnostics) {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    errors += diagnostic.severity == Severity::kError ? 1U : 0U;
    warnings += diagnostic.severity == Severity::kWarning ? 1U : 0U;
  }
  if (errors > 0 && warnings > 0) {
    return Counted(errors, "error") + " and " + Counted(warnings, "warning");
  }
  if (errors > 0) return Counted(errors, "error");
  return warnings > 0 ? Counted(warnings, "warning") : std::string();
}

}  // namespace mlp::compiler
