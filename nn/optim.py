"""Optimizers: rules that say what a gradient makes of a weight.

A rule is data and one pure function over numbers, `update`. `Optimizer` applies one to Values and
remembers what the rule wants remembered. The formulas are PyTorch's, step by step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self, TypeAlias

from autograd import Value, sqrt
from nn.ranges import check_range

State: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Rule:
    """What every rule has: a learning rate, and a state for each weight that starts at `start`.

    The rate is a number or a function of the number of steps already taken, such as those of
    `nn.schedules`. `weight_decay` adds that many times the weight to its gradient.
    """

    learning_rate: Any
    _: KW_ONLY
    weight_decay: Any = 0
    start: ClassVar[State] = ()

    def __new__(cls, *args: Any, **options: Any) -> Self:
        """Says in a newcomer's words what goes where."""
        if "lr" in options:
            raise TypeError(f"{cls.__name__} takes the learning rate as learning_rate, not as lr")
        if args and isinstance(args[0], Iterable):
            raise TypeError(
                f"{cls.__name__} takes a learning rate; the parameters go to fit with their model, "
                f"or to Optimizer({cls.__name__}(…), parameters)"
            )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if not callable(self.learning_rate):
            check_range("a learning rate", self.learning_rate)
        check_range("weight_decay", self.weight_decay)

    def rate(self, step: int) -> Any:
        """The learning rate after `step` steps."""
        return self.learning_rate(step) if callable(self.learning_rate) else self.learning_rate

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
        for place, beta in enumerate(self.betas, 1):
            check_range(f"beta {place} of betas", beta, below=1)
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


class Optimizer:
    """A rule at work on parameters: `step()` changes their data by their gradients.

    >>> w = Value(1.0, "w")
    >>> optimizer = Optimizer(SGD(0.25), [w])
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w.data, optimizer.steps
    (0.5, 1)
    """

    def __init__(self, rule: Rule, parameters: Iterable[Value]) -> None:
        self.rule = rule
        self.parameters = list(dict.fromkeys(parameters))  # a shared one moves once
        self.states = [rule.start for _ in self.parameters]
        self.steps = 0

    def step(self) -> None:
        """Moves every parameter, or none: all new data is computed before any is set."""
        rule, step = self.rule, self.steps + 1
        rate = rule.rate(self.steps)
        moved = [
            rule.update(parameter.data, parameter.grad, state, rate, step)
            for parameter, state in zip(self.parameters, self.states, strict=True)
        ]
        try:
            self._set(moved, step)
        except KeyboardInterrupt:
            self._set(moved, step)
            raise

    def _set(self, moved: list[tuple[Any, State]], step: int) -> None:
        for parameter, (data, _) in zip(self.parameters, moved, strict=True):
            parameter.data = data
        self.states = [state for _, state in moved]
        self.steps = step

    def zero_grad(self) -> None:
        """Sets the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0


def _root(square: Any) -> Any:
    """The square root of a number, or of each in an array of all weights at once."""
    return square**0.5 if hasattr(square, "shape") else sqrt(square)
