#include "runtime/store/reader.hpp"

#include <algorithm>
#include <utility>

#include "runtime/store/file_claim.hpp"
#include "runtime/store/file_reader.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
using Limits = std::numeric_limits<std::int64_t>;

}  // namespace

/// Holds all files at one instant each, from Begin on.
class StoreReader::Instant {
 public:
  explicit Instant(StoreReader& reader) : reader_(reader) {}
  Instant(const Instant&) = delete;
  Instant& operator=(const Instant&) = delete;
  ~Instant() {
    for (const auto& file : reader_.open_) file->End();
  }

  Status Begin() {
    for (const auto& file : reader_.open_) {
      if (Status status = file->Begin(); !status) return status;
    }
    return Done{};
  }

  /// What the file with the least has.
  Result<KeptFrom> Kept() {
    KeptFrom kept{RolledState::kAll * kMicros, RolledState::kAll * kMicros,
                  RolledState::kAll * kMicros};
    for (const auto& file : reader_.open_) {
      const auto state = file->State();
      if (!state) return state.error();
      kept.calls_us = std::max(kept.calls_us, state->calls_from_s * kMicros);
      kept.minutes_us = std::max(kept.minutes_us, state->minutes_from_s * kMicros);
      kept.hours_us = std::max(kept.hours_us, state->hours_from_s * kMicros);
    }
    return kept;
  }

  /// The window cut to what there is; empty where there is nothing.
  Result<WidenedWindow> Cut(const RecordedWindow& window) {
    WidenedWindow extent{Limits::max(), Limits::min()};
    for (const auto& file : reader_.open_) {
      if (Status status = file->AddExtent(extent.from_us, extent.to_us); !status) {
        return status.error();
      }
    }
    return WidenedWindow{std::max(window.from_us, extent.from_us),
                         std::min(window.to_us, extent.to_us)};
  }

  /// Whether the window has more rows than `most`.
  Result<bool> HasMore(const WidenedWindow& window, std::int64_t most) {
    if (most == Limits::max()) return false;
    std::int64_t count = 0;
    for (const auto& file : reader_.open_) {
      const auto more = file->CountCalls(window.from_us, window.to_us, most + 1 - count);
      if (!more) return more.error();
      count += *more;
      if (count > most) return true;
    }
    return false;
  }

 private:
  StoreReader& reader_;
};

StoreReader::StoreReader() = default;
StoreReader::StoreReader(StoreReader&&) noexcept = default;
StoreReader& StoreReader::operator=(StoreReader&&) noexcept = default;
StoreReader::~StoreReader() = default;

Result<StoreReader> StoreReader::Open(const std::string& path) {
  StoreReader reader;
  reader.files_ = StoreFiles(path);
  if (reader.files_.empty()) {
    return Error{ErrorClass::kNone, path + ": there is no such store; check the path"};
  }
  for (const std::string& file : reader.files_) {
    reader.open_.push_back(std::make_unique<StoreFileReader>());
    if (Status status = reader.open_.back()->Open(file); !status) return status.error();
  }
  return reader;
}

Status StoreReader::ForEachCall(std::int64_t from_us, std::int64_t to_us,
                                const std::function<bool(const CallRecord&)>& visit) {
  bool more = true;
  const auto show = [&](const CallRecord& call) { return more = visit(call); };
  for (const auto& file : open_) {
    if (!more) break;
    Status status = file->Begin();
    if (status) {
      status = file->ForEachCall(StoreFileReader::Which::kAll, from_us, to_us, show);
    }
    file->End();
    if (!status) return status;
  }
  return Done{};
}

Result<RecordedSpan> StoreReader::ForEachRecorded(const RecordedWindow& window,
                                                  const CallVisit& on_call,
                                                  const CellVisit& on_cell) {
  using Which = StoreFileReader::Which;
  const auto show = [&on_call](const CallRecord& call) {
    on_call(call);
    return true;
  };
  Instant instant(*this);
  if (Status status = instant.Begin(); !status) return status.error();
  const auto kept = instant.Kept();
  if (!kept) return kept.error();
  const auto cut = instant.Cut(window);
  if (!cut) return cut.error();
  RecordedSpan span{window.from_us, window.to_us, false};
  if (cut->from_us >= cut->to_us) return span;
  const auto many = instant.HasMore(*cut, window.most_rows);
  if (!many) return many.error();
  if (cut->from_us >= kept->calls_us && !*many) {
    for (const auto& file : open_) {
      Status status = file->ForEachCall(Which::kAll, cut->from_us, cut->to_us, show);
      if (!status) return status.error();
    }
    return span;
  }
  const WidenedWindow wide = Widen(cut->from_us, cut->to_us, *kept);
  span = {std::min(span.from_us, wide.from_us), std::max(span.to_us, wide.to_us), true};
  const auto pieces = PlanReading(wide, window.grain_us, *kept);
  for (const auto& file : open_) {
    for (const ReadingPiece& piece : pieces) {
      Status status = piece.level
                          ? file->ForEachCell(*piece.level, piece.from_us, piece.to_us, on_cell)
                          : file->ForEachCall(Which::kSummed, piece.from_us, piece.to_us, show);
      if (!status) return status.error();
    }
    Status status = file->ForEachCall(Which::kUnsummed, wide.from_us, wide.to_us, show);
    if (!status) return status.error();
  }
  return span;
}

Result<KeptFrom> StoreReader::Kept() {
  Instant instant(*this);
  if (Status status = instant.Begin(); !status) return status.error();
  return instant.Kept();
}

Status StoreReader::AddTotals(CallTotals& totals) {
  Instant instant(*this);
  if (Status status = instant.Begin(); !status) return status;
  for (const auto& file : open_) {
    if (Status status = file->AddTotals(totals); !status) return status;
  }
  return Done{};
}

Status StoreReader::ForEachFeedback(std::int64_t from_us, std::int64_t to_us,
                                    const std::function<void(const Feedback&)>& visit) {
  for (const auto& file : open_) {
    if (Status status = file->ForEachFeedback(from_us, to_us, visit); !status) return status;
  }
  return Done{};
}

Result<LossCount> StoreReader::CountLosses(std::int64_t from_us, std::int64_t to_us) {
  LossCount count;
  for (const auto& file : open_) {
    if (Status status = file->AddLosses(from_us, to_us, count); !status) return status.error();
  }
  return count;
}

}  // namespace mlp
