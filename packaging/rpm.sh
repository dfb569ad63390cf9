#!/bin/bash
# rpm.sh OUTDIR [RELEASE...]: builds the RPM packages and the source package into OUTDIR and prints their paths. With
# several RELEASEs the same compile is packed several times, for tests of upgrades. SVD_RPM_OPTIONS are more words for
# rpmbuild, such as --nocheck. On Fedora and its kin this is rpmbuild with packaging/rpm/svd.spec and nothing else.
# shellcheck source=packaging/common.sh
folder=$(mkdir -p "${1:?rpm.sh OUTDIR [RELEASE...]}" && cd "$1" && pwd)
. "$(dirname "$0")/common.sh"
shift
[ $# -gt 0 ] || set -- 1

SOURCE_DATE_EPOCH=$(project_epoch)
export SOURCE_DATE_EPOCH
top=$folder/rpmbuild
version=$(project_version)
log=$folder/rpm.log
rm -rf "$top"
mkdir -p "$top"/{SOURCES,SPECS,BUILD,RPMS,SRPMS}
packaging/source.sh "$top/SOURCES" >"$log"
cp systemd/svd.sysusers "$top/SOURCES/"
sed "s/^\(Version: *\).*/\1$version/" packaging/rpm/svd.spec >"$top/SPECS/svd.spec"

options=(--define "_topdir $top" --define "use_source_date_epoch_as_buildtime 1"
    --define "clamp_mtime_to_source_date_epoch 1" --define "_buildhost localhost")
read -r -a more <<<"${SVD_RPM_OPTIONS:-}"
options+=("${more[@]}")
if [ -n "${SVD_OPTIMISE:-}" ]; then options+=(--define "svd_optimise $SVD_OPTIMISE"); fi
if command -v dpkg-buildflags >/dev/null; then
    # Debian: macros of our own, no database to look for build dependencies in, and the compiler's options of its
    # packages, so that ccache has most objects of a build that made those.
    tree=$top/BUILD/svd-$version
    flags=$(cd / && export DEB_BUILD_MAINT_OPTIONS=hardening=+all &&
        dpkg-buildflags --get CXXFLAGS && dpkg-buildflags --get CPPFLAGS)
    flags=$(tr '\n' ' ' <<<"$flags" | sed "s,=/=\.,=$tree=.,; s/ *$//")
    options+=("--load=$PWD/packaging/rpm/debian.macros" --nodeps --define "optflags $flags"
        --define "_smp_mflags -j$(nproc)")
    use_ccache "$tree"
fi

build() { rpmbuild "${options[@]}" "$@" "$top/SPECS/svd.spec" >>"$log" 2>&1 || { tail -n 60 "$log" >&2; exit 1; }; }
build -ba --noclean --define "svd_release $1"
for release in "${@:2}"; do
    build -bb --noprep --noclean --nocheck --define "svd_release $release"
done
find "$top/RPMS" "$top/SRPMS" -name '*.rpm' -exec mv -t "$folder" {} +
rm -rf "$top"
find "$folder" -maxdepth 1 -name '*.rpm' | sort
