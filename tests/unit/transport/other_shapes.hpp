// Answers that are JSON but not of the form that a provider promises.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::transport_test {

/// `text`, a JSON value, once for each of its members and elements at any depth and each of `[]`,
/// `""`, `1`, `null` and `{}` in that one's place. Nothing where it is no JSON.
[[nodiscard]] std::vector<std::string> OtherShapes(std::string_view text);

/// An object of `count` members with names of their own.
[[nodiscard]] std::string ManyMembers(std::size_t count);

}  // namespace mlp::transport_test
