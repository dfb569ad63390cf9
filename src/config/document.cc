#include "config/document.h"

namespace svd::config {

void Section::set(Entry entry) {
    const auto [it, fresh] = index_.try_emplace(entry.name, entries_.size());
    if (fresh)
        entries_.push_back(std::move(entry));
    else
        entries_[it->second] = std::move(entry);
}

const Entry* Section::find(std::string_view option) const {
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
