#include "log/capture_scanner.h"

#include <utility>

namespace svd::log {

// The scanner needs no memory of its own because a token's first byte occurs nowhere else in it:
// after a mismatch nothing but that byte can begin a token.
static_assert(kBeginToken.find('<', 1) == std::string_view::npos && kBeginToken[0] == '<');
static_assert(kEndToken.find('<', 1) == std::string_view::npos && kEndToken[0] == '<');

CaptureScanner::CaptureScanner(std::size_t limit, Sink pass, Sink captured)
    : limit_(limit), pass_(std::move(pass)), captured_(std::move(captured)) {}

void CaptureScanner::feed(std::string_view chunk) {
    std::size_t carried = matched_;  // matched bytes that came with earlier chunks
    std::size_t start = 0;           // first byte of the chunk that is not delivered
    std::size_t i = 0;
    while (i < chunk.size()) {
        if (matched_ == 0) {
            const std::size_t first = chunk.find('<', i);
            if (first == std::string_view::npos) break;
            i = first + 1;
            matched_ = 1;
            continue;
        }
        if (chunk[i] != token()[matched_]) {
            deliver(token().substr(0, std::exchange(carried, 0)));
            matched_ = 0;
            continue;
        }
        ++i;
        if (++matched_ < token().size()) continue;
        const std::size_t here = token().size() - carried;  // bytes of the token in this chunk
        deliver(chunk.substr(start, i - here - start));
        start = i;
        carried = 0;
        matched_ = 0;
        token_found();
    }
    const std::size_t held = matched_ - carried;
    deliver(chunk.substr(start, chunk.size() - held - start));
}

std::size_t CaptureScanner::finish() {
    const std::string_view held = token().substr(0, std::exchange(matched_, 0));
    deliver(held);
    const std::size_t unfinished = message_.size();
    message_.clear();
    capturing_ = false;
    return unfinished;
}

void CaptureScanner::restore(CaptureState saved) {
    capturing_ = saved.capturing;
    matched_ = saved.matched < token().size() ? saved.matched : 0;
    message_ = std::move(saved.message);
}

void CaptureScanner::deliver(std::string_view bytes) {
    if (bytes.empty()) return;
    if (!capturing_) {
        pass_(bytes);
        return;
    }
    if (bytes.size() >= limit_) {
        message_.assign(bytes.substr(bytes.size() - limit_));
        return;
    }
    message_.append(bytes);
    // Cut only now and then: moving the kept bytes for each chunk would cost more than they do.
    if (message_.size() / 2 > limit_) message_.erase(0, message_.size() - limit_);
}

void CaptureScanner::token_found() {
    capturing_ = !capturing_;
    if (capturing_) return;
    std::string message = std::exchange(message_, {});
    if (message.size() > limit_) message.erase(0, message.size() - limit_);
    captured_(message);
}

}  // namespace svd::log
