"""Regions in words: where, among the points tried, something was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Point = Sequence[float]


def region(found: Iterable[Point], tried: Iterable[Point], inputs: Sequence[str]) -> str:
    """The smallest ranges that hold the points found, with how many of those tried are in them.

    For one input there are as many ranges as there are stretches of points found; a stretch ends
    where three points in a row were right. For several, one range an input.

    >>> region([(5.0,), (7.0,)], [(float(x),) for x in range(10)], ("x",))
    '2 of the 3 points tried with 5.0 <= x <= 7.0'
    """
    here, every = [*dict.fromkeys(map(tuple, found))], [*dict.fromkeys(map(tuple, tried))]
    if any(len(p) != len(inputs) for p in every):  # runs
        return f"{len(here)} of the {len(every)} points tried"
    if len(inputs) == 1:
        stretches = _stretches(
            {p[0] for p in here}, sorted({p[0] for p in every} | {p[0] for p in here})
        )
        return ", ".join(_counted(here, every, [stretch], inputs) for stretch in stretches[:4])
    ranges = [(min(p[k] for p in here), max(p[k] for p in here)) for k in range(len(inputs))]
    return _counted(here, every, ranges, inputs)


def _stretches(found: set[float], ordered: Sequence[float]) -> list[tuple[float, float]]:
    stretches: list[tuple[float, float]] = []
    since = 3
    for x in ordered:
        if x not in found:
            since += 1
        elif since < 3:
            stretches[-1] = (stretches[-1][0], x)
            since = 0
        else:
            stretches.append((x, x))
            since = 0
    size = {stretch: sum(stretch[0] <= x <= stretch[1] for x in found) for stretch in stretches}
    return sorted(sorted(stretches, key=lambda s: -size[s])[:4])


def _counted(
    found: Sequence[Point],
    tried: Sequence[Point],
    ranges: Sequence[tuple[float, float]],
    inputs: Sequence[str],
) -> str:
    def within(points: Iterable[Point]) -> int:
        return len({
            tuple(p) for p in points
            if all(low <= x <= high for x, (low, high) in zip(p, ranges, strict=True))
        })  # fmt: skip

    bounds = ", ".join(
        f"{name} = {low!r}" if low == high else f"{low!r} <= {name} <= {high!r}"
        for name, (low, high) in zip(inputs, ranges, strict=True)
    )
    count, of = within(found), within([*tried, *found])
    if of == 1:
        return f"at {bounds}"
    return f"{count} of the {of} points tried with {bounds}"
