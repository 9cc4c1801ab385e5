#include "runtime/tools/report_command.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mlp/loader.hpp"
#include "runtime/report/budget_query.hpp"
#include "runtime/report/evidence/evidence_query.hpp"
#include "runtime/report/page/page_query.hpp"
#include "runtime/report/render.hpp"
#include "runtime/report/report_query.hpp"
#include "runtime/report/since.hpp"
#include "runtime/tools/advise/advise.hpp"
#include "runtime/tools/commands.hpp"
#include "runtime/tools/shared_options.hpp"
#include "runtime/tools/taken_down.hpp"

namespace mlp {
namespace {

struct ReportArguments {
  std::string store;
  std::string format = "text";
  std::string since;
  std::string html;
  std::string policy;
  std::vector<std::string> import_roots;
};

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string Render(const Report& report, const std::string& format) {
  if (format == "json") return RenderReportJson(report);
  if (format == "csv") return RenderReportCsv(report);
  return RenderReportText(report);
}

// Writes all of the text or says why not.
int Write(std::FILE* file, const std::string& text, const std::string& name) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (whole && std::fflush(file) == 0) return tools::kExitDone;
  std::perror(("mlp report: " + name).c_str());
  return tools::kExitUsage;
}

// What the policy tells of the future, and what it and the calls suggest. The exit code says
// whether that went well.
int AddPolicy(const ReportArguments& arguments, const Report& report, ReportPage& page) {
  const std::int64_t now_s = NowUs() / 1'000'000;
  const auto policy =
      LoadPolicy(arguments.policy, {.import_roots = arguments.import_roots, .prove = false});
  if (!policy) {
    std::fputs(policy.error().context.c_str(), stderr);
    return tools::kExitFindings;
  }
  AddCalendar((*policy)->tables(), report, now_s, page);
  auto items = tools::Advise({.store = arguments.store,
                              .policy = arguments.policy,
                              .import_roots = arguments.import_roots,
                              .from_us = report.from_us,
                              .now_s = now_s});
  if (!items) {
    std::fprintf(stderr, "mlp report: %s\n", items.error().context.c_str());
    return tools::kExitUsage;
  }
  for (tools::AdviceItem& item : *items) {
    page.advice.push_back({std::move(item.title), std::move(item.evidence), std::move(item.next),
                           std::move(item.patch), item.saves});
  }
  return tools::kExitDone;
}

int WritePage(const ReportArguments& arguments, const Report& report) {
  auto data = QueryPage(arguments.store, report);
  if (!data) {
    std::fprintf(stderr, "mlp report: %s\n", data.error().context.c_str());
    return tools::kExitUsage;
  }
  if (!arguments.policy.empty()) {
    const int exit_code = AddPolicy(arguments, report, *data);
    if (exit_code != tools::kExitDone) return exit_code;
  }
  const std::string page = RenderReportHtml(report, *data);
  struct Closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(arguments.html.c_str(), "wb"));
  if (file == nullptr) {
    std::perror(("mlp report: " + arguments.html).c_str());
    return tools::kExitUsage;
  }
  return Write(file.get(), page, arguments.html);
}

int RunReport(const ReportArguments& arguments) {
  std::int64_t from_us = std::numeric_limits<std::int64_t>::min();
  if (!arguments.since.empty()) {
    const auto since = ParseSince(arguments.since, NowUs());
    if (!since) {
      std::fprintf(stderr,
                   "mlp report: `%s` is no time; write --since as 90s, 30m, 24h, 7d, 2w, "
                   "2026-11-20 or 2026-11-20T14:00 (UTC)\n",
                   arguments.since.c_str());
      return tools::kExitUsage;
    }
    from_us = *since;
  }
  auto report = QueryReport(arguments.store, from_us, std::numeric_limits<std::int64_t>::max());
  if (!report) {
    std::fprintf(stderr, "mlp report: %s\n", report.error().context.c_str());
    return tools::kExitUsage;
  }
  constexpr std::int64_t kMicros = 1'000'000;
  QueryBudgets(arguments.store, NowUs() / kMicros, *report);
  report->evidence = QueryEvidence(arguments.store, from_us, NowUs() / kMicros);
  if (!arguments.html.empty()) return WritePage(arguments, report.value());
  if (arguments.format == "text") {
    const auto downs = tools::TakenDown(arguments.store, NowUs() / 1'000'000);
    if (!downs) {
      std::fprintf(stderr, "mlp report: %s\n", downs.error().context.c_str());
    } else if (!downs->empty()) {
      std::printf("%s\n", tools::Words(*downs).c_str());
    }
  }
  return Write(stdout, Render(report.value(), arguments.format), "standard output");
}

}  // namespace

void AddReportCommand(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<ReportArguments>();
  CLI::App* command = app.add_subcommand("report", "What a store says about its calls");
  command->add_option("--store", arguments->store, "the store's file; its FILE.2, ... are merged")
      ->required();
  command->add_option("--format", arguments->format, "text, json or csv")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  command->add_option("--since", arguments->since,
                      "calls begun since then: 24h, 7d, 2026-11-20, 2026-11-20T14:00 (UTC)");
  command->add_option("--html", arguments->html, "write a self-contained page with plots there");
  command->add_option("--policy", arguments->policy,
                      "with --html: the policy whose models' dates are shown, with advice");
  tools::AddImportRoots(*command, arguments->import_roots);
  command->callback([arguments, &exit_code] { exit_code = RunReport(*arguments); });
}

}  // namespace mlp
