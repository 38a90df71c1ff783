#!/usr/bin/env bash
# Makes dynamics-*.csv with LAMMPS (Debian: apt install lammps), the references of tests/Kernels.Tests/Dynamics.
set -euo pipefail
cd "$(dirname "$0")"
run() {
    local out=dynamics-$1.csv log
    log=$(mktemp)
    lmp -in dynamics.lmp -log "$log" -screen none -var glass ../glasses/cu50zr50-864.data \
        -var potential ../../../data/potentials/CuZr_mm.eam.fs -var factor "$2" -var chain "$3" -var ensemble "$4"
    echo "step,temperature_K,potential_eV,kinetic_eV,pressure_bar,volume_A3,conserved_eV,lx,ly,lz,xy,xz,yz" >"$out"
    awk '/^Step/ { on = 1; next } /^Loop time/ { on = 0 } on { $1 = $1; gsub(/ /, ","); print }' "$log" >>"$out"
    rm "$log"
}
run nve-300 1 0 nve
run nve-1200 2 0 nve
run nvt-1200 2 f_motion "nvt temp 1000 1000 0.1"
run npt-iso 2 f_motion "npt temp 1000 1000 0.1 iso 5000 5000 1.0"
run npt-full 2 f_motion "npt temp 1000 1000 0.1 tri 0 0 1.0"
