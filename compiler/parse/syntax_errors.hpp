// Writes the diagnostics of one file's syntax: what was expected, what stands there, and how to
// mend it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/parse/farthest.hpp"

namespace mlp::compiler::parse {

/// Places are bytes of `text`, which outlives this.
class SyntaxErrors {
 public:
  SyntaxErrors(FileId file, std::string_view text, std::uint32_t max_depth,
               Diagnostics& diagnostics)
      : file_(file), text_(text), max_depth_(max_depth), diagnostics_(diagnostics) {}

  /// The error at the farthest place, in the statement that begins at `statement`. `last_token_end`
  /// is where the token before it ends, `quote` where the last string that was tried begins.
  void AddFarthest(const Farthest& farthest, std::uint32_t statement, std::uint32_t last_token_end,
                   std::uint32_t quote);
  /// Any other syntax error; what it returns takes help lines until the next Add.
  Diagnostic& Add(std::uint32_t begin, std::uint32_t end, std::string message);

  /// Bytes that were reported already: what stands in one statement with them is not reported
  /// again.
  void SetWrongBytes(std::vector<std::uint32_t> places) { wrong_bytes_ = std::move(places); }

  /// Set by a version that is not ours, and past the most errors: the rest of the file is not
  /// parsed.
  [[nodiscard]] bool stopped() const { return stopped_; }
  void Stop() { stopped_ = true; }

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  void AddHelp(const Farthest& farthest, std::string_view found, Diagnostic& diagnostic);

  FileId file_;
  std::string_view text_;
  std::uint32_t max_depth_;
  Diagnostics& diagnostics_;
  std::vector<std::uint32_t> wrong_bytes_;
  std::size_t count_ = 0;
  bool stopped_ = false;
  Diagnostic unused_{};  // takes the help of errors that are not reported
};

}  // namespace mlp::compiler::parse
