// What a call through HttpClient, and one through Client, costs beyond the exchange itself: the
// same bytes over a kept connection to the same loopback server, once with a bare curl_easy_perform
// and once with HttpClient, alternately, so that both see the same machine. Time per call;
// `p50_us`, `p99_us` and `added_p50_us` are counters.
#include <benchmark/benchmark.h>
#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/http_client.hpp"
#include "runtime/tools/loopback/http_server.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace {

using mlp::HttpClient;
using mlp::HttpRequest;
using mlp::HttpResponse;
using mlp::loopback::Ending;
using mlp::loopback::HeaderBytes;
using mlp::loopback::HttpServer;
using mlp::loopback::ServerAnswer;
using mlp::loopback::ServerRequest;

constexpr std::string_view kAnswer =
    R"({"id":"chatcmpl-1","model":"m","choices":[{"index":0,"finish_reason":"stop","message":)"
    R"({"role":"assistant","content":"ok"}}],"usage":{"prompt_tokens":10,"completion_tokens":5}})";

/// Words and lines of about `bytes` bytes.
std::string Prose(std::int64_t bytes) {
  std::string text;
  while (text.size() < static_cast<std::size_t>(bytes)) text += "the \"quick\" brown fox, again\n";
  text.resize(static_cast<std::size_t>(bytes));
  return text;
}

/// kAnswer with a content of so many bytes.
std::string AnswerOf(std::int64_t content_bytes) {
  std::string answer(kAnswer);
  std::string content;
  for (const char c : Prose(content_bytes)) {
    content += c == '\n' ? "\\n" : c == '"' ? "\\\"" : std::string(1, c);
  }
  return answer.replace(answer.find("ok"), 2, content);
}

constexpr std::string_view kBody =
    R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_completion_tokens":100})";

std::int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double PercentileUs(std::vector<std::int64_t>& times_ns, double share) {
  if (times_ns.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(times_ns.size() - 1));
  std::nth_element(times_ns.begin(), times_ns.begin() + at, times_ns.end());
  return static_cast<double>(times_ns[static_cast<std::size_t>(at)]) / 1000.0;
}

/// Of this process.
std::int64_t ResidentKb() {
  std::ifstream pages("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  pages >> all >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1'024);
}

std::size_t Discard(char*, std::size_t size, std::size_t count, void* total) {
  *static_cast<std::size_t*>(total) += size * count;
  return size * count;
}

/// As a program without this library would do it: one handle, kept, with the same options.
class BareCurl {
 public:
  explicit BareCurl(const std::string& url, std::string body = std::string(kBody),
                    std::size_t answer_bytes = kAnswer.size())
      : easy_(curl_easy_init()), body_(std::move(body)), answer_bytes_(answer_bytes) {
    headers_ = curl_slist_append(headers_, "Content-Type: application/json");
    headers_ = curl_slist_append(headers_, "Authorization: Bearer none");
    curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body_.data());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Discard);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &received_);
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  }
  BareCurl(const BareCurl&) = delete;
  BareCurl& operator=(const BareCurl&) = delete;
  ~BareCurl() {
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
  }
  bool Call() {
    received_ = 0;
    return curl_easy_perform(easy_) == CURLE_OK && received_ == answer_bytes_;
  }

 private:
  CURL* easy_;
  std::string body_;
  std::size_t answer_bytes_;
  curl_slist* headers_ = nullptr;
  std::size_t received_ = 0;
};

bool Call(HttpClient& client, const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer none"}};
  request.body = kBody;
  return client.Perform(std::move(request)).body.size() == kAnswer.size();
}

/// Both calls by turns, so that both see the same machine: their times, and what the second adds.
template <typename Bare, typename Ours>
void MeasureByTurns(benchmark::State& state, const Bare& bare, const Ours& ours) {
  for (int i = 0; i < 200; ++i) {
    if (!bare() || !ours()) std::abort();
  }
  std::vector<std::int64_t> bare_ns;
  std::vector<std::int64_t> client_ns;
  for (auto _ : state) {
    const std::int64_t start = NowNs();
    const bool bare_ok = bare();
    const std::int64_t middle = NowNs();
    const bool ours_ok = ours();
    const std::int64_t end = NowNs();
    if (!bare_ok || !ours_ok) state.SkipWithError("a call failed");
    bare_ns.push_back(middle - start);
    client_ns.push_back(end - middle);
    state.SetIterationTime(static_cast<double>(end - middle) / 1e9);
  }
  const double bare_p50 = PercentileUs(bare_ns, 0.5);
  const double client_p50 = PercentileUs(client_ns, 0.5);
  state.counters["bare_p50_us"] = bare_p50;
  state.counters["client_p50_us"] = client_p50;
  state.counters["added_p50_us"] = client_p50 - bare_p50;
  state.counters["bare_p99_us"] = PercentileUs(bare_ns, 0.99);
  state.counters["client_p99_us"] = PercentileUs(client_ns, 0.99);
}

bool Completes(mlp::Client& client, const std::string& prompt = "hi") {
  return client.Complete(mlp::engine::TestPolicy::Request(), {.messages = {{"user", prompt}}}).ok();
}

void AddedByHttpClient(benchmark::State& state) {
  const std::string answer = HeaderBytes(200, {}, kAnswer.size()) + std::string(kAnswer);
  HttpServer server([&](const ServerRequest&) {
    return ServerAnswer{{{0, answer}}, Ending::kKeepAlive};
  });
  const std::string url =
      "http://127.0.0.1:" + std::to_string(server.port()) + "/v1/chat/completions";
  HttpClient client;
  BareCurl bare(url);
  MeasureByTurns(
      state, [&] { return bare.Call(); }, [&] { return Call(client, url); });
}
BENCHMARK(AddedByHttpClient)->UseManualTime()->MinTime(3.0)->Unit(benchmark::kMicrosecond);

/// A whole call: decision, JSON both ways, price, events; against the bytes that it sends, sent by
/// bare libcurl.
void AddedByClient(benchmark::State& state) {
  const std::string prompt = Prose(state.range(0));
  const std::string body = AnswerOf(state.range(1));
  const std::string answer = HeaderBytes(200, {}, body.size()) + body;
  std::mutex mutex;
  std::string sent;
  HttpServer server([&](const ServerRequest& request) {
    const std::lock_guard lock(mutex);
    if (sent.empty()) sent = request.body;
    return ServerAnswer{{{0, answer}}, Ending::kKeepAlive};
  });
  const std::string base = "http://127.0.0.1:" + std::to_string(server.port());
  mlp::engine::TestPolicy policy;
  policy.protocol(0) = "openai";
  policy.route().attempt_ms = 5'000;  // a busy machine is no outage
  policy.route().deadline_ms = 10'000;
  mlp::ClientOptions options;
  options.base_urls["anthropic"] = base;  // the first candidate's provider
  options.secret = [](const std::string&) { return "none"; };
  mlp::Client client(policy.policy(), options);
  const auto call = [&] { return Completes(client, prompt); };
  if (!call()) std::abort();
  BareCurl bare(base + "/v1/chat/completions", sent, body.size());
  MeasureByTurns(
      state, [&] { return bare.Call(); }, [&] { return call(); });
}
BENCHMARK(AddedByClient)
    ->ArgNames({"prompt_bytes", "answer_bytes"})
    ->Args({2, 2})
    ->Args({32'768, 4'096})
    ->UseManualTime()
    ->MinTime(3.0)
    ->Unit(benchmark::kMicrosecond);

/// A call under a budget whose ledger is on the disk, against one under none (`bare`): what is
/// waited for is the commit of its reservation.
void AddedByBudget(benchmark::State& state) {
  const std::string answer = HeaderBytes(200, {}, kAnswer.size()) + std::string(kAnswer);
  HttpServer server([&](const ServerRequest&) {
    return ServerAnswer{{{0, answer}}, Ending::kKeepAlive};
  });
  const mlp::ScratchFolder folder;
  mlp::engine::TestPolicy free;
  mlp::engine::TestPolicy limited;
  limited.Limit(mlp::Money{1'000'000 * mlp::kPicoPerUsd},
                {{1'000'000, mlp::BudgetAction::kDeny, mlp::kNone16, {}}});
  mlp::ClientOptions options;
  options.base_urls["anthropic"] = "http://127.0.0.1:" + std::to_string(server.port());
  options.secret = [](const std::string&) { return "none"; };
  free.protocol(0) = limited.protocol(0) = "openai";
  mlp::Client without(free.policy(), options);
  options.store = folder / "m.db";
  mlp::Client with(limited.policy(), options);
  MeasureByTurns(
      state, [&] { return Completes(without); }, [&] { return Completes(with); });
}
BENCHMARK(AddedByBudget)->UseManualTime()->MinTime(2.0)->Unit(benchmark::kMicrosecond);

/// A call whose first provider answers 500, against one (`bare`) that goes to the second at once:
/// what is added is the failed exchange, its reading, and the decision what to do next.
void AddedByFailover(benchmark::State& state) {
  const std::string answer = HeaderBytes(200, {}, kAnswer.size()) + std::string(kAnswer);
  HttpServer server([&](const ServerRequest&) {
    return ServerAnswer{{{0, answer}}, Ending::kKeepAlive};
  });
  const std::string error = R"({"error":{"message":"down","type":"server_error"}})";
  const std::string failure = HeaderBytes(500, {}, error.size()) + error;
  HttpServer broken([&](const ServerRequest&) {
    return ServerAnswer{{{0, failure}}, Ending::kKeepAlive};
  });
  const std::string good_url = "http://127.0.0.1:" + std::to_string(server.port());
  mlp::engine::TestPolicy policy(/*attempts=*/2, /*retries=*/0);
  policy.protocol(0) = "openai";
  mlp::ClientOptions options;
  options.health = {.breakers = false, .throttles = false, .probes = false};
  options.secret = [](const std::string&) { return "none"; };
  options.base_urls["anthropic"] = good_url;
  options.base_urls["openai"] = good_url;
  mlp::Client direct(policy.policy(), options);
  options.base_urls["anthropic"] = "http://127.0.0.1:" + std::to_string(broken.port());
  mlp::Client failing(policy.policy(), options);
  MeasureByTurns(
      state, [&] { return Completes(direct); }, [&] { return Completes(failing); });
}
BENCHMARK(AddedByFailover)->UseManualTime()->MinTime(2.0)->Unit(benchmark::kMicrosecond);

/// Calls per second with many under way at once.
void Throughput(benchmark::State& state) {
  const std::string answer = HeaderBytes(200, {}, kAnswer.size()) + std::string(kAnswer);
  HttpServer server([&](const ServerRequest&) {
    return ServerAnswer{{{0, answer}}, Ending::kKeepAlive};
  });
  HttpClient client;
  const std::string url =
      "http://127.0.0.1:" + std::to_string(server.port()) + "/v1/chat/completions";
  const auto at_once = static_cast<int>(state.range(0));
  for (auto _ : state) {
    std::atomic<int> left{at_once};
    for (int i = 0; i < at_once; ++i) {
      HttpRequest request;
      request.url = url;
      request.body = kBody;
      client.Start(std::move(request), [&](HttpResponse) {
        if (left.fetch_sub(1) == 1) left.notify_one();
      });
    }
    for (int now = left.load(); now > 0; now = left.load()) left.wait(now);
  }
  state.SetItemsProcessed(state.iterations() * at_once);
}
BENCHMARK(Throughput)->Arg(32)->UseRealTime()->MinTime(1.0)->Unit(benchmark::kMicrosecond);

constexpr int kRounds = 10;

/// Whole calls per second from so many threads that share a client and the machine with the server.
/// `p99_us` is a call's; `rss_grown_kb` is what the process grew by over all of them but a tenth.
void ClientThroughput(benchmark::State& state) {
  const std::string answer = HeaderBytes(200, {}, kAnswer.size()) + std::string(kAnswer);
  HttpServer server([&](const ServerRequest&) {
    return ServerAnswer{{{0, answer}}, Ending::kKeepAlive};
  });
  mlp::engine::TestPolicy policy;
  policy.protocol(0) = "openai";
  policy.route().attempt_ms = 5'000;
  policy.route().deadline_ms = 10'000;
  mlp::ClientOptions options;
  options.base_urls["anthropic"] = "http://127.0.0.1:" + std::to_string(server.port());
  options.secret = [](const std::string&) { return "none"; };
  mlp::Client client(policy.policy(), options);
  const auto threads = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t kCallsEach = 5'000;
  std::vector<std::vector<std::int64_t>> times_ns(threads);
  for (std::vector<std::int64_t>& mine : times_ns) {  // touched before anything is measured
    mine.assign(kCallsEach * kRounds, 0);
    mine.clear();
  }
  std::atomic<int> failures{0};
  std::int64_t settled_kb = 0;
  for (auto _ : state) {
    std::vector<std::thread> callers;
    for (std::vector<std::int64_t>& mine : times_ns) {
      callers.emplace_back([&client, &mine, &failures] {
        for (std::size_t i = 0; i < kCallsEach; ++i) {
          const std::int64_t start = NowNs();
          if (!Completes(client)) failures.fetch_add(1);
          mine.push_back(NowNs() - start);
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    if (settled_kb == 0) settled_kb = ResidentKb();
  }
  const std::int64_t grown_kb = ResidentKb() - settled_kb;
  if (failures.load() != 0) state.SkipWithError("a call failed");
  std::vector<std::int64_t> all_ns;
  for (const std::vector<std::int64_t>& mine : times_ns) {
    all_ns.insert(all_ns.end(), mine.begin(), mine.end());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(all_ns.size()));
  state.counters["rss_grown_kb"] = static_cast<double>(grown_kb);
  state.counters["rss_kb"] = static_cast<double>(settled_kb);
  state.counters["p50_us"] = PercentileUs(all_ns, 0.5);
  state.counters["p99_us"] = PercentileUs(all_ns, 0.99);
}
BENCHMARK(ClientThroughput)
    ->ArgName("threads")
    ->Arg(2)
    ->Arg(4)
    ->Arg(8)
    ->Iterations(kRounds)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// The same threads with bare libcurl, a handle for each: what the machine and the server can do.
void BareThroughput(benchmark::State& state) {
  const std::string answer = HeaderBytes(200, {}, kAnswer.size()) + std::string(kAnswer);
  HttpServer server([&](const ServerRequest&) {
    return ServerAnswer{{{0, answer}}, Ending::kKeepAlive};
  });
  const std::string url =
      "http://127.0.0.1:" + std::to_string(server.port()) + "/v1/chat/completions";
  const auto threads = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t kCallsEach = 5'000;
  std::vector<std::vector<std::int64_t>> times_ns(threads);
  for (auto _ : state) {
    std::vector<std::thread> callers;
    for (std::vector<std::int64_t>& mine : times_ns) {
      callers.emplace_back([&url, &mine] {
        BareCurl bare(url);
        for (std::size_t i = 0; i < kCallsEach; ++i) {
          const std::int64_t start = NowNs();
          if (!bare.Call()) std::abort();
          mine.push_back(NowNs() - start);
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  std::vector<std::int64_t> all_ns;
  for (const std::vector<std::int64_t>& mine : times_ns) {
    all_ns.insert(all_ns.end(), mine.begin(), mine.end());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(all_ns.size()));
  state.counters["p50_us"] = PercentileUs(all_ns, 0.5);
  state.counters["p99_us"] = PercentileUs(all_ns, 0.99);
}
BENCHMARK(BareThroughput)
    ->ArgName("threads")
    ->Arg(2)
    ->Arg(4)
    ->Arg(8)
    ->Iterations(kRounds)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
