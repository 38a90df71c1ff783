"""Synthetic files in the layout that docs/glassbench.md describes; what they hold is made up.

  glassbench_sample.py FOLDER: three of 250 atoms, whose property follows from species and neighbors.
"""
import os
import sys

import numpy as np

N, DENSITY = 250, 1.2
side = (N / DENSITY) ** (1 / 3)
random = np.random.default_rng(1)
sites = np.array([[x + b, y + b, z + b] for x in range(5) for y in range(5) for z in range(5) for b in (0, 0.5)]) * side / 5
for number in range(1, 4):
    types = random.permutation(np.repeat([0, 1], [200, 50]))
    positions = sites + random.normal(0, 0.04, sites.shape) + side
    d = positions[:, None] - positions[None]
    d -= side * np.round(d / side)
    near = (np.linalg.norm(d, axis=-1) < 1.4) & ~np.eye(N, dtype=bool)
    share = (near * types).sum(1) / near.sum(1)
    propensity = np.where(types == 1, 0.4, 0.2) + 0.3 * share
    np.savez(
        os.path.join(sys.argv[1], f"N250T0.44_{number}.npz"),
        types=types,
        initial_positions=positions + random.normal(0, 0.01, sites.shape),
        initial_positions_inherent=positions,
        md_prop=np.array([0.1 * propensity, propensity]),
        bb_prop=np.array([propensity, 1 - propensity]),
    )
