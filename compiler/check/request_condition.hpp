// Conditions over the request: what `when` says, and `request.NAME` elsewhere.
#pragma once

#include <optional>

#include "compiler/check/comparison.hpp"
#include "compiler/check/context.hpp"
#include "compiler/check/view.hpp"

namespace mlp::compiler::check {

/// An atom and whether its negation is meant.
struct RequestTest {
  RequestAtom atom;
  bool negated = false;
};

/// `attribute comparison value`, where value is a name or a literal; reports what does not fit its
/// type.
[[nodiscard]] std::optional<RequestTest> CompareAttribute(Context& context, Index attribute,
                                                          Comparison comparison, View written,
                                                          View value);
/// One element of `attribute in (...)`.
[[nodiscard]] std::optional<RequestAtom> MatchAttribute(Context& context, Index attribute,
                                                        View value);
/// `attribute has (...)`; the names are those of a Has node.
[[nodiscard]] std::optional<RequestAtom> HasMembers(Context& context, Index attribute, View path,
                                                    const std::vector<View>& names);
/// `attribute starts-with "text"`.
[[nodiscard]] std::optional<RequestAtom> StartsWith(Context& context, Index attribute, View path,
                                                    View text);
/// A value as the code of an enum, number or tokens attribute.
[[nodiscard]] std::optional<std::int64_t> ReadCode(Context& context, Index attribute, View value);
/// The capability or label bit of a set's member.
[[nodiscard]] std::optional<std::uint64_t> ReadMember(Context& context, Index attribute, View name);

/// The expression of a When node.
[[nodiscard]] Condition CheckWhen(Context& context, View expression);
/// As CheckWhen for the `when` of a declaration; always true where it has none.
[[nodiscard]] Condition CheckOptionalWhen(Context& context, View declaration);

}  // namespace mlp::compiler::check
