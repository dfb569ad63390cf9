// Error and Result: how every room below daemon/ and cli/ reports failure.
//
// An Error is one readable sentence (what was tried, on what, why it failed) and the errno behind
// it, or 0. Functions that can fail return Result<T>; they do not log and do not throw. Whoever
// decides what a failure means logs it, once.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace svd {

struct Error {
    int code = 0;      // errno value, 0 where no system call failed
    std::string text;  // one sentence without a trailing full stop or newline
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// fail("not a port: {}", v): an Error without an errno.
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(Error{0, fmt::format(format, std::forward<Args>(args)...)});
}

// fail_errno(errno, "open {}", path): text becomes "open /x: No such file or directory".
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail_errno(int code, fmt::format_string<Args...> format,
                                                Args&&... args);

// "No such file or directory"; never the thread-unsafe strerror.
[[nodiscard]] std::string errno_text(int code);
// "ENOENT"; "errno 4711" where the number has no name. Supervisor's texts use the symbol.
[[nodiscard]] std::string errno_name(int code);

// The named way to drop a result: ignore(unlink_file(p), "the file may be gone already").
template <class T>
void ignore(const Result<T>&, std::string_view /*reason*/) {}

template <class... Args>
std::unexpected<Error> fail_errno(int code, fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(Error{
        code,
        fmt::format("{}: {}", fmt::format(format, std::forward<Args>(args)...), errno_text(code))});
}

}  // namespace svd

// SVD_TRY(auto x, f()): x = *f(), or return its error from this function.
#define SVD_TRY_JOIN2(a, b) a##b
#define SVD_TRY_JOIN(a, b) SVD_TRY_JOIN2(a, b)
#define SVD_TRY(declaration, expression)                                             \
    auto SVD_TRY_JOIN(svd_try_, __LINE__) = (expression);                            \
    if (!SVD_TRY_JOIN(svd_try_, __LINE__))                                           \
        return std::unexpected(std::move(SVD_TRY_JOIN(svd_try_, __LINE__)).error()); \
    declaration = *std::move(SVD_TRY_JOIN(svd_try_, __LINE__))
// SVD_CHECK(f()): the same for a Status.
#define SVD_CHECK(expression)                      \
    if (auto svd_check = (expression); !svd_check) \
    return std::unexpected(std::move(svd_check).error())
