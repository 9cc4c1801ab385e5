#include "runtime/engine/cache/answer_cache.hpp"

#include <utility>

namespace mlp::engine {

std::size_t CachedAnswer::bytes() const noexcept {
  // The entry itself, its nodes in list and map, and its control block.
  std::size_t sum = sizeof(CachedAnswer) + 256 + text.size() + response_model.size();
  for (const ToolCall& call : tool_calls) {
    sum += sizeof(ToolCall) + call.id.size() + call.name.size() + call.arguments.size() +
           call.signature.size();
  }
  for (const std::string& name : left_out) sum += sizeof(std::string) + name.size();
  return sum;
}

void AnswerCache::Shard::Erase(std::list<Entry>::iterator entry) {
  bytes -= entry->bytes;
  by_key.erase(entry->key);
  entries.erase(entry);
}

std::shared_ptr<const CachedAnswer> AnswerCache::Find(const Sha256Digest& key, std::int64_t now_s) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return nullptr;
  if (found->second->expires_s <= now_s) {
    shard.Erase(found->second);
    return nullptr;
  }
  shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
  return found->second->answer;
}

void AnswerCache::Put(const Sha256Digest& key, std::shared_ptr<const CachedAnswer> answer,
                      std::int64_t expires_s) {
  const std::size_t bytes = answer->bytes();
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.by_key.find(key); found != shard.by_key.end()) {
    shard.Erase(found->second);
  }
  if (bytes > shard_bytes_) return;
  while (shard.bytes + bytes > shard_bytes_) shard.Erase(std::prev(shard.entries.end()));
  shard.entries.push_front({key, std::move(answer), expires_s, bytes});
  shard.by_key.emplace(key, shard.entries.begin());
  shard.bytes += bytes;
}

std::size_t AnswerCache::bytes() const {
  std::size_t sum = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    sum += shard.bytes;
  }
  return sum;
}

std::size_t AnswerCache::count() const {
  std::size_t sum = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    sum += shard.entries.size();
  }
  return sum;
}

}  // namespace mlp::engine
