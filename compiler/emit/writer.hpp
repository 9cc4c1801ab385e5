// Text with indentation and `$name$` substitution.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mlp::compiler::emit {

/// Collects lines. `$name$` in a template is replaced; an unknown name is a bug and stops the
/// program.
class Writer {
 public:
  using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Indents what is written while it lives.
  class Indent {
   public:
    explicit Indent(Writer& writer) : writer_(writer) { writer_.depth_ += 2; }
    ~Indent() { writer_.depth_ -= 2; }
    Indent(const Indent&) = delete;
    Indent& operator=(const Indent&) = delete;

   private:
    Writer& writer_;
  };

  /// One line as it is, indented; an empty one stays empty.
  void Line(std::string_view text = {});
  /// Lines of a template, each indented.
  void Print(std::string_view text, Values values = {});
  [[nodiscard]] std::string Take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t depth_ = 0;
};

}  // namespace mlp::compiler::emit
