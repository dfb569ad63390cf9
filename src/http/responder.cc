#include "http/responder.h"

#include "http/connection.h"

namespace svd::http {

Responder::~Responder() {
    error(500);
}

Responder& Responder::operator=(Responder&& other) noexcept {
    if (this != &other) {
        error(500);
        connection_ = std::move(other.connection_);
        exchange_ = other.exchange_;
    }
    return *this;
}

std::shared_ptr<Connection> Responder::take() {
    auto connection = connection_.lock();
    connection_.reset();
    return connection;
}

bool Responder::is_open() const {
    const auto connection = connection_.lock();
    return connection && connection->is_open(exchange_);
}

void Responder::send(Response response) {
    if (const auto connection = take()) connection->answer(exchange_, std::move(response));
}

void Responder::error(int status) {
    const auto connection = take();
    if (!connection) return;
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/html");
    response.body = wire::error_page(status);
    connection->answer(exchange_, std::move(response));
}

Stream Responder::stream(int status, const wire::HeaderList& headers) {
    const auto connection = take();
    if (!connection) return {};
    connection->begin_stream(exchange_, status, headers);
    return {connection, exchange_};
}

void Responder::on_gone(std::function<void()> call) {
    if (const auto connection = connection_.lock()) connection->on_gone(exchange_, std::move(call));
}

Stream::~Stream() {
    finish();
}

Stream& Stream::operator=(Stream&& other) noexcept {
    if (this != &other) {
        finish();
        connection_ = std::move(other.connection_);
        exchange_ = other.exchange_;
    }
    return *this;
}

std::shared_ptr<Connection> Stream::live() const {
    return connection_.lock();
}

bool Stream::is_open() const {
    const auto connection = live();
    return connection && connection->is_open(exchange_);
}

std::size_t Stream::room() const {
    const auto connection = live();
    return connection ? connection->stream_room(exchange_) : 0;
}

bool Stream::write(std::string_view bytes) {
    const auto connection = live();
    return connection && connection->stream_write(exchange_, bytes);
}

void Stream::finish() {
    if (const auto connection = live()) connection->stream_finish(exchange_);
    connection_.reset();
}

void Stream::on_room(std::function<void()> call) {
    if (const auto connection = live()) connection->on_room(exchange_, std::move(call));
}

void Stream::on_gone(std::function<void()> call) {
    if (const auto connection = live()) connection->on_gone(exchange_, std::move(call));
}

}  // namespace svd::http
