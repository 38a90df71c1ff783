#!/usr/bin/env bash
# Glasses of 864 atoms by LAMMPS (Debian's package `lammps`) and by glasswright on the same schedule (quench.lmp), three seeds each by default, both relaxed
# to zero pressure in positions and cell: energy and density with their spread. What is finished is not repeated.
#   data/preparation/compare-quench.sh [SEEDS [OUT]]      (default: 3 seeds, runs/compare-quench)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
glasswright=${GLASSWRIGHT:-$root/src/Host/bin/Release/net10.0/glasswright}
potential=$root/data/potentials/CuZr_mm.eam.fs
seeds=${1:-3}
out=${2:-$root/runs/compare-quench}
mkdir -p "$out"
out=$(cd "$out" && pwd)
for seed in $(seq 1 "$seeds"); do
    glass=$out/lammps-$seed.data
    if [ ! -f "$glass" ]; then
        OMP_NUM_THREADS=1 lmp -in "$here/quench.lmp" -log "$out/log.$seed" -screen none -var seed "$seed" -var potential "$potential" \
            -var out "$out/unfinished.data"
        mv "$out/unfinished.data" "$glass"
    fi
    [ -f "$out/lammps-$seed.json" ] || "$glasswright" minimize --structure "$glass" --species Cu,Zr --potential "$potential" --pressure 0 --cell full \
        --force-tolerance 1e-5 --max-evaluations 50000 --out "$out/lammps-$seed-p0.data" --json >"$out/lammps-$seed.json"
done
"$glasswright" prepare --composition Cu50Zr50 --atoms 864 --potential "$potential" --melt 2000 --rate 1e13 --samples "$seeds" \
    -D prepare.final-temperature=300 --out "$out/glasswright" --json >"$out/glasswright.json"
python3 - "$out" "$seeds" <<'PYTHON'
import json, math, re, statistics, sys
out, seeds = sys.argv[1], int(sys.argv[2])

def cell(path):
    text = open(path).read()
    lengths = [float(m[1]) - float(m[0]) for m in re.findall(r"^(\S+) (\S+) [xyz]lo [xyz]hi$", text, re.M)]
    return math.prod(lengths)

rows = {"LAMMPS": [], "glasswright": []}
for seed in range(1, seeds + 1):
    energy = json.load(open(f"{out}/lammps-{seed}.json"))["energy_eV"] / 864
    density = 432 * (63.546 + 91.224) / cell(f"{out}/lammps-{seed}-p0.data") / 0.602214076
    rows["LAMMPS"].append((energy, density))
for sample in json.load(open(f"{out}/glasswright.json"))["samples"]:
    rows["glasswright"].append((sample["energy_eV_per_atom"], sample["density_g_per_cm3"]))
print("| program | energy at rest, eV an atom | mean ± deviation | density, g/cm³ | mean ± deviation |\n| --- | --- | --- | --- | --- |")
for name, values in rows.items():
    cells = [name]
    for k, digits in ((0, 5), (1, 4)):
        column = [v[k] for v in values]
        cells.append(", ".join(f"{x:.{digits}f}" for x in column))
        cells.append(f"{statistics.mean(column):.{digits}f} ± {statistics.stdev(column):.{digits}f}" if seeds > 1 else "")
    print("| " + " | ".join(cells) + " |")
PYTHON
