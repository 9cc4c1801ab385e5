#include "tests/property/random_policy.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "tests/property/random_condition.hpp"

namespace mlp::oracle {
namespace {

constexpr std::string_view kFrom = "2026-11-21";
constexpr std::string_view kTo = "2027-11-21";
constexpr std::array<std::string_view, 3> kBetween = {"2027-01-01", "2027-02-15T16:00Z",
                                                      "2027-05-01"};

class Maker {
 public:
  Maker(std::uint64_t seed, std::int64_t scale, std::int64_t most_requests, Experiments experiments)
      : dice_(seed), most_requests_(most_requests), experiments_(experiments) {
    domain_.scale = scale;
  }

  RandomPolicy Make(std::uint64_t seed) {
    policy_.name = fmt::format("random-{}", seed);
    DrawDates();
    DrawDomain();
    Line("language 1");
    Line("policy {} {{ version \"1.0.0\"; stage development; valid {} .. {} }}", policy_.name,
         kFrom, kTo);
    Line("capability own-skill");
    RequestBlock();
    Providers();
    const int models = dice_.Draw(3, 6);
    for (int i = 0; i < models; ++i) Model(i);
    Additions();
    Pools();
    Defaults();
    const int routes = dice_.Draw(2, 6);
    for (int i = 0; i < routes; ++i) Route(i, i + 1 == routes && dice_.Chance(70));
    if (dice_.Chance(45)) Rollouts();
    if (dice_.Chance(30)) Budget();
    if (experiments_ == Experiments::kSome && dice_.Chance(35)) Experiment();
    if (policy_.text.find("retires-in") != std::string::npos) {
      // It is compared with 30 days.
      for (const std::int64_t at_s : retirements_) AskAround(at_s - 30 * 86'400, 1);
    }
    policy_.dates.assign(asked_dates_.begin(), asked_dates_.end());
    return policy_;
  }

 private:
  template <typename... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    policy_.text += fmt::format(format, std::forward<Args>(args)...) + "\n";
  }
  std::int64_t Tokens(int low, int high) { return conditions_.Tokens(low, high); }
  /// A bound on cost of so many hundredths of a cent for each of the scale's tokens.
  std::string Bound(int hundredths) {
    const std::int64_t all = hundredths * domain_.scale;
    return fmt::format("${}.{:04}", all / 10'000, all % 10'000);
  }

  // ------------------------------------------------------------ dates

  void DrawDates() {
    dates_ = {kFrom};
    const bool all = domain_.scale != 1;
    const int first = dice_.Draw(0, 2);
    const int last = all ? 2 : dice_.Chance(60) ? first : dice_.Draw(0, 2);
    for (int i = all ? 0 : std::min(first, last); i <= std::max(first, last); ++i) {
      if (i == first || i == last || all) dates_.push_back(kBetween[static_cast<std::size_t>(i)]);
    }
    for (const std::string_view date : dates_) AskAround(*compiler::ast::ReadDate(date), 0);
    if (all) AskAround(*compiler::ast::ReadDate(kTo), 0);
  }
  void AskAround(std::int64_t at_s, std::int64_t after_s) {
    for (std::int64_t offset = -1; offset <= after_s; ++offset) asked_dates_.insert(at_s + offset);
  }
  std::string Date() { return dice_.Pick(dates_); }

  // ------------------------------------------------------------ the request

  void DrawDomain() {
    const bool small = domain_.scale == 1;
    if (small) {
      const bool tiny = most_requests_ < kSmallDomain;
      domain_.input = dice_.Draw(4, tiny ? 5 : 7);
      domain_.output = dice_.Chance(8) ? -1 : dice_.Draw(2, tiny ? 3 : 4);
      domain_.own_skill = dice_.Chance(50);
    }
    std::int64_t size =
        18 * (domain_.input + 1) * (domain_.output < 0 ? 1 : domain_.output + 1) * 3;
    const auto add = [&](bool& attribute, int values) {
      if (small ? size * values > most_requests_ : dice_.Chance(60)) return;
      size *= values;
      attribute = true;
    };
    std::array<int, 5> order = {0, 1, 2, 3, 4};
    for (std::size_t i = order.size(); i-- > 1;)
      std::swap(order[i], order[static_cast<std::size_t>(dice_.Draw(0, static_cast<int>(i)))]);
    const int text = dice_.Draw(1, 10);
    if (text <= 4) add(domain_.tenant, 8);
    if (text >= 8) add(domain_.asks_user, 8);
    for (const int extra : order) {
      if (extra == 0 && !domain_.tenant && !domain_.asks_user) add(domain_.tenant, 8);
      if (extra == 1 && !domain_.tenant) add(domain_.asks_user, 8);
      if (extra == 2) add(domain_.heat, 5);
      if (extra == 3) add(domain_.tags, 4);
      if (extra == 4) add(domain_.extra, 3);
    }
    bounds_ = domain_.output >= 0;
  }

  void RequestBlock() {
    Line("request {{");
    Line("  task one of alpha, beta, gamma");
    Line("  grade one of low < mid < high default mid");
    Line("  region one of us, eu");
    if (domain_.tenant) Line("  tenant text");
    if (domain_.heat) Line("  heat number 0 .. 1 step 0.25 default 0.5");
    if (domain_.tags) Line("  tags set of red, blue");
    Line("  user key");
    Line("  input tokens up to {}", domain_.input * domain_.scale);
    if (domain_.output >= 0) Line("  output tokens up to {}", domain_.output * domain_.scale);
    if (domain_.extra) Line("  extra tokens up to {}", 2 * domain_.scale);
    Line("  asks streaming{}", domain_.own_skill ? ", own-skill" : "");
    Line("}}");
  }

  // ------------------------------------------------------------ the catalog

  void Providers() {
    Line(
        "provider p0 {{ protocol openai; endpoint us \"https://p0-us.example\"; endpoint eu "
        "\"https://p0-eu.example\" price 1.1x }}");
    Line("provider p1 {{ protocol anthropic; endpoint us, eu \"https://p1.example\" }}");
    Line("provider p2 {{ protocol ollama; endpoint {} \"http://p2.example\" }}",
         dice_.Pick(std::array{"us", "eu", ""}));
    if (dice_.Chance(20))
      Line("amend provider p2 {{ endpoint eu \"http://amended.example\" price 0.5x }}");
  }

  std::string CapabilityList(int percent) {
    std::string list = "text-output";
    for (const std::string_view capability : kCapabilities) {
      if (dice_.Chance(percent)) list += fmt::format(", {}", capability);
    }
    return list;
  }

  std::string Rates() {
    std::string rates =
        fmt::format("input ${}/M, output ${}/M", dice_.Draw(1, 9) * 10, dice_.Draw(1, 9) * 10);
    for (const char* const other : {"cache-write", "cache-read", "reasoning"}) {
      if (dice_.Chance(25)) rates += fmt::format(", {} ${}/M", other, dice_.Draw(1, 12) * 10);
    }
    return rates;
  }

  void Prices() {
    switch (dice_.Draw(0, 4)) {
      case 0:
        Line("  price {}", Rates());
        break;
      case 1:
        Line("  price {}", Rates());
        Line("  price when prompt {} {} {}", dice_.Chance(50) ? ">" : ">=", Tokens(2, 5), Rates());
        break;
      case 2:
        Line("  price from 2026-01-01 {}", Rates());
        Line("  price from {} {}", dates_.back(), Rates());
        break;
      case 3:
        Line("  price from 2026-01-01 to {} {}", dates_.back(), Rates());
        break;
      default:
        Line("  price from 2026-01-01 {}", Rates());
        Line("  price from 2026-01-01 when prompt > {} {}", Tokens(2, 5), Rates());
        Line("  price from 2026-01-01 {} 01:00 .. 04:00 {}",
             dice_.Pick(std::array{"weekdays", "daily"}), Rates());
        Line("  price from {} {}", dates_.back(), Rates());
    }
  }

  void Limits() {
    if (dice_.Chance(15)) {
      Line("  context 200K");  // large-context follows from it
    } else if (dice_.Chance(70)) {
      const std::int64_t context = Tokens(5, 12);
      Line("  context {}, output {}", context, std::min(Tokens(2, 5), context));
      if (dice_.Chance(30)) Line("  input {}", std::min(Tokens(3, 7), context));
    } else if (dice_.Chance(50)) {
      Line("  input {}, output {}", Tokens(3, 7), Tokens(2, 5));
    }
  }

  void Model(int number) {
    const std::string name = fmt::format("m{}", number);
    models_.push_back(name);
    Line("model {} {{", name);
    Line("  provider p{}", dice_.Draw(0, 2));
    Line("  pin exact \"{}-id\"", name);
    Limits();
    Line("  can {}", CapabilityList(65));
    Prices();
    if (number == 0 || dice_.Chance(70))
      Line("  quality score 0.{}, other 0.{}", dice_.Draw(1, 9) * 10, dice_.Draw(10, 99));
    if (dice_.Chance(60))
      Line("  prior latency.p50 {}ms, latency.p95 {}s", dice_.Draw(1, 9) * 100, dice_.Draw(1, 9));
    Lifecycle(number);
    Line("}}");
  }

  void Lifecycle(int number) {
    switch (dice_.Draw(0, 9)) {
      case 0:
      case 1:
        Line("  status {}", dice_.Pick(std::array{"staging", "candidate", "evaluating",
                                                  "deprecated", "retired", "archived"}));
        if (number > 0 && dice_.Chance(50)) Line("  successor m{}", number - 1);
        break;
      case 2:
        Line("  deprecated {}", Date());
        break;
      case 3:
      case 4: {
        const std::string date = Date();
        Line("  retires {}", date);
        if (number > 0) Line("  successor m{}", number - 1);
        retirements_.insert(*compiler::ast::ReadDate(date));
        break;
      }
      case 5:
        Line("  released {}", Date());
        break;
      default:
        Line("  status active");
    }
  }

  /// Variants, amendments, and a model that pools by a condition leave out.
  void Additions() {
    if (dice_.Chance(50)) {
      Line("variant v0 of m0 {{ set effort high; {} }}",
           dice_.Chance(50) ? "context 9" : "quality score 0.99");
      models_.emplace_back("v0");
    }
    if (dice_.Chance(40))
      Line("amend model m1 {{ {} }}",
           dice_.Chance(50) ? "price input $7/M, output $9/M" : "can text-output, streaming");
    if (dice_.Chance(25)) {
      Line(
          "model vectors {{ provider p1; pin exact \"v\"; kind embedding; dimension 8; can "
          "embeddings, streaming; price input $1/M, output $1/M; quality score 0.95 }}");
    }
  }

  void Pools() {
    std::string members = models_.front();
    for (std::size_t i = 1; i < models_.size(); ++i) {
      if (dice_.Chance(60)) members += ", " + models_[i];
    }
    Line("pool listed {{ {} }}", members);
    Line("pool both {{ {} }} where {}", members, conditions_.Where(2));
    Line("pool where-pool where {}", conditions_.Where(2));
    if (dice_.Chance(15)) Line("pool embedders where can embeddings or can own-skill");
    has_embedders_ = policy_.text.find("pool embedders") != std::string::npos;
  }

  // ------------------------------------------------------------ routes

  void Defaults() {
    Line("defaults {{");
    if (dice_.Chance(50)) Line("  place request.region");
    if (bounds_ && dice_.Chance(30)) Line("  cost at most {}", Bound(10 * dice_.Draw(1, 9)));
    if (dice_.Chance(10)) Line("  need text-output");
    if (bounds_ && dice_.Chance(10)) Line("  cap output {}", Tokens(2, 4));
    if (dice_.Chance(10)) Line("  cache 2m");
    if (dice_.Chance(10)) Line("  cache prompts");
    Line("  attempts at most 4");
    Line("}}");
  }

  std::string PoolName() {
    if (has_embedders_ && dice_.Chance(20)) return "embedders";
    return dice_.Pick(std::array{"listed", "where-pool", "both"});
  }

  std::string Step(bool has_mix) {
    std::string step = dice_.Pick(models_);
    switch (dice_.Draw(0, 8)) {
      case 0:
      case 1:
        if (!has_mix) break;
        step = dice_.Chance(15) ? "cheapest" : fmt::format("cheapest of {}", PoolName());
        break;
      case 2:
        step = fmt::format("best quality.{} of {}", dice_.Pick(std::array{"score", "other"}),
                           PoolName());
        break;
      case 3:
        step = fmt::format("{} of {}", dice_.Pick(std::array{"fastest", "least-busy"}), PoolName());
        break;
      case 4:
      case 5:
        step += fmt::format(", {}", dice_.Pick(models_));
        break;
      default:
        break;
    }
    if (dice_.Chance(45)) step += " where " + conditions_.Where(1);
    if (bounds_ && dice_.Chance(25)) step += fmt::format(" within {}", Bound(dice_.Draw(1, 60)));
    if (dice_.Chance(20)) {
      step += fmt::format(" prefer {}", dice_.Pick(kCapabilities));
    }
    return step;
  }

  /// Steps whose order depends on who else stands in them. What stands is the same for every
  /// request: no condition, no bound, and no earlier step that tries one of them.
  void GroupStep(bool has_mix) {
    if (bounds_) Line("  cost at most $1000000");
    if (has_mix && dice_.Chance(50)) {
      Line("  try balanced of listed{}",
           dice_.Chance(50) ? ""
                            : " weights capability 40%, cost 30%, performance 20%, "
                              "availability 10%");
      return;
    }
    const std::string by = dice_.Chance(60) ? " by user" : "";
    if (dice_.Chance(50)) {
      Line("  try spread m0 50%, m1 20%, m2 30%{}", by);
      return;
    }
    Line("  try m0");
    Line("  else spread m1 60%, m2 40%{}", by);
  }

  void Route(int number, bool last) {
    Line("route r{} {} {{", number, last ? "otherwise" : "when " + conditions_.When(2));
    if (dice_.Chance(10)) {
      Line("  refuse \"no\"");
      Line("}}");
      return;
    }
    if (bounds_ && dice_.Chance(25)) Line("  cap output {}", Tokens(1, 3));
    if (dice_.Chance(20)) {
      Line("  need {}", dice_.Chance(70) ? dice_.Pick(kCapabilities) : "text-output, streaming");
    }
    if (dice_.Chance(25))
      Line("  place {}", dice_.Pick(std::array{"us", "eu", "us, eu", "request.region"}));
    if (dice_.Chance(20)) Line("  follow successors");
    if (dice_.Chance(15)) Line("  cache prompts");
    if (dice_.Chance(25)) Line("  cache {}m when {}", dice_.Draw(3, 9), conditions_.When(1));
    const bool has_mix = dice_.Chance(70);
    if (has_mix) Line("  mix input {}, output {}", Tokens(1, 6), Tokens(1, 4));
    if (dice_.Chance(15)) {
      GroupStep(has_mix);
    } else {
      if (bounds_ && dice_.Chance(25)) Line("  cost at most {}", Bound(dice_.Draw(1, 60)));
      if (bounds_ && dice_.Chance(10)) Line("  cost at most {} per call", Bound(90));
      const int steps = dice_.Draw(1, 3);
      for (int i = 0; i < steps; ++i) Line("  {} {}", i == 0 ? "try" : "else", Step(has_mix));
    }
    Line("}}");
  }

  // ------------------------------------------------------------ arms and orders

  void Rollouts() {
    Rollout("swap", 0, dice_.Chance(40) ? "  for r0\n" : "");
    if (dice_.Chance(15)) Rollout("other", 1, "");
  }
  void Rollout(const std::string& name, std::size_t from, const std::string& routes) {
    std::string to = dice_.Pick(models_);
    if (to == models_[from]) to = models_[from + 1];
    Line("rollout {} {{", name);
    Line("  move {} -> {}", models_[from], to);
    policy_.text += routes;
    Line("  by user");
    Line("  ramp 10%, 50% for at least 30m");
    Line("  then 100%");
    Line("  rollback when failures > baseline");
    Line("}}");
    policy_.rollouts.push_back(name);
  }

  /// There is one unit where the policy asks for no users, so that its arm is drawn by the shares
  /// and the salt.
  void Experiment() {
    std::vector<std::string> models = models_;
    for (std::size_t i = models.size(); i-- > 1;)
      std::swap(models[i], models[static_cast<std::size_t>(dice_.Draw(0, static_cast<int>(i)))]);
    const bool three = dice_.Chance(40);
    const int first = dice_.Draw(1, 60);
    const int second = three ? dice_.Draw(1, 39) : 100 - first;
    Line("experiment tone {{");
    if (dice_.Chance(50)) Line("  when {}", conditions_.When(1));
    if (dice_.Chance(30)) Line("  for r0");
    Line("  by user");
    if (dice_.Chance(60)) Line("  replace {}", models[static_cast<std::size_t>(dice_.Draw(0, 2))]);
    Line("  arm one {} {}%", models[0], first);
    Line("  arm two {} {}%", models[1], second);
    if (three) Line("  arm three {} {}%", models[2], 100 - first - second);
    Line("  until 14d");
    if (dice_.Chance(50)) Line("  salt \"s{}\"", dice_.Draw(0, 99));
    Line("}}");
    policy_.has_experiments = true;
  }

  void Budget() {
    Line("budget money {{ limit $10 per day; at 50% prefer cheapest; at 100% deny }}");
    policy_.has_budget = true;
  }

  Dice dice_;
  std::int64_t most_requests_;
  Experiments experiments_;
  Domain domain_;
  RandomCondition conditions_{dice_, domain_};
  RandomPolicy policy_;
  std::vector<std::string> models_;
  std::vector<std::string_view> dates_;
  std::set<std::int64_t> asked_dates_;
  std::set<std::int64_t> retirements_;
  bool bounds_ = true;  ///< there is an output, without which no cost is bounded
  bool has_embedders_ = false;
};

}  // namespace

RandomPolicy MakeRandomPolicy(std::uint64_t seed, std::int64_t scale, std::int64_t most_requests,
                              Experiments experiments) {
  return Maker(seed, scale, most_requests, experiments).Make(seed);
}

}  // namespace mlp::oracle
