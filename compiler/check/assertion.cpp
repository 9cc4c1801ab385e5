#include "compiler/check/candidate_condition.hpp"
#include "compiler/check/claims.hpp"
#include "compiler/check/request_condition.hpp"
#include "compiler/check/routing.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

// Claims about money need the tokens that are paid for.
void CheckNeeds(Context& context, const AssertModel& assertion) {
  for (const Condition::Node& node : assertion.claim.nodes) {
    if (node.kind != ConditionKind::kAtom) continue;
    const CandidateAtom& atom = assertion.claim.atoms[node.atom];
    if (atom.kind != CandidateAtom::Kind::kList) continue;
    if (atom.list_fact == ListFact::kAttemptCost || atom.list_fact == ListFact::kChainCost) {
      return NeedTokens(context, node.span, "a claim about costs");
    }
  }
}

}  // namespace

void CheckAssertions(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.asserts) {
    AssertModel assertion;
    assertion.text = Unquote(context, one.name);
    assertion.doc = Doc(context, one.node);
    assertion.span = one.name ? one.name.span() : one.node.span();
    assertion.guardrail = one.node.Is(Kind::kGuardrail);
    assertion.from_import = one.imported;
    assertion.when = CheckOptionalWhen(context, one.node);
    for (const View claim : one.node.Children()) {
      if (claim.Is(Kind::kAlways) || claim.Is(Kind::kNever)) {
        assertion.kind = claim.Is(Kind::kAlways) ? ClaimKind::kAlways : ClaimKind::kNever;
        assertion.claim = CheckCandidateCondition(context, claim.ChildAt(0), FactSet::kClaim);
        assertion.claim_span = claim.span();
      }
      if (claim.Is(Kind::kSurvives)) {
        assertion.kind = context.Text(claim.ChildAt(0)) == "model" ? ClaimKind::kSurvivesModel
                                                                   : ClaimKind::kSurvivesProvider;
        assertion.claim_span = claim.span();
      }
    }
    CheckNeeds(context, assertion);
    context.model.asserts.push_back(std::move(assertion));
  }
}

}  // namespace mlp::compiler::check
