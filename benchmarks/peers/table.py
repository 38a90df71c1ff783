#!/usr/bin/env python3
"""The table of run.sh, and the checks that two programs did the same work.

usage: table.py table SAMPLES NOTES VERSIONS [--json FILE] [--set KEY=VALUE ...]
       table.py agree PEER.csv OURS.csv      predictions of every atom, to 1e-4 of their range
       table.py curves PEER OURS.csv         energies of every strain step before the first event, to 1e-5 eV
"""
import argparse
import datetime
import json
import sys
from collections import defaultdict
from statistics import mean, median

PEERS = {"lammps": "LAMMPS", "pytorch": "PyTorch"}
TITLES = {
    "force": "force evaluation", "nve": "molecular dynamics, NVE, a step", "nvt": "molecular dynamics, NVT, a step",
    "npt": "molecular dynamics, NPT, a step", "relax": "relaxation of a swap", "network": "inference", "training": "training, per atom and epoch",
    "labels": "quasistatic loading", "trial": "trial: relaxation and inference", "search": "search, per unique relaxation"}
PREDICTION_TOLERANCE, ENERGY_TOLERANCE = 1e-4, 1e-5


class Samples:
    """Numbers by row, atoms, program and quantity, and in these by case."""

    def __init__(self, path):
        self._values = defaultdict(lambda: defaultdict(list))
        with open(path) as file:
            for line in file:
                row, atoms, case, program, quantity, value = line.rstrip("\n").split("\t")
                self._values[row, int(atoms), program, quantity][case].append(float(value))

    def keys(self, row):
        """Sizes and programs of a row, in the order of measurement."""
        found = defaultdict(list)
        for (name, atoms, program, quantity) in self._values:
            if name == row and quantity == "seconds":
                found[atoms].append(program)
        return found

    def of(self, row, atoms, program, quantity, reduce=median):
        """The mean over the cases of each case's median (or what reduces its repeats), or None."""
        cases = self._values.get((row, atoms, program, quantity))
        return mean(reduce(values) for values in cases.values()) if cases else None

    def least_share(self):
        return min((v for (*_, q), cases in self._values.items() if q == "share" for vs in cases.values() for v in vs), default=1)


def significant(x):
    return "-" if x is None else f"{x:.3g}" if abs(x) < 1000 else f"{x:.0f}"


def lines(samples):
    """One dictionary for each line of the table."""
    table = []
    for row in TITLES:
        for atoms, programs in samples.keys(row).items():
            peer = next((p for p in programs if p in PEERS), None)
            for ours in (p for p in programs if p not in PEERS):
                line = {
                    "row": row, "atoms": atoms, "peer": PEERS.get(peer, "-"), "program": ours,
                    "seconds": samples.of(row, atoms, ours, "seconds"),
                    "processor_seconds": samples.of(row, atoms, ours, "processor", min), "remarks": remarks(samples, row, atoms, peer, ours)}
                if peer:
                    line["peer_seconds"] = samples.of(row, atoms, peer, "seconds")
                    line["peer_processor_seconds"] = samples.of(row, atoms, peer, "processor", min)
                table.append(line)
        if row == "labels":
            table += trials(table)
    for line in table:
        if "peer_seconds" in line:
            line["ratio"] = line["peer_seconds"] / line["seconds"]
            line["processor_ratio"] = line["peer_processor_seconds"] / line["processor_seconds"]
    return table


def trials(table):
    """Sums of relaxation and inference where both were measured."""
    inference = {line["atoms"]: line for line in table if line["row"] == "network"}
    for line in [line for line in table if line["row"] == "relax" and line["atoms"] in inference]:
        other = inference[line["atoms"]]
        total = {key: line[key] + other[key] for key in (
            "seconds", "processor_seconds", "peer_seconds", "peer_processor_seconds")}
        yield {**total, "row": "trial", "atoms": line["atoms"], "peer": "LAMMPS, PyTorch", "program": line["program"], "remarks": []}


def remarks(samples, row, atoms, peer, ours):
    told = []
    evaluations = [samples.of(row, atoms, program, "evaluations") for program in (peer, ours)]
    if None not in evaluations:
        told.append(f"force evaluations {evaluations[0]:.0f} and {evaluations[1]:.0f}")
    energies = [samples.of(row, atoms, program, "energy") for program in (peer, ours)]
    if None not in energies:
        told.append(f"mean final energy {1000 * (energies[1] - energies[0]):+.2f} meV")
    peaks = [samples.of(row, atoms, program, "peak_kb") for program in (peer, ours)]
    if None not in peaks:
        told.append(f"peak memory {peaks[0] / 1024:.0f} and {peaks[1] / 1024:.0f} MB")
    every = samples.of(row, atoms, ours, "all_seconds")
    if every is not None:
        told.append(f"{significant(every)} s with everything")
    return told


def processor():
    with open("/proc/cpuinfo") as file:
        entries = dict(line.split(":", 1) for line in file.read().split("\n\n")[0].splitlines() if ":" in line)
    entries = {key.strip(): value.strip() for key, value in entries.items()}
    flags = entries.get("flags", "").split()
    width = next((name for name, flag in (("AVX-512", "avx512f"), ("AVX2", "avx2")) if flag in flags), "no AVX2")
    name = entries.get("model name", "unknown processor")
    family = f"family {entries.get('cpu family', '?')} model {entries.get('model', '?')}"
    return f"{name} ({family}, {width})"


def print_table(options):
    samples = Samples(options.samples)
    table = lines(samples)
    settings = dict(pair.split("=", 1) for pair in options.set)
    with open(options.versions) as file:
        versions = json.load(file)
    notes, failures = defaultdict(list), []
    with open(options.notes) as file:
        for line in file:
            row, atoms, kind, text = line.rstrip("\n").split("\t")
            (notes[row, int(atoms)] if kind == "note" else failures).append(text if kind == "note" else f"{row}, {atoms} atoms: {text}")

    date = datetime.date.today().isoformat()
    share = samples.least_share()
    print(f"{processor()}, core {settings['core']}, {date}, glasswright {settings['commit']}, {settings['repeats']} repeats"
          f"{', --quick' if settings['quick'] == '1' else ''}.")
    print(f"LAMMPS {settings['lammps']} (`eam/fs/opt`), PyTorch {versions['torch']} with OpenBLAS {settings['openblas']} "
          f"(kernel {versions['openblas_kernel']}), NumPy {versions['numpy']}, .NET SDK {settings['dotnet']}; one thread each.")
    print(f"Load of the machine {settings['load']} at the start, {settings['load_end']} at the end; the least share of the core that a process had: {100 * share:.0f} %.\n")
    print("| what | atoms | peer | s | glasswright | s | ratio | ratio of least processor times | remarks |")
    print("| --- | ---: | --- | ---: | --- | ---: | ---: | ---: | --- |")
    for line in table:
        way = line["program"].removeprefix("glasswright").strip()
        told = "; ".join(line["remarks"] + notes[line["row"], line["atoms"]])
        ratio = f"**{significant(line['ratio'])}**" if "ratio" in line else "-"
        print(f"| {TITLES[line['row']]} | {line['atoms']:,} | {line['peer']} | {significant(line.get('peer_seconds'))} | {way} "
              f"| {significant(line['seconds'])} | {ratio} | {significant(line.get('processor_ratio'))} | {told} |")
    for failure in failures:
        print(f"\nCheck failed: {failure}.")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({
                "processor": processor(), "date": date, **settings, **versions, "least_share": share, "failures": failures,
                "rows": [{**line, "remarks": line["remarks"] + notes[line["row"], line["atoms"]]} for line in table]}, file, indent=1)
            file.write("\n")
    return 1 if failures else 0


def read_csv(path):
    with open(path) as file:
        return dict(map(float, line.split(",")) for line in file.read().split()[1:])


def agree(options):
    peer, ours = read_csv(options.peer), read_csv(options.ours)
    if peer.keys() != ours.keys():
        print("table.py: the predictions are of different atoms", file=sys.stderr)
        return 1
    worst, spread = max(abs(peer[i] - ours[i]) for i in peer), max(peer.values()) - min(peer.values())
    if worst > PREDICTION_TOLERANCE * spread:
        print(f"table.py: predictions differ by {worst:.2g}, their range is {spread:.2g}", file=sys.stderr)
        return 1
    return 0


def curves(options):
    with open(options.peer) as file:
        peer = {int(k): (float(e), float(s)) for _, k, e, s in map(str.split, file)}
    with open(options.ours) as file:
        ours = {round(float(x) * 1e4): (float(e), float(s)) for x, e, s in (line.split(",") for line in file.read().split()[1:])}
    steps = sorted(peer.keys() & ours.keys())

    # An event is a fall of the stress; from there on either program may be in a basin of its own.
    def first_event(curve):
        return next((b for a, b in zip(steps, steps[1:]) if curve[b][1] < curve[a][1]), steps[-1] + 1)

    event = min(first_event(peer), first_event(ours))
    elastic = [k for k in steps if k < event]
    worst = max(abs(peer[k][0] - ours[k][0]) for k in elastic)
    end = f"before the first event, step {event}," if event <= steps[-1] else "in all steps, without an event,"
    print(f"energies {end} differ by at most {worst:.1e} eV")
    return 0 if worst <= ENERGY_TOLERANCE and len(elastic) > 1 else 1


def main():
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("table")
    for name in "samples", "notes", "versions":
        verb.add_argument(name)
    verb.add_argument("--json")
    verb.add_argument("--set", action="append", default=[])
    verb.set_defaults(run=print_table)
    for name, function in (("agree", agree), ("curves", curves)):
        verb = verbs.add_parser(name)
        verb.add_argument("peer")
        verb.add_argument("ours")
        verb.set_defaults(run=function)
    options = parser.parse_args()
    sys.exit(options.run(options))


if __name__ == "__main__":
    main()
