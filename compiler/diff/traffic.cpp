#include "compiler/diff/traffic.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "mlp/request.hpp"

namespace mlp::compiler {
namespace {

/// The joint request as ReadRequest wants it. What only one version declares may be left out.
class Reader {
 public:
  explicit Reader(const Comparison& comparison) : request_(comparison.request()) {
    for (Index i = 0; i < request_.attributes.size(); ++i) {
      const AttributeModel& from = request_.attributes[i];
      const bool of_both =
          !comparison.older().names[i].empty() && !comparison.newer().names[i].empty();
      Attribute to{};
      to.name = from.name;
      to.type = from.type;
      to.size = from.size;
      to.default_code = of_both ? from.default_code : std::max(from.default_code, 0);
      to.minimum_micro = from.minimum_micro;
      to.step_micro = from.step_micro;
      to.members = from.members;
      to.has_default_text = from.has_default || !of_both;
      to.default_text = from.default_text;
      to.slot = Slot(from.type);
      slots_.push_back(to.slot);
      labels_.push_back({});
      if (i == request_.asks) {
        for (std::size_t bit = 0; bit < request_.capability_names.size(); ++bit) {
          if (((from.members >> bit) & 1) != 0) {
            labels_.back().emplace_back(request_.capability_names[bit]);
          }
        }
      } else {
        labels_.back().assign(from.labels.begin(), from.labels.end());
      }
      attributes_.push_back(to);
    }
    for (std::size_t i = 0; i < attributes_.size(); ++i) attributes_[i].labels = labels_[i];
    tables_.attributes = attributes_;
  }

  [[nodiscard]] std::optional<std::vector<std::int32_t>> Codes(const AxisOrder& axes,
                                                               const AttributeWords& words) const {
    AttributeWords known;
    std::copy_if(words.begin(), words.end(), std::back_inserter(known),
                 [&](const auto& word) { return FindAttribute(request_, word.first) != kNoIndex; });
    const Result<OwnedRequest> read = ReadRequest(tables_, known);
    if (!read.ok()) return std::nullopt;
    std::vector<std::int32_t> codes;
    for (const DiagramAxis& axis : axes.axes) {
      const std::uint16_t slot = slots_[axis.attribute];
      switch (axis.kind) {
        case AxisKind::kCode:
          codes.push_back(read->codes[slot]);
          break;
        case AxisKind::kText:
          codes.push_back(TextClass(axis.cuts, read->texts[slot]));
          break;
        case AxisKind::kMember:
          codes.push_back((read->sets[slot] & axis.member) != 0 ? 1 : 0);
          break;
      }
    }
    return codes;
  }

 private:
  std::uint16_t Slot(AttributeType type) {
    switch (type) {
      case AttributeType::kEnum:
      case AttributeType::kNumber:
      case AttributeType::kTokens:
        return tables_.code_count++;
      case AttributeType::kText:
      case AttributeType::kKey:
        return tables_.text_count++;
      case AttributeType::kSet:
        return tables_.set_count++;
    }
    return 0;
  }

  const PolicyModel& request_;
  std::vector<Attribute> attributes_;
  std::vector<std::vector<std::string_view>> labels_;
  std::vector<std::uint16_t> slots_;
  Tables tables_{};
};

}  // namespace

RecordedTraffic::RecordedTraffic(const Comparison& comparison,
                                 const std::vector<DiffOptions::Recorded>& recorded)
    : comparison_(comparison) {
  const Reader reader(comparison);
  const PolicyModel& request = comparison.request();
  const auto tokens = [&](const std::vector<std::int32_t>& codes, Index attribute) {
    return attribute == kNoIndex ? 0 : codes[comparison.axes().Find(attribute)];
  };
  for (std::size_t number = 0; number < recorded.size(); ++number) {
    const DiffOptions::Recorded& record = recorded[number];
    auto codes = reader.Codes(comparison.axes(), record.words);
    if (!codes) continue;
    const std::int64_t input = tokens(*codes, request.input);
    const std::int64_t output = tokens(*codes, request.output);
    std::int32_t slice = kAnyCode;
    if (record.at_s) {
      slice = 0;
      while (static_cast<std::size_t>(slice) + 1 < comparison.slices().size() &&
             comparison.slices()[static_cast<std::size_t>(slice) + 1].newer_s <= *record.at_s) {
        ++slice;
      }
    }
    codes->push_back(slice);
    for (const Guard& line : comparison.lines()) {
      codes->push_back(Int128{line.a} * input + Int128{line.b} * output <= line.c ? 1 : 0);
    }
    requests_.push_back({number, *std::move(codes)});
  }
}

std::vector<std::size_t> RecordedTraffic::In(const Cube& cube) const {
  Cube any_date = cube;
  any_date.parts.erase(
      std::remove_if(any_date.parts.begin(), any_date.parts.end(),
                     [&](const auto& part) { return part.axis == comparison_.slice_axis(); }),
      any_date.parts.end());
  std::vector<std::size_t> in;
  for (const auto& [record, codes] : requests_) {
    const bool dated = codes[comparison_.slice_axis()] != kAnyCode;
    if (Contains(dated ? cube : any_date, codes)) in.push_back(record);
  }
  return in;
}

}  // namespace mlp::compiler
