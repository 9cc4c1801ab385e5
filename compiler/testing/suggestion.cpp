#include "compiler/testing/suggestion.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/explain/explain.hpp"
#include "compiler/format/format.hpp"
#include "compiler/parse/parse.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kUsualTokens = 1'000;  // of requests whose length does not matter
constexpr std::size_t kLongestName = 80;

/// As the language writes a string; nothing where it cannot.
std::optional<std::string> Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n' || c == '\t') {
      quoted += c == '\n' ? "\\n" : "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return std::nullopt;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

/// A request of the way's, with lengths as requests have them where any will do.
RequestPoint PointOfWay(const PolicyModel& model, const Diagram& diagram, const ShortestWay& way) {
  RequestPoint point = PointOf(model, diagram.axes, way.parts);
  const auto usual = [&](Index attribute, std::optional<std::int64_t>& tokens) {
    if (attribute == kNoIndex) return;
    std::int64_t wanted =
        std::min<std::int64_t>(kUsualTokens, std::int64_t{model.attributes[attribute].size} - 1);
    for (const DiagramTerm::Part& part : way.parts) {
      if (diagram.axes.axes[part.axis].attribute != attribute) continue;
      const bool inside =
          std::any_of(part.intervals.begin(), part.intervals.end(), [&](const auto& interval) {
            return interval.first <= wanted && wanted <= interval.last;
          });
      if (!inside) wanted = part.intervals.front().first;
    }
    tokens = wanted;
  };
  usual(model.input, point.input);
  usual(model.output, point.output);
  return point;
}

/// `tier free, tenant "acme", asks (a, b)`.
std::optional<std::string> Given(const PolicyModel& model, const Witness& witness) {
  std::string given;
  for (const auto& [name, value] : witness) {
    const AttributeModel& attribute = model.attributes[FindAttribute(model, name)];
    std::optional<std::string> written = value;
    if (attribute.type == AttributeType::kText || attribute.type == AttributeType::kKey) {
      written = Quoted(value);
      if (!written) return std::nullopt;
    } else if (attribute.type == AttributeType::kSet) {
      written = "(" + value + ")";
    }
    given += fmt::format("{}{} {}", given.empty() ? "" : ", ", name, *written);
  }
  return given;
}

std::string Expectation(const Explanation& decision) {
  std::string expect = decision.route.empty() ? "" : "route " + decision.route + ", ";
  if (decision.outcome != "serve") return expect + decision.outcome;
  // The first two show an order; a longer list would break with every new model.
  for (std::size_t i = 0; i < std::min<std::size_t>(decision.candidates.size(), 2); ++i)
    expect += (i == 0 ? "first " : ", then ") + decision.candidates[i].model;
  return expect;
}

std::string NameOfTest(const MissedRegion& region) {
  std::string name = region.route.empty() ? "no route" : region.route;
  name += ": " + region.when;
  if (region.dated) name += " from " + FormatInstant(region.from_s);
  if (name.size() <= kLongestName) return name;
  std::size_t cut = name.rfind(" and ", kLongestName);
  if (cut == std::string::npos) cut = kLongestName;
  while ((name[cut] & '\xC0') == '\x80') --cut;
  return name.substr(0, cut) + " ...";
}

/// As `mlpc fmt` would leave it.
std::string LaidOut(const std::string& test) {
  constexpr std::string_view kHead = "language 1\n";
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree =
      Parse(sources, sources.Add("suggestion", std::string(kHead) + test), diagnostics);
  return diagnostics.has_errors() ? std::string() : Format(sources, tree).substr(kHead.size());
}

}  // namespace

std::string SuggestTest(const PolicyModel& model, const Diagram& diagram, const Tables& tables,
                        const SourceSet& sources, const ShortestWay& way,
                        const MissedRegion& region) {
  const Witness witness = WitnessOf(model, diagram.axes, PointOfWay(model, diagram, way));
  // The language writes minutes; what begins thirty days before a retirement begins a second later.
  constexpr std::int64_t kMinute = 60;
  const std::int64_t at_s =
      region.dated ? (way.from_s + kMinute - 1) / kMinute * kMinute : way.from_s;
  const Result<Explanation, std::string> decision =
      Explain(model, tables, sources, AttributeWords(witness.begin(), witness.end()), {}, at_s);
  const std::optional<std::string> given = Given(model, witness);
  const std::optional<std::string> name = Quoted(NameOfTest(region));
  if (!decision.ok() || !given || !name || at_s >= way.until_s) return {};
  std::string test = fmt::format("test {} {{\n", *name);
  if (!given->empty()) test += "given " + *given + "\n";
  if (region.dated) test += "on " + ast::WriteDate(at_s) + "\n";
  return LaidOut(test + "expect " + Expectation(*decision) + "\n}\n");
}

}  // namespace mlp::compiler
