#!/usr/bin/env python3
"""The network in PyTorch, written plainly: neighbors padded to the largest number of any atom, features of both atoms and the
edge concatenated for every edge.

usage: network.py weights FILE                          random weights, as safetensors with PyTorch's parameter names
       network.py predict WEIGHTS GLASS OUT             one warm pass with BatchNorm folded into the linear maps
       network.py train WEIGHTS EPOCHS GLASS,LABELS...  epochs of forward, backward and Adam, one glass a step
       network.py versions                              PyTorch, NumPy and the kernel that OpenBLAS chose

Results are one line of JSON. Seconds hold neither start-up nor the building of graphs.
"""
import ctypes
import json
import struct
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import dropout, relu, softplus

SPECIES, NODE, EDGE, HEADS, WIDTH, LAYERS, READOUT = 2, 40, 51, 5, 12, 5, 32
CUTOFF, STEP, EPS = 4.0, 0.1, 1e-5
PAIR, JOINED = 2 * NODE + EDGE, HEADS * WIDTH
DROPOUT, RATE, DECAY = 0.1, 1e-3, 1e-5


def shapes():
    """Name and shape of every tensor."""
    def linear(name, inputs, outputs):
        yield name + ".weight", (outputs, inputs)
        yield name + ".bias", (outputs,)

    def norm(name, width):
        for part in "weight", "bias", "running_mean", "running_var":
            yield f"{name}.{part}", (width,)

    yield from linear("node_embedding_layer.mlp.0", SPECIES, NODE)
    yield from norm("node_embedding_layer.mlp.2", NODE)
    yield from linear("node_embedding_layer.mlp.3", NODE, NODE)
    yield from norm("node_embedding_layer.mlp.5", NODE)
    for layer in range(LAYERS):
        at = f"gnn_layers.{layer}"
        yield from linear(f"{at}.edge_linear", PAIR, EDGE)
        yield from norm(f"{at}.edge_bn", EDGE)
        for k in range(HEADS):
            yield from linear(f"{at}.attention_linears.{k}.mlp.0", PAIR, WIDTH)
            yield from norm(f"{at}.attention_linears.{k}.mlp.2", WIDTH)
            yield from linear(f"{at}.attention_linears.{k}.mlp.3", WIDTH, 1)
            yield from norm(f"{at}.attention_linears.{k}.mlp.4", 1)
            yield from linear(f"{at}.value_linears.{k}", PAIR, WIDTH)
            yield from norm(f"{at}.attention_bns.{k}", WIDTH)
        yield from linear(f"{at}.after_concat_heads_linear", JOINED, NODE)
        yield from norm(f"{at}.after_concat_heads_bn", NODE)
        yield from norm(f"{at}.output_bn", NODE)
    yield from linear("readout_hidden_layers.mlp.0", NODE, READOUT)
    yield from norm("readout_hidden_layers.mlp.2", READOUT)
    yield from linear("readout_layer", READOUT, 1)


def write_weights(path):
    """Linear maps as PyTorch starts them; BatchNorm away from the identity, so that a wrong fold shows."""
    draw = np.random.default_rng(1)
    tensors = {}
    for name, shape in shapes():
        # Maps end in weight and bias, BatchNorm has statistics too: its weight is a vector.
        if name.endswith("running_var") or (name.endswith("weight") and len(shape) == 1):
            tensors[name] = draw.uniform(0.7, 1.4, shape)
        elif name.endswith("weight"):
            tensors[name] = draw.uniform(-1, 1, shape) / np.sqrt(shape[1])
        else:
            tensors[name] = draw.uniform(-0.1, 0.1, shape)
        # Messages of a dozen neighbors are summed; without this the states would grow from layer to layer.
        if name.endswith("after_concat_heads_linear.weight"):
            tensors[name] /= 3

    header, data = {}, b""
    for name, values in tensors.items():
        block = values.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(block)]}
        data += block
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


def read_weights(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header, data = json.loads(file.read(length)), file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = torch.from_numpy(np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"]).copy())
    return tensors


def read_glass(path):
    """Ids, species (0, 1, ...), positions and cell vectors (rows) of a LAMMPS data file."""
    low, lengths, tilt, rows = [], [], [0.0, 0.0, 0.0], []
    with open(path) as file:
        inside = False
        for line in file:
            words = line.split()
            if line.startswith("Atoms"):
                inside = True
            elif inside and words and not words[0].isdigit():
                break
            elif inside and words:
                rows.append(words[:5])
            elif words[2:4] and words[2].endswith("lo"):
                low.append(float(words[0]))
                lengths.append(float(words[1]) - float(words[0]))
            elif words[3:] == ["xy", "xz", "yz"]:
                tilt = [float(w) for w in words[:3]]
    table = np.array(rows, dtype=float)
    cell = np.array([[lengths[0], 0, 0], [tilt[0], lengths[1], 0], [tilt[1], tilt[2], lengths[2]]])
    return table[:, 0].astype(int), table[:, 1].astype(int) - 1, table[:, 2:5] - np.array(low), cell


def neighbors(positions, cell):
    """Neighbor, distance and validity, [N, M] each, by a grid of bins at least a cutoff wide."""
    fractions = positions @ np.linalg.inv(cell)
    fractions -= np.floor(fractions)
    widths = 1 / np.linalg.norm(np.linalg.inv(cell), axis=0)
    bins = np.maximum(3, np.floor(widths / CUTOFF)).astype(int)
    if (widths < 3 * CUTOFF).any():
        sys.exit("network.py: the cell is narrower than three cutoffs")
    place = np.minimum((fractions * bins).astype(int), bins - 1)
    key = (place[:, 0] * bins[1] + place[:, 1]) * bins[2] + place[:, 2]
    order = np.argsort(key, kind="stable")
    count = np.bincount(key, minlength=bins.prod())
    start = np.cumsum(count) - count
    slots = np.arange(count.max())
    found = [[] for _ in range(2)]
    atoms = np.arange(len(positions))
    for shift in np.ndindex(3, 3, 3):
        other = (place + np.array(shift) - 1) % bins
        bin_ = (other[:, 0] * bins[1] + other[:, 1]) * bins[2] + other[:, 2]
        real = slots < count[bin_][:, None]
        i = np.broadcast_to(atoms[:, None], real.shape)[real]
        j = order[(start[bin_][:, None] + slots)[real]]
        step = fractions[j] - fractions[i]
        d = np.linalg.norm((step - np.rint(step)) @ cell, axis=1)
        near = (d <= CUTOFF) & (i != j)
        found[0].append(np.stack([i[near], j[near]]))
        found[1].append(d[near])
    pairs, distances = np.concatenate(found[0], axis=1), np.concatenate(found[1])
    by_atom = np.argsort(pairs[0], kind="stable")
    degree = np.bincount(pairs[0], minlength=len(positions))
    valid = np.arange(degree.max()) < degree[:, None]
    index, distance = np.zeros(valid.shape, dtype=int), np.full(valid.shape, 1e3)
    index[valid], distance[valid] = pairs[1][by_atom], distances[by_atom]
    return torch.from_numpy(index), torch.from_numpy(distance), torch.from_numpy(valid)


def expand(distance):
    """exp(-((d - mu)/sigma)^2), [N, M, e]."""
    centers = torch.arange(EDGE, dtype=torch.float64) * STEP
    return torch.exp(-((distance[..., None] - centers) / STEP) ** 2).float()


def concatenate(h, index, e):
    """[h_i | h_j | e_ij], [N, M, 2n + e]."""
    return torch.cat([h[:, None, :].expand(-1, index.shape[1], -1), h[index], e], dim=-1)


class Folded:
    """The network for inference: every BatchNorm that follows or precedes a linear map is part of it."""

    def __init__(self, weights):
        w = {name: tensor.double() for name, tensor in weights.items()}

        def norm(name):
            scale = w[name + ".weight"] / torch.sqrt(w[name + ".running_var"] + EPS)
            return scale, w[name + ".bias"] - scale * w[name + ".running_mean"]

        def folded(linear, name):
            scale, shift = norm(name)
            return scale[:, None] * w[linear + ".weight"], scale * w[linear + ".bias"] + shift

        h = torch.eye(SPECIES, dtype=torch.float64)
        for at in 0, 3:
            mlp = "node_embedding_layer.mlp."
            h = softplus(h @ w[f"{mlp}{at}.weight"].T + w[f"{mlp}{at}.bias"])
            scale, shift = norm(f"{mlp}{at + 2}")
            h = scale * h + shift
        self.embedding = h.float()
        self.layers = []
        for layer in range(LAYERS):
            at = f"gnn_layers.{layer}"
            heads = range(HEADS)
            score = torch.stack([
                norm(f"{at}.attention_linears.{k}.mlp.4")[0] * norm(f"{at}.attention_linears.{k}.mlp.2")[0]
                * w[f"{at}.attention_linears.{k}.mlp.3.weight"][0] for k in heads])
            message = [norm(f"{at}.attention_bns.{k}") for k in heads]
            parts = [
                *folded(f"{at}.edge_linear", f"{at}.edge_bn"),
                torch.cat([w[f"{at}.attention_linears.{k}.mlp.0.weight"] for k in heads]),
                torch.cat([w[f"{at}.attention_linears.{k}.mlp.0.bias"] for k in heads]),
                score,
                torch.cat([message[k][0][:, None] * w[f"{at}.value_linears.{k}.weight"] for k in heads]),
                torch.cat([message[k][0] * w[f"{at}.value_linears.{k}.bias"] for k in heads]),
                torch.cat([message[k][1] for k in heads]),
                *folded(f"{at}.after_concat_heads_linear", f"{at}.after_concat_heads_bn"),
                *norm(f"{at}.output_bn")]
            self.layers.append([part.float() for part in parts])
        scale, shift = norm("readout_hidden_layers.mlp.2")
        last, bias = w["readout_layer.weight"], w["readout_layer.bias"]
        self.readout = [part.float() for part in (
            w["readout_hidden_layers.mlp.0.weight"], w["readout_hidden_layers.mlp.0.bias"],
            scale * last, bias + last @ shift)]

    def __call__(self, species, index, distance, valid):
        linear = nn.functional.linear
        h, e = self.embedding[species], expand(distance)
        rows = (*valid.shape, HEADS, WIDTH)
        for w_e, b_e, w_a, b_a, score, w_v, b_v, shift, w_c, b_c, scale_o, shift_o in self.layers:
            e = softplus(e + linear(concatenate(h, index, e), w_e, b_e))
            z = concatenate(h, index, e)
            s = (relu(linear(z, w_a, b_a)).view(rows) * score).sum(-1)
            alpha = torch.softmax(s.masked_fill(~valid[..., None], -torch.inf), dim=1)
            message = softplus((alpha[..., None] * linear(z, w_v, b_v).view(rows)).flatten(2) + shift)
            pooled = (message * valid[..., None]).sum(1)
            h = h + scale_o * softplus(linear(pooled, w_c, b_c)) + shift_o
        w_r, b_r, last, bias = self.readout
        return linear(softplus(linear(h, w_r, b_r)), last, bias)[:, 0]


class Mlp(nn.Module):
    """Linear, activation, BatchNorm for each width."""

    def __init__(self, widths):
        super().__init__()
        parts = []
        for inputs, outputs in zip(widths, widths[1:]):
            parts += [nn.Linear(inputs, outputs), nn.Softplus(), nn.BatchNorm1d(outputs, EPS)]
        self.mlp = nn.Sequential(*parts)

    def forward(self, x):
        return self.mlp(x)


class Layer(nn.Module):
    """One round of messages with the BatchNorms as they are trained; heads side by side in one map."""

    def __init__(self):
        super().__init__()
        self.edge, self.edge_bn = nn.Linear(PAIR, EDGE), nn.BatchNorm1d(EDGE, EPS)
        self.hidden, self.hidden_bn = nn.Linear(PAIR, JOINED), nn.BatchNorm1d(JOINED, EPS)
        self.score = nn.Parameter(torch.empty(HEADS, WIDTH).uniform_(-WIDTH ** -0.5, WIDTH ** -0.5))
        self.score_bias, self.score_bn = nn.Parameter(torch.zeros(HEADS)), nn.BatchNorm1d(HEADS, EPS)
        self.value, self.message_bn = nn.Linear(PAIR, JOINED), nn.BatchNorm1d(JOINED, EPS)
        self.concatenation, self.concatenation_bn = nn.Linear(JOINED, NODE), nn.BatchNorm1d(NODE, EPS)
        self.output_bn = nn.BatchNorm1d(NODE, EPS)

    def forward(self, h, e, index, valid):
        def norm(bn, x):
            # Statistics over real edges only.
            out = torch.zeros_like(x)
            out[valid] = bn(x[valid])
            return out

        rows = (*valid.shape, HEADS, WIDTH)
        e = softplus(e + norm(self.edge_bn, self.edge(concatenate(h, index, e))))
        z = concatenate(h, index, e)
        hidden = norm(self.hidden_bn, relu(self.hidden(z))).view(rows)
        s = norm(self.score_bn, (hidden * self.score).sum(-1) + self.score_bias)
        alpha = torch.softmax(s.masked_fill(~valid[..., None], -torch.inf), dim=1)
        alpha = dropout(alpha, DROPOUT, self.training)
        message = softplus(norm(self.message_bn, (alpha[..., None] * self.value(z).view(rows)).flatten(2)))
        pooled = (message * valid[..., None]).sum(1)
        return h + self.output_bn(softplus(self.concatenation_bn(self.concatenation(pooled)))), e


class Network(nn.Module):
    """The network for training."""

    def __init__(self):
        super().__init__()
        self.embedding, self.readout, self.last = Mlp([SPECIES, NODE, NODE]), Mlp([NODE, READOUT]), nn.Linear(READOUT, 1)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, species, index, distance, valid):
        h, e = self.embedding(nn.functional.one_hot(species, SPECIES).float()), expand(distance)
        for layer in self.layers:
            h, e = layer(h, e, index, valid)
        return self.last(dropout(self.readout(h), DROPOUT, self.training))[:, 0]

    def load(self, w):
        """Takes over weights under their published names."""
        state = {}

        def take(to, *names):
            for part in "weight", "bias", "running_mean", "running_var":
                if names[0] + "." + part in w:
                    state[f"{to}.{part}"] = torch.cat([w[f"{name}.{part}"] for name in names])

        for at in 0, 2, 3, 5:
            take(f"embedding.mlp.{at}", f"node_embedding_layer.mlp.{at}")
        for n in range(LAYERS):
            at, to = f"gnn_layers.{n}", f"layers.{n}"
            attention = [f"{at}.attention_linears.{k}.mlp" for k in range(HEADS)]
            take(f"{to}.edge", f"{at}.edge_linear")
            take(f"{to}.edge_bn", f"{at}.edge_bn")
            take(f"{to}.hidden", *[f"{name}.0" for name in attention])
            take(f"{to}.hidden_bn", *[f"{name}.2" for name in attention])
            state[f"{to}.score"] = torch.cat([w[f"{name}.3.weight"] for name in attention])
            state[f"{to}.score_bias"] = torch.cat([w[f"{name}.3.bias"] for name in attention])
            take(f"{to}.score_bn", *[f"{name}.4" for name in attention])
            take(f"{to}.value", *[f"{at}.value_linears.{k}" for k in range(HEADS)])
            take(f"{to}.message_bn", *[f"{at}.attention_bns.{k}" for k in range(HEADS)])
            take(f"{to}.concatenation", f"{at}.after_concat_heads_linear")
            take(f"{to}.concatenation_bn", f"{at}.after_concat_heads_bn")
            take(f"{to}.output_bn", f"{at}.output_bn")
        take("readout.mlp.0", "readout_hidden_layers.mlp.0")
        take("readout.mlp.2", "readout_hidden_layers.mlp.2")
        take("last", "readout_layer")
        self.load_state_dict(state, strict=False)
        return self


def graph(path):
    ids, species, positions, cell = read_glass(path)
    return ids, (torch.from_numpy(species), *neighbors(positions, cell))


def predict(weights, glass, out):
    network = Folded(read_weights(weights))
    ids, inputs = graph(glass)
    with torch.no_grad():
        network(*inputs)
        began, busy = time.perf_counter(), time.process_time()
        z = network(*inputs)
        seconds, processor = time.perf_counter() - began, time.process_time() - busy
    with open(out, "w") as file:
        file.write("id,value\n")
        file.writelines(f"{i},{value:.9g}\n" for i, value in zip(ids, z.tolist()))
    print(json.dumps({
        "seconds": seconds, "processor": processor, "atoms": len(ids), "edges": int(inputs[3].sum()), "slots": inputs[3].shape[1]}))


def read_labels(path, ids):
    """ln D2min at 4 % strain and its validity, in the order of the ids."""
    with open(path) as file:
        lines = [line.strip().split(",") for line in file if not line.startswith("#")]
    value, valid = lines[0].index("ln_d2min_0.04"), lines[0].index("valid")
    table = {int(words[0]): (float(words[value]), words[valid] == "1") for words in lines[1:]}
    return torch.tensor([table[i][0] for i in ids]).float(), torch.tensor([table[i][1] for i in ids])


def train(weights, epochs, glasses):
    tensors = read_weights(weights)
    network = Network().load(tensors)
    samples = []
    for glass in glasses:
        structure, labels = glass.split(",")
        ids, inputs = graph(structure)
        samples.append((inputs, *read_labels(labels, ids)))
    everything = torch.cat([target[valid] for _, target, valid in samples])
    mean, std = everything.mean(), everything.std(unbiased=False)

    # The same network as the one for inference, or the figures would be of something else.
    network.eval()
    with torch.no_grad():
        difference = (network(*samples[0][0]) - Folded(tensors)(*samples[0][0])).abs().max().item()
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, weight_decay=DECAY)
    for _ in range(epochs):
        began, busy = time.perf_counter(), time.process_time()
        for inputs, target, valid in samples:
            optimizer.zero_grad()
            error = network(*inputs) - (target - mean) / std
            loss = (error[valid] ** 2).mean()
            loss.backward()
            optimizer.step()
        seconds, processor = time.perf_counter() - began, time.process_time() - busy
    atoms = sum(len(target) for _, target, _ in samples)
    print(json.dumps({
        "seconds_per_epoch": seconds, "processor": processor, "atoms": atoms, "loss": loss.item(), "difference": difference,
        "parameters": sum(p.numel() for p in network.parameters())}))


def versions():
    blas = "unknown"
    try:
        library = ctypes.CDLL("libopenblas.so.0")
        library.openblas_get_corename.restype = ctypes.c_char_p
        blas = library.openblas_get_corename().decode()
    except (OSError, AttributeError):
        pass
    print(json.dumps({"torch": torch.__version__, "numpy": np.__version__, "openblas_kernel": blas}))


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(1)
    verb, *arguments = sys.argv[1:] or ["help"]
    if verb == "weights" and len(arguments) == 1:
        write_weights(*arguments)
    elif verb == "predict" and len(arguments) == 3:
        predict(*arguments)
    elif verb == "train" and len(arguments) >= 3:
        train(arguments[0], int(arguments[1]), arguments[2:])
    elif verb == "versions":
        versions()
    else:
        sys.exit(__doc__)
