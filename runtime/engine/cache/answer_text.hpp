// A cached answer as a text for the disk, and back.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/engine/cache/answer_cache.hpp"

namespace mlp::engine {

[[nodiscard]] std::string WriteAnswer(const CachedAnswer& answer);
/// Null where it is no such text.
[[nodiscard]] std::shared_ptr<const CachedAnswer> ReadAnswer(std::string_view text);

}  // namespace mlp::engine
