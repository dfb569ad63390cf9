// rpc_load SOCKET METHOD CLIENTS REQUESTS: CLIENTS threads, each with a kept connection to a unix
// socket, call an XML-RPC method without arguments REQUESTS times altogether, each as soon as its
// last answer is in. Prints one line of JSON with the latencies.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace {
constexpr std::size_t kFaultWithin = 200;  // of the body; a search of all would be measured too
constexpr int kAnswerSeconds = 120;        // longest wait for one answer

double now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::string make_request(const std::string& method) {
    const std::string body = "<?xml version=\"1.0\"?><methodCall><methodName>" + method +
                             "</methodName><params></params></methodCall>";
    return "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
           "Connection: keep-alive\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Client {
  public:
    explicit Client(std::string path) : path_(std::move(path)) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { close(); }

    // Sends the request and reads the whole answer; true when it is 200 and no fault.
    bool call(const std::string& request) {
        if (fd_ < 0 && !connect()) return false;
        const bool good = send_all(request) && read_answer();
        if (!good || has_header("connection: close")) close();
        return good && answer_.compare(9, 3, "200") == 0 &&
               answer_.substr(head_size_, kFaultWithin).find("<fault>") == std::string::npos;
    }
    [[nodiscard]] std::size_t answer_size() const { return answer_.size(); }

  private:
    bool connect() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path_.size() >= sizeof address.sun_path) return false;
        std::memcpy(address.sun_path, path_.data(), path_.size());
        fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval limit{kAnswerSeconds, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            return true;
        close();
        return false;
    }

    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

    bool send_all(const std::string& request) {
        for (std::size_t sent = 0; sent < request.size();) {
            const ssize_t n =
                ::send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
            if (n <= 0) return false;
            sent += static_cast<std::size_t>(n);
        }
        return true;
    }

    // The answer must carry a Content-Length, as XML-RPC demands.
    bool read_answer() {
        answer_.clear();
        head_size_ = 0;
        std::size_t wanted = 0;
        char buffer[65536];
        for (;;) {
            const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
            if (n <= 0) return false;
            answer_.append(buffer, static_cast<std::size_t>(n));
            if (head_size_ == 0) {
                const auto end = answer_.find("\r\n\r\n");
                if (end == std::string::npos) continue;
                head_size_ = end + 4;
                const char* length = find_header("content-length:");
                if (length == nullptr) return false;
                wanted = head_size_ + std::strtoul(length, nullptr, 10);
            }
            if (answer_.size() >= wanted) return true;
        }
    }

    // What follows `name` in the head, any case; null when it is not there.
    const char* find_header(const char* name) const {
        const std::size_t size = std::strlen(name);
        for (std::size_t at = 0; at + size < head_size_; ++at)
            if (::strncasecmp(answer_.data() + at, name, size) == 0)
                return answer_.data() + at + size;
        return nullptr;
    }
    [[nodiscard]] bool has_header(const char* line) const { return find_header(line) != nullptr; }

    std::string path_;
    int fd_ = -1;
    std::string answer_;
    std::size_t head_size_ = 0;
};

double quantile(const std::vector<double>& sorted, double q) {
    if (sorted.empty()) return -1;
    return sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * q)];
}
}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) return 2;
    const std::string path = argv[1];
    const std::string request = make_request(argv[2]);
    const auto clients = static_cast<std::size_t>(std::atoi(argv[3]));
    std::atomic<int> left{std::atoi(argv[4])};
    std::atomic<int> errors{0};
    std::atomic<std::size_t> bytes{0};
    std::vector<std::vector<double>> latencies(clients);

    const double start = now_ms();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients; ++i)
        threads.emplace_back([&, i] {
            Client client(path);
            while (left.fetch_sub(1) > 0) {
                const double sent = now_ms();
                if (!client.call(request)) ++errors;
                latencies[i].push_back(now_ms() - sent);
            }
            bytes = client.answer_size();
        });
    for (auto& thread : threads) thread.join();
    const double elapsed_s = (now_ms() - start) / 1e3;

    std::vector<double> all;
    for (const auto& one : latencies) all.insert(all.end(), one.begin(), one.end());
    std::sort(all.begin(), all.end());
    std::printf(
        "{\"per_s\": %.2f, \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"max_ms\": %.4f, "
        "\"errors\": %d, \"bytes\": %zu}\n",
        static_cast<double>(all.size()) / elapsed_s, quantile(all, 0.5), quantile(all, 0.99),
        quantile(all, 1), errors.load(), bytes.load());
    return errors.load() == 0 ? 0 : 1;
}
