#include "runtime/transport/google_parts.hpp"
#include "runtime/transport/parameters.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::google {
namespace {

constexpr std::size_t kMostStops = 5;

/// From Gemini 3 on, a turn with function calls is refused without a signature; this one is
/// documented for calls that another model made.
constexpr std::string_view kNoSignature = "skip_thought_signature_validator";

Json WritePart(const Part& part) {
  switch (part.kind) {
    case PartKind::kText:
      return {{"text", part.data}};
    case PartKind::kImageUrl: {
      Json file = Json::object();
      if (!part.media_type.empty()) file["mimeType"] = part.media_type;
      file["fileUri"] = part.data;
      return {{"fileData", std::move(file)}};
    }
    case PartKind::kImageData:
    case PartKind::kDocumentData:
      return {{"inlineData", {{"mimeType", part.media_type}, {"data", part.data}}}};
  }
  return nullptr;
}

Json WriteToolResult(const Prompt& prompt, const Message& message) {
  const std::string text = JoinTexts(message);
  Json response = ParseJson(text);
  if (message.tool_error) {
    response = {{"error", text}};
  } else if (!response.is_object()) {
    response = {{"output", text}};
  }
  Json result = Json::object();
  if (!message.tool_call_id.empty()) result["id"] = message.tool_call_id;
  result["name"] = ToolNameOf(prompt, message.tool_call_id);
  result["response"] = std::move(response);
  return {{"functionResponse", std::move(result)}};
}

/// Gemini 1 and 2 know neither thinking levels nor checks of signatures.
bool IsOlder(std::string_view model_id) noexcept {
  return model_id.find("gemini-2") != std::string_view::npos ||
         model_id.find("gemini-1") != std::string_view::npos;
}

void WriteContents(const WireCall& call_of, Json& body, std::vector<std::string>& left_out) {
  const Prompt& prompt = *call_of.prompt;
  const bool older = IsOlder(call_of.model_id);
  Json system = Json::array();
  Json contents = Json::array();
  for (const Message& message : prompt.messages) {
    Json parts = Json::array();
    if (message.role == "tool") {
      parts.push_back(WriteToolResult(prompt, message));
      for (const Part& part : message.parts) {
        if (part.kind != PartKind::kText) LeaveOut(left_out, "tool result image");
      }
    } else {
      for (const Part& part : message.parts) parts.push_back(WritePart(part));
    }
    for (const ToolCall& call : message.tool_calls) {
      Json written = Json::object();
      if (!call.id.empty()) written["id"] = call.id;
      written["name"] = call.name;
      written["args"] = ObjectOrEmpty(call.arguments);
      Json part = {{"functionCall", std::move(written)}};
      if (call.signature.starts_with(kSignaturePrefix)) {
        part["thoughtSignature"] = call.signature.substr(kSignaturePrefix.size());
      } else if (!older && &call == &message.tool_calls.front()) {
        part["thoughtSignature"] = kNoSignature;
      }
      parts.push_back(std::move(part));
    }
    if (message.role == "system") {
      for (Json& part : parts) system.push_back(std::move(part));
      continue;
    }
    const std::string_view role = message.role == "assistant" ? "model" : "user";
    if (!contents.empty() && contents.back()["role"] == role) {
      for (Json& part : parts) contents.back()["parts"].push_back(std::move(part));
    } else {
      contents.push_back({{"role", role}, {"parts", std::move(parts)}});
    }
  }
  if (!system.empty()) body["systemInstruction"] = {{"parts", std::move(system)}};
  body["contents"] = std::move(contents);
}

/// Gemini 3 takes a level, Gemini 2.5 a number of tokens (those that Google's own OpenAI-compatible
/// endpoint puts in place of the words).
Json WriteThinking(std::string_view effort, std::string_view model_id) {
  if (IsOlder(model_id)) {
    std::int64_t budget = 24'576;
    if (effort == "none") budget = 0;
    if (effort == "minimal" || effort == "low") budget = 1'024;
    if (effort == "medium") budget = 8'192;
    return {{"thinkingBudget", budget}};
  }
  std::string_view level = "HIGH";
  if (effort == "none" || effort == "minimal") level = "MINIMAL";
  if (effort == "low") level = "LOW";
  if (effort == "medium") level = "MEDIUM";
  return {{"thinkingLevel", level}};
}

Json WriteConfig(const WireCall& call, std::vector<std::string>& left_out) {
  const Prompt& prompt = *call.prompt;
  Json config = Json::object();
  if (call.max_output_tokens > 0) config["maxOutputTokens"] = call.max_output_tokens;
  const Parameters parameters = ReadParameters(call, left_out);
  if (!parameters.temperature.is_null()) config["temperature"] = parameters.temperature;
  if (!parameters.top_p.is_null()) config["topP"] = parameters.top_p;
  if (!parameters.top_k.is_null()) config["topK"] = parameters.top_k;
  if (!parameters.seed.is_null()) config["seed"] = parameters.seed;
  if (!prompt.stop.empty()) {
    Json stop = Json::array();
    for (const std::string& word : prompt.stop) {
      if (stop.size() < kMostStops) {
        stop.push_back(word);
      } else {
        LeaveOut(left_out, "stop beyond 5");
      }
    }
    config["stopSequences"] = std::move(stop);
  }
  if (!prompt.response_schema.empty()) {
    config["responseMimeType"] = "application/json";
    Json schema = ParseJson(prompt.response_schema);
    if (schema.is_object()) {
      config["responseJsonSchema"] = std::move(schema);
    } else {
      LeaveOut(left_out, "response_schema");
    }
  }
  if (!parameters.effort.empty()) {
    config["thinkingConfig"] = WriteThinking(parameters.effort, call.model_id);
  }
  AddRest(parameters.rest, config, left_out);
  return config;
}

void WriteTools(const Prompt& prompt, Json& body, std::vector<std::string>& left_out) {
  if (prompt.tools.empty()) return;
  Json functions = Json::array();
  for (const Tool& tool : prompt.tools) {
    if (!IsObjectText(tool.parameters)) LeaveOut(left_out, "parameters of tool " + tool.name);
    Json written = {{"name", tool.name}};
    if (!tool.description.empty()) written["description"] = tool.description;
    Json schema = ObjectOrEmpty(tool.parameters);
    if (!schema.empty()) written["parametersJsonSchema"] = std::move(schema);
    functions.push_back(std::move(written));
  }
  body["tools"] = Json::array({Json{{"functionDeclarations", std::move(functions)}}});
  const std::string& choice = prompt.tool_choice;
  if (choice.empty()) return;
  Json config = Json::object();
  if (choice == "auto") {
    config["mode"] = "AUTO";
  } else if (choice == "none") {
    config["mode"] = "NONE";
  } else {
    config["mode"] = "ANY";
    if (choice != "required") config["allowedFunctionNames"] = Json::array({choice});
  }
  body["toolConfig"] = {{"functionCallingConfig", std::move(config)}};
}

}  // namespace

Json WriteBody(const WireCall& call, std::vector<std::string>& left_out) {
  Json body = Json::object();
  WriteContents(call, body, left_out);
  WriteTools(*call.prompt, body, left_out);
  Json config = WriteConfig(call, left_out);
  if (!config.empty()) body["generationConfig"] = std::move(config);
  return body;
}

}  // namespace mlp::transport::google
