// The farthest place that parsing reached, and what could have stood there: that is where the error
// is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::compiler::parse {

class Farthest {
 public:
  enum class Reason : std::uint8_t {
    kToken,    ///< no token that was there fits
    kMixed,    ///< `and` beside `or` without parentheses
    kTooDeep,  ///< past the limit of nesting
  };

  /// What End takes to forget what was expected since, at the same place.
  [[nodiscard]] std::size_t Begin(std::uint32_t place) const {
    return place == place_ ? expected_.size() : 0;
  }
  /// Nothing that begins with `text` stands at `place`; in place of everything expected there since
  /// Begin.
  void Fail(std::uint32_t place, std::size_t since, std::string_view text, bool is_word);
  void Fail(std::uint32_t place, Reason reason);

  [[nodiscard]] std::uint32_t place() const { return place_; }
  [[nodiscard]] Reason reason() const { return reason_; }
  /// "`a`, `b` or a c", each once.
  [[nodiscard]] std::string ExpectedText() const;
  [[nodiscard]] bool Expects(std::string_view text) const;
  /// Every keyword that could have stood there, also under a text that names them together; each
  /// once.
  [[nodiscard]] std::vector<std::string_view> Words() const;

 private:
  struct Expectation {
    std::string_view text;
    bool is_word;
    bool hidden;  // named by a later one that holds it
  };

  void MoveTo(std::uint32_t place);

  std::uint32_t place_ = 0;
  Reason reason_ = Reason::kToken;
  std::vector<Expectation> expected_;
};

}  // namespace mlp::compiler::parse
