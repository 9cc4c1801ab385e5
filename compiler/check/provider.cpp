#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compiler/check/catalog.hpp"
#include "compiler/check/literal.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::int64_t kDayMs = 86'400'000;

Protocol ReadProtocol(std::string_view name) {
  if (name == "openai") return Protocol::kOpenAi;
  if (name == "anthropic") return Protocol::kAnthropic;
  if (name == "google") return Protocol::kGoogle;
  if (name == "ollama") return Protocol::kOllama;
  return Protocol::kRegistered;
}

// The variable that an Env node names, or nothing after a report.
std::optional<std::string> ReadEnv(Context& context, View env) {
  const View literal = env.Child(Kind::kString);
  const std::string name = Unquote(context, literal);
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const bool valid = !name.empty() && letter(name.front()) &&
                     std::all_of(name.begin(), name.end(),
                                 [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
  if (valid) return name;
  context.Report(
      Code::k0303, literal ? literal.span() : env.span(),
      fmt::format("\"{}\" is no name of an environment variable", name),
      "name a variable as in `env \"ANTHROPIC_API_KEY\"`; a key itself never stands in a file");
  return std::nullopt;
}

class ProviderStatements {
 public:
  // `once` outlives one block where several amendments share it.
  ProviderStatements(Context& context, ProviderModel& provider, Once& once)
      : context_(context), provider_(provider), once_(once) {}

  void Apply(View declaration) {
    for (const View statement : declaration.Children()) Statement(statement);
  }

 private:
  void Statement(View statement) {
    switch (statement.kind()) {
      case Kind::kProtocol:
        if (!once_.First(statement.span(), "protocol")) return;
        provider_.protocol_name = context_.String(statement.ChildAt(0));
        provider_.protocol = ReadProtocol(provider_.protocol_name);
        return;
      case Kind::kAlias:
        for (const View alias : statement.Children()) Alias(alias);
        return;
      case Kind::kEndpoint:
        if (!std::exchange(has_endpoints_, true)) provider_.endpoints.clear();
        return Endpoint(statement);
      case Kind::kKey:
        if (!std::exchange(has_keys_, true)) provider_.key_env.clear();
        for (const View env : statement.Children(Kind::kEnv)) {
          if (auto name = ReadEnv(context_, env)) provider_.key_env.push_back(std::move(*name));
        }
        return;
      case Kind::kHeader:
        if (!std::exchange(has_headers_, true)) provider_.headers.clear();
        return Header(statement);
      case Kind::kTimeout:
        for (const View part : statement.Children(Kind::kTimeoutPart)) Timeout(part);
        return;
      case Kind::kProbe:
        if (once_.First(statement.span(), "probe")) Probe(statement);
        return;
      default:
        return;  // notes for readers, and what did not parse
    }
  }

  void Alias(View alias) {
    const std::string name =
        alias.Is(Kind::kString) ? Unquote(context_, alias) : context_.String(alias);
    const Index self = FindProvider(context_.model, provider_.name);
    if (!Declare(context_, Scope::kProvider, name, self, alias.span())) {
      context_.Report(Code::k0202, alias.span(), fmt::format("`{}` already names a provider", name),
                      "choose another alias");
      return;
    }
    provider_.aliases.push_back(name);
  }

  void Endpoint(View statement) {
    EndpointModel endpoint;
    endpoint.span = statement.span();
    for (const View place : statement.Children(Kind::kName)) {
      endpoint.places.push_back(context_.String(place));
      context_.places.insert(context_.String(place));
    }
    const View url = statement.Child(Kind::kString);
    endpoint.url = Unquote(context_, url);
    if (url && !endpoint.url.starts_with("https://") && !endpoint.url.starts_with("http://")) {
      context_.Report(Code::k0303, url.span(),
                      fmt::format("\"{}\" is no address of an endpoint", endpoint.url),
                      "write the whole address, as in `\"https://api.anthropic.com\"`");
    }
    if (const View factor = statement.Child(Kind::kPriceFactor)) {
      endpoint.price_micro = ReadWithin(context_, factor.ChildAt(0), Unit::kFactor, 1, 100'000'000,
                                        "the price factor", "above 0x and at most 100x")
                                 .value_or(endpoint.price_micro);
    }
    provider_.endpoints.push_back(std::move(endpoint));
  }

  void Header(View statement) {
    const View name = statement.ChildAt(0);
    const View value = statement.ChildAt(1);
    if (!name || !value) return;
    const std::string header = Unquote(context_, name);
    if (header.empty() || header.find_first_of(": \r\n") != std::string::npos) {
      context_.Report(Code::k0303, name.span(),
                      fmt::format("\"{}\" is no name of a header", header),
                      "write a header as in `header \"x-org\" \"acme\"`");
      return;
    }
    if (value.Is(Kind::kEnv)) {
      if (const auto env = ReadEnv(context_, value)) {
        provider_.headers.push_back(fmt::format("{}: ${}", header, *env));
      }
    } else {
      provider_.headers.push_back(fmt::format("{}: {}", header, Unquote(context_, value)));
    }
  }

  void Timeout(View part) {
    const std::string word = context_.String(part.ChildAt(0));
    if (!once_.First(part.span(), "timeout " + word)) return;
    const auto value = ReadWithin(context_, part.ChildAt(1), Unit::kDuration, 1, kDayMs,
                                  "the timeout", "above 0ms and at most 24h");
    if (!value) return;
    if (word == "connect") provider_.connect_ms = *value;
    if (word == "first-token") provider_.first_token_ms = *value;
    if (word == "between-tokens") provider_.between_tokens_ms = *value;
    if (word == "total") provider_.total_ms = *value;
  }

  void Probe(View statement) {
    const auto count = [&](Kind kind, std::string_view what, std::uint8_t& target) {
      const View part = statement.Child(kind);
      if (!part) return;
      if (const auto value =
              ReadWithin(context_, part.ChildAt(0), Unit::kCount, 1, 255, what, "1 to 255")) {
        target = static_cast<std::uint8_t>(*value);
      }
    };
    if (const View every = statement.Child(Kind::kEvery)) {
      provider_.probe_every_ms = ReadWithin(context_, every.ChildAt(0), Unit::kDuration, 1'000,
                                            kDayMs, "the time between probes", "1s to 24h")
                                     .value_or(provider_.probe_every_ms);
    }
    count(Kind::kDownAfter, "the number of failures", provider_.probe_down_after);
    count(Kind::kUpAfter, "the number of successes", provider_.probe_up_after);
    if (const View backoff = statement.Child(Kind::kBackoff)) {
      provider_.probe_backoff_micro =
          ReadWithin(context_, backoff.ChildAt(0), Unit::kFactor, 1'000'000, 100'000'000,
                     "the backoff", "1x to 100x")
              .value_or(provider_.probe_backoff_micro);
      provider_.probe_max_ms = ReadWithin(context_, backoff.ChildAt(1), Unit::kDuration, 1'000,
                                          kDayMs, "the longest time between probes", "1s to 24h")
                                   .value_or(provider_.probe_max_ms);
    }
  }

  Context& context_;
  ProviderModel& provider_;
  Once& once_;
  bool has_endpoints_ = false;
  bool has_keys_ = false;
  bool has_headers_ = false;
};

void CheckComplete(Context& context, const Declaration& one, const ProviderModel& provider) {
  if (IsBroken(one.node)) return;
  if (provider.protocol_name.empty()) {
    context.Report(
        Code::k0304, one.name.span(), fmt::format("provider `{}` has no protocol", provider.name),
        "add `protocol openai`, `anthropic`, `google`, `ollama` or one that the program registers");
  }
  if (provider.endpoints.empty()) {
    context.Report(
        Code::k0304, one.name.span(), fmt::format("provider `{}` has no endpoint", provider.name),
        "add `endpoint \"https://...\"`, with the places it may serve before the address");
  }
}

}  // namespace

void CheckProviders(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.providers) {
    ProviderModel scratch;  // of a second declaration of the same name: checked and dropped
    ProviderModel& provider = one.index == kNoIndex ? scratch : context.model.providers[one.index];
    Once once(context);
    ProviderStatements(context, provider, once).Apply(one.node);
    if (one.index != kNoIndex) CheckComplete(context, one, provider);
  }
  std::map<std::pair<FileId, Index>, Once> once;
  for (const Declaration& one : declarations.provider_amendments) {
    if (!one.name) continue;
    const Index target = Resolve(context, Scope::kProvider, one.name);
    ProviderModel scratch;
    ProviderModel& provider = target == kNoIndex ? scratch : context.model.providers[target];
    Once& seen = once.try_emplace({one.node.span().file, target}, context).first->second;
    ProviderStatements(context, provider, seen).Apply(one.node);
  }
}

}  // namespace mlp::compiler::check
