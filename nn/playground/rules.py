"""Rules: nn's activations, losses and optimizers as JavaScript, traced from the Python they are."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from autograd import export, jit
from nn.activations import function, names
from nn.dropout import Dropout
from nn.losses import (
    Loss,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    huber,
    mae,
    mse,
)
from nn.module import Module, mode
from nn.optim import SGD, Adam, AdamW, Momentum, RMSprop, Rule

LOSSES: Final = {
    loss.__name__: loss
    for loss in (half_squared_error, mse, mae, huber, hinge, binary_cross_entropy, cross_entropy)
}
REGRESSION: Final = [*LOSSES][:4]  # for targets that are any numbers
OPTIMIZERS: Final[dict[str, Callable[..., Rule]]] = {
    "SGD": SGD,
    "Momentum": Momentum,
    "Nesterov": lambda *args, **given: Momentum(*args, nesterov=True, **given),
    "RMSprop": RMSprop,
    "Adam": Adam,
    "AdamW": AdamW,
}
# What the page calls the numbers of a rule, beside its learning rate.
HYPERPARAMETERS: Final = {
    "momentum": 0.9, "alpha": 0.99, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0,
}  # fmt: skip


def rule(name: str, rate: Any, given: dict[str, Any]) -> Rule:
    """The optimizer of that name with the numbers of the page.

    >>> rule("Adam", 0.1, HYPERPARAMETERS)
    Adam(learning_rate=0.1, weight_decay=0, betas=(0.9, 0.999), epsilon=1e-08)
    """
    make = OPTIMIZERS[name]
    known = {**given, "betas": (given["beta1"], given["beta2"]), "weight_decay": given["decay"]}
    own = {field.name for field in fields(make(rate))} - {"nesterov", "learning_rate"}
    return make(rate, **{name: known[name] for name in own})


def numbers_of(rule: Any) -> dict[str, Any]:
    """What the page calls an optimizer, its learning rate and its other numbers.

    >>> numbers_of(Momentum(0.1, momentum=0.5))
    {'optimizer': 'Momentum', 'rate': 0.1, 'momentum': 0.5, 'decay': 0}
    """
    if not isinstance(rule, Rule) or type(rule).__name__ not in OPTIMIZERS:
        raise TypeError(f"the page has the optimizers {', '.join(OPTIMIZERS)}, not {rule!r}")
    if callable(rule.learning_rate):
        raise TypeError(f"the page has a learning rate that stays, not {rule.learning_rate!r}")
    known = {field.name: getattr(rule, field.name) for field in fields(rule)}
    name = "Nesterov" if known.pop("nesterov", False) else type(rule).__name__
    found = {"optimizer": name, "rate": known.pop("learning_rate")}
    decay, betas = known.pop("weight_decay"), known.pop("betas", ())
    return {**found, **known, **dict(zip(("beta1", "beta2"), betas, strict=False)), "decay": decay}


class Own:
    """A module of one's own as a rule of the page: `own_model(inputs, parameters)`.

    `said` is what the page is told: which of its parameters is which weight, or a number that
    stays; with `bare` it takes its one input as a number, not as a list. Raises ValueError for a
    model that the page could not train with the numbers of `fit`.
    """

    def __init__(self, model: Any, nin: int, *, bare: bool = False) -> None:
        name = type(model).__name__
        if not isinstance(model, Module):
            raise TypeError(f"a page trains a Module, whose parameters it can find, not {model!r}")
        if any(isinstance(part, Dropout) and part.rate for part in model.modules()):
            raise ValueError(f"a page cannot draw what the dropout of {name} leaves out")
        # One input may come as a number, as `fit` hands on what samples have.
        call: Any = model
        self.inputs = [0.5] * nin
        self.program = jit(lambda xs: _listed(call(xs[0] if bare else xs)), backend="python")
        with mode(model, training=True):
            self.program.trace(self.inputs)
            outputs = _listed(call(self.inputs[0] if bare else self.inputs))
        given = self.program.parameters
        place = {value: k for k, value in enumerate(model.parameters())}
        self.said: dict[str, Any] = {
            "name": name, "inputs": nin, "outputs": len(outputs),
            "places": [place.get(value, -1) for value in given],
            "numbers": [float(value.data) for value in given],
        }  # fmt: skip
        self.sentence = (
            f"{name}, {len(place)} weights, computes as it was given: its layers have no controls "
            "here."
        )


def _listed(output: Any) -> list[Any]:
    return [*output] if isinstance(output, list | tuple) else [output]


def script(scores: Iterable[int], activations: Iterable[str] = (), own: Own | None = None) -> str:
    """An ES module: `tanh_unit(x)`, `mse_1(scores, targets)`, `Adam_rule(w, g, state, …)`, and the
    gradient of each, `tanh_unit_gradient` and so on. Losses are for so many `scores`.

    >>> "export function mse_3_gradient(" in script([3])
    True
    """
    functions: dict[str, tuple[Any, ...]] = {
        f"{name}_unit": (_unit(name), 0.5) for name in dict.fromkeys([*names(), *activations])
    }
    for count in scores:
        for name, loss in LOSSES.items():
            targets = 1 if loss is cross_entropy else count
            if loss is not cross_entropy or count > 1:
                functions[f"{name}_{count}"] = (judge(loss), [0.5] * count, [0.0] * targets)
    for name, make in OPTIMIZERS.items():
        state = [0.0] * len(make(0).start)
        functions[f"{name}_rule"] = (_step(name), 0.5, 0.5, state, 0.5, 1.0, HYPERPARAMETERS)
    if own is not None:
        functions["own_model"] = (own.program, own.inputs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.mjs"
        export(functions, path)
        return path.read_text(encoding="utf-8")


# Units and losses give a list of one number, so that their gradients take the one that arrives.


def _unit(name: str) -> Callable[[Any], list[Any]]:
    activate = function(name)
    return lambda x: [x if activate is None else activate(x)]


def judge(loss: Loss) -> Callable[[Any, Any], list[Any]]:
    """A loss of a list of scores and one of targets, that of a class its number."""
    return lambda scores, targets: [loss(scores, targets[0] if loss is cross_entropy else targets)]


def _step(name: str) -> Callable[..., Any]:
    return lambda w, g, state, rate, steps, numbers: rule(name, 0, numbers).update(
        w, g, tuple(state), rate, steps
    )


_EXPORTED = re.compile(r"^export (?=function (\w+)|const (\w+))", re.MULTILINE)


def table(module: str) -> str:
    r"""The same module as `export const rules = {…}`, whose inner names meet no others.

    >>> print(table("export function f(x) {\n  return x;\n}\n"))
    export const rules = (() => {
    function f(x) {
      return x;
    }
    <BLANKLINE>
    return { f };
    })();
    """
    exported = [one or other for one, other in _EXPORTED.findall(module)]
    code = _EXPORTED.sub("", module)
    return f"export const rules = (() => {{\n{code}\nreturn {{ {', '.join(exported)} }};\n}})();"
