#include "tests/unit/prove/random_claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace mlp::test {
namespace {

constexpr std::int64_t kMicro = 1'000'000;

struct Atom {
  std::string text;
  std::function<Maybe(const ListedRequest&, const ListedCandidate*)> holds;
  bool each = false;  ///< asks for a single candidate
  bool list = false;  ///< asks for the whole list
};

std::int64_t Tokens(const NamedRequest& request, const char* name) {
  return request.at(name).number / kMicro;
}

bool Compare(std::int64_t left, const std::string& op, std::int64_t right) {
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  if (op == ">=") return left >= right;
  if (op == "==") return left == right;
  return left != right;
}

Maybe DearestOutputPrice(const ListedRequest& listed, const ListedCandidate& candidate,
                         const std::string& op, std::int64_t bound) {
  std::int64_t dearest = -1;
  for (const compiler::PriceModel& price : candidate.facts->prices) {
    if (listed.at_s < price.when.from_s || listed.at_s >= price.when.to_s) continue;
    dearest = std::max(dearest, price.per_token[static_cast<std::size_t>(TokenClass::kOutput)]);
  }
  if (dearest < 0) return std::nullopt;
  return Compare(dearest, op, bound);
}

class Drawer {
 public:
  Drawer(std::mt19937_64& random, const std::vector<std::string>& models)
      : random_(random), models_(models) {}

  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(int percent) { return Draw(1, 100) <= percent; }
  std::string Op() {
    static const std::array<std::string, 6> ops{"<", "<=", ">", ">=", "==", "!="};
    return ops[static_cast<std::size_t>(Draw(0, Chance(80) ? 3 : 5))];
  }

  std::pair<std::string, std::function<bool(const NamedRequest&)>> When() {
    switch (Draw(0, 7)) {
      case 0:
        return {"task == beta", [](const NamedRequest& r) { return r.at("task").text == "beta"; }};
      case 1:
        return {"grade >= mid", [](const NamedRequest& r) { return r.at("grade").text != "low"; }};
      case 2: {
        const int most = Draw(0, 5);
        return {fmt::format("region == eu and input <= {}", most), [most](const NamedRequest& r) {
                  return r.at("region").text == "eu" && Tokens(r, "input") <= most;
                }};
      }
      case 3:
        return {"asks has streaming",
                [](const NamedRequest& r) { return r.at("asks").members.contains("streaming"); }};
      case 4:
        return {"not asks has streaming and output > 1", [](const NamedRequest& r) {
                  return !r.at("asks").members.contains("streaming") && Tokens(r, "output") > 1;
                }};
      default:
        return {"", [](const NamedRequest&) { return true; }};
    }
  }

  Atom EachAtom() {
    Atom atom = DrawEach();
    atom.each = !atom.text.starts_with("request.");
    return atom;
  }

  Atom ListAtom() {
    Atom atom = DrawList();
    atom.list = true;
    return atom;
  }

 private:
  Atom DrawEach() {
    const std::string op = Op();
    switch (Draw(0, 11)) {
      case 0: {
        const int price = Draw(1, 9) * 10;
        return {fmt::format("price.output {} ${}/M", op, price),
                [op, price](const ListedRequest& l, const ListedCandidate* c) {
                  return DearestOutputPrice(l, *c, op, price * kMicro);
                }};
      }
      case 1: {
        const int score = Draw(20, 80);
        return {fmt::format("quality.score {} 0.{}", op, score),
                [op, score](const ListedRequest&, const ListedCandidate* c) -> Maybe {
                  for (const compiler::ScoreModel& one : c->facts->quality) {
                    if (one.name == "score")
                      return Compare(one.micro, op, std::int64_t{score} * 10'000);
                  }
                  return std::nullopt;
                }};
      }
      case 2: {
        const int tokens = Draw(5, 12);
        return {fmt::format("context {} {}", op, tokens),
                [op, tokens](const ListedRequest&, const ListedCandidate* c) -> Maybe {
                  return Compare(c->facts->context, op, tokens);
                }};
      }
      case 3:
        return {fmt::format("input {} request.input", op),
                [op](const ListedRequest& l, const ListedCandidate* c) -> Maybe {
                  return Compare(c->facts->max_input, op, Tokens(*l.request, "input"));
                }};
      case 4:
        return {fmt::format("output {} request.output", op),
                [op](const ListedRequest& l, const ListedCandidate* c) -> Maybe {
                  return Compare(c->facts->max_output, op, l.output);
                }};
      case 5: {
        const std::string provider = fmt::format("p{}", Draw(0, 2));
        return {"provider != " + provider,
                [provider](const ListedRequest&, const ListedCandidate* c) -> Maybe {
                  return c->provider != provider;
                }};
      }
      case 6: {
        const std::string model =
            models_[static_cast<std::size_t>(Draw(0, static_cast<int>(models_.size()) - 1))];
        return {"model != " + model,
                [model](const ListedRequest&, const ListedCandidate* c) -> Maybe {
                  return c->facts->name != model;
                }};
      }
      case 7: {
        const std::string place = Chance(50) ? "us" : "eu";
        return {"place == " + place,
                [place](const ListedRequest&, const ListedCandidate* c) -> Maybe {
                  const auto in = std::count(c->places.begin(), c->places.end(), place);
                  if (c->places.empty() || (in != 0 && c->places.size() > 1)) return std::nullopt;
                  return in != 0;
                }};
      }
      case 8:
        return {"place == request.region",
                [](const ListedRequest& l, const ListedCandidate* c) -> Maybe {
                  if (c->places.size() != 1) return std::nullopt;
                  return c->places.front() == l.request->at("region").text;
                }};
      case 9:
        return {"can streaming",
                [](const ListedRequest&, const ListedCandidate* c) -> Maybe { return c->streams; }};
      case 10: {
        const int least = Draw(0, 7);
        return {fmt::format("request.input {} {}", op, least),
                [op, least](const ListedRequest& l, const ListedCandidate*) -> Maybe {
                  return Compare(Tokens(*l.request, "input"), op, least);
                }};
      }
      default: {
        const std::int64_t bound = Draw(0, 60) * std::int64_t{10'000'000};
        return {fmt::format("attempt cost {} $0.{:012}", op, bound),
                [op, bound](const ListedRequest&, const ListedCandidate* c) -> Maybe {
                  if (c->cost_pico < 0) return std::nullopt;
                  return Compare(c->cost_pico, op, bound);
                }};
      }
    }
  }

  Atom DrawList() {
    const std::string op = Op();
    switch (Draw(0, 6)) {
      case 0:
      case 1: {
        const int count = Draw(1, 4);
        return {fmt::format("candidates {} {}", op, count),
                [op, count](const ListedRequest& l, const ListedCandidate*) -> Maybe {
                  return Compare(static_cast<std::int64_t>(l.list.size()), op, count);
                }};
      }
      case 2: {
        const int count = Draw(1, 3);
        return {fmt::format("providers {} {}", op, count),
                [op, count](const ListedRequest& l, const ListedCandidate*) -> Maybe {
                  std::set<std::string> providers;
                  for (const ListedCandidate& c : l.list) providers.insert(c.provider);
                  return Compare(static_cast<std::int64_t>(providers.size()), op, count);
                }};
      }
      case 3: {
        const int count = Draw(1, 5);
        return {fmt::format("attempts {} {}", op, count),
                [op, count](const ListedRequest& l, const ListedCandidate*) -> Maybe {
                  return Compare(l.attempts, op, count);
                }};
      }
      case 4: {
        const int seconds = Draw(1, 12) * 30;
        return {fmt::format("chain time {} {}s", op, seconds),
                [op, seconds](const ListedRequest& l, const ListedCandidate*) -> Maybe {
                  return Compare(l.chain_time_ms, op, std::int64_t{seconds} * 1'000);
                }};
      }
      default: {
        const std::int64_t bound = Draw(0, 120) * std::int64_t{10'000'000};
        return {fmt::format("chain cost {} $0.{:012}", op, bound),
                [op, bound](const ListedRequest& l, const ListedCandidate*) -> Maybe {
                  if (l.chain_cost_pico < 0) return std::nullopt;
                  return Compare(l.chain_cost_pico, op, bound);
                }};
      }
    }
  }

  std::mt19937_64& random_;
  const std::vector<std::string>& models_;
};

Maybe Not(Maybe value) { return value ? Maybe(!*value) : value; }

Maybe And(Maybe a, Maybe b) {
  if ((a && !*a) || (b && !*b)) return false;
  if (a && b) return true;
  return std::nullopt;
}

/// `a`, `not a`, `a and b`, `a or b`.
Atom Composed(Drawer& draw, const Atom& a, const Atom& b) {
  switch (draw.Draw(0, 5)) {
    case 0:
      return {"not " + a.text,
              [a](const ListedRequest& l, const ListedCandidate* c) { return Not(a.holds(l, c)); },
              a.each, a.list};
    case 1:
      return {a.text + " and " + b.text,
              [a, b](const ListedRequest& l, const ListedCandidate* c) {
                return And(a.holds(l, c), b.holds(l, c));
              },
              a.each || b.each, a.list || b.list};
    case 2:
      return {a.text + " or " + b.text,
              [a, b](const ListedRequest& l, const ListedCandidate* c) {
                return Not(And(Not(a.holds(l, c)), Not(b.holds(l, c))));
              },
              a.each || b.each, a.list || b.list};
    default:
      return a;
  }
}

}  // namespace

bool RandomClaim::Fails(const ListedRequest& listed) const {
  const auto fails = [&](const ListedCandidate* candidate) {
    const Maybe truth = claim(listed, candidate);
    return !truth || *truth == never;
  };
  if (kind == Kind::kList) return fails(nullptr);
  return std::any_of(listed.list.begin(), listed.list.end(),
                     [&](const ListedCandidate& candidate) { return fails(&candidate); });
}

RandomClaim MakeRandomClaim(std::mt19937_64& random, int number,
                            const std::vector<std::string>& models) {
  Drawer draw(random, models);
  RandomClaim result;
  auto [when, holds] = draw.When();
  result.when = std::move(holds);
  std::string text = fmt::format("assert \"a{}\" ", number);
  if (!when.empty()) text += fmt::format("when {} ", when);
  const int kind = draw.Draw(0, 9);
  if (kind == 0 || kind == 1) {
    result.kind =
        kind == 0 ? RandomClaim::Kind::kSurvivesProvider : RandomClaim::Kind::kSurvivesModel;
    result.text = text + (kind == 0 ? "survives provider" : "survives model");
    return result;
  }
  Atom atom;
  if (kind <= 5) {
    atom = Composed(draw, draw.EachAtom(), draw.EachAtom());
  } else if (kind <= 8) {
    atom = Composed(draw, draw.ListAtom(), draw.ListAtom());
  } else {
    atom = Composed(draw, draw.EachAtom(), draw.ListAtom());
  }
  if (atom.list && !atom.each) result.kind = RandomClaim::Kind::kList;
  result.never = draw.Chance(30);
  result.claim = atom.holds;
  result.text = text + (result.never ? "never " : "always ") + atom.text;
  return result;
}

}  // namespace mlp::test
