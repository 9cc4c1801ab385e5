#include "runtime/store/rolled/packing.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace mlp {
namespace {

constexpr unsigned kGroupBits = 7;
constexpr std::uint64_t kGroup = 0x7F;
constexpr std::uint64_t kMore = 0x80;

}  // namespace

void NumberPacker::Add(std::uint64_t value) {
  while (value > kGroup) {
    bytes_ += static_cast<char>((value & kGroup) | kMore);
    value >>= kGroupBits;
  }
  bytes_ += static_cast<char>(value);
}

void NumberPacker::AddSigned(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  Add(value < 0 ? ~(bits << 1) : bits << 1);
}

std::uint64_t NumberUnpacker::Next() noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += kGroupBits) {
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    value |= (byte & kGroup) << shift;
    if ((byte & kMore) == 0) return value;
  }
  ok_ = false;
  bytes_ = {};
  return 0;
}

std::int64_t NumberUnpacker::NextSigned() noexcept {
  const std::uint64_t bits = Next();
  return static_cast<std::int64_t>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
}

std::string PackHistogram(const Histogram& histogram) {
  NumberPacker packer;
  std::int64_t before = 0;
  for (const auto& [bucket, count] : histogram.buckets()) {
    packer.AddSigned(bucket - before);
    packer.Add(count);
    before = bucket;
  }
  return packer.bytes();
}

bool UnpackHistogram(std::string_view bytes, Histogram& histogram) {
  // Times of 64 bits have buckets below 64 * 32.
  constexpr std::int64_t kMostBucket = 2'048;
  NumberUnpacker numbers(bytes);
  std::int64_t bucket = 0;
  while (!numbers.at_end()) {
    const std::int64_t step = numbers.NextSigned();
    const std::uint64_t count = numbers.Next();
    if (!numbers.ok() || step < -kMostBucket || step > kMostBucket) return false;
    bucket += step;
    if (bucket < -1 || bucket > kMostBucket) return false;
    if (count == 0 || count > std::numeric_limits<std::uint32_t>::max()) return false;
    histogram.AddTo(static_cast<std::int32_t>(bucket), static_cast<std::uint32_t>(count));
  }
  return true;
}

std::string PackEnds(const EndCounts& ends) {
  std::string words;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (ends[i] == 0) continue;
    if (!words.empty()) words += ' ';
    words += ToString(static_cast<ErrorClass>(i));
    words += '=';
    words += std::to_string(ends[i]);
  }
  return words;
}

bool UnpackEnds(std::string_view words, EndCounts& ends) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return false;
    const auto error_class = ParseErrorClass(word.substr(0, equals));
    const std::string_view digits = word.substr(equals + 1);
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (!error_class || error != std::errc{} || end != digits.data() + digits.size()) return false;
    ends[static_cast<std::size_t>(*error_class)] += count;
  }
  return true;
}

}  // namespace mlp
