#include "compiler/diagram/fact_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

constexpr std::array<std::string_view, kTokenClassCount> kClassNames{
    "input",  "cache-read", "cache-write", "cache-write 1h",
    "output", "reasoning",  "batch-input", "batch-output"};

std::string NameOfFact(const CandidateAtom& atom) {
  switch (atom.fact) {
    case FactKind::kContext:
      return "context";
    case FactKind::kMaxInput:
      return "input limit";
    case FactKind::kMaxOutput:
      return "output limit";
    case FactKind::kPrice:
      return fmt::format("price for {}", kClassNames[static_cast<std::size_t>(atom.price_class)]);
    case FactKind::kQuality:
      return fmt::format("quality `{}`", atom.name);
    case FactKind::kPriorP50:
      return "prior latency.p50";
    case FactKind::kPriorP95:
      return "prior latency.p95";
    case FactKind::kProvider:
      return "provider";
    case FactKind::kModel:
      return "name";
    case FactKind::kPlace:
      return "place";
    case FactKind::kStatus:
      return "status";
    case FactKind::kRetiresIn:
      return "retirement";
    case FactKind::kLive:
      return "live fact";
  }
  return {};
}

std::string Micro(std::int64_t micro) {
  std::string text = fmt::format("{}.{:06}", micro / 1'000'000, micro % 1'000'000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string ValueWords(const CandidateAtom& atom, std::int64_t value) {
  switch (atom.fact) {
    case FactKind::kContext:
    case FactKind::kMaxInput:
    case FactKind::kMaxOutput:
      return value == kUnlimited ? "without limit" : TokenWords(value);
    case FactKind::kPrice: {
      // Per million tokens: a picodollar a token is a millionth dollar a million.
      Money per_million{};
      if (__builtin_mul_overflow(value, 1'000'000, &per_million.pico_usd)) return "very high";
      return ToString(per_million) + "/M";
    }
    case FactKind::kQuality:
      return Micro(value);
    case FactKind::kPriorP50:
    case FactKind::kPriorP95:
      return fmt::format("{}ms", value);
    case FactKind::kRetiresIn:
      return fmt::format("in {} days", value / 86'400);
    case FactKind::kProvider:
    case FactKind::kModel:
    case FactKind::kPlace:
    case FactKind::kStatus:
    case FactKind::kLive:
      break;
  }
  return {};
}

}  // namespace

std::optional<std::int64_t> NumberFact(const CandidateModel& candidate, FactKind fact,
                                       const CandidateAtom& atom, std::int64_t at_s) {
  const auto known = [](std::int64_t value, bool is_known) {
    return is_known ? std::optional(value) : std::nullopt;
  };
  switch (fact) {
    case FactKind::kContext:
      return candidate.context;
    case FactKind::kMaxInput:
      return candidate.max_input;
    case FactKind::kMaxOutput:
      return candidate.max_output;
    case FactKind::kPrice: {
      const std::int64_t price = DearestPrice(candidate, atom.price_class, at_s);
      return known(price, price >= 0);
    }
    case FactKind::kQuality: {
      const auto score = std::find_if(candidate.quality.begin(), candidate.quality.end(),
                                      [&](const ScoreModel& one) { return one.name == atom.name; });
      if (score == candidate.quality.end()) return std::nullopt;
      return score->micro;
    }
    case FactKind::kPriorP50:
      return known(candidate.prior_p50_ms, candidate.prior_p50_ms > 0);
    case FactKind::kPriorP95:
      return known(candidate.prior_p95_ms, candidate.prior_p95_ms > 0);
    case FactKind::kRetiresIn: {
      if (candidate.retires_s == kForever) return kUnlimited;
      std::int64_t left = 0;
      return __builtin_sub_overflow(candidate.retires_s, at_s, &left) ? kUnlimited : left;
    }
    case FactKind::kProvider:
    case FactKind::kModel:
    case FactKind::kPlace:
    case FactKind::kStatus:
    case FactKind::kLive:
      break;
  }
  return std::nullopt;
}

std::string FactWords(const PolicyModel& model, const CandidateModel& candidate,
                      const CandidateSite& site, const CandidateAtom& atom) {
  switch (atom.kind) {
    case CandidateAtom::Kind::kCan: {
      const std::uint64_t lacking = atom.members & ~candidate.capabilities;
      return lacking != 0 ? "it lacks " + CapabilityWords(model, lacking)
                          : "it has " + CapabilityWords(model, atom.members);
    }
    case CandidateAtom::Kind::kPlaceRequest:
      return "its place is not the request's";
    case CandidateAtom::Kind::kLive:
    case CandidateAtom::Kind::kRequest:
    case CandidateAtom::Kind::kList:
      return "its condition never holds";
    case CandidateAtom::Kind::kFact:
    case CandidateAtom::Kind::kFactRequest:
      break;
  }
  switch (atom.fact) {
    case FactKind::kProvider:
      return fmt::format("its provider is `{}`", model.providers[candidate.provider].name);
    case FactKind::kModel:
      return fmt::format("it is `{}`", candidate.name);
    case FactKind::kStatus:
      return fmt::format("its status is {}", NameOf(StatusAt(candidate, site.at_s)));
    case FactKind::kPlace:
      if (site.places.empty()) return "its place is not known";
      return fmt::format("its place is {}", fmt::join(site.places, " or "));
    default:
      break;
  }
  const std::optional<std::int64_t> value = NumberFact(candidate, atom.fact, atom, site.at_s);
  if (!value) return fmt::format("it has no {}", NameOfFact(atom));
  return fmt::format("its {} is {}", NameOfFact(atom), ValueWords(atom, *value));
}

std::string CapabilityWords(const PolicyModel& model, std::uint64_t bits) {
  std::vector<std::string> names;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    if (((bits >> bit) & 1) == 0) continue;
    names.push_back(bit < model.capability_names.size()
                        ? fmt::format("`{}`", model.capability_names[bit])
                        : fmt::format("capability {}", bit));
  }
  if (names.empty()) return "nothing";
  if (names.size() == 1) return names.front();
  const std::string last = names.back();
  names.pop_back();
  return fmt::format("{} and {}", fmt::join(names, ", "), last);
}

std::string TokenWords(std::int64_t tokens) {
  if (tokens != 0 && tokens % 1'000'000 == 0) return fmt::format("{}M", tokens / 1'000'000);
  if (tokens != 0 && tokens % 1'000 == 0) return fmt::format("{}K", tokens / 1'000);
  return fmt::format("{}", tokens);
}

}  // namespace mlp::compiler
