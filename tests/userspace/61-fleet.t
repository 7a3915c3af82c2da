#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Many hosts: a real Prometheus scrapes 24 of them, simulated, and answers all queries of
# the dashboard, the rules and docs/metrics.md; promtool checks and tests the rules; the
# example for Kubernetes is parsed, and its command runs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

docs=$HERE/../../docs
rules=$docs/fleet/libshare.rules.yml
dashboard=$docs/fleet/dashboard.json
manifest=$docs/fleet/kubernetes.yaml
page=$docs/metrics.md
hosts=$TMP/hosts
mkdir "$hosts"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT

fleet() {
	"$PYTHON" "$HERE/src/fleet.py" "$@"
}

# write_metrics: what each host writes; one of them has nothing, another one no scan.
write_metrics() {
	local host status

	for host in "$hosts"/*.txt; do
		status=0
		"$RELEASE" --openmetrics --replay "$host" --output "${host%.txt}.prom" || status=$?
		[[ $status == 0 || $(tail -n 1 "$host") == 'not a table' ]] || return
	done
	: >"$hosts/host23.prom"
	[[ $(find "$hosts" -name '*.prom' | wc -l) == 24 ]] &&
		[[ $(grep -lx 'libshare_up 1' "$hosts"/*.prom | wc -l) == 22 ]]
}

for recording in workload-a workload-b btrfs-three-snapshots; do
	zstd -dcq "$DATA/$recording.zst" >"$TMP/$recording"
done
fleet make "$hosts" "$TMP"/{workload-a,workload-b,btrfs-three-snapshots}
ok '24 hosts write their metrics' write_metrics

# blocks LANGUAGE: the blocks of docs/metrics.md in that language, each on a line.
blocks() {
	awk -v start="\`\`\`$1" '
		$0 == start { on = 1; text = ""; next }
		on && $0 == "```" { on = 0; print text; next }
		on { sub(/^[ \t]+/, " "); text = text $0 }' "$page"
}

# queries: all of them, a line each, as Grafana asks for all hosts.
queries() {
	{
		jq -r '.. | objects | select(has("expr")) | .expr' "$dashboard"
		blocks promql
	} | sed 's/[$]instance/.*/g'
}

queries >"$TMP/queries"
ok 'there are queries' bash -c "(( \$(wc -l <'$TMP/queries') > 25 )) && ! grep -F '\$' '$TMP/queries'"

# What Grafana reads without a complaint: all panels have a place of their own and a
# query, and nothing names a data source of one machine.
panels() {
	jq -e '
		def cells: .gridPos | [range(.x; .x + .w) as $x | range(.y; .y + .h) as $y | [$x, $y]];
		(.panels | map(cells) | add | length == (unique | length)) and
		([.panels[].id] | length == (unique | length)) and
		all(.panels[]; .title != "" and .gridPos.x + .gridPos.w <= 24) and
		all(.panels[] | select(.type != "row"); (.targets | length > 0) and
			.datasource.uid == "${datasource}" and all(.targets[]; .datasource.uid == "${datasource}")) and
		([.templating.list[].name] == ["datasource", "instance"]) and has("id") == false' "$dashboard"
}

ok 'the dashboard is a dashboard' panels

# Each metric that a host writes is explained.
explained() {
	local name missing=0

	while read -r name; do
		grep -qF "\`$name\`" "$page" || { echo "docs/metrics.md: no $name"; missing=1; }
	done < <(grep -hoE '^libshare_[a-z_]+' "$hosts"/*.prom | sort -u)
	return "$missing"
}

ok 'the page explains each metric' explained

# check_manifest: Kubernetes would refuse, or the text above it would be wrong, otherwise.
check_manifest() {
	"$PYTHON" - "$manifest" <<-'END'
		import sys, yaml
		documents = list(yaml.safe_load_all(open(sys.argv[1])))
		assert [d["kind"] for d in documents] == ["Namespace", "DaemonSet"], documents
		space, daemons = documents
		assert (space["apiVersion"], daemons["apiVersion"]) == ("v1", "apps/v1")
		assert daemons["metadata"]["namespace"] == space["metadata"]["name"]
		spec, template = daemons["spec"], daemons["spec"]["template"]
		assert set(spec) == {"selector", "template"}
		wanted = spec["selector"]["matchLabels"]
		assert wanted and wanted.items() <= template["metadata"]["labels"].items()
		pod = template["spec"]
		assert set(pod) == {"automountServiceAccountToken", "tolerations", "containers", "volumes"}
		volumes = {v["name"]: v for v in pod["volumes"]}
		used = set()
		for container in pod["containers"]:
		    assert set(container) <= {"name", "image", "command", "args", "env", "ports", "resources",
		                              "securityContext", "readinessProbe", "volumeMounts"}, container
		    assert ":" in container["image"], "no version"
		    context = container["securityContext"]
		    assert context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"]
		    assert context["capabilities"]["drop"] == ["ALL"] and not context.get("privileged")
		    assert "memory" in container["resources"]["limits"]
		    for mount in container["volumeMounts"]:
		        used.add(mount["name"])
		        # What is the host's is read-only.
		        assert "hostPath" not in volumes[mount["name"]] or mount["readOnly"] is True
		assert used == set(volumes), used
		reader, exporter = pod["containers"]
		assert reader["securityContext"]["capabilities"]["add"] == ["SYS_PTRACE"]
		assert "add" not in exporter["securityContext"]["capabilities"]
		place, = [m["mountPath"] for m in reader["volumeMounts"] if m["name"] == "metrics"]
		assert {"name": "METRICS", "value": place} in reader["env"]
		place, = [m["mountPath"] for m in exporter["volumeMounts"] if m["name"] == "metrics"]
		assert "--collector.textfile.directory=" + place in exporter["args"]
		port, = exporter["ports"]
		assert "--web.listen-address=:%d" % port["containerPort"] in exporter["args"]
		assert exporter["readinessProbe"]["httpGet"]["port"] == port["name"]
		assert exporter["readinessProbe"]["httpGet"]["path"] == "/metrics"
	END
}

# of_manifest CONTAINER WHAT: a list of it, a line each.
of_manifest() {
	"$PYTHON" -c '
import sys, yaml
daemons = list(yaml.safe_load_all(open(sys.argv[1])))[1]
found, = [c for c in daemons["spec"]["template"]["spec"]["containers"] if c["name"] == sys.argv[2]]
print(found[sys.argv[3]][int(sys.argv[4])] if len(sys.argv) > 4 else "\n".join(found[sys.argv[3]]))' \
		"$manifest" "$@"
}

# The reader of the manifest, where there is no module; then with what stands for one.
run_manifest() {
	local script try

	script=$(of_manifest reader command 2)
	mkdir "$TMP/bin" "$TMP/pod"
	# --down takes no directory, which only the test gives.
	cat >"$TMP/bin/libshare-top" <<-END
		#!/bin/sh
		case "\$*" in
		*--down*) exec "$RELEASE" "\$@" ;;
		*) exec "$RELEASE" "\$@" --directory "$TMP/debug" ;;
		esac
	END
	chmod +x "$TMP/bin/libshare-top"
	PATH=$TMP/bin:$PATH METRICS=$TMP/pod timeout 2 /bin/sh -c "$script" || [[ $? == 124 ]]
	grep -qx 'libshare_up 0' "$TMP/pod/libshare.prom"
	mkdir "$TMP/debug"
	cp "$hosts/host00.txt" "$TMP/debug/libraries"
	PATH=$TMP/bin:$PATH METRICS=$TMP/pod timeout 2 /bin/sh -c "$script" || [[ $? == 124 ]]
	grep -qx 'libshare_up 1' "$TMP/pod/libshare.prom"
}

if "$PYTHON" -c 'import yaml' 2>/dev/null; then
	ok 'the example for Kubernetes is whole' check_manifest
	ok 'its reader writes, with a module and without' run_manifest
else
	skip 'the example for Kubernetes is whole' 'there is no python3-yaml'
	skip 'its reader writes, with a module and without' 'there is no python3-yaml'
fi

port() {
	"$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_prometheus: with what the hosts said a day ago, and rules that need not wait.
start_prometheus() {
	local exporter host

	exporter=$(port) prometheus=$(port)
	fleet yesterday "$hosts" >"$TMP/yesterday"
	promtool tsdb create-blocks-from openmetrics --quiet "$TMP/yesterday" "$TMP/tsdb" >"$TMP/blocks" 2>&1 ||
		{ cat "$TMP/blocks"; return 1; }
	sed 's/interval: 1m/interval: 1s/' "$rules" >"$TMP/rules.yml"
	{
		echo 'global: { scrape_interval: 2s, evaluation_interval: 1s }'
		echo 'rule_files: [ rules.yml ]'
		echo 'scrape_configs:'
		echo '  - job_name: node'
		echo '    static_configs:'
		for host in "$hosts"/*.prom; do
			host=$(basename "$host" .prom)
			echo "      - targets: [ '127.0.0.1:$exporter' ]"
			echo "        labels: { instance: $host, __metrics_path__: /$host }"
		done
	} >"$TMP/prometheus.yml"
	fleet serve "$hosts" "$exporter" >"$TMP/exporter.log" 2>&1 &
	pids+=($!)
	prometheus --config.file="$TMP/prometheus.yml" --storage.tsdb.path="$TMP/tsdb" \
		--web.listen-address="127.0.0.1:$prometheus" >"$TMP/prometheus.log" 2>&1 &
	pids+=($!)
}

# answers QUERY...: on standard input or as arguments, all have an answer.
answers() {
	if (($#)); then printf '%s\n' "$@"; else cat; fi |
		fleet ask "$prometheus" || { tail -n 5 "$TMP/prometheus.log"; return 1; }
}

# pending: which alerts wait to fire, for which hosts; "for" keeps them from firing here.
pending() {
	"$PYTHON" -c '
import json, sys, urllib.request
answer = json.load(urllib.request.urlopen("http://127.0.0.1:%s/api/v1/alerts" % sys.argv[1]))
for name, host in sorted((a["labels"]["alertname"], a["labels"].get("instance", "-"))
                         for a in answer["data"]["alerts"]):
    print(name, host)' "$prometheus" >"$TMP/alerts"
	grep -q LibshareDuplicated "$TMP/alerts" && diff <(grep -v LibshareDuplicated "$TMP/alerts") - <<-'END'
		LibshareDown host20
		LibshareMissing host23
		LibshareProcessesSkipped host22
		LibshareStale host21
	END
}

alerts() {
	local try

	for ((try = 0; try < 60; try++)); do
		! pending || return 0
		sleep 1
	done
	return 1
}

if command -v promtool >/dev/null && command -v prometheus >/dev/null; then
	ok 'promtool has nothing to say about the rules' promtool check rules "$rules"
	ok 'the rules pass their tests' promtool test rules "$DATA/libshare.rules.test.yml"
	awk '/^```yaml$/ { on = 1; next } /^```$/ { on = 0 } on' "$page" >"$TMP/scrape.yml"
	ok 'promtool takes the page for a configuration' bash -c "
		[[ -s '$TMP/scrape.yml' ]] && promtool check config --syntax-only '$TMP/scrape.yml'"
	ok 'Prometheus starts' start_prometheus
	ok 'it has all hosts' answers 'count(up{job="node"} == 1) == 24' 'count(libshare_up) == 23'
	ok 'it answers each query of the dashboard and of the page' bash -c "
		'$PYTHON' '$HERE/src/fleet.py' ask $prometheus <'$TMP/queries'"
	grep -E ' rows: ' "$TMP/out" | awk '{ good += $1 == "good"; nr++ } END { print "# " good " of " nr " queries" }'
	ok 'what it answers are the sums over all hosts' fleet compare "$prometheus" "$hosts"
	ok 'alerts name the hosts that have something, and no others' alerts
else
	skip 'Prometheus answers' 'there is no Prometheus'
fi
done_testing
