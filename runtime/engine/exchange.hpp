// One attempt on the wire: the request written and sent, its answer read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "mlp/http_client.hpp"
#include "mlp/protocol.hpp"

namespace mlp::engine {

/// What an exchange needs to know. What it points to lives until its end.
struct ExchangePlan {
  const WireProtocol* protocol = nullptr;  ///< not null
  WireCall wire;
  const Headers* headers = nullptr;  ///< the provider's own, beside the protocol's; may be null
  std::int64_t connect_ms = 0;
  std::int64_t total_ms = 0;  ///< above 0
};

/// Made by std::make_shared; keeps itself alive until its end.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  /// Called exactly once where `http` runs its callbacks; the reply tells also what was left out.
  using OnEnd = std::function<void(const HttpResponse& response, ProviderReply reply)>;

  Exchange(const ExchangePlan& plan, OnEnd on_end);

  /// Once. Returns the number by which `http` can cancel it; the end may have come before.
  std::uint64_t Send(HttpExecutor& http);

 private:
  void Finished(const HttpResponse& response);

  const ExchangePlan plan_;
  const OnEnd on_end_;
  std::vector<std::string> left_out_;
};

}  // namespace mlp::engine
