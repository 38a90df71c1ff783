#!/usr/bin/env python3
"""Reference data for the network's options, by PyTorch (autograd, nn.LSTMCell, nn.BatchNorm1d), in double precision.

usage: options.py FOLDER      writes gnn-<option>.safetensors for every option

A small network (n = 6, e = 8, K = 2, a = 4, N = 2; 24 nodes, the last without neighbors). Names are those of a state_dict. Each file
has weights, inputs, node states and output in evaluation mode; target, output, loss, every gradient and the statistics of every
BatchNorm after one forward pass in training mode (dropout off). Weights and targets are single precision, all else is computed
in double and rounded once.
"""
import json
import os
import struct
import sys

import numpy as np
import torch
from torch import nn
from torch.nn.functional import log_softmax, nll_loss, softplus

SPECIES, NODE, EDGE, HEADS, WIDTH, LAYERS, READOUT, NODES, SLOTS = 2, 6, 8, 2, 4, 2, 5, 24, 7
CUTOFF, STEP, STEPS = 3.2, 0.4, 3
JOINED = HEADS * WIDTH
torch.set_default_dtype(torch.float64)


class Mlp(nn.Module):
    def __init__(self, *widths):
        super().__init__()
        parts = []
        for inputs, outputs in zip(widths, widths[1:]):
            parts += [nn.Linear(inputs, outputs), nn.Softplus(), nn.BatchNorm1d(outputs)]
        self.mlp = nn.Sequential(*parts)

    def forward(self, x):
        return self.mlp(x)


class Attention(nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.BatchNorm1d(width), nn.Linear(width, 1), nn.BatchNorm1d(1))

    def forward(self, x):
        return self.mlp(x)


class Set2Set(nn.Module):
    """Vinyals, Bengio, Kudlur, arXiv:1511.06391, Eqs. 3-7, over the rows m [N, slots, d] that valid marks."""

    def __init__(self, width):
        super().__init__()
        self.lstm = nn.LSTMCell(2 * width, width)
        self.width = width

    def forward(self, m, valid):
        q = m.new_zeros(len(m), self.width)
        c, joined = torch.zeros_like(q), m.new_zeros(len(m), 2 * self.width)
        for _ in range(STEPS):
            q, c = self.lstm(joined, (q, c))
            score = (m * q[:, None]).sum(-1).masked_fill(~valid, -1e30)
            weight = torch.softmax(score, 1) * valid
            joined = torch.cat([q, (weight[..., None] * m).sum(1)], 1)
        # A node without neighbors pools zeros, whatever its query has become.
        return joined * valid.any(1)[:, None]


class Layer(nn.Module):
    def __init__(self, pooling, remember):
        super().__init__()
        pair = 2 * NODE + EDGE
        pooled = 2 * JOINED if pooling == "set2set" else JOINED
        self.pooling, self.remembering = pooling, remember
        self.edge_linear, self.edge_bn = nn.Linear(pair, EDGE), nn.BatchNorm1d(EDGE)
        self.attention_linears = nn.ModuleList(Attention(pair, WIDTH) for _ in range(HEADS))
        self.value_linears = nn.ModuleList(nn.Linear(pair, WIDTH) for _ in range(HEADS))
        self.attention_bns = nn.ModuleList(nn.BatchNorm1d(WIDTH) for _ in range(HEADS))
        if pooling == "set2set":
            self.set2set = Set2Set(JOINED)
        self.after_concat_heads_linear, self.after_concat_heads_bn = nn.Linear(pooled, NODE), nn.BatchNorm1d(NODE)
        self.output_bn = nn.BatchNorm1d(NODE)
        if remember == "lstm":
            self.remember_lstm = nn.LSTMCell(NODE, NODE)
        if remember == "dense":
            self.remember = Mlp(2 * NODE, NODE)

    def forward(self, h, c, e, neighbor, valid):
        def join():
            rows = torch.cat([h[:, None].expand(-1, SLOTS, -1), h[neighbor], e], -1)
            return rows[valid]

        def spread(rows):
            full = rows.new_zeros(NODES, SLOTS, rows.shape[-1])
            full[valid] = rows
            return full

        e = spread(softplus(e[valid] + self.edge_bn(self.edge_linear(join()))))
        z = join()
        heads = []
        for attention, value, norm in zip(self.attention_linears, self.value_linears, self.attention_bns):
            score = spread(attention(z)).squeeze(-1).masked_fill(~valid, -1e30)
            alpha = (torch.softmax(score, 1) * valid)[valid]
            heads.append(softplus(norm(alpha[:, None] * value(z))))
        m = spread(torch.cat(heads, 1))
        count = valid.sum(1)[:, None]
        if self.pooling == "sum":
            pooled = m.sum(1)
        elif self.pooling == "mean":
            pooled = m.sum(1) / count.clamp(min=1)
        elif self.pooling == "max":
            pooled = m.masked_fill(~valid[..., None], -1e30).max(1).values
            pooled = torch.where(count > 0, pooled, torch.zeros_like(pooled))
        else:
            pooled = self.set2set(m, valid)
        x = self.output_bn(softplus(self.after_concat_heads_bn(self.after_concat_heads_linear(pooled))))
        if self.remembering == "lstm":
            h, c = self.remember_lstm(x, (h, c))
        elif self.remembering == "dense":
            h = self.remember(torch.cat([h, x], 1))
        else:
            h = h + x
        return h, c, e


class Network(nn.Module):
    def __init__(self, pooling="sum", remember="residual", classes=1):
        super().__init__()
        self.node_embedding_layer = Mlp(SPECIES, NODE, NODE)
        self.gnn_layers = nn.ModuleList(Layer(pooling, remember) for _ in range(LAYERS))
        self.readout_hidden_layers = Mlp(NODE, READOUT)
        self.readout_layer = nn.Linear(READOUT, classes)

    def forward(self, species, distance, neighbor, valid, observe=None):
        h = self.node_embedding_layer(nn.functional.one_hot(species, SPECIES).to(distance.dtype))
        c = torch.zeros_like(h)
        e = torch.exp(-(((distance[..., None] - centers()) / STEP) ** 2)) * valid[..., None]
        states = [h]
        for layer in self.gnn_layers:
            h, c, e = layer(h, c, e, neighbor, valid)
            states.append(h)
        if observe is not None:
            observe.extend(states)
        return self.readout_layer(self.readout_hidden_layers(h))


def centers():
    return torch.arange(EDGE) * STEP


def single(x):
    return torch.from_numpy(np.asarray(x, dtype=np.float32).astype(np.float64))


def write(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, values in tensors.items():
        values = np.asarray(values)
        kind = {"f8": "F64", "f4": "F32", "i4": "I32"}[values.dtype.str[1:]]
        block = values.tobytes()
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(block)]}
        data += block
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


def make(folder, name, pooling="sum", remember="residual", classes=1):
    draw = np.random.default_rng(20261126)
    species = draw.integers(0, SPECIES, NODES)
    count = draw.integers(1, SLOTS + 1, NODES)
    count[-1] = 0
    valid = np.arange(SLOTS)[None] < count[:, None]
    neighbor = np.where(valid, draw.integers(0, NODES, (NODES, SLOTS)), 0)
    distance = np.where(valid, draw.uniform(1.5, CUTOFF, (NODES, SLOTS)), 0.0)
    network = Network(pooling, remember, classes)
    with torch.no_grad():
        for key, value in network.state_dict().items():
            if value.dim() == 0:
                continue
            norm = value.dim() == 1 and (key.endswith("running_var") or key.endswith("weight"))
            low, high = (0.6, 1.4) if norm else (-0.6, 0.6)
            value.copy_(single(draw.uniform(low, high, value.shape)))
    if classes > 1:
        target = draw.integers(0, classes, NODES)
    else:
        target = draw.normal(size=NODES).astype(np.float32)
    inputs = [torch.from_numpy(a) for a in (species, distance, neighbor, valid)]

    file = {}
    for key, value in network.state_dict().items():
        if value.dim() > 0:
            file["weights/" + key] = value.numpy().astype("<f4")
    file["input/species"] = species.astype("<i4")
    file["input/distance"] = distance.astype("<f8")
    file["input/neighbour"] = neighbor.astype("<i4")
    file["input/valid"] = valid.astype("<f4")
    file["input/gaussian_centres"] = centers().numpy().astype("<f8")

    network.eval()
    states = []
    with torch.no_grad():
        output = network(*inputs, observe=states)
    for layer, state in enumerate(states):
        file[f"eval/node_state_{layer}"] = state.numpy().astype("<f4")
    file["eval/prediction"] = output.squeeze(-1).numpy().astype("<f4")
    if classes > 1:
        file["eval/log_probability"] = log_softmax(output, 1).numpy().astype("<f4")

    network.train()
    output = network(*inputs)
    if classes > 1:
        loss = nll_loss(log_softmax(output, 1), torch.from_numpy(target))
        file["train/target"] = target.astype("<i4")
    else:
        loss = ((output.squeeze(-1) - torch.from_numpy(target).double()) ** 2).mean()
        file["train/target"] = target.astype("<f4")
    loss.backward()
    file["train/prediction"] = output.detach().squeeze(-1).numpy().astype("<f4")
    file["train/loss"] = np.array([loss.item()], "<f4")
    for key, value in network.named_parameters():
        file["train/grad/" + key] = value.grad.numpy().astype("<f4")
    for key, value in network.named_buffers():
        if value.dim() > 0:
            file["train/after/" + key] = value.numpy().astype("<f4")
    metadata = {
        "cutoff": str(CUTOFF), "edge_width": str(STEP), "pooling": pooling, "remember": remember, "classes": str(classes),
        "set2set_steps": str(STEPS), "torch": torch.__version__,
        "note": "MLP: Linear, activation, BatchNorm; eps 1e-5; momentum 0.1; dropout off; double precision, rounded once",
    }
    write(os.path.join(folder, f"gnn-{name}.safetensors"), file, metadata)


if len(sys.argv) != 2:
    sys.exit(__doc__)
make(sys.argv[1], "mean", pooling="mean")
make(sys.argv[1], "max", pooling="max")
make(sys.argv[1], "set2set", pooling="set2set")
make(sys.argv[1], "lstm", remember="lstm")
make(sys.argv[1], "dense", remember="dense")
make(sys.argv[1], "classes", classes=3)
make(sys.argv[1], "all", pooling="set2set", remember="lstm", classes=2)
