"""The elementary functions under their `math` names, on Values and on numbers.

Each is made from its row of `autograd.ops`; the names are written out here so that editors and type
checkers know them. Values in, a Value out; numbers in, a number out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from autograd.engine import FUNCTIONS

Function: TypeAlias = Callable[..., Any]

exp: Function = FUNCTIONS["exp"]
log: Function = FUNCTIONS["log"]
log2: Function = FUNCTIONS["log2"]
log10: Function = FUNCTIONS["log10"]
sqrt: Function = FUNCTIONS["sqrt"]
cbrt: Function = FUNCTIONS["cbrt"]
expm1: Function = FUNCTIONS["expm1"]
log1p: Function = FUNCTIONS["log1p"]

sin: Function = FUNCTIONS["sin"]
cos: Function = FUNCTIONS["cos"]
tan: Function = FUNCTIONS["tan"]
asin: Function = FUNCTIONS["asin"]
acos: Function = FUNCTIONS["acos"]
atan: Function = FUNCTIONS["atan"]
atan2: Function = FUNCTIONS["atan2"]

sinh: Function = FUNCTIONS["sinh"]
cosh: Function = FUNCTIONS["cosh"]
tanh: Function = FUNCTIONS["tanh"]
asinh: Function = FUNCTIONS["asinh"]
acosh: Function = FUNCTIONS["acosh"]
atanh: Function = FUNCTIONS["atanh"]

sigmoid: Function = FUNCTIONS["sigmoid"]
softplus: Function = FUNCTIONS["softplus"]
relu: Function = FUNCTIONS["relu"]
leaky_relu: Function = FUNCTIONS["leaky_relu"]
elu: Function = FUNCTIONS["elu"]
gelu: Function = FUNCTIONS["gelu"]
silu: Function = FUNCTIONS["silu"]
erf: Function = FUNCTIONS["erf"]

maximum: Function = FUNCTIONS["maximum"]
minimum: Function = FUNCTIONS["minimum"]
clip: Function = FUNCTIONS["clip"]
where: Function = FUNCTIONS["where"]

hypot: Function = FUNCTIONS["hypot"]
xlogy: Function = FUNCTIONS["xlogy"]
logsumexp: Function = FUNCTIONS["logsumexp"]
dot: Function = FUNCTIONS["dot"]
