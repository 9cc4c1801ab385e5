// mlpc check: exit codes, where its text goes, and its formats.
#include <regex>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/cli/shapes.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

/// A sound policy, one with a warning (a condition that always holds), one with two errors.
struct Files {
  ScratchFolder folder;
  std::string catalog = WriteWhole(folder / "catalog.mlp", Catalog());
  std::string sound = WriteWhole(folder / "sound.mlp", Desk("catalog.mlp", SoundRoutes()));
  std::string warned = WriteWhole(folder / "warned.mlp",
                                  Desk("catalog.mlp", "route all when input >= 0 { try wide }\n"));
  std::string wrong =
      WriteWhole(folder / "wrong.mlp", Desk("catalog.mlp",
                                            "route first when tusk == a { try wide }\n"
                                            "route rest otherwise { try wide, smell }\n"));
};

bool Colored(const std::string& text) { return text.find('\x1b') != std::string::npos; }

BOOST_FIXTURE_TEST_SUITE(check_command, Files)

BOOST_AUTO_TEST_CASE(a_sound_policy_is_done_and_leaves_standard_output_empty) {
  const Finished finished = Mlpc({"check", sound});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(finished.err == sound + ": no findings\n");
}

BOOST_AUTO_TEST_CASE(errors_exit_1_with_their_place_and_mend_on_standard_error) {
  const Finished finished = Mlpc({"check", wrong});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(finished.err.find(wrong + ":20:18: error[MLP0201]: unknown attribute `tusk`") == 0);
  BOOST_TEST(finished.err.find("help: the nearest known attribute is `task`") != std::string::npos);
  BOOST_TEST(finished.err.find("unknown model `smell`") != std::string::npos);
  BOOST_TEST(finished.err.find(wrong + ": 2 errors\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(warnings_are_denied_on_demand) {
  BOOST_TEST(Mlpc({"check", warned}).exit_code == 0);
  const Finished denied = Mlpc({"check", warned, "--deny", "warnings"});
  BOOST_TEST(denied.exit_code == 1);
  BOOST_TEST(denied.err.find("warning[MLP0404]") != std::string::npos);
  BOOST_TEST(Mlpc({"check", sound, "--deny", "warnings"}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(one_run_checks_several_files_and_the_worst_decides) {
  BOOST_TEST(Mlpc({"check", sound, warned, catalog}).exit_code == 0);
  const Finished finished = Mlpc({"check", sound, wrong, warned});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err.find("MLP0201") != std::string::npos);
  BOOST_TEST(finished.err.find("MLP0404") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_has_every_promised_member) {
  const Finished finished = Mlpc({"check", "--format", "json", wrong});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err == "");
  const nlohmann::json json = ReadDiagnostics(finished.out);
  BOOST_TEST_REQUIRE(json["diagnostics"].size() == 2);
  const nlohmann::json& first = json["diagnostics"][0];
  BOOST_TEST(first["code"] == "MLP0201");
  BOOST_TEST(first["severity"] == "error");
  BOOST_TEST(first["file"] == wrong);
  BOOST_TEST(first["line"] == 20);
  BOOST_TEST(first["column"] == 18);
  BOOST_TEST(first["endLine"] == 20);
  BOOST_TEST(first["endColumn"] == 22);
  BOOST_TEST(first["witness"].is_null());
}

BOOST_AUTO_TEST_CASE(json_tells_related_places_and_witnesses) {
  const std::string twice =
      WriteWhole(folder / "twice.mlp", Desk("catalog.mlp",
                                            "route first when task == a { try wide }\n"
                                            "route first when task == b { try wide }\n"));
  const nlohmann::json names = ReadDiagnostics(Mlpc({"check", "--format", "json", twice}).out);
  BOOST_TEST_REQUIRE(names["diagnostics"].size() == 1);
  BOOST_TEST(names["diagnostics"][0]["code"] == "MLP0202");
  BOOST_TEST_REQUIRE(names["diagnostics"][0]["related"].size() == 1);
  BOOST_TEST(names["diagnostics"][0]["related"][0]["line"] == 20);

  const std::string open = WriteWhole(
      folder / "open.mlp", Desk("catalog.mlp", "route first when task == a { try wide }\n"));
  const nlohmann::json decisions = ReadDiagnostics(Mlpc({"check", "--format", "json", open}).out);
  BOOST_TEST_REQUIRE(decisions["diagnostics"].size() == 1);
  BOOST_TEST(decisions["diagnostics"][0]["code"] == "MLP0401");
  BOOST_TEST(decisions["diagnostics"][0]["witness"]["task"] == "b");
}

BOOST_AUTO_TEST_CASE(json_of_a_sound_policy_is_an_empty_list) {
  const nlohmann::json json = ReadDiagnostics(Mlpc({"check", "--format", "json", sound}).out);
  BOOST_TEST(json["diagnostics"].empty());
}

BOOST_AUTO_TEST_CASE(github_lines_are_annotations_on_standard_output) {
  const Finished finished = Mlpc({"check", "--format", "github", wrong});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err == "");
  BOOST_TEST(finished.out.find(
                 "::error file=" + wrong +
                 ",line=20,endLine=20,col=18,endColumn=22,title=MLP0201 unknown name::") == 0);
}

BOOST_AUTO_TEST_CASE(sarif_is_a_document_on_standard_output) {
  const Finished finished = Mlpc({"check", "--format", "sarif", wrong});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err == "");
  const nlohmann::json json = ReadValid(finished.out, "tests/unit/diag/sarif_subset.schema.json");
  const nlohmann::json& run = json["runs"][0];
  BOOST_TEST_REQUIRE(run["results"].size() == 2);
  BOOST_TEST(run["tool"]["driver"]["version"].is_string());
  const nlohmann::json& place = run["results"][0]["locations"][0]["physicalLocation"];
  BOOST_TEST(place["artifactLocation"]["uri"] == "file://" + wrong);
  BOOST_TEST(place["region"]["startLine"] == 20);
  BOOST_TEST(place["region"]["startColumn"] == 18);
  BOOST_TEST(Mlpc({"check", "--format", "sarif", sound}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(colour_is_for_terminals_without_no_color) {
  BOOST_TEST(!Colored(Mlpc({"check", wrong}).err));
  const Finished shown = Mlpc({"check", wrong}, {.terminal = true});
  BOOST_TEST(shown.exit_code == 1);
  BOOST_TEST(Colored(shown.err));
  const Finished plain = Mlpc({"check", wrong}, {.environment = {"NO_COLOR=1"}, .terminal = true});
  BOOST_TEST(plain.exit_code == 1);
  BOOST_TEST(plain.err.find("MLP0201") != std::string::npos);
  BOOST_TEST(!Colored(plain.err));
  BOOST_TEST(!Colored(Mlpc({"check", "--format", "json", wrong}, {.terminal = true}).out));
}

BOOST_AUTO_TEST_CASE(what_is_near_is_relative_to_the_day_and_no_matter_of_compile) {
  // `small` retires on 2027-06-01.
  const std::string leaving = WriteWhole(
      folder / "leaving.mlp", Desk("catalog.mlp",
                                   "route first when task == a { try small; else wide }\n"
                                   "route rest otherwise { try wide }\n"));
  const Finished near = Mlpc({"check", leaving, "--as-of", "2027-05-20"});
  BOOST_TEST(near.exit_code == 0);
  BOOST_TEST(near.err.find("warning[MLP0503]: route `first` tries `small`, which retires on "
                           "2027-06-01: 12 days left as of 2027-05-20") != std::string::npos);
  const Finished far = Mlpc({"check", leaving, "--as-of", "2026-12-01"});
  BOOST_TEST(far.err.find("MLP0503") == std::string::npos);
  BOOST_TEST(far.err.find("MLP0502") != std::string::npos);
  const Finished compiled = Mlpc({"compile", leaving, "-o", folder / "out"});
  BOOST_TEST(compiled.exit_code == 0);
  BOOST_TEST(compiled.err.find("MLP0503") == std::string::npos);
  BOOST_TEST(compiled.err.find("MLP0502") != std::string::npos);
  const Finished wrong_day = Mlpc({"check", leaving, "--as-of", "tomorrow"});
  BOOST_TEST(wrong_day.exit_code == 2);
  BOOST_TEST(wrong_day.err.find("`tomorrow` is not a date") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lints_weigh_findings_and_the_summary_counts_those_that_are_off) {
  const std::string routes =
      "route first when task == a { try small; else wide }\n"
      "route rest otherwise { try wide }\n"
      "lint MLP0502 off \"known\"\nlint MLP0504 error \"serious\"\n";
  const std::string linted = WriteWhole(folder / "linted.mlp", Desk("catalog.mlp", routes));
  const Finished finished = Mlpc({"check", linted, "--as-of", "2026-12-01"});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err.find("MLP0502]") == std::string::npos);
  BOOST_TEST(finished.err.find("error[MLP0504]") != std::string::npos);
  BOOST_TEST(finished.err.find("note: made an error here: serious") != std::string::npos);
  BOOST_TEST(finished.err.find(linted + ": 1 error\n1 finding is off by lint\n") !=
             std::string::npos);
  const std::string idle = WriteWhole(
      folder / "idle.mlp", Desk("catalog.mlp", SoundRoutes() + "lint MLP0502 off \"gone\"\n"));
  const Finished unused = Mlpc({"check", idle, "--as-of", "2026-12-01"});
  BOOST_TEST(unused.exit_code == 0);
  BOOST_TEST(unused.err.find("warning[MLP0901]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_import_is_found_beside_its_file_and_in_the_roots) {
  const std::string elsewhere =
      WriteWhole(folder / "elsewhere/policy.mlp", Desk("catalog.mlp", SoundRoutes()));
  const Finished missing = Mlpc({"check", elsewhere});
  BOOST_TEST(missing.exit_code == 1);
  BOOST_TEST(missing.err.find("MLP0204") != std::string::npos);
  BOOST_TEST(Mlpc({"check", elsewhere, "--import-root", folder.path().string()}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_file_under_two_names_is_imported_once) {
  const std::string both =
      WriteWhole(folder / "both/policy.mlp",
                 Desk("../catalog.mlp", "import \"catalog.mlp\"\n" + SoundRoutes()));
  // Once relative to the importing file, once below an absolute root.
  const Finished finished = Mlpc({"check", "policy.mlp", "--import-root", folder.path().string()},
                                 {.folder = folder / "both"});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.err == "policy.mlp: no findings\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_exits_2_and_is_named) {
  for (const std::string& path : {folder / "absent.mlp", folder.path().string(),
                                  std::string("/dev/null"), std::string("/dev/zero")}) {
    BOOST_TEST_CONTEXT(path) {
      const Finished finished = Mlpc({"check", path});
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err.find("cannot read " + path) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_usage_exits_2_with_words_on_standard_error) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"chek", sound},
                                             {"check"},
                                             {"check", "--no-such-option", sound},
                                             {"check", "--format", "yaml", sound},
                                             {"check", "--deny", "everything", sound},
                                             {"check", sound, "--format"}}) {
    const Finished finished = Mlpc(words);
    BOOST_TEST_CONTEXT((words.empty() ? "nothing" : words.back())) {
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err != "");
    }
  }
}

BOOST_AUTO_TEST_CASE(output_that_cannot_be_written_is_not_taken_for_done) {
  const Finished finished = Mlpc({"check", "--format", "json", sound}, {.out_file = "/dev/full"});
  BOOST_TEST(finished.exit_code == 2);
  BOOST_TEST(finished.err.find("standard output") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
