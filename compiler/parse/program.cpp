#include "compiler/parse/program.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"
#include "compiler/source/nearest.hpp"

namespace mlp::compiler {
namespace {

// Far above any policy; keeps a generated tree of imports from exhausting memory.
constexpr std::size_t kMaxFiles = 1'000;
constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

std::string Normal(const std::filesystem::path& path) {
  return path.lexically_normal().generic_string();
}

std::string Folder(const std::string& path) {
  return std::filesystem::path(path).parent_path().generic_string();
}

class Loader {
 public:
  Loader(FileReader& reader, const ImportRoots& roots, SourceSet& sources, Diagnostics& diagnostics,
         const ParseOptions& options)
      : reader_(reader),
        roots_(roots),
        sources_(sources),
        diagnostics_(diagnostics),
        options_(options) {}

  Program Load(const std::string& main_path) {
    const std::string path = Normal(main_path);
    if (auto text = reader_.Read(path)) {
      Open(path, reader_.Identity(path), std::move(*text), Span{});
      while (!open_.empty()) Step();
    }
    return std::move(program_);
  }

 private:
  // A file whose imports are being read.
  struct Frame {
    std::string path;
    std::string identity;
    Span import;  // the path string that asked for it
    ast::Tree tree;
    std::vector<ast::NodeId> imports;
    std::size_t next = 0;
  };

  void Open(const std::string& path, const std::string& identity, std::string text, Span import) {
    done_[identity] = false;
    bytes_ += text.size();
    const FileId file = sources_.Add(path, std::move(text));
    Frame frame{path, identity, import, Parse(sources_, file, diagnostics_, options_), {}, 0};
    if (frame.tree.root != ast::kNoNode) {
      for (const ast::NodeId id : frame.tree.children(frame.tree.root)) {
        if (frame.tree.kind(id) == ast::Kind::kImport) frame.imports.push_back(id);
      }
    }
    open_.push_back(std::move(frame));
  }

  // Follows the next import of the file on top, or closes that file.
  void Step() {
    Frame& top = open_.back();
    if (top.next < top.imports.size()) {
      const ast::NodeId import = top.imports[top.next++];
      const ast::NodeId path = top.tree.Child(import, ast::Kind::kString);
      if (path != ast::kNoNode) Follow(top.path, top.tree.span(path));
      return;
    }
    done_[top.identity] = true;
    program_.trees.push_back(std::move(top.tree));
    open_.pop_back();
    program_.imported.push_back(!open_.empty());
  }

  void Follow(const std::string& importer, Span span) {
    const std::optional<std::string> written = ast::ReadString(sources_.text(span));
    if (!written || written->empty()) {
      program_.incomplete = true;
      diagnostics_.Add(Code::k0204, span, "the path of an import is empty")
          .help.emplace_back("write the path of a file, as in `import \"catalog/openai.mlp\"`");
      return;
    }
    std::vector<std::string> folders{Folder(importer)};
    folders.insert(folders.end(), roots_.begin(), roots_.end());
    for (const std::string& folder : folders) {
      const std::string path = Normal(std::filesystem::path(folder) / *written);
      const std::string identity = reader_.Identity(path);
      if (const auto known = done_.find(identity); known != done_.end()) {
        if (!known->second) ReportCycle(path, identity, span);
        return;
      }
      if (auto text = reader_.Read(path)) {
        if (done_.size() >= kMaxFiles) {
          ReportTooMuch(span, fmt::format("more than {} files are imported", kMaxFiles),
                        "join small catalogs into one file");
        } else if (bytes_ + text->size() > kMaxBytes) {
          ReportTooMuch(
              span,
              fmt::format("more than {} bytes are imported, the most that are read", kMaxBytes),
              "import only the providers that the policy uses");
        } else {
          Open(path, identity, std::move(*text), span);
        }
        return;
      }
    }
    ReportMissing(folders, *written, span);
  }

  void ReportTooMuch(Span span, std::string message, std::string help) {
    program_.incomplete = true;
    diagnostics_.Add(Code::k0801, span, std::move(message)).help.push_back(std::move(help));
  }

  void ReportCycle(const std::string& path, const std::string& identity, Span span) {
    const auto first = std::find_if(open_.begin(), open_.end(),
                                    [&](const Frame& frame) { return frame.identity == identity; });
    std::string chain;
    for (auto frame = first; frame != open_.end(); ++frame) chain += frame->path + " -> ";
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0203, span, fmt::format("import cycle: {}{}", chain, path));
    for (auto frame = first + 1; frame < open_.end(); ++frame) {
      diagnostic.related.push_back(
          {frame->import, fmt::format("`{}` is imported here", frame->path)});
    }
    diagnostic.help.emplace_back(
        "move what both files need into a third one and import that from both");
  }

  void ReportMissing(const std::vector<std::string>& folders, const std::string& written,
                     Span span) {
    program_.incomplete = true;
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0204, span, fmt::format("no file `{}` to import", written));
    const std::filesystem::path path(written);
    for (const std::string& folder : folders) {
      const std::vector<std::string> names =
          reader_.List(Normal(std::filesystem::path(folder) / path.parent_path()));
      const std::vector<std::string_view> known(names.begin(), names.end());
      if (const auto nearest = NearestName(path.filename().generic_string(), known)) {
        const std::string mended = (path.parent_path() / std::string(*nearest)).generic_string();
        diagnostic.help.push_back(fmt::format("the nearest file there is `{}`", mended));
        return;
      }
    }
    diagnostic.help.emplace_back(
        "write the path relative to the importing file, or name its folder with --import-root");
  }

  FileReader& reader_;
  const ImportRoots& roots_;
  SourceSet& sources_;
  Diagnostics& diagnostics_;
  const ParseOptions& options_;
  Program program_;
  std::vector<Frame> open_;
  std::map<std::string, bool> done_;  // every file read, by identity; true once its imports are
  std::size_t bytes_ = 0;             // of all of them
};

}  // namespace

Program LoadProgram(FileReader& reader, const std::string& main_path,
                    const ImportRoots& import_roots, SourceSet& sources, Diagnostics& diagnostics,
                    const ParseOptions& options) {
  return Loader(reader, import_roots, sources, diagnostics, options).Load(main_path);
}

}  // namespace mlp::compiler
