// What processes use: live on a terminal, or as tables for scripts.
#include <charconv>

#include <unistd.h>

#include "base/clock.h"
#include "base/human.h"
#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/screen.h"
#include "cli/usage_table.h"

namespace svd::cli {
namespace {

using Milliseconds = std::chrono::milliseconds;

struct TopOptions {
    SortBy sort = SortBy::Cpu;
    bool groups = false;
    std::optional<std::uint64_t> count;  // tables to show; empty: until it is ended
    Milliseconds delay{1000};
};

struct Sample {
    std::vector<UsageRow> rows;
    MonoTime at{};
};

std::optional<Milliseconds> parse_delay(std::string_view text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr double kShortest = 0.1, kLongest = 3600;
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (!(seconds >= kShortest && seconds <= kLongest)) return std::nullopt;
    return Milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// The error is the text behind "Error: ".
Result<TopOptions> parse_top(std::string_view argument) {
    TopOptions options;
    const auto words = split_blanks(argument);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto word = words[i];
        const auto value = i + 1 < words.size() ? words[i + 1] : std::string_view();
        if (word == "--once") {
            options.count = 1;
        } else if (word == "-g" || word == "--groups") {
            options.groups = true;
        } else if (word == "-n") {
            const auto count = parse_python_int(value);
            if (!count || *count < 1) return fail("-n takes a number of tables, 1 or more");
            options.count = static_cast<std::uint64_t>(*count);
            ++i;
        } else if (word == "-d") {
            const auto delay = parse_delay(value);
            if (!delay) return fail("-d takes seconds, 0.1 to 3600");
            options.delay = *delay;
            ++i;
        } else if (word == "--sort") {
            const auto sort = find_sort(value);
            if (!sort) return fail("--sort takes cpu, mem, tasks, io or name");
            options.sort = *sort;
            ++i;
        } else {
            return fail("top does not know '{}'", word);
        }
    }
    return options;
}

class Top {
  public:
    Top(Session& session, TopOptions options) : session_(session), options_(options) {}

    // One table after each interval; rates need a sample before the first.
    void print_tables() {
        if (!take()) return;
        for (std::uint64_t shown = 0; shown < options_.count.value_or(1); ++shown) {
            if (!wait_for({}, options_.delay)) return;  // Ctrl-C
            if (!take()) return;
            if (session_.settings().json) {
                session_.print(usage_json(shown_rows(), options_.groups));
            } else {
                if (shown > 0) session_.print("");
                for (const auto& line : lines()) session_.print(line);
            }
            session_.out().flush();
            if (session_.out().is_broken()) return;
        }
    }

    void run_live() {
        const int keyboard = session_.in().fd();
        if (!take()) return;
        Screen screen(session_.out(), keyboard);
        // Something to look at before the first rates are known.
        MonoTime next = now_.at + std::min<Duration>(options_.delay, Milliseconds(300));
        for (;;) {
            screen.draw(screen_lines(), kHeadLine);
            if (session_.out().is_broken()) return;
            const auto left = std::max(next - read_clocks().mono, Duration::zero());
            pollfd one{.fd = keyboard, .events = POLLIN, .revents = 0};
            const auto ready = wait_for({&one, 1}, std::chrono::ceil<Milliseconds>(left));
            if (!ready) return;  // Ctrl-C
            if (*ready > 0 && !press(screen.keys())) return;
            if (read_clocks().mono < next) continue;
            if (!take()) return;
            next = now_.at + options_.delay;
        }
    }

  private:
    static constexpr std::size_t kHeadLine = 2;

    // False when there is nothing more to show; the session knows why.
    bool take() {
        const auto answer = session_.call_full("svd.getUsage");
        const MonoTime at = read_clocks().mono;
        if (!answer) {
            failed(answer.error());
            return false;
        }
        auto rows = usage_rows(*answer);
        if (now_.at != MonoTime{})
            rates(rows, now_.rows, std::chrono::duration<double>(at - now_.at).count());
        now_ = {std::move(rows), at};
        return true;
    }

    void failed(const CallError& error) {
        if (interrupted()) return;
        if (error.is_fault(kFaultUnknownMethod)) {
            session_.complain("Sorry, the server does not know what programs use; svd does.");
            session_.fail_with(kUnimplemented);
        } else {
            session_.report(error);
        }
    }

    [[nodiscard]] std::vector<UsageRow> shown_rows() const {
        auto rows = options_.groups ? group_rows(now_.rows) : now_.rows;
        sort_rows(rows, options_.sort);
        return rows;
    }

    [[nodiscard]] std::vector<std::string> lines() const { return top_lines(shown_rows()); }

    [[nodiscard]] std::vector<std::string> screen_lines() const {
        std::vector<std::string> all{
            fmt::format("{}  {}", local_time_text(read_clocks().wall), top_summary(now_.rows)),
            fmt::format("sorted by {}: c cpu, m mem, t tasks, i io, n name; g {}; q quit",
                        sort_name(options_.sort), options_.groups ? "processes" : "groups")};
        for (auto& line : lines()) all.push_back(std::move(line));
        return all;
    }

    // False to end.
    bool press(std::string_view keys) {
        if (keys.empty()) return false;  // the terminal has gone
        for (const char key : keys) {
            switch (key) {
                case 'c':
                    options_.sort = SortBy::Cpu;
                    break;
                case 'm':
                    options_.sort = SortBy::Memory;
                    break;
                case 't':
                    options_.sort = SortBy::Tasks;
                    break;
                case 'i':
                    options_.sort = SortBy::Io;
                    break;
                case 'n':
                    options_.sort = SortBy::Name;
                    break;
                case 'g':
                    options_.groups = !options_.groups;
                    break;
                case 'q':
                case 4:  // Ctrl-D
                    return false;
                default:
                    break;
            }
        }
        return true;
    }

    Session& session_;
    TopOptions options_;
    Sample now_;
};

}  // namespace

void run_top(Session& session, std::string_view argument) {
    const auto options = parse_top(argument);
    if (!options) {
        refuse(session, "top", fmt::format("Error: {}", options.error().text), kInvalidArguments);
        return;
    }
    const InterruptScope scope;
    Top top(session, *options);
    const bool live = isatty(STDOUT_FILENO) == 1 && isatty(session.in().fd()) == 1 &&
                      !session.settings().json && !options->count;
    if (live)
        top.run_live();
    else
        top.print_tables();
    forget_interrupt();
}

}  // namespace svd::cli
