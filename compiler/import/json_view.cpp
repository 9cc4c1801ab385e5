#include "compiler/import/json_view.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace mlp::compiler {
namespace {

using nlohmann::json;

/// Looks the text over before it is kept: where it breaks, and how deep it goes.
class Inspector : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return Enter(); }
  bool start_array(std::size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    error_at_ = position;
    return false;
  }

  [[nodiscard]] bool too_deep() const { return depth_ > kMaxJsonDepth; }
  /// 1-based; the byte after the last one that was read.
  [[nodiscard]] std::size_t error_at() const { return error_at_; }

 private:
  bool Enter() { return ++depth_ <= kMaxJsonDepth; }
  bool Leave() {
    --depth_;
    return true;
  }

  int depth_ = 0;
  std::size_t error_at_ = 0;
};

std::string Place(std::string_view text, std::size_t error_at) {
  const std::size_t offset = error_at == 0 ? 0 : error_at - 1;
  const std::string_view before = text.substr(0, offset);
  std::size_t line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != '\n') continue;
    ++line;
    line_start = i + 1;
  }
  return fmt::format("line {}, column {}", line, before.size() - line_start + 1);
}

}  // namespace

bool JsonView::is_text() const { return present() && value_->is_string(); }
bool JsonView::is_number() const { return present() && value_->is_number(); }
bool JsonView::is_object() const { return present() && value_->is_object(); }
bool JsonView::is_array() const { return present() && value_->is_array(); }

void JsonView::Note(std::string_view expected) const {
  problems_->push_back(
      fmt::format("{}: {} was expected, not `{}`; left out", path_, expected, Show()));
}

JsonView JsonView::operator[](std::string_view key) const {
  const std::string path = path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
  if (!present()) return {nullptr, path, problems_};
  if (!value_->is_object()) {
    Note("an object");
    return {nullptr, path, problems_};
  }
  const auto found = value_->find(std::string(key));
  if (found == value_->end() || found->is_null()) return {nullptr, path, problems_};
  return {&*found, path, problems_};
}

std::vector<JsonView> JsonView::Items() const {
  std::vector<JsonView> items;
  if (!present()) return items;
  if (!value_->is_array()) {
    Note("a list");
    return items;
  }
  for (std::size_t i = 0; i < value_->size(); ++i) {
    const json& item = (*value_)[i];
    items.emplace_back(item.is_null() ? nullptr : &item, fmt::format("{}[{}]", path_, i),
                       problems_);
  }
  return items;
}

std::vector<std::pair<std::string, JsonView>> JsonView::Members() const {
  std::vector<std::pair<std::string, JsonView>> members;
  if (!present()) return members;
  if (!value_->is_object()) {
    Note("an object");
    return members;
  }
  for (auto it = value_->begin(); it != value_->end(); ++it) {
    members.emplace_back(it.key(),
                         JsonView(it->is_null() ? nullptr : &*it,
                                  path_.empty() ? it.key() : path_ + "." + it.key(), problems_));
  }
  return members;
}

std::string JsonView::Text() const {
  if (!present()) return {};
  if (!value_->is_string()) {
    Note("a text");
    return {};
  }
  return value_->get<std::string>();
}

std::vector<std::string> JsonView::Texts() const {
  std::vector<std::string> texts;
  for (const JsonView& item : Items()) {
    std::string text = item.Text();
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

std::optional<std::int64_t> JsonView::Integer() const {
  if (!present()) return std::nullopt;
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() <= INT64_MAX) {
    return static_cast<std::int64_t>(value_->get<std::uint64_t>());
  }
  if (value_->is_number_integer() && !value_->is_number_unsigned()) {
    return value_->get<std::int64_t>();
  }
  if (value_->is_number_float()) {  // LiteLLM has a few counts such as 1e6
    const double number = value_->get<double>();
    if (std::abs(number) < 9e15 && std::floor(number) == number) {
      return static_cast<std::int64_t>(number);
    }
  }
  Note("a whole number");
  return std::nullopt;
}

std::optional<std::int64_t> JsonView::Count() const {
  std::optional<std::int64_t> count = Integer();
  if (count && *count < 0) Note("a count");
  if (count && *count <= 0) count.reset();
  return count;
}

std::optional<double> JsonView::Number() const {
  if (!present()) return std::nullopt;
  if (value_->is_number()) return value_->get<double>();
  Note("a number");
  return std::nullopt;
}

bool JsonView::Truth() const {
  if (!present()) return false;
  if (value_->is_boolean()) return value_->get<bool>();
  Note("true or false");
  return false;
}

std::string JsonView::Show() const {
  if (!present()) return "nothing";
  if (value_->is_string()) return value_->get<std::string>();
  std::string text = value_->dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr std::size_t kLongest = 60;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return text;
}

std::string ParseJson(std::string_view text, json& out) {
  Inspector inspector;
  if (!json::sax_parse(text, &inspector)) {
    if (inspector.too_deep()) return fmt::format("nested more than {} deep", kMaxJsonDepth);
    return fmt::format("not JSON: {}", Place(text, inspector.error_at()));
  }
  out = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return {};
}

}  // namespace mlp::compiler
