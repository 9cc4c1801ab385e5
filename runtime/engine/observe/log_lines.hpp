// Log lines: one JSON object each, of names and numbers that the policy and the records have. Texts
// of providers and of callers pass through Secrets::Redact.
#pragma once

#include <string>
#include <string_view>

#include "mlp/budgets.hpp"
#include "mlp/call.hpp"
#include "mlp/health.hpp"
#include "mlp/observe.hpp"
#include "mlp/record.hpp"
#include "runtime/engine/observe/secrets.hpp"
#include "runtime/engine/rollout/rollout_news.hpp"

namespace mlp::engine {

/// What is known of a call at its end beside its record.
struct CallEnd {
  const CallRecord& record;
  const Prompt& prompt;
  std::string_view reply = {};    ///< the text of the answer
  std::string_view context = {};  ///< of an error
};

/// The end of a call; with `texts` its prompt and reply too, each cut at 64 KiB.
[[nodiscard]] std::string CallLine(const CallEnd& end, LogLevel level, bool texts,
                                   const Secrets& secrets);
[[nodiscard]] std::string AlertLine(const AlertNotice& notice, const Secrets& secrets);
[[nodiscard]] std::string BudgetLine(const BudgetNotice& notice, std::int64_t at_us);
[[nodiscard]] std::string RolloutLine(const RolloutNews& news, std::int64_t at_us);
/// `kind` is `model` or `provider`.
[[nodiscard]] std::string BreakerLine(std::string_view kind, std::string_view name,
                                      const BreakerHealth& breaker, std::int64_t at_us);

/// The body of a webhook.
[[nodiscard]] std::string WebhookBody(const AlertNotice& notice);

/// The first 16 hexadecimal digits of its SHA-256; of nothing, nothing.
[[nodiscard]] std::string HashedValue(std::string_view value);

}  // namespace mlp::engine
