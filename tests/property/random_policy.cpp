#include "tests/property/random_policy.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"

namespace mlp::oracle {
namespace {

using compiler::ast::Kind;
using compiler::ast::kNoNode;
using compiler::ast::NodeId;
using compiler::ast::Tree;

constexpr std::array<std::string_view, 5> kCapabilities = {
    "streaming", "function-calling", "structured-output", "extended-thinking", "own-skill"};
constexpr std::array<std::string_view, 5> kDates = {"2026-11-21", "2027-01-01", "2027-02-15T16:00Z",
                                                    "2027-05-01", "2027-11-21"};

class Maker {
 public:
  Maker(std::uint64_t seed, std::int64_t scale) : random_(seed), scale_(scale) {}

  RandomPolicy Make(std::uint64_t seed) {
    policy_.name = fmt::format("random-{}", seed);
    Line("language 1");
    Line("policy {} {{ version \"1.0.0\"; stage development; valid 2026-11-21 .. 2027-11-21 }}",
         policy_.name);
    Line("capability own-skill");
    RequestBlock();
    Providers();
    const int models = Draw(3, 6);
    for (int i = 0; i < models; ++i) Model(i);
    if (Chance(50))
      Line("variant v0 of m0 {{ set effort high; {} }}",
           Chance(50) ? "context 9" : "quality score 0.99");
    if (Chance(50))
      Line("amend model m1 {{ {} }}",
           Chance(50) ? "price input $7/M, output $9/M" : "can text-output, streaming");
    candidates_ = models_;
    Pools();
    Defaults();
    const int routes = Draw(2, 6);
    for (int i = 0; i < routes; ++i) Route(i, i + 1 == routes && Chance(70));
    if (Chance(60)) Rollout();
    if (Chance(40)) Budget();
    for (const std::string_view date : kDates) {
      const std::int64_t at = *compiler::ast::ReadDate(date);
      for (const std::int64_t offset : {-1, 0}) policy_.dates.push_back(at + offset);
    }
    return policy_;
  }

 private:
  template <typename... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    policy_.text += fmt::format(format, std::forward<Args>(args)...) + "\n";
  }
  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(int percent) { return Draw(1, 100) <= percent; }
  template <typename Container>
  std::string Pick(const Container& choices) {
    return std::string(
        choices[static_cast<std::size_t>(Draw(0, static_cast<int>(choices.size()) - 1))]);
  }
  /// A count of tokens; on large domains not a round one.
  std::int64_t Tokens(int low, int high) {
    return Draw(low, high) * scale_ + (scale_ == 1 ? 0 : Draw(0, 99));
  }
  /// A bound on cost of so many hundredths of a cent for each of the scale's tokens.
  std::string Bound(int hundredths) {
    return fmt::format("${}.{:04}", hundredths * scale_ / 10'000, hundredths * scale_ % 10'000);
  }
  std::string Date() { return Pick(kDates); }

  void RequestBlock() {
    has_text_ = Chance(40);
    has_number_ = !has_text_ && Chance(40);
    has_labels_ = Chance(30);
    Line("request {{");
    Line("  task one of alpha, beta, gamma");
    Line("  grade one of low < mid < high default mid");
    Line("  region one of us, eu");
    if (has_text_) Line("  tenant text");
    if (has_number_) Line("  heat number 0 .. 1 step 0.25 default 0.5");
    if (has_labels_) Line("  tags set of red, blue");
    Line("  user key");
    Line("  input tokens up to {}", 7 * scale_);
    Line("  output tokens up to {}", 4 * scale_);
    Line("  asks streaming, own-skill");
    Line("}}");
  }

  void Providers() {
    Line(
        "provider p0 {{ protocol openai; endpoint us \"https://p0-us.example\"; endpoint eu "
        "\"https://p0-eu.example\" price 1.1x }}");
    Line("provider p1 {{ protocol anthropic; endpoint us, eu \"https://p1.example\" }}");
    Line("provider p2 {{ protocol ollama; endpoint {} \"http://p2.example\" }}",
         Pick(std::array{"us", "eu", ""}));
  }

  std::string CapabilityList(int percent) {
    std::string list = "text-output";
    for (const std::string_view capability : kCapabilities) {
      if (Chance(percent)) list += fmt::format(", {}", capability);
    }
    return list;
  }

  std::string Rates() {
    std::string rates = fmt::format("input ${}/M, output ${}/M", Draw(1, 9) * 10, Draw(1, 9) * 10);
    if (Chance(30)) rates += fmt::format(", cache-write ${}/M", Draw(1, 12) * 10);
    if (Chance(30)) rates += fmt::format(", reasoning ${}/M", Draw(1, 12) * 10);
    return rates;
  }

  void Prices() {
    switch (Draw(0, 3)) {
      case 0:
        Line("  price {}", Rates());
        break;
      case 1:
        Line("  price {}", Rates());
        Line("  price when prompt {} {} {}", Chance(50) ? ">" : ">=", Tokens(2, 5), Rates());
        break;
      case 2:
        Line("  price from 2026-01-01 {}", Rates());
        Line("  price from {} {}", Pick(std::array{"2027-01-01", "2027-05-01"}), Rates());
        break;
      default:
        Line("  price from 2026-01-01 {}", Rates());
        Line("  price from 2026-01-01 when prompt > {} {}", Tokens(2, 5), Rates());
        Line("  price from 2026-01-01 weekdays 01:00 .. 04:00 {}", Rates());
        Line("  price from 2027-02-15T16:00Z {}", Rates());
    }
  }

  void Model(int number) {
    const std::string name = fmt::format("m{}", number);
    models_.push_back(name);
    Line("model {} {{", name);
    Line("  provider p{}", Draw(0, 2));
    Line("  pin exact \"{}-id\"", name);
    const std::int64_t context = Tokens(5, 12);
    if (Chance(70)) Line("  context {}, output {}", context, std::min(Tokens(2, 5), context));
    if (Chance(20)) Line("  input {}", std::min(Tokens(3, 7), context));
    Line("  can {}", CapabilityList(65));
    Prices();
    if (number == 0 || Chance(70))
      Line("  quality score 0.{}, other 0.{}", Draw(10, 99), Draw(10, 99));
    if (Chance(40)) Line("  prior latency.p50 {}ms, latency.p95 {}s", Draw(1, 900), Draw(1, 9));
    switch (Draw(0, 7)) {
      case 0:
        Line("  status staging");
        break;
      case 1:
        Line("  status candidate");
        break;
      case 2:
        Line("  deprecated {}", Date());
        break;
      case 3:
        Line("  retires {}", Date());
        if (number > 0) Line("  successor m{}", number - 1);
        break;
      case 4:
        Line("  released {}", Date());
        break;
      default:
        Line("  status active");
    }
    Line("}}");
  }

  void Pools() {
    std::string members = models_.front();
    for (std::size_t i = 1; i < models_.size(); ++i) {
      if (Chance(60)) members += ", " + models_[i];
    }
    Line("pool listed {{ {} }}", members);
    Line("pool where-pool where {}", Where(2));
  }

  // ------------------------------------------------------------ conditions over the request

  std::string RequestAtom(bool in_where) {
    const std::string prefix = in_where ? "request." : "";
    static constexpr std::array kOrders = {"<", "<=", ">", ">=", "==", "!="};
    switch (Draw(0, 9)) {
      case 0:
        return fmt::format("{}task {} {}", prefix,
                           Chance(60) ? "==" : "!=", Pick(std::array{"alpha", "beta", "gamma"}));
      case 1:
        return fmt::format("{}task in (alpha, {})", prefix, Pick(std::array{"beta", "gamma"}));
      case 2:
        return fmt::format("{}grade {} {}", prefix, Pick(kOrders),
                           Pick(std::array{"low", "mid", "high"}));
      case 3:
        return fmt::format("{}region == {}", prefix, Pick(std::array{"us", "eu"}));
      case 4:
        return fmt::format("{}input {} {}", prefix, Pick(kOrders), Tokens(0, 8));
      case 5:
        return fmt::format("{}output {} {}", prefix, Pick(kOrders), Tokens(0, 5));
      case 6:
        return fmt::format("{}asks has {}", prefix,
                           Chance(50) ? "streaming" : "(streaming, own-skill)");
      case 7:
        if (has_text_ && Chance(50))
          return fmt::format("{}tenant starts-with \"{}\"", prefix,
                             Pick(std::array{"a", "ac", "z"}));
        if (has_text_)
          return fmt::format("{}tenant {} \"{}\"", prefix,
                             Chance(70) ? "==" : "!=", Pick(std::array{"acme", "ac", "zoo"}));
        return fmt::format("{}region != us", prefix);
      case 8:
        if (has_number_)
          return fmt::format("{}heat {} 0.{}", prefix, Pick(kOrders),
                             Pick(std::array{"25", "5", "75"}));
        return fmt::format("{}input in ({}, {}, {})", prefix, scale_, 3 * scale_, 5 * scale_);
      default:
        if (has_labels_)
          return fmt::format("{}tags has {}", prefix, Pick(std::array{"red", "blue"}));
        return fmt::format("{}grade >= mid", prefix);
    }
  }

  std::string When(int depth) {
    if (depth == 0 || Chance(35))
      return Chance(15) ? fmt::format("not {}", RequestAtom(false)) : RequestAtom(false);
    const std::string word = Chance(55) ? "and" : "or";
    std::string text = fmt::format("({} {} {})", When(depth - 1), word, When(depth - 1));
    return Chance(15) ? "not " + text : text;
  }

  // ------------------------------------------------------------ conditions over a candidate

  std::string FactAtom() {
    switch (Draw(0, 9)) {
      case 0:
        return fmt::format("can {}", Pick(kCapabilities));
      case 1:
        return fmt::format("quality.score >= 0.{}", Draw(20, 80));
      case 2:
        return fmt::format("context >= {}", Tokens(5, 12));
      case 3:
        return fmt::format("price.output <= ${}/M", Draw(2, 9) * 10);
      case 4:
        return "context >= request.input";
      case 5:
        return fmt::format("output {} request.output", Pick(std::array{">=", ">"}));
      case 6:
        return fmt::format("provider {} p{}", Chance(50) ? "==" : "!=", Draw(0, 2));
      case 7:
        return fmt::format("live.latency.p95 over 10m <= {}s", Draw(1, 9));
      default:
        return RequestAtom(true);
    }
  }

  std::string Where(int depth) {
    if (depth == 0 || Chance(45)) {
      const std::string atom = FactAtom();
      // A live condition under `not` or `or` is another matter: it would not count as holding.
      return Chance(15) && !atom.starts_with("live") ? "not " + atom : atom;
    }
    const bool conjunction = Chance(55);
    std::string left = Where(depth - 1);
    std::string right = Where(depth - 1);
    if (!conjunction &&
        (left.find("live") != std::string::npos || right.find("live") != std::string::npos)) {
      return left;
    }
    return fmt::format("({} {} {})", left, conjunction ? "and" : "or", right);
  }

  // ------------------------------------------------------------ routes

  void Defaults() {
    Line("defaults {{");
    if (Chance(50)) Line("  place request.region");
    if (Chance(30)) Line("  cost at most {}", Bound(10 * Draw(1, 9)));
    Line("  attempts at most 4");
    Line("}}");
  }

  std::string Step(bool has_mix) {
    std::string step;
    switch (Draw(0, 5)) {
      case 0:
        step = has_mix ? fmt::format("cheapest of {}", Pick(std::array{"listed", "where-pool"}))
                       : Pick(candidates_);
        break;
      case 1:
        step = fmt::format("best quality.score of {}", Pick(std::array{"listed", "where-pool"}));
        break;
      case 2:
        step = fmt::format("{}, {}", Pick(candidates_), Pick(candidates_));
        break;
      default:
        step = Pick(candidates_);
    }
    if (Chance(30)) step += " where " + Where(1);
    if (Chance(25)) step += fmt::format(" within {}", Bound(Draw(1, 60)));
    if (Chance(15)) step += fmt::format(" prefer {}", Pick(kCapabilities));
    return step;
  }

  void Route(int number, bool last) {
    Line("route r{} {} {{", number, last ? "otherwise" : "when " + When(2));
    if (Chance(10)) {
      Line("  refuse \"no\"");
      Line("}}");
      return;
    }
    if (Chance(25)) Line("  cap output {}", Tokens(1, 3));
    if (Chance(20)) Line("  need {}", Pick(kCapabilities));
    if (Chance(20)) Line("  place {}", Pick(std::array{"us", "eu", "us, eu", "request.region"}));
    if (Chance(20)) Line("  cost at most {}", Bound(Draw(1, 60)));
    if (Chance(15)) Line("  follow successors");
    if (Chance(15)) Line("  cache prompts");
    if (Chance(25)) Line("  cache {}m when {}", Draw(1, 9), When(1));
    const bool has_mix = Chance(70);
    if (has_mix) Line("  mix input {}, output {}", Tokens(1, 6), Tokens(1, 4));
    const int steps = Draw(1, 3);
    for (int i = 0; i < steps; ++i) Line("  {} {}", i == 0 ? "try" : "else", Step(has_mix));
    Line("}}");
  }

  void Rollout() {
    const std::string from = Pick(models_);
    std::string to = Pick(models_);
    if (from == to) to = models_.front() == from ? models_.back() : models_.front();
    if (from == to) return;
    Line("rollout swap {{");
    Line("  move {} -> {}", from, to);
    if (Chance(40)) Line("  for r0");
    Line("  by user");
    Line("  ramp 10%, 50% for at least 30m");
    Line("  then 100%");
    Line("  rollback when failures > baseline");
    Line("}}");
    policy_.rollouts = {"swap"};
  }

  void Budget() {
    Line("budget money {{ limit $10 per day; at 50% prefer cheapest; at 100% deny }}");
    policy_.has_budget = true;
  }

  std::mt19937_64 random_;
  const std::int64_t scale_;
  RandomPolicy policy_;
  std::vector<std::string> models_;
  std::vector<std::string> candidates_;
  bool has_text_ = false;
  bool has_number_ = false;
  bool has_labels_ = false;
};

/// Every count of a small domain; of a large one its ends and each edge with its neighbours.
std::set<std::int64_t> TokenCounts(std::int64_t most, const std::set<std::int64_t>& edges) {
  constexpr std::int64_t kSmall = 100;
  std::set<std::int64_t> counts = {0, 1, most};
  if (most <= kSmall) {
    for (std::int64_t count = 0; count <= most; ++count) counts.insert(count);
    return counts;
  }
  for (const std::int64_t edge : edges) {
    for (const std::int64_t count : {edge - 1, edge, edge + 1}) {
      if (count >= 0 && count <= most) counts.insert(count);
    }
  }
  return counts;
}

}  // namespace

RandomPolicy MakeRandomPolicy(std::uint64_t seed, std::int64_t scale) {
  return Maker(seed, scale).Make(seed);
}

RequestSpace::RequestSpace(const Oracle& oracle, const Tree& tree,
                           const compiler::SourceSet& sources,
                           const std::set<std::int64_t>& edges) {
  constexpr std::int64_t kMicro = 1'000'000;
  const auto text = [&](NodeId node) { return std::string(sources.text(tree.span(node))); };
  const auto names = [&](NodeId node) {
    std::vector<std::string> list;
    for (const NodeId child : tree.children(node)) {
      if (tree.kind(child) == Kind::kName) list.push_back(text(child));
    }
    return list;
  };
  const auto multiply = [&](const std::string& name, std::vector<Value> values) {
    size_ *= values.size();
    axes_.push_back({name, std::move(values)});
  };
  const auto subsets = [](const std::vector<std::string>& members) {
    std::vector<Value> values;
    for (std::size_t bits = 0; bits < (std::size_t{1} << members.size()); ++bits) {
      Value value;
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (((bits >> i) & 1U) != 0) value.members.insert(members[i]);
      }
      values.push_back(value);
    }
    return values;
  };
  for (const NodeId declaration : tree.children(tree.root)) {
    if (tree.kind(declaration) != Kind::kRequest) continue;
    for (const NodeId attribute : tree.children(declaration)) {
      if (tree.kind(attribute) == Kind::kAsks) {
        multiply("asks", subsets(names(attribute)));
        continue;
      }
      const std::string name = names(attribute).front();
      const NodeId type = tree.ChildAt(attribute, 1);
      std::vector<Value> values;
      switch (tree.kind(type)) {
        case Kind::kOneOf:
        case Kind::kOrdered:
          for (const std::string& label : names(type)) values.push_back({0, label, {}});
          break;
        case Kind::kSetOf:
          values = subsets(names(type));
          break;
        case Kind::kTokensType:
          for (const std::int64_t count :
               TokenCounts(*compiler::ast::ReadInteger(text(tree.ChildAt(type, 0))), edges)) {
            values.push_back({count * kMicro, {}, {}});
          }
          break;
        case Kind::kNumberType: {
          const std::int64_t low = *compiler::ast::ReadMicro(text(tree.ChildAt(type, 0)));
          const std::int64_t high = *compiler::ast::ReadMicro(text(tree.ChildAt(type, 1)));
          const NodeId step = tree.Child(type, Kind::kStep);
          const std::int64_t by =
              step == kNoNode ? kMicro : *compiler::ast::ReadMicro(text(tree.ChildAt(step, 0)));
          for (std::int64_t at = low; at <= high; at += by) values.push_back({at, {}, {}});
          break;
        }
        case Kind::kKeyType:
          values.push_back({0, "u1", {}});
          break;
        default: {
          std::set<std::string> texts = oracle.Texts();
          for (const std::string& literal : oracle.Texts()) {
            texts.insert(literal + "x");
            texts.insert(literal.substr(0, literal.size() - 1));
          }
          texts.insert("m");
          for (const std::string& literal : texts) values.push_back({0, literal, {}});
        }
      }
      multiply(name, values);
    }
  }
}

Request RequestSpace::at(std::size_t index) const {
  Request request;
  for (const Axis& axis : axes_) {
    request[axis.name] = axis.values[index % axis.values.size()];
    index /= axis.values.size();
  }
  return request;
}

}  // namespace mlp::oracle
