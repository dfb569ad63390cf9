#include "wire/http_sha1.h"

#include <boost/uuid/detail/sha1.hpp>

namespace svd::wire {
namespace {

using Hasher = boost::uuids::detail::sha1;

Sha1Digest finish(Hasher& hasher) {
    Hasher::digest_type words{};
    hasher.get_digest(words);
    Sha1Digest digest{};
    // Boost changed the digest from five words to twenty bytes in 1.86.
    constexpr std::size_t kWordBytes = sizeof words[0];
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const auto shift = 8 * (kWordBytes - 1 - i % kWordBytes);
        digest[i] = static_cast<std::uint8_t>(words[i / kWordBytes] >> shift);
    }
    return digest;
}

}  // namespace

Sha1Digest sha1(std::string_view bytes) {
    Hasher hasher;
    hasher.process_bytes(bytes.data(), bytes.size());
    return finish(hasher);
}

Sha1Digest hmac_sha1(std::span<const std::uint8_t, 32> key, std::string_view bytes) {
    std::array<std::uint8_t, 64> inner_pad;
    std::array<std::uint8_t, 64> outer_pad;
    inner_pad.fill(0x36);
    outer_pad.fill(0x5c);
    for (std::size_t i = 0; i < key.size(); ++i) {
        inner_pad[i] ^= key[i];
        outer_pad[i] ^= key[i];
    }
    Hasher inner;
    inner.process_bytes(inner_pad.data(), inner_pad.size());
    inner.process_bytes(bytes.data(), bytes.size());
    const Sha1Digest inner_digest = finish(inner);
    Hasher outer;
    outer.process_bytes(outer_pad.data(), outer_pad.size());
    outer.process_bytes(inner_digest.data(), inner_digest.size());
    return finish(outer);
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xfU];
    }
    return text;
}

}  // namespace svd::wire
