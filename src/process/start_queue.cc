#include "process/start_queue.h"

namespace svd::process {

void StartQueue::push(Process& process, const StartOrder& order) {
    if (places_.try_emplace(&process, order).second) queue_.emplace(order, &process);
}

Process* StartQueue::pop() {
    if (queue_.empty()) return nullptr;
    Process* first = queue_.begin()->second;
    queue_.erase(queue_.begin());
    places_.erase(first);
    return first;
}

void StartQueue::erase(Process& process) {
    const auto place = places_.find(&process);
    if (place == places_.end()) return;
    queue_.erase(place->second);
    places_.erase(place);
}

void StartQueue::clear() {
    queue_.clear();
    places_.clear();
}

}  // namespace svd::process
