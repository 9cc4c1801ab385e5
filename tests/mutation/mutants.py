"""The mutants: one fault each, planted by replacing an exact text that stands once in its file.

Choose faults that a hurried change could bring: a boundary off by one, a lost `otherwise`, a wrong
priority, a wrong factor of a unit. TESTS names the tests that are to kill a file's mutants, the
quickest first.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    file: str
    before: str
    after: str
    models: str  # what goes wrong


TESTS = {
    "compiler/ast/": ["ast_test"],
    "compiler/check/": ["check_test", "golden_test"],
    "compiler/model/": ["check_test", "explain_test", "golden_test"],
    "compiler/diagram/": ["diagram_test", "golden_test", "explain_test", "oracle_test"],
    "runtime/core/": ["core_test", "diagram_test", "oracle_test"],
}

LITERALS = "compiler/ast/literals.cpp"
LITERAL = "compiler/check/literal.cpp"
PRICE = "compiler/check/price.cpp"
VALUE = "compiler/check/attribute_value.cpp"
LIVE_FACTS = "compiler/model/live_facts.cpp"
AXES = "compiler/diagram/axes.cpp"
MDD = "compiler/diagram/mdd.cpp"
CONDITION = "compiler/diagram/condition_diagram.cpp"
GUARDS = "compiler/diagram/guards.cpp"
CANDIDATES = "compiler/diagram/candidates.cpp"
CANDIDATE_ROWS = "compiler/diagram/candidate_rows.cpp"
CANDIDATE_SITES = "compiler/diagram/candidate_sites.cpp"
DATES = "compiler/diagram/dates.cpp"
ROUTE = "compiler/diagram/route_diagram.cpp"
BUILD = "compiler/diagram/build.cpp"
OBJECTIVE = "compiler/diagram/objective.cpp"
PRICE_LINES = "compiler/diagram/price_lines.cpp"
LEAF_BOUNDS = "compiler/diagram/leaf_bounds.cpp"
WHERE = "compiler/diagram/where.cpp"
RESIDUAL = "compiler/diagram/residual.cpp"
DECIDE = "runtime/core/decide.cpp"
COST = "runtime/core/cost.cpp"
MEMBER_ORDER = "runtime/core/member_order.cpp"

MUTANTS = [
    # Units of literals.
    Mutant(LITERALS, "return Scaled(text, 10'000);", "return Scaled(text, 1'000);", "1% is 0.1%"),
    Mutant(LITERALS, "factor = 1'000;", "factor = 1'024;", "1K is 1,024"),
    Mutant(LITERALS, "Scaled(text, 60'000)", "Scaled(text, 6'000)", "a minute of six seconds"),
    Mutant(LITERALS, "Scaled(text, 1'000'000'000'000)", "Scaled(text, 1'000'000'000)",
           "a dollar of a billion picodollars"),
    Mutant(LITERALS, "if (value > (kMax - digit) / 10)", "if (value >= (kMax - digit) / 10)",
           "the largest whole number does not fit"),
    Mutant(LITERALS, "year % 100 != 0 || year % 400 == 0", "year % 100 != 0 || year % 400 != 0",
           "1900 is a leap year"),
    Mutant(LITERALS, "*hours > 23", "*hours > 24", "24:00 is a time of day"),
    # Literals and prices, checked.
    Mutant(LITERAL, "*value >= low && *value <= high", "*value > low && *value <= high",
           "the least value of a range is refused"),
    Mutant(LITERAL, "*value >= low && *value <= high", "*value >= low && *value < high",
           "the largest value of a range is refused"),
    Mutant(LITERAL, "return kind == Kind::kDuration;",
           "return kind == Kind::kDuration || kind == Kind::kInteger;",
           "a number without a unit is a duration"),
    Mutant(PRICE, "== Comparison::kGreater ? *bound + 1 : *bound",
           "== Comparison::kGreater ? *bound : *bound", "a tier `> N` begins at N"),
    Mutant(PRICE, "kUnlimited : next->first - 1", "kUnlimited : next->first",
           "a tier ends where the next has begun"),
    Mutant(PRICE, "next == sheets.end() ? kForever : next->first",
           "next == sheets.end() ? kForever : kForever", "a sheet outlives the next one's begin"),
    Mutant(PRICE, "if (end) when.to_s = *end;", "if (false) when.to_s = *end;",
           "a price's own end is lost"),
    Mutant(PRICE, "0b0011111", "0b0111111", "Saturday is a weekday"),
    Mutant(VALUE, "atom->last = code - 1;", "atom->last = code;", "`<` means `<=`"),
    Mutant(VALUE, "atom->first = code + 1;", "atom->first = code;", "`>` means `>=`"),
    Mutant(LIVE_FACTS, '"error-rate", LiveUnit::kPpm', '"error-rate", LiveUnit::kCount',
           "an error rate is a count"),
    # Conditions of the request.
    Mutant(AXES, "entry.cuts.insert(atom.text + '\\0');", "",
           "what follows a literal falls together with it"),
    Mutant(AXES, "static_cast<char>(prefix.back() + 1)", "static_cast<char>(prefix.back() + 2)",
           "a prefix takes what comes after it"),
    Mutant(CONDITION, "return mdd_.Not(Build(node.operands.front()));",
           "return Build(node.operands.front());", "`not` is lost"),
    Mutant(CONDITION, "if (parts.size() % 2 != 0) parts[kept++] = parts.back();", "",
           "the odd operand of `and` or `or` is lost"),
    Mutant(CONDITION, "if (atom.first <= cap && cap <= atom.last)",
           "if (atom.first <= cap && cap < atom.last)", "the cap is not the most of the output"),
    Mutant(CONDITION, "return mdd.Interval(axis, first, end - cuts.begin());",
           "return mdd.Interval(axis, first, end - cuts.begin() - 1);",
           "the last class of a prefix is lost"),
    Mutant(MDD, "last = std::min(last, size - 1);", "last = std::min(last, size - 2);",
           "the last code of a domain is lost"),
    Mutant(MDD, "edges.push_back({static_cast<std::int32_t>(first - 1), kFalse});",
           "edges.push_back({static_cast<std::int32_t>(first), kFalse});",
           "an interval begins one late"),
    Mutant(MDD, "if (x == kFalse) return y;\n    if (IsTerminal(x) || x == y || y == kFalse)",
           "if (y == kFalse) return x;\n    if (IsTerminal(y) || x == y || x == kFalse)",
           "the later route wins"),
    Mutant(MDD, "std::equal(others.begin(), others.end(), reduced.begin(), reduced.end())",
           "others.size() == reduced.size()", "different nodes are shared"),
    # From route to candidates.
    Mutant(ROUTE, "all = mdd.FirstMatch(all, mdd.Gate(mdd.Interval(axis, label, label), list));",
           "all = mdd.FirstMatch(all, mdd.Gate(mdd.Interval(axis, label, 1'000), list));",
           "the first place answers for all"),
    Mutant(ROUTE, "if (!in.empty() && in.back() == list_.entries.size())",
           "if (!in.empty() && in.back() >= list_.entries.size() && false)",
           "no answer is cached"),
    Mutant(ROUTE, "const Condition seen = AfterCap(condition, model_.output, route.output_cap);",
           "const Condition seen = condition;", "conditions do not see the cap"),
    Mutant(CANDIDATE_SITES, "if (candidate.retires_s <= at_s)", "if (candidate.retires_s < at_s)",
           "a model serves at the instant of its retirement"),
    Mutant(CANDIDATE_SITES, "if (at_s < candidate.released_s)", "if (at_s <= candidate.released_s)",
           "a model is out at the instant of its release"),
    Mutant(CANDIDATE_SITES, "if (by != NamedBy::kPool) return std::nullopt;",
           "return std::nullopt;", "a pool takes deprecated models"),
    Mutant(CANDIDATE_SITES, "if (by == NamedBy::kRollout) return std::nullopt;",
           "return std::nullopt;", "a candidate is tried without a rollout"),
    Mutant(CANDIDATE_ROWS, "limits.Add(1, 1, facts.context)", "limits.Add(1, 0, facts.context)",
           "the output does not count against the context"),
    Mutant(CANDIDATE_ROWS, "limits.Add(0, 1, facts.max_output)",
           "limits.Add(0, 1, facts.max_output - 1)", "the most output is refused"),
    Mutant(CANDIDATE_ROWS, "return std::min(list.route.cost_pico, step.within_pico);",
           "static_cast<void>(step);\n  return list.route.cost_pico;", "`within` is lost"),
    Mutant(CANDIDATE_ROWS, "facts.capabilities & entry.capabilities", "facts.capabilities",
           "a canary serves what the old model cannot"),
    Mutant(CANDIDATE_ROWS, "for (const Guard& guard : entry.guards) guards.Add(guard);", "",
           "a canary goes beyond the old model's bounds"),
    Mutant(CANDIDATES, "const bool same_arm = earlier.rollout == kNoIndex ||",
           "const bool same_arm = true ||", "a canary covers the stable arm"),
    Mutant(CANDIDATE_ROWS, "if (!asks_place || IsUnconditional(result)) break;",
           "if (asks_place || IsUnconditional(result) || true) break;",
           "the first endpoint answers for every place"),
    Mutant(CANDIDATES, "static_cast<std::uint64_t>(costs_[a]) <",
           "static_cast<std::uint64_t>(costs_[a]) >", "`prefer cheapest` prefers the dearest"),
    Mutant(DATES, "if (valid_.from_s < at_s && at_s < valid_.to_s)",
           "if (valid_.from_s < at_s && at_s + 86'400 < valid_.to_s)",
           "the last day of the horizon has no cut"),
    Mutant(DATES, "cuts.Add(candidate.deprecated_s);", "", "a deprecation changes nothing"),
    Mutant(DATES, "if (at_s < std::numeric_limits<std::int64_t>::max()) cuts.Add(at_s + 1);", "",
           "`retires-in == D` holds longer than an instant"),
    Mutant(WHERE, "case Comparison::kLess:\n      negated = true;\n      atom.last = fact;",
           "case Comparison::kLess:\n      negated = true;\n      atom.last = fact - 1;",
           "`output < request.output` holds for equal ones"),
    Mutant(WHERE, "(node.kind == ConditionKind::kAnd) == wanted ? Residual::All",
           "(node.kind == ConditionKind::kAnd) ? Residual::All", "`not (a and b)` is `not a and not b`"),
    Mutant(WHERE, "return Residual::Constant(value.has_value() && *value == wanted);",
           "return Residual::Constant(value.value_or(false) == wanted);",
           "a missing fact is false, so that `not` admits it"),
    Mutant(WHERE, "serves && candidate.deprecated_s <= at_s",
           "serves && candidate.deprecated_s < at_s", "deprecated a second late"),
    Mutant(RESIDUAL, "guards_.Add(-a, -b, -(atom.last + 1));", "guards_.Add(-a, -b, -atom.last);",
           "`not output <= N` begins at N"),
    Mutant(RESIDUAL, "guards_.Add(a, b, atom.first - 1);", "guards_.Add(a, b, atom.first);",
           "`not input >= N` ends at N"),
    Mutant(OBJECTIVE, "return std::tuple(member.mix_pico, UnknownLast(member.output_price, 0), name(member));",
           "return std::tuple(-member.mix_pico, UnknownLast(member.output_price, 0), name(member));",
           "`cheapest` takes the dearest"),
    Mutant(OBJECTIVE, "return std::tuple(member.mix_pico, UnknownLast(member.output_price, 0), name(member));",
           "return std::tuple(member.mix_pico, std::uint64_t{0}, name(member));",
           "ties of `cheapest` ignore the output price"),
    Mutant(OBJECTIVE, "-Score(model.candidates[member.candidate], step.best)",
           "Score(model.candidates[member.candidate], step.best)", "`best` takes the worst"),
    Mutant(OBJECTIVE, ">> bit) & 1) == 0 ? 1 : 0);", ">> bit) & 1) == 0 ? 0 : 1);",
           "`prefer` puts off what it prefers"),
    Mutant(PRICE_LINES, "price.when.from_s <= at_s && at_s < price.when.to_s",
           "price.when.from_s <= at_s && at_s <= price.when.to_s",
           "a price holds at the instant of its end"),
    Mutant(PRICE_LINES, "begins.insert(price.max_prompt + 1)", "begins.insert(price.max_prompt)",
           "a tier of prices begins one early"),
    Mutant(PRICE_LINES, "line.output = std::max(line.output, PriceOf(price, TokenClass::kReasoning));",
           "", "reasoning is free"),
    Mutant(PRICE_LINES, "constexpr std::int64_t kMicro = 1'000'000;",
           "constexpr std::int64_t kMicro = 1'000'001;", "a price factor of the wrong unit"),
    Mutant(GUARDS, "if (most <= c) return;", "if (most <= c + 1) return;",
           "a bound one below the most is dropped"),
    Mutant(GUARDS, "guard.c = std::min(guard.c, c);", "guard.c = c;",
           "a wider bound replaces a narrower one"),
    Mutant(GUARDS, "if (least > c) impossible_ = true;", "if (least >= c) impossible_ = true;",
           "what serves a single request serves none"),
    Mutant(LEAF_BOUNDS, "(-guard.c + -guard.a - 1) / -guard.a", "(-guard.c + -guard.a) / -guard.a",
           "a cell begins one late"),
    Mutant(LEAF_BOUNDS, "inputs[i + 1] - 1", "inputs[i + 1] - 2", "a cell ends one early"),
    Mutant(LEAF_BOUNDS, "if (row.rollout != kNoIndex) continue;", "",
           "a canary counts among the reasons why the stable arm serves nobody"),
    Mutant("compiler/diagram/flatten_roots.cpp", "cuts.push_back(edge.last + 1);", "cuts.push_back(edge.last);",
           "a node's edges turn one early"),
    Mutant("compiler/diagram/flatten_roots.cpp", "if (interval.last + 1 < diagram_.mdd.axis_size(axis)) cuts.push_back(interval.last + 1);",
           "if (interval.last + 1 < diagram_.mdd.axis_size(axis)) cuts.push_back(interval.last);",
           "an interval of the fallback ends one early"),
    Mutant("compiler/diagram/flatten_names.cpp", "return price.days != 0;", "return price.days == 0;",
           "a scheduled price stands behind the plain one"),
    # The runtime.
    Mutant(DECIDE, "guard.a * input_ + guard.b * output_ <= guard.c",
           "guard.a * input_ + guard.b * output_ < guard.c", "the largest request is refused"),
    Mutant(DECIDE, "Bucket(rollout.salt, unit) < share", "Bucket(rollout.salt, unit) <= share",
           "one bucket too many is in the canary arm"),
    Mutant(DECIDE, "usable &= !Taken(row.model);", "", "a model is tried twice"),
    Mutant(DECIDE, "decision.output_tokens = std::min(decision.output_tokens, live.output_cap(leaf.route));",
           "", "the cap is lost"),
    Mutant(DECIDE, "if ((request.sets[attribute.slot] & ~attribute.members) != 0) return false;",
           "", "an unknown member is in the domain"),
    Mutant(COST, "price.from_s <= at_s && at_s < price.to_s", "price.from_s < at_s && at_s < price.to_s",
           "a price begins a second late"),
    Mutant(COST, "scheduled(day_before) && minute < price.to_minute",
           "scheduled(day_before < 0 ? day_before : weekday) && minute < price.to_minute",
           "hours past midnight belong to the next day"),
    Mutant(COST, "kEpochWeekday = 3", "kEpochWeekday = 4", "the week begins on Sunday"),
    Mutant(COST, "rounding == Rounding::kUp ? kListPrice_ppm - 1",
           "rounding == Rounding::kUp ? kListPrice_ppm - 2", "a bound is not rounded up"),
    Mutant(COST, "dearest = std::max(dearest, cost);", "dearest = cost;",
           "the last price counts, not the dearest"),
    Mutant(COST, "bill.Add(usage.cache_read, FirstPrice(PriceOf(*price, TokenClass::kCacheRead), input));",
           "bill.Add(usage.cache_read, input);", "cache reads cost as much as input"),
    Mutant(MEMBER_ORDER, "point >= shares[drawn]", "point > shares[drawn]",
           "the first member's share is one too large"),
    Mutant(MEMBER_ORDER, "shares[order[at - 1]] < shares[member]",
           "shares[order[at - 1]] <= shares[member]", "equal shares change places"),
]
