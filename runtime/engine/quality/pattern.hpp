// Regular expressions as ECMAScript writes them, matched by the PCRE2 library within bounded work.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mlp/result.hpp"

struct pcre2_real_code_8;

namespace mlp::engine {

/// An expression that was read once. Copies share it, and threads may.
class Pattern {
 public:
  /// kInvalidRequest where `text` is no expression; the context says what is wrong with it and at
  /// which byte.
  [[nodiscard]] static Result<Pattern> Parse(std::string_view text);

  /// Whether it matches anywhere in `text`, which may be any bytes. Nothing where that takes more
  /// than kMostSteps or kMostMemoryKiB: an expression such as `^(a+)+$` can take time exponential
  /// in the length of a text, and the text comes from a model.
  [[nodiscard]] std::optional<bool> Matches(std::string_view text) const;

  /// As it was written.
  [[nodiscard]] const std::string& text() const { return text_; }

  /// Tries of a position and alternative: well under a second on any machine of today.
  static constexpr unsigned kMostSteps = 5'000'000;
  /// What going back to earlier choices may hold at once.
  static constexpr unsigned kMostMemoryKiB = 64 * 1024;

 private:
  Pattern(std::string text, std::shared_ptr<const pcre2_real_code_8> code)
      : text_(std::move(text)), code_(std::move(code)) {}

  std::string text_;
  std::shared_ptr<const pcre2_real_code_8> code_;
};

}  // namespace mlp::engine
