"""Code to take away: a traced function and its gradient in other languages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.files import write

if TYPE_CHECKING:
    from autograd import Value
    from autograd.calculus import UserFunction

__all__ = ["export", "to_torch"]

_ENDINGS = (".c", ".js", ".mjs", ".py", ".onnx")


def export(
    f: UserFunction | Mapping[str, tuple[Any, ...]],
    path: str | os.PathLike[str],
    *args: Any,
    parameters: Mapping[str, Value] | None = None,
) -> None:
    """Writes a function of Values and its gradient as code that needs nothing of this package.

    The ending of `path` says what: `.c` (C11, with its mathematical library), `.js` or `.mjs` (an
    ES module), `.py` (Python alone) or `.onnx` (extra `onnx`). The function is called as the file
    is; `gradient`, in C `…_gradient`, gives the slopes, too. `args` are one example of the
    arguments: as for `jit`, the function is traced, and may not branch on a Value. A program that
    `jit` made and that was called already needs none.

    The code computes in doubles (Python: in any numbers) what eager evaluation computes: the same
    bits where no function of a mathematical library is involved, those within 4 ulp. Values that
    the function captures are its parameters: their present numbers are written into the code, and
    others can be given to it, in the order of `parameters`, names of such Values, and then of
    their use. Of several results, the slopes are those of their weighted sum.
    Several functions share one ES module: a mapping of names to `(f, *args)`, for `.js` and `.mjs`;
    the gradient of `f` is called `f_gradient` there.

    Raises ValueError for another ending, NotImplementedError for an operation that the language
    cannot have, such as one that `custom` made of Python functions.

    >>> import pathlib, runpy, tempfile
    >>> from autograd import Value, export, tanh
    >>> w = Value(0.5, "w")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "neuron.py"
    ...     export(lambda x: tanh(w * x), path, 1.0)
    ...     code = runpy.run_path(str(path))
    >>> code["neuron"](0.0), code["gradient"](0.0), code["neuron"](1.0, [0.0])
    (0.0, (0.0, [0.5], [0.0]), 0.0)
    """
    target = Path(path)
    if target.suffix not in _ENDINGS:
        raise ValueError(
            f"{target.name!r} has an ending that says no language (must be one of {[*_ENDINGS]})"
        )
    if isinstance(f, Mapping):
        write(target, _several(f, target, args, parameters))
        return
    from autograd.export.listing import listing

    if target.suffix == ".onnx":
        from autograd.export.tensors import onnx

        write(target, onnx.model(listing(f, args, "f", parameters)))
        return
    traced = listing(f, args, target.stem, parameters)
    if target.suffix == ".c":
        from autograd.export.source.c import C

        text = C().file(traced)
    elif target.suffix == ".py":
        from autograd.export.source.python import Python

        text = Python().file(traced)
    else:
        from autograd.export.source.javascript import JavaScript

        text = JavaScript().file(traced)
    write(target, text)


def _several(
    functions: Mapping[str, tuple[Any, ...]],
    target: Path,
    args: Any,
    parameters: Mapping[str, Value] | None,
) -> str:
    """The ES module of several functions."""
    if target.suffix not in (".js", ".mjs"):
        raise ValueError(f"several functions share a file in JavaScript only, not {target.name!r}")
    if args:
        raise TypeError(
            "a mapping has the example of each function's arguments beside it, as in "
            f'export({{"f": (f, 1.0)}}, path), and takes none after the path: {args!r}'
        )
    for name, given in functions.items():
        if not name.isidentifier() or not name.isascii():
            raise ValueError(f"{name!r} cannot be the name of a function in JavaScript")
        if not isinstance(given, tuple) or not given or not callable(given[0]):
            raise TypeError(f"{name!r} needs (f, *args), a function and its example, not {given!r}")
    from autograd.export.listing import listing
    from autograd.export.source.javascript import JavaScript

    return JavaScript().files(
        listing(f, args, name, parameters) for name, (f, *args) in functions.items()
    )


def to_torch(f: UserFunction, *args: Any) -> Any:
    """A `torch.nn.Module` that computes a function of Values, and through which PyTorch goes back.

    `args` are one example of the arguments, as for `export`. The module takes a tensor for each of
    them; leading axes are samples. What the function captures is the module's `parameters`, one
    vector. Values and slopes of any order are this engine's, with its conventions at kinks, in
    double precision.

    >>> to_torch(lambda x: x * x, 1.0)  # doctest: +SKIP
    Traced(x; 0 parameters)
    """
    from autograd.export.listing import listing
    from autograd.export.tensors.torch import module

    return module(listing(f, args, "f"))
