#include "config/load_groups.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/strings.h"
#include "config/load_limits.h"
#include "config/load_program.h"
#include "config/python_space.h"
#include "config/start_order.h"
#include "config/values.h"

namespace svd::config {

namespace {

constexpr std::string_view kDefaultResultHandler = "supervisor.dispatchers:default_handler";

class GroupLoader {
  public:
    explicit GroupLoader(LoadContext& context) : context_(context) {}

    // Supervisor's order of evaluation.
    std::vector<GroupConfig> run() {
        each(SectionKind::Group, [&](const Section& section) { load_group(section); });
        each(SectionKind::Program, [&](const Section& section) { load_program_group(section); });
        each(SectionKind::EventListener, [&](const Section& section) { load_listener(section); });
        each(SectionKind::FcgiProgram, [&](const Section& section) { load_fcgi(section); });
        std::ranges::stable_sort(groups_, [](const GroupConfig& a, const GroupConfig& b) {
            return std::tie(a.priority, a.name) < std::tie(b.priority, b.name);
        });
        order_groups();
        groups_.shrink_to_fit();
        return std::move(groups_);
    }

  private:
    template <class Load>
    void each(SectionKind kind, Load load) {
        for (const Section& section : context_.document.sections()) {
            const SectionKindRow* row = find_section_kind(section.name);
            if (row != nullptr && row->kind == kind) load(section);
        }
    }

    void order_groups() {
        using Report = void (SectionReader::*)(std::string_view, std::string, std::string);
        const auto with = [this](Report report) {
            return [this, report](const std::string& program, const std::string& text,
                                  const std::string& hint) {
                for (const std::string_view prefix :
                     {"program:", "fcgi-program:", "eventlistener:"})
                    if (const Section* section =
                            context_.document.find(fmt::format("{}{}", prefix, program))) {
                        SectionReader reader(context_, find_section_kind(section->name)->kind,
                                             *section);
                        (reader.*report)("depends_on", text, hint);
                        return;
                    }
            };
        };
        order_by_dependencies(groups_, {with(&SectionReader::error), with(&SectionReader::warn)});
    }

    // The text after "program:" as a name; errors of this level carry no section suffix.
    std::optional<std::string> name_of(SectionReader& reader) {
        auto name = parse_name(section_suffix(reader.section().name));
        if (!name) {
            reader.error({}, name.error().text, "names have no blank, ':' or '/'");
            return std::nullopt;
        }
        if (name->empty()) reader.warn({}, "the name is empty and cannot be used in commands");
        return *std::move(name);
    }

    int priority_of(SectionReader& reader) {
        return reader.value("priority", context_.environment, parse_integer);
    }

    void load_group(const Section& section) {
        SectionReader reader(context_, SectionKind::Group, section);
        const auto name = name_of(reader);
        const auto programs =
            parse_string_list(reader.text("programs", context_.environment).value_or(""));
        GroupConfig group;
        group.priority = priority_of(reader);
        group.homogeneous = false;
        group.limits = load_limits(reader, context_.environment);
        for (const auto& program : programs)
            if (!add_member(reader, group, program, name.value_or(""))) break;
        if (name) add_group(std::move(group), *name, section, "programs");
    }

    // False when the program is not there, which Supervisor takes for the end of the matter.
    bool add_member(SectionReader& reader, GroupConfig& group, const std::string& program,
                    const std::string& group_name) {
        const Section* plain = context_.document.find("program:" + program);
        const Section* fcgi = context_.document.find("fcgi-program:" + program);
        const std::string& label = reader.section().name;
        if (plain == nullptr && fcgi == nullptr) {
            reader.error(
                "programs",
                fmt::format("[{}] names unknown program or fcgi-program {}", label, program),
                nearest_program(program));
            return false;
        }
        if (plain != nullptr && fcgi != nullptr) {
            reader.error("programs", fmt::format("[{}] name {} is ambiguous (exists as program and "
                                                 "fcgi-program)",
                                                 label, program));
            return false;
        }
        const Section& section = plain != nullptr ? *plain : *fcgi;
        grouped_.insert(section.name);
        auto members = load_program(
            context_, plain != nullptr ? SectionKind::Program : SectionKind::FcgiProgram, section,
            group_name);
        std::ranges::move(members, std::back_inserter(group.processes));
        return true;
    }

    std::string nearest_program(const std::string& program) const {
        std::vector<std::string_view> names;
        for (const Section& section : context_.document.sections())
            if (section.name.starts_with("program:") || section.name.starts_with("fcgi-program:"))
                names.push_back(section_suffix(section.name));
        const std::string_view nearest = nearest_name(program, names);
        return nearest.empty() ? std::string() : fmt::format("did you mean {}?", nearest);
    }

    void load_program_group(const Section& section) {
        if (grouped_.contains(section.name)) return;
        SectionReader reader(context_, SectionKind::Program, section);
        const auto name = name_of(reader);
        GroupConfig group;
        group.priority = priority_of(reader);
        if (!name) return;
        group.processes = load_program(context_, SectionKind::Program, section, *name);
        add_group(std::move(group), *name, section, {});
    }

    void load_listener(const Section& section) {
        SectionReader reader(context_, SectionKind::EventListener, section);
        const Names& names = context_.environment;
        const std::string name(section_suffix(section.name));
        GroupConfig group;
        group.kind = ProgramKind::EventListener;
        group.priority = reader.entry("priority") == nullptr
                             ? -1
                             : reader.value("priority", names, parse_integer);
        ListenerPool pool;
        pool.buffer_size = reader.value("buffer_size", names, parse_integer);
        if (pool.buffer_size < 1)
            reader.error("buffer_size", fmt::format("[{}] section sets invalid buffer_size ({})",
                                                    section.name, pool.buffer_size));
        pool.result_handler =
            reader.text("result_handler", names).value_or(std::string(kDefaultResultHandler));
        if (pool.result_handler != kDefaultResultHandler)
            reader.warn(
                "result_handler",
                fmt::format("[{}] {} cannot be loaded by a native program, results are judged "
                            "by the default handler",
                            section.name, pool.result_handler));
        pool.length_in_bytes = reader.value("events_length", names, parse_events_length);
        read_events(reader, pool);
        if (reader.value("redirect_stderr", names, parse_boolean))
            reader.error(
                "redirect_stderr",
                fmt::format("[{}] section sets redirect_stderr=true but this is not allowed "
                            "because it will interfere with the eventlistener protocol",
                            section.name));
        group.listener_pool = std::move(pool);
        group.processes = load_program(context_, SectionKind::EventListener, section, name);
        add_group(std::move(group), name, section, {});
    }

    void read_events(SectionReader& reader, ListenerPool& pool) {
        const std::string& label = reader.section().name;
        const auto text = reader.text("events", context_.environment);
        if (!text || text->empty()) {
            reader.error("events", fmt::format("[{}] section requires an \"events\" line", label));
            return;
        }
        auto events = parse_events(*text);
        if (events)
            pool.events = *std::move(events);
        else
            reader.error("events", fmt::format("{} in [{}] events", events.error().text, label));
    }

    void load_fcgi(const Section& section) {
        if (grouped_.contains(section.name)) return;
        SectionReader reader(context_, SectionKind::FcgiProgram, section);
        const auto name = name_of(reader);
        GroupConfig group;
        group.kind = ProgramKind::FcgiProgram;
        group.priority = priority_of(reader);
        if (!name) return;
        group.fcgi_socket = load_fcgi_socket(context_, section, *name);
        group.processes = load_program(context_, SectionKind::FcgiProgram, section, *name);
        add_group(std::move(group), *name, section, {});
    }

    void add_group(GroupConfig group, const std::string& name, const Section& section,
                   std::string_view option) {
        SectionReader reader(context_, SectionKind::Group, section);
        group.name = name;
        const auto [it, fresh] = names_.emplace(name, section.name);
        if (!fresh)
            reader.error({}, fmt::format("[{}] defines group {}, which [{}] defines already",
                                         section.name, py_repr(name), it->second));
        std::map<std::string_view, const ProcessConfig*> members;
        for (const auto& process : group.processes) {
            const auto [other, first] = members.emplace(process->name, process.get());
            if (first) continue;
            reader.error(
                option,
                fmt::format("[{}] has two processes named {}, from program {} and program {}",
                            section.name, py_repr(process->name), other->second->program,
                            process->program),
                "give each program of a group its own process_name");
            break;
        }
        groups_.push_back(std::move(group));
    }

    LoadContext& context_;
    std::vector<GroupConfig> groups_;
    std::set<std::string, std::less<>> grouped_;  // sections that belong to a [group:x]
    std::map<std::string, std::string> names_;    // group name to its section
};

}  // namespace

std::vector<GroupConfig> load_groups(LoadContext& context) {
    return GroupLoader(context).run();
}

}  // namespace svd::config
