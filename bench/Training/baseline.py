"""The baseline in PyTorch itself; speaks with its parent as TrainingPart.cs does."""
import json
import os
import sys

import numpy
import torch
from torch import nn

folder, _, threads, part, parts, repeat = sys.argv[1:]
torch.set_num_threads(int(threads))


def read(name):
    return torch.from_numpy(numpy.fromfile(os.path.join(folder, name), dtype=numpy.float32))


train_y, validation_y = read("train.y.f32"), read("validation.y.f32")
train_x, validation_x = read("train.x.f32").view(len(train_y), -1), read("validation.x.f32").view(len(validation_y), -1)


def network(options):
    modules, width = [], train_x.shape[1]
    for units in options["HiddenLayers"]:
        modules += [nn.Linear(width, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(options["Dropout"])]
        width = units
    return nn.Sequential(*modules, nn.Linear(width, 1))


def train(work):
    options = work["Options"]
    torch.manual_seed(options["Seed"] % 2**63)
    model = network(options)
    adam = torch.optim.Adam(model.parameters(), lr=options["LearningRate"], weight_decay=options["WeightDecay"])
    loss_of = nn.MSELoss()
    for _ in range(work["Epochs"]):
        model.train()
        total = torch.zeros(())
        for batch in torch.randperm(len(train_y)).split(options["BatchSize"]):
            if len(batch) < 2:
                continue
            adam.zero_grad(set_to_none=True)
            loss = loss_of(model(train_x[batch]).squeeze(1), train_y[batch])
            loss.backward()
            adam.step()
            total += loss.detach()
        total.item()
        model.eval()
        with torch.no_grad():
            loss_of(model(validation_x).squeeze(1), validation_y).item()


with open(os.path.join(folder, "work.json")) as file:
    trials = json.load(file)[int(part)::int(parts)]
for trial in trials[:3]:
    train({**trial, "Epochs": 2})
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(repeat)):
    for trial in trials:
        train(trial)
print("done", flush=True)
