#!/usr/bin/env bash
# Makes the glasses of data/glasses/training and the labels of data/labels: LAMMPS (Debian's package `lammps`) quenches from the melt,
# glasswright relaxes the cell to zero stress and computes the labels. What is finished is not repeated.
#   data/preparation/make-glasses.sh [SEED…]      (default: the seeds of the glasses that are shipped)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(dirname "$here")
glasswright=${GLASSWRIGHT:-$data/../src/Host/bin/Release/net10.0/glasswright}
potential=$data/potentials/CuZr_mm.eam.fs
work=${WORK:-$data/../runs/preparation}
mkdir -p "$work" "$data/glasses/training" "$data/labels"
seeds=("$@")
[ ${#seeds[@]} -gt 0 ] || seeds=($(seq 1001 1018))
glasses=()
for seed in "${seeds[@]}"; do
    glass=$data/glasses/training/cu50zr50-864-$seed.data
    quenched=$work/quenched-$seed.data
    if [ ! -f "$glass" ]; then
        if [ ! -f "$quenched" ]; then
            lmp -in "$here/melt-quench.lmp" -log "$work/log.$seed" -screen none \
                -var seed "$seed" -var potential "$potential" -var out "$work/unfinished-$seed.data"
            mv "$work/unfinished-$seed.data" "$quenched"
        fi
        "$glasswright" minimize --structure "$quenched" --potential "$potential" --species Cu,Zr \
            --pressure 0 --cell full --force-tolerance 1e-6 --max-evaluations 40000 --out "$glass"
    fi
    glasses+=("$glass")
done
"$glasswright" label "${glasses[@]}" --potential "$potential" --species Cu,Zr \
    --strains 0.02,0.04 --step 1e-4 --lateral isochoric --out "$data/labels"
