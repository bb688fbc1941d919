"""Products: sums of products that were written out, found again as dot products.

`sum(w * x for w, x in zip(ws, xs))` records a product and a sum for each pair, which machine code
would repeat; as one dot product it is a loop. The additions are done in the same order. Only the
sign of a sum that is zero may differ, if the sum does not begin with 0: 0.0 instead of -0.0.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from autograd.jit.tape import Step, Tape
from autograd.ops import OPS

# Fewer products are left as they are.
FEWEST = 4


def joined(tape: Tape) -> Tape:
    """The same tape with dot products for sums of products."""
    sums = _sums(tape)
    gone = {i for _, products, additions in sums.values() for i in (*products, *additions)}
    made: list[Step] = []
    place: dict[int, int] = {}
    for i, step in enumerate(tape.steps):
        if i in sums:
            start, products, _ = sums[i]
            pairs = [tape.steps[product].inputs for product in products]
            if start is not None:
                pairs.insert(0, _times_one(tape, start, pairs[0], made, place))
            inputs = [place[x] for run in zip(*pairs, strict=True) for x in run]
            made.append(Step(OPS["dot"], tuple(inputs)))
        elif i in gone:
            continue
        else:
            made.append(replace(step, inputs=tuple([place[x] for x in step.inputs])))
        place[i] = len(made) - 1
    return replace(
        tape,
        steps=made,
        parameters={place[i]: value for i, value in tape.parameters.items()},
        outputs=[place[i] for i in tape.outputs],
    )


def _times_one(
    tape: Tape, start: int, pair: Sequence[int], made: list[Step], place: dict[int, int]
) -> tuple[int, int]:
    """What a sum begins with as a product, on the side where the weights are."""
    one = -1 - start  # a number that no step has
    place[one] = len(made)
    made.append(Step(None, (), 1))
    return (one, start) if pair[1] in tape.parameters else (start, one)


def _sums(tape: Tape) -> dict[int, tuple[int | None, list[int], list[int]]]:
    """For each last addition of a sum of products: what it begins with, its products, the others.

    The products and the additions before the last are used nowhere else.
    """
    steps = tape.steps
    users: dict[int, list[int]] = {}
    for i, step in enumerate(steps):
        for x in {*step.inputs}:
            users.setdefault(x, []).append(i)
    uses = Counter(x for step in steps for x in step.inputs)
    uses.update(tape.outputs)

    def is_product(i: int) -> bool:
        return steps[i].op is OPS["mul"] and uses[i] == 1

    chains: dict[int, tuple[int, list[int], list[int]]] = {}
    for i, step in enumerate(steps):
        if step.op is OPS["add"] and is_product(step.inputs[1]):
            before, product = step.inputs
            if before in chains and uses[before] == 1:
                chains[i] = chains.pop(before)
                chains[i][2].append(before)
            else:
                chains[i] = before, [], []
            chains[i][1].append(product)
    found: dict[int, tuple[int | None, list[int], list[int]]] = {}
    for i, (first, products, additions) in chains.items():
        start: int | None = first
        if is_product(first):
            start = None
            products.insert(0, first)
        elif (
            steps[first].constant
            and not steps[first].number
            and repr(steps[first].number) in ("0", "0.0")  # no negative one, nor a Decimal
        ):
            start = None
        long = len(products) + (start is not None) >= FEWEST
        if long and _alone(tape, users, [*products, i]):
            found[i] = start, products, additions
    return found


def _alone(tape: Tape, users: dict[int, list[int]], places: Sequence[int]) -> bool:
    """Whether nothing else uses a factor in between, not another of the products either.

    Its shares would add up in another order.
    """
    *products, end = places
    for product in products:
        for x in {*tape.steps[product].inputs}:
            known = users[x]
            if bisect_left(known, end) - bisect_left(known, products[0]) > 1:
                return False
    return True
