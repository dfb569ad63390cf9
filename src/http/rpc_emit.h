// Writes the big answers straight into XML text, in the layout of wire/xmlrpc.h, without a tree of
// values in between.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "control/views.h"

namespace svd::http {

void emit_text(std::string& out, std::string_view text);
void emit_int(std::string& out, std::int64_t number);  // clamped to 32 bits
void emit_double(std::string& out, double number);
void emit_bool(std::string& out, bool flag);

// Everything emitted between construction and destruction is inside.
class ArrayScope {
  public:
    explicit ArrayScope(std::string& out) : out_(out) { out_ += "<value><array><data>\n"; }
    ~ArrayScope() { out_ += "</data></array></value>\n"; }
    ArrayScope(const ArrayScope&) = delete;
    ArrayScope& operator=(const ArrayScope&) = delete;

  private:
    std::string& out_;
};

class StructScope {
  public:
    explicit StructScope(std::string& out) : out_(out) { out_ += "<value><struct>\n"; }
    ~StructScope() { out_ += "</struct></value>\n"; }
    StructScope(const StructScope&) = delete;
    StructScope& operator=(const StructScope&) = delete;

    // Names are constants of ours and not escaped.
    void text(std::string_view name, std::string_view value);
    void number(std::string_view name, std::int64_t value);
    void real(std::string_view name, double value);  // what may outgrow 32 bits
    void flag(std::string_view name, bool value);
    void numbers(std::string_view name, const std::vector<int>& values);
    // A member whose value `emit` writes.
    template <class Emit>
    void member(std::string_view name, Emit emit) {
        begin(name);
        emit();
        end();
    }

  private:
    void begin(std::string_view name);
    void end();

    std::string& out_;
};

void emit_process_fields(StructScope& fields, const control::ProcessInfo& info);
void emit_process_info(std::string& out, const control::ProcessInfo& info);
void emit_config_info(std::string& out, const control::ConfigInfo& info);
void emit_member_results(std::string& out, const std::vector<control::MemberResult>& results);
void emit_texts(std::string& out, const std::vector<std::string>& texts);
// The struct that stands for a failed call in multicall's answer.
void emit_fault_struct(std::string& out, const control::Fault& fault);

void begin_response(std::string& out);
void end_response(std::string& out);

}  // namespace svd::http
