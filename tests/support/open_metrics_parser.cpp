#include "tests/support/open_metrics_parser.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>

namespace mlp::test {
namespace {

using Labels = std::map<std::string, std::string>;

[[noreturn]] void Offend(const std::string& what) { throw std::runtime_error(what); }

const std::map<std::string, std::vector<std::string>>& SuffixesOfTypes() {
  static const std::map<std::string, std::vector<std::string>> suffixes = {
      {"counter", {"_total", "_created"}},
      {"gauge", {""}},
      {"histogram", {"_bucket", "_count", "_sum", "_created"}},
      {"info", {"_info"}},
      {"stateset", {""}},
  };
  return suffixes;
}

bool IsMetricName(const std::string& name) {
  static const std::regex form("[a-zA-Z_:][a-zA-Z0-9_:]*");
  return std::regex_match(name, form);
}
bool IsLabelName(const std::string& name) {
  static const std::regex form("[a-zA-Z_][a-zA-Z0-9_]*");
  return std::regex_match(name, form);
}
bool IsInteger(const std::string& text) {
  static const std::regex form("[0-9]+(\\.0+)?");
  return std::regex_match(text, form);
}

double Number(const std::string& text) {
  static const std::regex form("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]Inf|NaN");
  if (!std::regex_match(text, form)) Offend("`" + text + "` is no number");
  return std::strtod(text.c_str(), nullptr);
}

/// As Go's FormatFloat(x, 'g', -1), with `.0` where there is neither point nor exponent.
std::string Canonical(double value) {
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  for (int digits = 1; digits <= 17; ++digits) {
    char scientific[64];
    std::snprintf(scientific, sizeof scientific, "%.*e", digits - 1, value);
    if (std::strtod(scientific, nullptr) != value) continue;
    const std::string text = scientific;
    const int exponent = std::atoi(text.substr(text.find('e') + 1).c_str());
    if (exponent < -4 || exponent >= 6) return text;
    char fixed[64];
    std::snprintf(fixed, sizeof fixed, "%.*f", std::max(digits - 1 - exponent, 0), value);
    const std::string plain = fixed;
    return plain.find('.') == std::string::npos ? plain + ".0" : plain;
  }
  return "?";
}

std::string Unescape(std::string_view text, bool quotes_need_it) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && quotes_need_it) Offend("a quote that is not escaped");
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) Offend("a backslash at the end");
    if (text[i] == 'n') {
      out += '\n';
    } else if (text[i] == '\\' || text[i] == '"') {
      out += text[i];
    } else {
      Offend(std::string("the escape \\") + text[i]);
    }
  }
  return out;
}

/// Reads `{a="b",c="d"}` at the front of `text` and takes it away.
Labels TakeLabels(std::string& text) {
  Labels labels;
  if (text.empty() || text.front() != '{') return labels;
  std::size_t at = 1;
  while (text.at(at) != '}') {
    if (at > 1) {
      if (text.at(at) != ',') Offend("labels without a comma");
      ++at;
    }
    const std::size_t equals = text.find('=', at);
    if (equals == std::string::npos) Offend("a label without a value");
    const std::string name = text.substr(at, equals - at);
    if (!IsLabelName(name)) Offend("`" + name + "` is no label's name");
    if (text.at(equals + 1) != '"') Offend("a label's value without quotes");
    std::size_t end = equals + 2;
    while (text.at(end) != '"') end += text[end] == '\\' ? 2 : 1;
    const std::string value = Unescape(text.substr(equals + 2, end - equals - 2), true);
    if (!labels.emplace(name, value).second) Offend("label `" + name + "` twice");
    at = end + 1;
  }
  text.erase(0, at + 1);
  return labels;
}

std::string KeyOf(const Labels& labels) {
  std::string key;
  for (const auto& [name, value] : labels) {
    key += name;
    key += '\1';
    key += value;
    key += '\2';
  }
  return key;
}

bool IsUtf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4)) return false;
    if (i + bytes > text.size()) return false;
    for (std::size_t k = 1; k < bytes; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += bytes;
  }
  return true;
}

class Reader {
 public:
  void Line(const std::string& line) {
    if (line.empty()) Offend("an empty line");
    if (line.front() == '#') {
      Metadata(line);
    } else {
      Sample(line);
    }
  }

  std::vector<MetricFamily> Finish() {
    CloseFamily();
    return std::move(families_);
  }

 private:
  void Metadata(const std::string& line) {
    static const std::regex form("# (TYPE|UNIT|HELP) (\\S+) (.*)");
    std::smatch parts;
    if (!std::regex_match(line, parts, form)) Offend("a comment that is none of the format's");
    const std::string name = parts[2];
    if (!IsMetricName(name)) Offend("`" + name + "` is no metric's name");
    if (families_.empty() || families_.back().name != name) OpenFamily(name);
    MetricFamily& family = families_.back();
    if (!family.samples.empty()) Offend("metadata of `" + name + "` behind its samples");
    if (!said_.insert(parts[1]).second) Offend(parts[1].str() + " of `" + name + "` twice");
    if (parts[1] == "TYPE") {
      family.type = parts[3];
      if (!SuffixesOfTypes().contains(family.type)) Offend("the type `" + family.type + "`");
    } else if (parts[1] == "UNIT") {
      family.unit = parts[3];
      const std::string suffix = "_" + family.unit;
      if (family.unit.empty() || name.size() <= suffix.size() ||
          name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0) {
        Offend("`" + name + "` does not end with its unit `" + family.unit + "`");
      }
    } else {
      family.help = Unescape(std::string(parts[3]), false);
    }
  }

  void OpenFamily(const std::string& name) {
    CloseFamily();
    if (!names_.insert(name).second) Offend("family `" + name + "` comes again");
    families_.push_back({name, {}, {}, {}, {}});
    said_.clear();
  }

  void Sample(const std::string& line) {
    if (families_.empty()) Offend("a sample without a family");
    MetricFamily& family = families_.back();
    if (family.type.empty()) Offend("a family without a type");
    MetricSample sample;
    std::string rest = line;
    sample.name = rest.substr(0, rest.find_first_of("{ "));
    rest.erase(0, sample.name.size());
    const auto& suffixes = SuffixesOfTypes().at(family.type);
    const bool known = std::any_of(suffixes.begin(), suffixes.end(), [&](const std::string& one) {
      return sample.name == family.name + one;
    });
    if (!known)
      Offend("`" + sample.name + "` is no sample of " + family.type + " `" + family.name + "`");
    sample.labels = TakeLabels(rest);
    if (rest.empty() || rest.front() != ' ') Offend("no blank before the value");
    sample.value = rest.substr(1);
    const double value = Number(sample.value);  // a timestamp or exemplar behind it is an offence
    if (family.type != "gauge" && (std::isnan(value) || value < 0)) {
      Offend("`" + sample.name + "` is negative or no number");
    }
    if (family.type == "info" && sample.value != "1") Offend("an info that is not 1");
    if (family.type == "stateset") {
      if (sample.value != "0" && sample.value != "1") Offend("a state that is not 0 or 1");
      if (!sample.labels.contains(family.name)) Offend("a state without its label");
    }
    family.samples.push_back(std::move(sample));
  }

  void CloseFamily() {
    if (families_.empty()) return;
    const MetricFamily& family = families_.back();
    if (family.type.empty()) Offend("family `" + family.name + "` has no type");
    if ((family.type == "info" || family.type == "stateset") && !family.unit.empty()) {
      Offend("a unit of " + family.type + " `" + family.name + "`");
    }
    for (const std::string& suffix : SuffixesOfTypes().at(family.type)) {
      if (!sample_names_.insert(family.name + suffix).second) {
        Offend("`" + family.name + suffix + "` may be of two families");
      }
    }
    std::set<std::string> seen;
    for (const MetricSample& sample : family.samples) {
      if (!seen.insert(sample.name + '\3' + KeyOf(sample.labels)).second) {
        Offend("`" + sample.name + "` twice with the same labels");
      }
    }
    if (family.type == "histogram") CheckHistograms(family);
  }

  /// Metrics do not interleave; each has ascending buckets up to +Inf, a count and a sum.
  static void CheckHistograms(const MetricFamily& family) {
    std::set<std::string> done;
    for (std::size_t i = 0; i < family.samples.size();) {
      const std::string key = MetricOf(family.samples[i]);
      if (!done.insert(key).second) Offend("histogram `" + family.name + "` is interleaved");
      double bound = -std::numeric_limits<double>::infinity();
      double below = 0;
      std::optional<std::string> all;
      std::map<std::string, std::string> others;
      for (; i < family.samples.size() && MetricOf(family.samples[i]) == key; ++i) {
        const MetricSample& sample = family.samples[i];
        if (sample.name != family.name + "_bucket") {
          others[sample.name.substr(family.name.size())] = sample.value;
          continue;
        }
        if (!others.empty()) Offend("a bucket of `" + family.name + "` behind the count");
        const auto le = sample.labels.find("le");
        if (le == sample.labels.end()) Offend("a bucket without le");
        const double next = Number(le->second);
        if (le->second != Canonical(next)) {
          Offend("le `" + le->second + "` is not `" + Canonical(next) + "`");
        }
        if (!IsInteger(sample.value)) Offend("a bucket's count `" + sample.value + "`");
        if (!(next > bound)) Offend("buckets of `" + family.name + "` do not ascend");
        if (Number(sample.value) < below) Offend("buckets of `" + family.name + "` are no sums");
        bound = next;
        below = Number(sample.value);
        if (le->second == "+Inf") all = sample.value;
      }
      if (!all) Offend("`" + family.name + "` without the bucket +Inf");
      if (!others.contains("_count") || !others.contains("_sum")) {
        Offend("`" + family.name + "` without count or sum");
      }
      if (others["_count"] != *all) Offend("the count of `" + family.name + "` is not its +Inf");
    }
  }

  static std::string MetricOf(const MetricSample& sample) {
    Labels labels = sample.labels;
    labels.erase("le");
    return KeyOf(labels);
  }

  std::vector<MetricFamily> families_;
  std::set<std::string> names_;
  std::set<std::string> sample_names_;
  std::set<std::string> said_;
};

}  // namespace

std::string Exposition::Value(const std::string& sample, const Labels& labels) const {
  std::string found;
  std::size_t count = 0;
  for (const MetricFamily& family : families) {
    for (const MetricSample& one : family.samples) {
      const bool matches =
          one.name == sample && std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
            const auto own = one.labels.find(label.first);
            return (own == one.labels.end() ? std::string() : own->second) == label.second;
          });
      if (!matches) continue;
      found = one.value;
      ++count;
    }
  }
  return count == 1 ? found : std::to_string(count) + " samples of " + sample;
}

const MetricFamily* Exposition::Find(const std::string& family) const {
  for (const MetricFamily& one : families) {
    if (one.name == family) return &one;
  }
  return nullptr;
}

Exposition ParseOpenMetrics(std::string_view text) {
  Exposition exposition;
  Reader reader;
  std::size_t number = 0;
  bool ended = false;
  try {
    while (!text.empty()) {
      ++number;
      if (ended) Offend("text behind the end");
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) Offend("no line break at the end");
      const std::string line(text.substr(0, end));
      text.remove_prefix(end + 1);
      if (line.ends_with('\r')) Offend("a carriage return at the end");
      if (!IsUtf8(line)) Offend("bytes that are not UTF-8");
      if (line == "# EOF") {
        ended = true;
      } else {
        reader.Line(line);
      }
    }
    if (!ended) Offend("no # EOF");
    exposition.families = reader.Finish();
  } catch (const std::exception& error) {
    exposition.error = "line " + std::to_string(number) + ": " + error.what();
  }
  return exposition;
}

}  // namespace mlp::test
