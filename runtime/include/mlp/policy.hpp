// What generated code is made of, in one header: a linked policy, and the member types of a typed
// request.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>

#include "mlp/decide.hpp"
#include "mlp/live.hpp"
#include "mlp/tables.hpp"

namespace mlp {

/// A compiled policy and the state that decisions read. Made once per policy at start-up; never
/// copied.
class Policy {
 public:
  /// `tables` must outlive the policy.
  explicit Policy(const Tables& tables) : tables_(tables), live_(tables) {}
  [[nodiscard]] const Tables& tables() const noexcept { return tables_; }
  /// Written by the client's control loop, read by every decision.
  [[nodiscard]] LiveState& live() const noexcept { return live_; }

 private:
  const Tables& tables_;
  mutable LiveState live_;
};

/// A member without a default: an aggregate that leaves it out does not compile.
template <typename T>
class Required {
 public:
  template <typename U>
  requires std::is_convertible_v<U&&, T>
  constexpr Required(U&& value) noexcept
      : value_(static_cast<T>(value)) {}  // NOLINT(google-explicit-constructor)
  constexpr operator const T&() const noexcept {
    return value_;
  }  // NOLINT(google-explicit-constructor)

 private:
  T value_;
};

/// A set whose members are the enumerators of E, each enumerator being the number of its bit.
template <typename E>
class SetOf {
 public:
  constexpr SetOf() noexcept = default;
  constexpr SetOf(std::initializer_list<E> members) noexcept {
    for (const E member : members) bits_ |= std::uint64_t{1} << static_cast<unsigned>(member);
  }
  [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }
  friend constexpr bool operator==(SetOf, SetOf) noexcept = default;

 private:
  std::uint64_t bits_ = 0;
};

/// The code of a token count; -1, which is outside every domain, where it does not fit.
[[nodiscard]] constexpr std::int32_t TokenCode(std::int64_t tokens) noexcept {
  return tokens >= 0 && tokens <= INT32_MAX ? static_cast<std::int32_t>(tokens) : -1;
}

/// The code of the grid point nearest to a number; -1 where the number is not on the grid's range.
[[nodiscard]] inline std::int32_t NumberCode(double value, std::int64_t minimum_micro,
                                             std::int64_t step_micro, std::int32_t size) noexcept {
  const double code = std::nearbyint((value * 1e6 - static_cast<double>(minimum_micro)) /
                                     static_cast<double>(step_micro));
  return code >= 0 && code < size ? static_cast<std::int32_t>(code) : -1;
}

/// A request in the tables' terms, on the stack.
template <std::size_t Codes, std::size_t Texts, std::size_t Sets>
struct PackedRequest {
  std::array<std::int32_t, Codes> codes;
  std::array<std::string_view, Texts> texts;
  std::array<std::uint64_t, Sets> sets;
  [[nodiscard]] RequestView view() const noexcept {
    return {{codes.data(), Codes}, {texts.data(), Texts}, {sets.data(), Sets}};
  }
};

}  // namespace mlp
