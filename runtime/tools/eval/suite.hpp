// The cases of an evaluation, from JSON lines.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mlp/call.hpp"
#include "mlp/result.hpp"
#include "runtime/engine/quality/json_schema.hpp"
#include "runtime/engine/quality/pattern.hpp"

namespace mlp::tools {

enum class CheckKind : std::uint8_t { kEquals, kContains, kRegex, kJsonSchema, kNumeric, kJudge };

/// What an answer must be. Blanks around the answer do not count.
struct Check {
  CheckKind kind = CheckKind::kEquals;
  std::string text;   ///< of equals, contains, regex; the question of a judge
  double number = 0;  ///< numeric: the last number of the answer is within `tolerance` of it
  double tolerance = 0;
  std::optional<engine::Pattern> pattern;            ///< regex
  std::shared_ptr<const engine::JsonSchema> schema;  ///< json-schema
};

struct EvalCase {
  std::string id;
  Prompt prompt;
  std::int64_t output = 0;  ///< most tokens of the answer
  std::vector<Check> checks;
};

struct Suite {
  std::vector<EvalCase> cases;
  std::string hash;  ///< SHA-256 of the file, hex
  bool has_judge = false;
};

/// A line is `{"id": "refund-1", "prompt": "..." or "messages": [{"role", "content"}], "checks":
/// [...]}`, and may have `"attributes": {"output": 500}` (1000 where it is left out), `"system"`,
/// `"temperature"` and `"schema"`, which the answer is asked to follow. `text` is the whole file.
/// The error names the line and what to write.
[[nodiscard]] Result<Suite, std::string> ReadSuite(const std::string& name,
                                                   const std::string& text);

/// Why the answer fails the check, in a few words that hold nothing of prompt or answer; nothing
/// where it passes. Not for judges.
[[nodiscard]] std::optional<std::string> Failure(const Check& check, const std::string& answer);

}  // namespace mlp::tools
