#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Metrics: what checkers say of them, which series there are, and what is written when a
# scan fails; and a real node_exporter that reads them and a real Prometheus that answers
# a query, both on loopback.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

b=$DATA/workload-b.zst
collector=$TMP/collector
mkdir "$collector"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT

metrics() {
	"$TOP" --openmetrics --replay "$b" --output "$collector/libshare.prom"
}

ok 'they are written' metrics
ok 'nothing else is left there' bash -c "[[ \$(ls '$collector') == libshare.prom ]]"
ok 'others may read them' bash -c "[[ \$(stat -c %a '$collector/libshare.prom') == 644 ]]"

if command -v promtool >/dev/null; then
	for file in "$b" "$DATA/odd.txt" "$DATA/btrfs-three-snapshots.zst"; do
		ok "promtool has nothing to say about $(basename "$file")" bash -c "
			out=\$('$TOP' --openmetrics --replay '$file' | promtool check metrics 2>&1) &&
			[[ ! \$out ]] || { echo \"\$out\"; exit 1; }"
	done
else
	skip 'promtool has nothing to say' 'there is no promtool'
fi

strict() {
	"$TOP" --openmetrics --replay "$1" >"$TMP/metrics"
	"$PYTHON" -c '
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(open(sys.argv[1]).read()))
assert len(families) > 10
for family in families:
    assert family.documentation and family.samples, family.name
    assert not family.name.endswith("_bytes") or family.unit == "bytes", family.name
    for sample in family.samples:
        assert family.type == "counter" or not sample.name.endswith("_total"), sample.name
' "$TMP/metrics"
}

if "$PYTHON" -c 'import prometheus_client.openmetrics' 2>/dev/null; then
	ok 'a strict parser of OpenMetrics takes them' strict "$b"
	ok 'and those of odd names' strict "$DATA/odd.txt"
else
	skip 'a strict parser of OpenMetrics takes them' 'there is no prometheus_client'
fi

# series FILE: how many samples there are.
series() {
	grep -vc '^#' "$1"
}

bounded() {
	"$TOP" --openmetrics --replay "$b" --max-series 7 >"$TMP/bounded"
	[[ $(grep -c '^libshare_library_' "$TMP/bounded") == $((7 * 5)) ]]
	(($(grep -vcE '^(#|libshare_library_)' "$TMP/bounded") <= 20))
	grep -qx "libshare_libraries_left_out $((83 - 7))" "$TMP/bounded"
}

ok 'the number of series is bounded' bounded

says_when() {
	local ns

	metrics
	ns=$("$TOP" --json --replay "$b" | jq -r .time_ns)
	grep -qx 'libshare_up 1' "$collector/libshare.prom" &&
		grep -qx "libshare_scan_timestamp_seconds ${ns::-9}.${ns: -9}" "$collector/libshare.prom" &&
		grep -qx "libshare_build_info{version=\"$("$TOP" --version | cut -d' ' -f2)\",source=\"module\"} 1" \
			"$collector/libshare.prom"
}

ok 'they say that the scan worked, when, and what scanned' says_when

# A snapshot from an older module has no time: one would be invented.
ok 'no time where none is known' bash -c "
	zstd -dcq '$b' | sed 's/ time_ns=[0-9]*//' | '$TOP' --openmetrics --replay - >'$TMP/metrics' &&
	grep -qx 'libshare_up 1' '$TMP/metrics' && ! grep timestamp '$TMP/metrics'"

# names FILE [OPTION...]: the series of a recording, without their values.
names() {
	"$TOP" --openmetrics --replay "$@" | grep -v '^#' | sed 's/ [0-9.]*$//' | sort
}

ok 'values are labelled with the path, and what tells paths apart' bash -c "
	! grep -E '^libshare_library_' '$collector/libshare.prom' | grep -v '^libshare_library_info{' |
		grep -vE '^[a-z_]+\{path=\"[^\"]*\"(,nth=\"[0-9]+\")?\} [0-9]+\$'"

# Files that only the number of the library tells apart.
snapshots() {
	local file=$DATA/btrfs-three-snapshots.zst

	names "$file" >"$TMP/names"
	[[ $(grep -c '^libshare_library_' "$TMP/names") == $((5 * $("$TOP" --json --replay "$file" |
		jq '.libraries | length'))) ]]
	[[ ! $(uniq -d "$TMP/names") ]]
	grep -F 'libshare_library_mapped_bytes{path="/usr/lib/libapp.so"' "$TMP/names" | diff - <(
		for nth in '' ',nth="2"' ',nth="3"'; do
			echo "libshare_library_mapped_bytes{path=\"/usr/lib/libapp.so\"$nth}"
		done | sort)
	# The number is that of the file, whichever files have series.
	for max in 1 2 5 20; do
		[[ ! $(comm -23 <(names "$file" --max-series "$max") "$TMP/names") ]] || return
	done
}

ok 'three files with one path, device, inode and build ID' snapshots

# An upgrade replaces a file: the old one stays mapped, deleted, with a path of its own.
upgrade() {
	local head='# libshare 1 libraries generation=1 page_size=4096 skipped=0'
	local columns='lib dev ino kind flags procs maps size cached mapped shared rss saved cow cow_unique swap ksm mapcount_max pagetables buildid path'
	local numbers='8192 8192 8192 8192 16384 8192 0 0 0 0 2 4096'

	{
		printf '%s\n%s\n' "$head" "$columns"
		echo "1 8:1 11 lib - 2 4 $numbers aa /lib/libx.so"
	} | sed '1!y/ /\t/' >"$TMP/before"
	{
		printf '%s\n%s\n' "$head" "$columns"
		echo "1 8:1 11 lib d 1 4 $numbers aa /lib/libx.so"
		echo "2 8:1 12 lib - 7 4 $numbers bb /lib/libx.so"
	} | sed '1!y/ /\t/' >"$TMP/after"
	names "$TMP/before" >"$TMP/names.before"
	names "$TMP/after" >"$TMP/names.after"
	comm -23 "$TMP/names.before" "$TMP/names.after" >"$TMP/gone"
	# What went is the info of the old file, which has another name now.
	diff "$TMP/gone" <(echo 'libshare_library_info{path="/lib/libx.so",dev="8:1",ino="11",buildid="aa"}')
	grep -qx 'libshare_library_info{path="/lib/libx.so",dev="8:1",ino="12",buildid="bb"}' "$TMP/names.after"
	grep -qx 'libshare_library_info{path="/lib/libx.so",nth="2",dev="8:1",ino="11",buildid="aa"}' \
		"$TMP/names.after"
	"$TOP" --openmetrics --replay "$TMP/after" |
		grep -qx 'libshare_library_processes{path="/lib/libx.so"} 7'
}

ok 'series go on when a file is replaced' upgrade

# Two containers of a pod, and a process in none; the module prints control groups in a
# file of their own.
mkdir "$TMP/module"
id=$(printf '%064d' 7) other=$(printf '%064d' 8)
libraries() {
	printf '# libshare 1 %s generation=1 page_size=4096 time_ns=5 skipped=0\n' libraries
	printf '%s\n' 'lib dev ino kind flags procs maps size cached mapped shared rss saved cow cow_unique swap ksm mapcount_max pagetables buildid path' \
		'1 8:1 11 lib - 3 4 65536 65536 65536 8192 8192 8192 0 0 0 0 2 4096 aa /lib/libx.so' \
		'2 8:1 12 lib - 3 4 65536 65536 65536 8192 8192 8192 0 0 0 0 2 4096 bb /lib/liby.so' | tr ' ' '\t'
}
cgroups() {
	printf '# libshare 1 %s generation=1 page_size=4096 time_ns=5 skipped=0\n' cgroups
	printf '%s\n' 'lib dev ino procs rss mapped charged lent borrowed idle private cow cow_unique swap pss cgroup path' \
		"1 8:1 11 1 8192 8192 4096 0 4096 0 1 0 0 0 0 /kubepods/pod1/$id /lib/libx.so" \
		"2 8:1 12 1 8192 8192 32768 8192 0 16384 2 0 0 0 0 /kubepods/pod1/$id /lib/liby.so" \
		"2 8:1 12 0 0 0 16384 0 0 16384 0 0 0 0 0 /kubepods/pod1/$other /lib/liby.so" \
		"1 8:1 11 2 8192 8192 4096 0 4096 0 1 0 0 0 0 /system.slice/cron.service /lib/libx.so" | tr ' ' '\t'
}
names_of() {
	printf '# libshare 1 %s generation=1 page_size=4096 time_ns=5 skipped=0\n' names
	printf '%s\n' 'kind key namespace pod name' "container $id shop cart app" \
		"container $other shop cart app" | tr ' ' '\t'
}
# A process of the other container, to choose that by.
processes() {
	printf '# libshare 1 %s generation=1 page_size=4096 time_ns=5 skipped=0\n' processes
	printf '%s\n' 'pid uid libs maps rss pss private cow swap pagetables cgroup comm' \
		"5 0 1 1 0 0 0 0 0 4096 /kubepods/pod1/$other app" | tr ' ' '\t'
	printf '# libshare 1 %s generation=1 page_size=4096 time_ns=5 skipped=0\n' mappings
	printf '%s\n' 'pid lib dev ino start end offset perms segment rss shared cow cow_shared swap ksm pss path' \
		'5 2 8:1 12 7f0000000000 7f0000100000 0 r-xp text 0 0 0 0 0 0 0 /lib/liby.so' | tr ' ' '\t'
}
libraries >"$TMP/module/libraries"
printf 'scan_ns 1\n' >"$TMP/module/stats"
{ libraries; processes; cgroups; names_of; } >"$TMP/named"

# containers OPTION...: what is said of containers.
containers() {
	"$TOP" --openmetrics "$@" | grep '^libshare_container'
}

named() {
	local app='container="app",namespace="shop",pod="cart"'

	containers --replay "$TMP/named" >"$TMP/containers"
	diff "$TMP/containers" - <<-END
		libshare_container_info{$app,engine="kubernetes",id="$id"} 1
		libshare_container_info{$app,nth="2",engine="kubernetes",id="$other"} 1
		libshare_container_charged_bytes{$app} 36864
		libshare_container_charged_bytes{$app,nth="2"} 16384
		libshare_container_lent_bytes{$app} 8192
		libshare_container_lent_bytes{$app,nth="2"} 0
		libshare_container_idle_bytes{$app} 16384
		libshare_container_idle_bytes{$app,nth="2"} 16384
		libshare_container_mapped_bytes{$app} 16384
		libshare_container_mapped_bytes{$app,nth="2"} 0
		libshare_container_borrowed_bytes{$app} 4096
		libshare_container_borrowed_bytes{$app,nth="2"} 0
		libshare_container_private_bytes{$app} 3
		libshare_container_private_bytes{$app,nth="2"} 0
		libshare_container_cow_unique_bytes{$app} 0
		libshare_container_cow_unique_bytes{$app,nth="2"} 0
		libshare_containers_left_out 0
	END
}

ok 'containers have the labels of cAdvisor, and are numbered where these repeat' named
ok 'they are limited as libraries are' bash -c "
	'$TOP' --openmetrics --replay '$TMP/named' --max-series 1 >'$TMP/metrics' &&
	[[ \$(grep -c '^libshare_container_' '$TMP/metrics') == 8 ]] &&
	grep -qx 'libshare_containers_left_out 1' '$TMP/metrics'"
ok 'some control groups, some containers' bash -c "
	[[ \$('$TOP' --openmetrics --replay '$TMP/named' --cgroup '/kubepods/pod1/$other' 2>/dev/null |
		grep '^libshare_container_charged') == *' 16384' ]]"
ok 'a module that has no control groups' bash -c "
	'$TOP' --openmetrics --directory '$TMP/module' >'$TMP/metrics' &&
	grep -qx 'libshare_up 1' '$TMP/metrics' && ! grep container '$TMP/metrics'"
cgroups >"$TMP/module/cgroups"
ok 'a module that has them; without a name, it is the id' bash -c "
	'$TOP' --openmetrics --directory '$TMP/module' |
		grep -qxF 'libshare_container_charged_bytes{container=\"${id::12}\"} 36864'"
echo 'not a table' >"$TMP/module/cgroups"
ok 'control groups that cannot be read are a scan that failed' bash -c "
	! '$TOP' --openmetrics --directory '$TMP/module' >'$TMP/metrics' 2>/dev/null &&
	grep -qx 'libshare_up 0' '$TMP/metrics' && ! grep -q libshare_saved '$TMP/metrics'"

# values_of RECORDING KIND: what metrics say of groups, as "METRIC GROUP VALUE".
values_of() {
	"$TOP" --openmetrics --replay "$1" --by "$2" >"$TMP/groups"
	sed -n "s/^libshare_$2_\\(.*\\)_bytes{$2=\"\\(.*\\)\"} \\([0-9]*\\)\$/\\1 \\2 \\3/p" "$TMP/groups" |
		sed 's/\\\\/\\/g' | sort
}

# by_kind KIND METRIC...: these metrics of groups are the columns of --by.
by_kind() {
	local kind=$1 recording metric

	for recording in "$DATA/cgroups.txt" "$DATA/workload-b.zst"; do
		[[ $kind != cgroup || $recording == *cgroups.txt ]] || continue
		for metric in "${@:2}"; do
			"$TOP" --json --replay "$recording" --by "$kind" -o all |
				jq -r ".groups[:-1][] | select(.$kind != \"-\" and .$metric != null) |
					\"$metric \\(.$kind) \\(.$metric)\""
		done | sort >"$TMP/columns"
		values_of "$recording" "$kind" | diff "$TMP/columns" - || return
		grep -qx "libshare_${kind}s_left_out 0" "$TMP/groups" || return
		[[ $kind == container ]] || ! grep libshare_container "$TMP/groups" || return
		! command -v promtool || promtool check metrics <"$TMP/groups" || return
	done
	# Each kind has some, but for containers and packages, which have names here in neither.
	[[ -s $TMP/columns || $kind == container || $kind == package || $kind == service ]]
}

charges=(charged lent idle mapped borrowed private cow_unique)
for kind in cgroup service; do
	ok "--by $kind: metrics of these" by_kind "$kind" "${charges[@]}"
done
for kind in user program; do
	ok "--by $kind: metrics of these" by_kind "$kind" mapped private cow_unique pss
done
ok '--by package: metrics of these' by_kind package saved mapped cow_unique
{
	zstd -dcq "$DATA/workload-b.zst"
	zstd -dcq "$DATA/workload-b.zst" | sed -n '1 s/libraries/names/p'
	printf 'kind\tkey\tnamespace\tpod\tname\npackage\t1\t-\t-\tlibc6:amd64\n'
} >"$TMP/packaged"
ok 'a package is its libraries' bash -c "
	[[ \$('$TOP' --openmetrics --replay '$TMP/packaged' --by package | grep '^libshare_package_saved') == \
	'libshare_package_saved_bytes{package=\"libc6:amd64\"} '\$('$TOP' --json --replay '$TMP/packaged' -o lib,saved |
		jq '.libraries[] | select(.lib == 1).saved') ]]"
ok 'as many groups as libraries' bash -c "
	'$TOP' --openmetrics --replay '$DATA/workload-b.zst' --by program --max-series 2 >'$TMP/groups' &&
	[[ \$(grep -c '^libshare_program_pss' '$TMP/groups') == 2 ]] &&
	! grep -qx 'libshare_programs_left_out 0' '$TMP/groups'"
ok 'of a user: only its processes' bash -c "
	[[ \$('$TOP' --openmetrics --replay '$DATA/workload-b.zst' --by user --user 105 |
		grep -c '^libshare_user_pss') == 1 ]]"

# is_down FILE: it has no number but that there are none.
is_down() {
	diff <(grep -v '^#' "$1" | sed 's/version="[^"]*"/version=""/') - <<-'END' && tail -n 1 "$1" | grep -qx '# EOF'
		libshare_up 0
		libshare_build_info{version=""} 1
	END
}

# goes_down PATTERN OPTION...: over old numbers, a scan with these options that fails.
goes_down() {
	local status=0 pattern=$1

	shift
	metrics
	grep -q '^libshare_saved_bytes' "$collector/libshare.prom"
	"$TOP" --openmetrics --output "$collector/libshare.prom" "$@" 2>"$TMP/said" || status=$?
	cat "$TMP/said" "$collector/libshare.prom"
	((status == 2)) && grep -qE -- "$pattern" "$TMP/said" && [[ $(wc -l <"$TMP/said") == 1 ]] &&
		is_down "$collector/libshare.prom" && [[ $(ls "$collector") == libshare.prom ]]
}

mkdir "$TMP/empty"
zstd -dcq "$b" | sed -n '1,39p; 40s/\t.*//p' >"$TMP/cut"
"$PYTHON" "$HERE/src/bomb.py" mappings 20000 >"$TMP/many"
ok 'without the module, they say so' goes_down 'libshare' --source module --directory "$TMP/empty"
ok 'so does a broken table' goes_down "$TMP/cut" --replay "$TMP/cut"
ok 'and what takes too much memory' goes_down '--memory-max' --replay "$TMP/many" --memory-max 1
ok 'others may read that' bash -c "[[ \$(stat -c %a '$collector/libshare.prom') == 644 ]]"
if command -v promtool >/dev/null; then
	ok 'promtool has nothing to say about it' bash -c "
		out=\$(promtool check metrics <'$collector/libshare.prom' 2>&1) && [[ ! \$out ]] || { echo \"\$out\"; exit 1; }"
else
	skip 'promtool has nothing to say about it' 'there is no promtool'
fi
ok 'on standard output too' bash -c "
	! '$TOP' --openmetrics --source module --directory '$TMP/empty' >'$TMP/stdout' 2>/dev/null &&
	diff '$TMP/stdout' '$collector/libshare.prom'"

# What a service does for a reader that was killed.
put_down() {
	metrics
	"$TOP" --openmetrics --down --output "$collector/libshare.prom" && is_down "$collector/libshare.prom"
}

ok '--down says so without a scan' put_down
ok 'to a pipe too' bash -c "'$TOP' --openmetrics --down | diff - '$collector/libshare.prom'"
ok '--down is for metrics' fails 2 '--down does not apply to a table' "$TOP" --down
ok 'it takes no filter' fails 2 '--pid does not apply to --down' "$TOP" --openmetrics --down --pid 1
ok 'a missing folder: what to do' fails 2 'cannot write .*: No such file.*make its folder.*LIBSHARE_TEXTFILE_DIR' \
	"$TOP" --openmetrics --replay "$b" --output "$TMP/missing/libshare.prom"
ok 'the same for --down' fails 2 'make its folder' \
	"$TOP" --openmetrics --down --output "$TMP/missing/libshare.prom"

# A free port of this machine's loopback.
port() {
	"$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_servers() {
	exporter=$(port) prometheus=$(port)
	cat >"$TMP/prometheus.yml" <<-END
		global: { scrape_interval: 1s }
		scrape_configs:
		  - job_name: node
		    static_configs: [ { targets: [ "127.0.0.1:$exporter" ] } ]
	END
	prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$collector" --web.listen-address="127.0.0.1:$exporter" \
		>"$TMP/exporter.log" 2>&1 &
	pids+=($!)
	prometheus --config.file="$TMP/prometheus.yml" --storage.tsdb.path="$TMP/tsdb" \
		--web.listen-address="127.0.0.1:$prometheus" >"$TMP/prometheus.log" 2>&1 &
	pids+=($!)
}

# query PROMQL JQ: whether jq's filter JQ is true of Prometheus's answer, in time.
query() {
	local try

	for ((try = 0; try < 60; try++)); do
		! "$PYTHON" -c '
import sys, urllib.parse, urllib.request
print(urllib.request.urlopen("http://127.0.0.1:%s/api/v1/query?%s" % (sys.argv[1],
      urllib.parse.urlencode({"query": sys.argv[2]})), timeout=5).read().decode())' \
			"$prometheus" "$1" >"$TMP/answer" 2>/dev/null ||
			! jq -e "$2" "$TMP/answer" >/dev/null || return 0
		sleep 0.5
	done
	cat "$TMP/answer" "$TMP/exporter.log" "$TMP/prometheus.log"
	return 1
}

if command -v prometheus prometheus-node-exporter >/dev/null; then
	metrics
	start_servers
	libc=$("$TOP" --json --replay "$b" --filter 'libc.so.6' | jq '.libraries[0].saved')
	ok 'Prometheus has what the file says' query \
		'libshare_library_saved_bytes{path=~".*/libc.so.6"}' \
		".data.result[0].value[1] == \"$libc\""
	ok 'node_exporter found no error' query 'node_textfile_scrape_error' \
		'.data.result[0].value[1] == "0"'
	ok 'the library that wastes most' query \
		'topk(1, sum by (buildid) (libshare_library_cow_unique_bytes
			* on (instance, job, path, nth) group_left (buildid) libshare_library_info))' \
		'.data.result | length == 1 and (.[0].metric.buildid | length == 40)'
	"$TOP" --openmetrics --source module --directory "$TMP/empty" \
		--output "$collector/libshare.prom" 2>/dev/null || true
	ok 'when the module is gone, Prometheus knows' query 'libshare_up' \
		'.data.result[0].value[1] == "0"'
	ok 'and has no old numbers' query '{__name__=~"libshare_.*bytes"}' '.data.result == []'
	kill "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null || true
	pids=()
else
	skip 'Prometheus has what the file says' 'there is no Prometheus'
fi

# A fleet: what it costs is arithmetic on what one host writes.
fleet() {
	local bytes n

	metrics
	n=$(series "$collector/libshare.prom") bytes=$(stat -c %s "$collector/libshare.prom")
	"$PYTHON" - "$collector/libshare.prom" "$TMP/fleet.prom" <<-'END'
		import sys
		lines = [line for line in open(sys.argv[1]) if not line.startswith("#")]
		with open(sys.argv[2], "w") as out:
		    for host in range(1000):
		        for line in lines:
		            name, value = line.rstrip("\n").rsplit(" ", 1)
		            label = 'instance="host%03d"' % host
		            name = name[:-1] + "," + label + "}" if name.endswith("}") else "%s{%s}" % (name, label)
		            out.write("%s %s\n" % (name, value))
	END
	echo "$n series and $bytes bytes a host; $(wc -l <"$TMP/fleet.prom") series and" \
		"$(stat -c %s "$TMP/fleet.prom") bytes for 1,000 hosts"
	(($(wc -l <"$TMP/fleet.prom") == 1000 * n && n <= 5 * 100 + 20 && bytes < 200000))
	[[ $(sort -u "$TMP/fleet.prom" | wc -l) == $((1000 * n)) ]]
}

ok 'a fleet of 1,000 hosts' fleet
grep 'series and' "$TMP/out" | sed 's/^/# /'
done_testing
