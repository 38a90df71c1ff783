"""Draws docs/images/quickstart.svg from a run folder: python3 docs/images/quickstart.py runs/quickstart"""
import csv
import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

matplotlib.rcParams["svg.hashsalt"] = "glasswright"
matplotlib.rcParams["svg.fonttype"] = "none"
run = sys.argv[1]
start = json.load(open(run + "/run.json"))["targets_start"]
rows = list(csv.DictReader(open(run + "/chain-0.csv")))
names = ["max", "q0.90", "q0.75", "q0.50", "mean", "q0.25", "q0.10"]
held = {k: [start[k]] for k in names}
for row in rows:
    for k in names:
        held[k].append(float(row[k]) if row["accepted"] == "1" else held[k][-1])
figure, axes = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
trials = range(len(rows) + 1)
for k in names:
    main = k == "mean"
    axes.step(trials, held[k], where="post", label=k, lw=2.2 if main else 1.1, color="black" if main else None)
tried = [(int(r["trial"]), float(r["mean"])) for r in rows if r["mean"]]
axes.plot(*zip(*tried), ".", ms=3, color="0.7", label="mean of each trial", zorder=0)
axes.set_xlabel("trial")
axes.set_ylabel("predicted ln (D²min / Å²)")
axes.set_title("Quickstart: targets of the structure that the chain holds", fontsize=10)
axes.legend(fontsize=7, ncols=2, loc="upper right")
axes.grid(alpha=0.25)
figure.savefig("docs/images/quickstart.svg", metadata={"Date": None})
