#include "runtime/core/sha256_x86.hpp"

#include "runtime/core/sha256_constants.hpp"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

namespace mlp {
namespace {

bool Ask() noexcept {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned kSse41 = 1U << 19;
  constexpr unsigned kSha = 1U << 29;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kSse41) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
}

// The instructions want the state as (a, b, e, f) and (c, d, g, h), highest word first.
struct Halves {
  __m128i abef;
  __m128i cdgh;
};

inline __m128i Load(const void* from) noexcept {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

// Four rounds with the words `now`. The schedule of four further words, which take their place, is
// made from the sixteen before them: `now` are the oldest, `last` the newest (FIPS 180-4, section
// 6.2.2; Intel, "SHA Extensions").
template <bool kSchedule>
__attribute__((target("sha,sse4.1"), always_inline)) inline void Turn(
    Halves& halves, const std::uint32_t* constants, __m128i& now, const __m128i& next,
    const __m128i& before_last, const __m128i& last) noexcept {
  const __m128i sum = _mm_add_epi32(now, Load(constants));
  halves.cdgh = _mm_sha256rnds2_epu32(halves.cdgh, halves.abef, sum);
  halves.abef = _mm_sha256rnds2_epu32(halves.abef, halves.cdgh, _mm_shuffle_epi32(sum, 0x0E));
  if constexpr (kSchedule) {
    const __m128i seven_back = _mm_alignr_epi8(last, before_last, 4);
    const __m128i first = _mm_sha256msg1_epu32(now, next);
    now = _mm_sha256msg2_epu32(_mm_add_epi32(first, seven_back), last);
  }
}

}  // namespace

bool HasSha256Instructions() noexcept {
  static const bool has = Ask();
  return has;
}

__attribute__((target("sha,sse4.1"))) void CompressWithInstructions(
    std::array<std::uint32_t, 8>& state, const std::uint8_t* block) noexcept {
  const __m128i dcba = Load(&state[0]);
  const __m128i hgfe = Load(&state[4]);
  const __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1B);
  const __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  const __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);

  const __m128i big_endian = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
  __m128i w0 = _mm_shuffle_epi8(Load(block), big_endian);
  __m128i w1 = _mm_shuffle_epi8(Load(block + 16), big_endian);
  __m128i w2 = _mm_shuffle_epi8(Load(block + 32), big_endian);
  __m128i w3 = _mm_shuffle_epi8(Load(block + 48), big_endian);

  // By name and not by number: indexed by a turn, the words would stay in memory, which takes twice
  // as long (g++ 12 -O2).
  Halves halves{abef, cdgh};
  const std::uint32_t* constants = kSha256RoundConstants.data();
  for (int turn = 0; turn < 12; turn += 4, constants += 16) {
    Turn<true>(halves, constants, w0, w1, w2, w3);
    Turn<true>(halves, constants + 4, w1, w2, w3, w0);
    Turn<true>(halves, constants + 8, w2, w3, w0, w1);
    Turn<true>(halves, constants + 12, w3, w0, w1, w2);
  }
  Turn<false>(halves, constants, w0, w1, w2, w3);
  Turn<false>(halves, constants + 4, w1, w2, w3, w0);
  Turn<false>(halves, constants + 8, w2, w3, w0, w1);
  Turn<false>(halves, constants + 12, w3, w0, w1, w2);

  const __m128i feba = _mm_shuffle_epi32(_mm_add_epi32(halves.abef, abef), 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(_mm_add_epi32(halves.cdgh, cdgh), 0xB1);
  const auto store = [](void* to, __m128i value) {
    _mm_storeu_si128(static_cast<__m128i*>(to), value);
  };
  store(&state[0], _mm_blend_epi16(feba, dchg, 0xF0));
  store(&state[4], _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace mlp

#else

namespace mlp {

bool HasSha256Instructions() noexcept { return false; }
void CompressWithInstructions(std::array<std::uint32_t, 8>&, const std::uint8_t*) noexcept {}

}  // namespace mlp

#endif
