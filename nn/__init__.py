"""Neurons, layers and their training, on Values."""

# isort: off
import nn.origin  # noqa: F401  first: it says so where `autograd` is not this project's

# isort: on
from nn.callbacks import EarlyStopping
from nn.data import batches, line, moons, ring, spiral, xor
from nn.draw import draw
from nn.export import export, from_torch, to_onnx, to_torch
from nn.history import History
from nn.layer import Layer
from nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    huber,
    l2_penalty,
    mae,
    mse,
)
from nn.mlp import MLP
from nn.neuron import Neuron
from nn.optim import SGD, Adam, AdamW, Momentum, Optimizer, RMSprop
from nn.playground import playground
from nn.plot import plot_boundary, plot_loss, plot_weights
from nn.schedules import CosineDecay, ExponentialDecay, LinearDecay, StepDecay, Warmup
from nn.sketch import plot_curves
from nn.storage import load, save
from nn.train import fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "CosineDecay",
    "EarlyStopping",
    "ExponentialDecay",
    "History",
    "Layer",
    "LinearDecay",
    "Momentum",
    "Neuron",
    "Optimizer",
    "RMSprop",
    "StepDecay",
    "Warmup",
    "batches",
    "binary_cross_entropy",
    "cross_entropy",
    "draw",
    "export",
    "fit",
    "from_torch",
    "half_squared_error",
    "hinge",
    "huber",
    "l2_penalty",
    "line",
    "load",
    "mae",
    "moons",
    "mse",
    "playground",
    "plot_boundary",
    "plot_curves",
    "plot_loss",
    "plot_weights",
    "ring",
    "save",
    "spiral",
    "to_onnx",
    "to_torch",
    "xor",
]
