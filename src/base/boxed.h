// Members that most objects do without: one pointer until they are there.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace svd {

// An optional value on the heap, with the part of std::optional's interface that is used.
template <class T>
class Boxed {
  public:
    Boxed() = default;
    Boxed(std::nullopt_t) {}                                           // NOLINT(*-explicit-*)
    Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT(*-explicit-*)
    Boxed(std::optional<T> value) {                                    // NOLINT(*-explicit-*)
        if (value) emplace(*std::move(value));
    }
    Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
    Boxed(Boxed&&) noexcept = default;
    Boxed& operator=(Boxed other) noexcept {
        value_ = std::move(other.value_);
        return *this;
    }
    Boxed& operator=(T value) {
        emplace(std::move(value));
        return *this;
    }
    ~Boxed() = default;

    template <class... Args>
    T& emplace(Args&&... args) {
        value_ = std::make_unique<T>(std::forward<Args>(args)...);
        return *value_;
    }
    void reset() { value_.reset(); }
    [[nodiscard]] bool has_value() const { return value_ != nullptr; }
    explicit operator bool() const { return has_value(); }
    // Only of what is there.
    [[nodiscard]] T& operator*() { return *value_; }
    [[nodiscard]] const T& operator*() const { return *value_; }
    [[nodiscard]] T value_or(T other) const { return value_ ? *value_ : std::move(other); }
    [[nodiscard]] T* operator->() { return value_.get(); }
    [[nodiscard]] const T* operator->() const { return value_.get(); }

    friend bool operator==(const Boxed& a, const Boxed& b) {
        return a.has_value() == b.has_value() && (!a || *a == *b);
    }
    friend bool operator==(const Boxed& a, const T& b) { return a && *a == b; }

  private:
    std::unique_ptr<T> value_;
};

// A value that is T{} for most.
template <class T>
class Rare {
  public:
    Rare() = default;
    Rare(T value) {  // NOLINT(*-explicit-*)
        if (!(value == T{})) value_ = std::move(value);
    }
    [[nodiscard]] const T& get() const {
        static const T plain{};
        return value_ ? *value_ : plain;
    }
    operator const T&() const { return get(); }  // NOLINT(*-explicit-*)
    [[nodiscard]] const T* operator->() const { return &get(); }
    [[nodiscard]] T& edit() { return value_ ? *value_ : value_.emplace(); }

    friend bool operator==(const Rare& a, const Rare& b) { return a.get() == b.get(); }
    friend bool operator==(const Rare& a, const T& b) { return a.get() == b; }

  private:
    Boxed<T> value_;
};

}  // namespace svd
