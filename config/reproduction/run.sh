#!/usr/bin/env bash
# The paper's loop at our scale, from an empty folder to a table: glasses from the melt, labels, an ensemble, searches and their
# controls, the true simulation of all ends, annealing. What is finished is not repeated, so the same command goes on after a stop.
#   config/reproduction/run.sh OUT [--small] [--train N] [--slow N] [--glasses DIR] [--threads N] [--until STAGE]
# Stages: glasses labels train slow searches controls truth transfer large anneal table. --small is the same chain on 256 atoms, in a few minutes; it says
# whether the chain holds, not what a search is worth. --train is how many fast glasses the models learn from (38), --slow how many slow ones there are
# (4): a later call needs the same --train, and may have more slow ones. --glasses takes fast/, slow/, labels/ and labels-fixed/ from a folder that this script made
# (slow/ may be missing) instead of making them again. The table is OUT/table.md, its numbers OUT/*.csv; --until ends after a stage, from truth on
# with the table of what there is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
glasswright=${GLASSWRIGHT:-$root/src/Host/bin/Release/net10.0/glasswright}
potential=$root/data/potentials/CuZr_mm.eam.fs
[ $# -ge 1 ] && [ "${1#-}" = "$1" ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$1
shift
made=
refuse() { [ -z "$made" ] || rmdir "$out"; echo "run.sh: $*" >&2; exit 2; }
stages="glasses labels train slow searches controls truth transfer large anneal table"
small=0 threads=$(nproc) until=table given= learned= slowly=
while [ $# -gt 0 ]; do
    case $1 in
        --small) small=1 ;;
        --threads | --until | --glasses | --train | --slow)
            [ $# -ge 2 ] || refuse "$1 needs a value"
            case $1 in --threads) threads=$2 ;; --until) until=$2 ;; --glasses) given=$2 ;; *) [[ $2 =~ ^[1-9][0-9]*$ ]] || refuse "$1 $2: expected a number of glasses" ;; esac
            case $1 in --train) learned=$2 ;; --slow) slowly=$2 ;; esac
            shift
            ;;
        *) refuse "unknown argument $1; see its first lines" ;;
    esac
    shift
done
[[ " $stages " == *" $until "* ]] || refuse "--until $until; expected one of $stages"
[ -z "$given" ] || [ -d "$given" ] || refuse "--glasses $given: no such folder"

# Atoms; fast glasses for training, validation, test; slow ones; of another composition; their rates; starts searched; members; epochs; trials; ps of annealing; a large glass.
if [ $small = 1 ]; then
    atoms=256 train=4 validation=1 test=1 slow=1 other=1 fast_rate=5e14 slow_rate=2e14 window=() starts=1 members=2 epochs=4 trials=30 anneal=0.5
    strains=0.02 judged=0.02 step=1e-3 large=slow/cu50zr50-256-1001.data large_trials=5
else
    atoms=864 train=38 validation=4 test=6 slow=4 other=4 fast_rate=1e12 slow_rate=1e11 window=(--from 1200 --to 600) starts=4 members=3 epochs=400 trials=5000 anneal=2000
    strains=0.01,0.02,0.03,0.04 judged=0.04 step=1e-4 large=$root/data/glasses/cu50zr50-4000-p0.data large_trials=1500
fi
train=${learned:-$train} slow=${slowly:-$slow}
[ -d "$out" ] || made=1
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ "${large#/}" != "$large" ] || large=$out/$large
fast=$((train + validation + test))
stem=cu50zr50-$atoms
# Glasses that a model learned from must not become its test glasses: more slow ones may be added, the rest is fixed with the folder.
parameters="atoms $atoms, training glasses $train, rate $fast_rate K/s"
if [ -f "$out/parameters.txt" ]; then
    [ "$(cat "$out/parameters.txt")" = "$parameters" ] || refuse "$out was made with $(cat "$out/parameters.txt"), and this is $parameters: take another folder"
fi
# A verb that was stopped leaves its work in order and ends well; what stands on it must wait.
ended() { # FILE VERB...
    [ "$(grep -o '"outcome": *"[a-z]*"' "$1" | head -1 | tr -d ' ')" != '"outcome":"stopped"' ] || { shift; echo "run.sh: stopped in glasswright $1; the same command goes on" >&2; return 1; }
}
gw() {
    "$glasswright" "$@" --json >"$out/last.json" 2>>"$out/log.txt" || { tail -3 "$out/log.txt" >&2; echo "run.sh: failed: glasswright $*" >&2; exit 1; }
    ended "$out/last.json" "$@" || exit 1
}
say() { echo "$(date +%H:%M:%S) $*"; }
common=(--potential "$potential" --species Cu,Zr)
source "$here/measure.sh"
# Ends here if the user wanted no more; after the truth is known, with the table of what there is.
done_with() {
    [ "$until" = "$1" ] || return 0
    case $1 in truth | transfer | large | anneal) tell ;; esac
    say "until $1: done"
    exit 0
}

test_glasses=() all=()
for ((s = 1; s <= fast; s++)); do
    all+=("$out/fast/$stem-$s.data")
    [ $s -le $((train + validation)) ] || test_glasses+=("$out/fast/$stem-$s.data")
done

# Glasses and labels of another run come as they are, with what says how they were made; given.txt tells from where, and that nothing is to be made.
if [ -n "$given" ] && [ ! -f "$out/given.txt" ]; then
    given=$(cd "$given" && pwd)
    parts=(fast labels labels-fixed)
    [ ! -d "$given/slow" ] || parts+=(slow)
    for part in "${parts[@]}"; do [ ! -e "$out/$part" ] || refuse "$out/$part is there already; --glasses $given needs a new folder"; done
    for file in "${all[@]}" "${test_glasses[@]/#/fixed:}"; do
        name=$(basename "$file" .data)
        case $file in
            fixed:*) needed=("labels-fixed/$name.labels.csv" "labels-fixed/$name.modes.csv") ;;
            *) needed=("fast/$name.data" "labels/$name.labels.csv" "labels/$name.modes.csv") ;;
        esac
        for file in "${needed[@]}"; do [ -f "$given/$file" ] || refuse "--glasses $given: $file is missing"; done
    done
    if [ -d "$given/slow" ]; then for ((s = 1001; s <= 1000 + slow; s++)); do [ -f "$given/slow/$stem-$s.data" ] || refuse "--glasses $given: slow/$stem-$s.data is missing"; done; fi
    say "glasses and labels of $given"
    rm -rf "$out/given.tmp"
    mkdir "$out/given.tmp"
    for part in "${parts[@]}"; do cp -R "$given/$part" "$out/given.tmp/$part"; done
    for part in "${parts[@]}"; do mv "$out/given.tmp/$part" "$out/$part"; done
    rmdir "$out/given.tmp"
    { echo "# from $given"; cd "$out" && find "${parts[@]}" -type f -print0 | sort -z | xargs -0 sha256sum; } >"$out/given.tmp"
    mv "$out/given.tmp" "$out/given.txt"
fi
# Nothing is refused from here on.
if [ ! -f "$out/parameters.txt" ]; then
    echo "$parameters" >"$out/parameters.tmp"
    mv "$out/parameters.tmp" "$out/parameters.txt"
fi
is_given() { [ -f "$out/given.txt" ] && grep -q "  $1/" "$out/given.txt"; }

prepare() { # FOLDER RATE SAMPLES SEED [COMPOSITION]
    is_given "$1" || gw prepare --composition "${5:-Cu50Zr50}" --atoms "$atoms" --potential "$potential" --rate "$2" "${window[@]}" --samples "$3" --seed "$4" --threads "$threads" --out "$out/$1"
}
is_given fast || say "glasses: $fast at $fast_rate K/s, $atoms atoms"
prepare fast "$fast_rate" "$fast" 1
done_with glasses

is_given labels || say "labels to $strains, isochoric; the test glasses also with fixed lateral lengths"
label() { # FOLDER LATERAL FILE...
    local folder=$1 lateral=$2
    shift 2
    is_given "$folder" || gw label "$@" "${common[@]}" --strains "$strains" --step "$step" --lateral "$lateral" --threads "$threads" --out "$out/$folder"
}
# Models that are there, from here or from elsewhere, need no training glasses.
if [ -f "$out/models/trained" ]; then label labels isochoric "${test_glasses[@]}"; else label labels isochoric "${all[@]}"; fi
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

is_given slow || say "slow glasses: $slow at $slow_rate K/s"
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
    accepted=$(of_run accepted "$out/search/gnn-$name")
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
# Copies start, middle and end of a search, relaxes both ends to zero pressure, and adds all five to the files to label. Controls begin where the
# search did, in the same bytes, so that its start is theirs; of them only the end is of interest.
to_label=()
collect() { # SEARCH
    local folder=$out/search/$1 name=$1 what from to
    for what in start mid end; do
        [ $what = end ] || [ "$(start_of "$name")" = "$name" ] || continue
        from=$out/truth/$name-$what.extxyz
        if [ ! -f "$from" ]; then
            case $what in
                start) head -$(($(head -1 "$folder/accepted-0.extxyz") + 2)) "$folder/accepted-0.extxyz" ;;
                mid) middle "$folder/accepted-0.extxyz" ;;
                end) cat "$folder/final.extxyz" ;;
            esac >"$from.tmp"
            mv "$from.tmp" "$from"
        fi
        to_label+=("$from")
        [ $what != mid ] || continue
        to=$out/truth/$name-$what-p0.data
        [ -f "$to" ] || gw minimize --structure "$from" "${common[@]}" --pressure 0 --cell full --force-tolerance 1e-6 --max-evaluations 40000 --out "$to"
        to_label+=("$to")
    done
}
# Labels of a structure as it is and of this potential and these strains; of others label itself says what differs.
labeled() { # STRUCTURE LABELS
    [ -f "$2" ] && grep -qx "# structure_file_sha256 = $(sha256sum <"$1" | cut -c1-64)" "$2" && grep -qx "# potential_sha256 = $(sha256sum <"$potential" | cut -c1-64)" "$2" &&
        grep -qx "# strains = $strains" "$2" && grep -qx "# lateral = isochoric" "$2"
}
# Labels that are there, from here or from what was kept of a run, are not computed again; those that were kept lack the values by mode.
label_truth() {
    local file name missing=()
    for file in "${to_label[@]}"; do
        case $file in *.extxyz) name=$(basename "$file" .extxyz) ;; *) name=$(basename "$file" .data) ;; esac
        labeled "$file" "$out/truth/$name.labels.csv" || missing+=("$file")
    done
    [ ${#missing[@]} = 0 ] || label truth isochoric "${missing[@]}"
}
for folder in "$out"/search/*-*/; do collect "$(basename "$folder")"; done
label_truth
done_with truth

say "another composition: $other of Cu64Zr36 at $fast_rate K/s, with labels"
prepare other "$fast_rate" "$other" 2001 Cu64Zr36
others=()
for ((s = 2001; s <= 2000 + other; s++)); do others+=("$out/other/cu64zr36-$atoms-$s.data"); done
label labels-other isochoric "${others[@]}"
done_with transfer

say "a large glass, $(basename "$large"): $large_trials trials, labels before and after"
trials=$large_trials
search large "$large" quickstart.conf
to_label=()
collect large
label_truth
done_with large

say "annealing at 300 K: ends of the gnn searches and unswapped starts, $threads at a time"
# One after the other on all threads would leave most of them idle: a small glass moves on one.
annealing=()
anneal_one() { # START-OR-END NAME
    local what=$1 name=$2 folder=$out/anneal/$1-$2
    "$glasswright" anneal --structure "$out/truth/gnn-$name-$what.extxyz" "${common[@]}" --temperature 300 --time "$anneal" --strains "$strains" \
        --step "$step" --lateral isochoric --threads 1 --out "$folder" --json >"$folder.json" 2>>"$out/log.txt" &
    # Jobs behind a script do not hear the keyboard: what stops the script stops its annealings, which keep what they did.
    local verb=$! code=0
    trap 'kill "$verb" 2>/dev/null; wait "$verb"; exit 1' INT TERM
    wait "$verb" || code=$?
    [ $code = 0 ] || { tail -3 "$out/log.txt" >&2; echo "run.sh: failed: glasswright anneal of gnn-$name-$what" >&2; return 1; }
    ended "$folder.json" anneal || return 1
    rm "$folder.json"
}
trap 'trap - TERM; kill $(jobs -p) 2>/dev/null; wait; exit 1' INT TERM
mkdir -p "$out/anneal"
for pair in "${searched[@]}"; do
    name=${pair%%:*}
    for what in end start; do
        [ $what = end ] || [[ " ${searched[*]:0:starts} " == *" $pair "* ]] || continue
        ! is_annealed "$out/anneal/$what-$name" || continue
        while [ "$(jobs -rp | wc -l)" -ge "$threads" ]; do wait -n; done
        anneal_one $what "$name" &
        annealing+=($!)
    done
done
for job in "${annealing[@]}"; do wait "$job"; done
trap - INT TERM
done_with anneal

tell
