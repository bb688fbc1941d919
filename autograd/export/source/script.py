"""Script: a listing in a language with lists, in which functions are values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from autograd.export.listing import Listing, Operation, inside, nested, paths
from autograd.export.source.excerpt import needed, words
from autograd.export.source.writer import Writer, chunks
from autograd.structure import Spec
from autograd.text import Number


class Script(Writer):
    """What JavaScript and Python share. A gradient that did not come counts as 0 in a sum."""

    nothing: ClassVar[str]
    source: ClassVar[str]
    end: ClassVar[str] = ""

    def block(self, name: str, parameters: Iterable[str], body: Iterable[str]) -> str:
        """A function with a body of lines."""
        raise NotImplementedError

    def step(self, kind: str, key: Any) -> str:
        """How an index, a key or a field is asked for."""
        raise NotImplementedError

    def key(self, key: Any) -> str:
        """A key where a structure is written."""
        raise NotImplementedError

    def function(self, name: str, parameters: Sequence[str], text: str, *, run: bool) -> str:  # noqa: ARG002
        """A function that returns what an expression gives."""
        return self.block(name, parameters, [f"return {text}{self.end}"])

    # Operations.

    def compute(self, operation: Operation) -> str:
        """The line that computes a place."""
        op = operation.op
        if not op.run:
            return f"v[{operation.place}] = {self.value(operation)}{self.end}"
        known = {
            name: f"run(v, {_listed(run)})"
            for name, run in zip(op.parameters, op.split(operation.inputs), strict=True)
        }
        text = self.expression(known, self.calling(op))(op.trees.value)
        return f"v[{operation.place}] = {text}{self.end}"

    def hand_on(self, operation: Operation, active: set[int]) -> Iterator[str]:
        """The lines that hand the gradient of a place on."""
        own, op = operation.place, operation.op
        if op.run:
            runs = ", ".join(map(_listed, op.split(operation.inputs)))
            slopes = ", ".join(
                self.nothing if slope == Number(0) else self.slope(op, which, op.arguments)
                for which, slope in enumerate(op.trees.slopes)
            )
            yield f"pull(v, g, {own}, [{runs}], [{slopes}]){self.end}"
            return
        for place, slope in self.slopes(operation):
            if place in active:
                yield f"g[{place}] = add(g[{place}], g[{own}], {slope}){self.end}"

    # The file.

    def primitives_of(self, *texts: str) -> list[str]:
        """The definitions that code needs."""
        return [*needed(self.source, self.uses("\n".join(texts)), self.uses)]

    def uses(self, text: str) -> set[str]:
        """The names that code may speak of."""
        return words(text)

    def sizes(self, spec: Spec, path: str) -> Iterator[str]:
        """The lines that refuse lists of another length than the function was traced with."""
        if spec is None:
            return
        parts = inside(spec)
        if all(kind == "index" for kind, _, _ in parts):
            yield f"sized({path}, {len(parts)}){self.end}"
        for kind, key, part in parts:
            yield from self.sizes(part, path + self.step(kind, key))

    def started(self, listing: Listing, own: dict[str, str]) -> tuple[list[str], list[str]]:
        """The lines that look at what is given, and the numbers that the way there begins with."""
        checks = [line for a in listing.arguments for line in self.sizes(a.spec, own[a.name])]
        numbers = [
            path for a in listing.arguments for path in paths(a.spec, own[a.name], self.step)
        ]
        if listing.parameters:
            checks.append(f"sized(p, {len(listing.parameters)}){self.end}")
            numbers.append(f"{self.spread}p")
        return checks, [*numbers, *map(self.number, listing.constants)]

    spread: ClassVar[str]

    def seeded(self, listing: Listing) -> list[str]:
        """The lines with which the way back begins."""
        if listing.one:
            return [f"g[{listing.outputs[0]}] = 1{self.end}"]
        weights = paths(listing.structure, "weights", self.step)
        return [
            f"g[{place}] = add(g[{place}], {weight}, 1){self.end}"
            for place, weight in zip(listing.outputs, weights, strict=True)
        ]

    def results(self, listing: Listing) -> tuple[str, str, str]:
        """The value, the slopes to the arguments and those to the parameters."""
        value = nested(listing.structure, (f"v[{k}]" for k in listing.outputs), self.key)
        slopes = [
            nested(a.spec, (f"given(g[{place}])" for place in a.places), self.key)
            for a in listing.arguments
        ]
        parameters = range(listing.inputs, listing.inputs + len(listing.parameters))
        return (
            value,
            f"[{', '.join(slopes)}]",
            f"[{', '.join(f'given(g[{place}])' for place in parameters)}]",
        )

    def passes(self, listing: Listing, prefix: str = "") -> tuple[list[str], list[str], list[str]]:
        """The functions of the ways there and back, and the lines that call each of them."""
        there, back = ([*chunks(lines)] for lines in self.operations(listing))
        functions = [self.block(f"{prefix}forward_{k}", "v", part) for k, part in enumerate(there)]
        functions += [
            self.block(f"{prefix}backward_{k}", "vg", part) for k, part in enumerate(back)
        ]
        forward = [f"{prefix}forward_{k}(v){self.end}" for k in range(len(there))]
        return (
            functions,
            forward,
            [f"{prefix}backward_{k}(v, g){self.end}" for k in range(len(back))],
        )


def _listed(run: Sequence[Any]) -> str:
    return f"[{', '.join(map(str, run))}]"
