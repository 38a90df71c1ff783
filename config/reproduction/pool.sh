#!/usr/bin/env bash
# The table of several runs of run.sh together, whatever their ensembles: a glass is one sample. Where two runs searched, annealed or judged the same
# glass, the mean of both stands for it.
#   config/reproduction/pool.sh FOLDER FOLDER... >pooled.md
# A folder holds the CSV files beside a table.md of run.sh. Files of an older run may lack the last columns; a file that one run lacks is taken from the others.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
judged=
pooled=$(mktemp -d)
trap 'rm -rf "$pooled"' EXIT
for folder in "$@"; do
    [ -f "$folder/truth.csv" ] && [ -f "$folder/table.md" ] || { echo "pool.sh: $folder: no truth.csv and table.md of run.sh" >&2; exit 2; }
    at=$(sed -n '1s/.* at \([0-9.]*\) %.*/\1/p' "$folder/table.md")
    [ -z "$judged" ] || [ "$judged" = "$at" ] || { echo "pool.sh: $folder: the labels are at $at %, those of $1 at $judged %" >&2; exit 2; }
    judged=$at
done

# How many columns name what a row is of; the others are numbers, or empty.
pool() { # NAME NAMING-COLUMNS
    local files=() folder
    for folder in "${@:3}"; do [ ! -f "$folder/$1.csv" ] || files+=("$folder/$1.csv"); done
    if [ ${#files[@]} = 0 ]; then echo "$1" >"$pooled/$1.csv"; return; fi
    awk -F, -v naming="$2" '
        FNR == 1 { if (NF > columns) { columns = NF; header = $0 } next }
        {
            key = $1
            for (c = 2; c <= naming; c++) key = key "," $c
            if (!(key in rows)) { rows[key]; order[++n] = key }
            for (c = naming + 1; c <= NF; c++) if ($c == $c + 0) { sum[key, c] += $c; count[key, c]++ } else word[key, c] = $c
        }
        END {
            print header
            for (k = 1; k <= n; k++) {
                row = key = order[k]
                for (c = naming + 1; c <= columns; c++) row = row "," ((key, c) in count ? sprintf("%.10g", sum[key, c] / count[key, c]) : word[key, c])
                print row
            }
        }' "${files[@]}" >"$pooled/$1.csv"
}
pool truth 3 "$@"
pool chains 2 "$@"
pool anneals 2 "$@"
pool judged 2 "$@"
pool energies 2 "$@"
pool transfers 2 "$@"
pool motifs 3 "$@"
awk -F, -v judged="$(awk -v p="$judged" 'BEGIN { print p / 100 }')" -f "$here/statistics.awk" -f "$here/table.awk" "$pooled"/{truth,chains,anneals,judged,energies,transfers,motifs}.csv
