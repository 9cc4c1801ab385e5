#include "compiler/parse/parse.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "compiler/ast/literals.hpp"
#include "compiler/parse/expected.hpp"
#include "compiler/parse/farthest.hpp"
#include "compiler/parse/lexeme.hpp"
#include "compiler/parse/nodes.hpp"
#include "compiler/parse/syntax_errors.hpp"
#include "compiler/parse/tree_builder.hpp"
#include "compiler/parse/wrong_bytes.hpp"
#include "grammar/policy.hpp"

namespace mlp::compiler {
namespace parse {
namespace {

namespace pegtl = tao::pegtl;

using Input = pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, const char*>;

struct ReservedWord {
  std::string_view word;
  std::string_view what;
};
constexpr ReservedWord kReservedWords[] = {
    {"index", "stored vectors and their embedding model"},
    {"finetune", "tuning pipelines"},
    {"prompt", "versioned templates"},
};

bool IsWhite(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// What the control keeps while the grammar matches one file.
class State {
 public:
  State(std::string_view text, std::uint32_t max_depth, ast::Tree& tree, SyntaxErrors& errors)
      : builder(tree), errors_(errors), text_(text), max_depth_(max_depth), tree_(tree) {}

  [[nodiscard]] std::uint32_t Place(const Input& in) const {
    return static_cast<std::uint32_t>(in.current() - text_.data());
  }

  /// One more level of nesting at `place`, unless that is too many.
  [[nodiscard]] bool Enter(std::uint32_t place) {
    if (depth_ < max_depth_) {
      ++depth_;
      return true;
    }
    farthest.Fail(place, Farthest::Reason::kTooDeep);
    return false;
  }
  void Leave() { --depth_; }

  void OpenBlock(std::uint32_t place) { open_blocks_.push_back(place); }
  [[nodiscard]] bool CloseBlock(Input& in);
  /// Where the innermost open block begins, 0 outside of all.
  [[nodiscard]] std::uint32_t block() const {
    return open_blocks_.empty() ? 0 : open_blocks_.back();
  }

  void CheckLanguage(std::uint32_t begin, std::uint32_t end);
  void MissingLanguage(Input& in);
  void BrokenHeader(Input& in);
  [[nodiscard]] bool BrokenStatement(Input& in);
  [[nodiscard]] bool BrokenDeclaration(Input& in);

  TreeBuilder builder;
  Farthest farthest;
  std::uint32_t quote = 0;  // where the last string that was tried begins

 private:
  void AddFarthest(std::uint32_t statement);
  /// Makes a kName if a name stands there.
  bool AddName(std::uint32_t place);
  /// Makes a kError of [begin, end) with the name that stands at `name`, if one does.
  void AddError(std::uint32_t begin, std::optional<std::uint32_t> name, std::size_t end);
  void SkipTo(Input& in, std::size_t place) const { in.bump(place - Place(in)); }
  [[nodiscard]] std::uint32_t EndOf(std::uint32_t place) const {
    return static_cast<std::uint32_t>(LexemeEnd(text_, place));
  }
  [[nodiscard]] std::string_view LexemeAt(std::uint32_t place) const {
    return text_.substr(place, EndOf(place) - place);
  }

  SyntaxErrors& errors_;
  std::string_view text_;
  std::uint32_t max_depth_;
  ast::Tree& tree_;
  std::uint32_t depth_ = 0;
  std::vector<std::uint32_t> open_blocks_;
};

void State::AddFarthest(std::uint32_t statement) {
  const std::uint32_t at = farthest.place();
  errors_.AddFarthest(farthest, statement, builder.WithoutGap(at), quote);
}

bool State::AddName(std::uint32_t place) {
  if (place >= text_.size() || !IsName(LexemeAt(place))) return false;
  builder.Close(ast::Kind::kName, builder.Open(place), place, EndOf(place));
  return true;
}

void State::AddError(std::uint32_t begin, std::optional<std::uint32_t> name, std::size_t end) {
  const std::size_t mark = builder.Open(begin);
  if (name) AddName(*name);
  while (end > begin && IsWhite(text_[end - 1])) --end;
  builder.Close(ast::Kind::kError, mark, begin, static_cast<std::uint32_t>(end));
}

bool State::CloseBlock(Input& in) {
  const std::uint32_t at = Place(in);
  if (at < text_.size() && text_[at] == '}') {
    in.bump(1);
  } else if (!errors_.stopped()) {
    const std::uint32_t open = open_blocks_.back();
    // At the end of the file the caret stands behind the last thing there, not on an empty line.
    std::uint32_t place = at;
    while (at >= text_.size() && place > open + 1 && IsWhite(text_[place - 1])) --place;
    Diagnostic& diagnostic = errors_.Add(place, at >= text_.size() ? place : EndOf(at),
                                         "expected `}`, found " + FoundText(text_, at));
    diagnostic.related.push_back({{tree_.file, open, open + 1}, "for the block that begins here"});
    diagnostic.help.emplace_back("close it with `}`");
  }
  open_blocks_.pop_back();
  return true;
}

void State::CheckLanguage(std::uint32_t begin, std::uint32_t end) {
  // `language`, a gap, the number.
  const auto number =
      static_cast<std::uint32_t>(SkipInline(text_, begin + std::string_view("language").size()));
  const std::string_view version = LexemeAt(number);
  if (version == "1") return;
  errors_
      .Add(number, std::min(end, EndOf(number)),
           "this compiler reads language 1, not `" + std::string(version) + "`")
      .help.emplace_back("write `language 1`, or use a compiler that reads that language");
  errors_.Stop();
}

void State::MissingLanguage(Input& in) {
  const std::uint32_t at = Place(in);
  if (at < text_.size() && LexemeAt(at) == "language") {
    const auto number = static_cast<std::uint32_t>(SkipInline(text_, EndOf(at)));
    const bool one = number < text_.size() && LexemeAt(number) == "1";
    const std::uint32_t wrong =
        one ? static_cast<std::uint32_t>(SkipInline(text_, EndOf(number))) : number;
    errors_
        .Add(wrong, wrong < text_.size() ? EndOf(wrong) : wrong,
             "expected " + std::string(one ? "the end of the line" : "`1`") + ", found " +
                 FoundText(text_, wrong))
        .help.emplace_back("the first line is `language 1`");
    const std::size_t end = StatementEnd(text_, at, wrong, false);
    AddError(at, std::nullopt, end);
    SkipTo(in, end);
    return;
  }
  const std::uint32_t end = at < text_.size() ? EndOf(at) : at;
  errors_.Add(at, end, "expected `language 1`, found " + FoundText(text_, at))
      .help.emplace_back("begin the file with `language 1`");
}

void State::BrokenHeader(Input& in) {
  const std::uint32_t at = Place(in);
  AddFarthest(at);
  std::size_t end = StatementEnd(text_, at, farthest.place(), true);
  // A `{` on the next line still opens the block.
  const std::size_t next = SkipWide(text_, end);
  if (next < text_.size() && text_[next] == '{') end = next;
  AddError(AddName(at) ? EndOf(at) : at, std::nullopt, end);
  builder.MarkBrokenHeader();
  SkipTo(in, end);
}

bool State::BrokenStatement(Input& in) {
  const std::uint32_t at = Place(in);
  if (at >= text_.size()) return false;
  if (errors_.stopped()) {
    SkipTo(in, text_.size());
    return true;
  }
  if (text_[at] == '}') return false;
  const std::uint32_t failed = farthest.place();
  const bool block_begins = failed < text_.size() && text_[failed] == '{';
  if ((failed == at || block_begins) && LooksLikeDeclaration(text_, at)) return false;
  AddFarthest(at);
  const std::size_t end = std::max<std::size_t>(StatementEnd(text_, at, failed, false), at + 1);
  AddError(at, std::nullopt, end);
  SkipTo(in, end);
  return true;
}

bool State::BrokenDeclaration(Input& in) {
  const std::uint32_t at = Place(in);
  if (at >= text_.size()) return false;
  if (errors_.stopped()) {
    SkipTo(in, text_.size());
    return true;
  }
  const std::string_view word = LexemeAt(at);
  const auto after = static_cast<std::uint32_t>(SkipInline(text_, EndOf(at)));
  std::size_t reached = at;
  const ReservedWord* reserved = nullptr;
  for (const ReservedWord& candidate : kReservedWords) {
    if (candidate.word == word) reserved = &candidate;
  }
  if (reserved != nullptr) {
    errors_.Add(at, EndOf(at), "`" + std::string(word) + "` is reserved for later")
        .help.push_back("leave it out; it is kept for " + std::string(reserved->what));
  } else if (word == "language") {
    errors_.Add(at, EndOf(at), "`language` stands once, at the start of the file")
        .help.emplace_back("make it the first line");
  } else if (word == "}") {
    errors_.Add(at, EndOf(at), "expected a declaration, found `}`")
        .help.emplace_back("no block is open here: leave it out, or look for a `}` too many above");
    SkipTo(in, at + 1);
    return true;
  } else {
    AddFarthest(at);
    reached = farthest.place();
  }
  const std::size_t end = std::max<std::size_t>(StatementEnd(text_, at, reached, false), at + 1);
  AddError(at, after, end);
  SkipTo(in, end);
  return true;
}

template <typename Rule>
inline constexpr bool kIsGap =
    std::is_same_v<Rule, grammar::gap> || std::is_same_v<Rule, grammar::wide>;
template <typename Rule>
inline constexpr bool kIsGroup = false;
template <typename Gap>
inline constexpr bool kIsGroup<grammar::group<Gap>> = true;
template <typename Rule>
inline constexpr bool kNests = kIsGroup<Rule>;
template <typename Gap>
inline constexpr bool kNests<grammar::negation<Gap>> = true;

/// Matches as PEGTL does, and around it makes nodes, notes gaps and comments, remembers the
/// farthest failure, and mends by hand what cannot parse. There are no actions and no exceptions.
template <typename Rule>
struct Control : pegtl::normal<Rule> {
  template <pegtl::apply_mode kApply, pegtl::rewind_mode kRewind,
            template <typename...> class Action, template <typename...> class ControlFor>
  [[nodiscard]] static bool match(Input& in, State& state) {
    // Looking ahead neither makes nor means anything.
    if constexpr (kApply == pegtl::apply_mode::nothing) {
      return Match<kApply, kRewind, Action, ControlFor>(in, state);
    } else if constexpr (std::is_same_v<Rule, grammar::broken_statement>) {
      return state.BrokenStatement(in);
    } else if constexpr (std::is_same_v<Rule, grammar::broken_declaration>) {
      return state.BrokenDeclaration(in);
    } else if constexpr (std::is_same_v<Rule, grammar::broken_header>) {
      state.BrokenHeader(in);
      return true;
    } else if constexpr (std::is_same_v<Rule, grammar::missing_language>) {
      state.MissingLanguage(in);
      return true;
    } else if constexpr (std::is_same_v<Rule, grammar::block_close>) {
      return state.CloseBlock(in);
    } else if constexpr (kNests<Rule>) {
      if (!state.Enter(state.Place(in))) return false;
      const bool matched = MatchNode<kApply, kRewind, Action, ControlFor>(in, state);
      state.Leave();
      return matched;
    } else if constexpr (!ExpectedOf<Rule>::kText.empty()) {
      const std::uint32_t begin = state.Place(in);
      const std::size_t since = state.farthest.Begin(begin);
      if (MatchNode<kApply, kRewind, Action, ControlFor>(in, state)) return true;
      state.farthest.Fail(begin, since, ExpectedOf<Rule>::kText, ExpectedOf<Rule>::kIsWord);
      return false;
    } else {
      return MatchNode<kApply, kRewind, Action, ControlFor>(in, state);
    }
  }

 private:
  template <pegtl::apply_mode kApply, pegtl::rewind_mode kRewind,
            template <typename...> class Action, template <typename...> class ControlFor>
  [[nodiscard]] static bool Match(Input& in, State& state) {
    return pegtl::normal<Rule>::template match<kApply, kRewind, Action, ControlFor>(in, state);
  }

  template <pegtl::apply_mode kApply, pegtl::rewind_mode kRewind,
            template <typename...> class Action, template <typename...> class ControlFor>
  [[nodiscard]] static bool MatchNode(Input& in, State& state) {
    const std::uint32_t begin = state.Place(in);
    if constexpr (std::is_same_v<Rule, grammar::quoted>) {
      if (!in.empty() && in.peek_char() == '"') state.quote = begin;
    }
    if constexpr (NodeOf<Rule>::kMake != Make::kNothing) {
      const std::size_t mark = state.builder.Open(begin);
      if (!Match<kApply, kRewind, Action, ControlFor>(in, state)) return false;
      if constexpr (NodeOf<Rule>::kMake == Make::kFold) {
        state.builder.Fold(NodeOf<Rule>::kKind, mark, state.Place(in));
      } else {
        state.builder.Close(NodeOf<Rule>::kKind, mark, begin, state.Place(in), state.block());
      }
    } else {
      if (!Match<kApply, kRewind, Action, ControlFor>(in, state)) return false;
    }
    Matched(in, state, begin);
    return true;
  }

  static void Matched(const Input& in, State& state, std::uint32_t begin) {
    if constexpr (kIsGap<Rule>) {
      state.builder.AddGap(begin, state.Place(in));
    } else if constexpr (kIsGroup<Rule>) {
      state.builder.Parenthesise(begin, state.Place(in));
    } else if constexpr (std::is_same_v<Rule, grammar::comment> ||
                         std::is_same_v<Rule, grammar::doc>) {
      state.builder.AddComment(begin, state.Place(in));
    } else if constexpr (std::is_same_v<Rule, grammar::block_open>) {
      state.OpenBlock(begin);
    } else if constexpr (std::is_same_v<Rule, grammar::language_line>) {
      state.CheckLanguage(begin, state.Place(in));
    }
  }
};

/// `a and b` followed by `or`, or the other way round.
template <>
template <pegtl::apply_mode kApply, pegtl::rewind_mode kRewind, template <typename...> class Action,
          template <typename...> class ControlFor>
bool Control<grammar::unmixed>::match(Input& in, State& state) {
  if (pegtl::normal<grammar::unmixed>::match<kApply, kRewind, Action, ControlFor>(in, state)) {
    return true;
  }
  state.farthest.Fail(state.Place(in), Farthest::Reason::kMixed);
  return false;
}

}  // namespace
}  // namespace parse

ast::Tree Parse(const SourceSet& sources, FileId file, Diagnostics& diagnostics,
                const ParseOptions& options) {
  ast::Tree tree;
  tree.file = file;
  std::string_view text = sources.text(file);
  const auto empty_file = [&] {
    tree.nodes.push_back({ast::Kind::kFile, {file, 0, 0}, ast::kNoNode, ast::kNoNode});
    tree.root = 0;
    return tree;
  };
  if (text.size() > options.max_bytes) {
    diagnostics
        .Add(Code::k0801, {file, 0, 0},
             "the file has more than " + std::to_string(options.max_bytes) +
                 " bytes, the most that are read")
        .help.emplace_back("split it into files that import each other");
    return empty_file();
  }
  parse::WrongBytes wrong = parse::FindWrongBytes(text, file, diagnostics);
  if (wrong.binary) return empty_file();
  if (!wrong.places.empty()) text = wrong.mended;

  parse::SyntaxErrors errors(file, text, options.max_depth, diagnostics);
  errors.SetWrongBytes(std::move(wrong.places));
  parse::State state(text, options.max_depth, tree, errors);
  parse::Input in(text.data(), text.data() + text.size(), "");
  // Whatever stands in the file, the grammar's last resorts match it.
  if (!tao::pegtl::parse<grammar::file, tao::pegtl::nothing, parse::Control>(in, state)) {
    return empty_file();
  }
  tree.root = static_cast<ast::NodeId>(tree.nodes.size() - 1);
  tree.nodes[tree.root].span = {file, 0, static_cast<std::uint32_t>(text.size())};
  return tree;
}

}  // namespace mlp::compiler
