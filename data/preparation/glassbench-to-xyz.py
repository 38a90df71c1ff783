#!/usr/bin/env python3
"""Configurations of GlassBench's three-dimensional Kob-Andersen set as extended XYZ with their propensities as columns.

  glassbench-to-xyz.py OUT FILE.npz... [--positions initial_positions_inherent] [--properties md_prop,bb_prop]
                       [--sigma 2.2] [--density 1.2] [--species Ni,P]

Every FILE.npz becomes OUT/FILE.extxyz. docs/glassbench.md says which arrays are expected, and what was not verified.
"""
import argparse
import os
import sys

import numpy as np


def fail(path, problem, expected, found):
    print(f"{path}: {problem}; expected {expected}; found {found}", file=sys.stderr)
    sys.exit(2)


def take(data, path, name):
    if name not in data.files:
        fail(path, "an array is missing", name, ", ".join(data.files) or "none")
    return np.asarray(data[name])


def convert(path, arguments):
    """The text of one configuration."""
    with np.load(path) as data:
        types = take(data, path, "types").reshape(-1)
        positions = take(data, path, arguments.positions).astype(float)
        columns = {}
        for name in arguments.properties:
            values = np.atleast_2d(take(data, path, name).astype(float))
            if values.shape[1] != len(types):
                fail(path, f"{name} does not fit", f"[times, {len(types)}]", list(values.shape))
            columns.update({f"{name}_{time}": row for time, row in enumerate(values)})

    if positions.shape != (len(types), 3):
        fail(path, f"{arguments.positions} does not fit; two-dimensional sets are not converted", f"[{len(types)}, 3]", list(positions.shape))
    kinds, counts = np.unique(types, return_counts=True)
    if len(kinds) != len(arguments.species):
        fail(path, "the number of types does not fit", f"{len(arguments.species)} for {','.join(arguments.species)}", len(kinds))

    # Whatever numbers the types have, the commonest is the first species: A of the 80:20 mixture.
    names = dict(zip(kinds[np.argsort(-counts, kind="stable")], arguments.species))
    side = (len(types) / arguments.density) ** (1 / 3) * arguments.sigma
    positions = np.mod(positions * arguments.sigma, side)
    header = " ".join(
        [f'Lattice="{side!r} 0 0 0 {side!r} 0 0 0 {side!r}"', "Properties=species:S:1:pos:R:3:id:I:1" + "".join(f":{c}:R:1" for c in columns), 'pbc="T T T"']
    )
    rows = [
        " ".join([names[types[i]], *(repr(float(x)) for x in positions[i]), str(i + 1), *(repr(float(values[i])) for values in columns.values())])
        for i in range(len(types))
    ]
    return "\n".join([str(len(types)), header, *rows]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--positions", default="initial_positions_inherent")
    parser.add_argument("--properties", type=lambda text: text.split(","), default=["md_prop", "bb_prop"])
    parser.add_argument("--sigma", type=float, default=2.2, help="sigma of A-A in Angstrom")
    parser.add_argument("--density", type=float, default=1.2, help="number density in 1/sigma^3: the files hold no box")
    parser.add_argument("--species", type=lambda text: text.split(","), default=["Ni", "P"])
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    for path in arguments.files:
        text = convert(path, arguments)
        target = os.path.join(arguments.out, os.path.splitext(os.path.basename(path))[0] + ".extxyz")
        with open(target + ".tmp", "w") as file:
            file.write(text)
        os.replace(target + ".tmp", target)


main()
