#include "runtime/engine/quality/pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8  // NOLINT(cppcoreguidelines-macro-usage): how its header asks
#include <pcre2.h>

#include <array>
#include <new>
#include <utility>

namespace mlp::engine {
namespace {

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using CompileContext = std::unique_ptr<pcre2_compile_context, Freed<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>>;

/// What the library is told so that it reads ECMAScript: `\u0041`, `[]` and `[^]`, a reference to a
/// group that took no part, `$` at the very end alone. The text may hold bytes that are no UTF-8.
constexpr std::uint32_t kOptions = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_BSUX |
                                   PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
                                   PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;

template <typename T>
T Made(T object) {
  if (!object) throw std::bad_alloc();
  return object;
}

PCRE2_SPTR8 Bytes(std::string_view text) {
  // The library takes no null, not even for an empty text.
  return reinterpret_cast<PCRE2_SPTR8>(text.empty() ? "" : text.data());
}

std::string Words(int code) {
  std::array<PCRE2_UCHAR8, 256> words{};
  pcre2_get_error_message(code, words.data(), words.size());
  return reinterpret_cast<const char*>(words.data());
}

}  // namespace

Result<Pattern> Pattern::Parse(std::string_view text) {
  const auto context = Made(CompileContext(pcre2_compile_context_create(nullptr)));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
  pcre2_set_compile_extra_options(context.get(), PCRE2_EXTRA_ALT_BSUX);
  int code = 0;
  PCRE2_SIZE place = 0;
  pcre2_code* compiled =
      pcre2_compile(Bytes(text), text.size(), kOptions, &code, &place, context.get());
  if (compiled == nullptr) {
    return Error{ErrorClass::kInvalidRequest, "`" + std::string(text) +
                                                  "` is no regular expression: " + Words(code) +
                                                  " (at byte " + std::to_string(place) + ")"};
  }
  return Pattern(std::string(text), {compiled, pcre2_code_free});
}

std::optional<bool> Pattern::Matches(std::string_view text) const {
  const auto context = Made(MatchContext(pcre2_match_context_create(nullptr)));
  pcre2_set_match_limit(context.get(), kMostSteps);
  pcre2_set_heap_limit(context.get(), kMostMemoryKiB);
  // Room for the whole match alone: which part each group took is not asked.
  const auto data = Made(MatchData(pcre2_match_data_create(1, nullptr)));
  const int found =
      pcre2_match(code_.get(), Bytes(text), text.size(), 0, 0, data.get(), context.get());
  if (found >= 0) return true;
  if (found == PCRE2_ERROR_NOMATCH) return false;
  return std::nullopt;
}

}  // namespace mlp::engine
