#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What recordings of real programs look like in each form: nothing changes
# unnoticed. That the figures are right is for 20-oracle.t.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

a=$DATA/workload-a.zst b=$DATA/workload-b.zst
crypto=/usr/lib/x86_64-linux-gnu/libcrypto.so.3

# Whatever the version is.
metrics() {
	"$TOP" --openmetrics "$@" | sed 's/version="[^"]*"/version="VERSION"/'
}

golden table.txt "$TOP" -b --replay "$a"
golden processes.txt "$TOP" -b --replay "$a" --view processes
golden sections.txt "$TOP" -b --replay "$b" --view sections --library "$crypto"
golden duplicates.txt "$TOP" -b --replay "$b" --view duplicates
golden twins.txt "$TOP" -b --replay "$DATA/twins.txt" --view duplicates
golden pages.txt "$TOP" -b --replay "$b" --view pages --library "$crypto"
golden histogram.txt "$TOP" -b --replay "$b" --view histogram --filter 'libc.so*'
golden cgroups.txt "$TOP" -b --replay "$DATA/cgroups.txt" --view cgroups
golden cgroups.json pretty --replay "$DATA/cgroups.txt" --view cgroups --cgroup /user.slice -o all
golden by-cgroup.txt "$TOP" -b --replay "$DATA/cgroups.txt" --by cgroup
golden mappings.txt "$TOP" -b --replay "$b" --view mappings --filter libz.so --bytes
golden filtered.json pretty --replay "$a" --filter '*ssl*' -o +buildid,flags
golden filtered.csv "$TOP" --csv --replay "$a" --filter '*ssl*' -o all
golden filtered.raw "$TOP" --raw --replay "$a" --filter ssl --noheadings
golden sorted.txt "$TOP" -b --replay "$a" -x path --reverse -o path,cow --filter python
golden empty.json pretty --replay "$a" --filter nothing-is-called-so
golden empty.txt "$TOP" -b --replay "$a" --filter nothing-is-called-so
golden diff.txt "$TOP" --diff "$a" "$b"
golden diff.json pretty --diff "$a" "$b" --filter python
golden diff-processes.txt "$TOP" --diff "$a" "$b" --view processes
golden diff-same.txt "$TOP" --diff "$a" "$a"
golden openmetrics.txt metrics --replay "$b" --max-series 5
golden odd.txt "$TOP" -b --replay "$DATA/odd.txt"
golden odd.json pretty --replay "$DATA/odd.txt" -o all
golden odd.csv "$TOP" --csv --replay "$DATA/odd.txt"
golden odd-metrics.txt metrics --replay "$DATA/odd.txt"
golden help.txt "$TOP" --help

done_testing
