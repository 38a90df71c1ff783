#!/usr/bin/env bash
# Asks the true simulation what a search came to: relaxes start and end of a run to zero pressure (positions and cell, as every glass
# is before it is labeled), labels both as the training labels were made, and prints the change of the mean of ln D2min with its
# standard error over the paired loading modes. What is finished is not repeated, so a run that was killed goes on.
#   data/preparation/judge-search.sh RUN [OUT [NAME]]
# RUN is a finished run folder. OUT (default RUN/judged) gets START.data and NAME-end.data, their labels and modes; START is the
# name of the structure that the run was given, NAME (default: that of RUN) the name of the search.
# For what the README tells of the quickstart:
#   data/preparation/judge-search.sh runs/quickstart data/labels/quickstart quickstart
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(dirname "$here")
glasswright=${GLASSWRIGHT:-$data/../src/Host/bin/Release/net10.0/glasswright}
potential=${POTENTIAL:-$data/potentials/CuZr_mm.eam.fs}
species=${SPECIES:-Cu,Zr}
[ $# -ge 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
run=${1%/}
out=${2:-$run/judged}
name=${3:-$(basename "$run")}
[ -f "$run/final.data" ] || { echo "$run: no final.data; expected the folder of a finished run" >&2; exit 2; }
start=$(sed -n '/"name": "structure"/{n;s/.*"file": "\([^"]*\)".*/\1/p}' "$run/run.json")
start=${start%.*}
[ -n "$start" ] || { echo "$run/run.json: names no structure among its inputs" >&2; exit 2; }
mkdir -p "$out"

# relax FROM TO: positions and cell to zero pressure; the file is there only if that converged.
relax() {
    [ ! -f "$2" ] || return 0
    "$glasswright" minimize --json --structure "$1" --potential "$potential" --species "$species" \
        --pressure 0 --cell full --force-tolerance 1e-6 --max-evaluations 40000 --out "$out/unfinished.data" >"$out/unfinished.json"
    grep -q '"outcome":"Converged"' "$out/unfinished.json" || { echo "$1 does not relax to zero pressure" >&2; cat "$out/unfinished.json" >&2; exit 1; }
    rm "$out/unfinished.json"
    mv "$out/unfinished.data" "$2"
}

# The first frame of the accepted structures is what the chain began with.
frame=$out/unfinished-start.extxyz
awk 'NR == 1 { last = $1 + 2 } NR > last { exit } { print }' "$run/accepted-0.extxyz" >"$frame"
relax "$frame" "$out/$start.data"
rm "$frame"
relax "$run/final.data" "$out/$name-end.data"

"$glasswright" label "$out/$start.data" "$out/$name-end.data" --potential "$potential" --species "$species" \
    --strains 0.02,0.04 --step 1e-4 --lateral isochoric --out "$out"
for ends in "$start" "$name-end"; do
    [ -f "$out/$ends.modes.csv" ] || { echo "stopped before $ends was labeled; the same command goes on" >&2; exit 1; }
done

# Of every mode the mean over the atoms that are valid in both; of the twelve differences mean and standard error.
awk -F, '
    FNR == 1 { file++ }
    /^#/ { next }
    $1 == "id" { for (c = 2; c <= NF; c++) column[c] = $c; columns = NF; next }
    file == 1 { for (c = 2; c <= NF; c++) first[$1, c] = $c; next }
    { for (c = 2; c <= NF; c++) { a = first[$1, c]; if (a ~ /[0-9]/ && $c ~ /[0-9]/) { from[c] += a; to[c] += $c; atoms[c]++ } } }
    END {
        for (c = 2; c <= columns; c++) {
            split(column[c], part, "_"); s = part[3]
            if (!(s in modes)) order[++strains] = s
            x = from[c] / atoms[c]; y = to[c] / atoms[c]
            modes[s]++; before[s] += x; after[s] += y; sum[s] += y - x; squares[s] += (y - x) ^ 2
        }
        print "| true mean of ln D2min | start | end | change |"
        print "| --- | --- | --- | --- |"
        for (k = 1; k <= strains; k++) {
            s = order[k]; n = modes[s]; mean = sum[s] / n
            error = n > 1 ? sqrt((squares[s] - n * mean ^ 2) / (n - 1) / n) : 0
            printf "| at %g %% strain | %.3f | %.3f | %+.2f ± %.2f |\n", 100 * s, before[s] / n, after[s] / n, mean, error
        }
    }' "$out/$start.modes.csv" "$out/$name-end.modes.csv"
