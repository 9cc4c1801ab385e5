// Reading JSON whose shape is not to be trusted: a value with its path, and a list of what was
// wrong.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlp::compiler {

/// A value that may be absent. Asking for another type than it has notes a problem and answers
/// "absent"; JSON's null is absent without a problem. The JSON and the problems must outlive the
/// view.
class JsonView {
 public:
  JsonView(const nlohmann::json* value, std::string path, std::vector<std::string>* problems)
      : value_(value), path_(std::move(path)), problems_(problems) {}

  [[nodiscard]] bool present() const { return value_ != nullptr; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_text() const;
  [[nodiscard]] bool is_number() const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;

  /// The member of that name of an object.
  [[nodiscard]] JsonView operator[](std::string_view key) const;
  /// The elements of an array, in order.
  [[nodiscard]] std::vector<JsonView> Items() const;
  /// The members of an object, by name.
  [[nodiscard]] std::vector<std::pair<std::string, JsonView>> Members() const;
  /// Empty where absent.
  [[nodiscard]] std::string Text() const;
  [[nodiscard]] std::vector<std::string> Texts() const;
  [[nodiscard]] std::optional<std::int64_t> Integer() const;
  /// A whole number above zero; zero is absent without a problem.
  [[nodiscard]] std::optional<std::int64_t> Count() const;
  [[nodiscard]] std::optional<double> Number() const;
  /// False where absent.
  [[nodiscard]] bool Truth() const;
  /// The value on one line, as in a message: text without quotes.
  [[nodiscard]] std::string Show() const;

 private:
  void Note(std::string_view expected) const;

  const nlohmann::json* value_;
  std::string path_;
  std::vector<std::string>* problems_;
};

/// The deepest nesting that is read.
inline constexpr int kMaxJsonDepth = 64;

/// Parses `text` into `out`. Returns an empty text, or what is wrong with it and where (line and
/// column).
[[nodiscard]] std::string ParseJson(std::string_view text, nlohmann::json& out);

}  // namespace mlp::compiler
