// Diff on policies written by hand: one rule of the reference each.
#include <string>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "compiler/diff/diff.hpp"
#include "compiler/diff/render.hpp"
#include "tests/property/compiled.hpp"

namespace mlp::compiler {
namespace {

/// A policy with two providers, four models, a request and what else is given.
std::string Policy(const std::string& rest, const std::string& request = {}) {
  std::string text = R"(language 1
policy p {
  version "1.0.0"
  stage   development
  valid   2026-11-21 .. 2027-11-21
}
provider one { protocol anthropic; endpoint us, eu "https://one.example" }
provider two { protocol openai; endpoint us "https://two.example" }
)";
  const auto model = [&](const char* name, const char* provider, const char* more) {
    text += fmt::format(
        "model {} {{\n  provider {}\n  pin exact \"{}-1\"\n  can text-input, text-output\n  "
        "{}\n}}\n",
        name, provider, name, more);
  };
  model("a", "one", "context 200K, output 16K; price input $1/M, output $2/M");
  model("b", "two", "context 200K, output 16K; price input $1/M, output $2/M");
  model("c", "one", "context 1M, output 16K; price input $3/M, output $9/M");
  model("d", "two", "context 1M, output 16K; price input $1/M, output $1/M; retires 2027-03-01");
  text += request.empty() ? "request {\n  tier one of free, pro\n  user key\n"
                            "  input tokens up to 400K\n  output tokens up to 8K\n}\n"
                          : request;
  return text + rest;
}

DiffResult Between(const std::string& older, const std::string& newer,
                   const DiffOptions& options = {}) {
  const auto before = oracle::CompileText("old", older);
  const auto after = oracle::CompileText("new", newer);
  BOOST_TEST_REQUIRE(before->tables.has_value(), before->errors() + older);
  BOOST_TEST_REQUIRE(after->tables.has_value(), after->errors() + newer);
  Diagnostics diagnostics;
  auto result = Diff({before->model, before->tables->view(), before->sources},
                     {after->model, after->tables->view(), after->sources}, options, diagnostics);
  BOOST_TEST_REQUIRE(result.has_value());
  return *std::move(result);
}

/// `class when` of the only region.
std::string Only(const DiffResult& result) {
  BOOST_TEST_REQUIRE(result.regions.size() == 1U, RenderText(result, {"old", "new"}));
  const DiffRegion& region = result.regions.front();
  return fmt::format("{} {}", NameOf(region.change.change), region.when);
}

BOOST_AUTO_TEST_SUITE(diff)

BOOST_AUTO_TEST_CASE(limits) {
  const std::string older = Policy("route r otherwise { try c; deadline 60s }\n");
  for (const auto& [rest, words] : {
           std::pair("route r otherwise { try c; deadline 30s }\n", "deadline 1m -> 30s"),
           std::pair("route r otherwise { try c; deadline 60s; cache 1h }\n", "cache none -> 1h"),
           std::pair("route r otherwise { try c; deadline 60s; on timeout -> stop }\n",
                     "on none -> timeout -> stop"),
           std::pair("route r otherwise { try c; deadline 60s; cost at most $5 }\n",
                     "cost of c none -> $5.00"),
       }) {
    BOOST_TEST_CONTEXT(rest) {
      const DiffResult result = Between(older, Policy(rest));
      BOOST_TEST(Only(result) == "limits-changed every request");
      BOOST_TEST(!result.breaking());
      BOOST_TEST((result.bump == Bump::kMinor));
      const FieldChange& field = result.regions.front().change.limits.front();
      const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
      BOOST_TEST(fmt::format("{} {} -> {}", field.name, shown(field.before), shown(field.after)) ==
                 words);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cap_matters_where_it_binds) {
  const DiffResult result = Between(Policy("route r otherwise { try c }\n"),
                                    Policy("route r otherwise { cap output 1K; try c }\n"));
  BOOST_TEST(Only(result) == "limits-changed output > 1K");
}

BOOST_AUTO_TEST_CASE(prices) {
  const std::string rest = "route r otherwise { try a }\n";
  std::string dearer = Policy(rest);
  dearer.replace(dearer.find("output $2/M"), 11, "output $3/M");
  const DiffResult raised = Between(Policy(rest), dearer);
  BOOST_TEST(raised.breaking());
  BOOST_TEST(Only(raised).find("cost-raised output > 0") == 0U, Only(raised));
  BOOST_TEST(*raised.regions.front().rise_micro == 500'000);
  BOOST_TEST(raised.declarations.size() == 1U);
  BOOST_TEST(Only(Between(dearer, Policy(rest))).find("cost-lowered") == 0U);
  DiffOptions tolerant;
  tolerant.tolerance_micro = 500'000;
  BOOST_TEST(Between(Policy(rest), dearer, tolerant).regions.empty());
  // Both: every request that has a token, as one slanted condition.
  dearer.replace(dearer.find("input $1/M"), 10, "input $2/M");
  const DiffResult both = Between(Policy(rest), dearer);
  BOOST_TEST(Only(both).find("input + output > 0") != std::string::npos, Only(both));
}

BOOST_AUTO_TEST_CASE(a_call_costs_no_more_than_its_bound) {
  // At least $1 a million tokens: past half a million the bound is reached, before and after.
  const std::string rest =
      "route r otherwise { try a; retry 0 times; cost at most $0.10 per call }\n";
  std::string dearer = Policy(rest);
  dearer.replace(dearer.find("input $1/M"), 10, "input $2/M");
  const DiffResult raised = Between(Policy(rest), dearer);
  BOOST_TEST(raised.breaking());
  BOOST_TEST(Only(raised) == "cost-raised input > 0 and input + 2*output <= 99999");
  BOOST_TEST(Only(Between(dearer, Policy(rest))) ==
             "cost-lowered input > 0 and input + 2*output <= 99999");
}

BOOST_AUTO_TEST_CASE(a_hedge_is_an_attempt_more_at_the_dearest) {
  // One gets dearer by $2, the other cheaper by $3: with a hedge at the dearer one it counts twice.
  for (const auto& [hedge, expected] : {std::pair("", "cost-lowered input > 0"),
                                        std::pair("; hedge after p95 at most 2%", "cost-raised")}) {
    const std::string rest = fmt::format(
        "route r otherwise {{ try a, b; retry 0 times; attempts at most 3{} }}\n", hedge);
    std::string older = Policy(rest);
    older.replace(older.find("input $1/M"), 10, "input $6/M");
    std::string newer = older;
    newer.replace(newer.find("input $6/M"), 10, "input $8/M");
    const std::size_t other = older.find("input $1/M");
    older.replace(other, 10, "input $5/M");
    newer.replace(other, 10, "input $2/M");
    BOOST_TEST(Only(Between(older, newer)).find(expected) == 0U, Only(Between(older, newer)));
  }
}

BOOST_AUTO_TEST_CASE(what_has_too_many_courses_may_cost_more) {
  // Sixteen candidates, each with two prices of which neither is always the dearer.
  std::string all;
  std::string names;
  for (int i = 0; i < 16; ++i) {
    all += fmt::format(
        "model m{} {{\n  provider one\n  pin exact \"m{}\"\n  can text-input, text-output\n"
        "  price input ${}/M, output ${}/M\n"
        "  price daily 01:00 .. 04:00 input ${}/M, output $5/M\n}}\n",
        i, i, 2 + i, 90 - i, 40 + 2 * i);
    names += fmt::format("{}m{}", i == 0 ? "" : ", ", i);
  }
  const std::string rest =
      all + "route r otherwise { try " + names + "; retry 2 times; attempts at most 30 }\n";
  BOOST_TEST(Between(Policy(rest), Policy(rest)).same());
  std::string dearer = Policy(rest);
  dearer.replace(dearer.find("input $40/M"), 11, "input $41/M");
  const DiffResult raised = Between(Policy(rest), dearer);
  BOOST_TEST(Only(raised) == "cost-raised every request");
  BOOST_TEST(raised.breaking());
  const std::string text = RenderText(raised, {"old", "new"});
  BOOST_TEST(text.find("a call has too many courses to compare exactly") != std::string::npos,
             text);
  BOOST_TEST(RenderJson(raised).find("\"costExact\": false") != std::string::npos);
  const DiffResult lowered = Between(dearer, Policy(rest));
  BOOST_TEST(Only(lowered) == "cost-lowered every request");
  BOOST_TEST(!lowered.breaking());
}

BOOST_AUTO_TEST_CASE(rollouts_show_in_the_canary_arm) {
  const std::string rest = "route r otherwise { try c }\n";
  const DiffResult result =
      Between(Policy(rest), Policy(rest + "rollout move-on {\n  move c -> d\n  by user\n"
                                          "  ramp 10% for at least 30m\n  then 100%\n"
                                          "  rollback when failures > baseline\n}\n"));
  BOOST_TEST(Only(result) == "rerouted every request, until 2027-03-01");
  const DiffRegion& region = result.regions.front();
  BOOST_TEST((region.change.canary == std::vector<std::string>{"move-on"}));
  BOOST_TEST(region.older.candidates.size() == 1U);
  BOOST_TEST(region.newer.candidates.size() == 2U);
  BOOST_TEST(region.newer.candidates.front().model == "d");
}

BOOST_AUTO_TEST_CASE(the_request_of_both) {
  const std::string rest = "route r otherwise { try c }\n";
  const auto request = [](const std::string& lines) { return "request {\n" + lines + "}\n"; };
  const std::string older =
      Policy(rest, request("  tier one of free, pro\n  input tokens up to 400K\n"));
  // A value more is served, a value less is not.
  const std::string wider =
      Policy(rest, request("  tier one of free, team, pro\n  input tokens up to 400K\n"));
  const DiffResult more = Between(older, wider);
  BOOST_TEST(Only(more) == "newly-served tier == team");
  BOOST_TEST(!more.breaking());
  const DiffResult less = Between(wider, older);
  BOOST_TEST(Only(less) == "newly-unserved tier == team");
  BOOST_TEST((less.bump == Bump::kMajor));
  BOOST_TEST(Only(Between(older, Policy(rest, request("  tier one of free, pro\n"
                                                      "  input tokens up to 500K\n")))) ==
             "newly-served input > 400K");
  // An attribute more decides nothing by itself, but callers have to give it.
  const DiffResult given =
      Between(older, Policy(rest, request("  tier one of free, pro\n  input tokens up to 400K\n"
                                          "  place one of us, eu\n")));
  BOOST_TEST(given.regions.empty());
  BOOST_TEST(given.breaking());
  BOOST_TEST((given.bump == Bump::kMajor));
  const DiffResult left_out =
      Between(older, Policy(rest, request("  tier one of free, pro\n  input tokens up to 400K\n"
                                          "  place one of us, eu default us\n")));
  BOOST_TEST((left_out.bump == Bump::kPatch));
  // Another type is another attribute.
  const DiffResult retyped = Between(
      Policy("route f when tier == free { refuse \"no\" }\n" + rest,
             request("  tier one of free, pro\n")),
      Policy("route f when tier == \"free\" { refuse \"no\" }\n" + rest, request("  tier text\n")));
  BOOST_TEST(retyped.breaking());
  BOOST_TEST(retyped.regions.size() == 2U, RenderText(retyped, {"old", "new"}));
}

BOOST_AUTO_TEST_CASE(assertions_are_promises) {
  const std::string rest = "route r otherwise { try c }\n";
  const std::string claim = "assert \"cheap\" when tier == free never price.output > $10/M\n";
  const DiffResult removed = Between(Policy(rest + claim), Policy(rest));
  BOOST_TEST(removed.regions.empty());
  BOOST_TEST((removed.bump == Bump::kMajor));
  BOOST_TEST((Between(Policy(rest), Policy(rest + claim)).bump == Bump::kPatch));
  const std::string wider = "assert \"cheap\" never price.output > $10/M\n";
  BOOST_TEST((Between(Policy(rest + claim), Policy(rest + wider)).bump == Bump::kPatch));
  BOOST_TEST((Between(Policy(rest + wider), Policy(rest + claim)).bump == Bump::kMajor));
}

BOOST_AUTO_TEST_CASE(a_changed_assertion_says_whether_it_is_looser) {
  const std::string route = "route r otherwise { try c }\n";
  struct Row {
    const char* before;
    const char* after;
    const char* words;
  };
  for (const Row& row : {
           // Of which requests.
           Row{"when tier == free always attempt cost <= $9",
               "when tier in (free, pro) always "
               "attempt cost <= $9",
               "it is no looser"},
           Row{"when tier == free always attempt cost <= $9", "always attempt cost <= $9",
               "it is no looser"},
           Row{"always attempt cost <= $9", "when tier == free always attempt cost <= $9",
               "it is looser"},
           Row{"when input <= 10K survives provider", "when input < 10K survives provider",
               "it is looser"},
           Row{"when input <= 10K and tier == free survives provider",
               "when not (tier == pro or input > 10K) and input <= 20K survives provider",
               "it is no looser"},
           // What of them.
           Row{"always attempt cost <= $9", "always attempt cost <= $8", "it is no looser"},
           Row{"always attempt cost <= $8", "always attempt cost <= $9", "it is looser"},
           Row{"never price.output > $10/M", "never price.output > $9/M", "it is no looser"},
           Row{"never price.output > $9/M", "never price.output > $10/M", "it is looser"},
           Row{"always context >= 100K", "always context >= 200K", "it is no looser"},
           Row{"always context >= 200K", "always context > 200K", "it may be looser"},
           Row{"always attempt cost <= $9", "always chain cost <= $9", "it may be looser"},
           Row{"survives provider", "survives model", "it may be looser"},
           // Both.
           Row{"when tier == free always attempt cost <= $9", "always attempt cost <= $10",
               "it is looser"},
       }) {
    const auto claim = [&](const char* what) {
      return Policy(fmt::format("{}assert \"promise\" {}\n", route, what));
    };
    BOOST_TEST_CONTEXT(row.before << " -> " << row.after) {
      const DiffResult result = Between(claim(row.before), claim(row.after));
      BOOST_TEST_REQUIRE(result.declarations.size() == 1U);
      const DeclarationChange& change = result.declarations.front();
      BOOST_TEST(change.breaking + change.note == row.words);
      BOOST_TEST(result.breaking() == change.note.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_refused_are_told_is_listed) {
  const auto refusing = [](const std::string& name, const std::string& text) {
    return Policy("route " + name + " when tier == free { refuse \"" + text +
                  "\" }\nroute r otherwise { try c }\n");
  };
  const DiffResult told = Between(refusing("closed", "no"), refusing("closed", "not yet"));
  BOOST_TEST(told.regions.empty());
  BOOST_TEST((told.bump == Bump::kPatch));
  BOOST_TEST(
      RenderText(told, {"old", "new"}).find("~ route closed: refuse \"no\" -> \"not yet\"") !=
      std::string::npos);
  BOOST_TEST(Between(refusing("closed", "no"), refusing("shut", "no")).same());
  BOOST_TEST(Between(refusing("closed", "no"), refusing("shut", "not yet")).declarations.size() ==
             1U);
}

BOOST_AUTO_TEST_CASE(versions) {
  DiffResult result;
  const auto under = [&](const char* older, const char* newer, Bump bump) {
    result.older_version = older;
    result.newer_version = newer;
    result.bump = bump;
    return result.under_versioned();
  };
  BOOST_TEST(!under("1.2.3", "1.2.3", Bump::kNone));
  BOOST_TEST(under("1.2.3", "1.2.3", Bump::kPatch));
  BOOST_TEST(!under("1.2.3", "1.2.4", Bump::kPatch));
  BOOST_TEST(under("1.2.3", "1.2.4", Bump::kMinor));
  BOOST_TEST(!under("1.2.3", "1.3.0", Bump::kMinor));
  BOOST_TEST(under("1.2.3", "1.3.0", Bump::kMajor));
  BOOST_TEST(!under("1.2.3", "2.0.0", Bump::kMajor));
  BOOST_TEST(under("2.0.0", "1.9.9", Bump::kPatch));
  BOOST_TEST(!under("0.2.3", "0.3.0", Bump::kMajor));
}

BOOST_AUTO_TEST_CASE(too_much_to_compare_is_said) {
  std::string rest;
  for (int i = 0; i < 40; ++i) {
    rest += fmt::format("route r{} when (input > {} and output < {}) or tier == free {{ try c }}\n",
                        i, 1'000 * i, 8'000 - 11 * i);
  }
  const auto policy = oracle::CompileText("old", Policy(rest + "route rest otherwise { try d }\n"));
  BOOST_TEST_REQUIRE(policy->tables.has_value(), policy->errors());
  const DiffSide side{policy->model, policy->tables->view(), policy->sources};
  DiffOptions options;
  for (const std::uint32_t nodes : {1U, 20U}) {
    Diagnostics diagnostics;
    options.budget.nodes = nodes;
    BOOST_TEST(!Diff(side, side, options, diagnostics).has_value());
    BOOST_TEST_REQUIRE(diagnostics.all().size() == 1U);
    BOOST_TEST((diagnostics.all().front().code == Code::k0803));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
