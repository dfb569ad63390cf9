// A configuration after its files were read and merged, before anything is expanded or typed:
// sections in order of first appearance, each option with the place it was last set at.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/ini_reader.h"

namespace svd::config {

// One file that was read.
struct Source {
    std::string path;  // as Supervisor names it: the root as typed, included files absolute
    std::string here;  // %(here)s of what this file sets
};

struct Entry {
    std::string name;
    std::string value;  // raw
    std::shared_ptr<const Source> source;
    int line = 0;
    bool comment_cut = false;
};

class Section {
  public:
    Section() = default;
    Section(std::string section_name, std::shared_ptr<const Source> first_source, int first_line)
        : name(std::move(section_name)), source(std::move(first_source)), line(first_line) {}

    // Replaces an earlier value and keeps its place in the order.
    void set(Entry entry);
    [[nodiscard]] const Entry* find(std::string_view option) const;
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

    std::string name;
    std::shared_ptr<const Source> source;  // where the section first appeared
    int line = 0;

  private:
    static constexpr std::size_t kFew = 16;

    std::vector<Entry> entries_;
    std::map<std::string, std::size_t, std::less<>> index_;  // empty for a few entries
};

class Document {
  public:
    // Later files win over earlier ones, key by key.
    void merge(const IniFile& file, const std::shared_ptr<const Source>& source);

    [[nodiscard]] const std::vector<Section>& sections() const { return sections_; }
    [[nodiscard]] const Section* find(std::string_view section) const;
    // Options of [DEFAULT] stand in every section that does not set them itself.
    [[nodiscard]] const Section& defaults() const { return defaults_; }

  private:
    Section& section(const IniEntry& entry, const std::shared_ptr<const Source>& source);

    std::vector<Section> sections_;
    std::map<std::string, std::size_t, std::less<>> index_;
    Section defaults_{"DEFAULT", nullptr, 0};
};

}  // namespace svd::config
