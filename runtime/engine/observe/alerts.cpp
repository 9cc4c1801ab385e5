#include "runtime/engine/observe/alerts.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runtime/engine/observe/log_lines.hpp"

namespace mlp::engine {
namespace {

constexpr std::uint32_t kHour_s = 3'600;
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
/// A loss counts as going on until so much time has passed without another.
constexpr std::int64_t kLossLasts_us = 600 * kMicrosPerSecond;

bool IsTime(AlertMeasure measure) noexcept { return measure >= AlertMeasure::kLatencyP50; }

}  // namespace

bool Alerts::LookAtTimes(const Tables& tables) noexcept {
  return std::any_of(tables.alerts.begin(), tables.alerts.end(), [](const Alert& alert) {
    return std::any_of(alert.atoms.begin(), alert.atoms.end(),
                       [](const AlertAtom& atom) { return IsTime(atom.measure); });
  });
}

Alerts::Alerts(const Tables& tables, const AlertOptions& options, const LogOut& log,
               Secrets& secrets, std::uint64_t seed, std::vector<std::string>& warnings,
               const Alerts* before, bool same_totals)
    : tables_(tables),
      options_(options),
      log_(log),
      random_(seed),
      entries_(tables.alerts.size()),
      windows_(before != nullptr && same_totals ? before->windows_
                                                : std::make_shared<std::vector<Window>>()),
      seen_(before != nullptr ? before->seen_ : std::make_shared<Seen>()) {
  for (std::size_t i = 0; i < tables.alerts.size(); ++i) {
    const Alert& alert = tables.alerts[i];
    Entry& entry = entries_[i];
    for (std::size_t k = 0; before != nullptr && k < before->entries_.size(); ++k) {
      if (before->tables_.alerts[k].name == alert.name) entry.told = before->entries_[k].told;
    }
    if (entry.told == nullptr) {
      entry.told = std::make_shared<Told>();
      entry.told->state.name = alert.name;
    }
    for (const std::string_view name : alert.callbacks) {
      const auto found = options_.callbacks.find(name);
      if (found != options_.callbacks.end() && found->second) {
        entry.callbacks.push_back(found->second);
      } else {
        warnings.push_back(
            fmt::format("alert `{}`: no callback `{}` is registered", alert.name, name));
      }
    }
    for (std::size_t k = 0; k < alert.webhook_env.size(); ++k) {
      const std::string_view url_name = alert.webhook_env[k];
      const std::string_view secret_name = alert.sign_env[k];
      std::optional<std::string> url = secrets.Get(std::string(url_name));
      if (!url || !(url->starts_with("https://") || url->starts_with("http://"))) {
        warnings.push_back(fmt::format("alert `{}`: {} {}", alert.name, url_name,
                                       url ? "is no URL" : "is not set"));
        continue;
      }
      std::optional<std::string> secret;
      if (!secret_name.empty()) {
        secret = secrets.Get(std::string(secret_name));
        // What asks for a signature must not get notices without one.
        if (!secret) {
          warnings.push_back(fmt::format("alert `{}`: {} is not set, so that nothing is sent to {}",
                                         alert.name, secret_name, url_name));
          continue;
        }
      }
      entry.webhooks.push_back(WebhookTo(*url, secret.value_or(""), *entry.told));
    }
  }
}

std::shared_ptr<Webhook> Alerts::WebhookTo(const std::string& url, const std::string& secret,
                                           Told& told) {
  const std::lock_guard lock(told.mutex);
  for (const auto& webhook : told.webhooks) {
    if (webhook->Posts(url, secret)) return webhook;
  }
  return told.webhooks.emplace_back(std::make_shared<Webhook>(url, secret, options_, random_()));
}

std::size_t Alerts::WindowOf(std::uint32_t window_s, std::int64_t now_us, const Totals& first) {
  const auto found = std::find_if(windows_->begin(), windows_->end(), [&](const Window& window) {
    return window.window_s == window_s;
  });
  if (found != windows_->end()) return static_cast<std::size_t>(found - windows_->begin());
  const std::int64_t window_us =
      window_s == 0 ? options_.own_window_ms * 1'000 : window_s * kMicrosPerSecond;
  windows_->push_back({window_s, GrowthWindow(window_us, now_us, first), {}});
  return windows_->size() - 1;
}

void Alerts::Look(HttpExecutor& http, const Totals& totals, const Surroundings& around,
                  std::int64_t now_us, std::int64_t wall_us) {
  if (!any()) return;
  const bool first = !std::exchange(wired_, true);
  if (first) {
    for (const Entry& entry : entries_) {
      for (auto& [subject, hold] : entry.told->holds) hold.looked_at = false;
    }
    // What was counted before a window joined is none of its growth.
    const Totals since = windows_->empty() ? Totals{} : totals;
    hour_ = WindowOf(kHour_s, now_us, since);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      for (const AlertAtom& atom : tables_.alerts[i].atoms) {
        entries_[i].windows.push_back(WindowOf(atom.window_s, now_us, since));
      }
    }
  }
  for (Window& window : *windows_) window.latest = window.growth.Advance(totals, now_us);
  const auto lost = [&](Loss& loss, std::uint64_t count) {
    if (count > loss.count) loss.until_us = now_us + kLossLasts_us;
    loss.count = count;
  };
  lost(seen_->records, around.store.dropped + around.store.lost);
  lost(seen_->ledger, around.budgets.unheld + around.budgets.lost);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!tables_.alerts[i].atoms.empty()) {
      LookAtCondition(http, i, around.in_flight, wall_us);
      continue;
    }
    const std::uint64_t failovers = (*windows_)[hour_].latest.counts.fallbacks;
    Set(http, i, AlertSource::kFailovers, "", failovers > options_.failovers_per_hour,
        fmt::format("{} calls fell back to another candidate within an hour", failovers), wall_us);
    LookAtBreakers(http, i, around.health, wall_us);
    LookAtLosses(http, i, now_us, wall_us);
    LookAtDates(http, i, wall_us);
  }
  if (first) ClearLeftOver(http, wall_us);
}

void Alerts::Set(HttpExecutor& http, std::size_t alert, AlertSource source,
                 const std::string& subject, bool holds, const std::string& message,
                 std::int64_t wall_us) {
  Entry& entry = entries_[alert];
  Told& told = *entry.told;
  Hold& known = told.holds[{source, subject}];
  known.looked_at = true;
  if (known.holds == holds) return;
  known.holds = holds;
  {
    const std::lock_guard lock(told.mutex);
    told.state.firing += holds ? 1 : std::uint64_t(-1);
    ++(holds ? told.state.raised : told.state.cleared);
  }
  AlertNotice notice;
  notice.source = source;
  notice.subject = subject;
  notice.raised = holds;
  notice.message = message;
  notice.at_us = wall_us;
  Deliver(http, alert, std::move(notice));
}

void Alerts::ClearLeftOver(HttpExecutor& http, std::int64_t wall_us) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    for (const auto& [about, hold] : entries_[i].told->holds) {
      if (hold.holds && !hold.looked_at) {
        Set(http, i, about.first, about.second, false, "the policy has it no longer", wall_us);
      }
    }
  }
}

void Alerts::Tell(HttpExecutor& http, std::string_view alert, News news, std::int64_t wall_us) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (tables_.alerts[i].name != alert) continue;
    {
      const std::lock_guard lock(entries_[i].told->mutex);
      ++entries_[i].told->state.raised;
    }
    AlertNotice notice;
    notice.source = news.source;
    notice.subject = std::move(news.subject);
    notice.message = std::move(news.message);
    notice.value = std::move(news.value);
    notice.at_us = wall_us;
    Deliver(http, i, std::move(notice));
    return;
  }
}

void Alerts::Deliver(HttpExecutor& http, std::size_t alert, AlertNotice notice) {
  Entry& entry = entries_[alert];
  notice.id = fmt::format("{:016x}{:016x}", random_(), random_());
  notice.policy = tables_.name;
  notice.policy_version = tables_.version;
  notice.alert = tables_.alerts[alert].name;
  const LogLevel level = notice.raised ? LogLevel::kWarning : LogLevel::kInfo;
  const std::string line = AlertLine(notice, log_.secrets());
  if (tables_.alerts[alert].logs) {
    log_.WriteAnyway(level, line);
  } else {
    log_.Write(level, line);
  }
  for (const AlertCallback& callback : entry.callbacks) {
    try {
      callback(notice);
    } catch (...) {
      const std::lock_guard lock(entry.told->mutex);
      ++entry.told->state.callback_failures;
    }
  }
  if (entry.webhooks.empty()) return;
  const std::string body = WebhookBody(notice);
  for (const auto& webhook : entry.webhooks) webhook->Push(http, notice.id, body);
}

std::vector<AlertState> Alerts::States() const {
  std::vector<AlertState> states;
  for (const Entry& entry : entries_) {
    const std::lock_guard lock(entry.told->mutex);
    AlertState state = entry.told->state;
    for (const auto& webhook : entry.told->webhooks) {
      const WebhookStats one = webhook->stats();
      state.webhooks.delivered += one.delivered;
      state.webhooks.retried += one.retried;
      state.webhooks.failed += one.failed;
      state.webhooks.dropped += one.dropped;
      state.webhooks.queued += one.queued;
    }
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace mlp::engine
