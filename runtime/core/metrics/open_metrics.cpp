#include "runtime/core/metrics/open_metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mlp {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string_view NameOf(MetricType type) noexcept {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
    case MetricType::kInfo:
      return "info";
    case MetricType::kStateSet:
      return "stateset";
  }
  return "unknown";
}

/// The bytes of the well-formed UTF-8 character at the front (Unicode 15, table 3-7), or 0.
std::size_t CharacterBytes(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

/// As the format has it in label values and help alike.
void AppendEscaped(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const char c = text.front();
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || c == '"') {
      out += '\\';
      out += c;
    } else if (const std::size_t bytes = CharacterBytes(text); bytes > 0) {
      out += text.substr(0, bytes);
      text.remove_prefix(bytes);
      continue;
    } else {
      out += kReplacement;
    }
    text.remove_prefix(1);
  }
}

template <typename Number>
std::string IntegerText(Number value) {
  std::array<char, 24> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

}  // namespace

std::string DecimalText(UInt128 value, int decimals) {
  std::string text;
  for (int i = 0; value != 0 || i <= decimals; ++i) {
    const auto digit = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
    const bool behind_point = i < decimals;
    if (behind_point && digit == '0' && text.empty()) continue;
    if (i == decimals && !text.empty()) text += '.';
    text += digit;
  }
  std::reverse(text.begin(), text.end());
  return text;
}

void OpenMetricsWriter::Family(std::string_view name, MetricType type, std::string_view unit,
                               std::string_view help) {
  name_ = name;
  type_ = type;
  text_ += "# TYPE " + name_ + ' ' + std::string(NameOf(type)) + '\n';
  if (!unit.empty()) text_ += "# UNIT " + name_ + ' ' + std::string(unit) + '\n';
  text_ += "# HELP " + name_ + ' ';
  AppendEscaped(help, text_);
  text_ += '\n';
}

void OpenMetricsWriter::Begin(std::string_view suffix, Labels labels, MetricLabel extra) {
  text_ += name_;
  text_ += suffix;
  char before = '{';
  const auto add = [&](const MetricLabel& label) {
    text_ += before;
    before = ',';
    text_ += label.name;
    text_ += "=\"";
    AppendEscaped(label.value, text_);
    text_ += '"';
  };
  for (const MetricLabel& label : labels) add(label);
  if (!extra.name.empty()) add(extra);
  if (before == ',') text_ += '}';
  text_ += ' ';
}

void OpenMetricsWriter::End(std::string_view number) {
  text_ += number;
  text_ += '\n';
}

void OpenMetricsWriter::Sample(Labels labels, std::uint64_t value) { Decimal(labels, value, 0); }

void OpenMetricsWriter::Sample(Labels labels, std::int64_t value) {
  Begin(type_ == MetricType::kCounter ? "_total" : "", labels, {});
  End(IntegerText(value));
}

void OpenMetricsWriter::Decimal(Labels labels, UInt128 value, int decimals) {
  const bool info = type_ == MetricType::kInfo;
  Begin(type_ == MetricType::kCounter ? "_total" : info ? "_info" : "", labels, {});
  End(DecimalText(value, decimals));
}

void OpenMetricsWriter::State(Labels labels, std::string_view state, bool on) {
  const std::string name = name_;
  Begin("", labels, {name, state});
  End(on ? "1" : "0");
}

void OpenMetricsWriter::Histogram(Labels labels, std::span<const std::string_view> bounds,
                                  std::span<const std::uint64_t> counts, UInt128 sum,
                                  int decimals) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    Begin("_bucket", labels, {"le", i < bounds.size() ? bounds[i] : "+Inf"});
    End(IntegerText(total));
  }
  Begin("_count", labels, {});
  End(IntegerText(total));
  Begin("_sum", labels, {});
  End(DecimalText(sum, decimals));
}

std::string OpenMetricsWriter::Finish() {
  text_ += "# EOF\n";
  return std::exchange(text_, {});
}

}  // namespace mlp
