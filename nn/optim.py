"""Optimizers: rules that say what a gradient makes of a weight.

A rule is data and one pure function over numbers, `update`. `Optimizer` applies rules to Values and
remembers what they want remembered. The formulas are PyTorch's, step by step.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeAlias

from autograd import Value, sqrt
from nn.inputs import widen, widened
from nn.interrupts import finished
from nn.module import Module, parts_of
from nn.ranges import check_range

State: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Rule:
    """What every rule has: a learning rate, and a state for each weight that starts at `start`.

    The rate is a number or a function of the number of steps already taken, such as those of
    `nn.schedules`. `weight_decay` adds that many times the weight to its gradient. One of your own
    says what a number becomes.

    >>> class Signs(Rule):
    ...     def update(self, w, g, state, rate, step):
    ...         return w - rate * ((g > 0) - (g < 0)), state
    >>> w = Value(1.0)
    >>> w.grad = -7.0
    >>> Optimizer(Signs(0.5), [w]).step()
    >>> w.data
    1.5
    """

    learning_rate: Any
    _: KW_ONLY
    weight_decay: Any = 0
    start: ClassVar[State] = ()

    def __new__(cls, *args: Any, **options: Any) -> Self:
        """Says in a newcomer's words what goes where."""
        if "lr" in options:
            raise TypeError(f"{cls.__name__} takes the learning rate as learning_rate, not as lr")
        if "eps" in options:
            raise TypeError(f"{cls.__name__} calls it epsilon, not eps")
        for name in {"momentum", "nesterov"} & {*options}:
            if not hasattr(cls, name):
                raise TypeError(f"{cls.__name__} has no {name}: Momentum(0.1, momentum=0.9) has")
        if args and isinstance(args[0], Iterable) and not isinstance(args[0], str):
            raise TypeError(
                f"{cls.__name__} takes a learning rate; the parameters go to fit with their model, "
                f"or to Optimizer({cls.__name__}(…), parameters)"
            )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        widen(vars(self))
        if not callable(self.learning_rate):
            check_range("a learning rate", self.learning_rate)
        check_range("weight_decay", self.weight_decay)

    def rate(self, step: int) -> Any:
        """The learning rate after `step` steps. Raises ValueError for one that is out of range."""
        if not callable(self.learning_rate):
            return self.learning_rate
        return check_range(f"the learning rate after {step} steps", self.learning_rate(step))

    def update(self, w: Any, g: Any, state: State, rate: Any, step: int) -> tuple[Any, State]:
        """The new weight and state for weight `w` with gradient `g`, at step 1, 2, …"""
        raise NotImplementedError

    def decayed(self, w: Any, g: Any) -> Any:
        """The gradient with the weight decay in it."""
        decay = self.weight_decay
        # What is traced has no truth: the code that it becomes is for any decay.
        return g + decay * w if isinstance(decay, Value) or decay else g


@dataclass(frozen=True, kw_only=True)
class SGD(Rule):
    """Stochastic gradient descent: w − rate·g.

    >>> SGD(0.5).update(w=1.0, g=0.5, state=(), rate=0.5, step=1)
    (0.75, ())
    """

    def update(self, w: Any, g: Any, state: State, rate: Any, step: int) -> tuple[Any, State]:  # noqa: ARG002
        """The rule, for one weight: see `Rule.update`."""
        return w - rate * self.decayed(w, g), state


@dataclass(frozen=True, kw_only=True)
class Momentum(Rule):
    """Gradient descent with a velocity: v ← momentum·v + g, w − rate·v (Polyak).

    `nesterov=True` steps along g + momentum·v instead.

    >>> Momentum(0.5, momentum=0.5).update(w=1.0, g=0.5, state=(1.0,), rate=0.5, step=1)
    (0.5, (1.0,))
    """

    momentum: Any = 0.9
    nesterov: bool = False
    start: ClassVar[State] = (0,)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("momentum", self.momentum, below=1)

    def update(self, w: Any, g: Any, state: State, rate: Any, step: int) -> tuple[Any, State]:  # noqa: ARG002
        """The rule, for one weight: see `Rule.update`."""
        g = self.decayed(w, g)
        velocity = self.momentum * state[0] + g
        along = g + self.momentum * velocity if self.nesterov else velocity
        return w - rate * along, (velocity,)


@dataclass(frozen=True, kw_only=True)
class RMSprop(Rule):
    """Steps in units of the gradient's recent size: v ← α·v + (1 − α)·g², w − rate·g / (√v + ε).

    >>> RMSprop(0.5, alpha=0.75).update(w=1.0, g=1.0, state=(0.0,), rate=0.5, step=1)[1]
    (0.25,)
    """

    alpha: Any = 0.99
    epsilon: Any = 1e-8
    start: ClassVar[State] = (0,)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("alpha", self.alpha, below=1)
        check_range("epsilon", self.epsilon)

    def update(self, w: Any, g: Any, state: State, rate: Any, step: int) -> tuple[Any, State]:  # noqa: ARG002
        """The rule, for one weight: see `Rule.update`."""
        g = self.decayed(w, g)
        square = self.alpha * state[0] + (1 - self.alpha) * g * g
        return w - rate * g / (_root(square) + self.epsilon), (square,)


@dataclass(frozen=True, kw_only=True)
class Adam(Rule):
    """Momentum and RMSprop with the bias of their start taken out (Kingma and Ba, 2015).

    >>> w, state = Adam(0.125).update(w=1.0, g=3.0, state=(0, 0), rate=0.125, step=1)
    >>> round(w, 6)
    0.875
    """

    betas: tuple[Any, Any] = (0.9, 0.999)
    epsilon: Any = 1e-8
    start: ClassVar[State] = (0, 0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.betas, Sequence) or len(self.betas) != 2:
            raise ValueError(f"betas are two numbers, such as (0.9, 0.999), not {self.betas!r}")
        names = ("beta 1 of betas", "beta 2 of betas")
        betas = [check_range(*pair, below=1) for pair in zip(names, self.betas, strict=True)]
        vars(self)["betas"] = tuple(betas)
        check_range("epsilon", self.epsilon)

    def update(self, w: Any, g: Any, state: State, rate: Any, step: int) -> tuple[Any, State]:
        """The rule, for one weight: see `Rule.update`."""
        g = self.decayed(w, g)
        beta1, beta2 = self.betas
        mean = beta1 * state[0] + (1 - beta1) * g
        square = beta2 * state[1] + (1 - beta2) * g * g
        size = _root(square) / _root(1 - beta2**step) + self.epsilon
        return w - rate / (1 - beta1**step) * mean / size, (mean, square)


@dataclass(frozen=True, kw_only=True)
class AdamW(Adam):
    """Adam that decays the weight itself, not by its gradient (Loshchilov and Hutter, 2019).

    >>> AdamW(0.5, weight_decay=0.5).update(w=1.0, g=0.0, state=(0, 0), rate=0.5, step=1)[0]
    0.75
    """

    weight_decay: Any = 0.01

    def update(self, w: Any, g: Any, state: State, rate: Any, step: int) -> tuple[Any, State]:
        """The rule, for one weight: see `Rule.update`."""
        return super().update(w - rate * self.weight_decay * w, g, state, rate, step)

    def decayed(self, w: Any, g: Any) -> Any:  # noqa: ARG002
        """The gradient as it is: the weight has decayed already."""
        return g


# One rule for all parameters, or one for each group of them: see `Optimizer`.
Rules: TypeAlias = Rule | Mapping[str, Rule | None]


class Optimizer:
    """A rule at work on parameters: `step()` changes their data by their gradients.

    `parameters` are Values, or pairs of a name and a Value, or the model that has them.

    >>> w = Value(1.0, "w")
    >>> optimizer = Optimizer(SGD(0.25), [w])
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w.data, optimizer.steps
    (0.5, 1)

    Groups have rules of their own: `rule` is then a mapping from paths that names begin with to
    rules, of which the longest path counts, and "" is that of all others; one that is shared is in
    the group of each of its names. None freezes a group: its parameters keep their data, and no
    penalty or decay knows them.

    >>> from nn import MLP
    >>> optimizer = Optimizer({"layers.0": None, "": Adam(0.01)}, MLP(2, [3, 1]))
    >>> len(optimizer.frozen), len(optimizer.parameters)
    (9, 4)

    `steps` are those taken, `epochs` those that `fit` has gone through. Raises ValueError for a
    group without parameters and for a parameter without a group, or in several.
    """

    def __init__(self, rule: Rules, parameters: Any) -> None:
        rules = _rules(rule)
        named = _named(parameters)
        begun = _begun(parameters, named, rules)
        paths = {
            value: _path(repr(name or value), begun.get(value, {}), rules)
            for value, name in named.items()
        }
        met = {path for value in named for path in begun[value]}
        for path in rules:
            if path and not any(_begins(it, path) for it in met):
                known = reprlib.repr([*named.values()])
                raise ValueError(f"the group {path!r} has no parameter: their names are {known}")
        active = {path: each for path, each in rules.items() if each is not None}
        self.frozen = [value for value, path in paths.items() if path not in active]
        self.parameters = [value for value, path in paths.items() if path in active]
        places = {
            path: [k for k, it in enumerate(self.parameters) if paths[it] == path]
            for path in active
        }
        self.groups = [(active[path], own) for path, own in places.items() if own]
        self.states = [active[paths[value]].start for value in self.parameters]
        self.steps = self.epochs = 0

    def step(self) -> None:
        """Moves every parameter, or none: all new data is computed before any is set."""
        finished(self.plan())

    def plan(self) -> Callable[[], None]:
        """What the next step sets, computed now: it is taken when this is called, once or again."""
        step = self.steps + 1
        moved: list[tuple[Any, State]] = [(0, ())] * len(self.parameters)
        for rule, places in self.groups:
            rate = rule.rate(self.steps)
            for place in places:
                parameter, state = self.parameters[place], self.states[place]
                gradient = widened(parameter.grad)  # which may be set by hand
                moved[place] = rule.update(parameter.data, gradient, state, rate, step)

        def take() -> None:
            for parameter, (data, _) in zip(self.parameters, moved, strict=True):
                parameter.data = data
            self.states = [state for _, state in moved]
            self.steps = step

        return take

    def zero_grad(self) -> None:
        """Sets the gradient of every parameter to 0."""
        for parameter in (*self.parameters, *self.frozen):
            parameter.grad = 0


def clip_gradients(parameters: Iterable[Value], largest: Any) -> float:
    """Shortens the gradient, all of it as one vector, to the length `largest` if it is longer.

    Returns its length before, as PyTorch's `clip_grad_norm_` does. Raises FloatingPointError for a
    gradient that is nan or infinite, and changes nothing then.

    >>> w, b = Value(1.0), Value(1.0)
    >>> w.grad, b.grad = 3.0, 4.0
    >>> clip_gradients([w, b], 1), round(w.grad, 4), round(b.grad, 4)
    (5.0, 0.6, 0.8)
    """
    values = list(dict.fromkeys(parameters))
    grads = [widened(value.grad) for value in values]
    norm, factor = shortened(grads, largest)
    if factor < 1:
        grads = [g * (Decimal(factor) if isinstance(g, Decimal) else factor) for g in grads]

        def put() -> None:
            for value, grad in zip(values, grads, strict=True):
                value.grad = grad

        finished(put)
    return norm


def shortened(slopes: Iterable[Any], largest: Any) -> tuple[float, float]:
    """The length of a gradient, and the factor of at most 1 that makes it at most `largest`.

    >>> shortened([3, 4], 10)
    (5.0, 1.0)
    """
    check_range("the largest norm of a gradient", largest, above=0)
    norm = math.hypot(*slopes)
    if not norm < math.inf:
        raise FloatingPointError(f"the norm of the gradient is {norm}: it has no direction to keep")
    # The 1e-6 is PyTorch's.
    return norm, min(1.0, float(largest) / (norm + 1e-6))


def _rules(rule: Any) -> dict[str, Rule | None]:
    """The rule of each group. Raises TypeError for what is no rule."""
    rules = dict(rule) if isinstance(rule, Mapping) else {"": rule}
    for path, each in rules.items():
        if not isinstance(path, str) or not (
            isinstance(each, Rule) or (each is None and isinstance(rule, Mapping))
        ):
            raise TypeError(
                f"what is needed is an optimizer such as SGD(0.01), or a mapping from names of "
                f"parameters to such, not {rule!r}"
            )
    return rules


def _named(parameters: Any) -> dict[Value, str]:
    """Each parameter once, with the name that it has first, "" where nobody named it."""
    for method in ("named_parameters", "parameters"):
        if hasattr(parameters, method):
            parameters = getattr(parameters, method)()
    named: dict[Value, str] = {}
    for each in parameters:
        name, value = each if isinstance(each, tuple) else ("", each)
        if not hasattr(value, "grad"):
            raise TypeError(f"an optimizer moves Values, not {value!r}: Optimizer(rule, model)")
        named.setdefault(value, name)
    return named


def _begun(
    parameters: Any, named: Mapping[Value, str], rules: Collection[str]
) -> dict[Value, dict[str, str]]:
    """The paths that names of each parameter begin with, of each name the longest, and the name.

    A model's parameter has a name for each way to it. Ways to one thing that have begun with the
    same, and cannot begin with more, are one: there may be exponentially many.
    """
    found: dict[Value, dict[str, str]] = {}
    waiting: list[tuple[str, Any, str]] = [("", parameters, "")]
    if not isinstance(parameters, Module):
        begun = {name: [path for path in rules if _begins(name, path)] for name in named.values()}
        waiting = [(name, it, max(begun[name], key=len, default="")) for it, name in named.items()]
    seen: dict[Any, Any] = {}
    while waiting:
        name, thing, longest = waiting.pop()
        longest = name if name in rules else longest
        way = id(thing), name if any(_begins(path, name) for path in rules) else longest
        if way in seen:
            continue
        seen[way] = thing  # kept: rows of arrays are made on the way, and have a place of their own
        if not hasattr(thing, "grad"):
            pairs = [(f"{name}.{key}".removeprefix("."), part) for key, part in parts_of(thing)]
            waiting += [(inner, part, longest) for inner, part in reversed(pairs)]
        elif longest in rules:
            found.setdefault(thing, {}).setdefault(longest, name)
    return found


def _path(name: str, begun: Mapping[str, str], rules: Mapping[str, Rule | None]) -> str:
    """The longest of the paths that a parameter's names begin with, a whole name before others."""
    paths = {path for path in begun if begun[path] == path} or {*begun}
    if not paths:
        raise ValueError(
            f"no group has the parameter {name}: give a rule to '', for all others; "
            "parameters have names in Optimizer(…, model) or (…, model.named_parameters())"
        )
    longest = max(paths, key=len)
    if any(rules[path] != rules[longest] for path in paths - {""}):
        raise ValueError(
            f"the groups {sorted(paths)} share the parameter {' = '.join(begun.values())}, which "
            f"moves by one rule: give them the same, or one to {name} alone"
        )
    return longest


def _begins(name: str, path: str) -> bool:
    """Whether a name begins with a path: the whole of it, up to a dot, or any with ""."""
    return path in ("", name) or name.startswith(path + ".")


def _root(square: Any) -> Any:
    """The square root of a number, or of each in an array of all weights at once."""
    return square**0.5 if hasattr(square, "shape") else sqrt(square)
