// A small policy as tables, written by hand, for tests that need some policy but not the compiler:
//
//   route too-long         input > 100K      refuse "split the document"
//   route code             task == codegen   try sonnet within $0.50, else mini where
//   live.latency.p95 <= 20s route everything-else  otherwise         cap output 1K; spread mini
//   70%, local 30%; cache 1h every route: retry 1 time, backoff 500ms .. 8s; attempts at most 4;
//   attempt 25s; deadline 90s rollout sonnet-next    sonnet -> next for code, by user, 1% then 50%
//   then 100%
//
// From 2027-03-01, mini is gone from `code` and local follows sonnet there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mlp/tables.hpp"

namespace mlp::test {

inline constexpr std::uint16_t kLocal = 0;  ///< models, by their numbers in SampleTables().models
inline constexpr std::uint16_t kMini = 1;
inline constexpr std::uint16_t kSonnet = 2;
inline constexpr std::uint16_t kNext = 3;
inline constexpr std::uint16_t kRouteTooLong = 0;
inline constexpr std::uint16_t kRouteCode = 1;
inline constexpr std::uint16_t kRouteElse = 2;
inline constexpr std::int64_t kSampleFrom_s = 1'795'219'200;        // 2026-11-21
inline constexpr std::int64_t kSampleSecondRoot_s = 1'803'859'200;  // 2027-03-01

/// Lives for the whole program. To vary it, copy it and point a span at an own array.
[[nodiscard]] const Tables& SampleTables() noexcept;

/// A request of the sample policy. Set its members, then take a View(), which must not outlive it.
class SampleRequest {
 public:
  std::int32_t task = 0;  ///< 0 classify, 1 codegen, 2 chat
  std::int32_t tier = 1;  ///< 0 free, 1 pro
  std::int32_t input = 1'000;
  std::int32_t output = 500;
  std::string_view user = "user-1";
  std::uint64_t asks = 0;  ///< bit 0 streaming, bit 1 function-calling, bit 2 image-input

  [[nodiscard]] RequestView View() noexcept {
    codes_ = {task, tier, input, output};
    return {codes_, {&user, 1}, {&asks, 1}};
  }

 private:
  std::array<std::int32_t, 4> codes_{};
};

}  // namespace mlp::test
