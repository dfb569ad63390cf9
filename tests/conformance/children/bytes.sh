#!/bin/sh
# Bytes that are not UTF-8, a control byte, and a two-byte character near the end.
printf 'bad \377\376 control \001 escape \033[31m zwei \303\244 end'
