// What the store's tests share: opening that must work, and looking at what is in a store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mlp/store.hpp"

namespace mlp {

/// Never commits by itself: batches end at a Flush, so that tests know where.
[[nodiscard]] StoreOptions OnlyWhenFlushed();

/// Fails the test where the store cannot be opened.
[[nodiscard]] std::unique_ptr<Store> MustOpen(const std::string& path, StoreOptions options = {});

/// Every call in the store's files, in order; fails the test where they cannot be read.
[[nodiscard]] std::vector<CallRecord> ReadAll(const std::string& path);

/// What SQLite's own check says of one file; `ok` where all is well.
[[nodiscard]] std::string IntegrityCheck(const std::string& file);

/// The first column of the first row of a query on one file.
[[nodiscard]] std::int64_t QueryNumber(const std::string& file, const std::string& sql);
void Execute(const std::string& file, const std::string& sql);

}  // namespace mlp
