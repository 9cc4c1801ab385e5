#include "runtime/engine/operator_watch.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "runtime/engine/clock.hpp"

namespace mlp::engine {
namespace {

// Within it another writer's commit is done, or the next look tries again.
constexpr int kBusyMs = 200;

/// So that a program may change its folder.
std::string Absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.string();
}

}  // namespace

OperatorWatch::OperatorWatch(const Tables& tables, Health& health, const std::string& ledger_path,
                             std::int64_t interval_ms)
    : tables_(tables), health_(health), path_(Absolute(ledger_path)) {
  Look();
  thread_ = std::thread([this, interval_ms] { Run(interval_ms); });
}

void OperatorWatch::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void OperatorWatch::Run(std::int64_t interval_ms) {
  const std::chrono::milliseconds interval(std::max<std::int64_t>(interval_ms, 1));
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, interval, [this] { return stopping_; })) {
    lock.unlock();
    Look();
    lock.lock();
  }
}

void OperatorWatch::Look() {
  const Status status = Read();
  {
    const std::lock_guard lock(mutex_);
    trouble_ = status ? std::string() : status.error().context;
  }
  Apply(WallUs() / 1'000'000);
}

Status OperatorWatch::Read() {
  struct stat found {};
  if (stat(path_.c_str(), &found) != 0) {
    const int why = errno;  // closing the file may change it
    file_.reset();
    if (why != ENOENT) return Error{ErrorClass::kNone, path_ + ": cannot be looked at"};
    read_.clear();
    return Done{};
  }
  if (file_ == nullptr || found.st_ino != inode_) {
    auto opened = std::make_unique<OperatorDowns>();
    if (Status status = opened->Open(path_, kBusyMs); !status) return status;
    file_ = std::move(opened);
    inode_ = found.st_ino;
    version_ = -1;
  }
  const Result<std::int64_t> version = file_->Version();
  if (!version) return version.error();
  if (*version == version_) return Done{};
  Result<std::vector<OperatorDown>> downs = file_->List();
  if (!downs) return downs.error();
  read_ = std::move(downs).value();
  version_ = *version;
  return Done{};
}

OperatorWatch::Reach OperatorWatch::ReachOf(const std::string& name) const {
  Reach reach;
  for (std::size_t i = 0; i < tables_.providers.size(); ++i) {
    const Provider& provider = tables_.providers[i];
    const bool named =
        provider.name == name ||
        std::find(provider.aliases.begin(), provider.aliases.end(), name) != provider.aliases.end();
    if (named) reach.providers.push_back(static_cast<std::uint16_t>(i));
  }
  for (std::size_t i = 0; i < tables_.models.size(); ++i) {
    const Model& model = tables_.models[i];
    const bool of_provider = std::find(reach.providers.begin(), reach.providers.end(),
                                       model.provider) != reach.providers.end();
    const bool same =
        std::any_of(tables_.models.begin(), tables_.models.end(), [&](const Model& other) {
          return other.name == name && other.provider == model.provider && other.id == model.id;
        });
    if (of_provider || same) reach.models.push_back(static_cast<std::uint16_t>(i));
  }
  return reach;
}

void OperatorWatch::Apply(std::int64_t now_s) {
  std::set<std::uint16_t> down;
  std::vector<OperatorDown> in_force;
  for (const OperatorDown& one : read_) {
    if (one.until_s <= now_s) continue;
    for (const std::uint16_t model : ReachOf(one.name).models) down.insert(model);
    in_force.push_back(one);
  }
  for (std::size_t i = 0; i < tables_.models.size(); ++i) {
    const auto model = static_cast<std::uint16_t>(i);
    health_.SetModelDown(model, DownReason::kOperator, down.contains(model));
  }
  const std::lock_guard lock(mutex_);
  in_force_ = std::move(in_force);
}

void OperatorWatch::Describe(HealthReport& report) const {
  const std::lock_guard lock(mutex_);
  report.operator_trouble = trouble_;
  for (const OperatorDown& one : in_force_) {
    const Reach reach = ReachOf(one.name);
    (reach.known() ? report.taken_down : report.unknown_names).push_back(one);
    for (const std::uint16_t provider : reach.providers) {
      report.providers[provider].taken_down = one;
    }
  }
}

}  // namespace mlp::engine
