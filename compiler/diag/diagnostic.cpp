#include "compiler/diag/diagnostic.hpp"

#include <algorithm>
#include <tuple>

namespace mlp::compiler {
namespace {

auto Place(const Span& span) { return std::tie(span.file, span.begin, span.end); }

bool Same(const Diagnostic& a, const Diagnostic& b) {
  return a.code == b.code && a.span == b.span && a.message == b.message && a.witness == b.witness;
}

}  // namespace

const std::vector<CodeInfo>& AllCodes() {
  static const std::vector<CodeInfo> codes{
#define MLP_CODE(number, severity, title) \
  {Code::k##number, "MLP" #number, Severity::severity, title},
#include "compiler/diag/codes.def"
#undef MLP_CODE
  };
  return codes;
}

const CodeInfo& Info(Code code) {
  const auto& codes = AllCodes();
  return *std::lower_bound(codes.begin(), codes.end(), code,
                           [](const CodeInfo& info, Code wanted) { return info.code < wanted; });
}

std::optional<Code> ParseCode(std::string_view name) {
  for (const CodeInfo& info : AllCodes()) {
    if (info.name == name) return info.code;
  }
  return std::nullopt;
}

std::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return {};
}

Diagnostic& Diagnostics::Add(Code code, Span span, std::string message) {
  return all_.emplace_back(
      Diagnostic{code, Info(code).severity, std::move(message), span, {}, {}, std::nullopt});
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

void Diagnostics::Sort() {
  std::stable_sort(all_.begin(), all_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(Place(a.span), a.code) < std::tuple(Place(b.span), b.code);
  });
  all_.erase(std::unique(all_.begin(), all_.end(), Same), all_.end());
}

}  // namespace mlp::compiler
