#include "tests/cli/command.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scratch_folder.hpp"

extern char** environ;

namespace mlp {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor(int fd, const std::string& what) : fd_(fd) {
    if (fd_ < 0) Fail(what);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

int OpenForWriting(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

int OpenTerminal() {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master >= 0 && (::grantpt(master) != 0 || ::unlockpt(master) != 0)) {
    ::close(master);
    return -1;
  }
  return master;
}

/// What came through a terminal until its last user closed it.
std::string Drain(int master) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(master, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

std::vector<std::string> Environment(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "NO_COLOR=", 9) != 0) all.emplace_back(*entry);
  }
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec: system calls alone.
[[noreturn]] void BecomeChild(const Surroundings& surroundings, int in, int out, int err,
                              char* const* words, char* const* environment) {
  if (::dup2(in, STDIN_FILENO) < 0 || ::dup2(out, STDOUT_FILENO) < 0 ||
      ::dup2(err, STDERR_FILENO) < 0) {
    ::_exit(126);
  }
  if (!surroundings.folder.empty() && ::chdir(surroundings.folder.c_str()) != 0) ::_exit(126);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (surroundings.memory_bytes != 0 && !kSanitized) {
    const rlimit memory{surroundings.memory_bytes, surroundings.memory_bytes};
    if (::setrlimit(RLIMIT_AS, &memory) != 0) ::_exit(126);
  }
  ::alarm(surroundings.seconds * (kSanitized ? 10 : 1));
  ::execve(words[0], words, environment);
  ::_exit(127);
}

}  // namespace

Finished Run(const std::vector<std::string>& words, const Surroundings& surroundings) {
  const ScratchFolder scratch;
  const std::string out_file =
      surroundings.out_file.empty() ? scratch / "out" : surroundings.out_file;
  const Descriptor in(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
  const Descriptor out(OpenForWriting(out_file), out_file);
  const Descriptor master(surroundings.terminal ? OpenTerminal() : ::dup(in.get()), "terminal");
  Descriptor err(surroundings.terminal
                     ? ::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC)
                     : OpenForWriting(scratch / "err"),
                 "standard error");

  std::vector<std::string> argument_words = words;
  std::vector<std::string> environment_words = Environment(surroundings.environment);
  const std::vector<char*> arguments = Pointers(argument_words);
  const std::vector<char*> environment = Pointers(environment_words);
  const pid_t child = ::fork();
  if (child < 0) Fail("fork");
  if (child == 0)
    BecomeChild(surroundings, in.get(), out.get(), err.get(), arguments.data(), environment.data());
  err.Close();

  Finished finished;
  if (surroundings.terminal) finished.err = Drain(master.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) Fail("waitpid");
  }
  if (WIFEXITED(status)) finished.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) finished.signal = WTERMSIG(status);
  if (finished.exit_code == 126 || finished.exit_code == 127)
    throw std::runtime_error("cannot start " + words[0]);
  if (surroundings.out_file.empty()) finished.out = ReadWhole(out_file);
  if (!surroundings.terminal) finished.err = ReadWhole(scratch / "err");
  return finished;
}

Finished Mlpc(std::vector<std::string> words, const Surroundings& surroundings) {
  words.insert(words.begin(), MLP_MLPC);
  return Run(words, surroundings);
}

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string WriteWhole(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
  return path;
}

}  // namespace mlp
