"""Predicts with a model.safetensors of MacroCausal in PyTorch, and compares with what MacroCausal predicted.

python3 predict.py model.safetensors predictions.csv

predictions.csv has a line a row: the scaled features, then the prediction. Needs PyTorch and numpy (Debian: python3-torch).
"""
import json
import sys

import numpy
import torch
from torch import nn


def read(path):
    """Tensors by name, and the metadata: 8 bytes of header length, a JSON header, the tensors' bytes."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    metadata = header.pop("__metadata__")
    types = {"F32": numpy.float32, "F64": numpy.float64}
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(data[start:end], types[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata


ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh, "selu": nn.SELU}


class LinearBaseline(nn.Module):
    """A fixed weighted sum of the features; the network beside it learned its residual from features within ranges."""

    def __init__(self, features):
        super().__init__()
        for name, shape in [("lowest", [features]), ("highest", [features]), ("weight", [1, features])]:
            self.register_buffer(name, torch.zeros(shape))

    def hold(self, x):
        return torch.minimum(torch.maximum(x, self.lowest), self.highest)

    def forward(self, x):
        return nn.functional.linear(x, self.weight)


class MacroCausalModel(nn.Module):
    """style is that of the file's metadata; what it leaves out is the default."""

    def __init__(self, features, hidden_layers, dropout=0.0, style={}):
        super().__init__()
        self.baseline = LinearBaseline(features) if style.get("baseline") else None
        inputs, modules = features, []
        for units in hidden_layers:
            activation = ACTIVATIONS[style.get("activation", "relu")]()
            modules += [nn.Linear(features, units), nn.BatchNorm1d(units), activation, nn.Dropout(dropout)]
            features = units
        self.layers = nn.Sequential(*modules, nn.Linear(features, 1))
        self.skip = nn.Linear(inputs, 1, bias=False) if style.get("skip") else None

    def forward(self, x):
        held = x if self.baseline is None else self.baseline.hold(x)
        y = self.layers(held)
        if self.skip is not None:
            y = y + self.skip(held)
        if self.baseline is not None:
            y = y + self.baseline(x)
        return y.squeeze(1)


def load(path):
    """The networks of a file and their shares; one network unless the file holds an ensemble."""
    tensors, metadata = read(path)
    if "members" in metadata:
        members = [{**member, "prefix": f"members.{i}."} for i, member in enumerate(json.loads(metadata["members"]))]
    else:
        style = json.loads(metadata.get("style", "{}"))
        members = [{"weight": 1, "hidden_layers": json.loads(metadata["hidden_layers"]), "style": style, "prefix": ""}]
    networks = []
    for member in members:
        prefix = member["prefix"]
        own = {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}
        network = MacroCausalModel(own["layers.0.weight"].shape[1], member["hidden_layers"], style=member.get("style", {}))
        network.load_state_dict(own)
        networks.append((network.eval(), member["weight"] / sum(other["weight"] for other in members)))
    return networks


if __name__ == "__main__":
    rows = torch.from_numpy(numpy.loadtxt(sys.argv[2], delimiter=",", dtype=numpy.float32, ndmin=2))
    features, expected = rows[:, :-1], rows[:, -1]
    with torch.no_grad():
        predicted = sum(share * network(features) for network, share in load(sys.argv[1]))
    difference = (predicted - expected).abs().max().item()
    print(f"{len(rows)} rows, PyTorch {torch.__version__}, largest difference {difference:.1e}")
    sys.exit(0 if difference < 1e-5 else 1)
