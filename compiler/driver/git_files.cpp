#include "compiler/driver/git_files.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

extern char** environ;

namespace mlp::compiler {
namespace {

namespace fs = std::filesystem;

/// As the disk's reader: beyond what any pass takes.
constexpr std::size_t kMostRead = std::size_t{64} << 20;

/// An open file that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  void Close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// Everything up to the limit, or nothing where reading fails or there is more.
std::optional<std::string> ReadAll(int descriptor) {
  std::string text;
  std::array<char, 64 << 10> block{};
  for (;;) {
    const ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 || text.size() > kMostRead) return std::nullopt;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
}

struct Ended {
  bool started = false;
  bool well = false;  ///< exit code 0, and all it wrote was read
  std::string out;
};

/// Runs git in a folder and waits for it; what it says on standard error is dropped.
Ended RunGit(const std::string& folder, std::vector<std::string> words) {
  words.insert(words.begin(), {"git", "--no-optional-locks", "-C", folder});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  Ended ended;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return ended;
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, to.number(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, "git", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  to.Close();
  if (error != 0) return ended;
  ended.started = true;
  std::optional<std::string> out = ReadAll(from.number());
  // A child that still writes ends by the closed pipe.
  if (!out) ::kill(child, SIGTERM);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ended.well = out && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (out) ended.out = *std::move(out);
  return ended;
}

std::string Line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string Whole(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(path, error);
  return error ? path : whole.generic_string();
}

}  // namespace

GitReader::GitReader(std::string root, std::string commit)
    : root_(std::move(root)), commit_(std::move(commit)) {}

Result<std::unique_ptr<GitReader>, std::string> GitReader::Open(const std::string& revision,
                                                                const std::string& path) {
  // A revision never begins so; git would take it for an option.
  if (revision.empty() || revision.front() == '-') {
    return fmt::format("`{}` is not a revision", revision);
  }
  const std::string folder = fs::path(Whole(path)).parent_path().generic_string();
  const Ended root = RunGit(folder, {"rev-parse", "--show-toplevel"});
  if (!root.started) return std::string("cannot run git");
  if (!root.well) return fmt::format("{} does not lie in a git repository", path);
  const Ended commit = RunGit(folder, {"rev-parse", "--verify", "--quiet", revision + "^{commit}"});
  if (!commit.well) return fmt::format("git knows no revision `{}`", revision);
  return std::unique_ptr<GitReader>(new GitReader(Whole(Line(root.out)), Line(commit.out)));
}

std::optional<std::string> GitReader::Read(const std::string& path) {
  const fs::path inside = fs::path(Whole(path)).lexically_relative(root_);
  if (inside.empty() || *inside.begin() == "..") return disk_.Read(path);
  Ended blob =
      RunGit(root_, {"cat-file", "blob", fmt::format("{}:{}", commit_, inside.generic_string())});
  if (!blob.well) return std::nullopt;
  return std::move(blob.out);
}

std::string GitReader::Identity(const std::string& path) { return Whole(path); }

std::optional<std::string> GitRevision(const std::string& argument) {
  constexpr std::string_view kPrefix = "git:";
  if (!argument.starts_with(kPrefix)) return std::nullopt;
  return argument.substr(kPrefix.size());
}

}  // namespace mlp::compiler
