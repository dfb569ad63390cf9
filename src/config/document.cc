#include "config/document.h"

#include <algorithm>

namespace svd::config {

void Section::set(Entry entry) {
    if (const Entry* old = find(entry.name)) {
        entries_[static_cast<std::size_t>(old - entries_.data())] = std::move(entry);
        return;
    }
    entries_.push_back(std::move(entry));
    if (entries_.size() <= kFew) return;
    for (std::size_t at = index_.size(); at < entries_.size(); ++at)
        index_.emplace(entries_[at].name, at);
}

// A program asks for all options there are, and its section has a handful.
const Entry* Section::find(std::string_view option) const {
    if (entries_.size() <= kFew) {
        const auto entry = std::ranges::find(entries_, option, &Entry::name);
        return entry == entries_.end() ? nullptr : &*entry;
    }
    const auto it = index_.find(option);
    return it == index_.end() ? nullptr : &entries_[it->second];
}

Section& Document::section(const IniEntry& entry, const std::shared_ptr<const Source>& source) {
    if (entry.section == defaults_.name) return defaults_;
    const auto [it, fresh] = index_.try_emplace(entry.section, sections_.size());
    if (fresh) sections_.emplace_back(entry.section, source, entry.line);
    return sections_[it->second];
}

void Document::merge(const IniFile& file, const std::shared_ptr<const Source>& source) {
    for (const IniEntry& from : file.entries) {
        Section& to = section(from, source);
        if (from.header) continue;
        to.set(Entry{from.name, from.value, source, from.line, from.comment_cut});
    }
}

const Section* Document::find(std::string_view name) const {
    const auto it = index_.find(name);
    return it == index_.end() ? nullptr : &sections_[it->second];
}

}  // namespace svd::config
