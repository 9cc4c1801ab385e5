#include "runtime/transport/anthropic_parts.hpp"
#include "runtime/transport/parameters.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::anthropic {
namespace {

/// The wire format demands a limit; this one every model takes.
constexpr std::int64_t kDefaultMaxTokens = 4096;

Json CacheControl() { return {{"type", "ephemeral"}}; }

Json WritePart(const Part& part) {
  const auto base64 = [&part]() -> Json {
    return {{"type", "base64"}, {"media_type", part.media_type}, {"data", part.data}};
  };
  switch (part.kind) {
    case PartKind::kText:
      return {{"type", "text"}, {"text", part.data}};
    case PartKind::kImageUrl:
      return {{"type", "image"}, {"source", {{"type", "url"}, {"url", part.data}}}};
    case PartKind::kImageData:
      return {{"type", "image"}, {"source", base64()}};
    case PartKind::kDocumentData:
      return {{"type", "document"}, {"source", base64()}};
  }
  return nullptr;
}

/// Blocks of text may not be empty here.
void WriteParts(const Message& message, Json& content) {
  for (const Part& part : message.parts) {
    if (part.kind != PartKind::kText || !part.data.empty()) content.push_back(WritePart(part));
  }
}

Json WriteContent(const Message& message) {
  Json content = Json::array();
  if (message.role == "tool") {
    Json result = {{"type", "tool_result"}, {"tool_use_id", message.tool_call_id}};
    if (HasOnlyText({.messages = {message}})) {
      result["content"] = JoinTexts(message);
    } else {
      result["content"] = Json::array();
      WriteParts(message, result["content"]);
    }
    if (message.tool_error) result["is_error"] = true;
    content.push_back(std::move(result));
    return content;
  }
  for (const ToolCall& call : message.tool_calls) {
    if (!call.signature.starts_with(kSignaturePrefix)) continue;
    Json thoughts = ParseJson(std::string_view(call.signature).substr(kSignaturePrefix.size()));
    if (!thoughts.is_array()) continue;
    for (Json& block : thoughts) content.push_back(std::move(block));
  }
  WriteParts(message, content);
  for (const ToolCall& call : message.tool_calls) {
    content.push_back({{"type", "tool_use"},
                       {"id", call.id},
                       {"name", call.name},
                       {"input", ObjectOrEmpty(call.arguments)}});
  }
  return content;
}

void WriteMessages(const WireCall& call, Json& body) {
  Json system = Json::array();
  Json messages = Json::array();
  for (const Message& message : call.prompt->messages) {
    if (message.role == "system") {
      WriteParts(message, system);
      continue;
    }
    const std::string_view role = message.role == "assistant" ? "assistant" : "user";
    Json content = WriteContent(message);
    // All results of one turn's tool calls have to stand in one turn.
    if (!messages.empty() && messages.back()["role"] == role) {
      for (Json& block : content) messages.back()["content"].push_back(std::move(block));
    } else {
      messages.push_back({{"role", role}, {"content", std::move(content)}});
    }
  }
  for (Json& message : messages) {
    Json& content = message["content"];
    if (content.size() == 1 && At(content[0], "type") == Json("text")) {
      content = Json(content[0]["text"]);
    }
  }
  if (!system.empty()) {
    if (call.caches_prompt) {
      system.back()["cache_control"] = CacheControl();
      body["system"] = std::move(system);
    } else if (system.size() == 1 && At(system[0], "type") == Json("text")) {
      body["system"] = system[0]["text"];
    } else {
      body["system"] = std::move(system);
    }
  }
  body["messages"] = std::move(messages);
}

void WriteTools(const WireCall& call, Json& body, std::vector<std::string>& left_out) {
  const Prompt& prompt = *call.prompt;
  if (prompt.tools.empty()) return;
  Json tools = Json::array();
  for (const Tool& tool : prompt.tools) {
    if (!IsObjectText(tool.parameters)) LeaveOut(left_out, "parameters of tool " + tool.name);
    Json written = {{"name", tool.name}};
    if (!tool.description.empty()) written["description"] = tool.description;
    written["input_schema"] = ObjectOrEmpty(tool.parameters);
    if (!written["input_schema"].contains("type")) written["input_schema"]["type"] = "object";
    tools.push_back(std::move(written));
  }
  if (call.caches_prompt) tools.back()["cache_control"] = CacheControl();
  body["tools"] = std::move(tools);
  const std::string& choice = prompt.tool_choice;
  if (choice == "auto" || choice == "none") {
    body["tool_choice"] = {{"type", choice}};
  } else if (choice == "required") {
    body["tool_choice"] = {{"type", "any"}};
  } else if (!choice.empty()) {
    body["tool_choice"] = {{"type", "tool"}, {"name", choice}};
  }
}

void WriteOutput(const Prompt& prompt, const Parameters& parameters, Json& body,
                 std::vector<std::string>& left_out) {
  Json output = Json::object();
  if (parameters.effort == "none") {
    body["thinking"] = {{"type", "disabled"}};
  } else if (!parameters.effort.empty()) {
    output["effort"] = parameters.effort == "minimal" ? "low" : parameters.effort;
  }
  if (!prompt.response_schema.empty()) {
    Json schema = ParseJson(prompt.response_schema);
    if (schema.is_object()) {
      output["format"] = {{"type", "json_schema"}, {"schema", std::move(schema)}};
    } else {
      LeaveOut(left_out, "response_schema");
    }
  }
  if (!output.empty()) body["output_config"] = std::move(output);
}

}  // namespace

Json WriteBody(const WireCall& call, std::vector<std::string>& left_out) {
  Json body = {
      {"model", call.model_id},
      {"max_tokens", call.max_output_tokens > 0 ? call.max_output_tokens : kDefaultMaxTokens}};
  WriteMessages(call, body);
  const Parameters parameters = ReadParameters(call, left_out);
  if (!parameters.temperature.is_null()) body["temperature"] = parameters.temperature;
  if (!parameters.top_p.is_null()) body["top_p"] = parameters.top_p;
  if (!parameters.top_k.is_null()) body["top_k"] = parameters.top_k;
  if (!parameters.seed.is_null()) LeaveOut(left_out, "seed");
  if (!call.prompt->stop.empty()) body["stop_sequences"] = call.prompt->stop;
  WriteTools(call, body, left_out);
  WriteOutput(*call.prompt, parameters, body, left_out);
  if (call.stream) body["stream"] = true;
  AddRest(parameters.rest, body, left_out);
  return body;
}

}  // namespace mlp::transport::anthropic
