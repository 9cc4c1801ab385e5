// JSON as the providers' wire formats need it: reading never throws and never trusts a shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mlp::transport {

/// An object's members in the order in which they were written. Wire objects are small: with room
/// for the first few, adding one moves none (a pair with a const key can only be copied).
template <typename Key, typename Value, typename Less = std::less<Key>,
          typename Allocator = std::allocator<std::pair<const Key, Value>>>
struct RoomyMap : nlohmann::ordered_map<Key, Value, Less, Allocator> {
  using Base = nlohmann::ordered_map<Key, Value, Less, Allocator>;
  RoomyMap() noexcept(false) { Base::reserve(kRoom); }
  template <typename Iterator>
  RoomyMap(Iterator first, Iterator last) : Base(first, last) {}
  RoomyMap(std::initializer_list<typename Base::value_type> members) : Base(members) {}

  static constexpr std::size_t kRoom = 8;
};

/// Keeps members in the order in which they were written.
using Json = nlohmann::basic_json<RoomyMap>;

/// The value, or a discarded one (`is_discarded()`) where the text is no JSON, nested more than 200
/// deep, or has so many members that comparing each with those before it in its object would take
/// more than 2^24 comparisons: one object may have 5,793, and small ones as many as there is room.
[[nodiscard]] Json ParseJson(std::string_view text);

/// Text that is always valid UTF-8: other bytes become U+FFFD.
[[nodiscard]] std::string Dump(const Json& value);

/// The member, or a shared null where `value` is no object or has none of this name.
[[nodiscard]] const Json& At(const Json& value, const char* name);
/// The element, or a shared null.
[[nodiscard]] const Json& At(const Json& value, std::size_t index);

/// The string, a number as its text, or nothing else: empty.
[[nodiscard]] std::string Text(const Json& value);

/// A count between 0 and 10^12, also where a server writes it as 10.0.
[[nodiscard]] std::optional<std::int64_t> Count(const Json& value);
[[nodiscard]] std::int64_t CountOr0(const Json& value);

/// `text` as JSON object; an empty object where it is something else.
[[nodiscard]] Json ObjectOrEmpty(std::string_view text);
/// Whether it is a JSON object.
[[nodiscard]] bool IsObjectText(std::string_view text);

}  // namespace mlp::transport
