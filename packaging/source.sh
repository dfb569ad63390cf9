#!/bin/bash
# source.sh OUTDIR: writes OUTDIR/svd-VERSION.tar.xz and prints its path. It builds without git and without a
# network; the same tree gives the same bytes. What git knows of goes in, as it is on disk now.
# shellcheck source=packaging/common.sh
folder=$(mkdir -p "${1:?source.sh OUTDIR}" && cd "$1" && pwd)
. "$(dirname "$0")/common.sh"

name=svd-$(project_version)
archive=$folder/$name.tar.xz
part=$(mktemp "$archive.XXXXXX")
trap 'rm -f "$part"' EXIT
project_tar "$name" | xz -6 --threads=1 >"$part"
chmod 644 "$part"
mv "$part" "$archive"
echo "$archive"
