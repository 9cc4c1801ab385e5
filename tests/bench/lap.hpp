// What a pass took: its seconds, and the most memory that the process held.
#pragma once

#include <chrono>
#include <fstream>
#include <string>

namespace mlp::bench {

/// Seconds since it was last asked.
class Lap {
 public:
  double operator()() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> seconds = now - last_;
    last_ = now;
    return seconds.count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Lets PeakMb count from here on (Linux; elsewhere it counts from the start of the process).
inline void ResetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// The largest resident size in MB (10^6), 0 where the system does not tell (Linux's /proc).
inline double PeakMb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024 / 1e6;
  }
  return 0;
}

}  // namespace mlp::bench
