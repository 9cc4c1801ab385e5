// What MLP0602 advises is enough, and not far from the least that is.
#include "compiler/prove/rollouts.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/unit/check/check_support.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(rollouts)

struct Spec {
  std::string traffic = "2000 users per hour";
  std::string dwell = "30m";
  std::string prove = "failures <= 1.5x baseline";
  std::string rollback = "failures > baseline";
  std::string hold = "3d";
  std::string detect = "2x";
};

std::string TextOf(const Spec& spec) {
  return PolicyWith(fmt::format(R"(route rest otherwise {{ try sonnet }}
rollout r {{
  move      sonnet -> gpt
  by        user
  traffic   {}, failures 2%
  ramp      1%, 10%, 25% for at least {}
  prove     50% {}
  then      100%
  rollback  when {}
  rollback  when success < 0.999x baseline
  undecided hold at most {} then rollback
  detect    {}
}}
)",
                                spec.traffic, spec.dwell, spec.prove, spec.rollback, spec.hold,
                                spec.detect));
}

/// The errors by the line of their criterion; every text of a Spec has the same lines.
std::map<std::ptrdiff_t, Diagnostic> Errors(const Spec& spec) {
  const std::string text = TextOf(spec);
  Checked checked;
  CheckFiles({{"main.mlp", text}, {"catalog.mlp", SmallCatalog()}}, checked);
  BOOST_REQUIRE_MESSAGE(!checked.diagnostics.has_errors(), checked.Short());
  Diagnostics found;
  FindEvidenceProblems(checked.model, found);
  std::map<std::ptrdiff_t, Diagnostic> errors;
  for (const Diagnostic& one : found.all()) {
    if (one.severity == Severity::kError)
      errors.emplace(std::count(text.begin(), text.begin() + one.span.begin, '\n'), one);
  }
  return errors;
}

/// What stands in backticks in `help: any one of these is enough: ...`.
std::vector<std::string> Ways(const Diagnostic& diagnostic) {
  std::vector<std::string> ways;
  for (const std::string& help : diagnostic.help) {
    if (help.find("enough") == std::string::npos) continue;
    for (std::size_t at = help.find('`'); at != std::string::npos; at = help.find('`', at)) {
      const std::size_t end = help.find('`', at + 1);
      ways.push_back(help.substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  return ways;
}

/// The statement that a way changes, and its words before the value.
struct Change {
  std::string Spec::*field;
  std::string value;
};
Change ChangeOf(const std::string& way) {
  const auto after = [&way](const std::string& words) { return way.substr(words.size()); };
  if (way.starts_with("traffic ")) return {&Spec::traffic, after("traffic ")};
  if (way.starts_with("detect ")) return {&Spec::detect, after("detect ")};
  if (way.starts_with("for at least ")) return {&Spec::dwell, after("for at least ")};
  if (way.starts_with("undecided hold at most "))
    return {&Spec::hold, after("undecided hold at most ")};
  return {&Spec::prove, way};
}

/// The value with its number halved; factors stay above 1x.
std::string Halved(const std::string& value) {
  const std::size_t begin = value.find_first_of("0123456789");
  std::size_t end = 0;
  const double number = std::stod(value.substr(begin), &end);
  const bool factor = value[begin + end] == 'x';
  const std::string half =
      factor ? fmt::format("{:.6f}", 1 + (number - 1) / 2) : fmt::format("{:.0f}", number / 2);
  return value.substr(0, begin) + half + value.substr(begin + end);
}

void FollowAdvice(const Spec& spec, int& followed) {
  for (const auto& [line, error] : Errors(spec)) {
    for (const std::string& way : Ways(error)) {
      const Change change = ChangeOf(way);
      Spec mended = spec;
      mended.*change.field = change.value;
      BOOST_TEST_CONTEXT(TextOf(spec) << "\n" << error.message << "\n" << way) {
        BOOST_TEST(!Errors(mended).contains(line));
        mended.*change.field = Halved(change.value);
        BOOST_TEST(Errors(mended).contains(line));
      }
      ++followed;
    }
  }
}

BOOST_AUTO_TEST_CASE(advice_is_enough_and_half_of_it_is_not) {
  int followed = 0;
  for (const char* traffic : {"20 users per hour", "301 users per day", "900 users per hour"}) {
    for (const char* dwell : {"1m", "7h"}) {
      for (const char* prove : {"failures <= 1.2x baseline", "failures <= 2.5%"}) {
        for (const char* rollback :
             {"failures > baseline", "failures > 1.5x baseline", "failures > 2.5%"}) {
          for (const char* detect : {"1.6x", "3x"})
            FollowAdvice({traffic, dwell, prove, rollback, "5h", detect}, followed);
        }
      }
    }
  }
  BOOST_TEST_MESSAGE(followed << " pieces of advice followed");
  BOOST_TEST(followed > 300);
}

// Values at the ends of what the language takes: an answer comes, whatever it is.
BOOST_AUTO_TEST_CASE(extreme_values_are_answered) {
  for (const char* traffic : {"1 users per day", "1000000000000 users per hour"}) {
    for (const char* time : {"0s", "365d"}) {
      for (const char* prove : {"failures <= 0.000001x baseline", "failures <= 1000x baseline",
                                "failures <= 0%", "failures <= 100%", "success >= 1000x baseline",
                                "success >= 0.000001x baseline", "success >= 100%"}) {
        for (const char* rollback : {"failures > 0.000001x baseline", "failures > 1000x baseline",
                                     "failures > 0%", "failures > 100%", "success < 0%"}) {
          for (const char* detect : {"1.000001x", "1000x"}) {
            for (const auto& [line, error] : Errors({traffic, time, prove, rollback, time, detect}))
              BOOST_TEST(error.message.find("nan") == std::string::npos, error.message);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_worked_example_is_sound) { BOOST_TEST(Errors(Spec{}).empty()); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
