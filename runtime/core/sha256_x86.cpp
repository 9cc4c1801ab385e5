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

}  // namespace

bool HasSha256Instructions() noexcept {
  static const bool has = Ask();
  return has;
}

// Four rounds a turn. The instructions want the state as (a, b, e, f) and (c, d, g, h), highest
// word first; the schedule of four further words is made from the sixteen before them (FIPS 180-4,
// section 6.2.2; Intel, "SHA Extensions").
__attribute__((target("sha,sse4.1"))) void CompressWithInstructions(
    std::array<std::uint32_t, 8>& state, const std::uint8_t* block) noexcept {
  const auto load = [](const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
  };
  const __m128i dcba = load(&state[0]);
  const __m128i hgfe = load(&state[4]);
  const __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1B);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);
  const __m128i abef_before = abef;
  const __m128i cdgh_before = cdgh;

  const __m128i big_endian = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
  __m128i words[4];
  for (std::size_t i = 0; i < 4; ++i) words[i] = _mm_shuffle_epi8(load(block + 16 * i), big_endian);

  for (int turn = 0; turn < 16; ++turn) {
    __m128i& now = words[turn % 4];
    const __m128i sum =
        _mm_add_epi32(now, load(&kSha256RoundConstants[4 * static_cast<std::size_t>(turn)]));
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
    if (turn >= 12) continue;
    const __m128i last = words[(turn + 3) % 4];
    const __m128i seven_back = _mm_alignr_epi8(last, words[(turn + 2) % 4], 4);
    const __m128i first = _mm_sha256msg1_epu32(now, words[(turn + 1) % 4]);
    now = _mm_sha256msg2_epu32(_mm_add_epi32(first, seven_back), last);
  }

  abef = _mm_add_epi32(abef, abef_before);
  cdgh = _mm_add_epi32(cdgh, cdgh_before);
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
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
