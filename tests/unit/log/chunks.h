// Feeding one text in different pieces: stream parsers must not care how it was cut.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <string_view>

namespace svd::log::test {

using Feed = std::function<void(std::string_view)>;

inline void feed_cut_at(std::string_view text, std::size_t cut, const Feed& feed) {
    feed(text.substr(0, cut));
    feed(text.substr(cut));
}

inline void feed_bytewise(std::string_view text, const Feed& feed) {
    for (std::size_t i = 0; i < text.size(); ++i) feed(text.substr(i, 1));
}

inline void feed_randomly(std::string_view text, std::mt19937& random, const Feed& feed) {
    while (!text.empty()) {
        const std::size_t size = 1 + random() % 12;
        feed(text.substr(0, size));
        text.remove_prefix(std::min(size, text.size()));
    }
}

// A text made of the given pieces in random order, so that interesting sequences are frequent.
template <class Pieces>
std::string random_text(const Pieces& pieces, std::size_t count, std::mt19937& random) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += pieces[random() % pieces.size()];
    return text;
}

}  // namespace svd::log::test
