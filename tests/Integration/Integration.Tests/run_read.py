"""Reads a run folder with python/read_run.py and prints all that it found as JSON, doubles with all their digits.

Usage: run_read.py READER FOLDER, the first the folder of read_run.py.
"""
import json
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
import read_run  # noqa: E402  (its folder is told by the caller)


def plain(array):
    return {"type": array.dtype.kind, "shape": list(array.shape), "values": (array.astype(float) if array.dtype.kind == "f" else array).ravel().tolist()}


def structure(atoms):
    return None if atoms is None else {
        "symbols": atoms.get_chemical_symbols(),
        "positions": atoms.positions.ravel().tolist(),
        "cell": atoms.cell.array.ravel().tolist(),
        "pbc": atoms.pbc.tolist(),
        "trial": int(atoms.info["trial"]),
        "energy_eV": float(atoms.info["energy_eV"]),
        "arrays": {name: plain(array) for name, array in atoms.arrays.items() if name not in ("numbers", "positions")},
    }


run = read_run.read_run(sys.argv[2])
print(json.dumps({
    "info": run.info,
    "chains": {replica: {name: plain(column) for name, column in chain.items()} for replica, chain in run.chains.items()},
    "accepted": {replica: [structure(atoms) for atoms in run.accepted(replica)] for replica in run.replicas},
    "best": structure(run.best),
    "final": structure(run.final),
    "finals": {replica: structure(atoms) for replica, atoms in run.finals.items()},
    "models": {name: {tensor: plain(np.asarray(array)) for tensor, array in arrays.items()} for name, arrays in run.models.items()},
    "metadata": {name: read_run.read_model(path)[1] for name, path in run.model_files.items()},
    "validation": {replica: {name: plain(column) for name, column in table.items()} for replica, table in run.validation.items()},
    "tables": {name: {column: plain(array) for column, array in table.items()} for name, table in run.tables.items()},
}))
