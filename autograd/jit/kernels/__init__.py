"""Mathematical functions over lanes, at most 4 ulp from exact, none of them a call lane by lane.

Coefficients are those of Taylor's series wherever the reduced argument allows it, so they are
written as what they are. Steps that need more than a double carry its rounding error along, exactly,
by fused multiplication and addition; compilers may not reorder these functions even under `fastmath`.
"""

from autograd.jit.kernels import circular, exponential, hyperbolic, normal, plane, runs
from autograd.jit.kernels.kernel import FUNCTIONS, KERNELS, definition

__all__ = ["FUNCTIONS", "KERNELS", "definition", "runs"]
