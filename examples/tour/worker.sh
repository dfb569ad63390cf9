#!/bin/sh
# A service that does nothing well: it runs until it is told to stop, and says so.
trap 'echo "worker $$: stopping"; kill $!; exit 0' TERM
echo "worker $$: started"
while :; do
    sleep 3600 &
    wait $!
done
