#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Metrics: what checkers say of them; and a real node_exporter that reads them
# and a real Prometheus that answers a query, both on loopback.
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
	for file in "$b" "$DATA/odd.txt"; do
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
	[[ $(series "$TMP/bounded") == $((7 * 4 + $(grep -c '^libshare_[a-z_]* ' "$TMP/bounded"))) ]]
	grep -qx "libshare_libraries_left_out $((83 - 7))" "$TMP/bounded"
}

ok 'the number of series is bounded' bounded

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
	start_servers
	libc=$("$TOP" --json --replay "$b" --filter 'libc.so.6' | jq '.libraries[0].saved')
	ok 'Prometheus has what the file says' query \
		'libshare_library_saved_bytes{path=~".*/libc.so.6"}' \
		".data.result[0].value[1] == \"$libc\""
	ok 'node_exporter found no error' query 'node_textfile_scrape_error' \
		'.data.result[0].value[1] == "0"'
	ok 'the library that wastes most' query \
		'topk(1, sum by (buildid) (libshare_library_cow_unique_bytes))' \
		'.data.result | length == 1'
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
	(($(wc -l <"$TMP/fleet.prom") == 1000 * n && n <= 4 * 100 + 20 && bytes < 200000))
	[[ $(sort -u "$TMP/fleet.prom" | wc -l) == $((1000 * n)) ]]
}

ok 'a fleet of 1,000 hosts' fleet
grep 'series and' "$TMP/out" | sed 's/^/# /'
done_testing
