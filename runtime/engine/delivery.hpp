// What the caller of a call is given: pieces of the answer as they arrive, then the end.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "mlp/client.hpp"
#include "mlp/stream.hpp"

namespace mlp::engine {

/// Not thread-safe.
class Delivery {
 public:
  using Handler = std::function<void(Event)>;

  /// With `pieces` the handler gets them, otherwise the end alone.
  Delivery(Handler handler, bool pieces) : handler_(std::move(handler)), pieces_(pieces) {}

  [[nodiscard]] bool hands_out_pieces() const noexcept { return pieces_; }
  /// A piece of the answer that is under way was handed out.
  [[nodiscard]] bool begun() const noexcept { return begun_; }
  /// Of text and of tool calls' arguments.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  void HandOut(const StreamDelta& delta);
  /// An answer that is there already, where pieces are wanted.
  void HandOutWhole(const std::string& text, const std::vector<ToolCall>& tool_calls);
  /// Another attempt begins the answer anew: tells so where one was begun.
  void Restart();

  // The end, one of them once.
  void End(Reply reply);
  void End(Error error);

 private:
  const Handler handler_;
  const bool pieces_;
  bool begun_ = false;
  std::uint64_t bytes_ = 0;
};

}  // namespace mlp::engine
