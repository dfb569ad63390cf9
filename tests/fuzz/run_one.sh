#!/bin/bash
# run_one.sh SECONDS PATH/NAME_fuzz: replays tests/fuzz/corpus/NAME, then fuzzes on from it. What it
# finds new stays under build-fuzz/, the corpus of the project is only read. One line when all is well.
set -euo pipefail
seconds=$1
target=$2
name=$(basename "$target" _fuzz)
corpus=$(dirname "${BASH_SOURCE[0]}")/corpus/$name
work=build-fuzz/found/$name
log=build-fuzz/found/$name.log
mkdir -p "$work"

seeds=()
if [ -d "$corpus" ]; then seeds=("$corpus"); fi
options=(-seed=1 -rss_limit_mb=2048 -timeout=20 "-artifact_prefix=$work-")
bound=$((seconds + 120))
if timeout "$bound" "$target" "${options[@]}" -runs=0 "${seeds[@]}" </dev/null >"$log" 2>&1 &&
    timeout "$bound" "$target" "${options[@]}" "-max_total_time=$seconds" "$work" "${seeds[@]}" \
        </dev/null >>"$log" 2>&1; then
    printf '%-24s %s\n' "$name" "$(tail -n 1 "$log")"
else
    tail -n 80 "$log"
    printf '%-24s FAILED (inputs at %s-*)\n' "$name" "$work"
    exit 1
fi
