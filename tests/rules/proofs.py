"""Proofs by Coq that the slopes of the rows are the derivatives of what the rows mean.

`python -m tests.rules.proofs` writes `rules.v`, a theorem for every slope and every value text,
from the table and the hints below; `--check` has Coq check it (Debian's packages `coq` and
`libcoq-coquelicot`) and prints the time that each row took and the axioms that it rests on.
`--mutants N` tries N rules with one token of a slope changed (0: all of them), without those that
`equivalent.txt` or `equal.txt` lists: none may be proved. What is proved of them is true of real
numbers, and somebody must say in `equal.txt` why.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from autograd.ops import OPS
from autograd.testing import coq
from autograd.testing.coq import Hint
from tests.rules.equivalent import listed
from tests.rules.mutants import mutants

FILE = Path(__file__).with_name("rules.v")
# Changes of slopes that change no real number, though floats show them.
EQUAL = Path(__file__).with_name("equal.txt")

# Rows that are no matter of these theorems, and why.
LEFT_OUT = {
    **dict.fromkeys(
        ("gamma", "lgamma", "digamma", "gamma_dx", "polygamma"),
        "the libraries have no gamma function",
    ),
    **dict.fromkeys(("erfinv", "erfinv_dx"), "the libraries have no inverse of erf"),
    **dict.fromkeys(
        ("sinc", "sinc_dn"), "a derivative of any order n is a matter of whole numbers"
    ),
}

_ZERO = Hint(points=("0",))
_CUBE = Hint(points=("0",), step="of_cube_root x")
_HALF = Hint(step="rewrite half_square; same_arguments erf; same_arguments exp; name_roots")
# What the tactic does not find: where a value changes its form, a step, and hypotheses beyond the
# domain, where floats have a convention and real numbers have no slope.
HINTS = {
    **dict.fromkeys(("sigmoid", "softplus", "silu", "mish", "log_sigmoid", "power_dy"), _ZERO),
    **dict.fromkeys(("copysign", "xlogy", "xlog1py"), _ZERO),
    **dict.fromkeys(("cbrt", "cbrt_dx"), _CUBE),
    **dict.fromkeys(("gelu", "gelu_dx"), _HALF),
    "softsign": Hint(points=("0", "-1", "1")),
    "trunc": Hint(points=("0", "-1", "1")),
    "clip": Hint(points=("hi",)),
    "exp2": Hint(
        step="replace (x * ln 2) with (x / 2 * ln 2 + x / 2 * ln 2) by field; rewrite exp_plus"
    ),
    "celu": Hint(step="match goal with H : _ - 1 = x / y |- _ => rewrite H end"),
    "ceil": Hint(
        step="first [rewrite floor_negative by auto | rewrite floor_negative_whole by auto]"
    ),
    "tan": Hint(given=("cos x <> 0",)),
    "where_c": Hint(given=("c <> 0",), points=("0",)),
    "norm": Hint(given=("norm (before_xs ++ x :: after_xs) <> 0",)),
    "hypot_dx": Hint(step="rewrite_hypot x y"),
    "log_share_y": Hint(given=("y <> 0",), step="case (inverse_not y); assumption"),
}
# What a theorem may rest on: how the library makes the real numbers.
AXIOMS = {
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}


def rows():
    """The rows that have theorems."""
    return [op for op in OPS.values() if op.name not in LEFT_OUT]


def text():
    """What `rules.v` is to be."""
    lines = [
        "(* Written by python -m tests.rules.proofs, from the table of rules. *)",
        *(f"(* No theorem of {name}: {why}. *)" for name, why in LEFT_OUT.items()),
    ]
    return "\n".join((*lines, "", coq.script(rows(), HINTS)))


# Coq.


class Refused(AssertionError):
    """Coq does not accept a file."""


def run_coq(source, *options):
    """What Coq says of a file, and which theorem is at fault if it is refused."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "rules.v")
        file.write_text(source)
        done = subprocess.run(["coqc", *options, file], capture_output=True, text=True, cwd=folder)
    if done.returncode:
        place = re.search(r"line (\d+)", done.stderr[done.stderr.find("Error") - 200 :])
        lines = source.splitlines()[: int(place[1]) if place else 0]
        at = [line for line in lines if line.startswith("Theorem")][-1:]
        raise Refused(f"{''.join(at)}\n{done.stderr[-800:]}")
    return done.stdout


def check():
    """Has Coq check `rules.v`: the seconds of each row (of the processor), and the axioms.

    Raises Refused.
    """
    source = FILE.read_text()
    said = run_coq(source, "-time")
    places = [(m.start(), m[1]) for m in re.finditer(r"^Theorem (\w+) ", source, re.M)]
    names = {theorem.name: op.name for op in rows() for theorem in coq.theorems(op)}
    seconds = dict.fromkeys(names.values(), 0.0)
    for found in re.finditer(r"Chars (\d+) - .*? secs \(([\d.]+)u", said):
        name = [
            theorem for start, theorem in places if len(source[:start].encode()) <= int(found[1])
        ]
        if name:
            seconds[names[name[-1]]] += float(found[2])
    axioms = said[said.rindex("Axioms:") :] if "Axioms:" in said else ""
    return seconds, {*re.findall(r"^([\w.]+)\s*:", axioms, re.M)} - {"Axioms"}


# Wrong rules.


def changed():
    """The theorems of rules with one token of a slope changed, each with the change's name."""
    for op in rows():
        for change, mutant in mutants(op):
            said = re.match(r"slope to (\w+): ", change)
            if said and mutant is not None:
                place = op.inputs.index(said[1])
                theorem = coq.Speech(mutant).slope(place, mutant.trees.slopes[place], said[1])
                yield f"{op.name} {change}", theorem, HINTS.get(theorem.name, HINTS.get(op.name))


def tried(cases, seconds=10):
    """Those of the changed rules whose theorems the tactic proves in that time."""
    lines = [coq.REALS.read_text(), *coq.definitions(rows())]
    for place, (_, theorem, hint) in enumerate(cases):
        theorem = theorem._replace(name=f"changed_{place}")
        stated, proof = coq.proved(theorem, hint or Hint())
        proof = proof.removeprefix("Proof. ").removesuffix(". Qed.")
        lines += [
            stated,
            f"Proof. tryif timeout {seconds} ({proof})",
            'then idtac "true" else idtac "refused". Abort.',
        ]
    answers = re.findall(r"^(true|refused)$", run_coq("\n".join(lines)), re.M)
    return [name for (name, *_), answer in zip(cases, answers, strict=True) if answer == "true"]


def equal():
    """The changes that `equal.txt` lists."""
    return [line for line in EQUAL.read_text().splitlines() if not line.startswith("#")]


def accepted(count, seed=0):
    """How many changes of slopes that show were tried, and which of them were proved all the same.

    `count` 0 means all of them, which takes an hour or more.
    """
    known = {line for lines in listed().values() for line in lines} | {*equal()}
    cases = [case for case in changed() if case[0] not in known]
    cases = random.Random(seed).sample(cases, count) if count else cases
    groups = [cases[start : start + 40] for start in range(0, len(cases), 40)]
    found = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, names in enumerate(pool.map(tried, groups), start=1):
            found += names
            print(f"{done} of {len(groups)} groups tried, {len(found)} proved", file=sys.stderr)
    return len(cases), found


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.rules.proofs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="have Coq check the file")
    parser.add_argument("--mutants", type=int, metavar="N", help="try N changed slopes; 0: all")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if not given.check and given.mutants is None:
        FILE.write_text(text())
        return 0
    if not shutil.which("coqc"):
        sys.exit("there is no coqc here: apt-get install coq libcoq-coquelicot")
    if given.check:
        start = time.monotonic()
        seconds, axioms = check()
        for name, took in sorted(seconds.items(), key=lambda row: -row[1])[:10]:
            print(f"{name:16} {took:6.1f} s")
        print(f"{len(seconds)} rows in {time.monotonic() - start:.0f} s; axioms:", *sorted(axioms))
        if axioms - AXIOMS:
            sys.exit(f"more axioms than the library's: {axioms - AXIOMS}")
    if given.mutants is not None:
        count, found = accepted(given.mutants, given.seed)
        print(
            f"{count - len(found)} of {count} changed slopes are refused; proved are:",
            *found,
            sep="\n",
        )
        return bool(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
