#include "runtime/engine/attempt.hpp"

#include <string_view>

namespace mlp::engine {
namespace {

bool Can(const Tables& tables, const Model& model, std::string_view capability) {
  for (std::size_t bit = 0; bit < tables.capability_names.size(); ++bit) {
    if (tables.capability_names[bit] == capability) return ((model.capabilities >> bit) & 1U) != 0;
  }
  return false;
}

/// The first place of an endpoint, or the host part of its URL.
std::string EndpointName(const Endpoint& endpoint) {
  if (!endpoint.places.empty()) return std::string(endpoint.places.front());
  const std::size_t host = endpoint.url.find("://");
  const std::string_view rest =
      host == std::string_view::npos ? endpoint.url : endpoint.url.substr(host + 3);
  return std::string(rest.substr(0, rest.find('/')));
}

}  // namespace

AttemptRecord NameAttempt(const Tables& tables, const Candidate& candidate) {
  const Model& model = tables.models[candidate.model];
  AttemptRecord attempt;
  attempt.provider = tables.providers[model.provider].name;
  attempt.model = model.name;
  attempt.model_id = model.id;
  attempt.endpoint = EndpointName(tables.endpoints[candidate.endpoint]);
  if (candidate.rollout != kNone16) attempt.rollout = tables.rollouts[candidate.rollout].name;
  attempt.step = candidate.step;
  return attempt;
}

WireCall MakeWireCall(const Tables& tables, const Decision& decision, const Candidate& candidate,
                      const Providers::Access& access, const Prompt& prompt) {
  const Model& model = tables.models[candidate.model];
  return {.url = access.url,
          .key = access.key,
          .model_id = model.id,
          .parameters = model.parameters,
          .max_output_tokens = tables.output_code == kNone16 ? 0 : decision.output_tokens,
          .takes_temperature = Can(tables, model, "sampling-parameters"),
          .caches_prompt = tables.routes[decision.route].caches_prompts,
          .prompt = &prompt};
}

void NoteReply(const HttpResponse& response, const ProviderReply& reply, AttemptRecord& attempt) {
  attempt.latency_us = response.total_us;
  attempt.first_byte_us = response.first_byte_us;
  attempt.http_status = response.status;
  attempt.response_model = reply.model;
  attempt.request_id = reply.request_id;
  attempt.usage = reply.usage;
}

void NoteFailure(const ProviderReply& reply, AttemptRecord& attempt) {
  attempt.error_class = reply.error_class;
  attempt.error_type = reply.error_type;
  attempt.error_code = reply.error_code;
  attempt.rule = reply.rule;
  attempt.request_id = reply.request_id;
  attempt.retry_after_ms = reply.retry_after_ms;
}

}  // namespace mlp::engine
