#include "runtime/transport/openai_parts.hpp"
#include "runtime/transport/parameters.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::openai {
namespace {

constexpr Dialect kDialects[] = {
    {.name = "openai", .domain = "openai.com"},
    {.name = "azure", .domain = "azure.com"},
    {.name = "mistral",
     .domain = "mistral.ai",
     .old_max_tokens = true,
     .takes_documents = false,
     .takes_stream_options = false,
     .seed = "random_seed"},
    {.name = "groq", .domain = "groq.com", .old_max_tokens = true, .takes_documents = false},
    {.name = "deepseek",
     .domain = "deepseek.com",
     .old_max_tokens = true,
     .takes_documents = false,
     .takes_schema = false},
    {.name = "xai", .domain = "x.ai", .takes_documents = false, .adds_reasoning = true},
};
constexpr Dialect kGeneric{};

constexpr std::size_t kMostStops = 4;

Json WritePart(const Part& part, const Dialect& dialect, std::vector<std::string>& left_out) {
  const auto data_url = [&part] { return "data:" + part.media_type + ";base64," + part.data; };
  switch (part.kind) {
    case PartKind::kText:
      return {{"type", "text"}, {"text", part.data}};
    case PartKind::kImageUrl:
      return {{"type", "image_url"}, {"image_url", {{"url", part.data}}}};
    case PartKind::kImageData:
      return {{"type", "image_url"}, {"image_url", {{"url", data_url()}}}};
    case PartKind::kDocumentData:
      if (!dialect.takes_documents) break;
      return {{"type", "file"}, {"file", {{"filename", "document"}, {"file_data", data_url()}}}};
  }
  LeaveOut(left_out, "document");
  return nullptr;
}

Json WriteContent(const Message& message, const Dialect& dialect,
                  std::vector<std::string>& left_out) {
  if (message.parts.empty()) return message.tool_calls.empty() ? Json("") : Json(nullptr);
  if (message.parts.size() == 1 && message.parts.front().kind == PartKind::kText) {
    return message.parts.front().data;
  }
  Json parts = Json::array();
  for (const Part& part : message.parts) {
    Json written = WritePart(part, dialect, left_out);
    if (!written.is_null()) parts.push_back(std::move(written));
  }
  return parts;
}

Json WriteMessage(const Message& message, const Dialect& dialect,
                  std::vector<std::string>& left_out) {
  Json out = {{"role", message.role}};
  if (message.role == "tool") {
    out["tool_call_id"] = message.tool_call_id;
    // Only text comes back from a tool here, and no mark that it failed: the text has to say so.
    out["content"] = (message.tool_error ? "Error: " : "") + JoinTexts(message);
    for (const Part& part : message.parts) {
      if (part.kind != PartKind::kText) LeaveOut(left_out, "tool result image");
    }
    return out;
  }
  out["content"] = WriteContent(message, dialect, left_out);
  if (!message.tool_calls.empty()) {
    Json calls = Json::array();
    for (const ToolCall& call : message.tool_calls) {
      calls.push_back({{"id", call.id},
                       {"type", "function"},
                       {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
    }
    out["tool_calls"] = std::move(calls);
  }
  return out;
}

void WriteTools(const Prompt& prompt, Json& body, std::vector<std::string>& left_out) {
  if (prompt.tools.empty()) return;
  Json tools = Json::array();
  for (const Tool& tool : prompt.tools) {
    if (!IsObjectText(tool.parameters)) LeaveOut(left_out, "parameters of tool " + tool.name);
    Json function = {{"name", tool.name}};
    if (!tool.description.empty()) function["description"] = tool.description;
    function["parameters"] = ObjectOrEmpty(tool.parameters);
    tools.push_back({{"type", "function"}, {"function", std::move(function)}});
  }
  body["tools"] = std::move(tools);
  const std::string& choice = prompt.tool_choice;
  if (choice == "auto" || choice == "none" || choice == "required") {
    body["tool_choice"] = choice;
  } else if (!choice.empty()) {
    body["tool_choice"] = {{"type", "function"}, {"function", {{"name", choice}}}};
  }
}

void WriteSchema(const Prompt& prompt, const Dialect& dialect, Json& body,
                 std::vector<std::string>& left_out) {
  if (prompt.response_schema.empty()) return;
  Json schema = ParseJson(prompt.response_schema);
  if (!schema.is_object() || !dialect.takes_schema) {
    LeaveOut(left_out, "response_schema");
    body["response_format"] = {{"type", "json_object"}};
    return;
  }
  // A schema that leaves further members open is refused in strict mode.
  const bool strict = At(schema, "additionalProperties") == Json(false);
  Json format = {{"name", prompt.response_schema_name}, {"schema", std::move(schema)}};
  if (strict) format["strict"] = true;
  body["response_format"] = {{"type", "json_schema"}, {"json_schema", std::move(format)}};
}

void WriteEffort(const std::string& effort, const Dialect& dialect, Json& body) {
  if (effort.empty()) return;
  if (dialect.name == "mistral") {
    const bool off = effort == "none" || effort == "minimal" || effort == "low";
    body["reasoning_effort"] = off ? "none" : "high";
    return;
  }
  body["reasoning_effort"] = effort;
}

}  // namespace

const Dialect& DialectOf(std::string_view url) noexcept {
  const std::string_view host = HostOf(url);
  for (const Dialect& dialect : kDialects) {
    if (IsUnder(host, dialect.domain)) return dialect;
  }
  return kGeneric;
}

Json WriteBody(const WireCall& call, std::vector<std::string>& left_out) {
  const Dialect& dialect = DialectOf(call.url);
  const Prompt& prompt = *call.prompt;
  Json body = {{"model", call.model_id}, {"messages", Json::array()}};
  for (const Message& message : prompt.messages) {
    body["messages"].push_back(WriteMessage(message, dialect, left_out));
  }
  if (call.max_output_tokens > 0) {
    body[dialect.old_max_tokens ? "max_tokens" : "max_completion_tokens"] = call.max_output_tokens;
  }
  const Parameters parameters = ReadParameters(call, left_out);
  if (!parameters.temperature.is_null()) body["temperature"] = parameters.temperature;
  if (!parameters.top_p.is_null()) body["top_p"] = parameters.top_p;
  if (!parameters.top_k.is_null()) LeaveOut(left_out, "top_k");
  if (!parameters.seed.is_null()) body[std::string(dialect.seed)] = parameters.seed;
  WriteEffort(parameters.effort, dialect, body);
  if (!prompt.stop.empty()) {
    Json stop = Json::array();
    for (const std::string& word : prompt.stop) {
      if (stop.size() < kMostStops) {
        stop.push_back(word);
      } else {
        LeaveOut(left_out, "stop beyond 4");
      }
    }
    body["stop"] = std::move(stop);
  }
  WriteTools(prompt, body, left_out);
  WriteSchema(prompt, dialect, body, left_out);
  if (call.stream) {
    body["stream"] = true;
    // Without it a stream says nothing of usage.
    if (dialect.takes_stream_options) body["stream_options"] = {{"include_usage", true}};
  }
  AddRest(parameters.rest, body, left_out);
  return body;
}

}  // namespace mlp::transport::openai
