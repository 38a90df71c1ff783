#!/usr/bin/env bash
# Compares glasswright with LAMMPS and PyTorch on one core: both do the same work, one after the other, in one run. README.md
# beside this file says what each row measures.
#
#   benchmarks/peers/run.sh [ROW…] [--atoms LIST] [--repeats N] [--quick] [--core N] [--json FILE] [--keep DIR]
#
# Rows: force dynamics relax network training labels trial (default: all). --atoms: some of 864,4000,16000,128000 (the last for force only),
# for the rows of several sizes. --quick: one repeat of less work, for a look. --core: the core that everything is pinned to (0).
# --json: the figures as JSON too. --keep: where samples and logs go (default: a scratch folder that is removed). The table goes to
# standard output, progress to standard error.
set -euo pipefail
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
data=$root/data
potential=$data/potentials/CuZr_mm.eam.fs
glasswright=$root/src/Host/bin/Release/net10.0/glasswright
python=/usr/bin/python3
packages=(lammps python3-torch python3-numpy libopenblas0-pthread)

die() {
    echo "run.sh: $*" >&2
    exit 1
}

say() { echo "$*" >&2; }

# ------------------------------------------------------------------------------------------------------------- arguments

rows=()
repeats=5
quick=0
core=0
json=
keep=
sizes=
while [ $# -gt 0 ]; do
    case $1 in
        force | dynamics | relax | network | training | labels | trial) rows+=("$1") ;;
        --quick) quick=1 ;;
        --atoms | --repeats | --core | --json | --keep)
            [ $# -ge 2 ] || die "$1 needs a value"
            case $1 in
                --atoms) sizes=$2 ;;
                --repeats) repeats=$2 ;;
                --core) core=$2 ;;
                --json) json=$2 ;;
                --keep) keep=$2 ;;
            esac
            shift
            ;;
        -h | --help)
            sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        *) die "unknown argument '$1'; rows are force dynamics relax network training labels trial" ;;
    esac
    shift
done
[[ $repeats =~ ^[1-9][0-9]*$ ]] || die "--repeats needs a whole number above 0, not '$repeats'"
[[ $core =~ ^[0-9]+$ ]] || die "--core needs the number of a core, not '$core'"
[ ${#rows[@]} -gt 0 ] || rows=(force dynamics relax network training labels trial)
wanted() { [[ " ${rows[*]} " == *" $1 "* ]]; }

# A trial is a relaxation and an inference.
if wanted trial; then
    wanted relax || rows=(relax "${rows[@]}")
    wanted network || rows=(network "${rows[@]}")
fi

# What --quick leaves out.
sizes=${sizes:-864,4000,16000,128000}
swaps_of=([864]=8 [4000]=4 [16000]=2)
training_glasses=(1001 1002 1003 1004)
steps=100
trials=60
if [ "$quick" -eq 1 ]; then
    repeats=1
    [ "$sizes" != 864,4000,16000,128000 ] || sizes=864,4000
    swaps_of=([864]=2 [4000]=1 [16000]=1)
    training_glasses=(1001 1002)
    steps=10
    trials=10
fi
big=
IFS=, read -ra asked <<<"$sizes"
sizes=()
for atoms in "${asked[@]}"; do
    case $atoms in
        864 | 4000 | 16000) sizes+=("$atoms") ;;
        128000) big=$atoms ;;
        *) die "--atoms takes some of 864,4000,16000,128000, not '$atoms'" ;;
    esac
done

# --------------------------------------------------------------------------------------------------- programs and machine

install_packages() {
    local missing=() as_root=() package
    command -v dpkg-query >/dev/null || die "this is not Debian: there is no dpkg-query"
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || die "neither root nor sudo without a password; run: apt-get install ${missing[*]}"
        as_root=(sudo -n)
    fi
    say "installing ${missing[*]}"
    { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"; } >"$scratch/apt.log" 2>&1 ||
        die "apt-get could not install ${missing[*]}: $(tail -n 1 "$scratch/apt.log")"
}

if [ -n "$keep" ]; then
    mkdir -p "$keep" || die "--keep: the folder '$keep' cannot be made"
    scratch=$(cd "$keep" && pwd)
    rm -f "$scratch/model.safetensors"
else
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
fi
if [ -n "$json" ]; then : >"$json" || die "--json: the file '$json' cannot be written"; fi
command -v dotnet >/dev/null || die "the .NET 10 SDK is missing (https://dotnet.microsoft.com/download)"
command -v taskset >/dev/null || die "taskset is missing; run: apt-get install util-linux"
taskset -c "$core" true 2>/dev/null || die "core $core cannot be used by this process"
install_packages
say "building glasswright"
dotnet build -c Release "$root/src/Host" >"$scratch/build.log" 2>&1 ||
    die "the build failed: $(grep -m 1 'error' "$scratch/build.log" || tail -n 1 "$scratch/build.log")"

# One thread everywhere, and OpenBLAS with the kernel that it chooses for this processor by itself.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE OPENBLAS_VERBOSE
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

samples=$scratch/samples.tsv
notes=$scratch/notes.tsv
: >"$samples"
: >"$notes"

# sample ROW ATOMS CASE PROGRAM QUANTITY VALUE: one measured number.
sample() {
    [[ $6 =~ ^-?[0-9] ]] || die "$1, $2 atoms: $4 told no $5"
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$samples"
}

# note ROW ATOMS TEXT, complain ROW ATOMS TEXT: a remark in the table; a check that failed.
note() { printf '%s\t%s\tnote\t%s\n' "$1" "$2" "$3" >>"$notes"; }
complain() {
    printf '%s\t%s\tfailed\t%s\n' "$1" "$2" "$3" >>"$notes"
    say "  check failed: $1 $2: $3"
}

# on_core NAME COMMAND…: runs a command on the core; its output goes to $output, its share of the core to $share, its peak
# memory in kB to $peak.
on_core() {
    local name=$1 wall cpu
    shift
    output=$scratch/$name.out
    taskset -c "$core" "$python" "$here/timed.py" "$scratch/time" "$@" >"$output" 2>"$scratch/$name.err" ||
        die "$name failed: $(cat "$scratch/$name.err" "$output" | grep -m 1 -iE 'error|expected|missing' || echo 'it said nothing')"
    read -r wall cpu peak <"$scratch/time"
    share=$(awk -v cpu="$cpu" -v wall="$wall" 'BEGIN { s = cpu / wall; printf "%.4f", (s > 1 ? 1 : s) }')
}

# number KEY: the number of a key in the JSON of the last command.
number() { grep -oE "\"$1\": ?-?[0-9.][-+0-9.eE]*" "$output" | head -n 1 | sed 's/.*: \{0,1\}//'; }

lammps() {
    local name=$1 input=$2
    shift 2
    on_core "$name" lmp -in "$here/$input" -log none -var potential "$potential" "$@"
}

# lammps_times ROW ATOMS CASE N STEPS: wall and processor seconds of the N-th run or minimization of LAMMPS' output, by STEPS.
lammps_times() {
    local wall busy
    wall=$(grep '^Loop time' "$output" | sed -n "${4}p" | awk -v n="$5" '{ print $4 / n }')
    busy=$(grep 'CPU use with' "$output" | sed -n "${4}p" | awk '{ print $1 / 100 }')
    sample "$1" "$2" "$3" lammps seconds "$wall"
    sample "$1" "$2" "$3" lammps processor "$(awk -v w="$wall" -v b="$busy" 'BEGIN { printf "%.9g", w * b }')"
    sample "$1" "$2" "$3" lammps share "$share"
}

# glasswright_times ROW ATOMS CASE PROGRAM SECONDS [N]: the time that glasswright measured for N pieces of work, and what the
# processor spent of it, by the share of the core that the process had. Short times fit between two interruptions and stay.
glasswright_times() {
    [[ $5 =~ ^[0-9] ]] || die "$1, $2 atoms: $4 told no time"
    sample "$1" "$2" "$3" "$4" seconds "$(awk -v t="$5" -v n="${6:-1}" 'BEGIN { printf "%.9g", t / n }')"
    sample "$1" "$2" "$3" "$4" processor "$(awk -v t="$5" -v n="${6:-1}" -v s="$share" 'BEGIN { printf "%.9g", (t < 0.05 ? t : t * s) / n }')"
    sample "$1" "$2" "$3" "$4" share "$share"
}

glasswright_at() {
    local name=$1 verb=$2 structure=$3
    shift 3
    on_core "$name" "$glasswright" "$verb" --structure "$structure" --species Cu,Zr --threads 1 --json "$@"
}

glass() { echo "$data/glasses/cu50zr50-$1-p0.data"; }

below() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; }

# ------------------------------------------------------------------------------------------------------------------ rows

force_row() {
    local atoms=$1 structure=$2 r
    local n=$((1600000 / atoms))
    [ "$n" -le 200 ] || n=200
    for ((r = 1; r <= repeats; r++)); do
        lammps lammps-force force.lmp -var structure "$structure" -var steps "$n"
        lammps_times force "$atoms" - 2 "$n"

        # One evaluation a process, so several processes.
        for _ in 1 2 3; do
            glasswright_at glasswright-force energy "$structure" --potential "$potential"
            glasswright_times force "$atoms" - glasswright "$(number elapsed_s)"
        done
    done
}

force() {
    local atoms
    for atoms in "${sizes[@]}"; do
        say "force, $atoms atoms"
        force_row "$atoms" "$(glass "$atoms")"
    done
    [ -n "$big" ] || return 0
    say "force, $big atoms"
    lammps replicate replicate.lmp -var structure "$(glass 16000)" -var out "$scratch/big.data"
    force_row "$big" "$scratch/big.data"
    rm -f "$scratch/big.data"
}

# The estimate of anneal runs as many steps, warm.
dynamics_row() {
    local atoms=$1 row=$2 ours=$3 theirs=$4 steps=$5
    lammps lammps-dynamics dynamics.lmp -var structure "$(glass "$atoms")" -var steps "$steps" -var ensemble "$theirs"
    lammps_times "$row" "$atoms" - 2 "$steps"
    glasswright_at glasswright-dynamics anneal "$(glass "$atoms")" --potential "$potential" --ensemble "$ours" \
        --temperature 300 --time 10 --out "$scratch/annealed" --estimate
    sample "$row" "$atoms" - glasswright seconds "$(number seconds_per_step)"
    sample "$row" "$atoms" - glasswright processor "$(number processor_seconds_per_step)"
    sample "$row" "$atoms" - glasswright share "$share"
}

dynamics() {
    local atoms r steps
    for atoms in "${sizes[@]}"; do
        steps=$((1000000 / atoms / 100 * 100))
        # As many as the estimate runs.
        [ "$steps" -ge 100 ] || steps=100
        for ((r = 1; r <= repeats; r++)); do
            say "dynamics, $atoms atoms, repeat $r of $repeats"
            dynamics_row "$atoms" nve nve "nve" "$steps"
            dynamics_row "$atoms" nvt nvt "nvt temp 300 300 0.1" "$steps"
            dynamics_row "$atoms" npt npt "npt temp 300 300 0.1 iso 0 0 1.0" "$steps"
        done
    done
}

relax_swap() {
    local atoms=$1 a=$2 b=$3 structure method norm
    structure=$(glass "$atoms")
    lammps lammps-relax relax.lmp -var structure "$structure" -var a "$a" -var b "$b" -var typea 2 -var typeb 1
    lammps_times relax "$atoms" "$a,$b" 1 1
    sample relax "$atoms" "$a,$b" lammps evaluations "$(awk '/Iterations, force evaluations/ { print $6 }' "$output")"
    sample relax "$atoms" "$a,$b" lammps energy "$(awk '/Energy initial, next-to-last, final/ { getline; print $3 }' "$output")"
    norm=$(awk '/Force two-norm/ { print $7 }' "$output")
    below "$norm" 1e-4 || complain relax "$atoms" "LAMMPS, swap $a,$b: the 2-norm of the force ends at $norm eV/Å"
    for method in cg lbfgs plbfgs; do
        glasswright_at glasswright-relax minimize "$structure" --potential "$potential" --swap "$a,$b" \
            --force-tolerance 1e-4 --minimizer "$method"
        glasswright_times relax "$atoms" "$a,$b" "glasswright $method" "$(number elapsed_s)"
        sample relax "$atoms" "$a,$b" "glasswright $method" evaluations "$(number force_evaluations)"
        sample relax "$atoms" "$a,$b" "glasswright $method" energy "$(number energy_eV)"
        norm=$(number force_norm_eV_per_A)
        below "$norm" 1e-4 || complain relax "$atoms" "$method, swap $a,$b: the 2-norm of the force ends at $norm eV/Å"
    done
}

relax() {
    local atoms a b r of
    for atoms in "${sizes[@]}"; do
        for ((r = 1; r <= repeats; r++)); do
            say "relax, $atoms atoms, repeat $r of $repeats"
            while read -r of a b; do
                [ "$of" = "$atoms" ] || continue
                relax_swap "$atoms" "$a" "$b"
            done < <(grep -v '^#' "$here/swaps.txt" | awk -v n="$atoms" '$1 == n' | head -n "${swaps_of[$atoms]}")
        done
    done
}

# Random weights, the same for both programs.
make_model() {
    [ ! -f "$scratch/model.safetensors" ] || return 0
    on_core weights "$python" "$here/network.py" weights "$scratch/weights.safetensors"
    on_core import "$glasswright" model import --weights "$scratch/weights.safetensors" --architecture "$here/paper.conf" \
        --out "$scratch/model.safetensors" --json
}

network() {
    local atoms r
    make_model
    for atoms in "${sizes[@]}"; do
        say "network, $atoms atoms"
        for ((r = 1; r <= repeats; r++)); do
            on_core pytorch-network "$python" "$here/network.py" predict "$scratch/weights.safetensors" "$(glass "$atoms")" \
                "$scratch/peer.csv"
            sample network "$atoms" - pytorch seconds "$(number seconds)"
            sample network "$atoms" - pytorch processor "$(number processor)"
            sample network "$atoms" - pytorch share "$share"
            sample network "$atoms" - pytorch peak_kb "$peak"
            glasswright_at glasswright-network predict "$(glass "$atoms")" --model "$scratch/model.safetensors" \
                --out "$scratch/ours.csv"
            glasswright_times network "$atoms" - glasswright "$(number elapsed_s)"
            sample network "$atoms" - glasswright peak_kb "$peak"
            "$python" "$here/table.py" agree "$scratch/peer.csv" "$scratch/ours.csv" ||
                die "network, $atoms atoms: the two programs do not predict the same"
        done
    done
}

training_configuration() {
    local seed
    cat "$here/paper.conf"
    echo 'train { epochs = 2, settle-normalization = off, dropout { edges = 0 }, strain = 0.04'
    echo "split { train = [$(printf 'cu50zr50-864-%s,' "${training_glasses[@]}")] }"
    echo 'data = ['
    for seed in "${training_glasses[@]}"; do
        echo "{ structure = \"$data/glasses/training/cu50zr50-864-$seed.data\", labels = \"$data/labels/cu50zr50-864-$seed.labels.csv\" }"
    done
    echo '] }'
}

training() {
    local r seed glasses=()
    make_model
    training_configuration >"$scratch/train.conf"
    for seed in "${training_glasses[@]}"; do
        glasses+=("$data/glasses/training/cu50zr50-864-$seed.data,$data/labels/cu50zr50-864-$seed.labels.csv")
    done
    local atoms=$((864 * ${#glasses[@]}))
    for ((r = 1; r <= repeats; r++)); do
        say "training, repeat $r of $repeats"
        on_core pytorch-training "$python" "$here/network.py" train "$scratch/weights.safetensors" 2 "${glasses[@]}"
        below "$(number difference)" 1e-4 || die "training: PyTorch's network for training is not the one for inference"
        sample training "$atoms" - pytorch seconds "$(number seconds_per_epoch | awk -v n="$atoms" '{ print $1 / n }')"
        sample training "$atoms" - pytorch processor "$(number processor | awk -v n="$atoms" '{ print $1 / n }')"
        sample training "$atoms" - pytorch share "$share"
        sample training "$atoms" - pytorch peak_kb "$peak"
        on_core glasswright-training "$glasswright" train "$scratch/train.conf" --out "$scratch/trained.safetensors" \
            --species Cu,Zr --threads 1 --estimate --json
        glasswright_times training "$atoms" - glasswright "$(number seconds_per_epoch)" "$atoms"
        sample training "$atoms" - glasswright peak_kb "$peak"
    done
}

labels() {
    local r structure strain wall
    structure=$(glass 864)
    strain=$(awk -v n="$steps" 'BEGIN { printf "%.4f", n * 1e-4 }')
    for ((r = 1; r <= repeats; r++)); do
        say "labels, repeat $r of $repeats"
        rm -f "$scratch/clock"
        lammps lammps-labels shear.lmp -var structure "$structure" -var steps "$steps" -var clock "$scratch/clock"
        grep '^point' "$output" >"$scratch/peer.curve" || die "labels: LAMMPS printed no curve"
        wall=$(awk 'NR == 1 { t = $1 } NR == 2 { printf "%.6f", $1 - t }' "$scratch/clock")
        sample labels 864 - lammps seconds "$wall"
        sample labels 864 - lammps processor "$(awk -v w="$wall" -v s="$share" 'BEGIN { printf "%.9g", w * s }')"
        sample labels 864 - lammps share "$share"
        sample labels 864 - lammps evaluations "$(awk '/Iterations, force evaluations/ { n += $6 } END { print n }' "$output")"
        glasswright_at glasswright-labels deform "$structure" --potential "$potential" --mode xy+ --step 1e-4 \
            --strain "$strain" --out "$scratch/shear"
        glasswright_times labels 864 - glasswright "$(number elapsed_s)"
        sample labels 864 - glasswright evaluations "$(number force_evaluations)"
    done
    note labels 864 "$steps steps of 1e-4, mode xy+"
    local told
    told=$("$python" "$here/table.py" curves "$scratch/peer.curve" "$scratch/shear/curve.csv") ||
        complain labels 864 "the curves differ before the first event"
    note labels 864 "$told"
}

trial() {
    local method r relaxations
    make_model
    for ((r = 1; r <= repeats; r++)); do
        for method in cg lbfgs plbfgs; do
            say "trial, search with $method, repeat $r of $repeats"
            rm -rf "$scratch/search"
            on_core glasswright-search "$glasswright" search "$root/config/quickstart.conf" --threads 1 --json \
                --model "$scratch/model.safetensors" --out "$scratch/search" -D "search.trials=$trials" \
                -D search.calibrate.pilot=20 -D search.proposal.bias-exponent=0 -D "search.minimizer.kind=$method"
            relaxations=$(number unique_relaxations)
            glasswright_times search 864 - "glasswright $method" "$(number relaxing_core_s)" "$relaxations"
            sample search 864 - "glasswright $method" all_seconds "$(number elapsed_s | awk -v n="$relaxations" '{ print $1 / n }')"
        done
    done
}

# ------------------------------------------------------------------------------------------------------------------- run

on_core versions "$python" "$here/network.py" versions
cp "$output" "$scratch/versions.json"
load=$(cut -d ' ' -f 1 /proc/loadavg)
commit=$(git -C "$root" describe --always --dirty --abbrev=10 2>/dev/null || echo unknown)
for row in force dynamics relax network training labels trial; do
    if wanted "$row"; then "$row"; fi
done
"$python" "$here/table.py" table "$samples" "$notes" "$scratch/versions.json" ${json:+--json "$json"} \
    --set "commit=$commit" --set "repeats=$repeats" --set "core=$core" --set "load=$load" --set "quick=$quick" \
    --set "load_end=$(cut -d ' ' -f 1 /proc/loadavg)" \
    --set "lammps=$(lmp -h | grep -m 1 Simulator | sed 's/.*Simulator - //')" --set "dotnet=$(dotnet --version)" \
    --set "openblas=$(dpkg-query -W -f '${Version}' libopenblas0-pthread)"
