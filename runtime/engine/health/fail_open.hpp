// Who is tried when measurements closed off everybody, and in what words a record tells of
// candidates that were left alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "mlp/decide.hpp"
#include "runtime/engine/health/health.hpp"

namespace mlp::engine {

/// The policy's live state with nothing down but what operators took down. Made for requests that
/// would find nobody otherwise.
[[nodiscard]] std::unique_ptr<LiveState> LiveUnlessTakenDown(const Policy& policy,
                                                             const Health& health);

/// Which of the candidates to try although it is closed off: the one whose closure ends first, the
/// earlier of equal ones; nothing where operators took down all.
[[nodiscard]] std::optional<std::uint32_t> ReopensFirst(const Decision& decision, Health& health,
                                                        std::int64_t now_us);

/// `opus:breaker gpt:operator`: the models that the route's leaf names and that are down.
[[nodiscard]] std::string DescribeDown(const Tables& tables, const Decision& decision,
                                       const Health& health);

/// `opus:breaker`, `opus:slow-start`, `opus:throttled`.
[[nodiscard]] std::string DescribeRefusal(const Model& model, const Health::Lease& lease);

}  // namespace mlp::engine
