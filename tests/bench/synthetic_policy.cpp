#include "tests/bench/synthetic_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <vector>

#include "compiler/check/check.hpp"
#include "compiler/diag/render_text.hpp"
#include "tests/bench/lap.hpp"

namespace mlp::bench {
namespace {

constexpr int kModelCount = 50;
constexpr int kTaskCount = 4;
constexpr int kScoreCount = 4;

std::string Head(int retiring_models) {
  std::string text = R"(language 1
provider main {
  protocol openai
  endpoint us "https://main.example/v1"
}
policy big {
  version "1.0.0"
  owner   "bench"
  stage   development
  valid   2026-11-21 .. 2027-11-21
}
request {
  task       one of t0, t1, t2, t3
  input      tokens up to 400K
  output     tokens up to 16K
)";
  for (int i = 0; i < kScoreCount; ++i) text += fmt::format("  score{} number 0 .. 1000\n", i);
  text += "}\n";
  for (int i = 0; i < kModelCount; ++i) {
    const int month = i % 10 + 1;
    const std::string retires = i >= kModelCount - retiring_models
                                    ? fmt::format("\n  retires 2027-{:02}-{:02}", month, i / 10 + 1)
                                    : "";
    text += fmt::format(
        "model m{} {{\n  provider main\n  pin exact \"m{}-1\"\n  context 1M, output 64K\n"
        "  can text-input, text-output\n  price input ${}/M, output ${}/M\n  status active{}\n}}\n",
        i, i, 1 + i % 7, 2 + i % 11, retires);
  }
  return text;
}

/// `name >= A and name < B` with both drawn from 0 .. size.
std::string DrawnInterval(std::mt19937& random, const std::string& name, int size) {
  const auto drawn = [&] {
    return static_cast<int>(random() % static_cast<std::uint32_t>(size + 1));
  };
  const int a = drawn();
  const int b = drawn();
  return fmt::format("{0} >= {1} and {0} < {2}", name, std::min(a, b), std::max(a, b) + 1);
}

std::string TangledCondition(std::mt19937& random) {
  std::vector<std::string> parts = {fmt::format("task == t{}", random() % kTaskCount),
                                    DrawnInterval(random, "input", 390'000),
                                    DrawnInterval(random, "output", 15'000)};
  for (int i = 0; i < kScoreCount; ++i) {
    parts.push_back(DrawnInterval(random, fmt::format("score{}", i), 990));
  }
  std::shuffle(parts.begin(), parts.end(), random);
  parts.resize(2 + random() % 3);
  std::string condition;
  for (const std::string& part : parts) condition += (condition.empty() ? "" : " and ") + part;
  return condition;
}

std::string Condition(const PolicyText& what, int route, std::mt19937& random) {
  switch (what.shape) {
    case Shape::kMixed: {
      const int width = 400'000 / ((what.routes + kTaskCount - 1) / kTaskCount);
      const int from = route / kTaskCount * width;
      return fmt::format("task == t{} and input >= {} and input < {}", route % kTaskCount, from,
                         from + width);
    }
    case Shape::kDisjoint: {
      const int width = 400'000 / what.routes;
      return fmt::format("input >= {} and input < {}", route * width, (route + 1) * width);
    }
    case Shape::kOverlapping: {
      const int from = static_cast<int>(random() % 300'000);
      const int to = from + 1 + static_cast<int>(random() % 100'000);
      return fmt::format("task == t{} and input >= {} and input < {}", random() % kTaskCount, from,
                         to);
    }
    case Shape::kTangled:
      return TangledCondition(random);
  }
  return {};
}

class OneFile final : public compiler::FileReader {
 public:
  explicit OneFile(const std::string& text) : text_(text) {}
  std::optional<std::string> Read(const std::string&) override { return text_; }

 private:
  const std::string& text_;
};

}  // namespace

std::string MakePolicy(const PolicyText& what) {
  std::string text = Head(what.retiring_models);
  std::mt19937 random(20261121);
  for (int i = 0; i < what.routes; ++i) {
    const int other = what.changed_every != 0 && i % what.changed_every == 0 ? 1 : 0;
    text += fmt::format("route r{} when {} {{\n  try m{}, m{}\n  else m{}\n}}\n", i,
                        Condition(what, i, random), (i + other) % kModelCount,
                        (i * 7 + 3) % kModelCount, (i * 13 + 5) % kModelCount);
  }
  return text + "route rest otherwise { try m0 }\n";
}

CheckedPolicy::CheckedPolicy(const std::string& text) {
  OneFile reader(text);
  Lap lap;
  program = compiler::LoadProgram(reader, "big.mlp", {}, sources, diagnostics);
  parse_s = lap();
  model = compiler::Check(program, sources, diagnostics);
  check_s = lap();
}

std::string CheckedPolicy::Errors() const {
  return diagnostics.has_errors() ? compiler::RenderText(sources, diagnostics.all()) : "";
}

}  // namespace mlp::bench
