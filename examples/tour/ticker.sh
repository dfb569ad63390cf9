#!/bin/sh
# Writes a numbered line ten times a second.
count=0
while :; do
    count=$((count + 1))
    echo "tick $count: a line to fill the log with, so that it rotates soon"
    sleep 0.1
done
