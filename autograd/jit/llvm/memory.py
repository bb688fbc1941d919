"""Memory: where the values and gradients of steps are that run at one vector width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd.jit.tape import Tape


class Memory:
    """The places of a tape's steps in the arrays that functions are given.

    `slots` numbers the values %v that belong to this code, whose gradients are at the same places
    of %a and whose masks at those of %m; `outer` numbers the scalars %w that come from elsewhere,
    and their gradients %g. Only gradients of `active` steps are computed. `touched` says which are
    in memory by now: "all" if they reach every lane, "some" if a mask says. A loop wants a run of
    nodes one after the other; `copies` says where those are copied to that lie elsewhere.
    """

    def __init__(
        self,
        name: str,
        tape: Tape,
        slots: Mapping[int, int],
        outer: Mapping[int, int],
        *,
        active: set[int],
        touched: Mapping[int, str],
    ) -> None:
        self.name, self.tape = name, tape
        self.slots, self.outer, self.active = dict(slots), outer, active
        self.leaves = {*slots, *outer}
        self.size = max(slots.values(), default=-1) + 1
        self.touched = dict(touched)
        self._tables: dict[tuple[int, ...], str] = {}
        self.copies: dict[tuple[int, ...], int] = {}

    def place(self, i: int) -> None:
        """Gives a step a slot, if it has none and needs one."""
        if i not in self.slots and i not in self.outer and not self.tape.steps[i].constant:
            self.slots[i] = self.size
            self.size += 1

    def placed(self, nodes: Sequence[int]) -> bool:
        """Whether nodes lie one after the other in memory, where they are put if they are free."""
        for places in (self.slots, self.outer):
            first = places.get(nodes[0])
            if first is not None:
                return all(places.get(i) == first + k for k, i in enumerate(nodes))
        free = len({*nodes}) == len(nodes) and not any(
            i in self.slots or i in self.outer for i in nodes
        )
        if free:
            self.slots |= {i: self.size + k for k, i in enumerate(nodes)}
            self.size += len(nodes)
        return free

    def copy(self, run: tuple[int, ...]) -> None:
        """Gives a run slots of its own, beside those that its nodes have."""
        for i in run:
            self.place(i)
        self.copies[run] = self.size
        self.size += len(run)

    def inside(self, run: tuple[int, ...]) -> bool:
        """Whether a run is among the slots, and not among the scalars from elsewhere."""
        return run in self.copies or run[0] not in self.outer

    def start(self, run: tuple[int, ...]) -> int:
        """Where a run begins."""
        if run in self.copies:
            return self.copies[run]
        return self.slots[run[0]] if self.inside(run) else self.outer[run[0]]

    def table(self, numbers: Sequence[int]) -> str:
        """A constant array of whole numbers, by name."""
        name = f"@{self.name}.table{len(self._tables)}"
        return self._tables.setdefault(tuple(numbers), name)

    @property
    def tables(self) -> list[str]:
        """The definitions of the tables."""
        found = []
        for numbers, name in self._tables.items():
            items = ", ".join(f"i64 {n}" for n in numbers)
            found.append(f"{name} = internal constant [{len(numbers)} x i64] [{items}]")
        return found
