#!/usr/bin/env bash
# Random faults on a shared search, for a time: nodes and searches are killed, frozen and thawed, the server is killed and started. One run
# after the other; each must end by itself, and its files must be the bytes of one process that was left alone.
#
#   benchmarks/soak.sh [SECONDS]      (600)
#
# Needs Debian's postgresql; as root, the server runs as the user `postgres`. What it did stands on standard output; a run that answers
# otherwise, or does not end within five minutes, ends it with exit code 1 and leaves its folder.
set -euo pipefail
seconds=${1:-600}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$root/src/Host/bin/Release/net10.0/glasswright
work=$(mktemp -d)
chmod 755 "$work"
RANDOM=${SEED:-1}
account=()
[ "$(id -u)" -ne 0 ] || account=(--user postgres)

dotnet build -c Release "$root/src/Host" >/dev/null
cat >"$work/search.conf" <<CONF
structure = "$root/data/glasses/cu50zr50-864-p0.data"
potential = "$root/data/potentials/CuZr_mm.eam.fs"
species = [Cu, Zr]
store-lease = 1 s
search { seed = 5, trials = 60, calibrate = off, decider { kind = energy, C = 0.6 }, minimizer { force-tolerance = 0.02 } }
replicas = 4
tempering { scales = [1, 2], every = 10, warm-up-rounds = 2 }
CONF
"$program" search "$work/search.conf" --out "$work/alone" >/dev/null 2>&1
"$program" store init "$work/store" "${account[@]}" >/dev/null 2>&1
"$program" store start "$work/store" >/dev/null 2>&1
export PGPASSFILE=$work/store/pgpass
url=$("$program" store status "$work/store" --json | grep -o '"url":"[^"]*"' | cut -d'"' -f4)

declare -A faults=([node-killed]=0 [node-frozen]=0 [search-killed]=0 [server-killed]=0)
nodes=()
node() {
    "$program" node --store "$url" --threads 1 --lease 1 >>"$work/nodes.log" 2>&1 &
    nodes+=($!)
}
# What a user types: go on with the run, or begin it where the last one died before it had a folder.
search() {
    local how=("$work/search.conf" -D run.name="soak-$runs" --store "$url" --out "$out")
    [ ! -e "$out/run.json" ] || how=(--resume "$out")
    "$program" search "${how[@]}" --threads 1 >>"$work/search.log" 2>&1 &
    search=$!
}
finish() {
    for pid in "${nodes[@]}" ${search:-}; do kill -9 "$pid" 2>/dev/null || true; done
    "$program" store stop "$work/store" >/dev/null 2>&1 || true
}
trap finish EXIT

node
node
began=$SECONDS
runs=0
while [ $((SECONDS - began)) -lt "$seconds" ]; do
    out=$work/run-$runs
    search
    started=$SECONDS
    while :; do
        sleep "0.$((RANDOM % 8 + 2))"
        if ! kill -0 "$search" 2>/dev/null; then
            if wait "$search"; then break; fi
            search
        fi
        if [ $((SECONDS - started)) -gt 300 ]; then
            echo "run $runs does not end: $out" >&2
            exit 1
        fi
        which=$((RANDOM % ${#nodes[@]}))
        case $((RANDOM % 8)) in
            0 | 1) kill -9 "${nodes[$which]}" 2>/dev/null || true; unset "nodes[$which]"; nodes=("${nodes[@]}"); node; faults[node-killed]=$((faults[node-killed] + 1)) ;;
            2 | 3) kill -STOP "${nodes[$which]}" 2>/dev/null || true; sleep "$((RANDOM % 3)).5"; kill -CONT "${nodes[$which]}" 2>/dev/null || true; faults[node-frozen]=$((faults[node-frozen] + 1)) ;;
            4) if [ -e "$out/run.json" ]; then kill -9 "$search" 2>/dev/null || true; faults[search-killed]=$((faults[search-killed] + 1)); fi ;;
            5) "$program" store stop "$work/store" --mode immediate >/dev/null 2>&1; "$program" store start "$work/store" >/dev/null 2>&1; faults[server-killed]=$((faults[server-killed] + 1)) ;;
        esac
    done
    for file in "$work"/alone/*.csv "$work"/alone/*.extxyz "$work"/alone/*.data; do
        cmp "$file" "$out/$(basename "$file")" || { echo "run $runs answers otherwise: $out" >&2; exit 1; }
    done
    runs=$((runs + 1))
done
echo "$runs runs in $((SECONDS - began)) s, every one with the bytes of an undisturbed process; faults:"
for fault in node-killed node-frozen search-killed server-killed; do echo "  $fault ${faults[$fault]}"; done
rm -rf "$work"
