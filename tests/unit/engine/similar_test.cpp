// Answers to prompts that say nearly the same: what is compared, what is found, who pays, and what
// happens where no vector comes.
#include <chrono>
#include <cmath>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/core/split_mix.hpp"
#include "runtime/engine/cache/cache_key.hpp"
#include "runtime/engine/cache/similar_answers.hpp"
#include "runtime/engine/cache/similar_text.hpp"
#include "runtime/engine/cache/vector_index.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;

// For one part of every index below.
constexpr std::size_t kAmple = std::size_t{64} << 20;

std::vector<float> RandomUnit(SplitMix64& random, std::size_t dimension) {
  std::vector<float> vector(dimension);
  for (float& x : vector) x = static_cast<float>(random.Uniform() - 0.5);
  BOOST_REQUIRE(Normalize(vector));
  return vector;
}

float Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return static_cast<float>(sum);
}

struct SimilarFixture : EngineFixture {
  SimilarFixture() {
    policy.Cache(60);
    policy.CompareBy(800'000);
  }
  [[nodiscard]] static Prompt Ask(const std::string& text, const std::string& system = {}) {
    Prompt prompt;
    if (!system.empty()) prompt.messages.emplace_back("system", system);
    prompt.messages.emplace_back("user", text);
    return prompt;
  }
  static Result<Reply> Say(Client& client, const Prompt& prompt) {
    return client.Complete(TestPolicy::Request(), prompt);
  }
  static CacheUse UseOf(const Result<Reply>& reply) {
    BOOST_REQUIRE_MESSAGE(reply.ok(), Story(reply));
    return reply->cache;
  }
  static bool Is(const Result<Reply>& reply, CacheUse use) { return UseOf(reply) == use; }

  // Nine words of ten are shared: a cosine of 0.9.
  const std::string first = "how do I reset the password of my old account";
  const std::string near = "how do I reset the password of my new account";
  const std::string far = "which planets have rings and why";
  TestPolicy policy;
  ScratchFolder folder;
};

BOOST_FIXTURE_TEST_SUITE(similar, SimilarFixture)

BOOST_AUTO_TEST_CASE(a_prompt_that_says_nearly_the_same_gets_the_answer_and_pays_for_its_vector) {
  servers.Script("opus-id", {{.text = "by mail"}, {.text = "saturn"}});
  servers.Script("nomic-id", {{.usage = {.input = 1'000}}});
  ClientOptions options = Options();
  options.store = folder / "calls.db";
  Client client(policy.policy(), options);
  const Result<Reply> asked = Say(client, Ask(first));
  BOOST_TEST(Is(asked, CacheUse::kMiss));
  BOOST_TEST(asked->attempts.size() == 1U);
  const Result<Reply> found = Say(client, Ask(near));
  BOOST_TEST(Is(found, CacheUse::kSimilar));
  BOOST_TEST(found->text == "by mail");
  BOOST_TEST(found->attempts.empty());
  BOOST_TEST(found->cost.pico_usd == 1'000 * 1'000'000);
  BOOST_TEST(Is(Say(client, Ask(far)), CacheUse::kMiss));
  // An equal prompt needs no vector.
  BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kHit));
  BOOST_TEST(servers.call_count("opus-id") == 2U);
  BOOST_TEST(servers.call_count("nomic-id") == 3U);
  const CacheStats stats = client.cache_stats();
  BOOST_TEST(stats.similar == 1U);
  BOOST_TEST(stats.hits == 1U);
  BOOST_TEST(stats.saved_pico == 2 * asked->cost.pico_usd);

  BOOST_REQUIRE(client.Flush().ok());
  auto reader = StoreReader::Open(options.store);
  BOOST_REQUIRE(reader.ok());
  std::vector<CallRecord> calls;
  BOOST_REQUIRE(reader
                    ->ForEachCall(0, INT64_MAX,
                                  [&](const CallRecord& call) {
                                    calls.push_back(call);
                                    return true;
                                  })
                    .ok());
  BOOST_REQUIRE(calls.size() == 4U);
  BOOST_TEST((calls[1].cache == CacheUse::kSimilar));
  BOOST_TEST(calls[1].attempts.empty());
  BOOST_REQUIRE(calls[1].lookups.size() == 1U);
  const AttemptRecord& lookup = calls[1].lookups[0];
  BOOST_TEST((lookup.kind == AttemptKind::kVectors));
  BOOST_TEST(lookup.model == "nomic");
  BOOST_TEST(lookup.cost_pico == 1'000'000'000);
  BOOST_TEST(calls[1].cost_pico == 1'000'000'000);
  BOOST_TEST(calls[2].lookups.size() == 1U);
  BOOST_TEST(calls[2].attempts.size() == 1U);
  BOOST_TEST(calls[3].lookups.empty());
}

BOOST_AUTO_TEST_CASE(only_the_last_words_are_compared_and_all_else_must_be_equal) {
  Client client(policy.policy(), Options());
  BOOST_TEST(Is(Say(client, Ask(first, "be brief")), CacheUse::kMiss));
  BOOST_TEST(Is(Say(client, Ask(near, "be polite")), CacheUse::kMiss));
  Prompt schema = Ask(near, "be brief");
  schema.stop = {"."};
  BOOST_TEST(Is(Say(client, schema), CacheUse::kMiss));
  Prompt history = Ask(near, "be brief");
  history.messages.insert(history.messages.begin() + 1, Message("assistant", "hello"));
  BOOST_TEST(Is(Say(client, history), CacheUse::kMiss));
  BOOST_TEST(Is(Say(client, Ask(near, "be brief")), CacheUse::kSimilar));
}

BOOST_AUTO_TEST_CASE(what_is_no_text_or_too_long_is_not_compared) {
  policy.model(3).max_input = 100;
  Client client(policy.policy(), Options());
  Prompt image = Ask(first);
  image.messages[0].parts.push_back({PartKind::kImageUrl, "http://127.0.0.1/i.png", {}});
  BOOST_TEST(Is(Say(client, image), CacheUse::kMiss));
  Prompt tool = Ask(first);
  tool.messages[0].role = "tool";
  BOOST_TEST(Is(Say(client, tool), CacheUse::kMiss));
  BOOST_TEST(Is(Say(client, Ask(std::string(303, 'x'))), CacheUse::kMiss));
  BOOST_TEST(servers.call_count("nomic-id") == 0U);
  BOOST_TEST(Is(Say(client, Ask(std::string(302, 'x'))), CacheUse::kMiss));
  BOOST_TEST(servers.call_count("nomic-id") == 1U);
}

BOOST_AUTO_TEST_CASE(a_prompt_is_not_sent_for_its_vector_to_other_places_than_for_its_answer) {
  static constexpr std::string_view kEu[] = {"eu"};
  policy.endpoint(0).places = kEu;
  Client client(policy.policy(), Options());
  BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kMiss));
  BOOST_TEST(servers.call_count("nomic-id") == 0U);
  BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kHit));

  TestPolicy both;
  both.Cache(60);
  both.CompareBy(800'000);
  both.endpoint(0).places = kEu;
  both.endpoint(2).places = kEu;
  Client with_place(both.policy(), Options());
  BOOST_TEST(Is(Say(with_place, Ask(first)), CacheUse::kMiss));
  BOOST_TEST(Is(Say(with_place, Ask(near)), CacheUse::kSimilar));
}

BOOST_AUTO_TEST_CASE(a_provider_that_the_caller_leaves_out_makes_no_vectors) {
  Client client(policy.policy(), Options());
  BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kMiss));
  BOOST_TEST(servers.call_count("nomic-id") == 1U);
  const CallOptions without{.without = {"ollama"}};
  BOOST_TEST(Is(client.Complete(TestPolicy::Request(), Ask(near), without), CacheUse::kMiss));
  BOOST_TEST(servers.call_count("nomic-id") == 1U);
}

BOOST_AUTO_TEST_CASE(where_no_vector_comes_the_call_goes_on_without) {
  struct Case {
    FakeReply reply;
    const char* what;
  };
  const Case cases[] = {
      {{.kind = FakeKind::kServerError}, "an error"},
      {{.kind = FakeKind::kReset}, "a reset"},
      {{.kind = FakeKind::kNotJson}, "no JSON"},
      {{.kind = FakeKind::kMalformed}, "half a document"},
      {{.kind = FakeKind::kHang}, "silence"},
      {{.vector = std::vector<float>(63, 1.0F)}, "another length"},
      {{.vector = std::vector<float>(64, 0.0F)}, "no direction"},
      {{.kind = FakeKind::kRaw, .body = R"({"embeddings":[[1,"x"]]})"}, "words"},
      {{.kind = FakeKind::kRaw, .body = R"({"embeddings":[]})"}, "nothing"},
  };
  for (const Case& one : cases) {
    servers.Clear();
    servers.Script("nomic-id", {one.reply});
    TestPolicy fresh;
    fresh.Cache(60);
    fresh.CompareBy(800'000);
    Client client(fresh.policy(), Options());
    BOOST_TEST_CONTEXT(one.what) {
      BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kMiss));
      BOOST_TEST(Is(Say(client, Ask(near)), CacheUse::kMiss));
      BOOST_TEST(servers.call_count("opus-id") == 2U);
      BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kHit));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_vector_that_the_call_cannot_pay_for_is_not_asked_for) {
  Client client(policy.policy(), Options());
  CallOptions options;
  options.most_cost = Money{8'000'000'000};  // of which opus may take 7.5 and nomic 1
  const Result<Reply> reply = client.Complete(TestPolicy::Request(), Ask(first), options);
  BOOST_REQUIRE_MESSAGE(reply.ok(), Story(reply));
  BOOST_TEST(reply->model != "");
  // What the vector took is part of what the call may.
  BOOST_TEST(reply->cost.pico_usd <= 8'000'000'000);
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_same_gets_what_was_found_too) {
  servers.Script("nomic-id", {{}, {.first_byte_delay_us = 200'000}});
  Client client(policy.policy(), Options());
  BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kMiss));
  std::vector<CacheUse> uses(4);
  std::vector<std::thread> threads;
  for (CacheUse& use : uses) {
    threads.emplace_back([&] {
      const Result<Reply> reply = Say(client, Ask(near));
      if (reply.ok()) use = reply->cache;
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::multiset<CacheUse> seen(uses.begin(), uses.end());
  BOOST_TEST(seen.count(CacheUse::kMiss) == 0U);
  BOOST_TEST(seen.count(CacheUse::kNone) == 0U);
  BOOST_TEST(seen.count(CacheUse::kSimilar) >= 1U);
  BOOST_TEST(servers.call_count("opus-id") == 1U);
}

BOOST_AUTO_TEST_CASE(answers_that_are_gone_or_too_old_are_not_found) {
  TestPolicy short_lived;
  short_lived.Cache(1);
  short_lived.CompareBy(800'000);
  Client client(short_lived.policy(), Options());
  BOOST_TEST(Is(Say(client, Ask(first)), CacheUse::kMiss));
  std::this_thread::sleep_for(std::chrono::milliseconds(2'100));
  BOOST_TEST(Is(Say(client, Ask(near)), CacheUse::kMiss));
}

BOOST_AUTO_TEST_CASE(the_scope_leaves_out_the_last_words_alone) {
  Prompt prompt = Ask("one", "system");
  WireCall call;
  call.model_id = "m";
  call.prompt = &prompt;
  const Sha256Digest scope = ScopeKey("p", call, "v");
  BOOST_TEST((scope != CacheKey("p", call)));
  BOOST_TEST((scope != ScopeKey("q", call, "v")));
  BOOST_TEST((scope != ScopeKey("p", call, "w")));
  BOOST_TEST((scope != ScopeKey("p", call, "v", {"answers", 700'000})));
  prompt.messages[1].parts[0].data = "two";
  BOOST_TEST((scope == ScopeKey("p", call, "v")));
  prompt.messages[0].parts[0].data = "another";
  BOOST_TEST((scope != ScopeKey("p", call, "v")));
}

BOOST_AUTO_TEST_CASE(the_index_finds_what_comparing_all_finds) {
  // Exactly up to 256; above, nearly always the nearest, and never what is not there.
  constexpr std::uint64_t kSeed = 20'261'121;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  SplitMix64 random(kSeed);
  for (const std::size_t dimension : {std::size_t{3}, std::size_t{24}, std::size_t{65}}) {
    VectorIndex index(dimension, kAmple);
    std::vector<std::vector<float>> all;
    int asked = 0;
    int exact = 0;
    for (int i = 0; i < 3'000; ++i) {
      const std::vector<float> vector = RandomUnit(random, dimension);
      if (i % 10 == 0 && i > 0) {
        const auto found = index.Search(vector, 0);
        BOOST_REQUIRE(!found.empty());
        float best = -1;
        std::size_t nearest = 0;
        for (std::size_t k = 0; k < all.size(); ++k) {
          const float cosine = Cosine(vector, all[k]);
          if (cosine > best) nearest = k;
          best = std::max(best, cosine);
        }
        for (std::size_t k = 0; k < found.size(); ++k) {
          BOOST_TEST(std::abs(found[k].cosine - Cosine(vector, all[found[k].entry])) < 1e-5F);
          if (k > 0) BOOST_TEST(found[k].cosine <= found[k - 1].cosine);
        }
        if (all.size() <= 256) BOOST_TEST(found[0].entry == nearest);
        ++asked;
        exact += found[0].entry == nearest ? 1 : 0;
      }
      index.Add(vector, Sha256(std::to_string(i)), INT64_MAX);
      all.push_back(vector);
    }
    BOOST_TEST(index.size() == 3'000U);
    BOOST_TEST(exact * 100 >= asked * 85);
    BOOST_TEST_MESSAGE("dimension " << dimension << ": the nearest in " << exact << " of "
                                    << asked);
    index.Drop(2'999);
    BOOST_TEST(index.Search(all[2'999], 0)[0].entry != 2'999U);
    // The first 256 are a part of their own.
    index.DropOldest();
    BOOST_TEST(index.size() == 2'744U);
    BOOST_TEST(index.Search(all[2'500], 0)[0].cosine > 0.9999F);
    BOOST_TEST((index.key(2'500) == Sha256("2500")));
    BOOST_TEST(index.Search(all[100], 0)[0].entry >= 256U);
  }
}

BOOST_AUTO_TEST_CASE(copies_that_expired_hide_no_fresh_one) {
  SplitMix64 random(3);
  for (const int others : {0, 400}) {  // compared one by one, and in a graph
    VectorIndex index(64, kAmple);
    for (int i = 0; i < others; ++i) {
      index.Add(RandomUnit(random, 64), Sha256("other" + std::to_string(i)), INT64_MAX);
    }
    const std::vector<float> hot = RandomUnit(random, 64);
    for (int i = 0; i < 100; ++i) index.Add(hot, Sha256(std::to_string(i)), 100);
    index.Add(hot, Sha256("fresh"), INT64_MAX);
    const auto found = index.Search(hot, 200);
    BOOST_TEST_CONTEXT(others << " others") {
      BOOST_REQUIRE(!found.empty());
      BOOST_TEST((index.key(found[0].entry) == Sha256("fresh")));
      BOOST_TEST(found.size() == (others == 0 ? 1U : 8U));
      for (std::size_t i = 1; i < found.size(); ++i) BOOST_TEST(found[i].cosine < 0.9F);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_kept_again_is_kept_once) {
  SplitMix64 random(4);
  for (const int others : {0, 400}) {
    VectorIndex index(64, kAmple);
    for (int i = 0; i < others; ++i) {
      index.Add(RandomUnit(random, 64), Sha256("other" + std::to_string(i)), INT64_MAX);
    }
    const std::size_t before = index.size();
    const std::vector<float> one = RandomUnit(random, 64);
    const std::vector<float> another = RandomUnit(random, 64);
    for (std::int64_t now_s = 0; now_s < 1'000; now_s += 10) {
      const auto found = index.Search(one, now_s);
      BOOST_REQUIRE((found.empty() || found[0].cosine < 0.9F));  // it has expired
      index.Add(one, Sha256("key"), now_s + 5);
      BOOST_REQUIRE(index.Search(one, now_s)[0].cosine > 0.9999F);
    }
    BOOST_TEST(index.size() == before + 1);
    // The model makes another vector of it now.
    index.Add(another, Sha256("key"), INT64_MAX);
    BOOST_TEST(index.Search(another, 0)[0].cosine > 0.9999F);
    BOOST_TEST(index.Search(one, 0)[0].cosine < 0.9F);
  }
}

BOOST_AUTO_TEST_CASE(to_make_room_nothing_is_put_in_again) {
  SplitMix64 random(5);
  constexpr std::size_t kBytes = 12'000'000;
  constexpr std::size_t kDimension = 384;
  SimilarAnswers similar(kBytes);
  VectorIndex index(kDimension, kBytes / 2);
  std::vector<std::vector<float>> all;
  std::size_t most = 0;
  int made_room = 0;
  for (std::size_t i = 0; i < 5'000; ++i) {
    all.push_back(RandomUnit(random, kDimension));
    const std::size_t before = similar.count();
    similar.Put(Sha256("scope"), all.back(), Sha256(std::to_string(i)), INT64_MAX);
    BOOST_REQUIRE(similar.bytes() <= kBytes);
    made_room += similar.count() <= before ? 1 : 0;
    most = std::max(most, similar.count());
    BOOST_REQUIRE(similar.count() + 1 >= std::min<std::size_t>(i, most / 3));
    index.Add(all.back(), Sha256(std::to_string(i)), INT64_MAX);
    if (index.bytes() > kBytes) index.DropOldest();
  }
  BOOST_TEST(made_room >= 2);
  BOOST_TEST(similar.count() == index.size());
  // Every one that is left has the number that it got when it came.
  const std::size_t oldest = all.size() - index.size();
  int found = 0;
  for (std::size_t i = oldest; i < all.size(); i += 7) {
    BOOST_REQUIRE((index.key(i) == Sha256(std::to_string(i))));
    found += index.Search(all[i], 0).at(0).entry == i ? 1 : 0;
  }
  BOOST_TEST(found * 7 * 10 >= static_cast<int>(index.size()) * 8);
}

BOOST_AUTO_TEST_CASE(the_vectors_are_bounded_and_scopes_not_used_go_first) {
  SplitMix64 random(7);
  constexpr std::size_t kBytes = 100'000;
  SimilarAnswers similar(kBytes);
  const auto find = [&](const std::string& scope, const std::vector<float>& vector) {
    std::string found;
    similar.Find(Sha256(scope), vector, 0.999F, 0, [&](const Sha256Digest& key) {
      found = ToHex(key);
      return true;
    });
    return found;
  };
  const std::vector<float> a = RandomUnit(random, 64);
  similar.Put(Sha256("a"), a, Sha256("answer"), INT64_MAX);
  BOOST_TEST(find("a", a) == ToHex(Sha256("answer")));
  BOOST_TEST(find("b", a).empty());
  for (int i = 0; i < 5'000; ++i) {
    similar.Put(Sha256("b"), RandomUnit(random, 64), Sha256(std::to_string(i)), INT64_MAX);
    BOOST_REQUIRE(similar.bytes() <= kBytes);
  }
  BOOST_TEST(similar.count() > 50U);
  BOOST_TEST(find("a", a).empty());
  const std::vector<float> last = RandomUnit(random, 64);
  similar.Put(Sha256("b"), last, Sha256("last"), 100);
  BOOST_TEST(find("b", last) == ToHex(Sha256("last")));
  // One that is refused goes, and so does what has expired.
  std::size_t offered = 0;
  for (int i = 0; i < 2; ++i) {
    similar.Find(Sha256("b"), last, 0.999F, 0, [&](const Sha256Digest&) {
      ++offered;
      return false;
    });
  }
  BOOST_TEST(offered == 1U);
  similar.Put(Sha256("b"), last, Sha256("old"), 100);
  similar.Find(Sha256("b"), last, 0.999F, 100, [&](const Sha256Digest&) {
    ++offered;
    return true;
  });
  BOOST_TEST(offered == 1U);

  SimilarAnswers none(0);
  none.Put(Sha256("a"), a, Sha256("answer"), INT64_MAX);
  BOOST_TEST(none.count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
