#include "tests/support/rolled_store.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>

namespace mlp {

RolledStore::RolledStore(const std::string& file) {
  auto writer = RecordWriter::Open(file);
  BOOST_REQUIRE_MESSAGE(writer.ok(), (writer.ok() ? "" : writer.error().context));
  writer_ = std::move(writer.value());
}

void RolledStore::Write(const std::vector<CallRecord>& calls, std::size_t from, std::size_t to) {
  std::vector<StoreEntry> entries;
  for (std::size_t i = from; i < to; ++i) entries.push_back(std::make_unique<CallRecord>(calls[i]));
  constexpr std::int64_t kSession = 1;
  const WriteResult result = writer_->Write({kSession, ++batch_, entries, {}, 0});
  BOOST_REQUIRE_MESSAGE(result.kind == WriteResult::Kind::kWritten, result.context);
}

bool RolledStore::Keep(const Retention& keep, std::int64_t now_us, int steps) {
  UpkeepDone done{.rolled = 0, .deleted = 0, .more = true};
  for (int i = 0; i < steps && done.more; ++i) {
    const WriteResult result = writer_->Keep(keep, now_us, done);
    BOOST_REQUIRE_MESSAGE(result.kind == WriteResult::Kind::kWritten, result.context);
  }
  return done.more;
}

}  // namespace mlp
