// Random conditions of every kind over the request and over a candidate, as text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/property/dice.hpp"

namespace mlp::oracle {

inline constexpr std::array<std::string_view, 5> kCapabilities = {
    "streaming", "function-calling", "structured-output", "extended-thinking", "own-skill"};

/// What a policy's request has beside task (alpha, beta, gamma), grade (low < mid < high) and
/// region (us, eu).
struct Domain {
  std::int64_t scale = 1;   ///< of token counts
  std::int64_t input = 7;   ///< most, in the scale's tokens
  std::int64_t output = 4;  ///< most; below 0 without the attribute
  bool own_skill = true;    ///< may be asked for, beside streaming
  bool tenant = false;      ///< text
  bool asks_user = false;   ///< conditions look at the key
  bool heat = false;        ///< number 0 .. 1 step 0.25
  bool tags = false;        ///< set of red, blue
  bool extra = false;       ///< tokens up to 2
};

class RandomCondition {
 public:
  RandomCondition(Dice& dice, const Domain& domain) : dice_(dice), domain_(domain) {}

  /// A count of tokens; on large domains not a round one.
  [[nodiscard]] std::int64_t Tokens(std::int64_t low, std::int64_t high);
  /// Over the request, of at most 2^depth comparisons.
  [[nodiscard]] std::string When(int depth);
  /// Over a candidate. Live conditions and places stand where all must hold: elsewhere they would
  /// not simply count as holding, or ask of one endpoint what another could serve.
  [[nodiscard]] std::string Where(int depth);

 private:
  std::string Order();
  std::string Attribute(std::string_view prefix);
  std::string Compared(const std::string& left, const std::string& op, const std::string& right);
  std::string Atom(std::string_view prefix);
  std::string TextAtom(const std::string& name);
  std::string SetAtom(const std::string& name, std::string_view one, std::string_view other);
  std::string TokensAtom(const std::string& name, std::int64_t most);
  std::string NameFact();
  std::string NumberFact();
  std::string FactAtom();
  std::string Tree(int depth);

  Dice& dice_;
  const Domain& domain_;
};

}  // namespace mlp::oracle
