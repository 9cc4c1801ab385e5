#include "tests/property/diff_pair.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <regex>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/diagram/axes.hpp"
#include "tests/property/random_policy.hpp"
#include "tests/property/request_space.hpp"

namespace mlp::oracle {
namespace {

using compiler::PolicyModel;

/// What a route may say beside what random policies say.
constexpr std::array<std::string_view, 12> kStatements = {
    "retry 2 times",
    "retry 0 times",
    "retry 1 time, backoff 1s .. 4s",
    "attempts at most 2",
    "attempt 20s",
    "deadline 40s",
    "on timeout -> stop",
    "on content-filter -> next",
    "hedge after p95 at most 2%",
    "after first-byte restart",
    "log prompts",
    "cost at most $0.0030 per call",
};

std::unique_ptr<Compiled> TryCompile(const std::string& name, const std::string& text) {
  auto compiled = CompileText(name, text);
  return compiled->tables ? std::move(compiled) : nullptr;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// Other digits, a line less, two lines swapped, or a statement more in a route.
void Edit(std::vector<std::string>& lines, std::mt19937_64& random) {
  const auto draw = [&](std::size_t count) { return random() % count; };
  std::string& line = lines[draw(lines.size())];
  switch (draw(6)) {
    case 0:
      line.clear();
      return;
    case 1:
      std::swap(line, lines[draw(lines.size())]);
      return;
    case 2: {
      std::vector<std::size_t> routes;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].starts_with("route ")) routes.push_back(i);
      }
      if (!routes.empty()) {
        lines[routes[draw(routes.size())]] +=
            fmt::format("\n  {}", kStatements[draw(kStatements.size())]);
      }
      return;
    }
    default:
      for (char& c : line) {
        if (c >= '0' && c <= '9' && draw(3) == 0) c = static_cast<char>('0' + draw(8));
      }
  }
}

/// A small edit of a policy that still compiles.
std::string Edited(const std::string& text, std::mt19937_64& random) {
  constexpr int kMostTries = 60;
  for (int tries = 0; tries < kMostTries; ++tries) {
    std::vector<std::string> lines = Lines(text);
    const std::size_t edits = 1 + random() % 3;
    for (std::size_t i = 0; i < edits; ++i) Edit(lines, random);
    std::string edited;
    for (const std::string& line : lines) edited += line + "\n";
    if (edited != text && TryCompile("edited", edited)) return edited;
  }
  return text;
}

/// The first route tries a model while a live condition holds, and else under a bound.
std::string WithLiveStep(std::string text, const std::string& bound) {
  const std::size_t at = text.find("\n  try ");
  if (at == std::string::npos) return text;
  text.replace(
      at, std::string_view("\n  try ").size(),
      "\n  try m0 where live.latency.p95 over 10m <= 3s\n  else m0 within " + bound + "\n  else ");
  return text;
}

bool AskedTheSameWords(const PolicyModel& older, const PolicyModel& newer) {
  return std::none_of(newer.attributes.begin(), newer.attributes.end(), [&](const auto& after) {
    const auto at = compiler::FindAttribute(older, after.name);
    if (at == compiler::kNoIndex) return false;
    const auto& before = older.attributes[at];
    return before.type != after.type || before.step_micro != after.step_micro ||
           (before.minimum_micro - after.minimum_micro) % after.step_micro != 0;
  });
}

/// The class of a text in a policy's tables; each axis of the attribute tells by its own cuts.
std::vector<std::int32_t> TextClasses(const Tables& tables, std::string_view name,
                                      const std::string& text) {
  std::vector<std::int32_t> classes;
  for (const Axis& axis : tables.axes) {
    if (axis.kind != AxisKind::kText) continue;
    const bool own = std::any_of(
        tables.attributes.begin(), tables.attributes.end(), [&](const mlp::Attribute& attribute) {
          const bool is_text =
              attribute.type == AttributeType::kText || attribute.type == AttributeType::kKey;
          return is_text && attribute.slot == axis.slot && attribute.name == name;
        });
    if (!own) continue;
    const auto cuts = tables.text_cuts.subspan(axis.first_text_cut, axis.text_cut_count);
    classes.push_back(static_cast<std::int32_t>(std::count_if(
        cuts.begin(), cuts.end(), [&](std::string_view cut) { return cut <= text; })));
  }
  return classes;
}

std::vector<std::string> Texts(const DiffPair& pair, const std::string& name) {
  std::set<std::string> texts{"m", "0", "~"};
  for (const Compiled* side : {pair.older.get(), pair.newer.get()}) {
    const Facts facts = ReadFacts(side->program, side->sources);
    const std::size_t place = facts.Find(name);
    if (place == kNowhere) continue;
    for (const std::string& text : Literals(facts, place)) {
      for (const std::string& near : {text, text + "x", text + "~", text.substr(0, 1)}) {
        texts.insert(near);
      }
    }
  }
  texts.erase("");
  std::set<std::vector<std::vector<std::int32_t>>> told;
  std::vector<std::string> chosen;
  for (const std::string& text : texts) {
    if (told.insert({TextClasses(pair.older->tables->view(), name, text),
                     TextClasses(pair.newer->tables->view(), name, text)})
            .second) {
      chosen.push_back(text);
    }
  }
  return chosen;
}

std::string Decimal(std::int64_t micro) {
  constexpr std::int64_t kMicro = 1'000'000;
  return fmt::format("{}{}.{:06}", micro < 0 ? "-" : "", std::abs(micro) / kMicro,
                     std::abs(micro) % kMicro);
}

std::vector<std::string> Values(const DiffPair& pair, const PolicyModel& model,
                                compiler::Index number) {
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
        values.push_back(Decimal(attribute.minimum_micro + code * attribute.step_micro));
      }
      return values;
    case AttributeType::kText:
    case AttributeType::kKey:
      return Texts(pair, attribute.name);
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

}  // namespace

std::optional<DiffPair> MakePair(std::uint64_t seed) {
  // Every eighth domain has room for texts.
  const std::int64_t most_requests = seed % 8 == 0 ? 7'000 : 2'800;
  constexpr std::uint64_t kFarSeed = 5'000;
  std::mt19937_64 random(seed);
  DiffPair pair;
  pair.older_text = MakeRandomPolicy(seed, 1, most_requests).text;
  // Some differ in what is tried once a live condition fails, at first in that alone.
  if (seed % 12 == 1) {
    pair.newer_text = WithLiveStep(pair.older_text, "$0.0021");
    pair.older_text = WithLiveStep(pair.older_text, "$0.0020");
  } else if (seed % 4 == 3) {
    pair.newer_text = MakeRandomPolicy(seed + kFarSeed, 1, most_requests).text;
  } else {
    pair.newer_text = Edited(pair.older_text, random);
  }
  pair.older = TryCompile("older", pair.older_text);
  pair.newer = TryCompile("newer", pair.newer_text);
  if (!pair.older || !pair.newer) return std::nullopt;
  if (!AskedTheSameWords(pair.older->model, pair.newer->model)) return std::nullopt;
  return pair;
}

std::vector<AttributeWords> EveryRequest(const DiffPair& pair) {
  std::vector<std::pair<std::string, std::vector<std::string>>> axes;
  for (const PolicyModel* model : {&pair.older->model, &pair.newer->model}) {
    for (compiler::Index i = 0; i < model->attributes.size(); ++i) {
      const std::string& name = model->attributes[i].name;
      auto at = std::find_if(axes.begin(), axes.end(),
                             [&](const auto& axis) { return axis.first == name; });
      if (at == axes.end()) at = axes.insert(axes.end(), {name, {}});
      for (const std::string& value : Values(pair, *model, i)) {
        if (std::find(at->second.begin(), at->second.end(), value) == at->second.end()) {
          at->second.push_back(value);
        }
      }
    }
  }
  std::size_t total = 1;
  for (const auto& axis : axes) total *= axis.second.size();
  std::vector<AttributeWords> requests(total);
  for (std::size_t number = 0; number < total; ++number) {
    std::size_t rest = number;
    for (const auto& [name, values] : axes) {
      requests[number].emplace_back(name, values[rest % values.size()]);
      rest /= values.size();
    }
  }
  return requests;
}

std::vector<std::int64_t> EveryDate(const DiffPair& pair) {
  constexpr std::int64_t kThirtyDays_s = std::int64_t{30} * 86'400;
  const auto& before = pair.older->model.valid;
  const auto& after = pair.newer->model.valid;
  const std::int64_t begin = std::min(before.from_s, after.from_s);
  const std::int64_t end = std::max(before.to_s, after.to_s);
  std::set<std::int64_t> dates;
  const auto add = [&](std::int64_t at_s) {
    for (const std::int64_t near : {at_s - 1, at_s}) {
      if (begin <= near && near < end) dates.insert(near);
    }
  };
  static const std::regex kDate(R"(\d{4}-\d\d-\d\d(T\d\d:\d\dZ)?)");
  for (const std::string* text : {&pair.older_text, &pair.newer_text}) {
    const bool nears = text->find("retires-in") != std::string::npos;
    for (std::sregex_iterator at(text->begin(), text->end(), kDate); at != std::sregex_iterator();
         ++at) {
      const auto date = compiler::ast::ReadDate(at->str());
      if (!date) continue;
      add(*date);
      if (nears) add(*date - kThirtyDays_s);
    }
  }
  return {dates.begin(), dates.end()};
}

}  // namespace mlp::oracle
