// Any bytes as a configuration file: never a crash, and whatever was read loses nothing to inih.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/document.h"
#include "config/ini_reader.h"
#include "config/option_table.h"
#include "config/values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace svd::config;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const IniFile file = read_ini(text, "fuzz.conf");
    if (!file.fault) {
        // Every line that the splitter understood comes back from inih, whole and in order.
        const IniLines lines = split_ini(text, "fuzz.conf");
        if (lines.lines.size() != file.entries.size()) std::abort();
        for (std::size_t i = 0; i < lines.lines.size(); ++i) {
            const bool header = lines.lines[i].kind == IniLine::Kind::Section;
            if (header != file.entries[i].header) std::abort();
            const auto& name = header ? file.entries[i].section : file.entries[i].name;
            if (name != lines.lines[i].name || file.entries[i].value != lines.lines[i].value)
                std::abort();
        }
    }
    Document document;
    document.merge(file, std::make_shared<const Source>(Source{"fuzz.conf", "/"}));
    for (const auto& section : document.sections()) {
        (void)find_section_kind(section.name);
        for (const auto& entry : section.entries()) {
            (void)parse_environment(entry.value);
            (void)parse_inet_address(entry.value);
            (void)parse_fcgi_address(entry.value);
            (void)parse_byte_size(entry.value);
            (void)parse_exit_codes(entry.value);
        }
    }
    return 0;
}
