#include <map>

#include <fmt/format.h>

#include "compiler/check/candidate_condition.hpp"
#include "compiler/check/catalog.hpp"

namespace mlp::compiler::check {

void CheckPools(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.pools) {
    PoolModel scratch;
    PoolModel& pool = one.index == kNoIndex ? scratch : context.model.pools[one.index];
    if (const View members = one.node.Child(ast::Kind::kMembers)) {
      std::map<Index, Span> seen;
      pool.listed = true;
      for (const View name : members.Children(ast::Kind::kName)) {
        const Index member = Resolve(context, Scope::kModel, name);
        if (member == kNoIndex) continue;
        const auto [same, inserted] = seen.emplace(member, name.span());
        if (!inserted) {
          context
              .Report(Code::k0202, name.span(),
                      fmt::format("`{}` is in the pool twice", context.Text(name)),
                      "leave the second one out")
              .related.push_back({same->second, "first listed here"});
          continue;
        }
        pool.members.push_back(member);
        pool.member_spans.push_back(name.span());
      }
    }
    if (const View where = one.node.Child(ast::Kind::kWhere)) {
      pool.where = CheckCandidateCondition(context, where.ChildAt(0), FactSet::kCandidate);
    }
  }
}

}  // namespace mlp::compiler::check
