// MLP0601 to MLP0604: whether rollouts and experiments can do what they say.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// All that follow; those over all requests where the diagram is complete.
void FindRolloutProblems(const PolicyModel& model, const Diagram& diagram,
                         Diagnostics& diagnostics);

/// MLP0601: two rollouts that move the same requests of one model, or one that moves what another
/// brings. Precondition: the diagram is complete.
void FindOverlappingRollouts(const PolicyModel& model, const Diagram& diagram,
                             Diagnostics& diagnostics);

/// MLP0602: criteria of rollouts that cannot be decided in time at the declared traffic, with what
/// would be enough; as a note, steps that show no harm by themselves.
void FindEvidenceProblems(const PolicyModel& model, Diagnostics& diagnostics);

/// MLP0603: what takes the place of a model and lacks a capability, tokens or a place that its
/// routes' requests need: an error where it can serve none of them. MLP0405: rollouts that move
/// nothing. Experiments with a `when` are not looked at. Precondition: the diagram is complete.
void FindWeakReplacements(const PolicyModel& model, const Diagram& diagram,
                          Diagnostics& diagnostics);

/// MLP0604: rollouts and experiments between models whose vectors cannot be compared. Vectors are
/// comparable where dimension and pinned model are the same; providers and call parameters may
/// differ.
void FindVectorSpaceProblems(const PolicyModel& model, Diagnostics& diagnostics);

}  // namespace mlp::compiler
