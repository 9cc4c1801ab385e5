#include "runtime/tools/eval/purse.hpp"

namespace mlp::tools {

bool Purse::Reserve(std::int64_t worst_pico) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (worst_pico <= most_ - spent_ - reserved_) {
      reserved_ += worst_pico;
      return true;
    }
    if (reserved_ == 0 || worst_pico > most_ - spent_) return false;
    settled_.wait(lock);
  }
}

void Purse::Settle(std::int64_t worst_pico, std::int64_t cost_pico) {
  const std::lock_guard lock(mutex_);
  reserved_ -= worst_pico;
  spent_ += cost_pico;
  settled_.notify_all();
}

std::int64_t Purse::spent() const {
  const std::lock_guard lock(mutex_);
  return spent_;
}

}  // namespace mlp::tools
