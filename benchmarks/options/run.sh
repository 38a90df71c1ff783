#!/usr/bin/env bash
# What each of the network's options costs at the paper's size: processor time of training per atom and epoch (two glasses of 864 atoms, one
# thread; the difference of a long and a short training, so without start-up), and the least and median time of a prediction of 16,000 atoms.
#
#   benchmarks/options/run.sh [ROUNDS]        (3; the program must be built: dotnet build -c Release src/Host)
set -euo pipefail
export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
glasswright=$root/src/Host/bin/Release/net10.0/glasswright
rounds=${1:-3}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { echo "run.sh: ROUNDS is a whole number above 0, not '$rounds'" >&2; exit 1; }
[ -x "$glasswright" ] || { echo "run.sh: $glasswright is not built" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
settings=(
    architecture.node-width=40 architecture.edge-width=51 architecture.heads=5 architecture.head-width=12 architecture.layers=5
    architecture.cutoff=4.0 architecture.gaussian.start=0 architecture.gaussian.step=0.1 architecture.gaussian.count=51
    architecture.gaussian.sigma=0.1 'architecture.embedding=[40,40]' 'architecture.readout=[32]'
    'train.split.train=[cu50zr50-864-1001,cu50zr50-864-1002]' 'train.split.validation=[]' 'train.split.test=[]'
    train.settle-normalization=off train.patience=100
)
options=(
    train.seed=1 architecture.pooling=mean architecture.pooling=max architecture.pooling=set2set architecture.remember=lstm
    architecture.remember=dense 'architecture.class-levels=[0.9]' train.dropout.input=0.1 train.core-atoms=400
)
short=2 long=14
TIMEFORMAT=%U
for ((round = 0; round < rounds; round++)); do
    for option in "${options[@]}"; do
        defines=()
        for setting in "${settings[@]}" "$option"; do
            defines+=(-D "$setting")
        done
        for epochs in $short $long; do
            rm -f "$work"/m.safetensors*
            used=$({ time "$glasswright" train "$root/config/train.conf" --out "$work/m.safetensors" --threads 1 "${defines[@]}" \
                -D train.epochs=$epochs > /dev/null 2>&1; } 2>&1)
            echo "train $option $epochs $used" >> "$work/times"
        done
        for pass in 1 2 3; do
            seconds=$("$glasswright" predict --json --model "$work/m.safetensors" --species Cu,Zr \
                --structure "$root/data/glasses/cu50zr50-16000-p0.data" 2> /dev/null | sed 's/.*"elapsed_s":\([0-9.e-]*\).*/\1/')
            echo "predict $option $pass $seconds" >> "$work/times"
        done
    done
done
/usr/bin/env python3 - "$work/times" $((long - short)) << 'PYTHON'
import statistics
import sys

train, predict = {}, {}
for line in open(sys.argv[1]):
    kind, option, number, seconds = line.split()
    if kind == "train":
        train.setdefault(option, {}).setdefault(number, []).append(float(seconds))
    else:
        predict.setdefault(option, []).append(float(seconds))
print("| option | training, ms per atom and epoch (median of processor time) | ratio | prediction of 16,000 atoms, s (least, median) |")
print("| --- | ---: | ---: | ---: |")
base = None
for option, runs in train.items():
    short, long = runs["2"], runs["14"]
    value = statistics.median((b - a) * 1000 / 1728 / int(sys.argv[2]) for a, b in zip(short, long))
    base = base or value
    times = predict[option]
    print(f"| {option} | {value:.3f} | {value / base:.2f} | {min(times):.3f}, {statistics.median(times):.3f} |")
PYTHON
