"""The lecture's engine with one word of it changed: each operation, each operand, each mistake."""

import os
import re
from pathlib import Path

import pytest

from autograd.testing.engines import battery, composition, discovery, report_on
from autograd.testing.engines.isolation import Isolated
from autograd.testing.engines.report import Tally

LECTURE = (Path(__file__).parent / "planted" / "lecture.py").read_text(encoding="utf-8")
BACKWARD = LECTURE[LECTURE.index("    def backward(") : LECTURE.index("class Apart")]
ZEROED = "            node.grad = 0.0 if node.parents else node.grad\n"
SEEDED = "        self.grad = self.grad + 1.0 if not self.parents else 1.0\n"

# What is changed in a rule for one operand, and what is then said: of all operands, of one.
MISTAKES = {
    "=": (
        "gradients are assigned, not added up (= in the place of +=)",
        "the gradient of {} is assigned, not added up (= in the place of +=)",
    ),
    "no out.grad": (
        "the slope is not multiplied by the gradient of the result (no * out.grad)",
        "the slope to {} is not multiplied by the gradient of the result (no * out.grad)",
    ),
    "no parent": (
        "what the operands were made of gets no gradient (are they kept as its parents?)",
        "what {0} was made of gets no gradient (is {0} kept as one of its parents?)",
    ),
}
# The class, the method, what a report calls it, how many operands it has, and what calls it.
RULES = [
    ("Value", "__add__", "x + y", 2),
    ("Value", "__mul__", "x * y", 2),
    ("Value", "__pow__", "x ** n", 1),
    ("Value", "exp", "x.exp()", 1),
    ("Value", "tanh", "x.tanh()", 1),
    ("Value", "relu", "x.relu()", 1),
    ("Apart", "__neg__", "-x", 1),
    ("Apart", "__sub__", "x - y", 2),
    ("Apart", "__truediv__", "x / y", 2),
]


def changed(kind, method, mistake, operands, text=LECTURE):
    """The lecture's engine with a mistake in one method, for the operands "x", "y" or "xy"."""
    start = text.index(f"    def {method}(", text.index(f"class {kind}"))
    end = text.find("\n    def ", start + 1)
    end = len(text) if end < 0 else end
    rule = text[start:end]
    names = "|".join({"x": "self", "y": "other"}[one] for one in operands)
    if mistake == "no parent":
        kept = [one for one in ("self", "other") if one in rule and one not in names.split("|")]
        kept = [one for one in kept if one == "self" or "(self, other))" in rule]
        wrong = re.sub(r"\(self,( other)?\)\)", f"({''.join(f'{one}, ' for one in kept)}))", rule)
    else:
        here, there = {
            "=": (r"\+= (.*)", r"= \2"),
            "-=": (r"\+= (.*)", r"-= \2"),
            "no out.grad": (r"\+= (.*) \* out.grad", r"+= \2"),
            "out.data": (r"\+= (.*)out.grad", r"+= \2out.data"),
            "self.grad": (r"\+= (.*)out.grad", r"+= \2\1.grad"),
        }[mistake]
        wrong = re.sub(rf"\b({names})\.grad {here}", rf"\1.grad {there}", rule)
    assert wrong != rule
    return text[:start] + wrong + text[end:]


def edges():
    """Every mistake at every operand: a name, the text, the class, and what is said."""
    for mistake, (of_all, of_one) in MISTAKES.items():
        for kind, method, label, count in RULES:
            for operands in ("x", "y", "xy")[: 2 * count - 1]:
                every = len(operands) == count and not (mistake == "no parent" and count == 1)
                words = of_all if every else of_one.format(operands)
                text = changed(kind, method, mistake, operands)
                yield f"{mistake} {label} {operands}", text, kind, [f"{label}: {words}"]


UNORDERED = (
    "the backward pass is in no topological order: a value hands its gradient on before it has "
    "all of it"
)
TWICE = (
    "a value that is reached on two ways hands its gradient on twice (is what was visited kept?)"
)
EACH = "        for node in order:\n"
PUSHED = f"{EACH}{ZEROED}{SEEDED}{EACH}            node._backward()\n"
SHALLOW = (
    "no gradient goes beyond the operands of the result: it looks as if the parents were not kept, "
    "or the order not reversed"
)
ONCE = "where both operands are one value, it gets its gradient once"
SET = "a value that is both operands gets its gradient once (are the parents in a set?)"
UNSURE = "a graph of right operations is wrong"
ROOT = "a second backward pass begins with 2: the gradient of the result is added to, not set to 1"
WALKS = {
    "level by level": (
        "        order = [self]\n        for node in order:\n            order += "
        "[p for p in dict.fromkeys(node.parents) if p not in order]\n" + PUSHED,
        [UNORDERED],
    ),
    "a stack": (
        "        order, stack = [], [self]\n        while stack:\n            node = stack.pop()\n"
        "            if node not in order:\n                order.append(node)\n"
        "                stack += node.parents\n" + PUSHED,
        [UNORDERED],
    ),
    "a queue": (
        "        order = [self]\n        for node in order:\n            order += node.parents\n"
        + PUSHED,
        [TWICE],
    ),
    "no walk": (
        "        self.grad = 1.0\n        self._backward()\n",
        [SHALLOW],
    ),
}
# What is changed in the backward pass: two texts, and what is said.
PASSES = {
    "not reversed": (
        "reversed(order)", "order",
        SHALLOW,
    ),
    "not zeroed": (
        ZEROED, "            pass\n",
        "a second backward pass counts the interior gradients of the first again",
    ),
    "result added to": (
        ZEROED + SEEDED,
        ZEROED.replace("node.parents", "node.parents and node is not self")
        + "        self.grad += 1.0\n",
        ROOT,
    ),
}  # fmt: skip


def walks():
    for name, (body, said) in WALKS.items():
        new = f"    def backward(self):\n{body}\n\n"
        yield name, LECTURE.replace(BACKWARD, new), "Value", said
    for name, (old, new, said) in PASSES.items():
        yield name, LECTURE.replace(old, new), "Value", [said]
    level = LECTURE.replace(BACKWARD, f"    def backward(self):\n{WALKS['level by level'][0]}\n\n")
    yield (
        "= x * y, level by level", changed("Value", "__mul__", "=", "xy", level), "Value",
        [f"x * y: {MISTAKES['='][0]}", UNORDERED],
    )  # fmt: skip
    text = LECTURE
    for kind, method, _, count in RULES[:6]:
        text = changed(kind, method, "=", "xy"[:count], text)
    yield "= everywhere", text, "Value", [f"{MISTAKES['='][0]}, in every operation"]
    text = changed("Value", "__mul__", "=", "y", changed("Value", "__add__", "=", "xy"))
    said = [f"x + y: {MISTAKES['='][0]}", f"x * y: {MISTAKES['='][1].format('y')}"]
    yield "= x + y and y of x * y", text, "Value", said
    sums = ("self.grad += 1.0 * out.grad", "other.grad += 1.0 * out.grad")
    at_once = "self.grad, other.grad = self.grad + out.grad, other.grad + out.grad"
    once, more = (
        text.replace(f"{sums[0]}\n            {sums[1]}", new)
        for text, new in (
            (LECTURE, at_once),
            (LECTURE, f"{sums[0]}\n            {sums[1]}\n            self.grad += self is other"),
        )
    )
    yield "both at once", once, "Value", [f"x + y: {ONCE}"]
    level = level.replace(f"{sums[0]}\n            {sums[1]}", at_once)
    yield "both at once, level by level", level, "Value", [f"{UNSURE}; it looks as if {SET}"]
    yield "more of the same", more, "Value", [UNSURE]
    yield "right", LECTURE, "Value", []
    yield "right", LECTURE, "Apart", []


CASES = [*edges(), *walks()]


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    """One process that has all of the engines: the classes of each have its number."""
    file = tmp_path_factory.mktemp("engines") / "many.py"
    numbered = [
        re.sub(r"\b(Value|Apart)\b", rf"\g<1>{number}", text)
        for number, (_, text, _, _) in enumerate(CASES)
    ]
    file.write_text("\n\n".join(numbered), encoding="utf-8")
    target, _, _ = discovery.target_of(f"{file}:Value0")
    with Isolated(target, limit=60.0) as one:
        yield one


@pytest.mark.parametrize(
    ("number", "said"),
    [pytest.param(k, said, id=f"{name}") for k, (name, _, _, said) in enumerate(CASES)],
)
def test_a_mistake_is_named_where_it_is(number, said, process):
    name = f"{CASES[number][2]}{number}"
    candidate = discovery.found(process, name, name, "", {})
    tally = Tally(candidate)
    battery.examine_graphs(candidate, tally, candidate.operations, graphs=5, longest=20)
    faults = composition.told_once(candidate, tally.faults)
    assert [fault.what for fault in faults if fault.verdict == "wrong"] == said


FULL = [
    ("Value", "__mul__", "-=", "x", "the slope to x of x * y is wrong", "it gives -y, right is y"),
    ("Value", "__pow__", "-=", "x", "the slope of x ** n is wrong", "it has the other sign"),
    ("Apart", "__sub__", "-=", "y", "the slope to y of x - y is wrong", "it gives 1, right is -1"),
    ("Value", "tanh", "out.data", "x", "the slope of x.tanh() is wrong", "(1 - out ** 2) * out"),
    ("Value", "__pow__", "out.data", "x", "the slope of x ** n", "(out.data in the place of out"),
    ("Value", "__add__", "self.grad", "x", "x + y: the slope to x is multiplied by the",
     "n + y, x - y, n - y call it and are wrong, too"),
    ("Value", "__mul__", "=", "xy", "x * y: gradients are assigned", "x - y, x / y, -x call it"),
    ("Value", "__add__", "=", "xy", "x + y: gradients are assigned", "x - y calls it and is wrong"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "method", "mistake", "operands", "what", "why"),
    FULL if os.environ.get("SOAK") else FULL[-2:-1],
)
def test_the_report_has_one_fault_for_one_mistake(
    kind, method, mistake, operands, what, why, tmp_path
):
    file = tmp_path / "engine.py"
    file.write_text(changed(kind, method, mistake, operands), encoding="utf-8")
    report = report_on(f"{file}:{kind}", graphs=5, longest=20, limit=60.0)
    (fault,) = report.wrong
    assert what in fault.line
    assert why in fault.line
