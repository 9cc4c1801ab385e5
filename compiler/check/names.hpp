// Scopes: which names are declared, and what a reference means.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/view.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/model/units.hpp"
#include "compiler/source/span.hpp"

namespace mlp::compiler::check {

class Context;

/// What a name may stand for; each has its own scope.
enum class Scope : std::uint8_t {
  kProvider,
  kModel,
  kCapability,
  kPool,
  kAttribute,
  kRoute,
  kRollout,
  kExperiment,
  kBudget,
  kEvaluator,
  kAlert,
};
inline constexpr std::size_t kScopeCount = 11;

/// The user's word for it, as in `unknown pool`.
[[nodiscard]] std::string_view ToString(Scope scope);

/// The tables behind Declare and Resolve.
struct Names {
  struct Entry {
    Index index = kNoIndex;
    Span span;  ///< of the declaring name; empty for built-in ones
  };
  std::array<std::map<std::string, Entry, std::less<>>, kScopeCount> scopes;
  std::set<std::string, std::less<>>
      poisoned;               ///< words in what did not parse: they may be declared there
  std::size_t suggested = 0;  ///< how often a nearest name was looked for
  bool incomplete = false;    ///< an import is missing: any name may be in it
  bool no_request = false;    ///< a catalog alone: attributes are the importer's
};

/// Declares a name and returns true, or reports MLP0202 and returns false.
bool Declare(Context& context, Scope scope, View name, Index index);
/// Declares a name that stands elsewhere or is built in; false where it is taken.
bool Declare(Context& context, Scope scope, std::string_view name, Index index, Span span);

/// The index of what a reference names; reports MLP0201 with the nearest known name, or stays
/// silent where the declaration may lie in what could not be read.
[[nodiscard]] Index Resolve(Context& context, Scope scope, View name);
/// As Resolve for several names, without those that are unknown.
[[nodiscard]] std::vector<Index> ResolveAll(Context& context, Scope scope,
                                            const std::vector<View>& names);

/// The index that a name was declared with, without a report.
[[nodiscard]] Index Lookup(const Context& context, Scope scope, std::string_view name);

/// Reports MLP0201 for a `what` named `word`, with the nearest of `known` or else all of them as
/// help.
Diagnostic& ReportUnknown(Context& context, std::string_view what, std::string_view word, Span span,
                          const std::vector<std::string>& known);

/// True where silence is due: the name may be declared in what did not parse or could not be
/// imported.
[[nodiscard]] bool MayBeDeclared(const Context& context, Scope scope, std::string_view name);

/// Keeps track of statements that may stand once in a block.
class Once {
 public:
  explicit Once(Context& context) : context_(context) {}
  /// True the first time for a label (the user's word); else reports MLP0305.
  bool First(Span statement, std::string_view label);

 private:
  Context& context_;
  std::map<std::string, Span, std::less<>> seen_;
};

}  // namespace mlp::compiler::check
