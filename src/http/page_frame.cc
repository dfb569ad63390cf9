#include "http/page_frame.h"

#include "base/version.h"
#include "http/html.h"

namespace svd::http {

// URLs are relative: the pages work under whatever path a proxy puts them.
void open_page(std::string& out, const PageFrame& frame) {
    write(out,
          "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n"
          "<link rel=\"stylesheet\" href=\"stylesheets/supervisor.css\">\n"
          "<link rel=\"icon\" type=\"image/png\" href=\"images/icon.png\">\n"
          "<script src=\"scripts/pages.js\" defer></script>\n</head>\n<body class=\"{}\">\n",
          Escaped{frame.title}, Escaped{frame.kind});
}

void close_page(std::string& out) {
    write(out,
          "<footer>svd {} &middot; <a href=\"mainlogtail\" target=\"_blank\" "
          "rel=\"noopener\">daemon log</a></footer>\n</body>\n</html>\n",
          Escaped{kVersion});
}

}  // namespace svd::http
