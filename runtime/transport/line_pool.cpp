#include "runtime/transport/line_pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mlp::transport {

LinePool::LinePool(const HttpClientOptions& options, std::size_t most_per_origin)
    : options_(options), most_per_origin_(most_per_origin) {}

std::size_t LinePool::MostTaken(std::string_view origin) const noexcept {
  return origin.starts_with("https:") ? std::min<std::size_t>(most_per_origin_, 1)
                                      : most_per_origin_;
}

std::unique_ptr<Line> LinePool::Take(std::string_view origin) {
  const auto same = [origin](const auto& line) { return line->origin() == origin; };
  const std::lock_guard lock(mutex_);
  if (stopping_) return nullptr;
  const auto busy = std::count_if(taken_.begin(), taken_.end(), same);
  if (static_cast<std::size_t>(busy) >= MostTaken(origin)) return nullptr;
  std::unique_ptr<Line> line;
  const auto kept = std::find_if(idle_.rbegin(), idle_.rend(), same);
  if (kept != idle_.rend()) {
    line = std::move(*kept);
    idle_.erase(std::next(kept).base());
  } else {
    line = std::make_unique<Line>(options_, origin);
  }
  taken_.push_back(line.get());
  idle_.reserve(idle_.size() + taken_.size());  // so that Give never fails
  return line;
}

void LinePool::Give(std::unique_ptr<Line> line) {
  std::unique_ptr<Line> surplus;  // closes its connection after the lock is gone
  const std::lock_guard lock(mutex_);
  taken_.erase(std::find(taken_.begin(), taken_.end(), line.get()));
  if (stopping_) {
    surplus = std::move(line);
    back_.notify_all();
    return;
  }
  line->Reset();
  idle_.push_back(std::move(line));
  if (idle_.size() > options_.max_kept_connections) {
    surplus = std::move(idle_.front());
    idle_.erase(idle_.begin());
  }
}

void LinePool::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (Line* line : taken_) line->Cancel();
  back_.wait(lock, [this] { return taken_.empty(); });
  idle_.clear();
}

}  // namespace mlp::transport
