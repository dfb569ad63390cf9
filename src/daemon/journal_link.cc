#include "daemon/journal_link.h"

#include <chrono>

namespace svd::daemon {

namespace {
// journald reads a full queue of the socket in less.
constexpr auto kBetweenTries = std::chrono::milliseconds(2);
}  // namespace

Result<std::unique_ptr<JournalLink>> JournalLink::open(os::Loop& loop, log::DaemonLog& log) {
    std::unique_ptr<JournalLink> link(new JournalLink);
    auto* self = link.get();
    link->socket_ = log.journal();
    if (!link->socket_) link->socket_ = std::make_shared<log::JournalSocket>();
    link->socket_->set_notice_handler(log.notice_handler());
    SVD_TRY(link->timer_, os::Timer::create(loop, [self] {
                if (!self->socket_->flush(os::Loop::now())) self->flush_soon();
            }));
    link->socket_->on_waiting([self] { self->flush_soon(); });
    if (!link->socket_->flush(os::Loop::now())) link->flush_soon();
    return link;
}

JournalLink::~JournalLink() {
    if (socket_) socket_->on_waiting({});
}

void JournalLink::flush_soon() {
    timer_.set(os::Loop::now().mono + kBetweenTries);
}

}  // namespace svd::daemon
