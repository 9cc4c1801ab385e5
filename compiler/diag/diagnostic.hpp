// A problem in a policy, as a value: what, where, and how to mend it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/source/span.hpp"

namespace mlp::compiler {

enum class Code : std::uint16_t {
#define MLP_CODE(number, severity, title) k##number = 1##number - 10000,
#include "compiler/diag/codes.def"
#undef MLP_CODE
};

enum class Severity : std::uint8_t { kNote, kWarning, kError };
/// note, warning, error.
[[nodiscard]] std::string_view ToString(Severity severity);

struct CodeInfo {
  Code code;
  std::string_view name;  ///< MLP0101
  Severity severity;      ///< unless the finding says otherwise (stages, lint)
  std::string_view title;
};
/// All codes in ascending order.
[[nodiscard]] const std::vector<CodeInfo>& AllCodes();
[[nodiscard]] const CodeInfo& Info(Code code);
[[nodiscard]] std::optional<Code> ParseCode(std::string_view name);

struct Related {
  Span span;
  std::string message;
};

/// A request that shows a problem: `ATTR=VALUE` words, and `@date=`, `@down=`, `@arm=`, `@budget=`,
/// `@live.` ones.
using Witness = std::vector<std::pair<std::string, std::string>>;

/// Owns its text. Messages are lower case without a full stop, names in backticks.
struct Diagnostic {
  Code code;
  Severity severity;
  std::string message;
  Span span;
  std::vector<Related> related;
  std::vector<std::string> help;
  std::optional<Witness> witness;
};

/// Where passes put what they find. Not thread-safe.
class Diagnostics {
 public:
  /// Adds one with the code's own severity and returns it for further detail; valid until the next
  /// Add.
  Diagnostic& Add(Code code, Span span, std::string message);
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }
  [[nodiscard]] std::vector<Diagnostic>& all() { return all_; }
  [[nodiscard]] bool has_errors() const;
  /// By file and place, equal ones once.
  void Sort();

 private:
  std::vector<Diagnostic> all_;
};

}  // namespace mlp::compiler
