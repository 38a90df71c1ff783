#!/usr/bin/env bash
# What a search asks of PostgreSQL: runs of a crystal of 16 atoms, whose trials take next to no time, so that the store is what they wait for.
# One process with one thread and the server on this machine; replicas in ladders of five. Prints a Markdown table, by trial and by second.
#   benchmarks/store/run.sh [--replicas "5 50 500"] [--trials N of each] [--nodes N more processes]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
replicas="5 25 100 250 500" trials=100 nodes=0
while [ $# -gt 0 ]; do
    case $1 in
        --replicas) replicas=$2 ;;
        --trials) trials=$2 ;;
        --nodes) nodes=$2 ;;
        *) echo "run.sh: unknown argument $1; see the first lines of this file" >&2; exit 2 ;;
    esac
    shift 2
done
dotnet build -c Release "$root/src/Host" >/dev/null
program=$root/src/Host/bin/Release/net10.0/glasswright
work=$(mktemp -d)
chmod 755 "$work"
account=()
[ "$(id -u)" -ne 0 ] || account=(--user postgres)
"$program" store init "$work/store" "${account[@]}" >/dev/null 2>&1
"$program" store start "$work/store" >/dev/null 2>&1
finish() {
    kill $(jobs -p) 2>/dev/null || true
    wait 2>/dev/null || true
    "$program" store stop "$work/store" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
export PGPASSFILE=$work/store/pgpass
url=$("$program" store status "$work/store" --json | grep -o '"url":"[^"]*"' | cut -d'"' -f4)
postmaster=$(head -1 "$work/store/data/postmaster.pid")

{
    echo 16
    echo 'Lattice="8 0 0 0 8 0 0 0 8" Properties=species:S:1:pos:R:3:id:I:1 pbc="T T T"'
    awk 'BEGIN { for (i = 0; i < 16; i++) printf "%s %g %g %g %d\n", i % 2 ? "Zr" : "Cu", 2 * (i % 4) + 0.1 * (i % 3),
        4 * (int(i / 4) % 2) + 2 * (i % 2) + 0.05 * (i % 5), 4 * int(i / 8) + 0.07 * (i % 4), i + 1 }'
} >"$work/small.extxyz"

ask() { psql -X -A -t -F ' ' "$url" -c "$1"; }
# Seconds of processor that the server has had, ended connections included.
server_time() {
    local sum=0 pid
    for pid in $postmaster $(pgrep -P "$postmaster"); do
        sum=$((sum + $(awk -v p="$pid" -v m="$postmaster" '{ print $14 + $15 + (p == m ? $16 + $17 : 0) }' "/proc/$pid/stat" 2>/dev/null || echo 0)))
    done
    awk -v s="$sum" -v h="$(getconf CLK_TCK)" 'BEGIN { print s / h }'
}
counters() {
    ask "SELECT pg_stat_force_next_flush()" >/dev/null
    sleep 1.2
    echo "$(ask "SELECT xact_commit, tup_returned, tup_fetched, tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = current_database()")" \
        "$(ask "SELECT wal_bytes, wal_sync FROM pg_stat_wal")" "$(server_time)"
}
size() { ask "SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'glasswright' AND relkind = 'r' AND relname $1"; }

echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | sed 's/^ *//'), $(nproc) cores, $(date -u +%F), $(psql --version), $((nodes + 1)) processes of one thread, load $(cut -d' ' -f1 /proc/loadavg)"
echo
echo "| replicas | trials | s | trials/s | transactions/s | server, cores | transactions/trial | rows written/trial | rows read/trial | log written, bytes/trial | flushes/trial | table \`outcome\`, bytes/trial | versions | bytes/version |"
echo "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
for r in $replicas; do
    cat >"$work/search.conf" <<CONF
structure = small.extxyz, potential = "$root/data/potentials/CuZr_mm.eam.fs", store-lease = 3 s
search { seed = $r, trials = $trials, calibrate = off, decider { kind = energy, temperature = 300 } }
replicas = $r
tempering { scales = [1, 1.3, 1.7, 2.2, 3], every = 25 }
CONF
    for ((n = 0; n < nodes; n++)); do "$program" node --store "$url" --threads 1 >>"$work/nodes.log" 2>&1 & done
    outcome=$(size "= 'outcome'") structure=$(size "= 'structure'")
    read -r -a before < <(counters)
    "$program" search "$work/search.conf" --store "$url" --out "$work/run-$r" --threads 1 --json >"$work/result.json" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    read -r -a after < <(counters)
    kill $(jobs -p) 2>/dev/null || true
    wait 2>/dev/null || true
    seconds=$(grep -o '"running":[0-9.]*' "$work/result.json" | cut -d: -f2)
    done_=$(grep -o '"trials":[0-9]*' "$work/result.json" | head -1 | cut -d: -f2)
    versions=$(ask "SELECT COUNT(*) FROM glasswright.structure WHERE run = (SELECT run FROM glasswright.run ORDER BY created DESC LIMIT 1)")
    awk -v r="$r" -v n="$done_" -v s="$seconds" -v b="${before[*]}" -v a="${after[*]}" -v o="$outcome" -v p="$(size "= 'outcome'")" \
        -v v="$versions" -v t="$structure" -v u="$(size "= 'structure'")" 'BEGIN { split(b, x); split(a, y)
        printf "| %d | %d | %.1f | %.0f | %.0f | %.2f | %.3f | %.2f | %.1f | %.0f | %.4f | %.0f | %d | %.0f |\n", r, n, s, n / s, (y[1] - x[1]) / s, (y[7] - x[7]) / s,
            (y[1] - x[1]) / n, (y[4] - x[4]) / n, (y[2] + y[3] - x[2] - x[3]) / n, (y[5] - x[5]) / n, (y[6] - x[6]) / n, (p - o) / n, v, (u - t) / v }'
done
