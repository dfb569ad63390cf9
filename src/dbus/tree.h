// The objects on the bus: /org/svd1, and every process and group below it.
//
// sdbus-c++ registers a table of its own for each object, kilobytes of it. So processes and groups
// are sd-bus's fallbacks: one table for all, and a path is looked up when somebody asks for it. A
// process costs nothing here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "control/supervisor.h"
#include "dbus/table.h"

namespace svd::dbus {

// sd-bus's form of an interface.
class Vtable {
  public:
    explicit Vtable(const Interface& interface, sd_bus_message_handler_t on_call,
                    sd_bus_property_get_t on_get);
    [[nodiscard]] const sd_bus_vtable* rows() const { return rows_.data(); }

  private:
    std::vector<sd_bus_vtable> rows_;
};

class Tree {
  public:
    // `object`: group:process or the group's name of the path; empty for the manager.
    using Handle =
        std::function<void(sd_bus_message* message, const Method& method, std::string object)>;
    // Both outlive the bus's objects.
    Tree(const control::Supervisor& supervisor, Facts facts, Handle handle);
    ~Tree();
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    // On one bus at a time. The tree outlives the bus's processing.
    [[nodiscard]] Status put_on(sd_bus* bus);

  private:
    struct Kind;
    static int on_call(sd_bus_message* message, void* subject, sd_bus_error* error);
    static int on_get(sd_bus* bus, const char* path, const char* interface, const char* property,
                      sd_bus_message* reply, void* subject, sd_bus_error* error);
    static int find_process(sd_bus* bus, const char* path, const char* interface, void* kind,
                            void** found, sd_bus_error* error);
    static int find_group(sd_bus* bus, const char* path, const char* interface, void* kind,
                          void** found, sd_bus_error* error);
    static int list_processes(sd_bus* bus, const char* prefix, void* tree, char*** nodes,
                              sd_bus_error* error);
    static int list_groups(sd_bus* bus, const char* prefix, void* tree, char*** nodes,
                           sd_bus_error* error);

    const control::Supervisor& supervisor_;
    Facts facts_;
    Handle handle_;
    std::unique_ptr<Kind> manager_;
    std::unique_ptr<Kind> group_;
    std::unique_ptr<Kind> process_;
};

}  // namespace svd::dbus
