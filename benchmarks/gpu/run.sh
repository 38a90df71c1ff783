#!/usr/bin/env bash
# What an OpenCL device does: forces against the processor's, force evaluations and relaxations at 864, 4,000 and 16,000 atoms, many at a time,
# and a search on it in the same bytes for 4 and 64 samplers. Needs a driver and a loader (libOpenCL.so.1) on the machine, and .NET's SDK only to build.
#   benchmarks/gpu/run.sh [--device N] [--batches LIST]      builds here and measures here
#   benchmarks/gpu/run.sh --pack FILE.tar.xz                 builds here, for a machine without .NET: unpack there and run this script in it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
pack= more=() batches=1,16,64
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
    case $1 in
        --pack) pack=$2 ;;
        --batches) batches=$2 ;;
        --device) more=(--device "$2") ;;
        *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift 2
done

program=runs/gpu/glasswright
if [ ! -x "$program" ] || [ -d src ]; then
    dotnet publish src/Host -c Release -r linux-x64 --self-contained -o runs/gpu -p:PublishDocumentationFiles=false >/dev/null
fi

if [ -n "$pack" ]; then
    # The loader travels too: a machine with a driver alone may lack it. run.sh takes it only where there is no other.
    loader=$(ldconfig -p | awk '/libOpenCL\.so\.1 / { print $NF; exit }')
    [ -z "$loader" ] || cp -L "$loader" runs/gpu/libOpenCL.so.1
    tar -cJf "$pack" runs/gpu benchmarks/gpu data/potentials/CuZr_mm.eam.fs data/glasses/*.data data/models config/quickstart.conf
    ls -l "$pack"
    exit 0
fi

echo "== OpenCL here"
ldconfig -p | grep -E 'OpenCL|nvrtc|libcuda\.' || echo "the loader's cache has none"
ls /etc/OpenCL/vendors 2>/dev/null || echo "no vendor is registered in /etc/OpenCL/vendors"
if ! ldconfig -p | grep -q 'libOpenCL\.so\.1' && [ -f runs/gpu/libOpenCL.so.1 ]; then
    export LD_LIBRARY_PATH=$PWD/runs/gpu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi

# A container may have NVIDIA's driver without its registration.
if [ ! -d /etc/OpenCL/vendors ] && driver=$(find / -name 'libnvidia-opencl.so.1' -not -path '/proc/*' 2>/dev/null | head -1) && [ -n "$driver" ]; then
    export OCL_ICD_FILENAMES=$driver OPENCL_VENDOR_PATH=$(mktemp -d)
    echo "$driver" >"$OPENCL_VENDOR_PATH/nvidia.icd"
fi

"$program" devices
for atoms in 864 4000 16000; do
    echo "== $atoms atoms"
    "$program" devices --measure --structure "data/glasses/cu50zr50-$atoms-p0.data" --species Cu,Zr --potential data/potentials/CuZr_mm.eam.fs \
        --model data/models/cu50zr50.safetensors --batches "$batches" "${more[@]}"
done

echo "== a search of 100 trials, 4 and 64 samplers"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for samplers in 4 64; do
    start=$(date +%s.%N)
    "$program" search config/quickstart.conf --backend opencl "${more[@]}" --threads $samplers --out "$scratch/$samplers" \
        -D search.trials=100 -D search.minimizer.kind=cg --json >/dev/null 2>"$scratch/log" || { tail -3 "$scratch/log"; exit 1; }
    awk -v n=$samplers -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%d samplers: %.1f s\n", n, b - a }'
done
for file in chain-0.csv accepted-0.extxyz final.extxyz; do
    cmp "$scratch/4/$file" "$scratch/64/$file" && echo "$file: the same bytes"
done
