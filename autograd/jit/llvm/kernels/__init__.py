"""Mathematical functions over lanes, at most 4 ulp from exact, none of them a call lane by lane.

Coefficients are those of Taylor's series wherever the reduced argument allows it, so they are
written as what they are. Steps that need more than a double carry its rounding error along,
exactly, by fused multiplication and addition; LLVM may not reorder these even under `fastmath`.
"""

# Each module registers its functions.
from autograd.jit.llvm.kernels import circular as circular
from autograd.jit.llvm.kernels import exponential as exponential
from autograd.jit.llvm.kernels import hyperbolic as hyperbolic
from autograd.jit.llvm.kernels import normal as normal
from autograd.jit.llvm.kernels import plane as plane
from autograd.jit.llvm.kernels import rounding as rounding
from autograd.jit.llvm.kernels import runs
from autograd.jit.llvm.kernels.kernel import FUNCTIONS, KERNELS, definition

__all__ = ["FUNCTIONS", "KERNELS", "definition", "runs"]
