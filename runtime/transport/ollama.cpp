#include "runtime/transport/ollama.hpp"

#include "runtime/transport/answer_fold.hpp"
#include "runtime/transport/ollama_parts.hpp"
#include "runtime/transport/parameters.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

Json WriteMessage(const Prompt& prompt, const Message& message,
                  std::vector<std::string>& left_out) {
  Json out = {{"role", message.role}, {"content", JoinTexts(message)}};
  Json images = Json::array();
  for (const Part& part : message.parts) {
    if (part.kind == PartKind::kImageData) images.push_back(part.data);
    if (part.kind == PartKind::kImageUrl) LeaveOut(left_out, "image URL");
    if (part.kind == PartKind::kDocumentData) LeaveOut(left_out, "document");
  }
  if (!images.empty()) out["images"] = std::move(images);
  if (!message.tool_calls.empty()) {
    Json calls = Json::array();
    for (const ToolCall& call : message.tool_calls) {
      calls.push_back(
          {{"function", {{"name", call.name}, {"arguments", ObjectOrEmpty(call.arguments)}}}});
    }
    out["tool_calls"] = std::move(calls);
  }
  if (message.role == "tool") {
    out["tool_name"] = ToolNameOf(prompt, message.tool_call_id);
    if (!message.tool_call_id.empty()) out["tool_call_id"] = message.tool_call_id;
    if (message.tool_error) out["content"] = "Error: " + JoinTexts(message);
  }
  return out;
}

void WriteTools(const Prompt& prompt, Json& body, std::vector<std::string>& left_out) {
  const std::string& choice = prompt.tool_choice;
  if (prompt.tools.empty() || choice == "none") return;
  if (!choice.empty() && choice != "auto") LeaveOut(left_out, "tool_choice");
  Json tools = Json::array();
  for (const Tool& tool : prompt.tools) {
    if (!IsObjectText(tool.parameters)) LeaveOut(left_out, "parameters of tool " + tool.name);
    Json function = {{"name", tool.name},
                     {"description", tool.description},
                     {"parameters", ObjectOrEmpty(tool.parameters)}};
    tools.push_back({{"type", "function"}, {"function", std::move(function)}});
  }
  body["tools"] = std::move(tools);
}

Json WriteThink(const std::string& effort) {
  if (effort == "none") return false;
  if (effort == "minimal") return "low";
  if (effort == "xhigh") return "high";
  return effort;
}

Json WriteOptions(const WireCall& call, const Parameters& parameters,
                  std::vector<std::string>& left_out) {
  Json options = Json::object();
  if (call.max_output_tokens > 0) options["num_predict"] = call.max_output_tokens;
  if (!parameters.temperature.is_null()) options["temperature"] = parameters.temperature;
  if (!parameters.top_p.is_null()) options["top_p"] = parameters.top_p;
  if (!parameters.top_k.is_null()) options["top_k"] = parameters.top_k;
  if (!parameters.seed.is_null()) options["seed"] = parameters.seed;
  if (!call.prompt->stop.empty()) options["stop"] = call.prompt->stop;
  AddRest(parameters.rest, options, left_out);
  return options;
}

class OllamaProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    // By default a text that is too long loses its end in silence.
    if (call.embeds != nullptr) {
      HttpRequest request = JsonRequest(
          call, AppendPath(call.url, "/api/embed"),
          Dump({{"model", call.model_id}, {"input", *call.embeds}, {"truncate", false}}));
      Authorize(call.key, request);
      return request;
    }
    const Prompt& prompt = *call.prompt;
    // By default it streams, and drops old turns in silence where a prompt is too long.
    Json body = {{"model", call.model_id},
                 {"messages", Json::array()},
                 {"stream", call.stream},
                 {"truncate", false}};
    for (const Message& message : prompt.messages) {
      body["messages"].push_back(WriteMessage(prompt, message, left_out));
    }
    if (!prompt.response_schema.empty()) {
      Json schema = ParseJson(prompt.response_schema);
      if (!schema.is_object()) LeaveOut(left_out, "response_schema");
      body["format"] = schema.is_object() ? std::move(schema) : Json("json");
    }
    const Parameters parameters = ReadParameters(call, left_out);
    if (!parameters.effort.empty()) body["think"] = WriteThink(parameters.effort);
    WriteTools(prompt, body, left_out);
    Json options = WriteOptions(call, parameters, left_out);
    if (!options.empty()) body["options"] = std::move(options);
    HttpRequest request = JsonRequest(call, AppendPath(call.url, "/api/chat"), Dump(body));
    Authorize(call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    return ollama::ReadReply(call, response, ParseJson(response.body));
  }

  std::unique_ptr<StreamReader> ReadStream(const WireCall& call) const override {
    return MakeStreamReader("ollama", call, Framing::kLines, ollama::MakeFold());
  }

  bool embeds() const noexcept override { return true; }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = AppendPath(url, "/api/version");
    Authorize(key, request);
    return request;
  }

 private:
  static void Authorize(std::string_view key, HttpRequest& request) {
    key = TrimKey(key);
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + std::string(key));
  }
};

}  // namespace

std::unique_ptr<const WireProtocol> MakeOllamaProtocol() {
  return std::make_unique<OllamaProtocol>();
}

}  // namespace mlp::transport
