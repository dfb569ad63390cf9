// System calls that leave errno alone: a child that borrows the daemon's memory would overwrite the
// daemon's. Answers what the kernel answers, -errno on failure.
#pragma once

#include <concepts>

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace svd::os {

#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// True where a child may be started in borrowed memory: raw_syscall and clone_on_stack are written
// for this processor, and no sanitizer watches the stack.
#if defined(__x86_64__) && defined(__LP64__)
inline constexpr bool kCanBorrowMemory = !kSanitized;
#else
inline constexpr bool kCanBorrowMemory = false;
#endif

namespace detail {
template <class T>
long as_long(T value) noexcept {
    if constexpr (std::is_pointer_v<T>)
        return reinterpret_cast<long>(value);
    else if constexpr (std::is_null_pointer_v<T>)
        return 0;
    else
        return static_cast<long>(value);
}

inline long raw_syscall6(long number, long a, long b, long c, long d, long e, long f) noexcept {
#if defined(__x86_64__) && defined(__LP64__)
    long result = 0;
    register long r10 asm("r10") = d;
    register long r8 asm("r8") = e;
    register long r9 asm("r9") = f;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return result;
#else
    const long result = syscall(number, a, b, c, d, e, f);
    return result < 0 ? -errno : result;
#endif
}
}  // namespace detail

template <class A = long, class B = long, class C = long, class D = long, class E = long,
          class F = long>
long raw_syscall(long number, A a = 0, B b = 0, C c = 0, D d = 0, E e = 0, F f = 0) noexcept {
    using detail::as_long;
    return detail::raw_syscall6(number, as_long(a), as_long(b), as_long(c), as_long(d), as_long(e),
                                as_long(f));
}

// clone3 whose child calls entry(argument) on the stack that args names; entry never returns.
// Answers the pid or -errno in the parent.
template <class Args>
long clone_on_stack(Args& args, void (*entry)(void*), void* argument) noexcept {
#if defined(__x86_64__) && defined(__LP64__)
    long result = 0;
    register void (*r8)(void*) asm("r8") = entry;
    register void* r9 asm("r9") = argument;
    asm volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"  // the outermost frame
        "mov %%r9, %%rdi\n\t"
        "call *%%r8\n\t"
        "hlt\n"
        "1:"
        : "=a"(result)
        : "a"(static_cast<long>(SYS_clone3)), "D"(&args), "S"(sizeof(args)), "r"(r8), "r"(r9)
        : "rcx", "r11", "memory", "cc");
    return result;
#else
    static_cast<void>(args), static_cast<void>(entry), static_cast<void>(argument);
    return -ENOSYS;
#endif
}

}  // namespace svd::os
