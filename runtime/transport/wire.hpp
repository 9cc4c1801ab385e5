// What the wire formats have in common: the frame of a reply, hints when to come back, base URLs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"

namespace mlp::transport {

/// Status, the provider's request id, its hints about a retry; where no whole answer came, the
/// class of the transport's failure with the rule `transport-...`.
[[nodiscard]] ProviderReply BeginReply(const WireCall& call, const HttpResponse& response);

/// Milliseconds, or nothing: `retry-after-ms`; `retry-after` in seconds, with a fraction, or as
/// HTTP date (against the answer's own `date` where there is one); else, where a limit is used up,
/// the longest of the `x-ratelimit-reset-...` of those with nothing remaining.
[[nodiscard]] std::optional<std::int64_t> RetryAfterMs(const HttpResponse& response);

/// `6m0s`, `1.5s`, `12ms`, `1h2m`; or nothing.
[[nodiscard]] std::optional<std::int64_t> ParseDurationMs(std::string_view text);

/// The text of a body that is no JSON, for a message: pages of HTML are only named.
[[nodiscard]] std::string PlainBody(std::string_view body);

/// An error instead of an answer where structured output was asked for and the whole text is no
/// JSON.
void CheckStructured(const WireCall& call, ProviderReply& reply);

/// `base` with `path` before its query. `base` has no slash at its end.
[[nodiscard]] std::string AppendPath(std::string_view base, std::string_view path);
/// The path of a URL without its query; empty or with a slash in front.
[[nodiscard]] std::string_view PathOf(std::string_view url) noexcept;
/// Without port and user, as written.
[[nodiscard]] std::string_view HostOf(std::string_view url) noexcept;
/// Whether it is `domain` or below it.
[[nodiscard]] bool IsUnder(std::string_view host, std::string_view domain) noexcept;

/// A request with the content type of JSON and the prompt's trace headers.
[[nodiscard]] HttpRequest JsonRequest(const WireCall& call, std::string url, std::string body);

/// Keys come from the environment, often with a line's end.
[[nodiscard]] std::string_view TrimKey(std::string_view key) noexcept;

/// All text parts, joined by line breaks.
[[nodiscard]] std::string JoinTexts(const Message& message);
[[nodiscard]] bool HasOnlyText(const Prompt& prompt) noexcept;
/// The name of the function that an earlier turn called with this id; empty where there is none.
[[nodiscard]] std::string_view ToolNameOf(const Prompt& prompt,
                                          std::string_view tool_call_id) noexcept;

/// Adds `what` unless it is there.
void LeaveOut(std::vector<std::string>& left_out, std::string_view what);

}  // namespace mlp::transport
