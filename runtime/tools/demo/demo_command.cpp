// `mlp demo`: the service of policies/support.mlp against providers on loopback that fail as told.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "generated/support.mlp.h"
#include "mlp/client.hpp"
#include "runtime/report/render.hpp"
#include "runtime/report/report_query.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/demo/scenes.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"

namespace mlp::tools {
namespace {

using loopback::FakeProviders;

constexpr int kThreads = 8;
constexpr int kCallsPerThread = 50;

std::string_view IdOf(std::string_view model) {
  for (const Model& candidate : support::Policy().tables().models) {
    if (candidate.name == model) return candidate.id;
  }
  return {};
}

const RoutePlan* RouteOf(std::string_view name) {
  for (const RoutePlan& route : support::Policy().tables().routes) {
    if (route.name == name) return &route;
  }
  return nullptr;
}

class Demo {
 public:
  Demo()
      : servers_(
            [this](const loopback::ReceivedRequest&) { return CrowdReply(crowd_.fetch_add(1)); }) {
    folder_ =
        std::filesystem::temp_directory_path() /
        fmt::format("mlp-demo-{}", std::chrono::system_clock::now().time_since_epoch().count());
    std::filesystem::create_directories(folder_);
    store_ = (folder_ / "metrics.db").string();
  }

  int Run() {
    const Tables& tables = support::Policy().tables();
    fmt::print(
        "Policy {} {}: {} routes compiled to {} nodes and {} leaves over {} interval(s) of "
        "dates.\n",
        tables.name, tables.version, tables.routes.size(), tables.nodes.size(),
        tables.leaves.size(), tables.roots.size());
    fmt::print(
        "Its providers run on 127.0.0.1:{} and speak the wire formats of OpenAI, Anthropic, Google "
        "and Ollama.\n"
        "No key, no network.\n",
        servers_.port());
    ClientOptions options;
    options.store = store_;
    options.secret = [](const std::string&) { return std::string("demo-key"); };
    for (const Provider& provider : tables.providers) {
      options.base_urls[std::string(provider.name)] = servers_.url(provider.name);
    }
    Client client(support::Policy(), options);
    for (const std::string& warning : client.warnings()) fmt::print("warning: {}\n", warning);
    ShowScenes(client);
    servers_.Clear();
    RunCrowd(client);
    const bool recorded = client.Flush().ok();
    return ShowReport(recorded, client.store_stats()) ? kExitDone : kExitFindings;
  }

 private:
  void ShowScenes(Client& client) {
    fmt::print("\n== Single calls, each with its fault ==\n");
    int number = 0;
    for (const Scene& scene : Scenes()) {
      servers_.Clear();
      for (const auto& [model, replies] : scene.faults) servers_.Script(IdOf(model), replies);
      const support::Request& r = scene.request;
      fmt::print("\n{}. {}\n", ++number, scene.title);
      const Result<Reply> reply =
          scene.streams ? Stream(client, scene) : client.Complete(r, scene.prompt, scene.options);
      if (reply.ok()) {
        Show(*reply);
      } else {
        fmt::print("   ended as {}: {}\n", ToString(reply.error().error_class),
                   reply.error().context);
      }
    }
  }

  /// Carries out a scene's call with the pieces shown as they arrive.
  static Result<Reply> Stream(Client& client, const Scene& scene) {
    std::promise<Event> end;
    fmt::print("   pieces  ");
    client.Start(
        scene.request, scene.prompt,
        [&end](Event event) {
          if (event.kind == Event::Kind::kText) fmt::print(" [{}]", event.text);
          if (event.kind == Event::Kind::kReply || event.kind == Event::Kind::kError) {
            fmt::print("\n");
            end.set_value(std::move(event));
          }
        },
        scene.options);
    Event event = end.get_future().get();
    if (event.kind == Event::Kind::kError) return std::move(event.error);
    return std::move(event.reply);
  }

  void Show(const Reply& reply) {
    const RoutePlan* route = RouteOf(reply.route);
    fmt::print("   decided  route {} (policies/{}:{}){}{}\n", reply.route, route->file, route->line,
               route->doc.empty() ? "" : ": ", route->doc);
    for (const AttemptRecord& attempt : reply.attempts) {
      fmt::print("   {:<8} {:<22} {}{}{}\n", ToString(attempt.kind), attempt.model,
                 attempt.error_class == ErrorClass::kNone ? std::string_view("answered")
                                                          : ToString(attempt.error_class),
                 attempt.http_status >= 300 ? fmt::format(" ({})", attempt.http_status) : "",
                 attempt.waited_us > 0
                     ? fmt::format(", {} ms after the failure", attempt.waited_us / 1'000)
                     : "");
    }
    const AttemptRecord& last = reply.attempts.back();
    fmt::print("   cost     {} for {} + {} tokens; reserved before it: {}{}\n",
               ToString(reply.cost), last.usage.prompt(), last.usage.completion(),
               ToString(Money{last.reserved_pico}),
               last.rollout.empty() ? "" : fmt::format(" (canary of rollout {})", last.rollout));
    Add(reply.cost);
  }

  void RunCrowd(Client& client) {
    fmt::print("\n== {} calls from {} threads; one reply in four is a fault ==\n\n",
               kThreads * kCallsPerThread, kThreads);
    const auto begun = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) threads.emplace_back([&, t] { Crowd(client, t); });
    for (std::thread& thread : threads) thread.join();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    for (const auto& [what, count] : ends_) fmt::print("  {:>4}  {}\n", count, what);
    fmt::print("\nFallbacks that happened:\n");
    for (const auto& [what, count] : fallbacks_) fmt::print("  {:>4}  {}\n", count, what);
    fmt::print("\nin {} ms\n", took.count());
  }

  void Crowd(Client& client, int thread) {
    for (int i = 0; i < kCallsPerThread; ++i) {
      const std::uint64_t number =
          static_cast<std::uint64_t>(thread) * kCallsPerThread + static_cast<std::uint64_t>(i);
      const std::string user = fmt::format("crowd-{}", number);
      const Result<Reply> reply = client.Complete(
          CrowdRequest(number, user), {.messages = {{"user", "hello"}}}, {.attempt_ms = 2'000});
      const std::lock_guard lock(mutex_);
      if (!reply.ok()) {
        ++ends_[fmt::format("ended as {}", ToString(reply.error().error_class))];
        continue;
      }
      Add(reply->cost);
      const bool first = reply->attempts.size() == 1;
      ++ends_[first ? "answered by the first attempt" : "answered after retries or fallbacks"];
      if (reply->attempts.front().model == reply->model) continue;
      ++fallbacks_[fmt::format("{} -> {}, first because of {}", reply->attempts.front().model,
                               reply->model, ToString(reply->attempts.front().error_class))];
    }
  }

  bool ShowReport(bool recorded, const StoreStats& stats) {
    fmt::print("\n== The report of the store ==\n\n");
    const Result<Report> report = QueryReport(store_, 0, INT64_MAX);
    if (!report.ok()) {
      fmt::print("{}\n", report.error().context);
      return false;
    }
    fmt::print("{}", RenderReportText(*report));
    // Failed calls may have cost something too: the store knows all attempts, the replies only
    // theirs.
    fmt::print("\nTo the picodollar: ${} in all; the replies alone say {}.\n",
               report->total.cost.Decimal(), ToString(Money{cost_pico_}));
    fmt::print("{} calls recorded, {} dropped, {} lost. Look again: mlp report --store {}\n",
               stats.written, stats.dropped, stats.lost, store_);
    return recorded && stats.dropped == 0 && stats.lost == 0;
  }

  void Add(Money cost) { cost_pico_ += cost.pico_usd; }

  std::atomic<std::uint64_t> crowd_{0};
  FakeProviders servers_;
  std::filesystem::path folder_;
  std::string store_;
  std::mutex mutex_;
  std::map<std::string, int> ends_;
  std::map<std::string, int> fallbacks_;
  std::int64_t cost_pico_ = 0;
};

}  // namespace

void AddDemoCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "demo", "The main job on loopback: policy, faults, fallbacks, cost, report");
  command->callback([&exit_code] { exit_code = Demo().Run(); });
}

}  // namespace mlp::tools
