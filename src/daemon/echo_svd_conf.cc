// echo_svd_conf: prints the sample configuration. Arguments are ignored, as echo_supervisord_conf
// does.
#include <cstdio>

#include "config/sample.h"

int main() {
    const std::string text = svd::config::sample_configuration();
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (written && std::fflush(stdout) == 0) return 0;
    std::perror("echo_svd_conf: standard output");
    return 1;
}
