// What a policy says about itself: assertions to be proved, examples to be run, findings to be
// weighed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/condition.hpp"
#include "compiler/model/units.hpp"
#include "compiler/source/span.hpp"

namespace mlp::compiler {

enum class ClaimKind : std::uint8_t { kAlways, kNever, kSurvivesProvider, kSurvivesModel };

/// `assert` or `guardrail`.
struct AssertModel {
  std::string text;
  std::string doc;
  Span span;  ///< of the text
  bool guardrail = false;
  bool from_import = false;
  Condition when;  ///< always true where none is written
  ClaimKind kind = ClaimKind::kAlways;
  CandidateCondition claim;  ///< kAlways and kNever; may have kList atoms
  Span claim_span;
};

/// One attribute of a test's request, in its type's form.
struct GivenModel {
  Index attribute = kNoIndex;
  std::int32_t code = 0;
  std::string text;
  std::uint64_t members = 0;
};

struct TestModel {
  std::string text;
  Span span;                           ///< of the text
  std::vector<GivenModel> given;       ///< every attribute once, defaults filled in
  std::optional<std::int64_t> date_s;  ///< else the beginning of `valid`
  std::vector<Index> down_providers;
  std::vector<Index> down_candidates;
  struct Live {
    Index candidate = kNoIndex;
    LiveFact fact = LiveFact::kLatencyP95;
    std::int64_t value = 0;  ///< in the fact's unit
  };
  std::vector<Live> live;
  struct Arm {
    Index rollout = kNoIndex;
    bool canary = false;
  };
  std::vector<Arm> arms;
  Index route = kNoIndex;  ///< expected; kNoIndex: any
  Span route_span;
  std::vector<Index> candidates;  ///< expected, in order
  std::vector<Span> candidate_spans;
  bool exactly = false;  ///< the whole list, else a prefix
  std::string outcome;   ///< refused, no-route, no-candidate, denied; empty: served
  Span outcome_span;
};

enum class LintLevel : std::uint8_t { kOff, kNote, kWarning, kError };

struct LintModel {
  std::string code;  ///< MLP0702
  LintLevel level = LintLevel::kWarning;
  std::string reason;
  Span span;  ///< of the code
};

}  // namespace mlp::compiler
