// Keeps keys out of what is recorded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlp::transport {

/// `text` with everything that looks like a key replaced by `[key]`, then cut to `most_bytes` at
/// the start of a UTF-8 character; control characters become blanks. A key is `known_key` itself, a
/// word with a usual prefix (`sk-`, `xai-`, `gsk_`, `AIza`, ...) or with asterisks (providers echo
/// keys in part), the word after `Bearer`, the query of a URL, and any run of 24 or more letters
/// and digits that has both.
[[nodiscard]] std::string Redact(std::string_view text, std::string_view known_key = {},
                                 std::size_t most_bytes = 300);

}  // namespace mlp::transport
