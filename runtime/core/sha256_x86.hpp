// SHA-256's compression with the processor's own instructions, where it has them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mlp {

/// Whether this processor has the instructions; asked once.
[[nodiscard]] bool HasSha256Instructions() noexcept;
/// One block of 64 bytes into the state. Precondition: HasSha256Instructions().
void CompressWithInstructions(std::array<std::uint32_t, 8>& state,
                              const std::uint8_t* block) noexcept;
/// Two blocks at the same time into two states; same precondition.
void CompressTwoWithInstructions(std::array<std::uint32_t, 8>& first,
                                 const std::uint8_t* first_block,
                                 std::array<std::uint32_t, 8>& second,
                                 const std::uint8_t* second_block) noexcept;

}  // namespace mlp
