"""PyTorch: a listing as a module, through which `torch.autograd` goes back."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from autograd.elementary import nearest
from autograd.export.listing import Listing, inside
from autograd.export.tensors.functions import Functions
from autograd.export.tensors.rows import Rows, gradient
from autograd.structure import Spec

# What PyTorch has, besides what every framework has, to full precision.
_HAS = (
    "exp", "log", "sqrt", "sin", "cos", "tanh", "floor", "abs", "expm1", "log2", "log10",
    "tan", "asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "hypot",
    "erf", "erfc",
)  # fmt: skip


class _Functions(Functions):
    """PyTorch's functions, and what it has not, made of them."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        for name in _HAS:
            setattr(self, name, getattr(torch, name))
        self.remainder = torch.fmod

    def log1p(self, x: Any) -> Any:
        """PyTorch's own, but for subnormal numbers."""
        return self.where(self.torch.abs(x) < 2.0**-54, x, self.torch.log1p(x))

    def tensor(self, x: Any) -> Any:
        """A number as a tensor."""
        torch = self.torch
        return x if torch.is_tensor(x) else torch.tensor(nearest(x), dtype=torch.float64)

    def where(self, test: Any, yes: Any, no: Any) -> Any:
        """One of two tensors, element by element."""
        return self.torch.where(test, self.tensor(yes), self.tensor(no))

    def pow(self, x: Any, y: Any) -> Any:
        """A power of what is not negative."""
        return self.torch.pow(self.tensor(x), self.tensor(y))


class _Slopes:
    """A listing, and those of its slopes as they are asked for."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self._of: dict[tuple[int, ...], _Slopes] = {}

    def of(self, used: tuple[int, ...]) -> _Slopes:
        """The slopes of the results that are used."""
        if used not in self._of:
            self._of[used] = _Slopes(gradient(self.listing, used))
        return self._of[used]


def module(listing: Listing) -> Any:
    """The module of a listing. Raises ImportError without PyTorch."""
    return _module_class()(listing)


@cache
def _module_class() -> Any:
    """The class of such modules, made when it is known that PyTorch is there."""
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError:
        raise ImportError("this needs torch: pip install 'chainrule[torch]'") from None
    rows = Rows(_Functions(torch), "PyTorch")
    through = _through(torch, rows)

    class Traced(torch.nn.Module):  # type: ignore[misc]
        """A traced function. `captured` has its parameters, if any."""

        def __init__(self, listing: Listing) -> None:
            super().__init__()
            rows.check(listing)
            self.listing = listing
            self._slopes = _Slopes(listing)
            numbers = torch.tensor([*map(nearest, listing.parameters)], dtype=torch.float64)
            self.captured = torch.nn.Parameter(numbers) if listing.parameters else None

        def forward(self, *args: Any) -> Any:
            """The results: a tensor, or what the function returns with a tensor for each list."""
            listing = self.listing
            if len(args) != len(listing.arguments):
                raise TypeError(f"{len(listing.arguments)} arguments belong here, not {len(args)}")
            leaves: list[Any] = []
            for argument, given in zip(listing.arguments, args, strict=True):
                leaves += _leaves(torch, argument.spec, given, argument.name)
            if self.captured is not None:
                leaves += self.captured.unbind()
            results = through(self._slopes, *leaves) if listing.outputs else ()
            return _nested(torch, listing.structure, iter(results))

        def extra_repr(self) -> str:
            """What the module takes."""
            names = ", ".join(argument.name for argument in self.listing.arguments)
            return f"{names}; {len(self.listing.parameters)} parameters"

    return Traced


def _through(torch: Any, rows: Rows) -> Any:
    """The function that takes a listing, and tensors for its leaves, as one step of PyTorch's."""

    class Through(torch.autograd.Function):  # type: ignore[misc]
        """A listing as one step of `torch.autograd`, whose slopes are a listing, too."""

        @staticmethod
        def forward(ctx: Any, slopes: _Slopes, *leaves: Any) -> Any:
            ctx.slopes = slopes
            ctx.set_materialize_grads(False)  # what is not used hands no 0 back
            ctx.save_for_backward(*leaves)
            return tuple(rows.run(slopes.listing, leaves))

        @staticmethod
        def backward(ctx: Any, *weights: Any) -> Any:
            leaves = ctx.saved_tensors
            used = tuple(k for k, weight in enumerate(weights) if weight is not None)
            if not used:
                return (None,) * (1 + len(leaves))
            given = [*leaves, *(weights[k] for k in used)]
            return None, *map(_summed, Through.apply(ctx.slopes.of(used), *given), leaves)

    def _summed(slope: Any, leaf: Any) -> Any:
        """A slope in the shape of the leaf, which other axes may have been given to."""
        shape = torch.broadcast_shapes(slope.shape, leaf.shape)
        return slope.broadcast_to(shape).sum_to_size(leaf.shape)

    return Through.apply


def _depth(spec: Spec) -> int:
    """How many axes a structure of lists in lists has."""
    return 0 if spec is None else 1 + max((_depth(part) for *_, part in inside(spec)), default=0)


def _leaves(torch: Any, spec: Spec, given: Any, path: str) -> Iterator[Any]:
    """A tensor for each number of a structure; the last axes of a tensor are lists in lists."""
    if spec is None:
        yield torch.as_tensor(given, dtype=torch.float64)
        return
    parts, axis = inside(spec), -_depth(spec)
    if torch.is_tensor(given) or hasattr(given, "__array__"):
        given = torch.as_tensor(given, dtype=torch.float64)
        if given.dim() < -axis or given.shape[axis] != len(parts):
            raise ValueError(
                f"{path} has the shape {tuple(given.shape)}, but was traced with {len(parts)} "
                f"numbers on axis {axis}"
            )
        for k, (_, _, part) in enumerate(parts):
            yield from _leaves(torch, part, given.select(axis, k), path)
        return
    if len(given) != len(parts) and all(kind == "index" for kind, _, _ in parts):
        raise ValueError(f"{path} was traced with {len(parts)} parts, not {len(given)}")
    for kind, key, part in parts:
        inner = getattr(given, key) if kind == "field" else given[key]
        yield from _leaves(torch, part, inner, f"{path}[{key!r}]")


def _nested(torch: Any, spec: Spec, results: Iterator[Any]) -> Any:
    """Results as they were nested; a list of them as one tensor, on a last axis."""
    if spec is None:
        return next(results)
    parts = inside(spec)
    made = [_nested(torch, part, results) for *_, part in parts]
    if not all(kind == "index" for kind, _, _ in parts):
        return {key: each for (_, key, _), each in zip(parts, made, strict=True)}
    if len({_depth(part) for *_, part in parts}) != 1 or not all(map(torch.is_tensor, made)):
        return made
    return torch.stack(torch.broadcast_tensors(*made), -_depth(spec))
