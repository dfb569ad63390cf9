#include "log/line_splitter.h"

namespace svd::log {

void LineSplitter::feed(std::string_view chunk) {
    while (!chunk.empty()) {
        const std::size_t newline = chunk.find('\n');
        const bool ends = newline != std::string_view::npos;
        std::string_view piece = chunk.substr(0, newline);
        chunk.remove_prefix(ends ? newline + 1 : chunk.size());

        while (partial_.size() + piece.size() > max_line_) {
            const std::size_t take = max_line_ - partial_.size();
            partial_.append(piece.substr(0, take));
            piece.remove_prefix(take);
            line_(partial_);
            partial_.clear();
        }
        if (ends && partial_.empty()) {
            line_(piece);
            continue;
        }
        partial_.append(piece);
        if (!ends) continue;
        line_(partial_);
        partial_.clear();
    }
}

void LineSplitter::finish() {
    if (!partial_.empty()) line_(partial_);
    partial_.clear();
}

}  // namespace svd::log
