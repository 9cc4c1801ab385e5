// A value or the reason why there is none. g++ 12 has std::expected only in C++23, so this is our
// own.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "mlp/error_class.hpp"

namespace mlp {

/// Why an operation of the runtime gave no value. `context` never holds a key, a prompt or a reply.
struct Error {
  ErrorClass error_class = ErrorClass::kNone;
  std::string context;
};

/// Either a T or an Error; ask ok() before value().
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(E error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const E& error() const& { return std::get<1>(state_); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  std::variant<T, E> state_;
};

/// Success without a value.
struct Done {};
using Status = Result<Done>;

}  // namespace mlp
