// Members that most objects do without, or have alike: a pointer or two instead of the value.
#pragma once

#include <array>
#include <cstddef>
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
    [[nodiscard]] const T& operator*() const { return get(); }
    [[nodiscard]] const T* operator->() const { return &get(); }
    [[nodiscard]] T& edit() { return value_ ? *value_ : value_.emplace(); }

    friend bool operator==(const Rare& a, const Rare& b) { return a.get() == b.get(); }
    friend bool operator==(const Rare& a, const T& b) { return a.get() == b; }

  private:
    Boxed<T> value_;
};

// A value that many have alike, as the programs of one configuration do: what equals one of the
// last few that were made shares its copy, and what equals T{} needs none. For one thread.
template <class T>
class Shared {
  public:
    Shared() = default;
    Shared(T value) : value_(find(std::move(value))) {}  // NOLINT(*-explicit-*)
    Shared& operator=(T value) {
        value_ = find(std::move(value));
        return *this;
    }
    // The same address does not mean the same member: equal values have one.
    [[nodiscard]] const T& get() const {
        static const T plain{};
        return value_ ? *value_ : plain;
    }
    operator const T&() const { return get(); }  // NOLINT(*-explicit-*)
    [[nodiscard]] const T& operator*() const { return get(); }
    [[nodiscard]] const T* operator->() const { return &get(); }
    // A copy of its own.
    [[nodiscard]] T& edit() {
        auto own = std::make_shared<T>(get());
        T& value = *own;
        value_ = std::move(own);
        return value;
    }

    friend bool operator==(const Shared& a, const Shared& b) {
        return a.value_ == b.value_ || a.get() == b.get();
    }
    friend bool operator==(const Shared& a, const T& b) { return a.get() == b; }

  private:
    static std::shared_ptr<const T> find(T value) {
        static std::array<std::weak_ptr<const T>, 4> latest;
        static std::size_t next = 0;
        if (value == T{}) return nullptr;
        for (const auto& known : latest)
            if (auto same = known.lock(); same && *same == value) return same;
        auto fresh = std::make_shared<T>(std::move(value));
        latest.at(next++ % latest.size()) = fresh;
        return fresh;
    }

    std::shared_ptr<const T> value_;
};

}  // namespace svd
