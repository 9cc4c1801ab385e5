// Conditions after checking: trees of comparisons in integers. `when` conditions look at the
// request alone, `where` conditions at a candidate, the request's attributes and live facts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/source/span.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

enum class ConditionKind : std::uint8_t { kTrue, kFalse, kAnd, kOr, kNot, kAtom };

/// A comparison of one request attribute. Codes are as in mlp::Attribute (enum position, number
/// step, tokens).
struct RequestAtom {
  enum class Kind : std::uint8_t {
    kCodeRange,   ///< first <= code <= last (comparisons and single values become ranges)
    kTextEqual,   ///< the text is `text`
    kTextPrefix,  ///< the text begins with `text`
    kHasMember,   ///< all bits of `members` are in the set
  };
  Kind kind = Kind::kCodeRange;
  std::uint32_t attribute = 0;
  std::int64_t first = 0;  ///< may be outside the domain: an empty or cut range
  std::int64_t last = 0;
  std::string text;
  std::uint64_t members = 0;
};

/// A condition over a request; kind kAtom uses atoms[atom], the others operands. A value type.
struct Condition {
  struct Node {
    ConditionKind kind = ConditionKind::kTrue;
    std::uint32_t atom = 0;
    std::vector<std::uint32_t> operands;
    Span span;
  };
  std::vector<Node> nodes;  ///< empty: always true
  std::vector<RequestAtom> atoms;
  std::uint32_t root = 0;
  [[nodiscard]] bool always() const { return nodes.empty(); }
};

/// Facts of a candidate that a condition may ask for. Money per token and money in picodollars,
/// ratios in millionths.
enum class FactKind : std::uint8_t {
  kContext,
  kMaxInput,
  kMaxOutput,  // tokens
  kPrice,      // picodollars per token of `price_class` on the date, the dearest tier and hour
  kQuality,    // millionths, of the score named `name`; unknown: the comparison is false
  kPriorP50,
  kPriorP95,  // milliseconds
  kProvider,
  kModel,
  kPlace,
  kStatus,     // names, compared with == != in
  kRetiresIn,  // seconds from the date to the retirement; kUnlimited without one
  kLive,       // live_fact over window
};

/// Facts of a request's whole list of candidates, in assertions only.
enum class ListFact : std::uint8_t {
  kCandidates,
  kProviders,
  kAttempts,  // counts
  kAttemptCost,
  kChainCost,  // picodollars
  kChainTime,  // milliseconds
};

/// One comparison over a candidate, or (request_side) of the request's attribute.
struct CandidateAtom {
  enum class Kind : std::uint8_t {
    kCan,           ///< has all of `members`
    kFact,          ///< fact `comparison` `value`, or for names: fact is one of `names`
    kFactRequest,   ///< fact `comparison` the request's tokens attribute `attribute` (input or
                    ///< output)
    kLive,          ///< live_fact `comparison` value, over window_s
    kRequest,       ///< `request`
    kPlaceRequest,  ///< place == the label of the request's enum attribute `attribute`
    kList,          ///< list_fact `comparison` value
  };
  Kind kind = Kind::kFact;
  FactKind fact = FactKind::kContext;
  TokenClass price_class = TokenClass::kInput;
  Comparison comparison = Comparison::kEqual;
  std::int64_t value = 0;
  std::string name;  ///< of a quality score
  std::vector<std::string> names;
  std::uint64_t members = 0;
  std::uint32_t attribute = 0;
  LiveFact live_fact = LiveFact::kLatencyP95;
  std::uint32_t window_s = 0;
  RequestAtom request;
  ListFact list_fact = ListFact::kCandidates;
};

struct CandidateCondition {
  std::vector<Condition::Node> nodes;  ///< empty: always true
  std::vector<CandidateAtom> atoms;
  std::uint32_t root = 0;
  [[nodiscard]] bool always() const { return nodes.empty(); }
};

}  // namespace mlp::compiler
