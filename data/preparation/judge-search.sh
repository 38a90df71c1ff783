#!/usr/bin/env bash
# Asks the true simulation what a search came to: relaxes start and end of a run to zero pressure (positions and cell, as every glass
# is before it is labeled), labels both as the training labels were made, and prints the change of the mean of ln D2min with its
# standard error over the paired loading modes. What is finished is not repeated, so a run that was killed goes on.
#   data/preparation/judge-search.sh RUN [OUT [NAME]]
# RUN is a finished run folder. OUT (default RUN/judged) gets START.data and NAME-end.data, their labels and modes; START is the
# name of the structure that the run was given, NAME (default: that of RUN) the name of the search.
# VOLUMES="relaxed fixed" judges both at zero pressure and as the chain left them, at the start's cell, below OUT/fixed; an end is
# called strengthened only if the mean at the largest strain falls in both. STRAINS and STEP (0.02,0.04 and 1e-4) are those of the labels.
# For what the README tells of the quickstart:
#   data/preparation/judge-search.sh runs/quickstart data/labels/quickstart quickstart
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(dirname "$here")
glasswright=${GLASSWRIGHT:-$data/../src/Host/bin/Release/net10.0/glasswright}
potential=${POTENTIAL:-$data/potentials/CuZr_mm.eam.fs}
species=${SPECIES:-Cu,Zr}
volumes=${VOLUMES:-relaxed}
strains=${STRAINS:-0.02,0.04}
step=${STEP:-1e-4}
[ $# -ge 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
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

# label FOLDER STRUCTURE…: labels beside them.
label() {
    local folder=$1
    shift
    "$glasswright" label "$@" --potential "$potential" --species "$species" \
        --strains "$strains" --step "$step" --lateral isochoric --out "$folder"
    for ends in "$start" "$name-end"; do
        [ -f "$folder/$ends.modes.csv" ] || { echo "stopped before $ends was labeled; the same command goes on" >&2; exit 1; }
    done
}

# tell FOLDER: the table. Of every mode the mean over the atoms that are valid in both; of the twelve differences mean and standard error.
tell() {
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
    }' "$1/$start.modes.csv" "$1/$name-end.modes.csv"
}

verdict=strengthened
for volume in $volumes; do
    case $volume in
    relaxed)
        folder=$out
        relax "$frame" "$folder/$start.data"
        relax "$run/final.data" "$folder/$name-end.data"
        label "$folder" "$folder/$start.data" "$folder/$name-end.data"
        ;;
    fixed)
        folder=$out/fixed
        mkdir -p "$folder"
        cp "$frame" "$folder/$start.extxyz"
        cp "$run/final.data" "$folder/$name-end.data"
        label "$folder" "$folder/$start.extxyz" "$folder/$name-end.data"
        ;;
    *)
        echo "VOLUMES has $volume; expected relaxed or fixed" >&2
        exit 2
        ;;
    esac
    [ "$volumes" = "$volume" ] || printf '\n%s\n\n' "$volume"
    tell "$folder" | tee "$out/table.md"
    [ "$(tail -n 1 "$out/table.md" | awk -F'|' '{ print ($5 + 0 < 0) ? "falls" : "does not" }')" = falls ] || verdict="not strengthened"
    rm "$out/table.md"
done
rm "$frame"
[ "$volumes" = "${volumes% *}" ] || printf '\nat both volumes: %s\n' "$verdict"
