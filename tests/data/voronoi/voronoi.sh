#!/bin/sh
# Writes cu50zr50-864-full.vol and cu50zr50-864-radical.vol again: voro++ 0.4.6 (Debian's package voro++) on all digits of the glass, without and
# with the radii Cu 1.28 Å, Zr 1.60 Å.
set -e
cd "$(dirname "$0")"
glass=../glasses/cu50zr50-864.data
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
atoms() { awk '/^Atoms/ { on = 1; next } /^Velocities/ { on = 0 } on && NF >= 5 { print $1, $3, $4, $5, ($2 == 1 ? 1.28 : 1.60) }' $glass; }
set -- $(awk '/xlo|ylo|zlo/ { print $1, $2 }' $glass)
atoms | cut -d ' ' -f 1-4 > "$work/full"
atoms > "$work/radical"
voro++ -p -c '%i %v %s %A' "$@" "$work/full"
voro++ -r -p -c '%i %v %s %A' "$@" "$work/radical"
sort -n "$work/full.vol" > cu50zr50-864-full.vol
sort -n "$work/radical.vol" > cu50zr50-864-radical.vol
