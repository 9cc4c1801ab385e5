#include "runtime/tools/loopback/fake_providers.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/tools/loopback/http_server.hpp"
#include "runtime/tools/loopback/play.hpp"
#include "runtime/tools/loopback/wire_vector.hpp"

namespace mlp::loopback {
namespace {

constexpr std::size_t kDimension = 64;

/// What a path asks of which provider.
void ReadPath(ReceivedRequest& request) {
  std::string_view path = request.path;
  path = path.substr(0, path.find('?'));
  if (path.ends_with("/chat/completions") || path.ends_with("/embeddings")) {
    request.format = WireFormat::kOpenAi;
    request.embeds = path.ends_with("/embeddings");
  } else if (path.ends_with("/v1/messages")) {
    request.format = WireFormat::kAnthropic;
  } else if (path.ends_with(":generateContent") || path.ends_with(":streamGenerateContent") ||
             path.ends_with(":embedContent")) {
    request.format = WireFormat::kGoogle;
    request.embeds = path.ends_with(":embedContent");
    request.stream = path.ends_with(":streamGenerateContent");
    const std::size_t start = path.rfind('/') + 1;
    request.model_id = path.substr(start, path.rfind(':') - start);
  } else if (path.ends_with("/api/chat") || path.ends_with("/api/embed")) {
    request.format = WireFormat::kOllama;
    request.embeds = path.ends_with("/api/embed");
  }
  if (request.method != "POST") request.format.reset();
  const std::string_view first = path.substr(1, path.find('/', 1) - 1);
  constexpr std::string_view kOwnFolders[] = {"v1", "v1beta", "api", "chat", "models", ""};
  if (std::find(std::begin(kOwnFolders), std::end(kOwnFolders), first) == std::end(kOwnFolders)) {
    request.provider = first;
  }
}

void ReadBody(ReceivedRequest& request) {
  if (!request.format) return;
  const nlohmann::json body = nlohmann::json::parse(request.body, nullptr, false);
  if (!body.is_object()) return;
  const auto model = body.find("model");
  if (request.model_id.empty() && model != body.end() && model->is_string()) {
    request.model_id = model->get<std::string>();
  }
  const auto is_true = [](const nlohmann::json& value) { return value == nlohmann::json(true); };
  if (request.format != WireFormat::kGoogle) {
    // Ollama streams unless it is told not to.
    const bool by_default = request.format == WireFormat::kOllama && !request.embeds;
    request.stream = is_true(body.value("stream", nlohmann::json(by_default)));
  }
  const nlohmann::json options = body.value("stream_options", nlohmann::json::object());
  request.stream_has_usage =
      request.format != WireFormat::kOpenAi ||
      (options.is_object() && is_true(options.value("include_usage", nlohmann::json())));
}

}  // namespace

class FakeProviders::State {
 public:
  State(Handler handler, std::size_t most_recorded)
      : handler_(std::move(handler)),
        most_recorded_(most_recorded),
        server_([this](const ServerRequest& request) { return Serve(request); }) {}

  ServerAnswer Serve(const ServerRequest& request) {
    ReceivedRequest call;
    call.method = request.method;
    call.path = request.path;
    call.headers = request.headers;
    call.body = request.body;
    call.at_us = request.at_us;
    ReadPath(call);
    ReadBody(call);
    FakeReply reply = Choose(call);
    if (call.embeds && reply.vector.empty()) {
      reply.vector = BagOfWords(TextToEmbed(*call.format, call.body), kDimension);
    }
    if (!call.embeds) reply.vector.clear();
    ServerAnswer played;
    if (call.format && call.stream && CanStream(*call.format, reply)) {
      played =
          PlayStream(reply, WriteStream(*call.format, reply, call.model_id, call.stream_has_usage));
    } else {
      played = Play(reply, call.format ? WriteAnswer(*call.format, reply, call.model_id)
                                       : AnswerProbe(call, reply));
    }
    Record(std::move(call));
    return played;
  }

  void Script(std::string_view model_id, std::vector<FakeReply> replies) {
    const std::lock_guard lock(mutex_);
    scripts_[std::string(model_id)] = {std::move(replies), 0};
  }

  void Outage(std::string_view provider, std::optional<FakeReply> reply) {
    const std::lock_guard lock(mutex_);
    if (reply) {
      outages_.insert_or_assign(std::string(provider), std::move(*reply));
    } else {
      outages_.erase(std::string(provider));
    }
  }

  std::vector<ReceivedRequest> received() const {
    const std::lock_guard lock(mutex_);
    return {received_.begin(), received_.end()};
  }

  std::size_t call_count(std::string_view model_id) const {
    const std::lock_guard lock(mutex_);
    if (!model_id.empty()) {
      const auto found = counts_.find(model_id);
      return found == counts_.end() ? 0 : found->second;
    }
    std::size_t total = 0;
    for (const auto& [id, count] : counts_) total += count;
    return total;
  }

  void Clear() {
    const std::lock_guard lock(mutex_);
    scripts_.clear();
    outages_.clear();
    received_.clear();
    counts_.clear();
  }

  [[nodiscard]] const HttpServer& server() const noexcept { return server_; }

 private:
  struct ModelScript {
    std::vector<FakeReply> replies;
    std::size_t next = 0;
  };

  FakeReply Choose(const ReceivedRequest& call) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto outage = outages_.find(call.provider); outage != outages_.end()) {
        return outage->second;
      }
      const auto found = scripts_.find(call.model_id);
      if (call.format && found != scripts_.end() && !found->second.replies.empty()) {
        ModelScript& script = found->second;
        const std::size_t index = std::min(script.next, script.replies.size() - 1);
        ++script.next;
        return script.replies[index];
      }
    }
    return handler_ && call.format ? handler_(call) : FakeReply{};
  }

  /// Lists of models and versions; an outage speaks in OpenAI's words, since only its status
  /// matters.
  static WireAnswer AnswerProbe(const ReceivedRequest& call, const FakeReply& reply) {
    if (reply.kind != FakeKind::kText) return WriteAnswer(WireFormat::kOpenAi, reply, {});
    if (call.method != "GET") return {404, {}, R"({"error":"no such call"})"};
    return {200,
            {{"Content-Type", "application/json"}},
            R"({"object":"list","data":[],"models":[],"version":"0"})"};
  }

  void Record(ReceivedRequest call) {
    const std::lock_guard lock(mutex_);
    if (call.format) ++counts_[call.model_id];
    if (most_recorded_ == 0) return;
    if (received_.size() == most_recorded_) received_.pop_front();
    received_.push_back(std::move(call));
  }

  const Handler handler_;
  const std::size_t most_recorded_;
  mutable std::mutex mutex_;
  std::map<std::string, ModelScript, std::less<>> scripts_;
  std::map<std::string, FakeReply, std::less<>> outages_;
  std::map<std::string, std::size_t, std::less<>> counts_;
  std::deque<ReceivedRequest> received_;
  HttpServer server_;  // last: its thread uses the rest
};

FakeProviders::FakeProviders(Handler handler, std::size_t most_recorded)
    : state_(std::make_unique<State>(std::move(handler), most_recorded)) {}

FakeProviders::~FakeProviders() = default;

int FakeProviders::port() const noexcept { return state_->server().port(); }

std::string FakeProviders::base_url() const { return "http://127.0.0.1:" + std::to_string(port()); }

std::string FakeProviders::url(std::string_view provider) const {
  return base_url() + "/" + std::string(provider);
}

void FakeProviders::Script(std::string_view model_id, std::vector<FakeReply> replies) {
  state_->Script(model_id, std::move(replies));
}

void FakeProviders::Outage(std::string_view provider, std::optional<FakeReply> reply) {
  state_->Outage(provider, std::move(reply));
}

std::vector<ReceivedRequest> FakeProviders::received() const { return state_->received(); }

std::size_t FakeProviders::call_count(std::string_view model_id) const {
  return state_->call_count(model_id);
}

std::uint64_t FakeProviders::connection_count() const {
  return state_->server().connection_count();
}

void FakeProviders::Clear() { state_->Clear(); }

}  // namespace mlp::loopback
