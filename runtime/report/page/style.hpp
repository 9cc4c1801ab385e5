// The page's style sheet.
#pragma once

#include <string_view>

namespace mlp {

/// For light and dark, from a phone upwards; names no other file.
[[nodiscard]] std::string_view PageStyle() noexcept;

}  // namespace mlp
