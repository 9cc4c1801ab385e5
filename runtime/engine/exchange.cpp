#include "runtime/engine/exchange.hpp"

#include <utility>

namespace mlp::engine {
namespace {

/// A reply that stands for an answer which never came.
ProviderReply ReplyOfTransport(const HttpResponse& response) {
  ProviderReply reply;
  reply.error_class = response.error_class;
  reply.error_message = response.error;
  reply.rule = "transport";
  return reply;
}

}  // namespace

Exchange::Exchange(const ExchangePlan& plan, OnEnd on_end)
    : plan_(plan), on_end_(std::move(on_end)) {}

std::uint64_t Exchange::Send(HttpExecutor& http) {
  HttpRequest request = plan_.protocol->BuildRequest(plan_.wire, left_out_);
  if (plan_.headers != nullptr) {
    request.headers.insert(request.headers.end(), plan_.headers->begin(), plan_.headers->end());
  }
  request.connect_timeout_ms = plan_.connect_ms;
  request.total_timeout_ms = plan_.total_ms;
  return http.Start(std::move(request), [self = shared_from_this()](const HttpResponse& response) {
    self->Finished(response);
  });
}

void Exchange::Finished(const HttpResponse& response) {
  ProviderReply reply = response.error_class == ErrorClass::kNone
                            ? plan_.protocol->ParseResponse(plan_.wire, response)
                            : ReplyOfTransport(response);
  reply.left_out = std::move(left_out_);
  on_end_(response, std::move(reply));
}

}  // namespace mlp::engine
