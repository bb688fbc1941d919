"""Compiled: learning from batches by compiled code, with all weights in one array."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice, repeat
from typing import Any

from autograd import Value, jit
from nn.accuracy import Correct, best_class, known, likelier, same_side
from nn.data import Sample
from nn.dropout import Dropout, masked, resting
from nn.extras import extra
from nn.learner import Learner, check_value
from nn.module import mode, modules_of
from nn.nested import mapped
from nn.optim import Rule, shortened
from nn.purity import checked, compare, frozen, scale_of
from nn.strays import kept

MANY = 100  # so many different targets are compared


class Traced:
    """Model and loss as a program, in training mode or out of it, and where its parameters are."""

    def __init__(self, learner: Compiled, *, training: bool) -> None:
        def program(*arguments: Any) -> Any:
            with mode(learner.model, training=training):
                return learner.judged(*arguments)

        name = getattr(learner.model, "__name__", type(learner.model).__name__)
        program.__qualname__ = f"fit(jit=True) of {name}"  # what errors call it
        self.program, self.learner, self.training = jit(program), learner, training
        self.known: list[Value] | None = None

    def trace(self, data: Any) -> None:
        """Sees to it that there is code for samples like these."""
        _, inputs, numbers, dropping = data
        arguments, numpy = [inputs[0], numbers[0]], self.learner.numpy
        if dropping:
            arguments.append(numpy.ones(sum(count for _, count in dropping)))
        try:
            self.program.trace(*arguments)
        except TypeError as error:
            raise TypeError(f"{error}; or train with jit=False") from error
        if self.program.parameters != self.known:
            # The program may use fewer parameters than are trained, and Values that are not.
            trained = self.learner.optimizer.parameters
            self.known, among = self.program.parameters, {*trained}
            self.others = [value for value in self.known if value not in among]
            place = {value: index for index, value in enumerate([*trained, *self.others])}
            self.used = numpy.array([place[value] for value in self.known], int)


class Compiled(Learner):
    """A learner that traces model and loss once; what it learns is a `Learner`'s to rounding.

    Between `read()` and `write()` the weights, the optimizer's states, a tuple of arrays for each
    group with a rule of `nn` and a list for others, and its count of steps are in `now`, replaced
    whole by each step, so that an interruption finds them fitting each other.
    """

    now: tuple[Any, list[Any], int]
    gradient: Any = ()

    def __init__(self, model: Any, *given: Any, workers: int | None = None) -> None:
        super().__init__(model, *given)
        self.numpy, self.workers = extra("numpy", "jit"), workers
        self.before: Any = None  # the state of `masks` before the last pass that drew factors
        self._anew()
        self.read()

    def _anew(self) -> None:
        """Forgets the code, which is for the model as it is now."""
        self.learning = self.measuring = Traced(self, training=True)
        # One program does for both modes where nobody asks which it is.
        if not all(_is_steady(type(it)) for it in modules_of(self.model)):
            self.measuring = Traced(self, training=False)
        self.frozen = frozen(self.model, self.loss)

    def judged(self, inputs: Any, target: Any, factors: Any = ()) -> Any:
        """The loss of a sample; with the prediction, if somebody asks whether that is right."""
        feed = iter(factors) if len(factors) else repeat(1)
        with masked(lambda _, count: [*islice(feed, count)]):
            prediction = self.model(inputs)
            loss = self.loss(prediction, target)
        return loss if self.correct is None else (loss, prediction)

    def prepare(self, samples: Sequence[Sample], *, training: bool = True) -> Any:
        """The samples as they are, arrays of their inputs and of their targets, what drops in one.

        Each target meets the loss once as it is, and a sample that picks a row which is not there
        the model: compiled code could not say what is wrong with them. Raises TypeError if the code
        has other numbers than Python for a target, or for one of a few samples.
        """
        inputs, targets = zip(*samples, strict=True)
        dropping: list[tuple[Dropout, int]] = []

        def source(each: Dropout, count: int) -> list[Any]:
            dropping.append((each, count))
            return [1] * count

        def first() -> Any:
            dropping.clear()
            with masked(source):
                prediction = self.model(inputs[0])
                self.found(prediction, inputs[0])
                return prediction, self.loss(prediction, targets[0])

        self.kept = kept(self.model) if training else {}
        with mode(self.model, training=training):
            _, loss = checked(self.model, first)
            check_value(loss)
        columns = [
            column("fit(jit=True)", "inputs", inputs),
            column("fit(jit=True)", "targets", targets),
        ]
        data = samples, *columns, dropping if training else []
        traced = self.learning if training else self.measuring
        traced.trace(data)
        for place in odd_samples(traced.program, columns):
            try:
                with resting(self.model):
                    self.loss(self.model(inputs[place]), targets[place])
            except IndexError as error:
                sample = reprlib.repr(samples[place])
                raise IndexError(f"{error}: that is in sample {place}, {sample}") from None
        self._compare(traced, data, 0, _different(targets))
        for place in spread(len(samples)):
            self._compare(traced, data, place, [place])
        return data

    def _compare(self, traced: Traced, data: Any, row: int, places: Sequence[int]) -> None:
        """Raises TypeError if the code has another loss than Python, nothing dropped.

        That is the loss of one sample's inputs with the targets of these.
        """
        samples, inputs, numbers, dropping = data
        with resting(self.model, training=traced.training):
            prediction = self.model(samples[row][0])
            losses = [self.loss(prediction, samples[place][1]) for place in places]
        scale = scale_of(losses[0])
        for place, expected in islice(zip(places, losses, strict=True), MANY):
            batch = [self._given(traced), inputs[row : row + 1], numbers[place : place + 1]]
            if dropping:
                batch.append(self.numpy.ones((1, sum(count for _, count in dropping))))
            found, *_ = traced.program.flat(*batch, outputs=self.correct is not None, workers=1)
            what = f", {reprlib.repr(samples[row])},"
            if place != row:
                what = f" with the target of sample {place}, {reprlib.repr(samples[place][1])},"
            compare(f"the loss of sample {row}{what}", float(found), expected, scale)

    def changed(self, data: Any) -> None:
        """Traces anew what somebody may have changed, such as a callback.

        Raises TypeError if the code has another loss than Python for a sample, another in each
        epoch, even so.
        """
        if frozen(self.model, self.loss) == self.frozen:
            with suppress(TypeError):
                self._check(data)
                return
        self._anew()
        self._check(data)

    def _check(self, data: Any) -> None:
        self.learning.trace(data)
        place = self.optimizer.epochs % len(data[0])
        self._compare(self.learning, data, place, [place])

    def start(self) -> None:
        """Forgets the gradient of the step before."""
        self.gradient = self.numpy.zeros(len(self.now[0]))

    def add(self, data: Any, picks: Sequence[int], count: int) -> tuple[Any, int]:
        """Adds the gradient of the picked samples: see `Learner.add`."""
        w = self.now[0]
        mean, gradient, right = self._pass(self.learning, data, self.numpy.array(picks))
        if self.l2:
            mean = mean + self.l2 * float(w @ w)
            gradient += 2 * self.l2 * w
        if not (self.numpy.isfinite(mean) and self.numpy.isfinite(gradient).all()):
            self.write()
            super().start()
            mean, right = super().add(data[0], picks, len(picks))  # says where that comes from
            gradient = [parameter.grad for parameter in self.optimizer.parameters]
        # A new array: an interruption finds one or the other.
        self.gradient = self.gradient + self.numpy.array(gradient, float) * (len(picks) / count)
        return mean, right

    def plan(self) -> Callable[[], None]:
        """The step for the gradient that was added up: see `Learner.plan`."""
        w, states, steps = self.now
        if self.clip is not None:
            self.gradient = self.gradient * shortened(self.gradient.tolist(), self.clip)[1]
        moved, after = w.copy(), []
        for (rule, places), state in zip(self.optimizer.groups, states, strict=True):
            here = places if len(places) < len(w) else slice(None)
            own = (w[here], self.gradient[here], state, rule.rate(steps), steps + 1)
            moved[here], new = self._updated(rule, *own)
            after.append(new)

        def take() -> None:
            self.now = (moved, after, steps + 1)

        return take

    def measure(self, data: Any) -> tuple[Any, int]:
        """The mean loss of all samples and how many are right."""
        w = self.now[0]
        self.measuring.trace(data)
        mean, _, right = self._pass(self.measuring, data, self.numpy.arange(len(data[0])))
        if not self.numpy.isfinite(mean):
            self.write()
            return super().measure(data[0])
        return mean + self.l2 * float(w @ w) if self.l2 else mean, right

    def read(self) -> None:
        """Takes the weights and the optimizer's states into arrays."""
        optimizer, array = self.optimizer, self.numpy.array
        w = array([parameter.data for parameter in optimizer.parameters], float)
        states: list[Any] = []
        for rule, places in optimizer.groups:
            rows: Any = [optimizer.states[place] for place in places]
            if _is_ours(rule):
                rows = tuple(array(column, float) for column in zip(*rows, strict=True))
            states.append(rows)
        self.now = self.written = (w, states, optimizer.steps)

    def write(self) -> None:
        """Puts the weights back into the parameters, the states into the optimizer."""
        if self.now is self.written:
            return  # what was no float may stay so
        w, states, steps = self.now
        optimizer = self.optimizer
        for parameter, data in zip(optimizer.parameters, w.tolist(), strict=True):
            parameter.data = data
        for parameter, slope in zip(optimizer.parameters, self.gradient, strict=False):
            parameter.grad = float(slope)
        for (_, places), state in zip(optimizer.groups, states, strict=True):
            rows: Any = state
            if isinstance(state, tuple):
                rows = zip(*[column.tolist() for column in state], strict=True)
            for place, row in zip(places, rows, strict=False):
                optimizer.states[place] = row
        optimizer.steps, self.written = steps, self.now

    def _updated(
        self, rule: Rule, w: Any, g: Any, state: Any, rate: Any, step: int
    ) -> tuple[Any, Any]:
        """What a rule makes of arrays; one of somebody's own is asked for each number."""
        if isinstance(state, tuple):
            return rule.update(w, g, state, rate, step)
        each = zip(w.tolist(), g.tolist(), state, strict=True)
        data, states = zip(*[rule.update(*own, rate, step) for own in each], strict=True)
        return self.numpy.array(data, float), [*states]

    def _forward(self, samples: Sequence[Sample]) -> tuple[Any, int]:
        """What says why a pass gave no finite number: it has the factors of that pass."""
        if self.before is not None:
            self.masks.setstate(self.before)
        return super()._forward(samples)

    def _given(self, traced: Traced) -> Any:
        """What the program takes as its parameters."""
        others = [value.data for value in traced.others]
        return self.numpy.append(self.now[0], others)[traced.used]

    def _pass(self, traced: Traced, data: Any, picks: Any) -> tuple[float, Any, int]:
        """Forward and backward: the mean loss, its gradient to the weights, how many are right."""
        samples, inputs, numbers, dropping = data
        w, run = self.now[0], traced.program.flat
        batch = [self._given(traced), inputs[picks], numbers[picks]]
        self.before = None
        if dropping:
            self.before = self.masks.getstate()
            rows = [
                [x for each, count in dropping for x in each.drawn(count, self.masks)]
                for _ in picks
            ]
            batch.append(self.numpy.array(rows, float))
        right = 0
        if self.correct is None:
            mean, slopes = run(*batch, workers=self.workers)
        else:
            mean, slopes, (_, guesses) = run(*batch, outputs=True, workers=self.workers)
            if rule := known(_RIGHT, self.correct):
                # The samples are the last axis of what the model gives, which may be nested lists.
                scores = self.numpy.array(mapped(guesses, lambda it: it))
                scores = self.numpy.moveaxis(scores, -1, 0)
                found = rule(scores, batch[2]).reshape(len(picks), -1)
                right = int(found.all(axis=1).sum())
            else:
                right = sum(
                    bool(self.correct(mapped(of_sample(guesses, k), _as_values), samples[pick][1]))
                    for k, pick in enumerate(picks)
                )
        gradient = self.numpy.zeros(len(w) + len(traced.others))
        gradient[traced.used] = slopes
        return mean, gradient[: len(w)], right


def _is_ours(rule: Rule) -> bool:
    """Whether a rule does with arrays what it does with numbers, as one with an `if` need not."""
    own = [getattr(type(rule), name) for name in ("update", "decayed")]
    return all(it.__module__ == Rule.__module__ for it in own)


def _is_steady(kind: type) -> bool:
    """Whether modules of this kind compute the same in training mode and out of it."""
    return kind is not Dropout and kind.__module__.startswith("nn.")


def odd_samples(program: Any, columns: Sequence[Any]) -> list[int]:
    """The samples with a number that picks no row in a program, or one from the end of a list."""
    indices, numpy = program.version.tape.indices, extra("numpy", "jit")
    flat = numpy.concatenate([x.reshape(len(x), -1) for x in columns], axis=1)
    found = flat[:, [*indices]]
    wrong = (found < 0) | (found >= [*indices.values()])
    return numpy.flatnonzero(wrong.any(axis=1)).tolist()  # type: ignore[no-any-return]


def column(who: str, what: str, rows: Sequence[Any]) -> Any:
    """What all samples have, as an array. Raises an error that names one unlike the first.

    TypeError for what is no number, ValueError for another shape.
    """
    try:
        return _array(rows)
    except (TypeError, ValueError):
        for place, each in enumerate(rows):
            try:
                _array([rows[0], each])
            except (TypeError, ValueError) as error:
                kind = TypeError if isinstance(error, TypeError) else ValueError
                raise kind(
                    f"{who} takes numbers, or lists of them in one shape, but the {what} of "
                    f"sample {place} are {reprlib.repr(each)} ({error})"
                ) from None
        raise


def _array(rows: Sequence[Any]) -> Any:
    """Rows as floats. NumPy would take a text for the number in it, and None for nan."""
    numpy = extra("numpy", "jit")
    found = numpy.array(rows)
    if found.dtype.kind == "O":
        odd = next((x for x in found.ravel() if x is None or isinstance(x, str | bytes)), 0.0)
    else:
        odd = 0.0 if found.dtype.kind in "biuf" else found.ravel()[0].item()
    if not isinstance(odd, float):
        raise TypeError(f"{odd!r} is no number")
    return found.astype(float)


def of_sample(columns: Any, place: int) -> Any:
    """What a model gives for one of the samples, from arrays that have it for all."""

    def number(part: Any) -> Any:
        found = part[..., place]
        return found if found.ndim else found.item()

    return mapped(columns, number)


def _as_values(part: Any) -> Any:
    """What eager training hands to an accuracy."""
    return mapped(part.astype(object), _as_values) if hasattr(part, "astype") else Value(part)


def _sides(scores: Any, targets: Any, middle: float = 0) -> Any:
    return (scores.reshape(targets.shape) > 0) == (targets > middle)


def _classes(scores: Any, targets: Any) -> Any:
    best = scores.argmax(axis=-1)
    if targets.ndim == best.ndim:
        return best == targets
    chosen = best[..., None] == range(scores.shape[-1])
    return (targets == targets.max(axis=-1, keepdims=True))[chosen].reshape(best.shape)


# The same as these, for arrays of predictions and targets: which samples are right.
_RIGHT: dict[Correct, Any] = {
    same_side: _sides,
    likelier: partial(_sides, middle=0.5),
    best_class: _classes,
}


def _different(targets: Sequence[Any]) -> list[int]:
    """Where there is each number, name or list of them first."""
    seen: dict[Any, int] = {}
    for place, target in enumerate(targets):
        plain = isinstance(target, int | float | str | list | tuple)
        seen.setdefault((type(target), repr(target)) if plain else id(target), place)
    return [*seen.values()]


def spread(count: int) -> list[int]:
    """The first of so many, twice, and a few up to the last.

    >>> spread(1), spread(100)
    ([0, 0], [0, 0, 33, 66, 99])
    """
    return [0, *sorted({(count - 1) * part // 3 for part in range(4)})]
