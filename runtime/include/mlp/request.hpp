// Requests in words: `tier=free input=12K asks=streaming,function-calling`, both ways.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlp/result.hpp"
#include "mlp/tables.hpp"

namespace mlp {

/// A request that owns its texts.
struct OwnedRequest {
  std::vector<std::int32_t> codes;
  std::vector<std::string> texts;
  std::vector<std::uint64_t> sets;

  /// Valid until the request changes or goes. `views` is the caller's scratch for the texts.
  [[nodiscard]] RequestView view(std::vector<std::string_view>& views) const {
    views.assign(texts.begin(), texts.end());
    return {codes, views, sets};
  }
};

using AttributeWords = std::vector<std::pair<std::string, std::string>>;

/// Reads attribute values; what is left out takes its default. Tokens may end in K or M (thousands,
/// millions), sets are lists with commas. The error names the attribute and what it takes.
[[nodiscard]] Result<OwnedRequest> ReadRequest(const Tables& tables, const AttributeWords& words);

/// One attribute's value as ReadRequest takes it; a set without members is empty text.
/// Precondition: the request is within the attribute's domain.
[[nodiscard]] std::string WriteValue(const Attribute& attribute, const RequestView& request);

}  // namespace mlp
