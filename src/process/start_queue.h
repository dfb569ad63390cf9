// Processes that wait for their start, in the order in which they are to start. A process is in it
// at most once; every operation is O(log n).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>

namespace svd::process {

struct Process;

// Lower starts first.
struct StartOrder {
    int group_priority = 0;
    std::uint64_t group_sequence = 0;
    int priority = 0;
    std::uint64_t process_sequence = 0;  // unique
    auto operator<=>(const StartOrder&) const = default;
};

class StartQueue {
  public:
    // A process that waits already keeps its place.
    void push(Process& process, const StartOrder& order);
    // The first one, taken out; null when nobody waits.
    [[nodiscard]] Process* pop();
    void erase(Process& process);
    void clear();
    [[nodiscard]] bool empty() const { return queue_.empty(); }
    [[nodiscard]] bool contains(const Process& process) const {
        return places_.contains(const_cast<Process*>(&process));
    }
    [[nodiscard]] std::size_t size() const { return queue_.size(); }

  private:
    std::map<StartOrder, Process*> queue_;
    // The order under which a process was pushed; its configuration may have changed since.
    std::unordered_map<Process*, StartOrder> places_;
};

}  // namespace svd::process
