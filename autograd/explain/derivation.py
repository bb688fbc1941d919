"""Explanations: lines of working, laid out as text, TeX and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autograd.explain.equation import Equation
from autograd.value import Value

# A text shows this many lines of one kind at most; the middle is left out, and it says so.
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Explanation:
    """The working of one derivative. Printing it shows the text, a notebook typesets it.

    `value` is the derivative, the number that `backward()` adds to `wrt.grad`. `paths` has every
    way from the root to `wrt` as a tuple of names (none if there are too many to list). `steps`
    has the lines: first values, then local derivatives, then the chain rule.
    """

    root: Value
    wrt: Value
    value: Any
    paths: tuple[tuple[str, ...], ...]
    values: tuple[Equation, ...]
    slopes: tuple[Equation, ...]
    chain: tuple[Equation, ...]

    @property
    def steps(self) -> tuple[Equation, ...]:
        """All lines in order."""
        return self.values + self.slopes + self.chain

    def __str__(self) -> str:
        return "\n".join(_text(self.values, [self]))

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return _tex(self.values, [self])

    def _repr_markdown_(self) -> str:
        return _markdown(self.values, [self])


@dataclass(frozen=True, slots=True)
class Working:
    """The working of several derivatives of one root: a sequence of Explanations."""

    values: tuple[Equation, ...]
    explanations: tuple[Explanation, ...]

    def __len__(self) -> int:
        return len(self.explanations)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.explanations)

    def __getitem__(self, index: int) -> Explanation:
        return self.explanations[index]

    def __str__(self) -> str:
        return "\n".join(_text(self.values, self.explanations))

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return _tex(self.values, self.explanations)

    def _repr_markdown_(self) -> str:
        return _markdown(self.values, self.explanations)


# Laying out.


def _kept(steps: tuple[Equation, ...]) -> list[Equation | str]:
    if len(steps) <= MOST_LINES:
        return list(steps)
    half = MOST_LINES // 2
    left_out = len(steps) - 2 * half
    return [*steps[:half], f"… {left_out} more lines …", *steps[-half:]]


def _block(title: str, steps: tuple[Equation, ...]) -> list[str]:
    return [title, *(f"  {step}" for step in _kept(steps)), ""] if steps else []


def _text(values: tuple[Equation, ...], explanations: Iterable[Explanation]) -> list[str]:
    lines = _block("values", values)
    for explanation, slopes in _new_slopes(explanations):
        lines += _block("local derivatives", slopes)
        for step in _kept(explanation.chain):
            if isinstance(step, str):
                lines.append(f"  {step}")
                continue
            name, *sides = step.parts()
            signs = ["="] * (len(sides) - 1) + ["=" if step.exact else "≈"]
            pad = " " * len(name)
            lines += [
                f"  {pad if index else name} {sign} {side}"
                for index, (sign, side) in enumerate(zip(signs, sides, strict=True))
            ]
        if explanation.chain:
            lines.append("")
    return lines[:-1] if lines and not lines[-1] else lines


def _new_slopes(
    explanations: Iterable[Explanation],
) -> Iterator[tuple[Explanation, tuple[Equation, ...]]]:
    """Each explanation with the local derivatives that none before it has shown."""
    shown: set[str] = set()
    for explanation in explanations:
        yield explanation, tuple(s for s in explanation.slopes if str(s) not in shown)
        shown |= {str(step) for step in explanation.slopes}


def _aligned(steps: tuple[Equation, ...]) -> str:
    rows = [rf"&\text{{{step}}}" if isinstance(step, str) else step.tex() for step in _kept(steps)]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _tex(values: tuple[Equation, ...], explanations: Iterable[Explanation]) -> str:
    blocks = [values]
    for explanation, slopes in _new_slopes(explanations):
        blocks += [slopes, explanation.chain]
    aligned = [_aligned(steps) for steps in blocks if steps]
    return "$$\n\\begin{gathered}\n" + " \\\\[1em]\n".join(aligned) + "\n\\end{gathered}\n$$"


def _markdown(values: tuple[Equation, ...], explanations: Iterable[Explanation]) -> str:
    parts = ["**Values**", f"$$\n{_aligned(values)}\n$$"] if values else []
    for explanation, slopes in _new_slopes(explanations):
        for title, steps in (
            ("**Local derivatives**", slopes),
            ("**Chain rule**", explanation.chain),
        ):
            if steps:
                parts += [title, f"$$\n{_aligned(steps)}\n$$"]
    return "\n\n".join(parts)
