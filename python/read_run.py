#!/usr/bin/env python3
"""Reads what a search of Glasswright left in its folder: NumPy columns, ASE atoms, model weights.

As a module:

    from read_run import read_run
    run = read_run("runs/quickstart")
    run.info["outcome"]                    # run.json
    run.chains[0]["mean"]                  # chain-0.csv: a NumPy array for every column
    for atoms in run.accepted(0):          # accepted-0.extxyz: one ase.Atoms after the other
        atoms.arrays["value"], atoms.info["trial"]
    run.best, run.final                    # best.extxyz, final.extxyz; None before the run has ended
    run.models["model-g1"]["embedding.0.weight"]   # weights of *.safetensors

As a command: python3 read_run.py RUN [--json] prints a summary. A mistake is told in one line; the exit code is 2 then.

Needs NumPy, and ASE for structures (Debian: python3-ase; elsewhere: pip install ase). Weights need nothing else: the format is read here.
"""
import argparse
import csv
import functools
import glob
import io
import itertools
import json
import os
import re
import sys

try:
    import numpy as np
except ImportError:
    if __name__ != "__main__":
        raise
    print(f"{os.path.basename(sys.argv[0])}: NumPy is not there; Debian: apt install python3-numpy, elsewhere: pip install numpy", file=sys.stderr)
    sys.exit(2)

# The columns of a chain that are no doubles; the names of all others are those of the targets.
TEXTS = {"outcome", "vetoed_by"}
TRUTHS = {"accepted"}
WHOLES = {"trial", "atom_a", "atom_b", "evaluations", "rung"}

# Element types of safetensors, little-endian. NumPy has no brain float: it is the upper half of a single, and becomes one.
TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2",
    "U8": "u1", "BOOL": "?",
}
LONGEST_HEADER = 100_000_000


class RunError(Exception):
    """A file is not what it should be; the text is one line that names it."""


class Run:
    """A run folder. Files are read when they are asked for, and then kept; structures of a chain are read anew each time, one by one."""

    def __init__(self, folder):
        self.folder = os.fspath(folder)
        path = self._path("run.json")
        if not os.path.isfile(path):
            raise RunError(f"{self.folder}: this folder holds no run; expected run.json in it")
        try:
            with open(path, encoding="utf-8") as file:
                self.info = json.load(file)
        except ValueError as error:
            raise RunError(f"{path}: is no JSON: {error}") from error
        if not isinstance(self.info, dict):
            raise RunError(f"{path}: is no JSON object")

    @property
    def is_finished(self):
        """Whether nothing is added any more; until then the last line of a file may be half written, and is then passed over."""
        return self.info.get("outcome") == "finished"

    @functools.cached_property
    def chains(self):
        """chain-<replica>.csv: {replica: {column: array}}. accepted is of truth values, trial, atoms, evaluations, rung and n_<element> are whole numbers,
        outcome and vetoed_by texts, all else doubles: NaN where the trial did not converge or there is no model."""
        return {replica: read_chain(path) for replica, path in self._numbered("chain-", ".csv")}

    @property
    def replicas(self):
        """The chains whose structures are there."""
        return [replica for replica, _ in self._numbered("accepted-", ".extxyz")]

    def accepted(self, replica=0):
        """accepted-<replica>.extxyz: the start, and the structure of every accepted trial, as ase.Atoms with arrays (id, energy, value, ...) and info (trial,
        energy_eV)."""
        path = self._path(f"accepted-{replica}.extxyz")
        if not os.path.isfile(path):
            raise RunError(f"{self.folder}: the run has no structures of replica {replica}; expected one of {self.replicas}")
        return read_structures(path, is_growing=not self.is_finished)

    @functools.cached_property
    def best(self):
        """The structure of lowest sum of F_k/C_k; None before the run has ended."""
        return self._structure("best.extxyz")

    @functools.cached_property
    def final(self):
        """Where replica 0 ended; None before the run has ended."""
        return self._structure("final.extxyz")

    @functools.cached_property
    def finals(self):
        """Where every chain ended: {replica: ase.Atoms}."""
        return {replica: self._structure(os.path.basename(path)) for replica, path in self._numbered("final-", ".extxyz")}

    @functools.cached_property
    def models(self):
        """The models of search.learn, model-g1 and so on, and those in inputs/, inputs/<role>/<name>: {name: {tensor: array}}."""
        return {name: read_model(path)[0] for name, path in self.model_files.items()}

    @functools.cached_property
    def model_files(self):
        """Where they lie, by the same names; read_model gives the metadata too."""
        paths = glob.glob(self._escaped("*.safetensors")) + glob.glob(self._escaped("inputs", "*", "*.safetensors"))
        return {os.path.relpath(path, self.folder)[:-len(".safetensors")]: path for path in sorted(paths)}

    @functools.cached_property
    def validation(self):
        """validation-<replica>.csv, predicted against true: {replica: {column: array}}."""
        return {replica: read_table(path) for replica, path in self._numbered("validation-", ".csv")}

    @functools.cached_property
    def tables(self):
        """exchanges.csv and learning.csv, and the tables that `glasswright analyze RUN` left, as analysis/NAME: {name: {column: array}}."""
        found = {name: self._path(name + ".csv") for name in ("exchanges", "learning")}
        if os.path.isdir(self._path("analysis")):
            found.update({"analysis/" + name[:-4]: self._path("analysis", name) for name in sorted(os.listdir(self._path("analysis"))) if name.endswith(".csv")})
        return {name: read_table(path) for name, path in found.items() if os.path.isfile(path)}

    def _path(self, *names):
        return os.path.join(self.folder, *names)

    def _escaped(self, *names):
        return os.path.join(glob.escape(self.folder), *names)

    def _structure(self, name):
        path = self._path(name)
        return list(read_structures(path))[-1] if os.path.isfile(path) else None

    def _numbered(self, start, end):
        matches = (re.fullmatch(re.escape(start) + r"(\d+)" + re.escape(end), name) for name in os.listdir(self.folder))
        return sorted((int(match[1]), self._path(match[0])) for match in matches if match)


def read_run(folder):
    """A run folder, whatever the run is at."""
    return Run(folder)


def read_chain(path):
    """The table of a chain: {column: array}, typed by the names of the columns."""
    names, rows = _rows(path)
    columns = {}
    for at, name in enumerate(names):
        cells = [row[at] for _, row in rows]
        if name in TEXTS:
            columns[name] = np.array(cells, dtype=str)
        elif name in TRUTHS or name in WHOLES or name.startswith("n_"):
            whole = np.array([_number(path, line, name, row[at], int) for line, row in rows], dtype=np.int64)
            columns[name] = whole.astype(bool) if name in TRUTHS else whole
        else:
            columns[name] = np.array([_number(path, line, name, row[at], float) for line, row in rows])
    return columns


def read_table(path):
    """Any table with a line of names and comments that begin with #: {column: array}, doubles where every cell is a number or empty, else texts."""
    names, rows = _rows(path)
    columns = {}
    for at, name in enumerate(names):
        cells = [row[at] for _, row in rows]
        try:
            columns[name] = np.array([float(cell) if cell else np.nan for cell in cells])
        except ValueError:
            columns[name] = np.array(cells, dtype=str)
    return columns


def read_structures(path, is_growing=False):
    """The frames of an extended XYZ file, one after the other, as ase.Atoms. Of a file that grows the last one may be half written: it is left out."""
    try:
        import ase.io
    except ImportError as error:
        raise RunError("ASE is not there, which reads structures; Debian: apt install python3-ase, elsewhere: pip install ase") from error

    with open(path, encoding="utf-8", newline="\n") as file:
        frame = 0
        while True:
            count = file.readline()
            if not count:
                return
            is_whole = count.endswith("\n")
            if is_whole and not count.strip().isdecimal():
                raise RunError(f"{path}: frame {frame} does not begin with its number of atoms; found {count.strip()[:40]!r}")
            lines = [count] + (list(itertools.islice(file, int(count) + 1)) if is_whole else [])
            if not is_whole or len(lines) < int(count) + 2 or not lines[-1].endswith("\n"):
                if is_growing:
                    return
                raise RunError(f"{path}: frame {frame} ends before its last atom")
            try:
                yield ase.io.read(io.StringIO("".join(lines)), format="extxyz")
            except Exception as error:
                raise RunError(f"{path}: frame {frame} is not read by ASE: {' '.join(str(error).split())}") from error
            frame += 1


def read_model(path):
    """A safetensors file: ({tensor: array}, {key of the metadata: text}). Eight bytes with the length of the header, the header as JSON, the elements."""
    with open(path, "rb") as file:
        data = file.read()
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(LONGEST_HEADER, len(data) - 8):
        raise RunError(f"{path}: is no safetensors file, or cut off; expected a header of at most {max(0, len(data) - 8)} bytes; found {length}")
    body = memoryview(data)[8 + length:]
    arrays, covered = {}, 0
    try:
        header = json.loads(data[8:8 + length].decode("utf-8"))
        metadata = header.pop("__metadata__", {})
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            kind, (begin, end) = entry["dtype"], entry["data_offsets"]
            if begin != covered or not begin <= end <= len(body):
                raise RunError(f"{path}: the data of {name} do not lie behind one another within the file; expected offsets from {covered} to at most {len(body)}; found {begin} to {end}")
            covered = end
            array = np.frombuffer(body[begin:end], dtype=TYPES[kind]).reshape(entry["shape"])
            arrays[name] = (array.astype("<u4") << 16).view("<f4") if kind == "BF16" else array
        if covered != len(body):
            raise RunError(f"{path}: the data end elsewhere than the header says; expected {covered} bytes; found {len(body)}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RunError(f"{path}: the header is not one of safetensors: {' '.join(str(error).split())}") from error
    return arrays, metadata


def _rows(path):
    """The names of the columns, and the rows with their lines. What follows the last line feed is being written, and is left out."""
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    lines = text[:text.rfind("\n") + 1].splitlines()
    names, rows = [], []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        cells = next(csv.reader([line]))
        if not names:
            names = cells
        elif len(cells) != len(names):
            raise RunError(f"{path}:{number}: a row has another number of cells than the header; expected {len(names)}; found {len(cells)}")
        else:
            rows.append((number, cells))
    return names, rows


def _number(path, line, name, cell, kind):
    try:
        return np.nan if kind is float and not cell else kind(cell)
    except ValueError as error:
        raise RunError(f"{path}:{line}: the column {name} holds no {'whole number' if kind is int else 'number'} here; found {cell!r}") from error


def summarize(run):
    """What the command prints, as a dictionary; values that are not there are None."""
    trials = sum(len(chain["trial"]) for chain in run.chains.values())
    accepted = sum(int(chain["accepted"].sum()) for chain in run.chains.values())
    start = next(iter(run.accepted(run.replicas[0])), None) if run.replicas else None
    end = run.best
    summary = {
        "run": run.info.get("run"), "outcome": run.info.get("outcome"), "seed": run.info.get("seed"), "chains": len(run.chains), "trials": trials, "accepted": accepted,
        "formula": None if start is None else start.get_chemical_formula(), "atoms": None if start is None else len(start),
        "mean_start": _mean(start), "mean_best": _mean(end), "energy_start_eV": _energy(start), "energy_best_eV": _energy(end), "best_trial": None if end is None else int(end.info["trial"]),
        "models": {name: sum(array.size for array in arrays.values()) for name, arrays in run.models.items()},
        "tables": sorted(run.tables),
    }
    return summary


def _mean(atoms):
    return None if atoms is None or "value" not in atoms.arrays else float(atoms.arrays["value"].mean())


def _energy(atoms):
    return None if atoms is None else float(atoms.info["energy_eV"])


def _show(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} ({count} weights)" for name, count in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) and abs(value) < 1e3 else f"{value:.3f}" if isinstance(value, float) else str(value)


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"{self.prog}: {message}; usage: {self.prog} RUN [--json]", file=sys.stderr)
        sys.exit(2)


def main(arguments=None):
    """The command."""
    parser = _Parser(description="Prints a summary of a run folder.")
    parser.add_argument("run", metavar="RUN", help="the folder of a run, such as runs/latest")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    given = parser.parse_args(arguments)
    try:
        summary = summarize(read_run(given.run))
    except (RunError, OSError, UnicodeDecodeError) as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(summary))
    else:
        width = max(map(len, summary))
        print("\n".join(f"{name.ljust(width)}  {_show(value)}" for name, value in summary.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
