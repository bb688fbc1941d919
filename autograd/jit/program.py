"""Program: a function of Values, traced once, that runs as compiled code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from threading import Lock
from typing import Any

from autograd.calculus import alive, is_differentiated, is_past
from autograd.elementary import nearest
from autograd.jit.call import nodes
from autograd.jit.trace import Tracing, check_index
from autograd.jit.version import ARGUMENTS, FIRST, NONE, PARAMETERS, Version, data_of
from autograd.jit.workers import checked
from autograd.structure import ARRAY, Nested, Spec, flatten, numbers, rebuild, size
from autograd.value import Value, add_gradients, tracing

BACKENDS = ("llvm", "python")

# So many samples are looked at by NumPy, fewer one by one.
MANY = 8

# A function of fewer operations is written out where another compiled function calls it.
SHORT = 50


class Program:
    """What `jit` returns: call it like the function.

    Arguments are numbers, Values, and lists, tuples, dicts and arrays of them. Leaf Values that the
    function captures are `parameters`: their current data is read at each call. Arguments of other
    structure (a longer list, say) trace the function anew. With `batch`, all arguments have a
    leading sample axis, as with `map`.
    """

    def __init__(
        self, f: Callable[..., Any], *, backend: str | None, fastmath: bool, batch: bool
    ) -> None:
        if backend is None:
            backend = "llvm" if find_spec("llvmlite") and find_spec("numpy") else "python"
        if backend not in BACKENDS:
            raise ValueError(f"unknown backend {backend!r}: must be one of {[*BACKENDS]}")
        if backend == "llvm":
            from autograd.jit.llvm.machine import llvm

            llvm()  # refuses now rather than at the first call
        self.__wrapped__ = f
        self._backend = backend
        self._fastmath = fastmath
        self._batch = batch
        self._versions: dict[Any, Version] = {}
        self._last: Version | None = None
        self._reordered: dict[Any, Version] = {}  # of graphs that were pickled elsewhere
        self._own: Sequence[Value] = ()  # parameters, however they were computed
        # Code for arguments like the last ones, called without looking at them in Python.
        # Each with the parameters whose data it takes, so that a thread finds both or neither.
        self._value: tuple[Callable[..., Any], list[Value]] | None = None
        self._gradient: tuple[Callable[..., Any], list[Value]] | None = None
        # Those of all versions, and where each is among them.
        self._parameters: list[Value] = []
        self._place: dict[Value, int] = {}
        # Code for arrays like the last ones, and what gives it room for how many gradients.
        self._flat_code: tuple[Callable[..., float], Callable[[int], Any], int] | None = None
        self._adding = Lock()

    def __repr__(self) -> str:
        name = getattr(self.__wrapped__, "__qualname__", repr(self.__wrapped__))
        return f"<compiled {name}, {self._backend}>"

    # What is computed.

    def __call__(self, *args: Any) -> Any:
        """The value, a number in the place of every Value that the function returns.

        Called with Values it gives Values: each is one node of the graph, whose slopes are compiled
        code, and can be differentiated again. Within a function that is being traced it stays a
        call of code that is compiled once, unless it is shorter than the call.
        """
        outer = tracing.get()
        if outer is not None and not self._batch:
            return self._within(outer, args)
        if self._batch:
            return self.map(*args)
        if self._value is not None:
            code, captured = self._value
            try:
                return code(*args, *map(data_of, captured))
            except (TypeError, OverflowError):  # not as many floats as last time
                pass
        given: list[Any] = []
        specs = tuple([flatten(arg, given) for arg in args])
        leaves = numbers(given)
        version = self._version(specs, leaves)
        if version.variables or (leaves is not given and any(isinstance(x, Value) for x in given)):
            made = nodes(self, version, (*given, *version.parameters))
            return rebuild(version.tape.structure, iter(made))
        outputs, _ = version.one(NONE, leaves)
        if self._plain(version):
            self._value = version.callable(NONE), version.parameters
        return rebuild(version.tape.structure, iter(outputs))

    def _within(self, outer: Tracing, args: Sequence[Any]) -> Any:
        """What a call gives to a function that is being traced."""
        given: list[Any] = []
        specs = tuple([flatten(arg, given) for arg in args])
        version = self._version(specs, numbers(given))
        own = {*version.parameters}
        short = len(version.tape.steps) < SHORT + len(given) + len(own)
        if short or not own.isdisjoint(outer.leaves):
            return self.__wrapped__(*args)
        made = nodes(self, version, (*given, *version.parameters))
        return rebuild(version.tape.structure, iter(made))

    def value_and_grad(self, *args: Any, workers: int | None = None) -> tuple[Any, Any]:
        """The value and the gradients of the arguments, in their structure (a tuple for several).

        With `batch`, those of every sample, with `workers` as in `map`. Raises TypeError if the
        function returns several.
        """
        _check_known("value_and_grad", args)
        if self._batch:
            return self._map_gradients(args, checked(workers))
        if self._gradient is not None:
            code, captured = self._gradient
            try:
                value, *grads = code(*args, *map(data_of, captured))
            except (TypeError, OverflowError):  # not as many floats as last time
                pass
            else:
                return value, tuple(grads) if len(grads) != 1 else grads[0]
        version, leaves = self._one(args)
        _check_captured("value_and_grad", version)
        version.tape.output()
        if self._plain(version):
            self._gradient = version.callable(ARGUMENTS), version.parameters
        outputs, grads = version.one(ARGUMENTS, leaves)
        feed = iter(grads)
        found = tuple(rebuild(spec, feed) for spec in version.specs)
        return outputs[0], found if len(found) != 1 else found[0]

    def backward(self, *args: Any) -> Any:
        """Adds the gradients of the parameters to their `grad`; returns the value.

        With `batch`, those of the mean over the samples, and the mean.
        """
        _check_known("backward", args)
        if self._batch:
            version, samples = self._many(args)
            _check_captured("backward", version)
            version.tape.output()
            w = [*map(data_of, version.parameters)]
            value, grads, _ = self._flat(PARAMETERS, version, w, samples, None)
            grads = grads if isinstance(grads, list) else grads.tolist()
        else:
            version, leaves = self._one(args)
            _check_captured("backward", version)
            version.tape.output()
            outputs, grads = version.one(PARAMETERS, leaves)
            value = outputs[0]
        add_gradients(version.parameters, grads)
        return value

    def map(self, *args: Any, workers: int | None = None) -> Any:
        """The values for many samples: every argument has a leading axis, one entry a sample.

        Each number that the function returns becomes an array (a list, in the Python backend). With
        machine code, many samples are shared out among `workers` threads, as many as there are
        cores if it is None; the numbers do not depend on how many.
        """
        checked(workers)
        _check_known("map", args)
        version, samples = self._many(args)
        _check_captured("map", version)
        columns: Sequence[Any]
        if self._backend == "python":
            found = [version.one(NONE, leaves)[0] for leaves in samples]
            columns = [list(column) for column in zip(*found, strict=True)]
        else:
            outputs, *_ = version.many(NONE, self._data(version), samples, 1.0, workers)
            columns = outputs.T
        return rebuild(version.tape.structure, iter(columns))

    def flat(
        self, w: Any, *args: Any, outputs: bool = False, workers: int | None = None
    ) -> tuple[Any, ...]:
        """The mean over the samples, and its gradient to the parameters, whose values are `w`.

        `w` is a float array in the order of `parameters`; every argument has a leading sample axis.
        Nothing is done parameter by parameter in Python, and no Value is read or changed. With
        `outputs` the function may return several numbers, of which the first is the one that is
        meant, and what `map` returns comes third, from the same pass. `workers` are as in `map`.
        """
        if self._flat_code is not None and not outputs:
            code, empty, count = self._flat_code
            grads = empty(count)
            try:
                return code(w, grads, *args), grads
            except TypeError:  # not arrays as last time, or many samples
                pass
        _check_known("flat", args)
        version, samples = self._many(args)
        _check_captured("flat", version)
        if not outputs:
            version.tape.output()
        if len(w) != len(self._parameters):
            raise ValueError(
                f"the program has {len(self._parameters)} parameters, those of arguments of all "
                f"structures that it was traced for, but w has {len(w)} entries: trace() all, then "
                "take them from program.parameters"
            )
        places = self._among(version)
        mean, grads, columns = self._flat(
            FIRST if outputs else PARAMETERS, version, w if places is None else _picked(w, places),
            samples, checked(workers),
        )  # fmt: skip
        if places is not None:
            grads = _spread(grads, places, w)
        if outputs:
            return mean, grads, rebuild(version.tape.structure, iter(columns))
        several = self._backend == "llvm" and places is None and len(samples[0]) > 1
        if several and not version.tape.indices:
            import numpy as np

            self._flat_code = version.flat(), np.empty, len(version.parameters)
        return mean, grads

    def _among(self, version: Version) -> Any:
        """Where the parameters of a version are among those of all; None if it has just those."""
        if version.parameters == self._parameters:
            return None
        place, (known, places) = self._place, version.places
        if known is not place:  # they are others where a derivative is over
            places = [place[parameter] for parameter in version.parameters]
            if self._backend == "llvm":
                import numpy as np

                places = np.array(places, np.intp)
            version.places = place, places
        return places

    # What the program is.

    def trace(self, *args: Any) -> Program:
        """Traces the function for arguments like these without running it; returns the program."""
        self._many(args) if self._batch else self._one(args)
        return self

    @property
    def parameters(self) -> list[Value]:
        """The leaves that the function captures, in the order in which it was first seen to."""
        self.version  # noqa: B018  which refuses what was not traced
        return [*self._parameters]

    def source(self, *, grad: str = NONE) -> str:
        """The program in Python, with the gradients of the "arguments" or "parameters" if asked."""
        return self.version.source(_which(grad))

    def ir(self, *, grad: str = NONE) -> str:
        """The program in LLVM's language, before LLVM optimizes it."""
        return self.version.ir(_which(grad), many=self._batch)

    @property
    def version(self) -> Version:
        """What was traced last. Raises LookupError before the first call."""
        if self._last is None:
            raise LookupError(
                "the function is traced when it is first called: call the program, or "
                "program.trace(*args), first"
            )
        return self._last

    def like(self, f: Callable[..., Any], own: Sequence[Value] = ()) -> Program:
        """Another function, compiled in the same way; `own` are parameters of it in any case."""
        made = Program(f, backend=self._backend, fastmath=self._fastmath, batch=False)
        made._own = own
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.__wrapped__, self._backend, self._fastmath, self._batch)

    # Arguments.

    def version_of(
        self, specs: tuple[Spec, ...], data: Sequence[Any] = (), order: Sequence[int] | None = None
    ) -> Version:
        """The version for arguments of these structures, traced with these numbers if it is new.

        With an `order` of parameters, one that has it: see `Version`.
        """
        version = self._version(specs, data or [1.0] * sum(map(size, specs)))
        if order is None or version.order == [*order]:
            return version
        key = specs, tuple(order)
        if key not in self._reordered:
            self._reordered[key] = Version(
                self.__wrapped__, specs, data, backend=self._backend, fastmath=self._fastmath,
                order=order,
            )  # fmt: skip
        return self._reordered[key]

    def _known(self, specs: tuple[Spec, ...]) -> Version | None:
        """The version for such arguments, unless it belongs to a derivative that is over."""
        version = self._versions.get(specs)
        return None if version is None or any(map(self._is_past, version.variables)) else version

    def _is_past(self, parameter: Value) -> bool:
        return parameter not in self._own and is_past(parameter)

    def _version(self, specs: tuple[Spec, ...], leaves: Sequence[Any]) -> Version:
        version = self._known(specs)
        if version is None:
            # A list first, in one go: another thread may add a version meanwhile.
            known = [version.parameters for version in [*self._versions.values()]]
            version = Version(
                self.__wrapped__, specs, leaves, backend=self._backend, fastmath=self._fastmath,
                known=known, own=self._own,
            )  # fmt: skip
            with self._adding:  # of two threads that traced one, the first has its version taken
                version = self._known(specs) or version
                before = [x for x in self._parameters if not self._is_past(x)]
                parameters = [*dict.fromkeys([*before, *version.parameters])]
                place = {parameter: k for k, parameter in enumerate(parameters)}
                # In this order: whatever comes in between, no version lacks its parameters.
                self._place, self._parameters = place, parameters
                self._versions[specs] = version
        self._last = version
        return version

    def _plain(self, version: Version) -> bool:
        """Whether machine code takes the arguments as they come and returns what it should."""
        structured = any(version.specs) or version.tape.structure is not None
        if version.variables:  # what it returns are nodes
            return False
        # Indices are looked at first.
        return self._backend == "llvm" and not structured and not version.tape.indices

    def _one(self, args: Sequence[Any]) -> tuple[Version, list[Any]]:
        leaves: list[Any] = []
        specs = tuple([flatten(arg, leaves) for arg in args])
        leaves = numbers(leaves)
        return self._version(specs, leaves), leaves

    def _many(self, args: Sequence[Any]) -> tuple[Version, list[Any]]:
        """The version for the samples in `args`, and the samples: arrays, or lists of leaves."""
        if not args:
            raise TypeError("samples need an argument: every argument has one entry for each")
        lengths = {len(arg) for arg in args}
        if len(lengths) != 1 or lengths == {0}:
            raise ValueError(f"every argument has one entry for each sample, not {sorted(lengths)}")
        if self._backend == "python":
            found = [self._one(sample) for sample in zip(*args, strict=True)]
            if len({id(version) for version, _ in found}) > 1:
                raise ValueError("the samples are not all of one structure")
            return found[0][0], [leaves for _, leaves in found]
        arrays = [_array(arg) for arg in args]
        specs = tuple([_spec(arg, array) for arg, array in zip(args, arrays, strict=True)])
        version = self._known(specs)
        if version is None:
            try:
                version = self._version(specs, [x for a in arrays for x in a[0].ravel().tolist()])
            except Exception as error:
                shapes = ", ".join(str(array.shape[1:]) for array in arrays)
                error.add_note(
                    "(samples have a leading axis: the function was called with the first entries "
                    f"of its arguments, of the shapes {shapes})"
                )
                raise
        self._last = version
        if version.tape.indices:
            _check_indices(version, arrays)
        return version, arrays

    def _data(self, version: Version) -> Any:
        import numpy as np

        count = len(version.parameters)
        return np.fromiter(map(data_of, version.parameters), np.float64, count=count)

    def _flat(
        self, what: str, version: Version, w: Any, samples: list[Any], workers: int | None
    ) -> tuple[Any, Any, Any]:
        """The mean, the gradient and the columns of outputs, for the version's parameters."""
        count = len(samples) if self._backend == "python" else len(samples[0])
        if self._backend == "python":
            found = [version.with_parameters(what, leaves, w) for leaves in samples]
            grads = [sum(column) / count for column in zip(*(g for _, g in found), strict=True)]
            columns = [[*column] for column in zip(*(outputs for outputs, _ in found), strict=True)]
            return sum(columns[0]) / count, grads, columns
        import numpy as np

        w = np.ascontiguousarray(w, np.float64)
        outputs, total, grads, _ = version.many(what, w, samples, 1 / count, workers)
        return total / count, grads, outputs.T

    def _map_gradients(self, args: Sequence[Any], workers: int | None) -> tuple[Any, Any]:
        version, samples = self._many(args)
        _check_captured("value_and_grad", version)
        version.tape.output()
        if self._backend == "python":
            found = [self._sample(version, leaves) for leaves in samples]
            slopes = [[grads[k] for _, grads in found] for k in range(len(args))]
            values: Any = [value for value, _ in found]
        else:
            w = self._data(version)
            outputs, *_, slopes = version.many(ARGUMENTS, w, samples, 1.0, workers)
            values = outputs[:, 0]
        return values, tuple(slopes) if len(slopes) != 1 else slopes[0]

    def _sample(self, version: Version, leaves: Sequence[Any]) -> tuple[Any, list[Any]]:
        outputs, grads = version.one(ARGUMENTS, leaves)
        feed: Iterator[Any] = iter(grads)
        return outputs[0], [rebuild(spec, feed) for spec in version.specs]


def _again(f: Callable[..., Any], backend: str, fastmath: bool, batch: bool) -> Program:
    return Program(f, backend=backend, fastmath=fastmath, batch=batch)


def _which(grad: str) -> str:
    if grad not in (NONE, ARGUMENTS, PARAMETERS):
        raise ValueError(f"unknown grad {grad!r}: must be 'none', 'arguments' or 'parameters'")
    return grad


def _check_known(method: str, args: Any) -> None:
    """Refuses numbers that are not known while a function is traced, or are differentiated to."""
    trace = tracing.get()
    if trace is None and not alive():
        return
    leaves: list[Any] = []
    flatten(args, leaves)
    if trace is not None and any(isinstance(x, Value) for x in leaves):
        trace.refuse(f"{method}() of a compiled function reads a number that is not known")
    _check_not_differentiated(method, leaves)


def _check_captured(method: str, version: Version) -> None:
    """Refuses the same of what the function captures."""
    trace = tracing.get()
    if trace is not None and not trace.leaves.isdisjoint(version.parameters):
        trace.refuse(f"{method}() of a compiled function reads a number that is not known")
    _check_not_differentiated(method, version.variables)


def _check_not_differentiated(method: str, given: Iterable[Any]) -> None:
    if any(map(is_differentiated, given)):
        raise TypeError(
            f"{method}() of a compiled function gives numbers, through which the derivative that "
            "is being taken does not flow: call the compiled function itself, or differentiate "
            "that, as in grad(program)"
        )


def _picked(w: Any, places: Any) -> Any:
    """The entries of an array, or a list, at some places."""
    return w[places] if hasattr(w, "dtype") else [w[place] for place in places]


def _spread(grads: Any, places: Any, w: Any) -> Any:
    """Gradients at their places among all, 0 elsewhere."""
    if not hasattr(grads, "dtype"):
        found = [0] * len(w)
        for place, grad in zip(places, grads, strict=True):
            found[place] = grad
        return found
    import numpy as np

    spread = np.zeros(len(w))
    spread[places] = grads
    return spread


def _array(arg: Any) -> Any:
    """Samples as a contiguous array of floats."""
    import numpy as np

    if not isinstance(arg, np.ndarray):
        leaves: list[Any] = []
        spec = flatten(arg, leaves)
        if spec is None or spec.keys is not None or len({*spec.parts}) > 1:
            raise ValueError("the samples of an argument are not all of one structure")
        return _doubles(numbers(leaves)).reshape(len(arg), -1)
    if arg.dtype == object:
        arg = _doubles(numbers(arg.ravel().tolist())).reshape(arg.shape)
    return np.ascontiguousarray(arg, np.float64)


def _doubles(leaves: list[Any]) -> Any:
    """Numbers as floats, infinite beyond the largest."""
    import numpy as np

    try:
        return np.array(leaves, np.float64)
    except OverflowError:
        return np.array([*map(nearest, leaves)])


def _check_indices(version: Version, arrays: Sequence[Any]) -> None:
    """Raises IndexError or TypeError for the first sample that has what is no row's number."""
    import numpy as np

    columns = [array.reshape(len(array), -1) for array in arrays]
    samples = columns[0] if len(columns) == 1 else np.concatenate(columns, axis=1)
    places, counts = [*version.tape.indices], [*version.tape.indices.values()]
    for sample in samples[:, places].tolist() if len(samples) < MANY else ():
        for index, count in zip(sample, counts, strict=True):
            check_index(index, count, version.name)
    if len(samples) >= MANY:
        found = samples[:, places]
        with np.errstate(invalid="ignore"):
            wrong = (found % 1 != 0) | (found < np.negative(counts)) | (found >= counts)
        for row, column in np.argwhere(wrong)[:1]:
            check_index(float(found[row, column]), counts[column], version.name)


def _spec(arg: Any, array: Any) -> Spec:
    """The structure of one sample."""
    if arg.__class__ is array.__class__:
        return Nested(ARRAY, array.shape[1:], ()) if array.ndim > 1 else None
    return flatten(arg[0], [])
