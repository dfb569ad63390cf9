# shellcheck shell=bash
# What the scripts of this folder share: . "$(dirname "$0")/common.sh"; afterwards we are in the project's folder.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC
cd "$(dirname "${BASH_SOURCE[0]}")/.."

project_git() { git -c safe.directory="$PWD" "$@"; }
# A tarball may be unpacked somewhere inside another project.
in_git() { [ -e .git ] && project_git rev-parse --git-dir >/dev/null 2>&1; }

# The one place where a version is written down is CMakeLists.txt.
project_version() { sed -n 's/^project(svd VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt; }

# When the project changed last, in seconds since 1970: what files in packages are dated with. In an unpacked
# tarball every file has that date.
project_epoch() {
    if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
        echo "$SOURCE_DATE_EPOCH"
    elif in_git; then
        project_git log -1 --format=%ct
    else
        stat -c %Y CMakeLists.txt
    fi
}

# Every file of the project, ended by NUL, in one order: what git knows of, as it is on disk now.
project_tree() {
    if in_git; then
        project_git ls-files -z | while IFS= read -r -d '' file; do
            if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
        done
    else
        find . -path './build*' -prune -o -path ./.git -prune -o -name __pycache__ -prune -o \
            ! -type d -printf '%P\0'
    fi | sort -z
}

# project_tar NAME: the tree as a tar archive below NAME/, the same bytes for the same tree.
project_tar() {
    project_tree | tar --create --null --no-recursion --verbatim-files-from --files-from=- --format=gnu \
        --owner=root:0 --group=root:0 --mtime="@$(project_epoch)" --mode=u=rwX,go=rX --transform="flags=rSh;s,^,$1/,"
}

# use_ccache TREE: where there is ccache, cmake takes it for a build in TREE. Objects of another folder serve as
# well, as long as the compiler is told to keep paths out of them (-ffile-prefix-map), and whatever language it speaks:
# debhelper and rpmbuild have different ones.
use_ccache() {
    command -v ccache >/dev/null || return 0
    CCACHE_DIR=$(ccache --get-config cache_dir) # package builds have a home of their own
    export CCACHE_DIR CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=locale CMAKE_CXX_COMPILER_LAUNCHER=ccache
}
