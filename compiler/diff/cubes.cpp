#include "compiler/diff/cubes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace mlp::compiler {
namespace {

using Part = DiagramTerm::Part;
using Intervals = std::vector<DiagramTerm::Interval>;

/// Lists longer than this are merged, but not covered anew: that takes a time of its square.
constexpr std::size_t kMostCovered = 200;

class PathWalker {
 public:
  PathWalker(const Mdd& mdd, std::size_t most) : mdd_(mdd), most_(most) {}

  bool Walk(Ref ref) {
    if (ref == kFalse) return true;
    if (IsTerminal(ref)) {
      if (found.size() == most_) return false;
      found.push_back({Label(ref), path_});
      return true;
    }
    std::vector<std::pair<Ref, Part>> children;
    std::map<Ref, std::size_t> numbers;
    std::int32_t first = 0;
    for (const MddEdge& edge : mdd_.edges(ref)) {
      const auto [at, added] = numbers.emplace(edge.child, children.size());
      if (added) children.push_back({edge.child, {mdd_.axis(ref), {}}});
      children[at->second].second.intervals.push_back({first, edge.last});
      first = edge.last + 1;
    }
    for (auto& [child, part] : children) {
      path_.push_back(std::move(part));
      const bool fits = Walk(child);
      path_.pop_back();
      if (!fits) return false;
    }
    return true;
  }

  std::vector<Cube> found;

 private:
  const Mdd& mdd_;
  std::size_t most_;
  std::vector<Part> path_;
};

Intervals United(const Intervals& a, const Intervals& b) {
  Intervals all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
  Intervals joined;
  for (const auto& one : all) {
    if (!joined.empty() && one.first <= joined.back().last + 1) {
      joined.back().last = std::max(joined.back().last, one.last);
    } else {
      joined.push_back(one);
    }
  }
  return joined;
}

/// The cube but for one axis, as bytes.
std::string KeyWithout(const Cube& cube, std::uint32_t axis) {
  std::string key;
  const auto add = [&](std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) key += static_cast<char>(value >> shift & 0xFF);
  };
  add(cube.label);
  for (const Part& part : cube.parts) {
    if (part.axis == axis) continue;
    add(part.axis);
    add(static_cast<std::uint32_t>(part.intervals.size()));
    for (const auto& [first, last] : part.intervals) {
      add(static_cast<std::uint32_t>(first));
      add(static_cast<std::uint32_t>(last));
    }
  }
  return key;
}

std::vector<Part>::iterator PartOf(Cube& cube, std::uint32_t axis) {
  return std::find_if(cube.parts.begin(), cube.parts.end(),
                      [&](const Part& part) { return part.axis == axis; });
}

/// Joins cubes that differ on `axis` alone.
bool MergeOn(const Mdd& mdd, std::uint32_t axis, std::vector<Cube>& cubes) {
  std::map<std::string, std::size_t> first_with;
  std::vector<Cube> kept;
  for (Cube& cube : cubes) {
    if (PartOf(cube, axis) == cube.parts.end()) {
      kept.push_back(std::move(cube));
      continue;
    }
    const auto [at, added] = first_with.emplace(KeyWithout(cube, axis), kept.size());
    if (added) {
      kept.push_back(std::move(cube));
      continue;
    }
    const auto part = PartOf(kept[at->second], axis);
    part->intervals = United(part->intervals, PartOf(cube, axis)->intervals);
  }
  for (Cube& cube : kept) {
    const auto part = PartOf(cube, axis);
    if (part != cube.parts.end() && part->intervals.size() == 1 &&
        part->intervals.front().first == 0 &&
        part->intervals.front().last == mdd.axis_size(axis) - 1) {
      cube.parts.erase(part);
    }
  }
  const bool fewer = kept.size() < cubes.size();
  cubes = std::move(kept);
  return fewer;
}

void MergeAll(const Mdd& mdd, std::vector<Cube>& cubes) {
  std::set<std::uint32_t> axes;
  for (const Cube& cube : cubes) {
    for (const Part& part : cube.parts) axes.insert(part.axis);
  }
  for (bool fewer = true; fewer;) {
    fewer = false;
    // From below: what differs far down joins first, as the diagram shares it.
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
      fewer = MergeOn(mdd, *axis, cubes) || fewer;
    }
  }
}

/// Covers one label's requests anew.
class Coverer {
 public:
  Coverer(Mdd& mdd, std::vector<Cube> cubes) : mdd_(mdd), cubes_(std::move(cubes)) {
    for (const Cube& cube : cubes_) left_ = mdd_.Or(left_, DiagramOf(cube));
  }

  /// Nothing where that takes at least as many.
  std::optional<std::vector<Cube>> Cover() {
    std::vector<Cube> cover;
    while (left_ != kFalse) {
      if (cover.size() + 1 >= cubes_.size() || mdd_.over_budget()) return std::nullopt;
      const Cube best = Best();
      left_ = mdd_.And(left_, mdd_.Not(DiagramOf(best)));
      cover.push_back(best);
    }
    return cover;
  }

 private:
  Ref DiagramOf(const Cube& cube) {
    Ref all = kTrue;
    for (auto part = cube.parts.rbegin(); part != cube.parts.rend(); ++part) {
      Ref any = kFalse;
      for (const auto& [first, last] : part->intervals) {
        any = mdd_.Or(any, mdd_.Interval(part->axis, first, last));
      }
      all = mdd_.And(any, all);
    }
    return all;
  }

  bool IsLeft(const Cube& cube) { return mdd_.And(DiagramOf(cube), mdd_.Not(left_)) == kFalse; }

  /// The widest of what the cubes that are left grow to.
  Cube Best() {
    std::optional<Cube> best;
    for (const Cube& cube : cubes_) {
      if (!IsLeft(cube)) continue;
      Cube grown = Grown(cube);
      if (!best || grown.parts.size() < best->parts.size()) best = std::move(grown);
    }
    if (best) return *best;
    // All of them are cut by now: any path of what is left will do.
    PathWalker walker(mdd_, 1);
    (void)walker.Walk(left_);
    walker.found.front().label = cubes_.front().label;
    return Grown(walker.found.front());
  }

  Cube Grown(Cube cube) {
    for (std::size_t i = cube.parts.size(); i-- > 0;) {
      Cube wider = cube;
      wider.parts.erase(wider.parts.begin() + static_cast<std::ptrdiff_t>(i));
      if (IsLeft(wider)) cube = std::move(wider);
    }
    return cube;
  }

  Mdd& mdd_;
  std::vector<Cube> cubes_;
  Ref left_ = kFalse;
};

}  // namespace

std::optional<std::vector<Cube>> FewCubes(Mdd& mdd, Ref root, std::size_t most) {
  PathWalker walker(mdd, most);
  if (!walker.Walk(root)) return std::nullopt;
  std::vector<Cube> cubes = std::move(walker.found);
  MergeAll(mdd, cubes);
  std::map<std::uint32_t, std::vector<Cube>> by_label;
  for (Cube& cube : cubes) by_label[cube.label].push_back(std::move(cube));
  std::vector<Cube> all;
  for (auto& [label, own] : by_label) {
    if (own.size() > 1 && own.size() <= kMostCovered) {
      if (auto cover = Coverer(mdd, own).Cover()) own = *std::move(cover);
      MergeAll(mdd, own);
    }
    for (Cube& cube : own) all.push_back(std::move(cube));
  }
  return all;
}

bool Contains(const Cube& cube, const std::vector<std::int32_t>& codes) {
  return std::all_of(cube.parts.begin(), cube.parts.end(), [&](const Part& part) {
    return std::any_of(part.intervals.begin(), part.intervals.end(), [&](const auto& interval) {
      return interval.first <= codes[part.axis] && codes[part.axis] <= interval.last;
    });
  });
}

}  // namespace mlp::compiler
