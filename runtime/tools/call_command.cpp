#include <cstdio>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mlp/client.hpp"
#include "mlp/loader.hpp"
#include "mlp/request.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/shared_options.hpp"

namespace mlp::tools {
namespace {

struct CallArguments {
  std::string policy;
  std::vector<std::string> words;
  std::string prompt;
  std::string system;
  std::string store;
  std::string schema;
  std::vector<std::string> base_urls;
  std::vector<std::string> import_roots;
  std::string format = "text";
  bool stream = false;
};

/// `NAME=VALUE` in two; nothing without a name.
std::optional<std::pair<std::string, std::string>> Split(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  return std::pair(word.substr(0, equals), word.substr(equals + 1));
}

int Wrong(const std::string& why) {
  fmt::print(stderr, "mlp call: {}\n", why);
  return kExitUsage;
}

nlohmann::ordered_json ToJson(const AttemptRecord& attempt) {
  return {{"model", attempt.model},
          {"provider", attempt.provider},
          {"kind", ToString(attempt.kind)},
          {"outcome", ToString(attempt.error_class)},
          {"status", attempt.http_status},
          {"cost", ToString(Money{attempt.cost_pico})},
          {"latencyMs", static_cast<double>(attempt.latency_us) / 1e3}};
}

std::string AsJson(const Reply& reply) {
  nlohmann::ordered_json json = {{"version", 1},
                                 {"outcome", "reply"},
                                 {"call", reply.call_id},
                                 {"route", reply.route},
                                 {"model", reply.model},
                                 {"responseModel", reply.response_model},
                                 {"provider", reply.provider},
                                 {"text", reply.text},
                                 {"finish", ToString(reply.finish)},
                                 {"cost", ToString(reply.cost)},
                                 {"inputTokens", reply.usage.prompt()},
                                 {"outputTokens", reply.usage.completion()},
                                 {"leftOut", reply.left_out}};
  json["toolCalls"] = nlohmann::ordered_json::array();
  for (const ToolCall& call : reply.tool_calls) {
    json["toolCalls"].push_back(
        {{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
  }
  json["attempts"] = nlohmann::ordered_json::array();
  for (const AttemptRecord& attempt : reply.attempts) json["attempts"].push_back(ToJson(attempt));
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string AsJson(const Error& error) {
  const nlohmann::ordered_json json = {
      {"version", 1}, {"outcome", ToString(error.error_class)}, {"error", error.context}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// What happened, for people: not a part of the answer, so it goes to standard error.
void PrintStory(const Reply& reply) {
  fmt::print(stderr, "mlp call: route {}, {} at {} answered, {} tokens in, {} out, {}\n",
             reply.route, reply.model, reply.provider, reply.usage.prompt(),
             reply.usage.completion(), ToString(reply.cost));
  for (const AttemptRecord& attempt : reply.attempts) {
    if (attempt.error_class == ErrorClass::kNone) continue;
    fmt::print(stderr, "mlp call:   before it {} {} ({})\n", ToString(attempt.kind), attempt.model,
               ToString(attempt.error_class));
  }
  for (const std::string& name : reply.left_out) {
    fmt::print(stderr, "mlp call:   not sent, {} cannot take it: {}\n", reply.model, name);
  }
}

std::optional<std::string> ReadAll(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

/// The prompt's parts from the command line, or what is wrong with them.
Result<Prompt, std::string> ReadPrompt(const CallArguments& arguments) {
  Prompt prompt;
  if (!arguments.system.empty()) prompt.messages.emplace_back("system", arguments.system);
  std::string text = arguments.prompt;
  if (text == "-") text = ReadAll("-").value_or("");
  if (text.empty()) return std::string("the prompt is empty");
  prompt.messages.emplace_back("user", std::move(text));
  if (!arguments.schema.empty()) {
    const auto schema = ReadAll(arguments.schema);
    if (!schema) return fmt::format("cannot read {}", arguments.schema);
    prompt.response_schema = *schema;
  }
  return prompt;
}

/// Carries out the call with the answer on standard output as it arrives.
Result<Reply> Show(Client& client, const RequestView& request, const Prompt& prompt) {
  std::promise<Event> end;
  client.Start(request, prompt, [&end](Event event) {
    switch (event.kind) {
      case Event::Kind::kText:
        fmt::print("{}", event.text);
        std::fflush(stdout);
        break;
      case Event::Kind::kToolCall:  // whole calls are shown at the end
        break;
      case Event::Kind::kRestart:
        fmt::print("\n");
        fmt::print(stderr, "mlp call: that broke off; another answer begins\n");
        break;
      case Event::Kind::kReply:
      case Event::Kind::kError:
        end.set_value(std::move(event));
        break;
    }
  });
  Event event = end.get_future().get();
  if (event.kind == Event::Kind::kError) return std::move(event.error);
  return std::move(event.reply);
}

int Carry(const CallArguments& arguments, const Policy& policy, const RequestView& request,
          const Prompt& prompt) {
  ClientOptions options;
  options.store = arguments.store;
  for (const std::string& word : arguments.base_urls) {
    const auto pair = Split(word);
    if (!pair) return Wrong(fmt::format("`{}` is no PROVIDER=URL", word));
    options.base_urls.insert(*pair);
  }
  Client client(policy, options);
  for (const std::string& warning : client.warnings()) {
    fmt::print(stderr, "mlp call: warning: {}\n", warning);
  }
  const bool shows_pieces = arguments.stream && arguments.format == "text";
  const Result<Reply> reply =
      shows_pieces
          ? Show(client, request, prompt)
          : client.Complete(request, prompt,
                            {.streaming = arguments.stream ? Streaming::kOn : Streaming::kAuto});
  static_cast<void>(client.Flush());
  if (arguments.format == "json") {
    fmt::print("{}\n", reply ? AsJson(*reply) : AsJson(reply.error()));
  } else if (reply) {
    fmt::print("{}\n", shows_pieces ? std::string() : reply->text);
    for (const ToolCall& call : reply->tool_calls)
      fmt::print("{}({})\n", call.name, call.arguments);
    std::fflush(stdout);
    PrintStory(*reply);
  } else {
    fmt::print(stderr, "mlp call: {}: {}\n", ToString(reply.error().error_class),
               reply.error().context);
  }
  return reply ? kExitDone : kExitCallFailed;
}

int RunCall(const CallArguments& arguments) {
  if (!std::ifstream(arguments.policy))
    return Wrong(fmt::format("cannot read {}", arguments.policy));
  const auto policy = LoadPolicy(arguments.policy, {.import_roots = arguments.import_roots});
  if (!policy) {
    fmt::print(stderr, "{}", policy.error().context);
    return kExitFindings;
  }
  AttributeWords words;
  for (const std::string& word : arguments.words) {
    const auto pair = Split(word);
    if (!pair) return Wrong(fmt::format("`{}` is no ATTRIBUTE=VALUE", word));
    words.push_back(*pair);
  }
  const auto request = ReadRequest((*policy)->tables(), words);
  if (!request) return Wrong(request.error().context);
  const auto prompt = ReadPrompt(arguments);
  if (!prompt) return Wrong(prompt.error());
  std::vector<std::string_view> texts;
  return Carry(arguments, **policy, request->view(texts), *prompt);
}

}  // namespace

void AddCallCommand(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<CallArguments>();
  CLI::App* command = app.add_subcommand("call", "Carry out one real call through a policy");
  command->add_option("policy", arguments->policy, "the policy's file")->required();
  command->add_option("request", arguments->words, "what the request says: ATTRIBUTE=VALUE ...");
  command->add_option("--prompt", arguments->prompt, "what the user says; - reads standard input")
      ->required();
  command->add_option("--system", arguments->system, "the system prompt");
  command->add_option("--schema", arguments->schema,
                      "a file with the JSON schema that the answer must follow");
  command->add_flag("--stream", arguments->stream, "show the answer as it arrives");
  command->add_option("--store", arguments->store, "record the call in this store");
  AddBaseUrls(*command, arguments->base_urls);
  AddImportRoots(*command, arguments->import_roots);
  AddFormat(*command, arguments->format);
  command->callback([arguments, &exit_code] { exit_code = RunCall(*arguments); });
}

}  // namespace mlp::tools
