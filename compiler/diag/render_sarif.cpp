#include "compiler/diag/render_sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "compiler/diag/pages.hpp"
#include "compiler/diag/places.hpp"
#include "compiler/diag/witness.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Braces stand for placeholders in a message (section 3.11.5) and are doubled to mean themselves.
std::string MessageText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '{' || c == '}') out += c;
  }
  return out;
}

/// RFC 3986: what is not unreserved, nor a `/`, as percent and hex.
std::string FileUri(std::string_view path) {
  std::string uri = path.substr(0, 1) == "/" ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      fmt::format_to(std::back_inserter(uri), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

Json PhysicalLocation(const SourceSet& sources, Places& places, Span span) {
  const LineColumn begin = places.Locate(span.file, span.begin);
  const LineColumn end = places.Locate(span.file, span.end);
  return {{"artifactLocation", {{"uri", FileUri(sources.name(span.file))}}},
          {"region",
           {{"startLine", begin.line},
            {"startColumn", begin.column},
            {"endLine", end.line},
            {"endColumn", end.column}}}};
}

/// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/.
class Hash {
 public:
  void Add(std::string_view text) {
    for (const char c : text) Add(static_cast<unsigned char>(c));
    Add(0xFF);  // stands in no UTF-8: an end that no text holds
  }
  [[nodiscard]] std::string Hex() const { return fmt::format("{:016x}", value_); }

 private:
  void Add(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3U; }
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

/// Text without the spaces at its ends and with single ones inside: layout is no change.
std::string Words(std::string_view text) {
  std::string words;
  bool gap = false;
  for (const char c : text) {
    const bool white = c == ' ' || c == '\t';
    if (!white && gap && !words.empty()) words += ' ';
    gap = white;
    if (!white) words += c;
  }
  return words;
}

constexpr std::size_t kMostHashed = 400;  // bytes: of a longer line what is near

/// The line in which a span begins.
std::string_view LineAround(const SourceSet& sources, Span span) {
  const std::string_view text = sources.text(span.file);
  const std::size_t at = std::min<std::size_t>(span.begin, text.size());
  std::string_view before = text.substr(at - std::min(at, kMostHashed));
  before = before.substr(0, std::min(at, kMostHashed));
  const std::size_t begin = at - before.size() + (before.find_last_of("\r\n") + 1);
  const std::string_view behind = text.substr(at, kMostHashed);
  const std::size_t end = at + std::min(behind.find_first_of("\r\n"), behind.size());
  return text.substr(begin, end - begin);
}

Json Rule(Code code) {
  const CodeInfo& info = Info(code);
  Json rule{{"id", info.name},
            {"shortDescription", {{"text", info.title}}},
            {"defaultConfiguration", {{"level", ToString(info.severity)}}}};
  if (const auto page = CodePage(code)) rule["help"] = {{"text", *page}, {"markdown", *page}};
  return rule;
}

class Run {
 public:
  Run(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics)
      : sources_(sources), places_(sources) {
    for (const Diagnostic& diagnostic : diagnostics) rules_.emplace(diagnostic.code, 0);
    std::size_t index = 0;
    for (auto& [code, place] : rules_) place = index++;
    for (const Diagnostic& diagnostic : diagnostics) results_.push_back(Result(diagnostic));
  }

  Json Rules() const {
    Json rules = Json::array();
    for (const auto& [code, place] : rules_) rules.push_back(Rule(code));
    return rules;
  }
  Json TakeResults() { return std::move(results_); }

 private:
  Json Result(const Diagnostic& diagnostic) {
    std::string text = MessageText(diagnostic.message);
    for (const std::string& help : diagnostic.help) text += "\nhelp: " + MessageText(help);
    Json result{{"ruleId", Info(diagnostic.code).name},
                {"ruleIndex", rules_.at(diagnostic.code)},
                {"level", ToString(diagnostic.severity)},
                {"message", {{"text", std::move(text)}}},
                {"locations",
                 {{{"physicalLocation", PhysicalLocation(sources_, places_, diagnostic.span)}}}},
                {"partialFingerprints", {{"mlpcLine/v1", Fingerprint(diagnostic)}}}};
    if (!diagnostic.related.empty()) {
      Json related = Json::array();
      Places places(sources_);
      for (const Related& place : diagnostic.related) {
        related.push_back({{"id", related.size() + 1},
                           {"physicalLocation", PhysicalLocation(sources_, places, place.span)},
                           {"message", {{"text", MessageText(place.message)}}}});
      }
      result["relatedLocations"] = std::move(related);
    }
    if (!diagnostic.help.empty() || diagnostic.witness) {
      Json bag = Json::object();
      if (!diagnostic.help.empty()) bag["help"] = diagnostic.help;
      if (diagnostic.witness) {
        Json witness = Json::object();
        for (const auto& [name, value] : Joined(*diagnostic.witness)) witness[name] = value;
        bag["witness"] = std::move(witness);
        bag["witnessWords"] = WitnessWords(*diagnostic.witness);
      }
      result["properties"] = std::move(bag);
    }
    return result;
  }

  /// Messages tell counts and days left, which change by themselves; lines do not. Equal ones are
  /// numbered.
  std::string Fingerprint(const Diagnostic& diagnostic) {
    Hash hash;
    hash.Add(Info(diagnostic.code).name);
    hash.Add(sources_.name(diagnostic.span.file));
    hash.Add(Words(LineAround(sources_, diagnostic.span)));
    const std::string_view marked = sources_.text(diagnostic.span).substr(0, kMostHashed);
    hash.Add(Words(marked.substr(0, marked.find_first_of("\r\n"))));
    const std::string hex = hash.Hex();
    return fmt::format("{}:{}", hex, ++seen_[hex]);
  }

  const SourceSet& sources_;
  Places places_;
  std::map<Code, std::size_t> rules_;  // to the place in the list of rules
  std::map<std::string, std::size_t> seen_;
  Json results_ = Json::array();
};

}  // namespace

std::string RenderSarif(const SourceSet& sources, const std::vector<Diagnostic>& diagnostics,
                        const SarifOptions& options) {
  Run run(sources, diagnostics);
  Json driver{{"name", "mlpc"}};
  if (!options.tool_version.empty()) driver["version"] = options.tool_version;
  driver["rules"] = run.Rules();
  Json runs = Json::array();
  runs.push_back({{"tool", {{"driver", std::move(driver)}}},
                  {"columnKind", "unicodeCodePoints"},
                  {"results", run.TakeResults()}});
  const Json document{{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", std::move(runs)}};
  // File names and messages may hold bytes that are not UTF-8; JSON may not.
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mlp::compiler
