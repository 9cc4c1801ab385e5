// The cache of answers: when two calls are the same, what is kept and for how long, and who pays.
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/core/split_mix.hpp"
#include "runtime/engine/cache/answer_text.hpp"
#include "runtime/engine/cache/answers.hpp"
#include "runtime/engine/cache/cache_key.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;

struct CacheFixture : EngineFixture {
  ScratchFolder folder;

  [[nodiscard]] static Result<Reply> Say(Client& client, const std::string& text,
                                         std::optional<double> temperature = {}) {
    Prompt prompt;
    prompt.messages.emplace_back("user", text);
    prompt.temperature = temperature;
    return client.Complete(TestPolicy::Request(), prompt);
  }
  [[nodiscard]] static CacheUse UseOf(const Result<Reply>& reply) {
    BOOST_REQUIRE_MESSAGE(reply.ok(), Story(reply));
    return reply->cache;
  }
  static bool Is(const Result<Reply>& reply, CacheUse use) { return UseOf(reply) == use; }
};

BOOST_FIXTURE_TEST_SUITE(cache, CacheFixture)

BOOST_AUTO_TEST_CASE(every_part_of_a_prompt_that_reaches_the_model_tells_calls_apart) {
  Prompt prompt;
  prompt.messages.emplace_back("user", "hi");
  WireCall call;
  call.model_id = "m";
  call.prompt = &prompt;
  std::vector<Sha256Digest> keys{CacheKey("p", call)};
  const auto differs = [&](const WireCall& changed, std::string_view provider = "p") {
    const Sha256Digest key = CacheKey(provider, changed);
    for (const Sha256Digest& other : keys) BOOST_TEST((key != other));
    keys.push_back(key);
  };
  const auto with = [&](auto change) {
    Prompt changed = prompt;
    change(changed);
    WireCall one = call;
    one.prompt = &changed;
    differs(one);
  };
  differs(call, "q");
  WireCall other = call;
  other.model_id = "n";
  differs(other);
  other = call;
  other.parameters = "{}";
  differs(other);
  other = call;
  other.max_output_tokens = 9;
  differs(other);
  with([](Prompt& p) { p.messages[0].parts[0].data = "ho"; });
  with([](Prompt& p) { p.messages[0].role = "system"; });
  with([](Prompt& p) { p.messages[0].parts[0].kind = PartKind::kImageUrl; });
  with([](Prompt& p) { p.messages[0].parts[0].media_type = "image/png"; });
  with([](Prompt& p) { p.messages[0].parts.push_back({}); });
  with([](Prompt& p) { p.messages.emplace_back("user", ""); });
  with([](Prompt& p) { p.messages[0].tool_call_id = "t"; });
  with([](Prompt& p) { p.messages[0].tool_error = true; });
  with([](Prompt& p) { p.messages[0].tool_calls.push_back({"i", "n", "a", "s"}); });
  with([](Prompt& p) { p.messages[0].tool_calls.push_back({"in", "", "a", "s"}); });
  with([](Prompt& p) { p.tools.push_back({"f", "d", "{}"}); });
  with([](Prompt& p) { p.tool_choice = "required"; });
  with([](Prompt& p) { p.response_schema = "{}"; });
  with([](Prompt& p) { p.stop.push_back("x"); });
  with([](Prompt& p) { p.temperature = 0.0; });
  with([](Prompt& p) { p.temperature = 0.1; });

  // What does not reach the model does not.
  Prompt traced = prompt;
  traced.trace_headers.emplace_back("traceparent", "00-1");
  traced.response_schema_name = "unused";
  other = call;
  other.prompt = &traced;
  other.key = "secret";
  other.url = "http://elsewhere";
  BOOST_TEST((CacheKey("p", other) == keys.front()));
  traced.temperature = 0.5;
  other.takes_temperature = false;
  BOOST_TEST((CacheKey("p", other) == keys.front()));

  // Nor does one who asked for less know what is good enough for another.
  std::set<Sha256Digest> bars{keys.front()};
  for (const QualityBar& bar :
       {QualityBar{"answers", 0}, QualityBar{"answers", 700'000}, QualityBar{"others", 700'000}}) {
    BOOST_TEST(bars.insert(CacheKey("p", call, bar)).second);
  }
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_long_prompt_counts) {
  // Around the lengths from which on halves are hashed side by side.
  std::set<Sha256Digest> keys;
  std::size_t count = 0;
  for (std::size_t size = 500; size < 900; size += 37) {
    for (std::size_t changed = 0; changed <= size; ++changed) {
      std::string text(size, 'x');
      if (changed < size) text[changed] = 'y';
      Prompt prompt;
      prompt.messages.emplace_back("user", text);
      WireCall call;
      call.model_id = "m";
      call.prompt = &prompt;
      keys.insert(CacheKey("p", call));
      ++count;
    }
  }
  BOOST_TEST(keys.size() == count);
}

BOOST_AUTO_TEST_CASE(the_memory_is_bounded_and_the_least_recently_used_go_first) {
  // Against a list that is searched from end to end, one per sixteenth.
  struct Kept {
    Sha256Digest key;
    std::shared_ptr<const CachedAnswer> answer;
    std::int64_t expires_s;
  };
  constexpr std::size_t kBytes = 16 * 4'000;
  AnswerCache memory(kBytes);
  std::array<std::list<Kept>, 16> plain;
  SplitMix64 random(4'711);
  std::size_t hits = 0;
  for (std::int64_t now_s = 0; now_s < 20'000; ++now_s) {
    const Sha256Digest key = Sha256(std::to_string(random() % 200));
    std::list<Kept>& kept = plain[key.back() % 16];
    const auto found =
        std::find_if(kept.begin(), kept.end(), [&](const Kept& one) { return one.key == key; });
    if (random() % 2 == 0) {
      auto made = std::make_shared<CachedAnswer>();
      made->text.assign(random() % 2'500, 'x');
      const std::int64_t expires_s = now_s + 1 + static_cast<std::int64_t>(random() % 4'000);
      memory.Put(key, made, expires_s);
      if (found != kept.end()) kept.erase(found);
      std::size_t bytes = made->bytes();
      if (bytes > kBytes / 16) continue;
      kept.push_front({key, made, expires_s});
      bytes = 0;
      for (auto at = kept.begin(); at != kept.end();) {
        bytes += at->answer->bytes();
        if (bytes > kBytes / 16) {
          kept.erase(at, kept.end());
          break;
        }
        ++at;
      }
    } else {
      const auto answer = memory.Find(key, now_s);
      const bool good = found != kept.end() && found->expires_s > now_s;
      BOOST_REQUIRE_EQUAL(answer != nullptr, good);
      if (good) {
        BOOST_REQUIRE(answer == found->answer);
        kept.splice(kept.begin(), kept, found);
        ++hits;
      } else if (found != kept.end()) {
        kept.erase(found);
      }
    }
    BOOST_REQUIRE_LE(memory.bytes(), kBytes);
  }
  BOOST_TEST(hits > 1'000U);
}

BOOST_AUTO_TEST_CASE(an_answer_survives_the_way_to_the_disk_and_a_torn_one_is_none) {
  CachedAnswer answer;
  answer.text = "a\n\xC3\xA9";
  answer.tool_calls.push_back({"id", "name", R"({"x":1})", "sig"});
  answer.finish = FinishReason::kToolCalls;
  answer.usage = {.input = 1,
                  .cache_read = 2,
                  .cache_write = 3,
                  .cache_write_long = 4,
                  .output = 5,
                  .reasoning = 6,
                  .reported = true};
  answer.response_model = "m-1";
  answer.left_out = {"temperature"};
  answer.cost_pico = 7;
  const std::string text = WriteAnswer(answer);
  const auto read = ReadAnswer(text);
  BOOST_REQUIRE(read != nullptr);
  BOOST_TEST(read->text == answer.text);
  BOOST_TEST((read->tool_calls == answer.tool_calls));
  BOOST_TEST((read->finish == answer.finish));
  BOOST_TEST((read->usage == answer.usage));
  BOOST_TEST(read->response_model == "m-1");
  BOOST_TEST((read->left_out == answer.left_out));
  BOOST_TEST(read->cost_pico == 7);
  for (std::size_t size = 0; size < text.size(); ++size) {
    BOOST_TEST((ReadAnswer(std::string_view(text).substr(0, size)) == nullptr));
  }
}

BOOST_AUTO_TEST_CASE(the_second_call_is_answered_without_a_model_and_without_cost) {
  servers.Script("opus-id", {{.text = "once", .usage = {.input = 100, .output = 10}}});
  TestPolicy policy;
  policy.Cache(60);
  ClientOptions options = Options();
  options.store = folder / "calls.db";
  Client client(policy.policy(), options);
  const Result<Reply> first = Say(client, "hi");
  BOOST_TEST(Is(first, CacheUse::kMiss));
  const Result<Reply> second = Say(client, "hi");
  BOOST_TEST(Is(second, CacheUse::kHit));
  BOOST_TEST(second->text == "once");
  BOOST_TEST(second->model == "opus");
  BOOST_TEST(second->cost.pico_usd == 0);
  BOOST_TEST(second->attempts.empty());
  BOOST_TEST((second->usage == first->usage));
  BOOST_TEST(second->call_id != first->call_id);
  BOOST_TEST(Is(Say(client, "ho"), CacheUse::kMiss));
  BOOST_TEST(servers.call_count() == 2U);
  const CacheStats stats = client.cache_stats();
  BOOST_TEST(stats.hits == 1U);
  BOOST_TEST(stats.misses == 2U);
  BOOST_TEST(stats.answers == 2U);
  BOOST_TEST(stats.saved_pico == first->cost.pico_usd);

  BOOST_REQUIRE(client.Flush().ok());
  auto reader = StoreReader::Open(options.store);
  BOOST_REQUIRE(reader.ok());
  std::vector<CacheUse> uses;
  BOOST_REQUIRE(reader
                    ->ForEachCall(0, INT64_MAX,
                                  [&](const CallRecord& call) {
                                    uses.push_back(call.cache);
                                    return true;
                                  })
                    .ok());
  BOOST_TEST((uses == std::vector{CacheUse::kMiss, CacheUse::kHit, CacheUse::kMiss}));
}

BOOST_AUTO_TEST_CASE(without_a_when_only_answers_at_temperature_0_are_kept) {
  TestPolicy policy;
  policy.Cache(60, false);
  Client client(policy.policy(), Options());
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(Is(Say(client, "hi"), CacheUse::kNone));
    BOOST_TEST(Is(Say(client, "hi", 0.7), CacheUse::kNone));
  }
  BOOST_TEST(Is(Say(client, "hi", 0.0), CacheUse::kMiss));
  BOOST_TEST(Is(Say(client, "hi", 0.0), CacheUse::kHit));
}

BOOST_AUTO_TEST_CASE(failures_cut_answers_and_other_models_answers_are_not_kept) {
  TestPolicy policy(4, 0);
  policy.Cache(60);
  Client client(policy.policy(), Options());
  servers.Script("opus-id", {{.kind = FakeKind::kLength}});
  BOOST_TEST(Is(Say(client, "long"), CacheUse::kMiss));
  BOOST_TEST(Is(Say(client, "long"), CacheUse::kMiss));
  servers.Script("opus-id", {{.kind = FakeKind::kRefusal}});
  BOOST_TEST(!Say(client, "bad").ok());
  BOOST_TEST(!Say(client, "bad").ok());
  servers.Script("opus-id", {{.kind = FakeKind::kServerError}, {.text = "back"}});
  const Result<Reply> spare = Say(client, "hi");
  BOOST_REQUIRE(spare.ok());
  BOOST_TEST(spare->model == "gpt");
  const Result<Reply> again = Say(client, "hi");
  BOOST_TEST(Is(again, CacheUse::kMiss));
  BOOST_TEST(again->text == "back");
  BOOST_TEST(Is(Say(client, "hi"), CacheUse::kHit));
}

BOOST_AUTO_TEST_CASE(a_streamed_answer_is_given_again_in_one_piece) {
  servers.Script("opus-id", {{.text = "in pieces"}});
  TestPolicy policy;
  policy.Cache(60);
  Client client(policy.policy(), Options());
  const auto stream = [&] {
    std::mutex mutex;
    std::condition_variable ended;
    std::string text;
    std::optional<Reply> reply;
    Prompt prompt;
    prompt.messages.emplace_back("user", "hi");
    client.Start(TestPolicy::Request(), prompt, [&](Event event) {
      const std::lock_guard lock(mutex);
      if (event.kind == Event::Kind::kText) text += event.text;
      if (event.kind == Event::Kind::kReply) {
        reply = event.reply;
        ended.notify_all();
      }
      BOOST_TEST((event.kind != Event::Kind::kError));
    });
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return reply.has_value(); });
    BOOST_TEST(text == "in pieces");
    BOOST_TEST(reply->text == text);
    return reply->cache;
  };
  BOOST_TEST((stream() == CacheUse::kMiss));
  BOOST_TEST((stream() == CacheUse::kHit));
  BOOST_TEST(Is(Say(client, "hi"), CacheUse::kHit));
}

BOOST_AUTO_TEST_CASE(calls_that_ask_the_same_at_once_share_one_answer) {
  servers.Script("opus-id", {{.text = "shared", .first_byte_delay_us = 100'000}});
  TestPolicy policy;
  policy.Cache(60);
  Client client(policy.policy(), Options());
  constexpr int kThreads = 8;
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const Result<Reply> reply = Say(client, "hi");
      if (reply.ok() && reply->text == "shared") ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(good.load() == kThreads);
  BOOST_TEST(servers.call_count("opus-id") == 1U);
  const CacheStats stats = client.cache_stats();
  BOOST_TEST(stats.misses == 1U);
  BOOST_TEST(stats.shared + stats.hits == 7U);
}

BOOST_AUTO_TEST_CASE(when_the_one_that_went_fails_the_others_go_themselves) {
  servers.Script("opus-id", {{.kind = FakeKind::kBadRequest, .first_byte_delay_us = 100'000},
                             {.text = "second"}});
  TestPolicy policy;
  policy.Cache(60);
  Client client(policy.policy(), Options());
  constexpr int kThreads = 6;
  std::atomic<int> good{0};
  std::atomic<int> bad{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] { ++(Say(client, "hi").ok() ? good : bad); });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(bad.load() == 1);
  BOOST_TEST(good.load() == kThreads - 1);
  BOOST_TEST(servers.call_count("opus-id") <= std::size_t{kThreads});
}

BOOST_AUTO_TEST_CASE(who_waited_in_vain_once_does_not_wait_again) {
  // One after another they would take 5.6 seconds.
  servers.Script("opus-id", {{.kind = FakeKind::kLength, .first_byte_delay_us = 700'000}});
  TestPolicy policy;
  policy.Cache(60);
  policy.route().attempt_ms = 3'000;
  policy.route().deadline_ms = 4'000;
  Client client(policy.policy(), Options());
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { good += Say(client, "hi").ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(good == 8);
  BOOST_TEST(servers.call_count() == 8U);
}

BOOST_AUTO_TEST_CASE(where_all_are_closed_off_the_one_tried_answers_for_itself_alone) {
  // Both ask to be left alone, opus for longer: gpt is tried, without waiting for it.
  servers.Script("opus-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 600'000}});
  servers.Script("gpt-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 300'000}, {}});
  TestPolicy policy(4, 0);
  policy.KeepCandidates(2);
  policy.Cache(60);
  Client client(policy.policy(), Options());
  BOOST_TEST(!Say(client, "before").ok());
  for (std::size_t i = 2; i <= 3; ++i) {
    const Result<Reply> reply = Say(client, "hi");
    BOOST_TEST(Is(reply, CacheUse::kMiss));
    BOOST_TEST(Story(reply) == "gpt none");
    BOOST_TEST(servers.call_count("gpt-id") == i);
  }
}

BOOST_AUTO_TEST_CASE(one_that_waits_keeps_its_own_deadline) {
  servers.Script("opus-id", {{.text = "late", .first_byte_delay_us = 250'000}});
  TestPolicy policy;
  policy.Cache(60);
  Client client(policy.policy(), Options());
  std::thread leader([&] { BOOST_TEST(Say(client, "hi").ok()); });
  while (servers.call_count() == 0) std::this_thread::yield();
  Prompt prompt;
  prompt.messages.emplace_back("user", "hi");
  const Result<Reply> hurried = client.Complete(TestPolicy::Request(), prompt, {.deadline_ms = 20});
  leader.join();
  BOOST_REQUIRE(!hurried.ok());
  BOOST_TEST((hurried.error().error_class == ErrorClass::kDeadlineExceeded));
}

BOOST_AUTO_TEST_CASE(the_file_keeps_answers_over_a_restart_and_a_broken_one_does_no_harm) {
  TestPolicy policy;
  policy.Cache(60);
  ClientOptions options = Options();
  options.cache.file = folder / "answers.db";
  {
    Client client(policy.policy(), options);
    BOOST_TEST(Is(Say(client, "hi"), CacheUse::kMiss));
    BOOST_REQUIRE(client.Flush().ok());
    // Another process on the same file, begun before the answer came.
    Client other(policy.policy(), options);
    BOOST_TEST(Is(Say(other, "hi"), CacheUse::kHit));
    BOOST_TEST(Is(Say(client, "ho"), CacheUse::kMiss));
    BOOST_REQUIRE(client.Flush().ok());
    BOOST_TEST(Is(Say(other, "ho"), CacheUse::kHit));
    BOOST_TEST(other.cache_stats().file_hits == 1U);
  }
  {
    ClientOptions warm = Options();
    warm.cache.warm_from = options.cache.file;
    Client client(policy.policy(), warm);
    BOOST_TEST(client.cache_stats().answers == 2U);
    BOOST_TEST(Is(Say(client, "hi"), CacheUse::kHit));
  }
  std::ofstream(options.cache.file, std::ios::trunc) << "SQLite format 3, and no more of it";
  Client client(policy.policy(), options);
  BOOST_TEST(Is(Say(client, "hi"), CacheUse::kMiss));
  BOOST_TEST(Is(Say(client, "hi"), CacheUse::kHit));
  BOOST_TEST(client.warnings().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
