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

// A state and the block that goes into it.
struct Place {
  std::array<std::uint32_t, 8>& state;
  const std::uint8_t* block;
};

// One block under way. By name and not by number: indexed by a turn, the words would stay in
// memory, which takes twice as long (g++ 12 -O2).
struct Lane {
  Halves halves;
  __m128i w0;
  __m128i w1;
  __m128i w2;
  __m128i w3;
};

__attribute__((target("sha,sse4.1"), always_inline)) inline Halves Read(
    const std::array<std::uint32_t, 8>& state) noexcept {
  const __m128i cdab = _mm_shuffle_epi32(Load(&state[0]), 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(Load(&state[4]), 0x1B);
  return {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xF0)};
}

__attribute__((target("sha,sse4.1"), always_inline)) inline Lane Begin(
    const Place& place) noexcept {
  const __m128i big_endian = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
  return {Read(place.state), _mm_shuffle_epi8(Load(place.block), big_endian),
          _mm_shuffle_epi8(Load(place.block + 16), big_endian),
          _mm_shuffle_epi8(Load(place.block + 32), big_endian),
          _mm_shuffle_epi8(Load(place.block + 48), big_endian)};
}

// The same four turns of each lane, turn by turn.
template <bool kSchedule, typename... Lanes>
__attribute__((target("sha,sse4.1"), always_inline)) inline void FourTurns(
    const std::uint32_t* constants, Lanes&... lane) noexcept {
  (Turn<kSchedule>(lane.halves, constants, lane.w0, lane.w1, lane.w2, lane.w3), ...);
  (Turn<kSchedule>(lane.halves, constants + 4, lane.w1, lane.w2, lane.w3, lane.w0), ...);
  (Turn<kSchedule>(lane.halves, constants + 8, lane.w2, lane.w3, lane.w0, lane.w1), ...);
  (Turn<kSchedule>(lane.halves, constants + 12, lane.w3, lane.w0, lane.w1, lane.w2), ...);
}

__attribute__((target("sha,sse4.1"), always_inline)) inline void End(const Lane& lane,
                                                                     const Place& place) noexcept {
  const Halves before = Read(place.state);  // again: there is no register left to keep it in
  const __m128i abef = _mm_add_epi32(lane.halves.abef, before.abef);
  const __m128i cdgh = _mm_add_epi32(lane.halves.cdgh, before.cdgh);
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  const auto store = [](void* to, __m128i value) {
    _mm_storeu_si128(static_cast<__m128i*>(to), value);
  };
  store(&place.state[0], _mm_blend_epi16(feba, dchg, 0xF0));
  store(&place.state[4], _mm_alignr_epi8(dchg, feba, 8));
}

// A round waits for the one before it, four cycles each; a second block's rounds fit in between.
template <typename... Lanes>
__attribute__((target("sha,sse4.1"), always_inline)) inline void AllTurns(
    Lanes&... lanes) noexcept {
  const std::uint32_t* constants = kSha256RoundConstants.data();
  for (int turn = 0; turn < 12; turn += 4, constants += 16) FourTurns<true>(constants, lanes...);
  FourTurns<false>(constants, lanes...);
}

}  // namespace

bool HasSha256Instructions() noexcept {
  static const bool has = Ask();
  return has;
}

__attribute__((target("sha,sse4.1"))) void CompressWithInstructions(
    std::array<std::uint32_t, 8>& state, const std::uint8_t* block) noexcept {
  const Place place{state, block};
  Lane lane = Begin(place);
  AllTurns(lane);
  End(lane, place);
}

__attribute__((target("sha,sse4.1"))) void CompressTwoWithInstructions(
    std::array<std::uint32_t, 8>& first, const std::uint8_t* first_block,
    std::array<std::uint32_t, 8>& second, const std::uint8_t* second_block) noexcept {
  const Place one{first, first_block};
  const Place other{second, second_block};
  Lane lane = Begin(one);
  Lane beside = Begin(other);
  AllTurns(lane, beside);
  End(lane, one);
  End(beside, other);
}

}  // namespace mlp

#else

namespace mlp {

bool HasSha256Instructions() noexcept { return false; }
void CompressWithInstructions(std::array<std::uint32_t, 8>&, const std::uint8_t*) noexcept {}
void CompressTwoWithInstructions(std::array<std::uint32_t, 8>&, const std::uint8_t*,
                                 std::array<std::uint32_t, 8>&, const std::uint8_t*) noexcept {}

}  // namespace mlp

#endif
