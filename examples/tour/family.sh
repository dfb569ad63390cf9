#!/bin/sh
# Starts three descendants, each in a session of its own and soon an orphan, and writes their pids.
if [ $# -eq 1 ]; then
    echo $$ >>"$FAMILY_PIDS"
    echo "descendant $1 is $$"
    exec sleep 3600
fi
: >"$FAMILY_PIDS"
for name in one two three; do
    (setsid "$0" "$name" &)
done
exec sleep 3600
