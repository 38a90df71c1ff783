"""Opens a structure file with ASE and prints what it found as JSON, doubles with all their digits.

Usage: ase_read.py FILE FORMAT SPECIES, the last as Cu,Zr: elements of types 1, 2 in files that have no names.
"""
import json
import sys

import ase
import ase.io
from ase.data import atomic_numbers

path, kind, species = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
options = {}
if kind == "lammps-data":
    options = {"style": "atomic", "Z_of_type": {i + 1: atomic_numbers[s] for i, s in enumerate(species)}}
elif kind == "lammps-dump-text":
    options = {"order": False, "specorder": species}

atoms = ase.io.read(path, format=kind, **options)
print(json.dumps({
    "version": ase.__version__,
    "cell": [float(x) for x in atoms.cell.array.ravel()],
    "pbc": [bool(x) for x in atoms.pbc],
    "positions": [float(x) for x in atoms.positions.ravel()],
    "symbols": atoms.get_chemical_symbols(),
    "info": {key: str(value) for key, value in atoms.info.items()},
    "arrays": {key: [float(x) for x in array.ravel()] for key, array in atoms.arrays.items() if array.dtype.kind in "if"},
}))
