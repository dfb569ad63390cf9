// The names that an expression may use, in scopes: a process sees its own few names, then those of
// its section, then the environment that every section shares. Nothing is copied on the way down.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace svd::config {

using NameValue = std::variant<std::string, long long>;

class Names {
  public:
    // The parent must outlive this scope.
    explicit Names(const Names* parent = nullptr) : parent_(parent) {}

    void set(std::string name, std::string value) {
        own_.insert_or_assign(std::move(name), std::move(value));
    }
    void set(std::string name, long long value) { own_.insert_or_assign(std::move(name), value); }

    [[nodiscard]] const NameValue* find(std::string_view name) const {
        const auto it = own_.find(name);
        if (it != own_.end()) return &it->second;
        return parent_ != nullptr ? parent_->find(name) : nullptr;
    }

    // For error texts: every name, with all ENV_ names as one "ENV_*", because their number hides
    // the others and a listing of the environment belongs in no log.
    [[nodiscard]] std::set<std::string> visible() const {
        std::set<std::string> names;
        for (const Names* scope = this; scope != nullptr; scope = scope->parent_)
            for (const auto& [name, value] : scope->own_)
                names.insert(name.starts_with("ENV_") ? "ENV_*" : name);
        return names;
    }

  private:
    const Names* parent_;
    std::map<std::string, NameValue, std::less<>> own_;
};

}  // namespace svd::config
