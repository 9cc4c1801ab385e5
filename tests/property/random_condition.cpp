#include "tests/property/random_condition.hpp"

#include <fmt/format.h>

namespace mlp::oracle {

std::int64_t RandomCondition::Tokens(std::int64_t low, std::int64_t high) {
  return dice_.Draw(static_cast<int>(low), static_cast<int>(high)) * domain_.scale +
         (domain_.scale == 1 ? 0 : dice_.Draw(0, 99));
}

std::string RandomCondition::Order() {
  return dice_.Pick(std::array{"<", "<=", ">", ">=", "==", "!="});
}

/// The comparison, now and then written the other way round.
std::string RandomCondition::Compared(const std::string& left, const std::string& op,
                                      const std::string& right) {
  if (!dice_.Chance(15)) return fmt::format("{} {} {}", left, op, right);
  std::string mirrored = op;
  if (op.front() == '<') mirrored.front() = '>';
  if (op.front() == '>') mirrored.front() = '<';
  return fmt::format("{} {} {}", right, mirrored, left);
}

// ---------------------------------------------------------------- over the request

std::string RandomCondition::TextAtom(const std::string& name) {
  static constexpr std::array kLiterals = {"acme", "ac", "zoo"};
  switch (dice_.Draw(0, 3)) {
    case 0:
      return fmt::format("{} starts-with \"{}\"", name, dice_.Pick(std::array{"a", "ac", "z"}));
    case 1:
      return fmt::format("{} in (\"{}\", \"{}\")", name, dice_.Pick(kLiterals),
                         dice_.Pick(std::array{"acme-eu", "m"}));
    default:
      return Compared(name, dice_.Pick(std::array{"==", "!="}),
                      fmt::format("\"{}\"", dice_.Pick(kLiterals)));
  }
}

std::string RandomCondition::SetAtom(const std::string& name, std::string_view one,
                                     std::string_view other) {
  if (other.empty() || dice_.Chance(60))
    return fmt::format("{} has {}", name, dice_.Chance(50) || other.empty() ? one : other);
  return fmt::format("{} has ({}, {})", name, one, other);
}

std::string RandomCondition::TokensAtom(const std::string& name, std::int64_t most) {
  const std::int64_t scale = domain_.scale;
  if (dice_.Chance(15)) return fmt::format("{} in ({}, {})", name, scale, 3 * scale);
  return Compared(name, Order(), fmt::format("{}", Tokens(0, most + 1)));
}

std::string RandomCondition::Atom(std::string_view prefix) {
  const auto named = [&](const char* name) { return fmt::format("{}{}", prefix, name); };
  for (;;) {
    switch (dice_.Draw(0, 12)) {
      case 0:
        return Compared(named("task"), dice_.Pick(std::array{"==", "!="}),
                        dice_.Pick(std::array{"alpha", "beta", "gamma"}));
      case 1:
        return fmt::format("{} in (alpha, {})", named("task"),
                           dice_.Pick(std::array{"beta", "gamma"}));
      case 2:
        return Compared(named("grade"), Order(), dice_.Pick(std::array{"low", "mid", "high"}));
      case 3:
        return Compared(named("region"), dice_.Pick(std::array{"==", "!="}),
                        dice_.Pick(std::array{"us", "eu"}));
      case 4:
        return TokensAtom(named("input"), domain_.input);
      case 5:
        if (domain_.output < 0) break;
        return TokensAtom(named("output"), domain_.output);
      case 6:
        return SetAtom(named("asks"), "streaming", domain_.own_skill ? "own-skill" : "");
      case 7:
      case 11:
        if (!domain_.tenant && !domain_.asks_user) break;
        return TextAtom(named(domain_.tenant ? "tenant" : "user"));
      case 8:
        if (!domain_.heat) break;
        if (dice_.Chance(15)) return fmt::format("{} in (0.25, 1)", named("heat"));
        return Compared(named("heat"), Order(), dice_.Pick(std::array{"0.25", "0.5", "75%"}));
      case 9:
        if (!domain_.tags) break;
        return SetAtom(named("tags"), "red", "blue");
      case 10:
        if (!domain_.extra) break;
        return TokensAtom(named("extra"), 2);
      default:
        if (!dice_.Chance(20)) break;
        return dice_.Pick(std::array{"true", "false"});
    }
  }
}

std::string RandomCondition::When(int depth) {
  if (depth == 0 || dice_.Chance(35)) return (dice_.Chance(15) ? "not " : "") + Atom("");
  const std::string word = dice_.Chance(55) ? "and" : "or";
  const std::string left = When(depth - 1);
  const std::string text = fmt::format("({} {} {})", left, word, When(depth - 1));
  return dice_.Chance(15) ? "not " + text : text;
}

// ---------------------------------------------------------------- over a candidate

std::string RandomCondition::NameFact() {
  const std::string equal = dice_.Pick(std::array{"==", "!="});
  switch (dice_.Draw(0, 5)) {
    case 0:
      return fmt::format("provider {} p{}", equal, dice_.Draw(0, 2));
    case 1:
      return fmt::format("provider in (p{}, p2)", dice_.Draw(0, 1));
    case 2:
      return fmt::format("model {} m{}", equal, dice_.Draw(0, 2));
    case 3:
      return fmt::format("model in (m0, m{})", dice_.Draw(1, 2));
    case 4:
      return fmt::format("status {} {}", equal, dice_.Pick(std::array{"active", "deprecated"}));
    default:
      return "status in (staging, deprecated, candidate)";
  }
}

std::string RandomCondition::NumberFact() {
  switch (dice_.Draw(0, 11)) {
    case 0:
      return Compared("quality.score", Order(), fmt::format("0.{}", dice_.Draw(2, 8) * 10));
    case 1:
      return Compared("quality.other", Order(), fmt::format("{}%", dice_.Draw(20, 80)));
    case 2:
      return Compared("context", Order(), fmt::format("{}", Tokens(5, 12)));
    case 3:
      return Compared("input", Order(), fmt::format("{}", Tokens(3, 7)));
    case 4:
      return Compared("output", Order(), fmt::format("{}", Tokens(2, 5)));
    case 5:
    case 10:
      return Compared(fmt::format("price.{}", dice_.Pick(std::array{"input", "output"})), Order(),
                      fmt::format("${}/M", dice_.Draw(2, 9) * 10));
    case 6:
      return Compared(
          fmt::format("price.{}", dice_.Pick(std::array{"cache-write", "reasoning", "cache-read"})),
          Order(), fmt::format("${}/M", dice_.Draw(2, 9) * 10));
    case 7:
      return Compared("retires-in", Order(), "30d");
    case 8:
      return Compared(dice_.Pick(std::array{"latency.p50", "latency.p95"}), Order(),
                      dice_.Pick(std::array{"500ms", "4s"}));
    default: {
      if (domain_.output < 0 || dice_.Chance(60)) {
        return Compared(dice_.Pick(std::array{"context", "input"}), Order(), "request.input");
      }
      return Compared(dice_.Pick(std::array{"context", "output"}), Order(), "request.output");
    }
  }
}

std::string RandomCondition::FactAtom() {
  switch (dice_.Draw(0, 9)) {
    case 0:
    case 1:
      if (dice_.Chance(70)) return fmt::format("can {}", dice_.Pick(kCapabilities));
      return fmt::format("can ({}, {})", dice_.Pick(kCapabilities),
                         dice_.Pick(std::array{"text-output", "large-context"}));
    case 2:
      return NameFact();
    case 3:
    case 4:
    case 5:
    case 6:
      return NumberFact();
    default:
      return Atom("request.");
  }
}

std::string RandomCondition::Tree(int depth) {
  if (depth == 0 || dice_.Chance(45)) return (dice_.Chance(15) ? "not " : "") + FactAtom();
  const std::string word = dice_.Chance(55) ? "and" : "or";
  const std::string left = Tree(depth - 1);
  const std::string text = fmt::format("({} {} {})", left, word, Tree(depth - 1));
  return dice_.Chance(15) ? "not " + text : text;
}

std::string RandomCondition::Where(int depth) {
  std::string text = Tree(depth);
  if (dice_.Chance(15)) {
    text +=
        fmt::format(" and live.{} <= {}s",
                    dice_.Pick(std::array{"latency.p95 over 10m", "ttft.p50"}), dice_.Draw(1, 9));
  }
  if (dice_.Chance(12)) {
    text += " and " + dice_.Pick(std::array{"place == us", "place != us", "place in (us, eu)",
                                            "not place == eu", "place == request.region"});
  }
  return text;
}

}  // namespace mlp::oracle
