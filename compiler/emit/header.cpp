#include "compiler/emit/header.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/emit/spelling.hpp"
#include "compiler/emit/writer.hpp"

namespace mlp::compiler::emit {
namespace {

/// The number of the bit behind each member of a set: capability bits for `asks`, else positions.
std::vector<unsigned> MemberBits(const Attribute& attribute) {
  std::vector<unsigned> bits;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (((attribute.members >> bit) & 1U) != 0) bits.push_back(bit);
  }
  return bits;
}

class HeaderWriter {
 public:
  explicit HeaderWriter(const Tables& tables) : tables_(tables) {}

  std::string Write(const std::string& banner) {
    out_.Print(banner);
    out_.Print(
        R"(#pragma once

#include <cstdint>
#include <string_view>

#include "mlp/policy.hpp"

namespace $policy$ {

static_assert(mlp::kTableFormat == $format$, "compile the policy again with the mlpc of this runtime");
)",
        {{"policy", Identifier(tables_.name)}, {"format", fmt::format("{}", tables_.format)}});
    for (const Attribute& attribute : tables_.attributes) Enumeration(attribute);
    RequestType();
    out_.Print(R"(
/// The linked policy with its live state: what mlp::Client takes. Usable once static objects are
/// made.
[[nodiscard]] const mlp::Policy& Policy() noexcept;

/// The decision under the published state: noexcept, no allocation, no lock, no I/O, no clock.
[[nodiscard]] inline mlp::Decision Decide(const Request& request,
                                          const mlp::DecideOptions& options = {}) noexcept {
  return mlp::Decide(Policy().tables(), Policy().live(), request.Pack().view(), options);
}

/// The decision under a state of the caller's, which must have been made for Policy().tables().
[[nodiscard]] inline mlp::Decision Decide(const Request& request, const mlp::LiveState& live,
                                          const mlp::DecideOptions& options = {}) noexcept {
  return mlp::Decide(Policy().tables(), live, request.Pack().view(), options);
}

}  // namespace $policy$)",
               {{"policy", Identifier(tables_.name)}});
    return out_.Take();
  }

 private:
  void Enumeration(const Attribute& attribute) {
    if (attribute.type != AttributeType::kEnum && attribute.type != AttributeType::kSet) return;
    out_.Line();
    out_.Line(fmt::format("enum class {} : std::uint8_t {{", TypeName(attribute.name)));
    {
      const Writer::Indent indent(out_);
      const std::vector<unsigned> bits = MemberBits(attribute);
      for (std::size_t i = 0; i < attribute.labels.size(); ++i) {
        const std::string label = Identifier(attribute.labels[i]);
        out_.Line(attribute.type == AttributeType::kEnum ? fmt::format("{},", label)
                                                         : fmt::format("{} = {},", label, bits[i]));
      }
    }
    out_.Line("};");
  }

  void RequestType() {
    out_.Line();
    out_.Line(
        "/// What a request says about itself. A member without a default that is left out does "
        "not compile.");
    out_.Line(
        "/// Texts are views: they must live until the call returns (Client copies what it "
        "keeps).");
    out_.Line("struct Request {");
    {
      const Writer::Indent indent(out_);
      for (const Attribute& attribute : tables_.attributes) out_.Line(Member(attribute));
      out_.Line();
      out_.Line("/// The request in the tables' terms.");
      const std::string packed = fmt::format("mlp::PackedRequest<{}, {}, {}>", tables_.code_count,
                                             tables_.text_count, tables_.set_count);
      out_.Line(fmt::format("[[nodiscard]] {} Pack() const noexcept {{", packed));
      {
        const Writer::Indent body(out_);
        out_.Line(fmt::format("{} packed{{}};", packed));
        for (const Attribute& attribute : tables_.attributes) out_.Line(PackMember(attribute));
        out_.Line("return packed;");
      }
      out_.Line("}");
    }
    out_.Line("};");
  }

  static std::string Member(const Attribute& attribute) {
    const std::string member = Identifier(attribute.name);
    const bool given = attribute.default_code >= 0;
    const std::string code = fmt::format("{}", attribute.default_code);
    switch (attribute.type) {
      case AttributeType::kEnum: {
        const std::string type = TypeName(attribute.name);
        if (!given) return fmt::format("mlp::Required<{}> {};", type, member);
        return fmt::format(
            "{} {} = {}::{};", type, member, type,
            Identifier(attribute.labels[static_cast<std::size_t>(attribute.default_code)]));
      }
      case AttributeType::kNumber: {
        if (!given) return fmt::format("mlp::Required<double> {};", member);
        const std::int64_t micro =
            attribute.minimum_micro + attribute.default_code * attribute.step_micro;
        return fmt::format("double {} = {} / 1e6;", member, micro);
      }
      case AttributeType::kTokens:
        return given ? fmt::format("std::int64_t {} = {};", member, code)
                     : fmt::format("mlp::Required<std::int64_t> {};", member);
      case AttributeType::kText:
      case AttributeType::kKey:
        if (!attribute.has_default_text)
          return fmt::format("mlp::Required<std::string_view> {};", member);
        return fmt::format("std::string_view {} = {};", member, Quoted(attribute.default_text));
      case AttributeType::kSet:
        return fmt::format("mlp::SetOf<{}> {} = {{}};", TypeName(attribute.name), member);
    }
    return {};
  }

  static std::string PackMember(const Attribute& attribute) {
    const std::string member = Identifier(attribute.name);
    switch (attribute.type) {
      case AttributeType::kEnum: {
        const std::string value =
            attribute.default_code >= 0
                ? member
                : fmt::format("static_cast<{}>({})", TypeName(attribute.name), member);
        return fmt::format("packed.codes[{}] = static_cast<std::int32_t>({});", attribute.slot,
                           value);
      }
      case AttributeType::kNumber:
        return fmt::format("packed.codes[{}] = mlp::NumberCode({}, {}, {}, {});", attribute.slot,
                           member, attribute.minimum_micro, attribute.step_micro, attribute.size);
      case AttributeType::kTokens:
        return fmt::format("packed.codes[{}] = mlp::TokenCode({});", attribute.slot, member);
      case AttributeType::kText:
      case AttributeType::kKey:
        return fmt::format("packed.texts[{}] = {};", attribute.slot, member);
      case AttributeType::kSet:
        return fmt::format("packed.sets[{}] = {}.bits();", attribute.slot, member);
    }
    return {};
  }

  const Tables& tables_;
  Writer out_;
};

}  // namespace

std::string Header(const Tables& tables, const std::string& banner) {
  return HeaderWriter(tables).Write(banner);
}

}  // namespace mlp::compiler::emit
