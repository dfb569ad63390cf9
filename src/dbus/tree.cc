#include "dbus/tree.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "dbus/paths.h"

namespace svd::dbus {

namespace {

std::uint64_t flags_of(Emits emits) {
    switch (emits) {
        case Emits::Never:
            return SD_BUS_VTABLE_PROPERTY_CONST;
        case Emits::Changes:
            return SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;
        case Emits::Explicit:
            return SD_BUS_VTABLE_PROPERTY_EXPLICIT;
        case Emits::Nothing:
            break;
    }
    return 0;
}

sd_bus_vtable blank_row(char type, std::uint64_t flags) {
    sd_bus_vtable row;
    std::memset(&row, 0, sizeof row);  // sd-bus looks at the unused rest too
    row.type = static_cast<std::uint8_t>(type);
    row.flags = flags & ((std::uint64_t{1} << 56U) - 1);
    return row;
}

// For sd-bus, which frees it.
int give_nodes(const std::vector<std::string>& paths, char*** nodes) {
    auto** list = static_cast<char**>(std::calloc(paths.size() + 1, sizeof(char*)));
    if (list == nullptr) return -ENOMEM;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        list[i] = ::strdup(paths[i].c_str());
        if (list[i] != nullptr) continue;
        while (i > 0) std::free(list[--i]);
        std::free(static_cast<void*>(list));
        return -ENOMEM;
    }
    *nodes = list;
    return 0;
}

}  // namespace

Vtable::Vtable(const Interface& interface, sd_bus_message_handler_t on_call,
               sd_bus_property_get_t on_get) {
    auto start = blank_row(_SD_BUS_VTABLE_START, 0);
    start.x.start.element_size = sizeof(sd_bus_vtable);
    start.x.start.features = _SD_BUS_VTABLE_PARAM_NAMES;
    start.x.start.vtable_format_reference = &sd_bus_object_vtable_format;
    rows_.push_back(start);
    for (const Method& method : interface.methods) {
        // Who may call it is asked by us, later and without waiting.
        auto row = blank_row(_SD_BUS_VTABLE_METHOD, SD_BUS_VTABLE_UNPRIVILEGED);
        row.x.method.member = method.name;
        row.x.method.signature = method.in;
        row.x.method.result = method.out;
        row.x.method.handler = on_call;
        row.x.method.names = method.names;
        rows_.push_back(row);
    }
    for (const Property& property : interface.properties) {
        auto row = blank_row(_SD_BUS_VTABLE_PROPERTY, flags_of(property.emits));
        row.x.property.member = property.name;
        row.x.property.signature = property.type;
        row.x.property.get = on_get;
        rows_.push_back(row);
    }
    for (const Signal& signal : interface.signals) {
        auto row = blank_row(_SD_BUS_VTABLE_SIGNAL, 0);
        row.x.signal.member = signal.name;
        row.x.signal.signature = signal.type;
        row.x.signal.names = signal.names;
        rows_.push_back(row);
    }
    rows_.push_back(blank_row(_SD_BUS_VTABLE_END, 0));
}

// One kind of objects, and the one of them that sd-bus has in hand.
struct Tree::Kind {
    Kind(Tree* owner, const Interface& what)
        : tree(owner), interface(what), vtable(what, on_call, on_get) {}

    // Another one from here on.
    void show(const process::Process* process, const process::Group* group, std::string name) {
        subject = {};
        subject.supervisor = &tree->supervisor_;
        subject.facts = &tree->facts_;
        subject.process = process;
        subject.group = group;
        object = std::move(name);
    }

    Tree* tree;
    const Interface& interface;
    Vtable vtable;
    Subject subject;
    std::string object;
};

Tree::Tree(const control::Supervisor& supervisor, Facts facts, Handle handle)
    : supervisor_(supervisor),
      facts_(std::move(facts)),
      handle_(std::move(handle)),
      manager_(std::make_unique<Kind>(this, manager_interface())),
      group_(std::make_unique<Kind>(this, group_interface())),
      process_(std::make_unique<Kind>(this, process_interface())) {
    manager_->show(nullptr, nullptr, "");
}

Tree::~Tree() = default;

int Tree::on_call(sd_bus_message* message, void* found, sd_bus_error*) {
    auto& kind = *static_cast<Kind*>(found);
    const char* member = sd_bus_message_get_member(message);
    const auto method = std::ranges::find_if(kind.interface.methods, [&](const Method& row) {
        return std::strcmp(row.name, member) == 0;
    });
    if (method == kind.interface.methods.end()) return -EBADR;
    try {
        kind.tree->handle_(message, *method, kind.object);
    } catch (const std::exception&) {
        return -ENOMEM;  // nothing else throws, and no exception may pass through sd-bus
    }
    return 1;
}

int Tree::on_get(sd_bus*, const char*, const char*, const char* name, sd_bus_message* reply,
                 void* found, sd_bus_error*) {
    const auto& kind = *static_cast<Kind*>(found);
    const auto property = std::ranges::find_if(kind.interface.properties, [&](const Property& row) {
        return std::strcmp(row.name, name) == 0;
    });
    if (property == kind.interface.properties.end()) return -EBADR;
    Writer out(reply);
    try {
        property->get(kind.subject, out);
    } catch (const std::exception&) {
        return -ENOMEM;
    }
    return out.error();
}

int Tree::find_process(sd_bus*, const char* path, const char*, void* data, void** found,
                       sd_bus_error*) {
    auto& kind = *static_cast<Kind*>(data);
    const auto name = read_process_path(path);
    if (!name) return 0;
    const auto* process = kind.tree->supervisor_.find(name->group, name->name);
    if (process == nullptr) return 0;
    kind.show(process, nullptr, name->group + ":" + name->name);
    *found = &kind;
    return 1;
}

int Tree::find_group(sd_bus*, const char* path, const char*, void* data, void** found,
                     sd_bus_error*) {
    auto& kind = *static_cast<Kind*>(data);
    const auto name = read_group_path(path);
    if (!name) return 0;
    const auto* group = kind.tree->supervisor_.find_group(*name);
    if (group == nullptr) return 0;
    kind.show(nullptr, group, *name);
    *found = &kind;
    return 1;
}

// Introspection asks for what is directly below a path, GetManagedObjects for everything.
int Tree::list_processes(sd_bus*, const char* prefix, void* data, char*** nodes, sd_bus_error*) {
    const auto& supervisor = static_cast<Tree*>(data)->supervisor_;
    std::vector<std::string> paths;
    const std::string_view below = prefix == nullptr ? kRoot : prefix;
    if (below == kProcesses) {
        supervisor.each_group([&](const process::Group& group) {
            paths.push_back(std::string(kProcesses) + "/" + escape_label(group.name()));
        });
    } else if (const auto folder = read_process_folder(below)) {
        if (const auto* group = supervisor.find_group(*folder))
            for (const auto* process : group->members_by_name())
                paths.push_back(process_path(group->name(), process->name()));
    } else if (!below.starts_with(kProcesses)) {
        supervisor.each_process([&](const process::Process& process) {
            paths.push_back(process_path(process.group->name(), process.name()));
        });
    }
    return give_nodes(paths, nodes);
}

int Tree::list_groups(sd_bus*, const char*, void* data, char*** nodes, sd_bus_error*) {
    std::vector<std::string> paths;
    static_cast<Tree*>(data)->supervisor_.each_group(
        [&](const process::Group& group) { paths.push_back(group_path(group.name())); });
    return give_nodes(paths, nodes);
}

Status Tree::put_on(sd_bus* bus) {
    const auto checked = [](int result, std::string_view what) -> Status {
        if (result < 0) return fail_errno(-result, "put {} on the bus", what);
        return {};
    };
    SVD_CHECK(checked(sd_bus_add_object_vtable(bus, nullptr, kRoot, manager_->interface.name,
                                               manager_->vtable.rows(), manager_.get()),
                      "the manager"));
    SVD_CHECK(checked(sd_bus_add_fallback_vtable(bus, nullptr, kGroups, group_->interface.name,
                                                 group_->vtable.rows(), find_group, group_.get()),
                      "the groups"));
    SVD_CHECK(
        checked(sd_bus_add_fallback_vtable(bus, nullptr, kProcesses, process_->interface.name,
                                           process_->vtable.rows(), find_process, process_.get()),
                "the processes"));
    SVD_CHECK(checked(sd_bus_add_node_enumerator(bus, nullptr, kGroups, list_groups, this),
                      "the list of groups"));
    SVD_CHECK(checked(sd_bus_add_node_enumerator(bus, nullptr, kProcesses, list_processes, this),
                      "the list of processes"));
    return checked(sd_bus_add_object_manager(bus, nullptr, kRoot), "the object manager");
}

}  // namespace svd::dbus
