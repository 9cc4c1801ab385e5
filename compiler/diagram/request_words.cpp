#include "compiler/diagram/request_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/text_words.hpp"

namespace mlp::compiler {
namespace {

std::string MicroWords(std::int64_t micro) {
  const bool negative = micro < 0;
  const std::uint64_t size =
      negative ? 0 - static_cast<std::uint64_t>(micro) : static_cast<std::uint64_t>(micro);
  std::string text =
      fmt::format("{}{}.{:06}", negative ? "-" : "", size / 1'000'000, size % 1'000'000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string CodeWords(const AttributeModel& attribute, std::int64_t code) {
  switch (attribute.type) {
    case AttributeType::kEnum:
      return attribute.labels[static_cast<std::size_t>(code)];
    case AttributeType::kNumber:
      return MicroWords(attribute.minimum_micro + code * attribute.step_micro);
    case AttributeType::kTokens:
      return TokenWords(code);
    case AttributeType::kText:
    case AttributeType::kKey:
    case AttributeType::kSet:
      break;
  }
  return {};
}

std::string MemberWord(const PolicyModel& model, Index attribute, std::uint64_t member) {
  std::size_t bit = 0;
  while (((member >> bit) & 1) == 0) ++bit;
  const auto& names =
      attribute == model.asks ? model.capability_names : model.attributes[attribute].labels;
  return bit < names.size() ? names[bit] : fmt::format("{}", bit);
}

std::string Joined(const std::vector<std::string>& words, const char* separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

class PartWords {
 public:
  PartWords(const PolicyModel& model, const DiagramAxis& axis, const DiagramTerm::Part& part)
      : attribute_(model.attributes[axis.attribute]), axis_(axis), part_(part) {
    if (axis.kind == AxisKind::kMember) {
      member_ = MemberWord(model, axis.attribute, axis.member);
    }
  }

  [[nodiscard]] std::string Words() const {
    switch (axis_.kind) {
      case AxisKind::kMember:
        return fmt::format("{}{} has {}", part_.intervals.front().first == 1 ? "" : "not ",
                           attribute_.name, member_);
      case AxisKind::kText:
        return TextWords();
      case AxisKind::kCode:
        break;
    }
    return attribute_.type == AttributeType::kEnum ? EnumWords() : RangeWords();
  }

 private:
  [[nodiscard]] bool Has(std::int32_t code) const {
    return std::any_of(part_.intervals.begin(), part_.intervals.end(), [&](const auto& interval) {
      return interval.first <= code && code <= interval.last;
    });
  }

  [[nodiscard]] std::string ListWords(const std::vector<std::string>& in,
                                      const std::vector<std::string>& out) const {
    if (in.size() == 1) return fmt::format("{} == {}", attribute_.name, in.front());
    if (out.size() == 1) return fmt::format("{} != {}", attribute_.name, out.front());
    return fmt::format("{} in ({})", attribute_.name, Joined(in, ", "));
  }

  [[nodiscard]] std::string EnumWords() const {
    std::vector<std::string> in;
    std::vector<std::string> out;
    for (std::int32_t code = 0; code < axis_.size; ++code) {
      (Has(code) ? in : out).push_back(attribute_.labels[static_cast<std::size_t>(code)]);
    }
    return ListWords(in, out);
  }

  [[nodiscard]] std::string RangeWords() const {
    std::vector<std::string> parts;
    for (const auto& [first, last] : part_.intervals) {
      const std::string from = CodeWords(attribute_, first);
      const std::string to = CodeWords(attribute_, last);
      if (first == last) {
        parts.push_back(fmt::format("{} == {}", attribute_.name, from));
      } else if (first == 0) {
        parts.push_back(fmt::format("{} <= {}", attribute_.name, to));
      } else if (last == axis_.size - 1) {
        // `> 100K` reads better than `>= 100001`.
        parts.push_back(
            attribute_.type == AttributeType::kTokens && first % 1'000 == 1
                ? fmt::format("{} > {}", attribute_.name, CodeWords(attribute_, first - 1))
                : fmt::format("{} >= {}", attribute_.name, from));
      } else {
        parts.push_back(
            fmt::format("{} >= {} and {} <= {}", attribute_.name, from, attribute_.name, to));
      }
    }
    return parts.size() == 1 ? parts.front() : fmt::format("({})", Joined(parts, " or "));
  }

  /// The single text of a class, or nothing where the class has more.
  [[nodiscard]] std::optional<std::string> OnlyText(std::int32_t code) const {
    const auto at = static_cast<std::size_t>(code);
    const std::string first = at == 0 ? std::string() : axis_.cuts[at - 1];
    if (at < axis_.cuts.size() && axis_.cuts[at] == first + '\0') {
      return fmt::format("\"{}\"", first);
    }
    return std::nullopt;
  }

  /// What all classes first .. last have in common and no other: a text, a prefix, or nothing.
  [[nodiscard]] std::optional<std::string> RunWords(std::int32_t first, std::int32_t last,
                                                    bool negated) const {
    if (first == last) {
      if (const auto text = OnlyText(first)) {
        return fmt::format("{} {} {}", attribute_.name, negated ? "!=" : "==", *text);
      }
    }
    if (first == 0) return std::nullopt;
    const std::string& prefix = axis_.cuts[static_cast<std::size_t>(first) - 1];
    const auto end = static_cast<std::size_t>(last);
    const bool ends = end < axis_.cuts.size();
    const std::string after = AfterPrefix(prefix);
    if (ends ? axis_.cuts[end] != after : !after.empty()) return std::nullopt;
    return fmt::format("{}{} starts-with \"{}\"", negated ? "not " : "", attribute_.name, prefix);
  }

  /// The words of each run of classes, or of single classes in it; nothing where one has none.
  [[nodiscard]] std::optional<std::vector<std::string>> AllWords(bool in) const {
    std::vector<std::string> words;
    for (std::int32_t first = 0; first < axis_.size;) {
      if (Has(first) != in) {
        ++first;
        continue;
      }
      std::int32_t last = first;
      while (last + 1 < axis_.size && Has(last + 1) == in) ++last;
      std::optional<std::string> text = RunWords(first, last, !in);
      if (!text) text = RunWords(last = first, first, !in);
      if (!text) return std::nullopt;
      words.push_back(*text);
      first = last + 1;
    }
    return words;
  }

  [[nodiscard]] std::string TextWords() const {
    if (const auto words = AllWords(true)) {
      return words->size() == 1 ? words->front() : fmt::format("({})", Joined(*words, " or "));
    }
    if (const auto words = AllWords(false)) return Joined(*words, " and ");
    // Prefixes within prefixes.
    std::vector<bool> in;
    for (std::int32_t code = 0; code < axis_.size; ++code) in.push_back(Has(code));
    if (const auto words = TextSetWords(attribute_.name, axis_.cuts, in)) return *words;
    // No comparison tells the set: an example says more than a list of intervals.
    return fmt::format("{} like \"{}\"", attribute_.name,
                       axis_.witnesses[static_cast<std::size_t>(part_.intervals.front().first)]);
  }

  const AttributeModel& attribute_;
  const DiagramAxis& axis_;
  const DiagramTerm::Part& part_;
  std::string member_;
};

class RegionWalker {
 public:
  RegionWalker(const Mdd& mdd, Ref wanted, std::size_t most)
      : mdd_(mdd), wanted_(wanted), most_(most) {}

  void Walk(Ref ref) {
    if (regions.size() == most_) return;
    if (ref == wanted_) {
      regions.push_back(path_);
      return;
    }
    if (IsTerminal(ref) || !Reaches(ref)) return;
    const auto edges = mdd_.edges(ref);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const bool before = std::any_of(edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(i),
                                      [&](const MddEdge& e) { return e.child == edges[i].child; });
      if (before) continue;
      DiagramTerm::Part part;
      part.axis = mdd_.axis(ref);
      for (std::size_t j = i; j < edges.size(); ++j) {
        if (edges[j].child != edges[i].child) continue;
        part.intervals.push_back({j == 0 ? 0 : edges[j - 1].last + 1, edges[j].last});
      }
      path_.push_back(std::move(part));
      Walk(edges[i].child);
      path_.pop_back();
    }
  }

  std::vector<std::vector<DiagramTerm::Part>> regions;

 private:
  bool Reaches(Ref ref) {
    if (IsTerminal(ref)) return ref == wanted_;
    if (reaches_.empty()) reaches_.assign(mdd_.node_count(), Answer::kUnknown);
    if (reaches_[ref] == Answer::kUnknown) {
      const auto edges = mdd_.edges(ref);
      const bool any = std::any_of(edges.begin(), edges.end(),
                                   [&](const MddEdge& edge) { return Reaches(edge.child); });
      reaches_[ref] = any ? Answer::kYes : Answer::kNo;
    }
    return reaches_[ref] == Answer::kYes;
  }

  enum class Answer : std::uint8_t { kUnknown, kYes, kNo };
  const Mdd& mdd_;
  Ref wanted_;
  std::size_t most_;
  std::vector<DiagramTerm::Part> path_;
  std::vector<Answer> reaches_;
};

}  // namespace

Witness WitnessOf(const PolicyModel& model, const AxisOrder& axes, const RequestPoint& point) {
  Witness witness;
  for (Index i = 0; i < model.attributes.size(); ++i) {
    const AttributeModel& attribute = model.attributes[i];
    std::optional<std::int64_t> code;
    std::uint64_t members = 0;
    for (std::size_t axis = 0; axis < point.codes.size(); ++axis) {
      if (axes.axes[axis].attribute != i || point.codes[axis] < 0) continue;
      code = point.codes[axis];
      if (axes.axes[axis].kind == AxisKind::kMember && *code == 1) {
        members |= axes.axes[axis].member;
      }
    }
    if (i == model.input && point.input) code = point.input;
    if (i == model.output && point.output) code = point.output;
    if (i == model.asks && point.asks) members = *point.asks;
    switch (attribute.type) {
      case AttributeType::kEnum:
      case AttributeType::kNumber:
      case AttributeType::kTokens:
        if (!code && attribute.default_code >= 0) break;
        witness.emplace_back(attribute.name, attribute.type == AttributeType::kTokens
                                                 ? TokenWords(code.value_or(0))
                                                 : CodeWords(attribute, code.value_or(0)));
        break;
      case AttributeType::kText:
      case AttributeType::kKey:
        if (code) {
          witness.emplace_back(attribute.name,
                               axes.axes[axes.Find(i)].witnesses[static_cast<std::size_t>(*code)]);
        } else if (!attribute.has_default) {
          witness.emplace_back(attribute.name, "any");
        }
        break;
      case AttributeType::kSet: {
        std::vector<std::string> names;
        for (unsigned bit = 0; bit < 64; ++bit) {
          const std::uint64_t member = std::uint64_t{1} << bit;
          if ((members & member) != 0) names.push_back(MemberWord(model, i, member));
        }
        if (!names.empty()) witness.emplace_back(attribute.name, Joined(names, ","));
        break;
      }
    }
  }
  return witness;
}

std::int32_t CodeAt(const PolicyModel& model, const AxisOrder& axes, const RequestPoint& point,
                    std::uint32_t number) {
  const DiagramAxis& axis = axes.axes[number];
  const AttributeModel& attribute = model.attributes[axis.attribute];
  if (axis.attribute == model.input && point.input) return static_cast<std::int32_t>(*point.input);
  if (axis.attribute == model.output && point.output) {
    return static_cast<std::int32_t>(*point.output);
  }
  if (axis.attribute == model.asks && point.asks) return (*point.asks & axis.member) != 0 ? 1 : 0;
  if (point.codes[number] >= 0) return point.codes[number];
  switch (axis.kind) {
    case AxisKind::kText:
      return TextClass(axis.cuts, attribute.has_default ? attribute.default_text : "any");
    case AxisKind::kMember:
      return 0;
    case AxisKind::kCode:
      break;
  }
  return std::max(attribute.default_code, 0);
}

std::vector<DiagramTerm::Part> WayOf(const PolicyModel& model, const AxisOrder& axes,
                                     const Mdd& mdd, Ref root, const RequestPoint& point) {
  std::vector<DiagramTerm::Part> way;
  for (Ref ref = root; !IsTerminal(ref);) {
    DiagramTerm::Part part;
    part.axis = mdd.axis(ref);
    const Ref child = mdd.Child(ref, CodeAt(model, axes, point, part.axis));
    const Index attribute = axes.axes[part.axis].attribute;
    if (attribute != model.input && attribute != model.output) {
      std::int32_t first = 0;
      for (const MddEdge& edge : mdd.edges(ref)) {
        if (edge.child == child) part.intervals.push_back({first, edge.last});
        first = edge.last + 1;
      }
      way.push_back(std::move(part));
    }
    ref = child;
  }
  return way;
}

std::vector<std::vector<DiagramTerm::Part>> Regions(const Mdd& mdd, Ref root, Ref wanted,
                                                    std::size_t most) {
  RegionWalker walker(mdd, wanted, most);
  walker.Walk(root);
  return std::move(walker.regions);
}

std::string RegionWords(const PolicyModel& model, const AxisOrder& axes,
                        const std::vector<DiagramTerm::Part>& region) {
  std::vector<std::string> parts;
  for (const DiagramTerm::Part& part : region) {
    parts.push_back(PartWords(model, axes.axes[part.axis], part).Words());
  }
  return parts.empty() ? "every request" : Joined(parts, " and ");
}

RequestPoint PointOf(const PolicyModel& model, const AxisOrder& axes,
                     const std::vector<DiagramTerm::Part>& region) {
  RequestPoint point;
  point.codes.assign(axes.axes.size(), -1);
  for (const DiagramTerm::Part& part : region) {
    const DiagramAxis& axis = axes.axes[part.axis];
    std::int32_t& code = point.codes[part.axis];
    code = part.intervals.front().first;
    const std::int32_t usual = model.attributes[axis.attribute].default_code;
    for (const auto& interval : part.intervals) {
      if (axis.kind == AxisKind::kCode && interval.first <= usual && usual <= interval.last) {
        code = usual;
      }
      // Among texts the friendliest class.
      if (axis.kind != AxisKind::kText) continue;
      for (std::int32_t c = interval.first; c <= interval.last; ++c) {
        if (axis.witnesses[static_cast<std::size_t>(c)] == "other") code = c;
      }
    }
  }
  return point;
}

}  // namespace mlp::compiler
