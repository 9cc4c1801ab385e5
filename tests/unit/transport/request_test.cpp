// The bodies that are sent, compared whole, and where they go.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlp/protocol.hpp"

namespace {

using mlp::HttpRequest;
using mlp::Message;
using mlp::PartKind;
using mlp::Prompt;
using mlp::ProtocolRegistry;
using mlp::WireCall;
using Json = nlohmann::json;

const ProtocolRegistry& Registry() {
  static const ProtocolRegistry registry = ProtocolRegistry::BuiltIn();
  return registry;
}

struct Built {
  HttpRequest request;
  std::vector<std::string> left_out;
};

Built Build(std::string_view protocol, const WireCall& call) {
  Built built;
  built.request = Registry().Find(protocol)->BuildRequest(call, built.left_out);
  return built;
}

void CheckBody(const Built& built, std::string_view expected) {
  const Json got = Json::parse(built.request.body);
  const Json wanted = Json::parse(expected);
  BOOST_TEST((got == wanted), "got    " << got.dump() << "\nwanted " << wanted.dump());
}

std::string HeaderOf(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

Prompt Hi() { return {.messages = {{"user", "hi"}}}; }

/// Every feature that a wire format may have, in one call.
Prompt Everything() {
  Prompt prompt;
  prompt.messages.emplace_back("system", "rules");
  prompt.messages.emplace_back(
      "user", std::vector<mlp::Part>{{PartKind::kText, "q", {}},
                                     {PartKind::kImageUrl, "https://x.test/a.png", "image/png"},
                                     {PartKind::kImageData, "aW1n", "image/png"},
                                     {PartKind::kDocumentData, "cGRm", "application/pdf"}});
  Message assistant("assistant", "let me look");
  assistant.tool_calls = {{"call_1", "f", R"({"a":1})"}, {"call_2", "g", "{}"}};
  prompt.messages.push_back(assistant);
  Message first("tool", R"({"sum":3})");
  first.tool_call_id = "call_1";
  prompt.messages.push_back(first);
  Message second("tool", "boom");
  second.tool_call_id = "call_2";
  second.tool_error = true;
  prompt.messages.push_back(second);
  prompt.tools = {{"f", "adds", R"({"type":"object","properties":{"a":{"type":"integer"}}})"},
                  {"g", "", R"({"type":"object"})"}};
  prompt.tool_choice = "required";
  prompt.response_schema = R"({"type":"object","additionalProperties":false})";
  prompt.temperature = 0.25;
  prompt.stop = {"END"};
  prompt.trace_headers = {{"traceparent", "00-1-2-01"}};
  return prompt;
}

WireCall CallOf(const Prompt& prompt, std::string_view url, std::string_view model_id) {
  WireCall call;
  call.url = url;
  call.key = "KEY-1\n";
  call.model_id = model_id;
  call.max_output_tokens = 100;
  call.prompt = &prompt;
  return call;
}

BOOST_AUTO_TEST_SUITE(requests)

BOOST_AUTO_TEST_CASE(the_registry_knows_four_and_takes_more) {
  BOOST_TEST(Registry().Find("openai") != nullptr);
  BOOST_TEST(Registry().Find("anthropic") != nullptr);
  BOOST_TEST(Registry().Find("google") != nullptr);
  BOOST_TEST(Registry().Find("ollama") != nullptr);
  BOOST_TEST(Registry().Find("bedrock") == nullptr);

  class Own final : public mlp::WireProtocol {
   public:
    HttpRequest BuildRequest(const WireCall&, std::vector<std::string>&) const override {
      return {};
    }
    mlp::ProviderReply ParseResponse(const WireCall&, const mlp::HttpResponse&) const override {
      return {};
    }
    HttpRequest BuildProbe(std::string_view, std::string_view) const override { return {}; }
  };
  ProtocolRegistry registry = ProtocolRegistry::BuiltIn();
  auto own = std::make_unique<Own>();
  const Own* const address = own.get();
  registry.Register("openai", std::move(own));
  BOOST_TEST(registry.Find("openai") == address);
}

BOOST_AUTO_TEST_CASE(openai_minimal) {
  const Prompt prompt = Hi();
  WireCall call = CallOf(prompt, "https://api.openai.com", "gpt-5.4");
  call.max_output_tokens = 0;
  const Built built = Build("openai", call);
  CheckBody(built, R"({"model":"gpt-5.4","messages":[{"role":"user","content":"hi"}]})");
  BOOST_TEST(built.request.method == "POST");
  BOOST_TEST(built.request.url == "https://api.openai.com/v1/chat/completions");
  BOOST_TEST(HeaderOf(built.request, "Authorization") == "Bearer KEY-1");
  BOOST_TEST(HeaderOf(built.request, "Content-Type") == "application/json");
  BOOST_TEST(built.left_out.empty());
}

BOOST_AUTO_TEST_CASE(openai_everything) {
  const Prompt prompt = Everything();
  WireCall call = CallOf(prompt, "https://api.openai.com", "gpt-5.4");
  call.parameters = R"({"effort":"high","top-p":0.9,"seed":7,"verbosity":"low"})";
  const Built built = Build("openai", call);
  CheckBody(built, R"({"model":"gpt-5.4",
    "messages":[
      {"role":"system","content":"rules"},
      {"role":"user","content":[
        {"type":"text","text":"q"},
        {"type":"image_url","image_url":{"url":"https://x.test/a.png"}},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,aW1n"}},
        {"type":"file","file":{"filename":"document","file_data":"data:application/pdf;base64,cGRm"}}]},
      {"role":"assistant","content":"let me look","tool_calls":[
        {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
        {"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":"call_1","content":"{\"sum\":3}"},
      {"role":"tool","tool_call_id":"call_2","content":"Error: boom"}],
    "max_completion_tokens":100,"temperature":0.25,"top_p":0.9,"seed":7,"stop":["END"],
    "reasoning_effort":"high","verbosity":"low",
    "tools":[
      {"type":"function","function":{"name":"f","description":"adds",
        "parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}},
      {"type":"function","function":{"name":"g","parameters":{"type":"object"}}}],
    "tool_choice":"required",
    "response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,
      "schema":{"type":"object","additionalProperties":false}}}})");
  BOOST_TEST(HeaderOf(built.request, "traceparent") == "00-1-2-01");
  BOOST_TEST(Join(built.left_out) == "");
}

BOOST_AUTO_TEST_CASE(openai_dialects) {
  Prompt prompt = Everything();
  prompt.messages.resize(2);
  prompt.tools.clear();
  prompt.tool_choice.clear();
  prompt.stop = {"1", "2", "3", "4", "5"};
  WireCall call = CallOf(prompt, "https://api.mistral.ai/v1", "mistral-large");
  call.parameters = R"({"effort":"medium","seed":3,"temperature":0})";
  Built built = Build("openai", call);
  BOOST_TEST(built.request.url == "https://api.mistral.ai/v1/chat/completions");
  BOOST_TEST(Join(built.left_out) == "document, stop beyond 4");
  Json body = Json::parse(built.request.body);
  BOOST_TEST(body["max_tokens"] == 100);
  BOOST_TEST(!body.contains("max_completion_tokens"));
  BOOST_TEST(body["random_seed"] == 3);
  BOOST_TEST(body["temperature"] == 0);
  BOOST_TEST(body["reasoning_effort"] == "high");
  BOOST_TEST(body["stop"].size() == 4U);

  call.url = "https://api.deepseek.com";
  built = Build("openai", call);
  body = Json::parse(built.request.body);
  BOOST_TEST((body["response_format"] == Json{{"type", "json_object"}}));
  BOOST_TEST(Join(built.left_out) == "document, stop beyond 4, response_schema");
}

BOOST_AUTO_TEST_CASE(openai_urls) {
  const Prompt prompt = Hi();
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"https://api.openai.com", "https://api.openai.com/v1/chat/completions"},
      {"https://api.x.ai/v1", "https://api.x.ai/v1/chat/completions"},
      {"https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"},
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"},
      {"https://r.openai.azure.com/openai/deployments/d?api-version=2026-01-01",
       "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2026-01-01"},
  };
  for (const auto& [url, expected] : rows) {
    BOOST_TEST(Build("openai", CallOf(prompt, url, "m")).request.url == expected);
  }
}

BOOST_AUTO_TEST_CASE(azure_keys) {
  const Prompt prompt = Hi();
  WireCall call = CallOf(prompt, "https://r.openai.azure.com/openai/v1", "d");
  Built built = Build("openai", call);
  BOOST_TEST(HeaderOf(built.request, "api-key") == "KEY-1");
  BOOST_TEST(HeaderOf(built.request, "Authorization") == "(none)");
  call.key = "eyJhbGciOi.x.y";
  built = Build("openai", call);
  BOOST_TEST(HeaderOf(built.request, "Authorization") == "Bearer eyJhbGciOi.x.y");
}

BOOST_AUTO_TEST_CASE(anthropic_minimal) {
  const Prompt prompt = Hi();
  WireCall call = CallOf(prompt, "https://api.anthropic.com", "claude-sonnet-5");
  const Built built = Build("anthropic", call);
  CheckBody(built, R"({"model":"claude-sonnet-5","max_tokens":100,
    "messages":[{"role":"user","content":"hi"}]})");
  BOOST_TEST(built.request.url == "https://api.anthropic.com/v1/messages");
  BOOST_TEST(HeaderOf(built.request, "x-api-key") == "KEY-1");
  BOOST_TEST(HeaderOf(built.request, "anthropic-version") == "2023-06-01");
  call.max_output_tokens = 0;
  BOOST_TEST(Json::parse(Build("anthropic", call).request.body)["max_tokens"] == 4096);
}

BOOST_AUTO_TEST_CASE(anthropic_everything) {
  const Prompt prompt = Everything();
  WireCall call = CallOf(prompt, "https://api.anthropic.com", "claude-sonnet-5");
  call.parameters = R"({"effort":"minimal","top_k":5,"seed":7})";
  call.caches_prompt = true;
  const Built built = Build("anthropic", call);
  CheckBody(built, R"({"model":"claude-sonnet-5","max_tokens":100,
    "system":[{"type":"text","text":"rules","cache_control":{"type":"ephemeral"}}],
    "messages":[
      {"role":"user","content":[
        {"type":"text","text":"q"},
        {"type":"image","source":{"type":"url","url":"https://x.test/a.png"}},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aW1n"}},
        {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"cGRm"}}]},
      {"role":"assistant","content":[
        {"type":"text","text":"let me look"},
        {"type":"tool_use","id":"call_1","name":"f","input":{"a":1}},
        {"type":"tool_use","id":"call_2","name":"g","input":{}}]},
      {"role":"user","content":[
        {"type":"tool_result","tool_use_id":"call_1","content":"{\"sum\":3}"},
        {"type":"tool_result","tool_use_id":"call_2","content":"boom","is_error":true}]}],
    "temperature":0.25,"top_k":5,"stop_sequences":["END"],
    "tools":[
      {"name":"f","description":"adds","input_schema":{"type":"object","properties":{"a":{"type":"integer"}}}},
      {"name":"g","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],
    "tool_choice":{"type":"any"},
    "output_config":{"effort":"low","format":{"type":"json_schema",
      "schema":{"type":"object","additionalProperties":false}}}})");
  BOOST_TEST(Join(built.left_out) == "seed");
}

BOOST_AUTO_TEST_CASE(anthropic_without_cache_and_with_a_named_tool) {
  Prompt prompt = Everything();
  prompt.tool_choice = "f";
  WireCall call = CallOf(prompt, "https://api.anthropic.com/v1", "claude-sonnet-5");
  call.parameters = R"({"effort":"none"})";
  const Built built = Build("anthropic", call);
  const Json body = Json::parse(built.request.body);
  BOOST_TEST(built.request.url == "https://api.anthropic.com/v1/messages");
  BOOST_TEST(body["system"] == "rules");
  BOOST_TEST(built.request.body.find("cache_control") == std::string::npos);
  BOOST_TEST((body["tool_choice"] == Json{{"type", "tool"}, {"name", "f"}}));
  BOOST_TEST((body["thinking"] == Json{{"type", "disabled"}}));
}

BOOST_AUTO_TEST_CASE(google_minimal) {
  const Prompt prompt = Hi();
  WireCall call = CallOf(prompt, "https://generativelanguage.googleapis.com", "gemini-2.5-flash");
  call.max_output_tokens = 0;
  const Built built = Build("google", call);
  CheckBody(built, R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})");
  BOOST_TEST(built.request.url ==
             "https://generativelanguage.googleapis.com/v1beta/models/"
             "gemini-2.5-flash:generateContent");
  BOOST_TEST(HeaderOf(built.request, "x-goog-api-key") == "KEY-1");
}

BOOST_AUTO_TEST_CASE(google_everything) {
  const Prompt prompt = Everything();
  WireCall call = CallOf(prompt, "https://generativelanguage.googleapis.com", "gemini-3-pro");
  call.parameters = R"({"effort":"xhigh","top_p":0.5,"top_k":4,"seed":7,"candidateCount":1})";
  const Built built = Build("google", call);
  CheckBody(built, R"({
    "systemInstruction":{"parts":[{"text":"rules"}]},
    "contents":[
      {"role":"user","parts":[
        {"text":"q"},
        {"fileData":{"mimeType":"image/png","fileUri":"https://x.test/a.png"}},
        {"inlineData":{"mimeType":"image/png","data":"aW1n"}},
        {"inlineData":{"mimeType":"application/pdf","data":"cGRm"}}]},
      {"role":"model","parts":[
        {"text":"let me look"},
        {"functionCall":{"id":"call_1","name":"f","args":{"a":1}},
         "thoughtSignature":"skip_thought_signature_validator"},
        {"functionCall":{"id":"call_2","name":"g","args":{}}}]},
      {"role":"user","parts":[
        {"functionResponse":{"id":"call_1","name":"f","response":{"sum":3}}},
        {"functionResponse":{"id":"call_2","name":"g","response":{"error":"boom"}}}]}],
    "tools":[{"functionDeclarations":[
      {"name":"f","description":"adds",
       "parametersJsonSchema":{"type":"object","properties":{"a":{"type":"integer"}}}},
      {"name":"g","parametersJsonSchema":{"type":"object"}}]}],
    "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
    "generationConfig":{"maxOutputTokens":100,"temperature":0.25,"topP":0.5,"topK":4,"seed":7,
      "stopSequences":["END"],"responseMimeType":"application/json",
      "responseJsonSchema":{"type":"object","additionalProperties":false},
      "thinkingConfig":{"thinkingLevel":"HIGH"},"candidateCount":1}})");
  BOOST_TEST(Join(built.left_out) == "");
}

BOOST_AUTO_TEST_CASE(google_effort_and_urls) {
  const Prompt prompt = Hi();
  WireCall call = CallOf(prompt, "http://127.0.0.1:9/google", "gemini-2.5-pro");
  call.parameters = R"({"effort":"medium"})";
  Built built = Build("google", call);
  BOOST_TEST(built.request.url ==
             "http://127.0.0.1:9/google/v1beta/models/gemini-2.5-pro:generateContent");
  BOOST_TEST(
      Json::parse(built.request.body)["generationConfig"]["thinkingConfig"]["thinkingBudget"] ==
      8192);
  call.url = "https://us-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google";
  built = Build("google", call);
  BOOST_TEST(built.request.url ==
             "https://us-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/"
             "models/gemini-2.5-pro:generateContent");
  BOOST_TEST(HeaderOf(built.request, "Authorization") == "Bearer KEY-1");
}

BOOST_AUTO_TEST_CASE(ollama_everything) {
  const Prompt prompt = Everything();
  WireCall call = CallOf(prompt, "http://localhost:11434", "llama3.2");
  call.key = "";
  call.parameters = R"({"effort":"xhigh","seed":7,"num_ctx":8192})";
  const Built built = Build("ollama", call);
  CheckBody(built, R"({"model":"llama3.2","stream":false,"truncate":false,"think":"high",
    "messages":[
      {"role":"system","content":"rules"},
      {"role":"user","content":"q","images":["aW1n"]},
      {"role":"assistant","content":"let me look","tool_calls":[
        {"function":{"name":"f","arguments":{"a":1}}},{"function":{"name":"g","arguments":{}}}]},
      {"role":"tool","tool_name":"f","tool_call_id":"call_1","content":"{\"sum\":3}"},
      {"role":"tool","tool_name":"g","tool_call_id":"call_2","content":"Error: boom"}],
    "format":{"type":"object","additionalProperties":false},
    "tools":[
      {"type":"function","function":{"name":"f","description":"adds",
        "parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}},
      {"type":"function","function":{"name":"g","description":"","parameters":{"type":"object"}}}],
    "options":{"num_predict":100,"temperature":0.25,"seed":7,"stop":["END"],"num_ctx":8192}})");
  BOOST_TEST(built.request.url == "http://localhost:11434/api/chat");
  BOOST_TEST(HeaderOf(built.request, "Authorization") == "(none)");
  BOOST_TEST(Join(built.left_out) == "image URL, document, tool_choice");
}

// What a provider signs goes back to it, and to it alone.
BOOST_AUTO_TEST_CASE(signatures_return) {
  struct Row {
    std::string_view protocol, answer, wanted;
  };
  for (
      const Row& row :
      {Row{"google",
           R"({"candidates":[{"finishReason":"STOP","content":{"parts":[{"functionCall":)"
           R"({"id":"1","name":"f","args":{}},"thoughtSignature":"c2ln"}]}}]})",
           R"("thoughtSignature":"c2ln")"},
       Row{"anthropic",
           R"({"content":[{"type":"thinking","thinking":"","signature":"c2ln"},)"
           R"({"type":"tool_use","id":"1","name":"f","input":{}}],"stop_reason":"tool_use"})",
           R"("content":[{"type":"thinking","thinking":"","signature":"c2ln"},{"type":"tool_use")"}}) {
    const Prompt first = Hi();
    WireCall call = CallOf(first, "http://127.0.0.1:1", "m");
    mlp::HttpResponse response;
    response.status = 200;
    response.body = row.answer;
    const mlp::ProviderReply reply = Registry().Find(row.protocol)->ParseResponse(call, response);
    BOOST_TEST_REQUIRE(reply.tool_calls.size() == 1U);
    Prompt second = Hi();
    second.messages.emplace_back("assistant", "");
    second.messages.back().parts.clear();
    second.messages.back().tool_calls = reply.tool_calls;
    call.prompt = &second;
    for (const std::string_view protocol : {"openai", "anthropic", "google", "ollama"}) {
      const std::string body = Build(protocol, call).request.body;
      BOOST_TEST_CONTEXT(row.protocol << " to " << protocol << ": " << body) {
        const bool has = body.find("c2ln") != std::string::npos;
        BOOST_TEST(has == (protocol == row.protocol));
        if (has) BOOST_TEST(body.find(row.wanted) != std::string::npos);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_a_model_cannot_take_is_left_out) {
  Prompt prompt = Hi();
  prompt.temperature = 0.5;
  for (const std::string_view protocol : {"openai", "anthropic", "google", "ollama"}) {
    WireCall call = CallOf(prompt, "http://127.0.0.1:1", "m");
    call.takes_temperature = false;
    call.parameters = R"({"top_p":0.5,"top_k":3})";
    const Built built = Build(protocol, call);
    BOOST_TEST_CONTEXT(protocol) {
      BOOST_TEST(Join(built.left_out) == "temperature, top_p, top_k");
      BOOST_TEST(built.request.body.find("temperature") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_variant_cannot_become_another_call) {
  const Prompt prompt = Hi();
  for (const std::string_view protocol : {"openai", "anthropic", "google", "ollama"}) {
    WireCall call = CallOf(prompt, "http://127.0.0.1:1", "m");
    call.parameters = R"({"model":"other","stream":true,"messages":[]})";
    const Built built = Build(protocol, call);
    BOOST_TEST_CONTEXT(protocol) {
      BOOST_TEST(Join(built.left_out) == "model, stream, messages");
      BOOST_TEST(built.request.body.find("other") == std::string::npos);
    }
    call.parameters = "no object";
    BOOST_TEST(Join(Build(protocol, call).left_out) == "parameters");
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_do_not_throw) {
  Prompt prompt = Hi();
  prompt.messages[0].parts[0].data = "a\xFFz";
  for (const std::string_view protocol : {"openai", "anthropic", "google", "ollama"}) {
    const Built built = Build(protocol, CallOf(prompt, "http://127.0.0.1:1", "m"));
    BOOST_TEST(!Json::parse(built.request.body, nullptr, false).is_discarded());
  }
}

BOOST_AUTO_TEST_CASE(probes) {
  struct Row {
    std::string_view protocol, base, url;
  };
  for (const Row& row :
       {Row{"openai", "https://api.openai.com", "https://api.openai.com/v1/models"},
        Row{"openai", "https://api.x.ai/v1", "https://api.x.ai/v1/models"},
        Row{"anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/models"},
        Row{"openai", "https://r.openai.azure.com/openai/v1",
            "https://r.openai.azure.com/openai/v1/models"},
        Row{"openai", "https://r.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
            "https://r.openai.azure.com/openai/models?api-version=2024-10-21"},
        Row{"openai", "https://r.openai.azure.com/openai/deployments/d",
            "https://r.openai.azure.com/openai/models"},
        Row{"openai", "https://r.openai.azure.com/openai/v1?x=/deployments/d",
            "https://r.openai.azure.com/openai/v1/models?x=/deployments/d"},
        Row{"openai", "https://o.test/deployments/d", "https://o.test/deployments/d/models"},
        Row{"google", "https://g.test", "https://g.test/v1beta/models?pageSize=1"},
        Row{"google", "https://g.test/?a=b", "https://g.test/v1beta/models?a=b&pageSize=1"},
        Row{"ollama", "http://localhost:11434", "http://localhost:11434/api/version"}}) {
    const HttpRequest probe = Registry().Find(row.protocol)->BuildProbe(row.base, "KEY-1");
    BOOST_TEST(probe.method == "GET");
    BOOST_TEST(probe.url == row.url);
    BOOST_TEST(probe.body == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
