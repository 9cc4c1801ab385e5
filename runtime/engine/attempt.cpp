#include "runtime/engine/attempt.hpp"

#include <string_view>
#include <utility>

namespace mlp::engine {
namespace {

/// Its bit; 0 where the policy knows none of this name.
std::uint64_t CapabilityBit(const Tables& tables, std::string_view capability) {
  for (std::size_t bit = 0; bit < tables.capability_names.size(); ++bit) {
    if (tables.capability_names[bit] == capability) return std::uint64_t{1} << bit;
  }
  return 0;
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
  // The arms of experiments are in the call's record alone.
  if (candidate.rollout < tables.rollouts.size()) {
    attempt.rollout = tables.rollouts[candidate.rollout].name;
  }
  attempt.step = candidate.step;
  return attempt;
}

bool Can(const Tables& tables, const Model& model, std::string_view capability) {
  return (model.capabilities & CapabilityBit(tables, capability)) != 0;
}

bool Asks(const Tables& tables, const RequestView& request, std::string_view capability) {
  if (tables.asks_set == kNone16) return false;
  return (request.sets[tables.asks_set] & CapabilityBit(tables, capability)) != 0;
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

Reply MakeReply(ProviderReply reply, const AttemptRecord& attempt, const CallRecord& record) {
  Reply made;
  made.text = std::move(reply.text);
  made.tool_calls = std::move(reply.tool_calls);
  made.finish = reply.finish;
  made.usage = reply.usage;
  made.cost = {record.cost_pico};
  made.call_id = record.call_id;
  made.route = record.route;
  made.model = attempt.model;
  made.response_model = attempt.response_model;
  made.provider = attempt.provider;
  made.left_out = std::move(reply.left_out);
  made.cache = record.cache;
  made.attempts = record.attempts;
  return made;
}

bool Caches(const Tables& tables, const Decision& decision, const Prompt& prompt) {
  if (decision.cache_ttl_s == 0) return false;
  if (tables.routes[decision.route].caches_any_temperature) return true;
  return prompt.temperature.has_value() && *prompt.temperature == 0;
}

std::shared_ptr<const CachedAnswer> KeepAnswer(const Reply& reply) {
  auto answer = std::make_shared<CachedAnswer>();
  answer->text = reply.text;
  answer->tool_calls = reply.tool_calls;
  answer->finish = reply.finish;
  answer->usage = reply.usage;
  answer->response_model = reply.response_model;
  answer->left_out = reply.left_out;
  answer->cost_pico = reply.cost.pico_usd;
  return answer;
}

Reply MakeReply(const CachedAnswer& answer, const Tables& tables, const Decision& decision,
                const CallRecord& record) {
  const Model& model = tables.models[decision.candidates[0].model];
  Reply made;
  made.text = answer.text;
  made.tool_calls = answer.tool_calls;
  made.finish = answer.finish;
  made.usage = answer.usage;
  made.cost = {record.cost_pico};  // of a lookup
  made.call_id = record.call_id;
  made.route = record.route;
  made.model = model.name;
  made.response_model = answer.response_model;
  made.provider = tables.providers[model.provider].name;
  made.left_out = answer.left_out;
  made.cache = record.cache;
  return made;
}

}  // namespace mlp::engine
