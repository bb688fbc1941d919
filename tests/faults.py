"""The list of planted faults: mistakes that somebody would make, each with the tests that see it.

`python -m tests.planted` plants them: each `text` stands once in its file, `instead` is put in its
place. A fault that no test sees is a test that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A mistake: its name, the file, the text that is right and the wrong one, what it is."""

    name: str
    file: str
    text: str
    instead: str
    kind: str
    tests: tuple[str, ...]


FAULTS = []


def _fault(name, file, text, instead, kind, *tests):
    FAULTS.append(Fault(name, file, text, instead, kind, tests))


# The engine: recording and pulling.

ENGINE = "autograd/engine/__init__.py"

_fault(
    "long run, second gradient",
    ENGINE,
    'sides = ", ".join([f"{node}.{slot}", *runs.values()])',
    'sides = ", ".join([f"{node}.left", *runs.values()])',
    "a dot of more than 64 hands the shares of its second run to the first",
    "tests/test_backward.py::test_runs_of_any_length_hand_on_to_both_sides",
)
_fault(
    "zero gradient, not handed on",
    ENGINE,
    'f"if {g} is {marks}:"',
    'f"if not {g}:"',
    "a gradient of 0 counts as none, and 0 * inf is lost",
    "tests/test_backward.py::test_a_gradient_of_0_is_handed_on_and_is_not_the_absence_of_one",
)
_fault(
    "reflected operator",
    ENGINE,
    'f"__r{operator}__": 1}',
    'f"__r{operator}__": 0}',
    "2 - v computes v - 2",
    "tests/test_value.py::test_operands_of_every_type_on_both_sides",
)
_fault(
    "method of no number",
    ENGINE,
    "return _data(op.name, arguments[0]) if result is NotImplemented else result",
    "return result",
    "v.maximum('a') gives NotImplemented instead of an error",
    "tests/test_value.py::test_a_method_called_by_name_refuses_what_is_no_number",
)
_fault(
    "named arguments",
    ENGINE,
    "return (*given, *(named.get(name) for name in op.inputs[len(given) :]))",
    "return (*given, *named.values())",
    "arguments given by name are taken in the order in which they were written",
    "tests/test_value.py::test_arguments_by_name",
)
_fault(
    "taken name of numpy",
    ENGINE,
    'for name in {op.name, op.ufunc} - {""}:',
    "for name in {op.name}:",
    "a row may take a method's name by its ufunc",
    "tests/rules/test_registering.py::test_numpy_s_name_is_taken_and_given_back_with_the_row",
)
_fault(
    "methods left behind",
    ENGINE,
    "for method in methods(op).keys() & vars(Value).keys():\n        delattr",
    "for method in [op.name]:\n        delattr",
    "a row that is taken out leaves the method of its ufunc",
    "tests/rules/test_registering.py::test_numpy_s_name_is_taken_and_given_back_with_the_row",
)
_fault(
    "mixed run",
    ENGINE,
    "slots if any(slot is not None for slot in slots) else None",
    "slots if all(slot is not None for slot in slots) else None",
    "a run with a number among its Values loses their gradients",
    "tests/rules/test_runs.py::test_shares",
)
_fault(
    "unequal runs",
    ENGINE,
    "if len(left.numbers) != len(second):",
    "if len(left.numbers) > len(second):",
    "runs of different lengths are refused on one side only",
    "tests/rules/test_runs.py::test_runs_of_different_lengths",
)
_fault(
    "operand of now",
    ENGINE,
    """        pairs = zip(op.inputs, ("first", "second"), strict=False)
        lines += [f"{known[name]} = {node}.{slot}" for name, slot in pairs if name in mentioned]
""",
    """        pairs = zip(op.inputs, ("first", "second"), ("left", "right"), strict=False)
        read = "{} = getattr({}.{}, 'raw', {}.{})"
        lines += [
            read.format(known[name], node, parent, node, slot)
            for name, slot, parent in pairs if name in mentioned
        ]
""",
    "the slope is taken where the parent is now, not where it was recorded",
    "tests/test_backward.py::test_changing_a_leaf_after_the_forward_pass_changes_no_gradient",
)

# The cyclic collector.

_fault(
    "threshold stays up",
    "autograd/engine/collector.py",
    "rounds = self.own\n",
    "rounds = found\n",
    "the collector's threshold is never put back",
    "tests/engine/test_collector.py::test_rounds_follow_the_number_of_values",
)
_fault(
    "threshold left behind",
    "autograd/engine/collector.py",
    "_collector.pop().pace(0)",
    "_collector.pop()",
    "turning the pacing off leaves the threshold doubled",
    "tests/engine/test_collector.py::test_it_can_be_switched_off_and_on",
)

# The Python writer: names that never meet, brackets, choices.

CODEGEN = "autograd/codegen.py"

_fault(
    "no sum",
    CODEGEN,
    'return [f"{target} += {g}"]',
    'return [f"{target} = {g}"]',
    "a share takes the place of what came before",
    "tests/test_backward.py::test_two_outputs_that_share_a_node_add_up",
)
_fault(
    "slope without brackets",
    CODEGEN,
    "{g} * {source.within(slope, SIGN)}",
    "{g} * {source(slope)}",
    "gradient times a slope that is a sum",
    "tests/rules/test_brackets.py::test_slopes_of_the_engine_and_on_values",
)
_fault(
    "zero slope, handed on",
    CODEGEN,
    "case Number(0):\n            return []",
    "case Number(0) if False:\n            return []",
    "a branch not taken hands on 0 times inf",
    "tests/test_backward.py::test_the_branch_not_taken_contributes_exactly_nothing",
)
_fault(
    "difference without brackets",
    CODEGEN,
    '{self.within(right, binding + 1)}", binding\n\n    def choice',
    '{self.within(right, binding)}", binding\n\n    def choice',
    "a - (b - c) is written a - b - c",
    "tests/rules/test_brackets.py::test_what_is_written_reads_as_the_same_tree",
)
_fault(
    "power without brackets",
    CODEGEN,
    "{self.within(left, ATOM)} ** {self.within(right, POWER)}",
    "{self.within(left, POWER)} ** {self.within(right, POWER)}",
    "(x ** y) ** z is written x ** y ** z",
    "tests/rules/test_brackets.py::test_what_is_written_reads_as_the_same_tree",
)
_fault(
    "choice without brackets",
    CODEGEN,
    "texts = self.within(yes, OR),",
    "texts = self.within(yes, CHOICE),",
    "a choice within a choice",
    "tests/rules/test_brackets.py::test_what_is_written_reads_as_the_same_tree",
)
_fault(
    "third of a name",
    CODEGEN,
    "while wanted in self._taken:",
    "if wanted in self._taken:",
    "a name that is taken twice already is given to a third",
    "tests/rules/test_names.py::test_a_name_is_given_to_one_thing_alone",
)
_fault(
    "name of Python's own",
    CODEGEN,
    "if wanted in vars(builtins) and vars(builtins)[wanted] is value:",
    "if wanted in vars(builtins):",
    "a row called as a function of Python is that function",
    "tests/rules/test_names.py::test_a_row_of_any_name_breaks_nobody",
)

# The language of rules.

_fault(
    "less or equal",
    "autograd/text.py",
    'ast.LtE: "<=",',
    'ast.LtE: "<",',
    "x <= y is read as x < y",
    "tests/rules/test_brackets.py::test_what_is_written_reads_as_the_same_tree",
)
GRAMMAR = "autograd/expressions/grammar.py"

_fault(
    "digits of a decimal",
    GRAMMAR,
    "Number(Fraction(token.says), token.says)",
    "Number(Fraction(float(token.says)), token.says)",
    "0.1 in an expression is the float that is near",
    "tests/commands/test_show.py::test_what_is_accepted",
)
_fault(
    "difference from the right",
    GRAMMAR,
    "found = Binary(sign, found, self.product())",
    "found = Binary(sign, found, self.sum())",
    "a - b - c is read as a - (b - c)",
    "tests/commands/test_show.py::test_a_long_sum_is_read_from_left_to_right",
)
_fault(
    "sign of a power above",
    GRAMMAR,
    'Negative(exponent) if token.says[0] == "-" else exponent',
    "exponent",
    "x\u207b\u00b2 is read as x\u00b2",
    "tests/commands/test_show.py::test_what_is_accepted",
)
_fault(
    "sign before a power",
    GRAMMAR,
    "        found = self.factor()\n        self.depth -= 1\n        return Negative(found)",
    "        found = self.atom()\n        self.depth -= 1\n        return Negative(found)",
    "-x\u00b2 is read as (-x)\u00b2",
    "tests/commands/test_show.py::test_what_is_accepted",
)
_fault(
    "length of a fraction",
    "autograd/expressions/size.py",
    "max(number.numerator.bit_length(), number.denominator.bit_length())",
    "number.numerator.bit_length()",
    "a fraction counts as long as what is above its line",
    "tests/commands/test_show.py",
)
_fault(
    "depth of a rule",
    "autograd/text.py",
    "return 1 + max(map(_depth, parts(node)), default=0)",
    "return 1 + sum(map(_depth, parts(node)))",
    "the depth of a text is its size",
    "tests/rules/test_refusals.py::test_a_long_text_is_no_deep_one",
)

# The graph: one walk, one fold.

GRAPH = "autograd/graph.py"

_fault(
    "right side before left",
    GRAPH,
    """            x, y = node.left, node.right
            if x.__class__ is tuple or y.__class__ is tuple:
                runs = chain(x or (), y or ())
                unseen = [p for p in runs if p is not None and p not in seen]
""",
    """            y, x = node.left, node.right
            if x.__class__ is tuple or y.__class__ is tuple:
                runs = chain(y or (), x or ())
                unseen = [p for p in runs if p is not None and p not in seen]
""",
    "arguments are visited from right to left",
    "tests/test_backward.py::test_flow_is_backward_without_touching_a_gradient",
)
_fault(
    "right side after its child",
    GRAPH,
    "elif y is not None and y not in seen:",
    "elif y is not None and y not in seen and not stack:",
    "an order in which a value comes before its right parent",
    "tests/test_backward.py::test_changing_a_leaf_after_the_forward_pass_changes_no_gradient",
)
_fault(
    "run of parents, from its end",
    GRAPH,
    "unseen = [p for p in runs if p is not None and p not in seen]",
    "unseen = [p for p in runs if p is not None and p not in seen][::-1]",
    "the members of a run are visited from last to first",
    "tests/test_backward.py::test_the_walk_that_marks_is_the_other_walk",
)
_fault(
    "node with a run, lost",
    GRAPH,
    "        stack.append(node)\n    _marked_with_runs",
    "        pass\n    _marked_with_runs",
    "the first node with a run of parents is left out of a pass",
    "tests/rules/test_runs.py::test_a_product_with_zeros",
)
_fault(
    "fold without a sum",
    GRAPH,
    "totals[parent] = plus(totals[parent], share) if parent in totals else share",
    "totals[parent] = share",
    "only the last way to a parent counts in a fold",
    "tests/test_calculus.py::test_polynomials_to_any_order",
)
_fault(
    "fold hands False on",
    GRAPH,
    "share = slope is not False and times(total, slope)",
    "share = times(total, slope)",
    "a fold hands on 0 * inf where a slope hands on nothing",
    "tests/rules/test_absence.py::test_a_branch_not_taken_hands_on_nothing",
)
_fault(
    "replay of leaves alone",
    GRAPH,
    "if node in changes:",
    "if node.op is None and node in changes:",
    "replay leaves a value in between as it was",
    "tests/test_backward.py::test_replay_computes_again_with_other_leaves",
)
_fault(
    "replay without labels",
    GRAPH,
    "again.label = node.label",
    "again.label = again.label",
    "what is computed again has lost its name",
    "tests/test_backward.py::test_replay_computes_again_with_other_leaves",
)
_fault(
    "flow of minus zero",
    GRAPH,
    "return share if share is False else 0 + share",
    "return share",
    "flow has -0.0 where backward has 0.0",
    "tests/test_backward.py::test_sums_begin_with_a_zero_that_is_not_negative",
)

# Values.

VALUE = "autograd/value.py"

_fault(
    "equal to a number",
    VALUE,
    "return self is other or _is_equal(other)",
    "return self is other",
    "v == 2 is silently False",
    "tests/test_value.py::test_equality_is_identity_and_values_are_hashable",
)
_fault(
    "copied run, not shared",
    VALUE,
    """                memo[id(parents)] = tuple(map(copied, parents))
            return memo[id(parents)]""",
    """                return tuple(map(copied, parents))
            return memo[id(parents)]""",
    "a deep copy makes a run of parents anew for every neuron",
    "tests/test_value.py::test_deepcopy_keeps_a_shared_run_shared",
)
_fault(
    "zero gradient in a block of errors",
    VALUE,
    "        if node.grad is mark:",
    "        if not node.grad:",
    "in a block of errors() a gradient of 0 counts as none",
    "tests/test_backward.py::test_a_gradient_of_0_is_handed_on_in_a_block_of_errors",
)
_fault(
    "leaves after an error",
    VALUE,
    "        leaf.grad = grad\n",
    "        leaf.grad = 0\n",
    "a pass that is interrupted loses the gradients from before",
    "tests/test_backward.py::test_a_gradient_that_exact_numbers_cannot_have_stops_no_other",
)
_fault(
    "second pass",
    VALUE,
    "leaf.grad = _begun(before)",
    "leaf.grad = 0",
    "gradients do not add up over passes",
    "tests/test_backward.py::test_twice_is_twice_as_much",
)
_fault(
    "careful second pass",
    VALUE,
    "careful_sum(node.grad, total) if node.op is None else total",
    "total",
    "gradients of huge numbers do not add up over passes",
    "tests/test_backward.py::test_a_gradient_that_exact_numbers_cannot_have_stops_no_other",
)
_fault(
    "zero_grad of neighbours",
    VALUE,
    "for node in topological(self):\n            node.grad = 0",
    "for node in (self, *self.parents):\n            node.grad = 0",
    "zero_grad() goes one step deep",
    "tests/test_backward.py::test_a_gradient_that_exact_numbers_cannot_have_stops_no_other",
)
_fault(
    "pickled gradient, inside",
    VALUE,
    "*(node.op, node.raw, node.grad, node.label),",
    "*(node.op, node.raw, 0, node.label),",
    "a pickled graph has lost the gradients of its inner nodes",
    "tests/test_value.py::test_pickle_keeps_the_graph",
)
_fault(
    "pickled gradient, leaf",
    VALUE,
    "return _leaf, (self.raw, self.label, self.grad, type(self))",
    "return _leaf, (self.raw, self.label, 0, type(self))",
    "a pickled leaf has lost its gradient",
    "tests/test_value.py::test_pickle_keeps_the_graph",
)
_fault(
    "remainder, other side",
    VALUE,
    "return other // self, other % self",
    "return other // self, self % other",
    "divmod(7, v) has the sides of its remainder swapped",
    "tests/test_value.py::test_comparisons_and_divmod_are_pythons_for_every_two_kinds",
)
_fault(
    "comparison of two kinds",
    VALUE,
    '"__le__": "__ge__"',
    '"__le__": "__gt__"',
    "an int that is equal to a float is not <= it",
    "tests/test_value.py::test_comparisons_and_divmod_are_pythons_for_every_two_kinds",
)
_fault(
    "errors, one block in another",
    "autograd/errors.py",
    "if not _open:\n                guard",
    "if _open is not None:\n                guard",
    "the end of an inner block ends the outer one",
    "tests/test_backward.py::test_errors_nests_and_ends",
)

# Derivatives of functions.

CALCULUS = "autograd/calculus.py"

_fault(
    "third parent",
    CALCULUS,
    "and not found.isdisjoint(node.parents):",
    "and not found.isdisjoint(node.parents[:2]):",
    "a third argument is forgotten in higher derivatives",
    "tests/test_calculus.py::test_second_derivatives_through_any_argument",
)
_fault(
    "third slope",
    CALCULUS,
    "for place, (which, arguments) in enumerate(node.op.places(inputs)):",
    "for place, (which, arguments) in enumerate([*node.op.places(inputs)][:2]):",
    "the slope to a third argument is forgotten in higher derivatives",
    "tests/test_calculus.py::test_second_derivatives_through_any_argument",
)
_fault(
    "zero slope on Values",
    CALCULUS,
    "text = source(taken(tree))",
    "text = source(tree)",
    "a branch whose slope is 0 hands on 0 * inf in higher derivatives",
    "tests/test_calculus.py::test_what_a_rule_does_not_hand_on_meets_no_infinity_at_any_order",
)
_fault(
    "aux is the value",
    CALCULUS,
    "return (found, value[1]) if has_aux else found",
    "return (found, value[0]) if has_aux else found",
    "grad gives the value back for what the function gave beside it",
    "tests/test_calculus.py::test_a_second_result_comes_along",
)
_fault(
    "argument from the end",
    CALCULUS,
    "if not -len(args) <= place < len(args):",
    "if not -len(args) < place < len(args):",
    "the first argument, counted from the end, is refused",
    "tests/test_calculus.py::test_each_argument_counted_from_either_end",
)
_fault(
    "hessian of another argument",
    CALCULUS,
    "return jacobian(grad(f, argnums), argnums)",
    "return jacobian(grad(f), argnums)",
    "the hessian to one argument is taken of the gradient to the first",
    "tests/test_calculus.py::test_each_argument_counted_from_either_end",
)
_fault(
    "forward without a sum",
    CALCULUS,
    "total[node] = plus(total[node], share) if node in total else share",
    "total[node] = share",
    "forward mode keeps the share of the last argument",
    "tests/test_calculus.py::test_jvp_and_vjp_agree_with_the_jacobian_exactly",
)
_fault(
    "one output twice",
    CALCULUS,
    "pairs = enumerate(zip(outputs, given, strict=True))",
    "pairs = enumerate(dict(zip(outputs, given, strict=True)).items())",
    "of an output that is given twice, one gradient is pulled back",
    "tests/test_calculus.py::test_jvp_and_vjp_agree_with_the_jacobian_exactly",
)
_fault(
    "variables of two levels",
    CALCULUS,
    "not (node.op is None or node in _alive)",
    "node.op is not None",
    "an outer derivative's variable passes for a number",
    "tests/test_calculus.py::test_polynomials_to_any_order",
)
_fault(
    "variables stay alive",
    CALCULUS,
    "_alive.difference_update(variables)",
    "_alive.difference_update(variables[1:])",
    "a variable of a derivative that was taken long ago counts as one that is being taken",
    "tests/test_calculus.py::test_polynomials_to_any_order",
)
_fault(
    "sign of an implicit slope",
    CALCULUS,
    "return -to_it / (to_x",
    "return to_it / (to_x",
    "the theorem of implicit functions without its sign",
    "tests/test_custom.py::test_the_root_of_a_cubic_against_its_formula",
)
_fault(
    "product of all",
    CALCULUS,
    "[*xs[:place], *xs[place + 1 :]]",
    "[*xs[:place], *xs[place:]]",
    "the product of the others has all of them",
    "tests/rules/test_runs.py::test_a_product_with_zeros",
)
_fault(
    "distance to the others",
    CALCULUS,
    "0 if other is y else y - other for other in ys",
    "0 if other is y else other - y for other in ys",
    "the slope of a weighted mean has the other sign on Values",
    "tests/rules/test_runs.py::test_shares_to_the_last_digits",
)
_fault(
    "choice on Values without brackets",
    CALCULUS,
    "sides = self.within(yes, 1), self.within(no, 0)",
    "sides = self.within(yes, 0), self.within(no, 0)",
    "a choice within a choice, in higher derivatives",
    "tests/rules/test_brackets.py::test_slopes_of_the_engine_and_on_values",
)

# Nested arguments.

STRUCTURE = "autograd/structure.py"

_fault(
    "default of a dict",
    STRUCTURE,
    "kind() if factory is None else kind(factory)",
    "kind()",
    "a defaultdict comes back without its default",
    "tests/test_calculus.py::test_structures_keep_their_kind",
)
_fault(
    "ragged rows",
    STRUCTURE,
    "if width and inner.count(_row(width)) == len(inner):",
    "if width and inner[-1] is _row(width):",
    "rows of unequal lengths are put together as a matrix",
    "tests/test_calculus.py::test_structures_keep_their_kind",
)
_fault(
    "sides of numpy",
    STRUCTURE,
    "return _FAST[name](x, y)",
    "return _FAST[name](*sorted((x, y), key=lambda x: not isinstance(x, Value)))",
    "np.float64(2) - v computes v - 2",
    "tests/test_numpy.py::test_a_function_of_numpy_is_the_row_whatever_is_a_value",
)

# Compiled functions: traces, indices, products, choices.

_fault(
    "captured variable of a derivative",
    "autograd/jit/trace.py",
    "if node.op is None or node in self._variables:",
    "if node.op is None:",
    "a compiled function freezes what it captures and grad differentiates to",
    "tests/jit/test_transforms.py"
    "::test_variables_of_derivatives_that_are_captured_are_no_constants[python]",
)
_fault(
    "rows of the longest list",
    "autograd/jit/trace.py",
    "counts[leaf] = min(count, counts.get(leaf, count))",
    "counts[leaf] = max(count, counts.get(leaf, count))",
    "an index is checked against the longest of the lists that it picks from",
    "tests/jit/test_calls.py::test_an_index_is_one_of_the_shortest_list",
)
_fault(
    "row beyond the last",
    "autograd/jit/trace.py",
    "if not -count <= index < count:",
    "if not -count <= index <= count:",
    "an index may be the number of rows",
    "tests/jit/test_calls.py::test_an_index_is_one_of_the_shortest_list",
)
_fault(
    "row beyond the last of many",
    "autograd/jit/program.py",
    "| (found >= counts)",
    "| (found > counts)",
    "an index among many samples may be the number of rows",
    "tests/jit/test_calls.py::test_an_index_is_one_of_the_shortest_list",
)
_fault(
    "row from the end",
    "autograd/jit/index.py",
    """choices.either(
        choices.compare("==", index, place - 1), choices.compare("==", index, place - 1 - count)
    )""",
    """choices.compare("==", index, place - 1)""",
    "a row that is picked from the end has no second derivative",
    "tests/jit/test_calls.py::test_second_derivatives_of_a_row_picked_by_an_argument",
)
_fault(
    "gradient of a row from the end",
    "autograd/jit/python.py",
    'at = f"int({self._values[index]}) % {len(column)}"',
    'at = f"int({self._values[index]})"',
    "in Python, a row that is picked from the end gets no gradient",
    "tests/jit/test_calls.py::test_rows_picked_by_arguments",
)
_fault(
    "sum that is also given back",
    "autograd/jit/products.py",
    "    uses.update(tape.outputs)\n",
    "",
    "a sum of products that is a result, too, is taken into a longer one",
    "tests/jit/test_calls.py::test_parts_of_sums_of_products_may_be_results",
)
_fault(
    "one factor in two products",
    "autograd/jit/products.py",
    "if long and _alone(tape, users, [*products, i]):",
    "if long:",
    "shares are added in another order than backward adds them",
    "tests/jit/test_calls.py::test_sums_of_products_are_loops_with_the_same_bits",
)
_fault(
    "masks of a sum",
    "autograd/jit/choices.py",
    "return one[0] + other[0], either(one[1], other[1])",
    "return one[0] + other[0], both(one[1], other[1])",
    "a gradient that came one way only counts as none",
    "tests/jit/test_transforms.py::test_both_nestings_of_every_function",
)
_fault(
    "list of one",
    "autograd/jit/program.py",
    "structured = any(version.specs) or version.tape.structure is not None",
    "structured = any(version.specs)",
    "the second call gives a list of results in another form",
    "tests/jit/test_program.py::test_every_call_gives_the_same_structure",
)
_fault(
    "index of a second call",
    "autograd/jit/program.py",
    "and not structured and not version.tape.indices",
    "and not structured",
    "an index is looked at in the first call alone",
    "tests/jit/test_calls.py::test_what_is_no_row",
    "tests/jit/test_calls.py::test_an_index_is_one_of_the_shortest_list",
)
_fault(
    "parameters do not add up",
    "autograd/value.py",
    "leaf.grad = _begun(grad) + added",
    "leaf.grad = added",
    "a compiled backward() puts its gradient in the place of the last",
    "tests/jit/test_program.py::test_parameters_are_read_at_every_call",
)
_fault(
    "mean of samples in Python",
    "autograd/jit/program.py",
    "grads = [sum(column) / count for column in",
    "grads = [sum(column) for column in",
    "in Python, gradients of many samples are summed and not averaged",
    "tests/jit/test_program.py::test_parameters_are_read_at_every_call",
)
_fault(
    "first share of samples",
    "autograd/jit/version.py",
    "return outputs, reduce(add, sums), reduce(add, grads), slopes",
    "return outputs, reduce(add, sums), grads[0], slopes",
    "of many samples, the first share's gradient counts",
    "tests/jit/test_threads.py::test_results_do_not_depend_on_the_number_of_workers",
)
_fault(
    "numbers of the call before",
    "autograd/jit/call.py",
    "if known is not key:",
    "if known is None:",
    "a call with other numbers gives those of the first",
    "tests/jit/test_calls.py::test_every_transform_of_calls_at_every_nesting",
)
_fault(
    "two results, one gradient",
    "autograd/jit/call.py",
    "return Cotangent(self.parts | other.parts | sums)",
    "return Cotangent(self.parts | other.parts)",
    "of two ways to one result of a call, the second counts",
    "tests/jit/test_calls.py::test_a_copy_of_a_result_is_that_result_once_more",
)
_fault(
    "copies of a result",
    "autograd/jit/call.py",
    "total = known[output] + node.grad if output in known else node.grad",
    "total = node.grad",
    "of two copies of a result, the last gradient counts",
    "tests/jit/test_calls.py::test_a_copy_of_a_result_is_that_result_once_more",
)
_fault(
    "one branch is 0",
    "autograd/jit/python.py",
    "return _always(yes) and _always(no)",
    "return _always(yes) or _always(no)",
    "a gradient that may not come is used as if it always did",
    "tests/rules/test_absence.py::test_a_branch_not_taken_hands_on_nothing",
)
_fault(
    "end of a part",
    "autograd/jit/python.py",
    "pulls[start : start + SIZE]",
    "pulls[start : start + SIZE - 1]",
    "a long function loses the last pull of each part",
    "tests/jit/test_program.py::test_a_long_tape_is_cut_in_python_too",
)

# Machine code: loops, layers, lanes.

LLVM = "autograd/jit/llvm/"

_fault(
    "one neuron more than a block",
    LLVM + "loops.py",
    "*([(whole, rest)] if rest else [])",
    "*([(whole, rest)] if rest > 1 else [])",
    "a layer of 9, 17 … neurons leaves its last one out",
    "tests/jit/test_agreement.py::test_networks_have_the_bits_of_eager",
)
_fault(
    "rest of a sum in parts",
    LLVM + "loops.py",
    "if each * parts < self.size:",
    "if each * parts < self.size - 1:",
    "with fastmath, a sum whose length is one more than its parts have loses a product",
    "tests/jit/test_agreement.py::test_fastmath_agrees_to_rounding",
)
_fault(
    "nan is another",
    LLVM + "lanes.py",
    'return self._compare("une", other)',
    'return self._compare("one", other)',
    "x != x is false for nan",
    "tests/jit/test_rows.py",
)
_fault(
    "last lane",
    LLVM + "samples.py",
    '"%used = icmp ule',
    '"%used = icmp ult',
    "the last sample is left out",
    "tests/jit/test_program.py::test_batch_runs_samples_side_by_side",
    "tests/jit/test_agreement.py::test_networks_have_the_bits_of_eager",
)
_fault(
    "group of the unused lanes",
    LLVM + "samples.py",
    '"%ending = icmp eq i64 %turn, %turns"',
    '"%ending = icmp eq i64 %turn, 1"',
    "samples that do not fill a vector count several times",
    "tests/jit/test_agreement.py::test_networks_have_the_bits_of_eager",
)
_fault(
    "slope where no gradient came",
    LLVM + "emitter.py",
    "if lanes is not g and isinstance(mask, Lanes):",
    "if lanes is g and isinstance(mask, Lanes):",
    "0 * inf in lanes that no gradient reaches",
    "tests/jit/test_calls.py::test_a_branch_not_taken_hands_nothing_on_through_a_call",
    "tests/jit/test_agreement.py::test_machine_code_has_the_bits_of_eager",
)
_fault(
    "minus zero in a leaf",
    LLVM + "emitter.py",
    "if i in memory.leaves and i not in memory.touched:",
    "if i not in memory.leaves and i not in memory.touched:",
    "a compiled gradient is -0.0 where backward's is 0.0",
    "tests/jit/test_bits.py::test_a_sum_begins_with_a_zero_that_has_no_sign",
)
_fault(
    "mask between functions",
    LLVM + "emitter.py",
    'memory.touched[i] = "all" if mask is True else "some"',
    'memory.touched[i] = "all"',
    "a gradient that some lanes have is taken for one that all have",
    "tests/jit/test_agreement.py::test_where_a_gradient_came_is_known_from_function_to_function",
)
_fault(
    "run copied twice",
    LLVM + "lowering.py",
    "return not scattered or (once and layer.size * len(layer.nodes) > LARGE)",
    "return not scattered or layer.size * len(layer.nodes) > LARGE",
    "a gradient has two places in memory, of which one is lost",
    "tests/jit/test_agreement.py::test_layers_of_every_layout_have_the_bits_of_eager",
    "tests/jit/test_agreement.py::test_runs_that_lie_anywhere_have_the_bits_of_eager",
)
_fault(
    "length of the weights",
    LLVM + "buffers.py",
    "wanted = [(parameters,), (parameters,),",
    "wanted = [(-1,), (parameters,),",
    "weights that are too few are read beyond their end",
    "tests/jit/test_program.py::test_parameters_are_read_at_every_call",
)
_fault(
    "lanes of the other branch",
    LLVM + "rows.py",
    'Logic("and", (test, at_yes)), Logic("and", (Not(test), at_no))',
    'Logic("and", (test, at_no)), Logic("and", (Not(test), at_yes))',
    "a gradient counts as handed on where the other branch does it",
    "tests/jit/test_rows.py::test_slopes_at_the_edges",
    "tests/jit/test_agreement.py::test_machine_code_has_the_bits_of_eager",
)
_fault(
    "two that are largest",
    LLVM + "kernels/runs.py",
    "first = (x == top) & (found ^ 1)",
    "first = x == top",
    "of several largest numbers, logsumexp counts one",
    "tests/rules/test_runs.py::test_compiled",
    "tests/jit/test_rows.py",
)
_fault(
    "product of those after",
    LLVM + "kernels/runs.py",
    "after[len(xs) - 1 - place]",
    "after[max(len(xs) - 2 - place, 0)]",
    "the product of the numbers after one leaves out its neighbour",
    "tests/rules/test_runs.py::test_compiled",
)

# Exported code.

SOURCE = "autograd/export/source/"

_fault(
    "difference without brackets, in C",
    SOURCE + "braces.py",
    "{self.within(right, binding + 1)}",
    "{self.within(right, binding)}",
    "a - (b - c) is written a - b - c in C and JavaScript",
    "tests/rules/test_brackets.py::test_javascript",
)
_fault(
    "minus of a minus",
    SOURCE + "braces.py",
    'return (f"-({text})" if text.startswith("-") else f"-{text}"), SIGN',
    'return f"-{text}", SIGN',
    "--x is another thing in C and JavaScript",
    "tests/rules/test_brackets.py::test_javascript",
)
_fault(
    "result given twice, exported",
    SOURCE + "script.py",
    'f"g[{place}] = add(g[{place}], {weight}, 1){self.end}"',
    'f"g[{place}] = {weight}{self.end}"',
    "of a result that is given twice, the last weight counts",
    "tests/export/test_programs.py::test_several_results_have_the_slopes_of_their_weighted_sum",
)
_fault(
    "second run in C",
    SOURCE + "c.py",
    '"&g[places[{which} * count + k]]" if which',
    '"&g[places[{which} + k]]" if which',
    "a dot in C hands the shares of its second run to the first",
    "tests/export/test_programs.py::test_lists_arrays_and_parameters",
)
_fault(
    "last line of a long pass",
    SOURCE + "writer.py",
    "for start in range(0, len(lines), CHUNK):",
    "for start in range(0, len(lines) - (len(lines) > 1), CHUNK):",
    "of 101, 201 … lines the last is not written",
    "tests/export/test_programs.py::test_each_line_of_a_pass_of_any_length_is_written",
)
_fault(
    "row from the end, exported",
    "autograd/export/listing.py",
    "for number in (k, k - len(rows)):",
    "for number in (k,):",
    "exported code knows no index from the end",
    "tests/export/test_programs.py::test_calls_are_written_out_and_indices_pick",
)
_fault(
    "minus zero in JavaScript",
    SOURCE + "javascript.py",
    ' and str(x) != "-0.0"',
    "",
    "-0.0 is written 0",
    "tests/export/test_programs.py::test_zeros_keep_their_sign",
)

# Networks.

_fault(
    "velocity of the step before",
    "nn/optim.py",
    "g + self.momentum * velocity",
    "g + self.momentum * state[0]",
    "Nesterov's step looks ahead along the old velocity",
    "tests/nn/test_optim.py",
)
_fault(
    "bias of the other moment",
    "nn/optim.py",
    "_root(1 - beta2**step)",
    "_root(1 - beta1**step)",
    "Adam takes the bias of the mean out of the squares",
    "tests/nn/test_optim.py",
)
_fault(
    "epsilon in the root",
    "nn/optim.py",
    "(_root(square) + self.epsilon)",
    "_root(square + self.epsilon)",
    "RMSprop adds its epsilon before the root",
    "tests/nn/test_optim.py",
)
_fault(
    "rate of the next step",
    "nn/optim.py",
    "rate = rule.rate(self.steps)",
    "rate = rule.rate(step)",
    "a schedule is one step ahead",
    "tests/nn/test_optim.py",
)
_fault(
    "line without an end",
    "nn/schedules.py",
    "return self.rate + (self.end - self.rate) * min(step, self.steps) / self.steps",
    "return self.rate + (self.end - self.rate) * step / self.steps",
    "a linear decay goes on below its end",
    "tests/nn/test_optim.py",
)
_fault(
    "schedule after a warmup",
    "nn/schedules.py",
    "return self.after(step - self.steps) if",
    "return self.after(step) if",
    "a schedule after a warmup begins in its middle",
    "tests/nn/test_optim.py",
)
_fault(
    "distance that is ignored",
    "nn/losses.py",
    "near = minimum(distance, delta)",
    "near = minimum(distance, 1)",
    "huber takes no notice of its delta",
    "tests/nn/test_losses.py",
)
_fault(
    "model with another activation",
    "nn/content.py",
    'key not in ("optimizer", "elementary")',
    'key not in ("optimizer", "elementary", "activation")',
    "weights are loaded into a model with other activations",
    "tests/nn/test_storage.py",
)
_fault(
    "name of a linear layer",
    "nn/formats.py",
    'place += 1 if layer["activation"] == "linear" else 2',
    "place += 2",
    "tensors after a linear layer have other names than in PyTorch",
    "tests/nn/test_storage.py",
    "tests/nn/test_export.py",
)
_fault(
    "half of the penalty",
    "nn/compiled.py",
    "gradient += 2 * self.l2 * w",
    "gradient += self.l2 * w",
    "the penalty's slope is half of what it is without jit",
    "tests/nn/test_compiled.py",
)
_fault(
    "dropout that shrinks",
    "nn/dropout.py",
    "kept = 1 / (1 - self.rate)",
    "kept = 1",
    "what dropout keeps is not scaled up",
    "tests/nn/test_parts.py::test_dropout_keeps_what_is_expected_and_stays_out_of_evaluation",
)
_fault(
    "measured while dropping",
    "nn/learner.py",
    "with resting(self.model):",
    "if True:",
    "validation is measured in training mode",
    "tests/nn/test_parts.py::test_masks_differ_from_step_to_step_and_follow_the_seed",
)
_fault(
    "variance of a sample",
    "nn/norm.py",
    "dot(xs, xs) / len(xs) + self.epsilon",
    "dot(xs, xs) / max(len(xs) - 1, 1) + self.epsilon",
    "a norm divides by n − 1",
    "tests/nn/test_parts.py::test_norms_have_pytorchs_values_and_gradients",
)
_fault(
    "row that is not there",
    "nn/embedding.py",
    "if not 0 <= index(given) < self.count:",
    "if not index(given) < self.count:",
    "a negative number picks a row from the end",
    "tests/nn/test_parts.py::test_an_embedding_says_what_it_cannot_look_up",
)
_fault(
    "traced row from the end",
    "nn/embedding.py",
    "where(given < 0, nan, x)",
    "where(given < 0, x, x)",
    "a negative number picks a row from the end in compiled code",
    "tests/nn/test_parts.py::test_a_compiled_embedding_has_no_row_from_the_end",
)
_fault(
    "compiled row from the end",
    "nn/compiled.py",
    "wrong = (found < 0) | (found >= [*indices.values()])",
    "wrong = found >= [*indices.values()]",
    "a negative number picks a row from the end in compiled training",
    "tests/nn/test_compiled.py::test_samples_that_do_not_fit_are_named",
)
_fault(
    "tied weight twice",
    "nn/losses.py",
    "{id(w) if isinstance(w, Value) else ~place: w for",
    "{~place: w for",
    "a shared weight is penalised as often as it is named",
    "tests/nn/test_architectures.py::test_a_tied_weight_counts_once_in_every_penalty",
)
_fault(
    "equal constants",
    "autograd/jit/index.py",
    "alike = first in self._made and len({_key(x.raw) for x in entries}) == 1",
    "alike = len({_key(x.raw) for x in entries}) == 1",
    "Values that an index picks by way of a number are one constant if they are equal",
    "tests/jit/test_calls.py::test_what_an_index_cannot_do_is_refused",
)
_fault(
    "computed parameter",
    "nn/module.py",
    "return isinstance(part, Value) and part.op is None and",
    "return isinstance(part, Value) and",
    "a Value that was computed and kept is trained",
    "tests/nn/test_subclasses.py",
)
_fault(
    "last batch",
    "nn/data.py",
    "for start in range(0, len(samples), size)",
    "for start in range(0, len(samples) - size + 1, size)",
    "the last, shorter batch is left out",
    "tests/nn/test_data.py",
    "tests/nn/test_train.py",
)
_fault(
    "patience that is not reset",
    "nn/callbacks.py",
    "self.best, self.waited, self._weights = loss, 0, weights",
    "self.best, self._weights = loss, weights",
    "epochs without a better loss count though a better one came",
    "tests/nn/test_train.py::test_patience_begins_again_with_a_better_loss_and_with_another_training",
)
_fault(
    "patience of the training before",
    "nn/callbacks.py",
    "if history.epochs == 1:",
    "if history.epochs == 0:",
    "early stopping remembers the training before",
    "tests/nn/test_train.py::test_patience_begins_again_with_a_better_loss_and_with_another_training",
)
_fault(
    "gradients of the batch before",
    "nn/learner.py",
    "        self.optimizer.zero_grad()\n",
    "",
    "gradients of one batch are added to those of the next",
    "tests/nn/test_train.py",
)
_fault(
    "batches that weigh the same",
    "nn/learner.py",
    "total * len(picks) / count",
    "total / 2",
    "a shorter batch of a step counts as much as a long one",
    "tests/nn/test_steps.py",
)
_fault(
    "penalty of what is frozen",
    "nn/optim.py",
    "self.parameters = [value for value, path in paths.items() if path in active]",
    "self.parameters = [*paths]",
    "frozen parameters are among those that are penalised",
    "tests/nn/test_optim.py",
)
_fault(
    "group of another number",
    "nn/optim.py",
    'name.startswith(path + ".")',
    "name.startswith(path)",
    "the group of neuron 1 has neuron 10, too",
    "tests/nn/test_optim.py",
)
_fault(
    "order of the first epoch",
    "nn/train.py",
    "range(0 if seed is None else self.learner.optimizer.epochs)",
    "range(0)",
    "a training that goes on meets the samples in the order of its first epoch again",
    "tests/nn/test_steps.py",
    "tests/nn/test_checkpoints.py",
)
_fault(
    "state of a neighbour",
    "nn/content.py",
    "{names[optimizer.parameters[k]]: [*optimizer.states[k]] for k in places}",
    "{names[optimizer.parameters[k]]: [*optimizer.states[0]] for k in places}",
    "every parameter is stored with the first one's moments",
    "tests/nn/test_checkpoints.py",
)
_fault(
    "iteration before its step",
    "nn/train.py",
    "            take()\n            history.loss[done:] = means\n",
    "            history.loss[done:] = means\n            if not means:\n                take()\n",
    "a history counts iterations that the weights have not learned from",
    "tests/nn/test_interrupts.py",
)
_fault(
    "spread of first weights",
    "nn/initial.py",
    "math.sqrt(2 / nin)",
    "math.sqrt(1 / nin)",
    "He's weights have half their variance",
    "tests/nn/test_layers.py::test_initial_weights_have_the_variance_their_scheme_promises",
)

# Certified derivatives and their enclosures.

_fault(
    "kink that is decided",
    "autograd/testing/enclosure.py",
    "if not self.is_moving() and self.start == 0:\n            return 0",
    "if self.start == 0:\n            return 0",
    "a derivative is proved at a kink, where there is none",
    "tests/testing/test_enclosure.py",
)
_fault(
    "sign of a direction",
    "autograd/testing/enclosure.py",
    "total += math.prod(signs) * _coefficient",
    "total += _coefficient",
    "a mixed derivative is enclosed without the signs of polarization",
    "tests/testing/test_enclosure.py",
)
_fault(
    "half the digits",
    "autograd/testing/enclosure.py",
    "if found.rel_accuracy_bits() >= wanted:",
    "if found.rel_accuracy_bits() >= wanted // 4:",
    "a ball is accepted that proves too few digits",
    "tests/testing/test_enclosure.py::test_digits_are_added_until_enough_of_them_are_proved",
)
_fault(
    "differences that do not agree",
    "autograd/testing/certified.py",
    "abs(found) * context.mpf(10) ** -_DIGITS:",
    "abs(found) * context.mpf(10) ** -1:",
    "a difference is accepted before it has settled",
    "tests/testing/test_enclosure.py::test_differences_are_taken_until_thirty_digits_agree",
)
_fault(
    "slope from below",
    "autograd/testing/certified.py",
    "/ (side * step)",
    "/ step",
    "the slope from below has the other sign",
    "tests/testing/test_enclosure.py::test_one_sided_slopes",
)
_fault(
    "unit of the last place",
    "autograd/testing/certified.py",
    "context.frexp(true)[1] - 53",
    "context.frexp(true)[1] - 52",
    "errors are counted in units twice as large",
    "tests/testing/test_enclosure.py::test_an_ulp_is_the_distance_to_the_next_double",
)

# Random graphs and gradcheck.

TESTING = "autograd/testing/"

_fault(
    "step that nothing uses",
    TESTING + "strategies.py",
    "        free = [*left, live]\n",
    "        free = [live]\n",
    "random graphs have steps that their value does not depend on",
    "tests/testing/test_strategies.py::test_no_choice_makes_a_dead_step",
)
_fault(
    "no second look",
    TESTING + "gradients.py",
    "    if finite:\n        _repeats(task, run)",
    "    if not finite:\n        _repeats(task, run)",
    "gradcheck evaluates once, and randomness is not found",
    "tests/testing/test_gradcheck.py::test_what_is_not_the_same_twice_is_found",
)
_fault(
    "lost graph",
    TESTING + "gradients.py",
    "    if beside.missed:",
    "    if beside.missed and run.root.op is None:",
    "gradcheck finds a lost graph only where no graph is left",
    "tests/testing/test_gradcheck.py::test_a_lost_graph_is_found",
)
_fault(
    "second derivative to another",
    TESTING + "gradients.py",
    "get(arguments[place], 0)",
    "get(arguments[0], 0)",
    "gradcheck of second order looks at the gradient to the first argument alone",
    "tests/testing/test_gradcheck.py::test_a_wrong_second_derivative_is_found",
)
_fault(
    "outside of a domain",
    TESTING + "nodes.py",
    "inside = bool(op.run or op.inside(*operands))",
    "inside = bool(not op.run or op.inside(*operands))",
    "a rule is blamed for what it gives outside of its domain",
    "tests/testing/test_gradcheck.py::test_outside_of_its_domain_a_rule_may_give_what_it_likes",
)
_fault(
    "path forgotten",
    TESTING + "gradients.py",
    "                total += Fraction(slope) * moved\n",
    "                total = Fraction(slope) * moved\n",
    "gradcheck's own sum over paths has the last one only",
    "tests/testing/test_gradcheck.py::test_no_false_alarms",
)

# The verdicts of check_rule and check_function.

VERDICTS = "tests/testing/test_verdicts.py::"

_fault(
    "rounding called wrong",
    TESTING + "proof.py",
    "return bool(abs(unrounded - true) <= allowed * part)",
    "return bool(abs(unrounded - true) <= 0)",
    "a rule that is right and computed badly is called wrong",
    VERDICTS + "test_inaccurate_has_the_region_and_the_ulp",
)
_fault(
    "nothing checked",
    TESTING + "proof.py",
    'found.append(self.unchecked(f"no point tried is in the domain {one.domain}"))',
    "found += []",
    "a check that met no point of the domain is a pass",
    VERDICTS + "test_nothing_checked_is_no_pass",
)
_fault(
    "constants of slopes",
    TESTING + "marks.py",
    "(op.trees.value, op.trees.meaning, *op.trees.slopes, op.trees.domain)",
    "(op.trees.value, op.trees.meaning, op.trees.domain)",
    "the comparisons of slopes are not looked at",
    VERDICTS + "test_wrong_has_the_point_and_what_is_right_there",
    VERDICTS + "test_a_wrong_rule_is_caught",
)
_fault(
    "one way across 0",
    TESTING + "marks.py",
    "elif last and d * last[1] < 0:",
    "elif last and d < 0 < last[1]:",
    "where a comparison begins to hold is not found, only where it ends",
    "autograd/testing/marks.py",
)
_fault(
    "zero of few digits",
    TESTING + "exact.py",
    "if found != 0 and error <= size",
    "if error <= size",
    "a number that the first digits take for 0 counts as 0",
    "tests/testing/test_exact.py::test_cancellation_is_undone",
    VERDICTS + "test_a_right_rule_passes_or_is_inaccurate",
)
_fault(
    "stretch of a region",
    TESTING + "regions.py",
    "        elif since < 3:",
    "        elif since < 1:",
    "a region is cut at every point that is right",
    VERDICTS + "test_a_region_ends_where_three_in_a_row_are_right",
)

# Formulas: the one walk that writes them, and what they come to.

_fault(
    "negative sum",
    "autograd/formula/typesetter.py",
    "return self.negative(self._within(of, PRODUCT)), SUM",
    "return self.negative(self._within(of, SUM)), SUM",
    "-(a + b) is printed -a + b",
    "tests/rules/test_brackets.py::test_what_explain_prints_is_read_as_the_same_number",
)
_fault(
    "sum taken away",
    "autograd/formula/typesetter.py",
    "found.append(self.sign(sign) + self._within(part, PRODUCT))",
    "found.append(self.sign(sign) + self._within(part, SUM))",
    "a - (b + c) is printed a - b + c",
    "tests/rules/test_brackets.py::test_what_explain_prints_is_read_as_the_same_number",
)
_fault(
    "power of a power",
    "autograd/formula/typesetter.py",
    "return self._power(self._within(base, ATOM), exponent), POWER",
    "return self._power(self._within(base, POWER), exponent), POWER",
    "(x^a)^b is printed x^a^b",
    "tests/rules/test_brackets.py::test_what_explain_prints_is_read_as_the_same_number",
)
_fault(
    "quotient by a product",
    "autograd/formula/typesetter.py",
    "self._within(over, PRODUCT), self._within(under, POWER)",
    "self._within(over, PRODUCT), self._within(under, PRODUCT)",
    "a/(b*c) is printed a/b*c",
    "tests/rules/test_brackets.py::test_what_explain_prints_is_read_as_the_same_number",
)
_fault(
    "sign of a factor",
    "autograd/formula/tree.py",
    "coefficient, part = -coefficient, part.of",
    "coefficient, part = coefficient, part.of",
    "a product with a negative factor loses its sign",
    "tests/rules/test_brackets.py::test_what_explain_prints_is_read_as_the_same_number",
)
_fault(
    "rounded equals",
    "autograd/explain/equation.py",
    "NOISE = 2.0**-50",
    "NOISE = 2.0**-30",
    "a side that was rounded stands behind = and not behind \u2248",
    "tests/explain/test_reading_back.py::test_equal_is_what_is_equal_in_the_digits_shown",
    "tests/explain/test_reading_back.py::test_derivations_of_every_number_type_hold",
)
_fault(
    "results that lead elsewhere",
    "autograd/explain/equation.py",
    "return found if write(current) == self.result else []",
    "return found",
    "a line works its way to other digits than its value has",
    "tests/explain/test_explain.py::test_no_result_in_between_where_it_leads_to_other_digits",
)
_fault(
    "number of ways",
    "autograd/explain/paths.py",
    "ways[parent] = ways.get(parent, 0) + ways[node]",
    "ways[parent] = ways.get(parent, 0) + 1",
    "arrows are counted, not the ways over them",
    "tests/explain/test_explain.py::test_ways_are_counted_not_arrows",
)
_fault(
    "direct edge",
    "autograd/explain/paths.py",
    "stack = [other for other in hops[node] if other is not parent]",
    "stack = [other for other in hops[node] if other is parent]",
    "a derivative along one edge is not told from the whole one",
    "tests/explain/test_explain.py::test_several_paths_add_up_and_direct_edges_say_so",
)
_fault(
    "order of terms",
    "autograd/explain/slopes.py",
    "fm.add(other.formula, one.formula)",
    "fm.add(one.formula, other.formula)",
    "the terms of a derivative stand from the last use to the first",
    "tests/explain/test_explain.py::test_terms_stand_as_their_uses_do",
)
_fault(
    "names that print alike",
    "autograd/explain/naming.py",
    "if pretty(unique) in taken:  # somebody else's name already",
    "if unique in taken:  # somebody else's name already",
    "two values are printed under one name",
    "tests/explain/test_explain.py::test_names_that_print_alike_are_told_apart_whatever_they_are",
)

# Pictures and steps.

_fault(
    "arrow of False",
    "autograd/draw/folding.py",
    "0 if slope is False else slope, [(parent, node)]",
    "slope, [(parent, node)]",
    "the arrow of a branch not taken says False",
    "tests/draw/test_draw.py::test_an_arrow_of_a_branch_not_taken_has_the_slope_0",
)
_fault(
    "leaf in its last block",
    "autograd/draw/levels.py",
    "first[parent] = min(first.get(parent, own), own)",
    "first[parent] = max(first.get(parent, own), own)",
    "a leaf stands in the block that uses it last, behind what uses it first",
    "tests/draw/test_draw.py::test_a_leaf_stands_in_the_block_that_uses_it_first",
)
_fault(
    "one of several that leave",
    "autograd/draw/folding.py",
    "single = len(outside) == 1 and",
    "single = len(outside) >= 1 and",
    "a box that several values leave shows the first one's number",
    "tests/draw/test_draw.py::test_a_box_that_several_values_leave_shows_none_of_them",
)
_fault(
    "parameters that are used elsewhere",
    "autograd/draw/levels.py",
    'keys[parameter] = ("parameters",) if parameter in elsewhere else HIDDEN',
    "keys[parameter] = HIDDEN",
    "parameters that a penalty uses are left out of a picture",
    "tests/draw/test_draw.py::test_parameters_that_a_penalty_uses_have_a_box",
)
_fault(
    "name before the list",
    "autograd/draw/roles.py",
    'named.get(node) or ("weight" if node in parameters or node in placed else "input")',
    '("weight" if node in parameters or node in placed else named.get(node) or "input")',
    "a leaf's place speaks louder than its name",
    "tests/draw/test_look.py::test_names_decide_what_is_a_weight",
    "tests/draw/test_look.py::test_parameters_count_where_no_name_says_more_and_then_the_place",
)
_fault(
    "second share",
    "autograd/explain/passes.py",
    "shares[pair] = total_of(shares[pair], added) if pair in shares else added",
    "shares[pair] = added",
    "a step adds only the last way between two named values",
    "tests/steps/test_steps.py::test_what_is_there_and_what_is_added_make_the_total",
)
_fault(
    "used twice",
    "autograd/explain/passes.py",
    "elif uses.get(node, 1) > 1:",
    "elif uses.get(node, 1) > 2:",
    "a value that is used twice is not said to be complete only now",
    "tests/steps/test_steps.py::test_a_shared_node_adds_up_and_the_words_say_why",
)
_fault(
    "gradient so far",
    "autograd/explain/passes.py",
    "before = totals.get(parent, 0)",
    "before = totals.get(node, 0)",
    "a step starts from another value's gradient",
    "tests/steps/test_steps.py::test_the_hand_calculation_step_by_step",
    "tests/steps/test_steps.py::test_a_shared_node_adds_up_and_the_words_say_why",
)

# The test that any engine can take.

_fault(
    "any number is a convention",
    TESTING + "engines/passes.py",
    "and number == trial.convention[0]:",
    "and number is not None:",
    "whatever another engine gives in a second pass counts as its convention",
    "tests/testing/engines/test_planted.py::test_a_wrong_engine_is_named_for_what_it_is[Stale]",
)
_fault(
    "ends of a kink, another engine's",
    TESTING + "engines/operations.py",
    "if not low - slack <= number <= high + slack:",
    "if not low + slack <= number <= high - slack:",
    "the slope of one side of a kink is called wrong in another engine",
    "tests/testing/engines/test_planted.py::test_what_is_a_convention_is_no_fault",
)
