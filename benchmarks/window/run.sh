#!/usr/bin/env bash
# What one chain gains from more samplers on this machine: searches of the same configuration with 1, 2, ... samplers, one after another,
# repeated; wall time of the trials alone. Prints a Markdown table beside the expected gain W/(1 + 3/4 a (W - 1)).
#   benchmarks/window/run.sh [--repeats N] [--trials N] [--samplers "1 2 4"] [--atoms 864|4000|16000]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
repeats=5 trials=300 atoms=864 samplers="1 $(nproc)"
while [ $# -gt 0 ]; do
    case $1 in
        --repeats) repeats=$2 ;;
        --trials) trials=$2 ;;
        --samplers) samplers=$2 ;;
        --atoms) atoms=$2 ;;
        *) echo "run.sh: unknown argument $1; see the first lines of this file" >&2; exit 2 ;;
    esac
    shift 2
done
dotnet build -c Release "$root/src/Host" >/dev/null
glasswright="$root/src/Host/bin/Release/net10.0/glasswright"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/search.conf" <<CONF
structure = "$root/data/glasses/cu50zr50-$atoms-p0.data", potential = "$root/data/potentials/CuZr_mm.eam.fs", species = [Cu, Zr]
search { trials = $trials, seed = 3, decider { kind = gnn, model = "$root/data/models/cu50zr50.safetensors" }
         calibrate { acceptance = 0.01, pilot = 60 }, proposal.bias-exponent = 0 }
CONF
for ((r = 1; r <= repeats; r++)); do
    for w in $samplers; do
        out="$scratch/run-$w-$r"
        "$glasswright" search "$scratch/search.conf" --json --out "$out" -D "search.samplers=$w" >"$out.json" 2>"$out.log" ||
            { cat "$out.log" >&2; exit 1; }
        cmp -s "$out/chain-0.csv" "$scratch/run-${samplers%% *}-1/chain-0.csv" || { echo "run.sh: the chain of $w samplers differs" >&2; exit 1; }
        echo "$w $(grep -o '"running":[0-9.]*' "$out.json" | cut -d: -f2) $(grep -o '"accepted":[0-9]*' "$out.json" | head -1 | cut -d: -f2)" >>"$scratch/times"
    done
done
echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | sed 's/^ *//'), $(nproc) cores, $(date -u +%F), $atoms atoms, $trials trials, $repeats repeats, load $(cut -d' ' -f1 /proc/loadavg)"
echo
echo "| samplers | median time of the trials, s | gain | expected |"
echo "| ---: | ---: | ---: | ---: |"
first=${samplers%% *}
median() { awk -v w="$1" '$1 == w { print $2 }' "$scratch/times" | sort -g | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }
base=$(median "$first")
accepted=$(awk 'NR == 1 { print $3 }' "$scratch/times")
for w in $samplers; do
    awk -v w="$w" -v f="$first" -v t="$(median "$w")" -v b="$base" -v a="$(awk -v n="$accepted" -v m="$trials" 'BEGIN { print n / m }')" \
        'BEGIN { e = (w / (1 + 0.75 * a * (w - 1))) / (f / (1 + 0.75 * a * (f - 1))); printf "| %d | %.2f | %.3f | %.3f |\n", w, t, b / t, e }'
done
echo
echo "Accepted: $accepted of $trials; every chain has the same bytes."
