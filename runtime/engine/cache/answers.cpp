#include "runtime/engine/cache/answers.hpp"

#include <utility>

#include <fmt/format.h>

#include "runtime/engine/cache/answer_text.hpp"

namespace mlp::engine {
namespace {

// Vectors beside the answers take this part of the answers' room.
constexpr std::size_t kVectorsPart = 4;

Sha256Digest FromHex(const std::string& hex) {
  Sha256Digest digest{};
  if (hex.size() != 2 * digest.size()) return digest;
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(value(hex[2 * i]) << 4 | value(hex[2 * i + 1]));
  }
  return digest;
}

}  // namespace

Answers::Answers(const CacheOptions& options, std::int64_t now_s,
                 std::vector<std::string>& warnings)
    : memory_(options.memory_bytes),
      memory_bytes_(options.memory_bytes),
      similar_(options.memory_bytes / kVectorsPart) {
  const auto warn = [&](const Status& status) {
    if (!status) warnings.push_back(fmt::format("cache: {}", status.error().context));
  };
  if (!options.warm_from.empty()) warn(Warm(options.warm_from, now_s));
  if (options.file.empty()) return;
  auto file = AnswerFile::Open(options.file, options.file_bytes);
  if (!file) {
    warn(file.error());
    return;
  }
  file_ = std::move(file).value();
  warn(Warm(options.file, now_s));
}

Status Answers::Warm(const std::string& path, std::int64_t now_s) {
  std::size_t bytes = 0;
  return AnswerFile::ForEachNewest(
      path, now_s, [&](const std::string& key, const std::string& text, std::int64_t expires_s) {
        const auto answer = ReadAnswer(text);
        if (answer == nullptr) return true;
        bytes += answer->bytes();
        if (bytes > memory_bytes_) return false;
        memory_.Put(FromHex(key), answer, expires_s);
        return true;
      });
}

std::shared_ptr<const CachedAnswer> Answers::Find(const Sha256Digest& key, std::int64_t now_s) {
  if (auto answer = memory_.Find(key, now_s)) {
    hits_.fetch_add(1, std::memory_order_relaxed);
    saved_pico_.fetch_add(answer->cost_pico, std::memory_order_relaxed);
    return answer;
  }
  if (file_ == nullptr) return nullptr;
  std::int64_t expires_s = 0;
  const auto text = file_->Find(ToHex(key), now_s, expires_s);
  if (!text) return nullptr;
  auto answer = ReadAnswer(*text);
  if (answer == nullptr) return nullptr;
  memory_.Put(key, answer, expires_s);
  file_hits_.fetch_add(1, std::memory_order_relaxed);
  saved_pico_.fetch_add(answer->cost_pico, std::memory_order_relaxed);
  return answer;
}

std::shared_ptr<const CachedAnswer> Answers::FindSimilar(const Sha256Digest& scope,
                                                         const std::vector<float>& vector,
                                                         float least_cosine, std::int64_t now_s) {
  std::shared_ptr<const CachedAnswer> answer;
  similar_.Find(scope, vector, least_cosine, now_s, [&](const Sha256Digest& key) {
    answer = memory_.Find(key, now_s);
    return answer != nullptr;
  });
  if (answer == nullptr) return nullptr;
  similar_hits_.fetch_add(1, std::memory_order_relaxed);
  saved_pico_.fetch_add(answer->cost_pico, std::memory_order_relaxed);
  return answer;
}

bool Answers::Lead(const Sha256Digest& key, Flights::Landed landed) {
  const bool leads = flights_.Join(key, std::move(landed));
  if (leads) misses_.fetch_add(1, std::memory_order_relaxed);
  return leads;
}

bool Answers::LeadUnlessOthersDo(const Sha256Digest& key) {
  misses_.fetch_add(1, std::memory_order_relaxed);
  return flights_.Depart(key);
}

void Answers::End(const Sha256Digest& key, const std::shared_ptr<const CachedAnswer>& answer,
                  std::int64_t expires_s) {
  if (answer != nullptr) {
    memory_.Put(key, answer, expires_s);
    if (file_ != nullptr) file_->Put(ToHex(key), WriteAnswer(*answer), expires_s);
  }
  flights_.Land(key, answer);
}

void Answers::CountShared(const CachedAnswer& answer) noexcept {
  shared_.fetch_add(1, std::memory_order_relaxed);
  saved_pico_.fetch_add(answer.cost_pico, std::memory_order_relaxed);
}

void Answers::Flush() {
  if (file_ != nullptr) file_->Flush();
}

CacheStats Answers::stats() const {
  CacheStats stats;
  stats.hits = hits_.load(std::memory_order_relaxed);
  stats.file_hits = file_hits_.load(std::memory_order_relaxed);
  stats.shared = shared_.load(std::memory_order_relaxed);
  stats.similar = similar_hits_.load(std::memory_order_relaxed);
  stats.misses = misses_.load(std::memory_order_relaxed);
  stats.saved_pico = saved_pico_.load(std::memory_order_relaxed);
  stats.answers = memory_.count();
  stats.bytes = memory_.bytes() + similar_.bytes();
  if (file_ != nullptr) {
    const AnswerFile::Stats file = file_->stats();
    stats.dropped = file.dropped;
    stats.last_error = file.last_error;
  }
  return stats;
}

}  // namespace mlp::engine
