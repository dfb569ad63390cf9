// How the outcomes that many verbs share become XML-RPC values.
#pragma once

#include <string_view>
#include <utility>

#include "http/rpc_emit.h"
#include "http/rpc_method.h"

namespace svd::http::rpc {

inline control::Outcome<void> truth(std::string& out) {
    emit_bool(out, true);
    return {};
}
inline control::Outcome<void> truth_of(const control::Outcome<void>& outcome, std::string& out) {
    return outcome ? truth(out) : outcome;
}
// A verb on one process answers true, on a whole group with its members.
inline control::Outcome<void> one_or_many(const control::Outcome<control::MemberResults>& outcome,
                                          bool many, std::string& out) {
    if (!outcome) return std::unexpected(outcome.error());
    if (!many) return truth(out);
    emit_member_results(out, *outcome);
    return {};
}
[[nodiscard]] inline bool is_whole_group(std::string_view name) {
    return !control::split_namespec(name).process;
}
[[nodiscard]] inline control::Done<control::MemberResults> then_emit(bool many, std::string out,
                                                                     ReplyDone done) {
    return [many, out = std::move(out),
            done = std::move(done)](control::Outcome<control::MemberResults> results) mutable {
        auto outcome = one_or_many(results, many, out);
        done(std::move(out), std::move(outcome));
    };
}

}  // namespace svd::http::rpc
