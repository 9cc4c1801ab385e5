// The comparison of two policies against brute force: random pairs on small domains, requests,
// dates, arms and budget orders one by one. What differs lies in exactly one region of the right
// class, what does not in none, each witness shows its region, and the comparison the other way
// round is its mirror image.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "compiler/diagram/chain.hpp"
#include "compiler/diff/diff.hpp"
#include "compiler/diff/render.hpp"
#include "compiler/explain/trace.hpp"
#include "mlp/decide.hpp"
#include "mlp/request.hpp"
#include "tests/property/compiled.hpp"
#include "tests/property/oracle.hpp"
#include "tests/property/random_policy.hpp"
#include "tests/property/request_space.hpp"

namespace mlp::oracle {
namespace {

using compiler::ChangeClass;
using compiler::DiffOptions;
using compiler::DiffResult;
using compiler::PolicyModel;

constexpr std::size_t kPairs = 240;
constexpr std::size_t kMostRecords = 3'000;  // of a pair, drawn evenly from all
constexpr std::size_t kMostDates = 6;

/// Under what a request is asked.
struct View {
  std::vector<std::string> canary;
  bool cheapest = false;
  bool live = true;  ///< whether live conditions hold, all of them
};

/// Everything that a decision consists of.
struct Decided {
  std::string outcome;
  std::vector<std::string> candidates;  ///< model, id, provider and place
  std::vector<std::string> manners;     ///< of each candidate its bound and live conditions
  std::vector<std::int64_t> costs;
  std::string plan;
  std::uint32_t retries = 0;
  std::uint32_t attempts = 0;
};

std::unique_ptr<Compiled> TryCompile(const std::string& name, const std::string& text) {
  auto compiled = CompileText(name, text);
  return compiled->tables ? std::move(compiled) : nullptr;
}

/// A small edit of a policy that still compiles: another digit, a line less, two lines swapped.
std::string Mutated(std::string text, std::mt19937_64& random) {
  for (int tries = 0; tries < 60; ++tries) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    const auto draw = [&](std::size_t count) { return random() % count; };
    const int edits = 1 + static_cast<int>(draw(2));
    for (int edit = 0; edit < edits; ++edit) {
      std::string& line = lines[draw(lines.size())];
      switch (draw(4)) {
        case 0:
          line.clear();
          break;
        case 1:
          std::swap(line, lines[draw(lines.size())]);
          break;
        default:
          for (char& c : line) {
            if (c >= '0' && c <= '9' && draw(3) == 0) c = static_cast<char>('0' + draw(8));
          }
      }
    }
    std::string edited;
    for (const std::string& line : lines) edited += line + "\n";
    if (edited != text && TryCompile("edited", edited)) return edited;
  }
  return text;
}

class Pair {
 public:
  Pair(const RandomPolicy& older, const std::string& newer_text, const RandomPolicy& newer)
      : older_text_(older.text),
        newer_text_(newer_text),
        older_(TryCompile("older", older.text)),
        newer_(TryCompile("newer", newer_text)) {
    std::set<std::int64_t> dates(older.dates.begin(), older.dates.end());
    dates.insert(newer.dates.begin(), newer.dates.end());
    const std::size_t stride = std::max<std::size_t>(1, dates.size() / kMostDates);
    std::size_t number = 0;
    for (const std::int64_t date : dates) {
      if (number++ % stride == 0) dates_.push_back(date);
    }
  }

  /// False where the policies cannot be asked the same words: an attribute has two types.
  [[nodiscard]] bool Comparable() const {
    if (!older_ || !newer_) return false;
    return std::none_of(
        newer_->model.attributes.begin(), newer_->model.attributes.end(), [&](const auto& newer) {
          const auto at = compiler::FindAttribute(older_->model, newer.name);
          if (at == compiler::kNoIndex) return false;
          const auto& older = older_->model.attributes[at];
          return older.type != newer.type || older.step_micro != newer.step_micro ||
                 (older.minimum_micro - newer.minimum_micro) % newer.step_micro != 0;
        });
  }

  void Check(std::size_t seed) {
    MakeRecords();
    const DiffResult result = DiffOf(*older_, *newer_);
    const DiffResult mirror = DiffOf(*newer_, *older_);
    const std::vector<std::size_t> in = RegionOf(result);
    const std::vector<std::size_t> back = RegionOf(mirror);
    const std::vector<View> views = Views();
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const std::optional<ChangeClass> expected = Brute(records_[i], views);
      const auto found =
          in[i] == kNone ? std::nullopt : std::optional(result.regions[in[i]].change.change);
      const auto found_back =
          back[i] == kNone ? std::nullopt : std::optional(mirror.regions[back[i]].change.change);
      ++compared;
      if (expected) ++changed;
      if (expected == found && Mirrored(found) == found_back) continue;
      // Not told by all live conditions or none: some of them alone.
      if (!expected && found == ChangeClass::kLimitsChanged && found_back == found && HasLive()) {
        continue;
      }
      BOOST_ERROR("pair " << seed << ": " << Words(records_[i]) << "\n  expected " << Name(expected)
                          << ", found " << Name(found) << ", mirrored " << Name(found_back) << "\n"
                          << RenderText(result, {"old", "new"}) << "--- old\n"
                          << older_text_ << "--- new\n"
                          << newer_text_);
      failed = true;
      return;
    }
    CheckWitnesses(result, seed);
    regions += result.regions.size();
  }

  std::size_t compared = 0;
  std::size_t changed = 0;
  std::size_t regions = 0;
  bool failed = false;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  [[nodiscard]] bool HasLive() const {
    return (older_text_ + newer_text_).find("live.") != std::string::npos;
  }

  static std::string Name(std::optional<ChangeClass> change) {
    return change ? std::string(compiler::NameOf(*change)) : "no change";
  }

  static std::optional<ChangeClass> Mirrored(std::optional<ChangeClass> change) {
    if (!change) return change;
    switch (*change) {
      case ChangeClass::kNewlyUnserved:
        return ChangeClass::kNewlyServed;
      case ChangeClass::kNewlyServed:
        return ChangeClass::kNewlyUnserved;
      case ChangeClass::kCostRaised:
        return ChangeClass::kCostLowered;
      case ChangeClass::kCostLowered:
        return ChangeClass::kCostRaised;
      case ChangeClass::kRerouted:
      case ChangeClass::kReordered:
      case ChangeClass::kLimitsChanged:
        break;
    }
    return change;
  }

  DiffResult DiffOf(const Compiled& from, const Compiled& to) const {
    compiler::Diagnostics diagnostics;
    DiffOptions options;
    options.traffic = records_;
    auto result = compiler::Diff({from.model, from.tables->view(), from.sources},
                                 {to.model, to.tables->view(), to.sources}, options, diagnostics);
    BOOST_REQUIRE(result.has_value());
    BOOST_REQUIRE(*result->traffic == records_.size());
    return *std::move(result);
  }

  /// Per record the region that has it; a record in two would be a fault of its own.
  std::vector<std::size_t> RegionOf(const DiffResult& result) const {
    std::vector<std::size_t> in(records_.size(), kNone);
    for (std::size_t region = 0; region < result.regions.size(); ++region) {
      for (const std::size_t record : result.regions[region].records) {
        BOOST_REQUIRE_MESSAGE(in[record] == kNone, "two regions have " << Words(records_[record])
                                                                       << "\n"
                                                                       << older_text_ << "---\n"
                                                                       << newer_text_);
        in[record] = region;
      }
    }
    return in;
  }

  static std::string Words(const DiffOptions::Recorded& record) {
    std::string text;
    for (const auto& [name, value] : record.words) text += fmt::format("{}={} ", name, value);
    return text + fmt::format("at {}", *record.at_s);
  }

  void MakeRecords() {
    // Beyond both horizons prices go on, but nothing is compared.
    const std::int64_t begin = std::min(older_->model.valid.from_s, newer_->model.valid.from_s);
    const std::int64_t end = std::max(older_->model.valid.to_s, newer_->model.valid.to_s);
    std::erase_if(dates_, [&](std::int64_t date) { return date < begin || date >= end; });
    if (dates_.empty()) dates_.push_back(begin);
    std::vector<std::pair<std::string, std::vector<std::string>>> axes;
    for (const PolicyModel* model : {&older_->model, &newer_->model}) {
      for (compiler::Index i = 0; i < model->attributes.size(); ++i) {
        const auto& attribute = model->attributes[i];
        auto at = std::find_if(axes.begin(), axes.end(),
                               [&](const auto& axis) { return axis.first == attribute.name; });
        if (at == axes.end()) at = axes.insert(axes.end(), {attribute.name, {}});
        for (const std::string& value : Values(*model, i)) {
          if (std::find(at->second.begin(), at->second.end(), value) == at->second.end()) {
            at->second.push_back(value);
          }
        }
      }
    }
    std::size_t total = dates_.size();
    for (const auto& axis : axes) total *= axis.second.size();
    const std::size_t stride = total <= kMostRecords ? 1 : total / kMostRecords | 1U;
    for (std::size_t number = 0; number < total; number += stride) {
      DiffOptions::Recorded record;
      std::size_t rest = number;
      for (const auto& [name, values] : axes) {
        record.words.emplace_back(name, values[rest % values.size()]);
        rest /= values.size();
      }
      record.at_s = dates_[rest];
      records_.push_back(std::move(record));
    }
  }

  /// Every value of an attribute, texts those that the policies compare with and neighbours.
  std::vector<std::string> Values(const PolicyModel& model, compiler::Index number) const {
    const auto& attribute = model.attributes[number];
    std::vector<std::string> values;
    switch (attribute.type) {
      case AttributeType::kEnum:
        return attribute.labels;
      case AttributeType::kTokens:
        for (std::int32_t code = 0; code < attribute.size; ++code) {
          values.push_back(fmt::format("{}", code));
        }
        return values;
      case AttributeType::kNumber:
        for (std::int32_t code = 0; code < attribute.size; ++code) {
          const std::int64_t micro = attribute.minimum_micro + code * attribute.step_micro;
          values.push_back(fmt::format("{}{}.{:06}", micro < 0 ? "-" : "",
                                       std::abs(micro) / 1'000'000, std::abs(micro) % 1'000'000));
        }
        return values;
      case AttributeType::kKey:
        return {"u1"};
      case AttributeType::kText: {
        std::set<std::string> texts{"m"};
        for (const auto* side : {older_.get(), newer_.get()}) {
          const Facts facts = ReadFacts(side->program, side->sources);
          const std::size_t place = facts.Find(attribute.name);
          if (place == kNowhere) continue;
          for (const std::string& text : Literals(facts, place)) {
            texts.insert(text);
            texts.insert(text + "x");
          }
        }
        texts.erase("");
        return {texts.begin(), texts.end()};
      }
      case AttributeType::kSet: {
        std::vector<std::string> members;
        for (unsigned bit = 0; bit < 64; ++bit) {
          if (((attribute.members >> bit) & 1U) == 0) continue;
          members.push_back(number == model.asks ? model.capability_names[bit]
                                                 : attribute.labels[bit]);
        }
        for (std::size_t bits = 0; bits < (std::size_t{1} << members.size()); ++bits) {
          std::string list;
          for (std::size_t i = 0; i < members.size(); ++i) {
            if (((bits >> i) & 1U) != 0) list += (list.empty() ? "" : ",") + members[i];
          }
          values.push_back(list);
        }
        return values;
      }
    }
    return values;
  }

  /// Arms before orders, the stable one first, as the comparison tells of them.
  std::vector<View> Views() const {
    std::set<std::string> rollouts;
    for (const auto* side : {older_.get(), newer_.get()}) {
      for (const auto& rollout : side->model.rollouts) rollouts.insert(rollout.name);
    }
    std::vector<View> views{{}};
    for (const std::string& rollout : rollouts) views.push_back({{rollout}, false});
    if (rollouts.size() == 2) views.push_back({{rollouts.begin(), rollouts.end()}, false});
    const std::size_t count = views.size();
    for (std::size_t i = 0; i < count; ++i) views.push_back({views[i].canary, true});
    for (std::size_t i = 0; i < 2 * count; ++i) {
      views.push_back({views[i].canary, views[i].cheapest, false});
    }
    return views;
  }

  /// The policy's budgets that may ask for the cheapest first apply to the request.
  static bool Prefers(const Compiled& side, const RequestView& request) {
    return std::any_of(side.model.budgets.begin(), side.model.budgets.end(),
                       [&](const compiler::BudgetModel& budget) {
                         return budget.prefer_cheapest_at_ppm != 0 &&
                                compiler::Evaluate(budget.when, side.tables->view(), request);
                       });
  }

  static Decided Decide(const Compiled& side, const DiffOptions::Recorded& record,
                        const View& view) {
    Decided decided;
    decided.outcome = "no-route";
    const Tables& tables = side.tables->view();
    AttributeWords own;
    for (const auto& word : record.words) {
      if (compiler::FindAttribute(side.model, word.first) != compiler::kNoIndex) {
        own.push_back(word);
      }
    }
    const Result<OwnedRequest> read = ReadRequest(tables, own);
    if (!read.ok()) return decided;
    std::vector<std::string_view> texts;
    const RequestView request = read->view(texts);
    LiveState live(tables);
    live.set_root(RootAt(tables, *record.at_s));
    for (std::size_t i = 0; i < tables.rollouts.size(); ++i) {
      const bool in = std::find(view.canary.begin(), view.canary.end(), tables.rollouts[i].name) !=
                      view.canary.end();
      live.set_share_ppm(static_cast<std::uint16_t>(i), in ? 1'000'000 : 0);
    }
    for (std::size_t i = 0; !view.live && i < tables.live_conditions.size(); ++i) {
      live.set_condition(static_cast<std::uint16_t>(i), false);
    }
    const Decision decision = mlp::Decide(
        tables, live, request, {.prefer_cheapest = view.cheapest && Prefers(side, request)});
    decided.outcome = AnswerOf(tables, decision).outcome;
    if (decided.outcome != "serve") return decided;
    const RoutePlan& plan = tables.routes[decision.route];
    const auto& route = side.model.routes[decision.route];
    decided.retries = plan.retries;
    decided.attempts = plan.attempts;
    decided.plan = fmt::format(
        "{} {} {} {} {} {} {} {} {} {} {} {} {} {}", plan.retries, plan.attempts, plan.attempt_ms,
        plan.deadline_ms, plan.backoff_base_ms, plan.backoff_cap_ms, plan.call_bound.pico_usd,
        plan.caches_prompts, plan.restart_after_first_byte, plan.hedge_percentile,
        plan.hedge_share_ppm, decision.cache_ttl_s, decision.output_tokens, route.logs_prompts);
    for (const Action action : plan.actions) decided.plan += fmt::format(" {}", ToString(action));
    for (const Candidate& candidate : InTableOrder(tables, decision, view.cheapest)) {
      const mlp::Model& model = tables.models[candidate.model];
      const Row& row = tables.rows[candidate.row];
      const Gate& gate = tables.gates[row.gate];
      std::string place;
      if (route.place == compiler::PlaceKind::kAttribute) {
        place = WriteValue(tables.attributes[route.place_attribute], request);
      } else {
        for (const std::string_view one : tables.endpoints[candidate.endpoint].places) {
          if (route.place == compiler::PlaceKind::kFixed &&
              std::find(route.places.begin(), route.places.end(), one) == route.places.end()) {
            continue;
          }
          place = one;
          break;
        }
      }
      decided.candidates.push_back(fmt::format("{} {} {} {} {}", model.name, model.id,
                                               tables.providers[model.provider].name, place,
                                               model.parameters));
      std::string manner =
          fmt::format("{}", std::min(route.cost_pico, route.steps[candidate.step].within_pico));
      std::set<std::string> clauses;
      for (const std::uint16_t ref : tables.live_refs.subspan(gate.first_live, gate.live_count)) {
        const LiveCondition& condition = tables.live_conditions[ref];
        std::string clause;
        for (const LiveAtom& atom :
             tables.live_atoms.subspan(condition.first_atom, condition.atom_count)) {
          clause += fmt::format("{} {} {} {} {} or ", tables.models[atom.model].name,
                                static_cast<int>(atom.fact), static_cast<int>(atom.comparison),
                                atom.window_s, atom.threshold);
        }
        clauses.insert(clause);
      }
      manner += fmt::format(" {}", fmt::join(clauses, " and "));
      const Leaf& leaf = tables.leaves[decision.leaf];
      if (!view.cheapest && MembersOf(tables, decision, row.group) >= 2) {
        const Group& group = tables.groups[leaf.first_group + row.group - 1U];
        manner += fmt::format(" group {} {}", static_cast<int>(group.kind), group.member_count);
        if (group.first_weight < tables.weights.size() && group.kind == GroupKind::kSpread) {
          for (const std::uint32_t weight :
               tables.weights.subspan(group.first_weight, group.member_count)) {
            manner += fmt::format(" {}", weight);
          }
        }
      }
      decided.manners.push_back(manner);
      const std::int64_t input =
          tables.input_code == kNone16 ? 0 : request.codes[tables.input_code];
      decided.costs.push_back(AttemptCostPico(tables, row, *record.at_s, input,
                                              decision.output_tokens, plan.caches_prompts));
    }
    return decided;
  }

  /// Drawn or measured orders are compared by how they are made, so they stand as in the table.
  static std::vector<Candidate> InTableOrder(const Tables& tables, const Decision& decision,
                                             bool cheapest) {
    std::vector<Candidate> list(decision.list().begin(), decision.list().end());
    if (cheapest) return list;
    for (std::size_t first = 0; first < list.size();) {
      std::size_t end = first + 1;
      const auto group = tables.rows[list[first].row].group;
      while (group != 0 && end < list.size() && tables.rows[list[end].row].group == group) ++end;
      std::sort(list.begin() + static_cast<std::ptrdiff_t>(first),
                list.begin() + static_cast<std::ptrdiff_t>(end),
                [](const Candidate& a, const Candidate& b) { return a.row < b.row; });
      first = end;
    }
    return list;
  }

  /// How many candidates of the stable arm a group orders.
  static std::size_t MembersOf(const Tables& tables, const Decision& decision, std::uint8_t group) {
    if (group == 0) return 0;
    return static_cast<std::size_t>(std::count_if(
        decision.list().begin(), decision.list().end(), [&](const Candidate& candidate) {
          const Row& row = tables.rows[candidate.row];
          return row.group == group && row.rollout == kNone16;
        }));
  }

  /// The class by the rules of the reference, or nothing where decisions are the same.
  std::optional<ChangeClass> Brute(const DiffOptions::Recorded& record,
                                   const std::vector<View>& views) const {
    std::vector<Decided> before;
    std::vector<Decided> after;
    for (const View& view : views) {
      before.push_back(Decide(*older_, record, view));
      after.push_back(Decide(*newer_, record, view));
    }
    if (before.front().outcome != after.front().outcome) {
      return before.front().outcome == "serve"  ? ChangeClass::kNewlyUnserved
             : after.front().outcome == "serve" ? ChangeClass::kNewlyServed
                                                : ChangeClass::kRerouted;
    }
    bool limits = false;
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (before[i].candidates != after[i].candidates) {
        // Orders under a budget, and who stands in where live conditions fail, are limits.
        if (views[i].cheapest || !views[i].live) {
          limits = true;
          continue;
        }
        const std::set<std::string> was(before[i].candidates.begin(), before[i].candidates.end());
        const std::set<std::string> is(after[i].candidates.begin(), after[i].candidates.end());
        return was == is ? ChangeClass::kReordered : ChangeClass::kRerouted;
      }
      if (before[i].plan != after[i].plan || before[i].manners != after[i].manners) limits = true;
    }
    if (limits) return ChangeClass::kLimitsChanged;
    for (std::size_t i = 0; i < views.size() && !views[i].cheapest; ++i) {
      std::vector<std::int64_t> was = before[i].costs;
      std::vector<std::int64_t> is = after[i].costs;
      for (std::size_t c = 0; c < was.size(); ++c) {
        if (was[c] < 0 || is[c] < 0) was[c] = is[c] = 0;
      }
      const std::int64_t cost_before =
          compiler::WorstChainCost(was, before[i].retries, before[i].attempts);
      const std::int64_t cost_after =
          compiler::WorstChainCost(is, after[i].retries, after[i].attempts);
      if (cost_before < cost_after) return ChangeClass::kCostRaised;
      if (cost_before > cost_after) return ChangeClass::kCostLowered;
    }
    return std::nullopt;
  }

  /// What a region tells of its witness is a difference of its class.
  void CheckWitnesses(const DiffResult& result, std::size_t seed) {
    const auto models = [](const compiler::Explanation& explanation) {
      std::vector<std::string> names;
      for (const auto& one : explanation.candidates) {
        names.push_back(one.model + " " + one.id + " " + one.provider + " " + one.place);
      }
      return names;
    };
    for (const compiler::DiffRegion& region : result.regions) {
      const auto was = models(region.older);
      const auto is = models(region.newer);
      bool shown = true;
      switch (region.change.change) {
        case ChangeClass::kNewlyUnserved:
          shown = region.older.outcome == "serve" && region.newer.outcome != "serve";
          break;
        case ChangeClass::kNewlyServed:
          shown = region.older.outcome != "serve" && region.newer.outcome == "serve";
          break;
        case ChangeClass::kRerouted:
        case ChangeClass::kReordered:
          shown = was != is || region.older.outcome != region.newer.outcome;
          break;
        case ChangeClass::kCostRaised:
        case ChangeClass::kCostLowered:
          shown = was == is && region.older.outcome == "serve";
          break;
        case ChangeClass::kLimitsChanged:
          shown = region.older.outcome == "serve" && region.newer.outcome == "serve";
          break;
      }
      // Replayed, live facts take their priors, which may put a candidate out.
      if (shown || HasLive()) continue;
      BOOST_ERROR("pair " << seed << ": the witness of " << region.when << " shows no "
                          << compiler::NameOf(region.change.change) << ": " << region.older.outcome
                          << " " << fmt::format("{}", fmt::join(was, "; ")) << " -> "
                          << region.newer.outcome << " " << fmt::format("{}", fmt::join(is, "; "))
                          << "\n--- old\n"
                          << older_text_ << "--- new\n"
                          << newer_text_);
      failed = true;
      return;
    }
  }

  std::string older_text_;
  std::string newer_text_;
  std::unique_ptr<Compiled> older_;
  std::unique_ptr<Compiled> newer_;
  std::vector<std::int64_t> dates_;
  std::vector<DiffOptions::Recorded> records_;
};

BOOST_AUTO_TEST_SUITE(diff)

BOOST_AUTO_TEST_CASE(regions_are_exactly_what_changes) {
  std::size_t compared = 0;
  std::size_t changed = 0;
  std::size_t pairs = 0;
  std::size_t regions = 0;
  std::size_t failed = 0;
  for (std::size_t seed = 0; pairs < kPairs && seed < 2 * kPairs; ++seed) {
    std::mt19937_64 random(seed);
    const RandomPolicy older = MakeRandomPolicy(seed);
    const bool related = seed % 4 != 3;
    const RandomPolicy newer = MakeRandomPolicy(related ? seed : seed + 5'000);
    Pair pair(older, related ? Mutated(older.text, random) : newer.text, newer);
    if (!pair.Comparable()) continue;
    pair.Check(seed);
    ++pairs;
    compared += pair.compared;
    changed += pair.changed;
    regions += pair.regions;
    if (pair.failed) ++failed;
    if (failed == 3) break;
  }
  BOOST_TEST_MESSAGE(pairs << " pairs, " << regions << " regions, " << changed << " of " << compared
                           << " requests changed");
  BOOST_TEST(pairs >= 200U);
  BOOST_TEST(changed * 20 >= compared);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::oracle
