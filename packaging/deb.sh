#!/bin/bash
# deb.sh OUTDIR [VERSION]: builds the Debian packages, and the source package with them, into OUTDIR and prints the
# path of its .changes. The same tree gives the same bytes, wherever it is built. A VERSION other than the project's
# is for tests of upgrades: the programs say it too. DEB_BUILD_OPTIONS=nocheck leaves the unit tests out;
# SVD_OPTIMISE is said to the compiler last, as in SVD_OPTIMISE='-O1 -g1' for a quick build.
# shellcheck source=packaging/common.sh
folder=$(mkdir -p "${1:?deb.sh OUTDIR [VERSION]}" && cd "$1" && pwd)
. "$(dirname "$0")/common.sh"

version=${2:-$(project_version)}
SOURCE_DATE_EPOCH=$(project_epoch)
export SOURCE_DATE_EPOCH
stage=$folder/stage
tree=$stage/svd-$version
log=$folder/deb.log

changelog() {
    cat <<END
svd ($version) unstable; urgency=medium

  * What changed is in /usr/share/doc/svd/changelog.gz.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $(date -R -d "@$SOURCE_DATE_EPOCH")
END
}

# A copy of the project in which packaging/debian/ is where Debian wants it.
rm -rf "$stage"
mkdir -p "$stage"
project_tar "svd-$version" | tar -x -C "$stage"
mv "$tree/packaging/debian" "$tree/debian"
changelog >"$tree/debian/changelog"
if [ "$version" != "$(project_version)" ]; then
    sed -i "s/^\(project(svd VERSION \)[^ ]*/\1$version/" "$tree/CMakeLists.txt"
    sed -i "s/\(kVersion = \"\).*\"/\1$version\"/" "$tree/src/base/version.cc"
fi

use_ccache "$tree"
if ! (cd "$tree" && dpkg-buildpackage --unsigned-source --unsigned-changes) >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    exit 1
fi
rm -rf "$tree"
mv "$stage"/* "$folder/"
rmdir "$stage"
echo "$folder/svd_${version}_$(dpkg --print-architecture).changes"
