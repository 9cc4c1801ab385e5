// Calls whose route asks for quality, against providers on loopback.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/store/reader.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;

constexpr const char* kGood = "The capital of France is Paris.";
constexpr const char* kBad = "and and and";

/// Good is what says Paris.
ClientOptions Scoring(ClientOptions options) {
  options.quality.scorers["truth"] = [](const AnswerView& answer) {
    return answer.text.find("Paris") == std::string_view::npos ? 0.25 : 1.0;
  };
  return options;
}

BOOST_FIXTURE_TEST_SUITE(client_quality, EngineFixture)

BOOST_AUTO_TEST_CASE(a_low_score_is_a_failure_that_goes_to_the_next) {
  servers.Script("opus-id", {{.text = kBad, .usage = {.input = 10, .output = 20}}});
  servers.Script("gpt-id", {{.text = kGood, .usage = {.input = 10, .output = 20}}});
  TestPolicy policy;
  policy.Evaluate(700'000, {{"truth", 1'000'000}});
  Client client(policy.policy(), Scoring(Options()));
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE_MESSAGE(reply.ok(), Story(reply));
  BOOST_TEST(reply->text == kGood);
  BOOST_TEST(Story(reply) == "opus low-quality, gpt none");
  BOOST_TEST(reply->attempts[0].quality_ppm == 250'000);
  BOOST_TEST(reply->attempts[0].rule == "quality below 0.7 by answers");
  BOOST_TEST(reply->attempts[1].quality_ppm == 1'000'000);
  // Both were paid for.
  BOOST_TEST(reply->cost.pico_usd ==
             10 * 5'000'000 + 20 * 25'000'000 + 10 * 2'000'000 + 20 * 10'000'000);
  BOOST_TEST(client.quality_stats().scored == 2U);
  BOOST_TEST(client.quality_stats().low == 1U);
}

BOOST_AUTO_TEST_CASE(with_nobody_left_the_call_ends_as_low_quality) {
  for (const char* model : {"opus-id", "gpt-id", "llama-id"})
    servers.Script(model, {{.text = kBad}});
  TestPolicy policy;
  policy.Evaluate(700'000, {{"truth", 1'000'000}});
  Client client(policy.policy(), Scoring(Options()));
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kLowQuality));
  BOOST_TEST(servers.call_count() == 3U);
}

BOOST_AUTO_TEST_CASE(what_was_handed_out_stands_unless_the_route_restarts) {
  servers.Script("opus-id", {{.text = kBad}});
  servers.Script("gpt-id", {{.text = kGood}});
  for (const bool restarts : {false, true}) {
    TestPolicy policy;
    policy.Evaluate(700'000, {{"truth", 1'000'000}});
    policy.route().restart_after_first_byte = restarts;
    Client client(policy.policy(), Scoring(Options()));
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
    std::string text;
    Event last;
    client.Start(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](Event event) {
      const std::lock_guard lock(mutex);
      if (event.kind == Event::Kind::kText) text += event.text;
      if (event.kind == Event::Kind::kRestart) text.clear();
      if (event.kind != Event::Kind::kReply && event.kind != Event::Kind::kError) return;
      last = std::move(event);
      ended = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ended; });
    BOOST_REQUIRE((last.kind == Event::Kind::kReply));
    BOOST_TEST(last.reply.text == (restarts ? kGood : kBad));
    BOOST_TEST(text == last.reply.text);
    BOOST_TEST(last.reply.attempts[0].quality_ppm == 250'000);
  }
}

BOOST_AUTO_TEST_CASE(a_judge_is_asked_by_its_own_route_and_recorded_by_itself) {
  const ScratchFolder folder;
  servers.Script("opus-id", {{.text = kBad}});
  servers.Script("gpt-id", {{.text = kGood}});
  servers.Script("llama-id", {{.text = R"({"tone": 20})"}, {.text = R"({"tone": 90})"}});
  TestPolicy policy;
  policy.Evaluate(700'000, {{"tone", 1'000'000}});
  policy.JudgeByLlama("Is it friendly?");
  ClientOptions options = Options();
  options.store = folder / "m.db";
  Client client(policy.policy(), options);
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE_MESSAGE(reply.ok(), Story(reply));
  BOOST_TEST(Story(reply) == "opus low-quality, gpt none");
  BOOST_TEST(reply->attempts[1].quality_ppm == 900'000);
  BOOST_REQUIRE(client.Flush().ok());
  std::size_t judged = 0;
  for (const loopback::ReceivedRequest& request : servers.received()) {
    if (request.model_id != "llama-id") continue;
    ++judged;
    BOOST_TEST(request.body.find("Is it friendly?") != std::string::npos);
    BOOST_TEST(request.body.find(judged == 1 ? kBad : kGood) != std::string::npos);
  }
  BOOST_TEST(judged == 2U);
  auto reader = StoreReader::Open(folder / "m.db");
  BOOST_REQUIRE(reader.ok());
  int judgements = 0;
  BOOST_REQUIRE(reader->ForEachCall(0, INT64_MAX, [&](const CallRecord& call) {
    if (call.route == "judging") {
      ++judgements;
      return true;
    }
    BOOST_REQUIRE_EQUAL(call.attempts.size(), 2U);
    BOOST_TEST(call.attempts[0].quality_ppm == 200'000);
    BOOST_TEST(call.attempts[1].quality_ppm == 900'000);
    return true;
  }));
  BOOST_TEST(judgements == 2);
}

BOOST_AUTO_TEST_CASE(a_judge_keeps_its_route_where_a_budget_prefers_the_cheapest) {
  servers.Script("llama-id", {{.text = kGood}, {.kind = FakeKind::kQuota}});
  TestPolicy policy;
  policy.Evaluate(700'000, {{"tone", 1'000'000}});
  policy.JudgeByLlama("Is it friendly?");
  policy.Limit(Money{kPicoPerUsd}, {{0, BudgetAction::kPreferCheapest, kNone16, {}}});
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "llama none");
  // The judged call's route would have others to ask.
  BOOST_TEST(client.quality_stats().judge_failures == 1U);
  BOOST_TEST(servers.call_count() == 2U);
}

BOOST_AUTO_TEST_CASE(who_is_left_out_does_not_judge_either) {
  servers.Script("opus-id", {{.text = kBad}});
  TestPolicy policy;
  policy.Evaluate(700'000, {{"tone", 1'000'000}});
  policy.JudgeByLlama("Is it friendly?");
  Client client(policy.policy(), Options());
  const Result<Reply> reply = Ask(client, TestPolicy::Request(), {.without = {"ollama"}});
  BOOST_TEST(Story(reply) == "opus none");
  BOOST_TEST(servers.call_count("llama-id") == 0U);
  BOOST_TEST(client.quality_stats().judge_failures == 1U);
}

BOOST_AUTO_TEST_CASE(an_answer_below_the_floor_that_stands_is_not_given_again) {
  servers.Script("opus-id", {{.text = kBad}});
  TestPolicy policy;
  policy.Evaluate(700'000, {{"truth", 1'000'000}});
  policy.Cache(60);
  Client client(policy.policy(), Scoring(Options()));
  for (std::size_t i = 1; i <= 2; ++i) {
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
    Event last;
    client.Start(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](Event event) {
      const std::lock_guard lock(mutex);
      if (event.kind != Event::Kind::kReply && event.kind != Event::Kind::kError) return;
      last = std::move(event);
      ended = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ended; });
    BOOST_REQUIRE((last.kind == Event::Kind::kReply));
    BOOST_TEST(last.reply.text == kBad);
    BOOST_TEST((last.reply.cache == CacheUse::kMiss));
    BOOST_TEST(servers.call_count("opus-id") == i);
  }
}

BOOST_AUTO_TEST_CASE(what_passed_a_lower_floor_is_not_given_where_it_would_not_pass) {
  const ScratchFolder folder;
  servers.Script("opus-id", {{.text = kBad}});
  servers.Script("gpt-id", {{.text = kGood}});
  ClientOptions options = Scoring(Options());
  options.cache.file = folder / "answers.db";
  TestPolicy lenient;
  lenient.Evaluate(200'000, {{"truth", 1'000'000}});
  lenient.Cache(60);
  Client pleased(lenient.policy(), options);
  BOOST_TEST(Story(Ask(pleased)) == "opus none");
  BOOST_REQUIRE(pleased.Flush().ok());
  TestPolicy strict;
  strict.Evaluate(700'000, {{"truth", 1'000'000}});
  strict.Cache(60);
  Client choosy(strict.policy(), options);
  BOOST_TEST(Story(Ask(choosy)) == "opus low-quality, gpt none");
  const Result<Reply> again = Ask(pleased);
  BOOST_REQUIRE(again.ok());
  BOOST_TEST((again->cache == CacheUse::kHit));
}

BOOST_AUTO_TEST_CASE(a_judge_that_fails_or_talks_lets_the_answer_stand) {
  servers.Script("opus-id", {{.text = kBad}});
  for (const FakeReply& judge :
       {FakeReply{.text = "lovely"}, FakeReply{.kind = FakeKind::kQuota}}) {
    servers.Script("llama-id", {judge});
    TestPolicy policy;
    policy.Evaluate(700'000, {{"tone", 1'000'000}});
    policy.JudgeByLlama("Is it friendly?");
    Client client(policy.policy(), Options());
    const Result<Reply> reply = Ask(client);
    BOOST_REQUIRE_MESSAGE(reply.ok(), Story(reply));
    BOOST_TEST(Story(reply) == "opus none");
    BOOST_TEST(reply->attempts[0].quality_ppm == -1);
    BOOST_TEST(client.quality_stats().judge_failures == 1U);
    BOOST_TEST(client.quality_stats().unscored == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_call_can_be_cancelled_while_its_judge_thinks) {
  servers.Script("opus-id", {{.text = kGood}});
  servers.Script("llama-id", {{.kind = FakeKind::kHang}});
  TestPolicy policy;
  policy.route().attempt_ms = 20'000;
  policy.route().deadline_ms = 60'000;
  policy.provider(2).total_ms = 60'000;
  policy.Evaluate(700'000, {{"tone", 1'000'000}});
  policy.JudgeByLlama("Is it friendly?");
  Client client(policy.policy(), Options());
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  Event last;
  const std::uint64_t id =
      client.Start(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](Event event) {
        const std::lock_guard lock(mutex);
        if (event.kind != Event::Kind::kReply && event.kind != Event::Kind::kError) return;
        last = std::move(event);
        ended = true;
        changed.notify_all();
      });
  while (servers.call_count("llama-id") == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  client.Cancel(id);
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ended; });
  BOOST_REQUIRE((last.kind == Event::Kind::kError));
  BOOST_TEST((last.error.error_class == ErrorClass::kCancelled));
}

BOOST_AUTO_TEST_CASE(a_model_whose_answers_stay_low_is_left_alone_for_a_while) {
  servers.Script("opus-id", {{.text = kBad}});
  servers.Script("gpt-id", {{.text = kGood}});
  TestPolicy policy;
  policy.Evaluate(200'000, {{"truth", 1'000'000}}, 10, 600'000);  // no answer is low by itself
  ClientOptions options = Scoring(Options());
  options.quality.rest_ms = 300;
  Client client(policy.policy(), options);
  for (int i = 0; i < 10; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
  HealthReport health = client.Health();
  BOOST_TEST(!health.models[0].up);
  BOOST_REQUIRE_EQUAL(health.models[0].down.size(), 1U);
  BOOST_TEST((health.models[0].down[0] == DownReason::kQuality));
  BOOST_TEST(health.models[0].quality_ppm.value() == 250'000);
  const Result<Reply> reply = Ask(client);
  BOOST_TEST(Story(reply) == "gpt none");
  BOOST_TEST(reply->skipped == "opus:quality");
  for (int i = 0; i < 500 && !client.Health().models[0].up; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_TEST(Story(Ask(client)) == "opus none");  // and its window begins anew
}

BOOST_AUTO_TEST_CASE(what_users_say_is_kept_by_the_call_s_id) {
  const ScratchFolder folder;
  TestPolicy policy;
  ClientOptions options = Options();
  options.store = folder / "m.db";
  Client client(policy.policy(), options);
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(client.GiveFeedback(reply->call_id, 0.25, "too short"));
  BOOST_TEST(!client.GiveFeedback(reply->call_id, 1.25));
  BOOST_REQUIRE(client.Flush().ok());
  auto reader = StoreReader::Open(folder / "m.db");
  BOOST_REQUIRE(reader.ok());
  std::vector<Feedback> said;
  BOOST_REQUIRE(
      reader->ForEachFeedback(0, INT64_MAX, [&](const Feedback& one) { said.push_back(one); }));
  BOOST_REQUIRE_EQUAL(said.size(), 1U);
  BOOST_TEST(said[0].call_id == reply->call_id);
  BOOST_TEST(said[0].score_ppm == 250'000);
  BOOST_TEST(said[0].note == "too short");

  Client unrecorded(policy.policy(), Options());
  BOOST_TEST(!unrecorded.GiveFeedback(reply->call_id, 0.5));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
