"""Neurons, layers and their training, on Values."""

# isort: off
import nn.origin  # noqa: F401  first: it says so where `autograd` is not this project's

# isort: on
from autograd.sketch import side_by_side
from autograd.sketch.plots import plot_bars, plot_curves, plot_matrix
from nn.callbacks import EarlyStopping
from nn.data import batches, line, moons, ring, spiral, xor
from nn.draw import draw
from nn.dropout import Dropout
from nn.embedding import Embedding
from nn.evaluation import Evaluation, evaluate, predict
from nn.export import export, to_onnx
from nn.health import diagnose
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
from nn.module import Buffer, Module
from nn.neuron import Neuron
from nn.norm import LayerNorm, RMSNorm
from nn.optim import SGD, Adam, AdamW, Momentum, Optimizer, RMSprop, Rule, clip_gradients
from nn.playground import playground
from nn.plot import plot_boundary, plot_loss, plot_weights
from nn.pytorch import from_torch, to_torch
from nn.schedules import CosineDecay, ExponentialDecay, LinearDecay, StepDecay, Warmup
from nn.sequential import Sequential
from nn.storage import load, save
from nn.train import fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "Buffer",
    "CosineDecay",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Evaluation",
    "ExponentialDecay",
    "History",
    "Layer",
    "LayerNorm",
    "LinearDecay",
    "Module",
    "Momentum",
    "Neuron",
    "Optimizer",
    "RMSNorm",
    "RMSprop",
    "Rule",
    "Sequential",
    "StepDecay",
    "Warmup",
    "batches",
    "binary_cross_entropy",
    "clip_gradients",
    "cross_entropy",
    "diagnose",
    "draw",
    "evaluate",
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
    "plot_bars",
    "plot_boundary",
    "plot_curves",
    "plot_loss",
    "plot_matrix",
    "plot_weights",
    "predict",
    "ring",
    "save",
    "side_by_side",
    "spiral",
    "to_onnx",
    "to_torch",
    "xor",
]
