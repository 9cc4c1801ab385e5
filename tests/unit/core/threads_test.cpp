// Decisions beside a control loop: every one of them is a decision of some state that was
// published.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "mlp/decide.hpp"
#include "tests/support/sample_tables.hpp"

namespace mlp {
namespace {

std::string Names(const Tables& tables, const Decision& decision) {
  std::string text;
  for (const Candidate& candidate : decision.list()) {
    text += tables.models[candidate.model].name;
    text += ' ';
  }
  return text;
}

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(deciding_while_the_state_flips) {
  const Tables& tables = test::SampleTables();
  LiveState live(tables);
  live.set_share_ppm(0, 0);
  // What the request may see: each of sonnet, mini's condition, local's root, canary on or off on
  // its own.
  std::set<std::string> possible;
  test::SampleRequest sequential;
  sequential.task = 1;
  for (unsigned bits = 0; bits < 16; ++bits) {
    LiveState fixed(tables);
    fixed.set_model_up(test::kSonnet, (bits & 1) != 0);
    fixed.set_condition(0, (bits & 2) != 0);
    fixed.set_root((bits & 4) != 0 ? 1 : 0);
    fixed.set_share_ppm(0, (bits & 8) != 0 ? 1'000'000 : 0);
    possible.insert(Names(tables, Decide(tables, fixed, sequential.View())));
  }

  constexpr int kDecisions = 40'000;
  std::atomic<int> running{4};
  std::vector<std::set<std::string>> seen(4);
  std::vector<std::thread> workers;
  for (std::size_t worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&, worker] {
      test::SampleRequest request;
      request.task = 1;
      for (int i = 0; i < kDecisions; ++i) {
        seen[worker].insert(Names(tables, Decide(tables, live, request.View())));
      }
      --running;
    });
  }
  unsigned step = 0;
  for (; running.load() > 0; ++step) {
    live.set_model_up(test::kSonnet, (step & 1) != 0);
    live.set_condition(0, (step & 2) != 0);
    live.set_root((step & 4) != 0 ? 1 : 0);
    live.set_share_ppm(0, (step & 8) != 0 ? 1'000'000 : 0);
  }
  for (std::thread& worker : workers) worker.join();
  for (const std::set<std::string>& names : seen) {
    for (const std::string& name : names) BOOST_TEST(possible.count(name) == 1U, name);
  }
  BOOST_TEST(step > 0U);
}

BOOST_AUTO_TEST_CASE(bits_of_one_word_do_not_disturb_each_other) {
  const std::vector<Model> models(64);
  Tables tables{};
  tables.models = models;
  LiveState live(tables);
  std::vector<std::thread> workers;
  for (std::uint16_t worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&live, worker] {
      for (int i = 0; i < 20'001; ++i) {
        for (std::uint16_t model = worker; model < 64;
             model = static_cast<std::uint16_t>(model + 4)) {
          live.set_model_up(model, i % 2 != 0);
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (std::uint16_t model = 0; model < 64; ++model) BOOST_TEST(!live.model_up(model));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
