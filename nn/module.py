"""Module: anything with parameters, which are found where it keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import chain
from typing import Any, Self, TypeAlias

from autograd import Value
from nn.activations import name
from nn.interrupts import finished
from nn.nested import is_array

FORWARD = "define __call__(self, inputs), not forward"


class Buffer(Value):
    """A number that a module keeps and that is stored with it, but not trained.

    >>> Buffer(0.5, "mean").data
    0.5
    """

    __slots__ = ()


class Module:
    """A callable thing with parameters, leaf Values whose data training changes.

    A subclass assigns what it is made of to attributes and says in `__call__` what it computes:
    Values and modules are found there, and in lists, tuples, dicts and arrays of them. Parameters
    under names that begin with "_" are left out (`modules()`, `train()` and `eval()` know modules
    under such names), and so is a Value that was computed, which is no parameter.

    >>> from nn import Layer
    >>> class Residual(Module):
    ...     def __init__(self, width):
    ...         self.layer, self.scale = Layer(width, width, "tanh"), Value(1.0, "scale")
    ...     def __call__(self, xs):
    ...         return [x + self.scale * y for x, y in zip(xs, self.layer(xs))]
    >>> [name for name, _ in Residual(2).named_parameters()][2:5]
    ['layer.neurons.0.b', 'layer.neurons.1.w1', 'layer.neurons.1.w2']
    """

    training = True
    _whole = False  # whether what it is made of is part of it, as neurons are of a layer

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__slots__" in vars(cls):
            raise TypeError(f"{cls.__name__} has __slots__, where no parameters would be found")

    def __call__(self, *inputs: Any, **options: Any) -> Any:  # noqa: ARG002
        """What it computes from inputs, which its class says."""
        why = f"says in forward what it computes: {FORWARD}"
        if not hasattr(self, "forward"):
            why = "does not say what it computes: define __call__(self, inputs)"
        raise TypeError(f"{type(self).__name__} {why}")

    def _members(self) -> Iterable[tuple[str, Any]]:
        """What it is made of, by name."""
        return ((key, part) for key, part in vars(self).items() if not key.startswith("_"))

    def named_modules(self) -> list[tuple[str, Any]]:
        """This module as "" and all below it with their paths, depth first, each once."""
        return [*walk(self, values=False)]

    def modules(self) -> list[Any]:
        """This module and all below it."""
        return modules_of(self)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Each parameter with the path that leads to it, such as `layers.0.neurons.3.w1`.

        In the order of attributes; a shared one counts once, under its first path. Raises
        ValueError if two have the same path.
        """
        return self._leaves(buffers=False)

    def named_buffers(self) -> list[tuple[str, Value]]:
        """Each `Buffer` with its path, found like parameters."""
        return self._leaves(buffers=True)

    def _leaves(self, *, buffers: bool) -> list[tuple[str, Value]]:
        found = [(path, part) for path, part in walk(self) if _is_kept(part, buffers=buffers)]
        if len(dict(found)) < len(found):
            paths = [path for path, _ in found]
            twice = next(path for path in paths if paths.count(path) > 1)
            raise ValueError(f"two parameters of {type(self).__name__} are called {twice!r}")
        return found

    def parameters(self) -> list[Value]:
        """The parameters in the order of `named_parameters`."""
        return [value for _, value in self.named_parameters()]

    def zero_grad(self) -> None:
        """Sets the gradient of every parameter to 0."""
        for value in self.parameters():
            value.grad = 0

    def train(self, mode: bool = True) -> Self:
        """Puts this module and all below it into training mode, or out of it; returns itself."""
        for module in self.modules():
            vars(module)["training"] = mode
        return self

    def eval(self) -> Self:
        """Puts this module and all below it out of training mode; returns itself."""
        return self.train(False)

    def diagnose(self, data: Any, loss: Any) -> Any:
        """Dead and saturated units, and the size of gradients by layer: see `nn.diagnose`."""
        return import_module("nn.health").diagnose(self, data, loss)  # which uses this module

    def summary(self) -> None:
        """Prints a row for each module with what it has itself; a layer's neurons are in its row.

        >>> from nn import MLP
        >>> class Twins(Module):
        ...     def __init__(self):
        ...         self.one, self.shift = MLP(2, [8, 1], "tanh"), Value(0.0, "shift")
        >>> Twins().summary()
        Twins
        module        kind   shape  activation  parameters
        itself        Twins                              1
        one.layers.0  Layer  2 → 8  tanh                24
        one.layers.1  Layer  8 → 1  linear               9
        total                                           34
        """
        rows = [("module", "kind", "shape", "activation", "parameters")]
        parts = groups(self)
        following = [*(path for path, _, _ in parts[1:]), ""]
        for (path, module, own), after in zip(parts, following, strict=True):
            count = sum(map(len, own))
            if count or not after or not after.startswith(path and path + "."):
                given = getattr(module, "nin", getattr(module, "count", None))
                sizes = given, getattr(module, "nout", None)
                shape = "" if None in sizes else "{} → {}".format(*sizes)
                activation = getattr(module, "activation", "")
                kind = type(module).__name__
                rows.append((path or "itself", kind, shape, str(name(activation)), str(count)))
        rows.append(("total", "", "", "", str(len(self.parameters()))))
        print(type(self).__name__)
        print(table(rows, words=4))


# A module with its path, and the parameters that it has first, with theirs, in rows.
Group: TypeAlias = tuple[str, Any, list[list[tuple[str, Value]]]]


def groups(model: Module) -> list[Group]:
    """The modules of a model with their own parameters; those of a layer are in rows by neuron.

    >>> from nn import Layer
    >>> [(path, [len(row) for row in rows]) for path, _, rows in groups(Layer(2, 3))]
    [('', [3, 3, 3])]
    """
    found: dict[str, tuple[Any, dict[str, list[tuple[str, Value]]]]] = {}
    row = ""
    for path, part in walk(model):
        owner = path
        while owner not in found and owner:
            owner = owner.rpartition(".")[0]
        module, rows = found.get(owner, (None, {}))
        # What a layer consists of is in its rows; what it only knows, such as its model, is not.
        first = path.removeprefix(owner).lstrip(".").partition(".")[0]
        whole = module is not None and module._whole and first in ("neurons", "activation")
        if isinstance(part, Module):
            row = path if part._whole else row
            if not whole:
                found[path] = part, {}
        elif _is_kept(part, buffers=False):
            rows.setdefault(row if whole else path.rpartition(".")[0], []).append((path, part))
    return [(path, module, [*rows.values()]) for path, (module, rows) in found.items()]


def _is_kept(part: Any, *, buffers: bool) -> bool:
    """Whether this is a parameter, or a buffer, and nothing that was computed."""
    return isinstance(part, Value) and part.op is None and isinstance(part, Buffer) is buffers


def table(rows: Sequence[Sequence[str]], words: int) -> str:
    """Rows in columns, of which so many are words and the others numbers."""
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([
            *map(str.ljust, row[:words], sizes),
            *map(str.rjust, row[words:], sizes[words:]),
        ]).rstrip()
        for row in rows
    )  # fmt: skip


def modules_of(model: Any) -> list[Any]:
    """The modules of anything that keeps some in its attributes, itself if it is one."""
    return [part for _, part in walk(model, values=False)]


@contextmanager
def mode(model: Any, training: bool) -> Iterator[None]:
    """Within it all modules of a model are in training mode, or out of it; then as they were."""
    modules = modules_of(model)
    before = [module.training for module in modules]

    def put(modes: Iterable[bool]) -> None:
        for module, each in zip(modules, modes, strict=True):
            vars(module)["training"] = each

    try:
        put([training] * len(modules))
        yield
    finally:
        finished(lambda: put(before))


def walk(root: Any, *, values: bool = True) -> Iterator[tuple[str, Any]]:
    """The Values and modules in something, itself too, with their paths, depth first, each once."""
    seen = {id(root): root}
    if isinstance(root, Module):
        yield "", root
    hidden = not values  # a module under a private name has a mode, too
    waiting = [("", iter(parts_of(root, hidden) or getattr(root, "__dict__", {}).items()))]
    while waiting:
        before, parts = waiting[-1]
        for key, part in parts:
            if id(part) in seen:
                continue
            if isinstance(part, Value):
                if values:
                    seen[id(part)] = part
                    yield f"{before}{key}", part
            elif isinstance(part, Module | list | tuple | dict) or is_array(part):
                seen[id(part)] = part
                if isinstance(part, Module):
                    yield f"{before}{key}", part
                waiting.append((f"{before}{key}.", iter(parts_of(part, hidden))))
                break
        else:
            waiting.pop()


def parts_of(thing: Any, hidden: bool = False) -> Iterable[tuple[Any, Any]]:
    """What a module, list, tuple, dict or array has, by name; `hidden`, under private ones, too."""
    if isinstance(thing, Module):
        private = [pair for pair in vars(thing).items() if pair[0].startswith("_")]
        return chain(thing._members(), private if hidden else ())
    if isinstance(thing, dict):
        return thing.items()
    return enumerate(thing) if isinstance(thing, list | tuple) or is_array(thing) else ()
