#include "tests/unit/store/fault_vfs.hpp"

#include <sqlite3.h>

#include <mutex>
#include <new>
#include <stdexcept>
#include <string_view>

namespace mlp {
namespace {

// sqlite3_vfs is a C interface whose methods find their state through pAppData or globals; one
// global state is enough for tests.
struct State {
  std::mutex mutex;
  std::int64_t left = 0;  // operations until the fault; 0: none comes
  FaultVfs::Mode mode = FaultVfs::Mode::kOnce;
  bool broken = false;  // kFromThenOn has begun
  std::string victim;
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs vfs{};
};
State g_state;

struct FaultFile {
  sqlite3_file base;
  const char* name;  // SQLite keeps it while the file is open; null for temporary files
  // The real file follows.
};

sqlite3_file* Real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<FaultFile*>(file) + 1);
}

bool Fails(std::string_view operation, const char* name) {
  const std::lock_guard lock(g_state.mutex);
  if (g_state.broken) return true;
  if (g_state.left == 0 || --g_state.left > 0) return false;
  g_state.broken = g_state.mode == FaultVfs::Mode::kFromThenOn;
  const std::string_view path = name == nullptr ? "a temporary file" : name;
  g_state.victim = std::string(operation) + " of " + std::string(path.substr(path.rfind('/') + 1));
  return true;
}

bool Fails(std::string_view operation, sqlite3_file* file) {
  return Fails(operation, reinterpret_cast<FaultFile*>(file)->name);
}

int Close(sqlite3_file* file) {
  sqlite3_file* real = Real(file);
  return real->pMethods == nullptr ? SQLITE_OK : real->pMethods->xClose(real);
}
int Read(sqlite3_file* file, void* data, int amount, sqlite3_int64 offset) {
  if (Fails("read", file)) return SQLITE_IOERR_READ;
  return Real(file)->pMethods->xRead(Real(file), data, amount, offset);
}
int Write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
  if (Fails("write", file)) {
    // A full disk takes a part of what it is given.
    static_cast<void>(Real(file)->pMethods->xWrite(Real(file), data, amount / 2, offset));
    return SQLITE_FULL;
  }
  return Real(file)->pMethods->xWrite(Real(file), data, amount, offset);
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (Fails("truncate", file)) return SQLITE_IOERR_TRUNCATE;
  return Real(file)->pMethods->xTruncate(Real(file), size);
}
int Sync(sqlite3_file* file, int) {
  return Fails("sync", file) ? SQLITE_IOERR_FSYNC
                             : SQLITE_OK;  // no power fails here: save the time
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  if (Fails("size", file)) return SQLITE_IOERR_FSTAT;
  return Real(file)->pMethods->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) {
  if (Fails("lock", file)) return SQLITE_IOERR_LOCK;
  return Real(file)->pMethods->xLock(Real(file), level);
}
int Unlock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xUnlock(Real(file), level);
}
int CheckReservedLock(sqlite3_file* file, int* result) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), result);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Real(file)->pMethods->xSectorSize(Real(file)); }
int Characteristics(sqlite3_file* file) {
  return Real(file)->pMethods->xDeviceCharacteristics(Real(file));
}
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** result) {
  if (Fails("shm-map", file)) return SQLITE_IOERR_SHMMAP;
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, result);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_LOCK) != 0 && Fails("shm-lock", file)) return SQLITE_IOERR_SHMLOCK;
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Real(file)->pMethods->xShmUnmap(Real(file), remove);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = Close,
    .xRead = Read,
    .xWrite = Write,
    .xTruncate = Truncate,
    .xSync = Sync,
    .xFileSize = FileSize,
    .xLock = Lock,
    .xUnlock = Unlock,
    .xCheckReservedLock = CheckReservedLock,
    .xFileControl = FileControl,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = Characteristics,
    .xShmMap = ShmMap,
    .xShmLock = ShmLock,
    .xShmBarrier = ShmBarrier,
    .xShmUnmap = ShmUnmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* fault = reinterpret_cast<FaultFile*>(file);
  fault->base.pMethods = nullptr;
  fault->name = name;
  if (Fails("open", name)) return SQLITE_CANTOPEN;
  Real(file)->pMethods = nullptr;
  const int code = g_state.real->xOpen(g_state.real, name, Real(file), flags, out_flags);
  if (code == SQLITE_OK) fault->base.pMethods = &kMethods;
  return code;
}

int Delete(sqlite3_vfs*, const char* name, int sync) {
  if (Fails("delete", name)) return SQLITE_IOERR_DELETE;
  return g_state.real->xDelete(g_state.real, name, sync);
}

int Access(sqlite3_vfs*, const char* name, int flags, int* result) {
  if (Fails("access", name)) return SQLITE_IOERR_ACCESS;
  return g_state.real->xAccess(g_state.real, name, flags, result);
}

}  // namespace

FaultVfs::FaultVfs() {
  g_state.real = sqlite3_vfs_find(nullptr);
  g_state.vfs = *g_state.real;  // what is not replaced works on the file system, without state
  g_state.vfs.pNext = nullptr;
  g_state.vfs.zName = "mlp-fault";
  g_state.vfs.szOsFile += static_cast<int>(sizeof(FaultFile));
  g_state.vfs.xOpen = Open;
  g_state.vfs.xDelete = Delete;
  g_state.vfs.xAccess = Access;
  if (sqlite3_vfs_register(&g_state.vfs, 1) != SQLITE_OK) {
    throw std::runtime_error("the file layer cannot be registered");
  }
}

FaultVfs::~FaultVfs() {
  Disarm();
  sqlite3_vfs_unregister(&g_state.vfs);
}

void FaultVfs::Arm(std::int64_t nth, Mode mode) {
  const std::lock_guard lock(g_state.mutex);
  g_state.left = nth;
  g_state.mode = mode;
  g_state.broken = false;
  g_state.victim.clear();
}

void FaultVfs::Disarm() {
  const std::lock_guard lock(g_state.mutex);
  g_state.left = 0;
  g_state.broken = false;
}

bool FaultVfs::fired() const {
  const std::lock_guard lock(g_state.mutex);
  return !g_state.victim.empty();
}

std::string FaultVfs::victim() const {
  const std::lock_guard lock(g_state.mutex);
  return g_state.victim;
}

}  // namespace mlp
