// Claims about who else sees a prompt: what is proved has no counterexample among all requests, the
// inputs that a judge may see and the endpoints that may be asked for vectors, what is refuted has
// one; and what is said about it.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagram/build.hpp"
#include "compiler/prove/assertions.hpp"
#include "compiler/prove/claim_terms.hpp"
#include "mlp/decide.hpp"
#include "mlp/live.hpp"
#include "tests/property/compiled.hpp"
#include "tests/property/request_space.hpp"

namespace mlp::test {
namespace {

using compiler::Truth;
using compiler::TruthOf;

constexpr std::uint64_t kSeed = 20261121;
constexpr int kPolicies = 300;
constexpr const char* kModels[] = {"m0", "m1", "m2", "m3"};

/// One route as it is written; the test reads it back from here and not from the compiler.
struct RouteText {
  bool by_region = false;
  bool judged = false;
};

/// A claim with what it says of a model at an endpoint, and whether it binds onlookers.
struct Claim {
  std::string words;
  bool never = false;
  bool asks_streaming = false;  ///< `and can streaming`, which is about who answers
  std::function<Truth(const Tables&, const Candidate&, const std::string& place)> says;
  std::string tier;  ///< of `when`; empty: every request
  std::int64_t most_input = INT64_MAX;
};

class Trial {
 public:
  explicit Trial(std::uint64_t seed) : random_(seed) {
    Catalog();
    Routes();
    MakeClaim();
    compiled_ = oracle::CompileText("p", text_);
    BOOST_REQUIRE_MESSAGE(compiled_->tables.has_value(), text_ + compiled_->errors());
    facts_ = oracle::ReadFacts(compiled_->program, compiled_->sources);
  }

  void Run(int& refuted, int& by_judge, int& by_vectors) {
    compiler::Diagnostics found;
    compiler::Diagram diagram = compiler::BuildDiagram(compiled_->model, {}, found);
    found.all().clear();
    compiler::ProveAssertions(compiled_->model, diagram, found);
    const compiler::Diagnostic* finding = nullptr;
    for (const compiler::Diagnostic& one : found.all()) {
      if (one.code == compiler::Code::k0407) finding = &one;
      BOOST_TEST((one.code != compiler::Code::k0802), one.message);
    }
    const std::optional<std::string> example = Brute();
    BOOST_TEST((finding != nullptr) == example.has_value(),
               (finding != nullptr ? "refuted: " + finding->message
                                   : "proved, but " + example.value_or(""))
                   << "\n"
                   << text_);
    if (finding == nullptr) return;
    ++refuted;
    by_judge += finding->message.find("may judge answers to") != std::string::npos ? 1 : 0;
    by_vectors += finding->message.find("may make vectors of") != std::string::npos ? 1 : 0;
    BOOST_REQUIRE(finding->witness.has_value());
    for (const auto& [name, value] : *finding->witness) {
      if (name == "tier" && !claim_.tier.empty()) BOOST_TEST(value == claim_.tier, text_);
      if (name == "input") BOOST_TEST(std::stoll(value) <= claim_.most_input, text_);
    }
  }

 private:
  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(int percent) { return Draw(1, 100) <= percent; }
  std::string Pick(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(Draw(0, static_cast<int>(words.size()) - 1))];
  }

  void Catalog() {
    text_ = R"(language 1
policy p { version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }
request {
  tier    one of free, pro
  region  one of us, eu
  input   tokens up to 5
  output  tokens up to 1
  asks    streaming
}
provider both { protocol openai; endpoint us "https://a.example"; endpoint eu "https://b.example" }
provider home { protocol ollama; endpoint eu "https://c.example" }
provider wide { protocol google; endpoint us, eu "https://d.example" }
)";
    const auto provider = [&] { return Pick({"both", "home", "wide"}); };
    for (const char* name : kModels) {
      text_ += fmt::format(
          "model {} {{ provider {}; pin exact \"{}\"; {}can text-output{}; price input $1/M, "
          "output $1/M }}\n",
          name, provider(), name, Chance(40) ? fmt::format("context {}; ", Draw(3, 6)) : "",
          Chance(50) ? ", streaming" : "");
    }
    text_ += fmt::format(
        "model vec {{ provider {}; pin exact \"v\"; kind embedding; dimension 8; can embeddings; "
        "price input $1/M }}\n",
        provider());
    text_ += "evaluator good { judge r1 \"good?\" }\n";
  }

  void Routes() {
    for (int i = 0; i < 3; ++i) {
      RouteText route{Chance(50), Chance(60)};
      const std::string when =
          i == 2 ? "otherwise"
                 : "when " + Pick({"tier == free", "region == eu", "input > 2", "tier == pro",
                                   "asks has streaming", "input <= 3 and tier == free"});
      text_ += fmt::format("route r{} {} {{ try {}; else {}", i, when, kModels[Draw(0, 3)],
                           kModels[Draw(0, 3)]);
      if (route.by_region) text_ += "; place request.region";
      if (route.judged) text_ += "; quality at least 0.5 by good";
      if (Chance(50)) {
        text_ += "; cache 1h similar 0.9 by vec";
        if (Chance(40)) text_ += " when " + Pick({"tier == free", "input <= 3", "region == us"});
      }
      text_ += " }\n";
      routes_.push_back(route);
    }
  }

  void MakeClaim() {
    claim_.never = Chance(50);
    switch (Draw(0, 2)) {
      case 0:
        claim_.words = "place == eu";
        claim_.says = [](const Tables&, const Candidate&, const std::string& place) {
          return place.empty() ? Truth::kUnknown : TruthOf(place == "eu");
        };
        break;
      case 1:
        claim_.words = "provider == home";
        claim_.says = [](const Tables& tables, const Candidate& one, const std::string&) {
          return TruthOf(tables.providers[tables.models[one.model].provider].name == "home");
        };
        break;
      default:
        claim_.words = "model in (m2, vec)";
        claim_.says = [](const Tables& tables, const Candidate& one, const std::string&) {
          const std::string_view name = tables.models[one.model].name;
          return TruthOf(name == "m2" || name == "vec");
        };
    }
    if (Chance(30)) {
      claim_.asks_streaming = true;
      claim_.words += claim_.never ? " and can streaming" : " or can streaming";
    }
    if (Chance(60)) claim_.tier = Pick({"free", "pro"});
    if (Chance(30)) claim_.most_input = Draw(0, 4);
    std::vector<std::string> when;
    if (!claim_.tier.empty()) when.push_back("tier == " + claim_.tier);
    if (claim_.most_input != INT64_MAX)
      when.push_back(fmt::format("input <= {}", claim_.most_input));
    text_ += fmt::format("assert \"a\"{}{} {} {}\n", when.empty() ? "" : " when ",
                         fmt::join(when, " and "), claim_.never ? "never" : "always", claim_.words);
  }

  [[nodiscard]] const Tables& tables() const { return compiled_->tables->view(); }

  [[nodiscard]] bool IsAbout(const oracle::Request& request) const {
    const bool tier = claim_.tier.empty() || request[facts_.Find("tier")].text == claim_.tier;
    return tier && request[facts_.Find("input")].number / 1'000'000 <= claim_.most_input;
  }

  /// Where the endpoint answers for sure; empty where that is not known.
  [[nodiscard]] std::string PlaceOf(const Candidate& one, const RouteText& route,
                                    const oracle::Request& request) const {
    if (route.by_region) return request[facts_.Find("region")].text;
    const auto places = tables().endpoints[one.endpoint].places;
    return places.size() == 1 ? std::string(places[0]) : std::string();
  }

  [[nodiscard]] bool Kept(const Candidate& one, bool onlooker, const std::string& place) const {
    const Truth wanted = claim_.never ? Truth::kNo : Truth::kYes;
    const Truth truth = claim_.says(tables(), one, place);
    if (!claim_.asks_streaming) return truth == wanted;
    // `never X and streaming`, `always X or streaming`: what is said of streaming may save it.
    if (onlooker) return true;
    const std::uint64_t bit = compiled_->model.attributes[compiled_->model.asks].members;
    const Truth can = TruthOf((tables().models[one.model].capabilities & bit) == bit);
    return (claim_.never ? std::min(truth, can) : std::max(truth, can)) == wanted;
  }

  /// Who is wrong in a decision: a candidate, or the endpoint that is asked for its vectors.
  [[nodiscard]] std::optional<std::string> Wrong(const Decision& decision,
                                                 const oracle::Request& request,
                                                 bool onlooker) const {
    const RouteText& route = routes_[decision.route];
    const RoutePlan& plan = tables().routes[decision.route];
    for (const Candidate& one : decision.list()) {
      if (!Kept(one, onlooker, PlaceOf(one, route, request))) {
        return std::string(tables().models[one.model].name);
      }
      if (plan.vectors == kNone16 || decision.cache_ttl_s == 0) continue;
      if (const auto vectors = VectorsOf(one, plan.vectors)) {
        if (!Kept(*vectors, true, PlaceOf(*vectors, route, request))) return std::string("vec");
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Candidate> VectorsOf(const Candidate& first,
                                                   std::uint16_t model) const {
    const auto of = [](const Endpoint& endpoint) {
      return std::set<std::string_view>(endpoint.places.begin(), endpoint.places.end());
    };
    for (std::size_t i = 0; i < tables().endpoints.size(); ++i) {
      const Endpoint& one = tables().endpoints[i];
      if (one.provider != tables().models[model].provider) continue;
      if (of(one) != of(tables().endpoints[first.endpoint])) continue;
      Candidate made{};
      made.model = model;
      made.endpoint = static_cast<std::uint16_t>(i);
      return made;
    }
    return std::nullopt;
  }

  /// A request that the claim does not hold for.
  [[nodiscard]] std::optional<std::string> Brute() const {
    const oracle::RequestSpace space(facts_, {});
    const LiveState live(tables());
    const std::size_t input = facts_.Find("input");
    for (std::size_t i = 0; i < space.size(); ++i) {
      const oracle::Request request = space.at(i);
      if (!IsAbout(request)) continue;
      const Decision decision =
          Decide(tables(), live, oracle::Pack(tables(), facts_, request).view(), {});
      if (decision.outcome == DecisionOutcome::kNoRoute) continue;
      if (const auto wrong = Wrong(decision, request, false)) return Told(request, *wrong);
      if (!routes_[decision.route].judged) continue;
      oracle::Request asked = request;
      asked[facts_.Find("asks")].members.clear();
      for (std::int64_t tokens = request[input].number; tokens <= 5'000'000; tokens += 1'000'000) {
        asked[input].number = tokens;
        const Decision judged =
            DecideJudge(tables(), live, oracle::Pack(tables(), facts_, asked).view(), 0, {});
        if (const auto wrong = Wrong(judged, asked, true)) {
          return Told(request, "judge " + *wrong);
        }
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string Told(const oracle::Request& request, const std::string& who) const {
    return oracle::Describe(facts_, request, {}) + ": " + who;
  }

  std::mt19937_64 random_;
  std::string text_;
  std::vector<RouteText> routes_;
  Claim claim_;
  std::unique_ptr<oracle::Compiled> compiled_;
  oracle::Facts facts_;
};

BOOST_AUTO_TEST_SUITE(onlookers)

BOOST_AUTO_TEST_CASE(what_is_proved_holds_for_judges_and_vectors_and_what_is_refuted_does_not) {
  int refuted = 0;
  int by_judge = 0;
  int by_vectors = 0;
  for (int i = 0; i < kPolicies; ++i)
    Trial(kSeed + static_cast<std::uint64_t>(i)).Run(refuted, by_judge, by_vectors);
  BOOST_TEST_MESSAGE("seeds " << kSeed << " on: " << refuted << " of " << kPolicies << " refuted, "
                              << by_judge << " first by a judge, " << by_vectors << " by vectors");
  BOOST_TEST(refuted >= 100);
  BOOST_TEST(refuted <= kPolicies - 40);
  BOOST_TEST(by_judge >= 5);
  BOOST_TEST(by_vectors >= 5);
}

std::string Refuted(const std::string& rest) {
  const auto compiled = oracle::CompileText("p", R"(language 1
policy p { version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }
request { region one of us, eu; input tokens up to 100K; output tokens up to 4K }
provider here { protocol openai; endpoint eu "https://a.example"; endpoint us "https://b.example" }
provider there { protocol openai; endpoint us "https://c.example" }
model mine { provider here; pin exact "m"; context 200K; can text-output; price input $1/M, output $1/M }
model grader { provider there; pin exact "g"; context 200K; can text-output; price input $1/M, output $1/M }
model vectors { provider there; pin exact "v"; kind embedding; dimension 8; can embeddings; price input $1/M }
evaluator good { judge grading "good?" }
assert "stays" when region == eu always place == eu
)" + rest);
  BOOST_REQUIRE_MESSAGE(compiled->tables.has_value(), compiled->errors());
  compiler::Diagnostics found;
  compiler::Diagram diagram = compiler::BuildDiagram(compiled->model, {}, found);
  found.all().clear();
  compiler::ProveAssertions(compiled->model, diagram, found);
  std::string text;
  for (const compiler::Diagnostic& one : found.all()) {
    text += one.message + "\n";
    for (const compiler::Related& other : one.related) text += "  " + other.message + "\n";
    for (const std::string& help : one.help) text += "  help: " + help + "\n";
    if (!one.witness) continue;
    for (const auto& [name, value] : *one.witness) text += fmt::format("  {}={}", name, value);
    text += "\n";
  }
  return text;
}

BOOST_AUTO_TEST_CASE(a_judge_elsewhere_is_named_with_the_judged_request) {
  const std::string routes = R"(route main when region == eu {{ try mine; place request.region{} }}
route grading otherwise {{ try grader }}
)";
  BOOST_TEST(Refuted(fmt::format(fmt::runtime(routes), "")) == "");
  BOOST_TEST(Refuted(fmt::format(fmt::runtime(routes), "; quality at least 0.7 by good")) ==
             "assertion \"stays\" does not hold: `grader` may judge answers to requests with "
             "region == eu, and its place is us\n"
             "  `grader` is tried here\n"
             "  judges the answers of route `main`\n"
             "  help: let the judge's route try only what the claim allows, or let a route of its "
             "own judge these answers\n"
             "  region=eu  input=0  output=0\n");
}

BOOST_AUTO_TEST_CASE(vectors_follow_the_places_of_the_first_candidate) {
  // Here: an endpoint in the same place, there: none, so that nothing leaves.
  const std::string routes =
      R"(route main when region == eu {{ try mine; place eu; cache 1h similar 0.9 by {} }}
route grading otherwise {{ try grader }}
model near {{ provider here; pin exact "n"; kind embedding; dimension 8; can embeddings; price input $1/M }}
)";
  BOOST_TEST(Refuted(fmt::format(fmt::runtime(routes), "vectors")) == "");
  BOOST_TEST(Refuted(fmt::format(fmt::runtime(routes), "near")) == "");
  BOOST_TEST(Refuted(fmt::format(fmt::runtime(routes), "near") +
                     "assert \"not there\" never provider == here\n") != "");
  BOOST_TEST(
      Refuted("route grading when region == us { try mine }\n"
              "route main otherwise { try mine; place eu; cache 1h similar 0.9 by near }\n"
              "model near { provider third; pin exact \"n\"; kind embedding; dimension 8; can "
              "embeddings }\n"
              "provider third { protocol ollama; endpoint eu \"https://d.example\" }\n"
              "assert \"ours\" always provider == here\n") ==
      "assertion \"ours\" does not hold: `near` may make vectors of requests with region == eu, "
      "and its provider is `third`\n"
      "  `near` is named here\n"
      "  help: name an embedding model in `similar ... by` that the claim allows, or let equal "
      "prompts alone share an answer\n"
      "  region=eu  input=0  output=0\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
