"""What faults of an engine are called, in a report."""

# How gradients go through a graph.
ASSIGNED = "gradients are assigned, not added up (= in the place of +=)"
ONCE = "a value that is both operands gets its gradient once (are the parents in a set?)"
ONCE_IN_ONE = "where both operands are one value, it gets its gradient once"
SHALLOW = (
    "no gradient goes beyond the operands of the result: it looks as if the parents were not kept, "
    "or the order not reversed"
)
REVERSED = "the backward pass goes from the leaves to the result: its order is not reversed"
UNORDERED = (
    "the backward pass is in no topological order: a value hands its gradient on before it has "
    "all of it"
)
REPEATED = (
    "a value that is reached on two ways hands its gradient on twice (is what was visited kept?)"
)
PATHS = "the time doubles with every value that is used twice: each way is walked by itself"
RECURSIVE = "the walk through the graph is recursive"
LEAVES_OUT = (
    "Python ends a recursion at about 1000 calls; where that is no fault, --longest {0}, "
    "or longest={0}, leaves it out"
)
MERGED = "different values with equal data are taken for one (compared or hashed by data)"
UNCHAINED = "the slope is not multiplied by the gradient of the result (no * out.grad)"
OWN = (
    "the slope to {0} is multiplied by the gradient of {0} itself, not by that of the result "
    "(self.grad in the place of out.grad)"
)
ORPHANED = "what the operands were made of gets no gradient (are they kept as its parents?)"
SEEDED = "the backward pass starts with the data of the result, not with 1"
SCALED = "the backward pass does not start with 1"
NOTHING = "no gradient arrives anywhere: is the gradient of the result set to 1?"
UNKNOWN = "a graph of right operations is wrong"

# What may be wrong at an edge, and how it is said where it is so for one of two operands.
AT_AN_EDGE = {
    ASSIGNED: "the gradient of {0} is assigned, not added up (= in the place of +=)",
    UNCHAINED: "the slope to {0} is not multiplied by the gradient of the result (no * out.grad)",
    ORPHANED: "what {0} was made of gets no gradient (is {0} kept as one of its parents?)",
}

# What is kept between passes.
ROOT = "a second backward pass begins with 2: the gradient of the result is added to, not set to 1"
AGAIN = "a second backward pass of one product is wrong"
STALE = "a second backward pass counts the interior gradients of the first again"
DESTROYED = "the backward pass of one result destroys what another needs"
READ_LATE = "data that is changed after the forward pass changes the gradient of what was computed"
UNZEROED = "zero_grad() leaves a gradient there"
ALIASED = "+= changes every name of the value"
UNSEEDED = "the gradient of a value to itself is not 1"
INTERIOR = "the gradient of a value in between is wrong"
FRESH = "a new value has a gradient already: something is shared between values"
STATEFUL = "there is a state that graphs share"
OTHERWISE = "once more, it gives {}: an order changes from run to run (is it that of a set?)"
OTHERS = (
    "the backward pass of one result changes the gradients of another graph: a list or a set is "
    "kept from pass to pass (is it global, or the default of an argument?)"
)

# Operations.
OTHER_SIGN = "it has the other sign"
TIMES_DATA = "it is the right one times out (out.data in the place of out.grad?)"
LOST = "loses the graph: no gradient goes through it"
NUMBER = "loses the graph: its result is a number, and none of the engine's"
CHANGES = "changes its operand"
