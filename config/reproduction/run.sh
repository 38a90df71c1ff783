#!/usr/bin/env bash
# The paper's loop at our scale, from an empty folder to a table: glasses from the melt, labels, an ensemble, searches and their
# controls, the true simulation of all ends, annealing. What is finished is not repeated, so the same command goes on after a stop.
#   config/reproduction/run.sh OUT [--small] [--threads N] [--until STAGE]
# Stages: glasses labels train slow searches controls truth anneal large table. --small is the same chain on 256 atoms, in a few minutes; it says
# whether the chain holds, not what a search is worth. The table is OUT/table.md, its rows OUT/truth.csv.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
glasswright=${GLASSWRIGHT:-$root/src/Host/bin/Release/net10.0/glasswright}
potential=$root/data/potentials/CuZr_mm.eam.fs
[ $# -ge 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$1
shift
small=0 threads=$(nproc) until=table
while [ $# -gt 0 ]; do
    case $1 in
        --small) small=1 ;;
        --threads) threads=$2; shift ;;
        --until) until=$2; shift ;;
        *) echo "run.sh: unknown argument $1; see its first lines" >&2; exit 2 ;;
    esac
    shift
done

# Atoms; fast glasses for training, validation, test; slow ones; their rates; starts searched; members; epochs; trials; ps of annealing.
if [ $small = 1 ]; then
    atoms=256 train=4 validation=1 test=1 slow=1 fast_rate=5e14 slow_rate=2e14 window=() starts=1 members=2 epochs=4 trials=30 anneal=0.5
    strains=0.02 judged=0.02 step=1e-3 large_atoms=0 large_trials=0
else
    atoms=864 train=38 validation=4 test=6 slow=4 fast_rate=1e12 slow_rate=1e11 window=(--from 1200 --to 600) starts=4 members=3 epochs=400 trials=5000 anneal=2000
    strains=0.01,0.02,0.03,0.04 judged=0.04 step=1e-4 large_atoms=4000 large_trials=1500
fi
mkdir -p "$out"
out=$(cd "$out" && pwd)
fast=$((train + validation + test))
stem=cu50zr50-$atoms
gw() { "$glasswright" "$@" --json >"$out/last.json" 2>>"$out/log.txt" || { tail -3 "$out/log.txt" >&2; echo "run.sh: failed: glasswright $*" >&2; exit 1; }; }
say() { echo "$(date +%H:%M:%S) $*"; }
# Ends here if the user wanted no more.
done_with() { [ "$until" != "$1" ] || { say "until $1: done"; exit 0; }; }
common=(--potential "$potential" --species Cu,Zr)

say "glasses: $fast at $fast_rate K/s, $atoms atoms"
prepare() { # FOLDER RATE SAMPLES SEED
    gw prepare --composition Cu50Zr50 --atoms "$atoms" --potential "$potential" --rate "$2" "${window[@]}" --samples "$3" --seed "$4" --threads "$threads" --out "$out/$1"
}
prepare fast "$fast_rate" "$fast" 1
done_with glasses

say "labels to $strains, isochoric; the test glasses also with fixed lateral lengths"
label() { # FOLDER LATERAL FILE...
    local folder=$out/$1 lateral=$2
    shift 2
    gw label "$@" "${common[@]}" --strains "$strains" --step "$step" --lateral "$lateral" --threads "$threads" --out "$folder"
}
test_glasses=() all=()
for ((s = 1; s <= fast; s++)); do
    all+=("$out/fast/$stem-$s.data")
    [ $s -le $((train + validation)) ] || test_glasses+=("$out/fast/$stem-$s.data")
done
label labels isochoric "${all[@]}"
label labels-fixed fixed "${test_glasses[@]}"
done_with labels

say "an ensemble of $members"
names() { for ((s = $1; s <= $2; s++)); do printf '%s-%d,' "$stem" $s; done | sed 's/,$//'; }
{
    echo "train {"
    echo "  data = ["
    for ((s = 1; s <= fast; s++)); do echo "    { structure = \"$out/fast/$stem-$s.data\", labels = \"$out/labels/$stem-$s.labels.csv\" }"; done
    echo "  ]"
    echo "  split { train = [$(names 1 "$train")], validation = [$(names $((train + 1)) $((train + validation)))], test = [$(names $((train + validation + 1)) $fast)] }"
    echo "  strain = $judged, epochs = $epochs, patience = 40, learning-rate = 2e-3, weight-decay = 1e-3, plateau { patience = 15 }"
    echo "  dropout { attention = 0.1, readout = 0.1, edges = 0.05 }"
    echo "}"
    sed -n '/^architecture {/,/^}/p' "$root/config/train.conf"
} >"$out/train.conf"
[ -f "$out/models/trained" ] || { mkdir -p "$out/models" && gw train "$out/train.conf" --ensemble "$members" --threads "$threads" --out "$out/models/member.safetensors" && touch "$out/models/trained"; }
models=$(ls "$out"/models/member-*.safetensors | paste -sd,)
structures=$(printf '%s,' "${test_glasses[@]}" | sed 's/,$//')
truths=$(for f in "${test_glasses[@]}"; do printf '%s,' "$out/labels/$(basename "$f" .data).labels.csv"; done | sed 's/,$//')
gw evaluate --model "$models" --structure "$structures" --labels "$truths"
cp "$out/last.json" "$out/evaluate.json"
done_with train

say "slow glasses: $slow at $slow_rate K/s"
prepare slow "$slow_rate" "$slow" 1001
done_with slow

# A search of one start, as config/quickstart.conf or one of its controls: NAME START CONFIG MORE...
search() {
    local name=$1 start=$2 config=$root/config/$3 folder=$out/search/$1
    shift 3
    [ ! -f "$folder/final.data" ] || ! grep -q '^  "outcome": "finished"' "$folder/run.json" || return 0
    if [ -f "$folder/run.json" ]; then
        gw search --resume "$folder" --threads "$threads"
    else
        gw search "$config" --structure "$start" --threads "$threads" --out "$folder" -D "search.trials=$trials" -D "$ensemble" "$@"
    fi
}
searched=()
for ((k = 0; k < starts; k++)); do searched+=("fast-$((train + validation + 1 + k)):$out/fast/$stem-$((train + validation + 1 + k)).data"); done
for ((k = 0; k < (starts < slow ? starts : slow); k++)); do searched+=("slow-$((1001 + k)):$out/slow/$stem-$((1001 + k)).data"); done
ensemble="search.decider.model=[$(ls "$out"/models/member-*.safetensors | sed 's/.*/"&"/' | paste -sd,)]"
say "searches of $trials trials from ${#searched[@]} starts"
mkdir -p "$out/search"
for pair in "${searched[@]}"; do search "gnn-${pair%%:*}" "${pair#*:}" quickstart.conf; done
done_with searches

say "controls from the fast starts"
for pair in "${searched[@]:0:starts}"; do
    name=${pair%%:*} start=${pair#*:}
    accepted=$(sed -n 's/.*"accepted": \([0-9]*\).*/\1/p' "$out/search/gnn-$name/run.json" | head -1)
    search "random-$name" "$start" controls/random.conf -D "search.stop.accepted=$((accepted > 0 ? accepted : 1))"
    search "energy-$name" "$start" controls/energy.conf
    search "unbiased-$name" "$start" controls/uniform.conf
    search "mean-$name" "$start" controls/mean.conf
done
done_with controls

say "the true simulation of starts, middles and ends, at fixed volume and after relaxation to zero pressure"
mkdir -p "$out/truth"
middle() { # the accepted structure in the middle of the chain
    local file=$1 frames lines
    lines=$(($(head -1 "$file") + 2))
    frames=$(($(wc -l <"$file") / lines))
    sed -n "$((frames / 2 * lines + 1)),$(((frames / 2 + 1) * lines))p" "$file"
}
volume=() relaxed=()
for folder in "$out"/search/*/; do
    name=$(basename "$folder")
    [ -f "$out/truth/$name-mid.extxyz" ] || middle "$folder/accepted-0.extxyz" >"$out/truth/$name-mid.extxyz"
    [ -f "$out/truth/$name-start.extxyz" ] || head -$(($(head -1 "$folder/accepted-0.extxyz") + 2)) "$folder/accepted-0.extxyz" >"$out/truth/$name-start.extxyz"
    [ -f "$out/truth/$name-end.extxyz" ] || cp "$folder/final.extxyz" "$out/truth/$name-end.extxyz"
    for what in start mid end; do
        volume+=("$out/truth/$name-$what.extxyz")
        [ $what != mid ] || continue
        to=$out/truth/$name-$what-p0.data
        [ -f "$to" ] || gw minimize --structure "$out/truth/$name-$what.extxyz" "${common[@]}" --pressure 0 --cell full --force-tolerance 1e-6 --max-evaluations 40000 --out "$to"
        relaxed+=("$to")
    done
done
label truth isochoric "${volume[@]}" "${relaxed[@]}"

# One row an end: mean of ln D2min over the atoms valid in both, at the start and there; the prediction; energy.
difference() { # LABELS-BEFORE LABELS-AFTER
    awk -F, -v want="ln_d2min_$judged" '/^#/ { next } $1 == "id" { for (c = 1; c <= NF; c++) { if ($c == want) k = c; if ($c == "valid") v = c }; file++; next }
        file == 1 { if ($v == 1) first[$1] = $k; next } $v == 1 && ($1 in first) { a += first[$1]; b += $k; n++ } END { printf "%.5f,%.5f", a / n, b / n }' "$1" "$2"
}
predicted() { gw predict --model "$models" --structure "$1"; sed -n 's/.*"mean":\(-\{0,1\}[0-9.e-]*\).*/\1/p' "$out/last.json"; }
{
    echo "kind,start,condition,true_start,true_end,predicted_start,predicted_end"
    for folder in "$out"/search/*/; do
        name=$(basename "$folder") kind=${name%%-*} start=${name#*-}
        before=$(predicted "$out/truth/$name-start.extxyz") after=$(predicted "$out/truth/$name-end.extxyz")
        for condition in "" -p0; do
            echo "$kind,$start,${condition:+p0}${condition:-volume},$(difference "$out/truth/$name-start$condition.labels.csv" "$out/truth/$name-end$condition.labels.csv"),$before,$after" | sed 's/,p0-p0,/,p0,/'
        done
    done
} >"$out/truth.csv"
done_with truth

say "annealing at 300 K: ends of the gnn searches and unswapped starts"
for pair in "${searched[@]}"; do
    name=${pair%%:*}
    for what in end start; do
        [ $what = end ] || [[ " ${searched[*]:0:starts} " == *" $pair "* ]] || continue
        folder=$out/anneal/$what-$name
        [ -f "$folder/anneal.json" ] || gw anneal --structure "$out/truth/gnn-$name-$what.extxyz" "${common[@]}" --temperature 300 --time "$anneal" --strains "$strains" --step "$step" --lateral isochoric --threads "$threads" --out "$folder"
    done
done
done_with anneal

if [ "$large_atoms" -gt 0 ]; then
    say "one glass of $large_atoms atoms, $large_trials trials"
    large=$root/data/glasses/cu50zr50-$large_atoms-p0.data
    saved=$trials trials=$large_trials
    search "large" "$large" quickstart.conf
    trials=$saved
fi
done_with large

# Delta = end - start of the true mean; paired over starts against each control; 95 % by Student's t.
awk -F, -v judged="$judged" '
    NR == 1 { next }
    { delta[$1, $2, $3] = $5 - $4; guess[$1, $2, $3] = $7 - $6; kinds[$1]; starts[$2]; conditions[$3] }
    END {
        split("12.706 4.303 3.182 2.776 2.571 2.447 2.365", t, " ")
        print "| true mean of ln D2min at " 100 * judged " % | condition | starts | change | predicted | true / predicted | gnn - control, paired | 95 % |"
        print "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"
        order = split("gnn random energy unbiased mean", kind, " ")
        for (c in conditions) for (k = 1; k <= order; k++) {
            n = 0; sum = 0; p = 0; m = 0; d = 0; q = 0
            for (s in starts) if ((kind[k], s, c) in delta) {
                n++; sum += delta[kind[k], s, c]; p += guess[kind[k], s, c]
                if (("gnn", s, c) in delta) { x = delta["gnn", s, c] - delta[kind[k], s, c]; m++; d += x; q += x * x }
            }
            if (!n) continue
            pair = "-"; interval = "-"
            if (k > 1 && m) { pair = sprintf("%+.3f", d / m); if (m > 1) { e = t[m - 1 > 7 ? 7 : m - 1] * sqrt((q - d * d / m) / (m - 1) / m); interval = sprintf("%+.3f to %+.3f", d / m - e, d / m + e) } }
            printf "| %s | %s | %d | %+.3f | %+.3f | %s | %s | %s |\n", kind[k], c, n, sum / n, p / n, p != 0 && kind[k] != "energy" && kind[k] != "random" ? sprintf("%.2f", sum / p) : "-", pair, interval
        }
    }' "$out/truth.csv" >"$out/table.md"
cat "$out/table.md"
