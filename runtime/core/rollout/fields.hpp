// Values as words in a line, exact in both directions: numbers in decimal (doubles in the shortest
// form that reads back the same), texts after their length.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace mlp {

/// Visits the members of a value in order; `Fields(io, value)` is overloaded for each type.
class FieldWriter {
 public:
  template <typename T>
  requires(std::integral<T> || std::is_enum_v<T>) void One(const T& value) {
    Number(static_cast<std::int64_t>(value));
  }
  void One(const double& value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    Word({text, static_cast<std::size_t>(end - text)});
  }
  void One(const std::string& value) { Word(std::to_string(value.size()) + ":" + value); }
  template <typename T>
  void One(const std::vector<T>& list) {
    Number(static_cast<std::int64_t>(list.size()));
    for (const T& one : list) One(one);
  }
  template <typename T>
  requires requires(FieldWriter& io, T& value) { Fields(io, value); }
  void One(const T& value) { Fields(*this, const_cast<T&>(value)); }

  template <typename... Members>
  void operator()(const Members&... members) {
    (One(members), ...);
  }
  [[nodiscard]] std::string Take() { return std::move(text_); }

 private:
  void Number(std::int64_t value) { Word(std::to_string(value)); }
  void Word(std::string_view word) {
    if (!text_.empty()) text_ += ' ';
    text_ += word;
  }
  std::string text_;
};

class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : left_(text) {}

  template <typename T>
  requires(std::integral<T> || std::is_enum_v<T>) void One(T& value) {
    std::int64_t number = 0;
    Parse(number);
    value = static_cast<T>(number);
  }
  void One(double& value) { Parse(value); }
  void One(std::string& value) {
    std::size_t size = 0;
    const auto read = std::from_chars(left_.data(), left_.data() + left_.size(), size);
    const auto used = static_cast<std::size_t>(read.ptr - left_.data());
    const bool fits = read.ec == std::errc() && used < left_.size() && left_[used] == ':' &&
                      size <= left_.size() - used - 1;
    if (!fits) return Fail();
    value = left_.substr(used + 1, size);
    left_.remove_prefix(used + 1 + size);
    Space();
  }
  template <typename T>
  void One(std::vector<T>& list) {
    constexpr std::int64_t kMost = 1'000'000;
    std::int64_t count = 0;
    Parse(count);
    if (count < 0 || count > kMost) return Fail();
    list.clear();
    for (std::int64_t i = 0; i < count && ok_; ++i) One(list.emplace_back());
  }
  template <typename T>
  requires requires(FieldReader& io, T& value) { Fields(io, value); }
  void One(T& value) { Fields(*this, value); }

  template <typename... Members>
  void operator()(Members&... members) {
    (One(members), ...);
  }
  /// Everything was read, and nothing is left.
  [[nodiscard]] bool Whole() const { return ok_ && left_.empty(); }

 private:
  template <typename T>
  void Parse(T& value) {
    const auto read = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (!ok_ || read.ec != std::errc()) return Fail();
    left_.remove_prefix(static_cast<std::size_t>(read.ptr - left_.data()));
    Space();
  }
  void Space() {
    if (left_.empty()) return;
    if (left_.front() != ' ') return Fail();
    left_.remove_prefix(1);
  }
  void Fail() {
    ok_ = false;
    left_ = {};
  }
  std::string_view left_;
  bool ok_ = true;
};

}  // namespace mlp
