#include "mlp/request.hpp"

#include <charconv>
#include <optional>

namespace mlp {
namespace {

std::string Listed(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::optional<std::int64_t> ReadInteger(std::string_view text) {
  std::int64_t unit = 1;
  if (text.ends_with('K')) unit = 1'000;
  if (text.ends_with('M')) unit = 1'000'000;
  if (unit != 1) text.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (__builtin_mul_overflow(number, unit, &number)) return std::nullopt;
  return number;
}

/// A decimal of at most six places, in millionths.
std::optional<std::int64_t> ReadMicro(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (fraction.size() > 6 || text.empty() ||
      (point != std::string_view::npos && fraction.empty())) {
    return std::nullopt;
  }
  std::string digits(text.substr(0, point));
  digits += fraction;
  digits.append(6 - fraction.size(), '0');
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  const std::optional<std::int64_t> micro = ReadInteger(digits);
  if (!micro) return std::nullopt;
  return negative ? -*micro : *micro;
}

std::string WriteMicro(std::int64_t micro) {
  const std::uint64_t size =
      micro < 0 ? 0 - static_cast<std::uint64_t>(micro) : static_cast<std::uint64_t>(micro);
  std::string fraction = std::to_string(size % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  std::string text = (micro < 0 ? "-" : "") + std::to_string(size / 1'000'000);
  if (!fraction.empty()) text += "." + fraction;
  return text;
}

/// What an attribute takes, for messages.
std::string Takes(const Attribute& attribute) {
  switch (attribute.type) {
    case AttributeType::kEnum:
      return "one of " + Listed(attribute.labels);
    case AttributeType::kNumber:
      return "a number " + WriteMicro(attribute.minimum_micro) + " .. " +
             WriteMicro(attribute.minimum_micro + (attribute.size - 1) * attribute.step_micro) +
             " in steps of " + WriteMicro(attribute.step_micro);
    case AttributeType::kTokens:
      return "tokens up to " + std::to_string(attribute.size - 1);
    case AttributeType::kSet:
      return "a list of " + Listed(attribute.labels);
    case AttributeType::kText:
    case AttributeType::kKey:
      return "text";
  }
  return {};
}

std::optional<std::int32_t> ReadCode(const Attribute& attribute, std::string_view text) {
  switch (attribute.type) {
    case AttributeType::kEnum:
      for (std::size_t i = 0; i < attribute.labels.size(); ++i) {
        if (attribute.labels[i] == text) return static_cast<std::int32_t>(i);
      }
      return std::nullopt;
    case AttributeType::kNumber: {
      const std::optional<std::int64_t> micro = ReadMicro(text);
      if (!micro || *micro < attribute.minimum_micro) return std::nullopt;
      const std::int64_t offset = *micro - attribute.minimum_micro;
      if (offset % attribute.step_micro != 0 || offset / attribute.step_micro >= attribute.size)
        return std::nullopt;
      return static_cast<std::int32_t>(offset / attribute.step_micro);
    }
    case AttributeType::kTokens: {
      const std::optional<std::int64_t> tokens = ReadInteger(text);
      if (!tokens || *tokens < 0 || *tokens >= attribute.size) return std::nullopt;
      return static_cast<std::int32_t>(*tokens);
    }
    case AttributeType::kText:
    case AttributeType::kKey:
    case AttributeType::kSet:
      break;
  }
  return std::nullopt;
}

/// The bits of `members` in the order of `labels`.
std::optional<std::uint64_t> ReadSet(const Attribute& attribute, std::string_view text) {
  std::uint64_t bits = 0;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    std::size_t label = 0;
    bool found = false;
    for (unsigned bit = 0; bit < 64 && !found; ++bit) {
      if (((attribute.members >> bit) & 1U) == 0) continue;
      if (attribute.labels[label++] != name) continue;
      bits |= std::uint64_t{1} << bit;
      found = true;
    }
    if (!found) return std::nullopt;
  }
  return bits;
}

Error Bad(const std::string& context) { return {ErrorClass::kInvalidRequest, context}; }

}  // namespace

Result<OwnedRequest> ReadRequest(const Tables& tables, const AttributeWords& words) {
  OwnedRequest request;
  request.codes.assign(tables.code_count, 0);
  request.texts.assign(tables.text_count, {});
  request.sets.assign(tables.set_count, 0);
  for (const auto& [name, value] : words) {
    bool known = false;
    for (const Attribute& attribute : tables.attributes) known = known || attribute.name == name;
    if (known) continue;
    std::string names;
    for (const Attribute& attribute : tables.attributes) {
      names += (names.empty() ? "" : ", ") + std::string(attribute.name);
    }
    return Bad("unknown attribute `" + name + "`; the request has " + names);
  }
  for (const Attribute& attribute : tables.attributes) {
    const std::string* given = nullptr;
    for (const auto& [name, value] : words) {
      if (name == attribute.name) given = &value;
    }
    const std::string name(attribute.name);
    switch (attribute.type) {
      case AttributeType::kEnum:
      case AttributeType::kNumber:
      case AttributeType::kTokens: {
        if (given == nullptr && attribute.default_code < 0) {
          return Bad("attribute `" + name + "` is missing: it takes " + Takes(attribute));
        }
        const std::optional<std::int32_t> code =
            given == nullptr ? std::optional(attribute.default_code) : ReadCode(attribute, *given);
        if (!code)
          return Bad("attribute `" + name + "` is `" + *given + "`: it takes " + Takes(attribute));
        request.codes[attribute.slot] = *code;
        break;
      }
      case AttributeType::kText:
      case AttributeType::kKey:
        if (given == nullptr && !attribute.has_default_text) {
          return Bad("attribute `" + name + "` is missing: it takes " + Takes(attribute));
        }
        request.texts[attribute.slot] =
            given == nullptr ? std::string(attribute.default_text) : *given;
        break;
      case AttributeType::kSet: {
        const std::optional<std::uint64_t> bits = given == nullptr ? 0 : ReadSet(attribute, *given);
        if (!bits)
          return Bad("attribute `" + name + "` is `" + *given + "`: it takes " + Takes(attribute));
        request.sets[attribute.slot] = *bits;
        break;
      }
    }
  }
  return request;
}

std::string WriteValue(const Attribute& attribute, const RequestView& request) {
  switch (attribute.type) {
    case AttributeType::kEnum:
      return std::string(attribute.labels[static_cast<std::size_t>(request.codes[attribute.slot])]);
    case AttributeType::kNumber:
      return WriteMicro(attribute.minimum_micro +
                        request.codes[attribute.slot] * attribute.step_micro);
    case AttributeType::kTokens:
      return std::to_string(request.codes[attribute.slot]);
    case AttributeType::kText:
    case AttributeType::kKey:
      return std::string(request.texts[attribute.slot]);
    case AttributeType::kSet: {
      std::string text;
      std::size_t label = 0;
      for (unsigned bit = 0; bit < 64; ++bit) {
        if (((attribute.members >> bit) & 1U) == 0) continue;
        if (((request.sets[attribute.slot] >> bit) & 1U) != 0) {
          text += (text.empty() ? "" : ",") + std::string(attribute.labels[label]);
        }
        ++label;
      }
      return text;
    }
  }
  return {};
}

}  // namespace mlp
