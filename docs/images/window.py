"""Draws docs/images/window.svg: what one chain gains from W samplers.

python3 docs/images/window.py [GAIN_ON_THE_CLOCK_OF_TWO_SAMPLERS]

The counted gains are those that WindowGainTests asserts within a tenth, printed by it at an acceptance of 1 %.
"""
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

matplotlib.rcParams["svg.hashsalt"] = "glasswright"
matplotlib.rcParams["svg.fonttype"] = "none"
counted = {2: 1.992, 4: 3.940, 8: 7.701, 16: 14.650, 40: 31.332}
samplers = range(1, 41)
figure, axes = plt.subplots(figsize=(5.2, 3.6), layout="constrained")
axes.plot(samplers, samplers, ":", color="0.6", label="ideal, W")
axes.plot(samplers, [w / (1 + 0.75 * 0.01 * (w - 1)) for w in samplers], color="black", label="expected, W/(1 + ¾ a (W - 1)), a = 1 %")
axes.plot(list(counted), list(counted.values()), "o", ms=5, label="the window in counted time")
if len(sys.argv) > 1:
    axes.plot([2], [float(sys.argv[1])], "x", ms=8, mew=2, color="crimson", label="on the clock, two cores")
axes.set_xlabel("samplers W")
axes.set_ylabel("gain of one chain")
axes.grid(alpha=0.25)
axes.legend(fontsize=8)
figure.savefig("docs/images/window.svg", metadata={"Date": None})
