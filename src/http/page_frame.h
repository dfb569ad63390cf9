// What all pages have in common: head, header and footer.
#pragma once

#include <string>
#include <string_view>

namespace svd::http {

struct PageFrame {
    std::string_view title;
    std::string_view kind;  // "status", "tail" or "question": for the script and the style sheet
};

void open_page(std::string& out, const PageFrame& frame);
void close_page(std::string& out);

}  // namespace svd::http
