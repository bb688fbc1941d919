"""What each operation gives where formulas do not say: kinks, poles, 0 and its sign, inf and nan.

The table was worked out from the conventions: IEEE 754 and C99 for values, the limit of the slope
from inside where there is one, the documented choice at a kink, nan where the value is nan, a whole
number where the slope is one. Second derivatives have a table of their own: at a kink they are
those of the piece that the value is taken from, 0 where that is a choice of both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

TABLE = """\
exp(inf) = inf, slopes inf
exp(-inf) = 0.0, slopes 0.0
exp(nan) = nan, slopes nan
exp(1000.0) = inf, slopes inf
exp(-1000.0) = 0.0, slopes 0.0
exp2(inf) = inf, slopes inf
exp2(-inf) = 0.0, slopes 0.0
exp2(nan) = nan, slopes nan
exp2(-0.0) = 1.0, slopes 0.6931471805599453
exp2(2.0) = 4.0, slopes 2.772588722239781
exp2(1024.0) = inf, slopes 1.2460659279417838e+308
exp2(1025.0) = inf, slopes inf
exp2(-1074.0) = 5e-324, slopes 5e-324
expm1(inf) = inf, slopes inf
expm1(-inf) = -1.0, slopes 0.0
expm1(nan) = nan, slopes nan
expm1(1000.0) = inf, slopes inf
expm1(-1000.0) = -1.0, slopes 0.0
log(0.0) = -inf, slopes inf
log(-0.0) = -inf, slopes -inf
log(inf) = inf, slopes 0.0
log(-1.0) = nan, slopes nan
log(nan) = nan, slopes nan
log(5e-324) = -744.4400719213812, slopes inf
log2(0.0) = -inf, slopes inf
log2(-0.0) = -inf, slopes -inf
log2(inf) = inf, slopes 0.0
log2(-1.0) = nan, slopes nan
log2(nan) = nan, slopes nan
log2(5e-324) = -1074.0, slopes inf
log10(0.0) = -inf, slopes inf
log10(-0.0) = -inf, slopes -inf
log10(inf) = inf, slopes 0.0
log10(-1.0) = nan, slopes nan
log10(nan) = nan, slopes nan
log10(5e-324) = -323.3062153431158, slopes inf
log_base(8.0, 2.0) = 3.0, slopes 0.18033688011112042, -2.1640425613334453
log_base(0.0, 2.0) = -inf, slopes inf, inf
log_base(-1.0, 2.0) = nan, slopes nan, nan
log_base(2.0, -1.0) = nan, slopes nan, nan
log_base(2.0, 1.0) = inf, slopes inf, -inf
log_base(2.0, 0.0) = -0.0, slopes -0.0, nan
logit(0.5) = 0.0, slopes 4.0
logit(0.0) = -inf, slopes inf
logit(1.0) = inf, slopes inf
logit(2.0) = nan, slopes nan
logit(-1.0) = nan, slopes nan
log1p(-1.0) = -inf, slopes inf
log1p(-2.0) = nan, slopes nan
log1p(-0.0) = -0.0, slopes 1.0
log1p(inf) = inf, slopes 0.0
sqrt(0.0) = 0.0, slopes inf
sqrt(-0.0) = -0.0, slopes -inf
sqrt(inf) = inf, slopes 0.0
sqrt(-1.0) = nan, slopes nan
sqrt(nan) = nan, slopes nan
cbrt(0.0) = 0.0, slopes inf
cbrt(-0.0) = -0.0, slopes inf
cbrt(inf) = inf, slopes 0.0
cbrt(-inf) = -inf, slopes 0.0
cbrt(-8.0) = -2.0, slopes 0.08333333333333333
sin(inf) = nan, slopes nan
sin(nan) = nan, slopes nan
sin(-0.0) = -0.0, slopes 1.0
cos(inf) = nan, slopes nan
cos(nan) = nan, slopes nan
cos(-0.0) = 1.0, slopes 0.0
tan(inf) = nan, slopes nan
tan(nan) = nan, slopes nan
tan(-0.0) = -0.0, slopes 1.0
asin(1.0) = 1.5707963267948966, slopes inf
asin(-1.0) = -1.5707963267948966, slopes inf
asin(2.0) = nan, slopes nan
acos(1.0) = 0.0, slopes -inf
acos(-1.0) = 3.141592653589793, slopes -inf
acos(2.0) = nan, slopes nan
atan(inf) = 1.5707963267948966, slopes 0.0
atan(-inf) = -1.5707963267948966, slopes 0.0
atan(-0.0) = -0.0, slopes 1.0
atan(1e+200) = 1.5707963267948966, slopes 0.0
sinh(inf) = inf, slopes inf
sinh(-inf) = -inf, slopes inf
sinh(-0.0) = -0.0, slopes 1.0
sinh(1000.0) = inf, slopes inf
cosh(inf) = inf, slopes inf
cosh(-inf) = inf, slopes -inf
cosh(-0.0) = 1.0, slopes -0.0
cosh(1000.0) = inf, slopes inf
tanh(inf) = 1.0, slopes 0.0
tanh(-inf) = -1.0, slopes 0.0
tanh(-0.0) = -0.0, slopes 1.0
tanh(1000.0) = 1.0, slopes 0.0
asinh(inf) = inf, slopes 0.0
asinh(-inf) = -inf, slopes 0.0
asinh(-0.0) = -0.0, slopes 1.0
asinh(1000.0) = 7.600902709541988, slopes 0.000999999500000375
acosh(1.0) = 0.0, slopes inf
acosh(0.5) = nan, slopes nan
acosh(inf) = inf, slopes 0.0
atanh(1.0) = inf, slopes inf
atanh(-1.0) = -inf, slopes inf
atanh(2.0) = nan, slopes nan
sigmoid(inf) = 1.0, slopes 0.0
sigmoid(-inf) = 0.0, slopes 0.0
sigmoid(nan) = nan, slopes nan
sigmoid(-1000.0) = 0.0, slopes 0.0
softplus(inf) = inf, slopes 1.0
softplus(-inf) = 0.0, slopes 0.0
softplus(nan) = nan, slopes nan
softplus(-1000.0) = 0.0, slopes 0.0
softsign(0.0) = 0.0, slopes 1.0
softsign(-0.0) = -0.0, slopes 1.0
softsign(1.0) = 0.5, slopes 0.25
softsign(inf) = 1.0, slopes 0.0
softsign(-inf) = -1.0, slopes 0.0
softsign(nan) = nan, slopes nan
softsign(1e+200) = 1.0, slopes 0.0
selu(0.0) = 0.0, slopes 1.7580993408473766
selu(-inf) = -1.7580993408473766, slopes 0.0
selu(inf) = inf, slopes 1.0507009873554805
selu(nan) = nan, slopes nan
celu(0.0, 1.0) = 0.0, slopes 1.0, -0.0
celu(-inf, 1.0) = -1.0, slopes 0.0, -1.0
celu(inf, 1.0) = inf, slopes 1, 0
celu(nan, 1.0) = nan, slopes nan, nan
celu(-1e-300, 1e+300) = -1e-300, slopes 1.0, -0.0
celu(-1.1e-10, 1e+300) = -1.1e-10, slopes 1.0, -0.0
mish(0.0) = 0.0, slopes 0.6
mish(-inf) = -0.0, slopes -0.0
mish(inf) = inf, slopes 1.0
mish(nan) = nan, slopes nan
mish(-1000.0) = -0.0, slopes -0.0
log_sigmoid(inf) = -0.0, slopes 0.0
log_sigmoid(-inf) = -inf, slopes 1.0
log_sigmoid(nan) = nan, slopes nan
log_sigmoid(1000.0) = -0.0, slopes 0.0
hardtanh(1.0) = 1.0, slopes 0
hardtanh(-1.0) = -1.0, slopes 0
hardtanh(-inf) = -1.0, slopes 0
hardtanh(-0.0) = -0.0, slopes 1
hardtanh(nan) = nan, slopes nan
relu6(0.0) = 0.0, slopes 0
relu6(-0.0) = 0.0, slopes 0
relu6(6.0) = 6.0, slopes 0
relu6(6.5) = 6.0, slopes 0
relu6(inf) = 6.0, slopes 0
relu6(nan) = nan, slopes nan
hardsigmoid(-3.0) = 0.0, slopes 0
hardsigmoid(3.0) = 1.0, slopes 0
hardsigmoid(0.0) = 0.5, slopes 0.16666666666666666
hardsigmoid(inf) = 1.0, slopes 0
hardsigmoid(nan) = nan, slopes nan
hardswish(-3.0) = 0.0, slopes 0
hardswish(3.0) = 3.0, slopes 1
hardswish(0.0) = 0.0, slopes 0.5
hardswish(-inf) = 0.0, slopes 0
hardswish(inf) = inf, slopes 1
hardswish(nan) = nan, slopes nan
sign(0.0) = 0.0, slopes 0
sign(-0.0) = -0.0, slopes 0
sign(-inf) = -1.0, slopes 0
sign(nan) = nan, slopes 0
floor(-0.0) = -0.0, slopes 0
floor(-0.5) = -1.0, slopes 0
floor(2.0) = 2.0, slopes 0
floor(inf) = inf, slopes 0
floor(nan) = nan, slopes 0
ceil(0.0) = 0.0, slopes 0
ceil(-0.5) = -0.0, slopes 0
ceil(2.0) = 2.0, slopes 0
ceil(-inf) = -inf, slopes 0
trunc(-0.5) = -0.0, slopes 0
trunc(0.0) = 0.0, slopes 0
trunc(-2.5) = -2.0, slopes 0
trunc(inf) = inf, slopes 0
mod(-7.0, 3.0) = 2.0, slopes 1, 3.0
mod(6.0, 3.0) = 0.0, slopes 1, -2.0
mod(7.0, -3.0) = -2.0, slopes 1, 3.0
mod(1.0, 0.0) = nan, slopes 1, -inf
mod(-1.0, inf) = inf, slopes 1, 1.0
mod(inf, 2.0) = nan, slopes 1, nan
mod(nan, 2.0) = nan, slopes 1, nan
floordiv(-7.0, 3.0) = -3.0, slopes 0, 0
floordiv(1.0, 0.0) = inf, slopes 0, 0
floordiv(-1.0, 0.0) = -inf, slopes 0, 0
floordiv(0.0, 0.0) = nan, slopes 0, 0
floordiv(inf, 2.0) = nan, slopes 0, 0
copysign(2.0, -0.0) = -2.0, slopes -1.0, 0
copysign(-2.0, 3.0) = 2.0, slopes -1.0, 0
copysign(0.0, -1.0) = -0.0, slopes 0, 0
copysign(inf, 1.0) = inf, slopes 1.0, 0
gelu(inf) = inf, slopes 1.0
gelu(-inf) = -0.0, slopes -0.0
gelu(nan) = nan, slopes nan
gelu(-1000.0) = -0.0, slopes -0.0
silu(inf) = inf, slopes 1.0
silu(-inf) = -0.0, slopes -0.0
silu(nan) = nan, slopes nan
silu(-1000.0) = -0.0, slopes -0.0
erf(inf) = 1.0, slopes 0.0
erf(-inf) = -1.0, slopes 0.0
erf(nan) = nan, slopes nan
erf(-1000.0) = -1.0, slopes 0.0
erfc(inf) = 0.0, slopes -0.0
erfc(-inf) = 2.0, slopes -0.0
erfc(nan) = nan, slopes nan
erfinv(1.0) = inf, slopes inf
erfinv(-1.0) = -inf, slopes inf
erfinv(2.0) = nan, slopes nan
erfinv(-0.0) = -0.0, slopes 0.886226925452758
sinc(0.0) = 1.0, slopes -0.0
sinc(1.0) = 0.0, slopes -1.0
sinc(inf) = 0.0, slopes 0.0
sinc(nan) = nan, slopes nan
gamma(0.0) = inf, slopes -inf
gamma(-0.0) = -inf, slopes -inf
gamma(-1.0) = nan, slopes nan
gamma(inf) = inf, slopes inf
gamma(-inf) = nan, slopes nan
gamma(172.0) = inf, slopes inf
gamma(-200.5) = -0.0, slopes -0.0
lgamma(0.0) = inf, slopes -inf
lgamma(-0.0) = inf, slopes inf
lgamma(-1.0) = inf, slopes nan
lgamma(1.0) = 0.0, slopes -0.5772156649015329
lgamma(inf) = inf, slopes inf
lgamma(-inf) = inf, slopes nan
digamma(0.0) = -inf, slopes inf
digamma(-0.0) = inf, slopes inf
digamma(-1.0) = nan, slopes nan
digamma(inf) = inf, slopes 0.0
digamma(-inf) = nan, slopes nan
relu(0.0) = 0.0, slopes 0
relu(-0.0) = 0.0, slopes 0
relu(nan) = nan, slopes nan
relu(inf) = inf, slopes 1
relu(-inf) = 0.0, slopes 0
abs(0.0) = 0.0, slopes 0
abs(-0.0) = 0.0, slopes 0
abs(nan) = nan, slopes nan
abs(inf) = inf, slopes 1.0
abs(-inf) = inf, slopes -1.0
leaky_relu(0.0, 0.01) = 0.0, slopes 0.01, 0.0
leaky_relu(-0.0, 0.01) = -0.0, slopes 0.01, -0.0
leaky_relu(nan, 0.01) = nan, slopes nan, nan
leaky_relu(-2.0, 0.01) = -0.02, slopes 0.01, -2.0
elu(0.0, 1.0) = 0.0, slopes 1.0, 0.0
elu(0.0, 2.0) = 0.0, slopes 2.0, 0.0
elu(-inf, 1.0) = -1.0, slopes 0.0, -1.0
elu(nan, 1.0) = nan, slopes nan, nan
maximum(1.0, 1.0) = 1.0, slopes 0.5, 0.5
maximum(0.0, -0.0) = 0.0, slopes 0.5, 0.5
maximum(-0.0, 0.0) = -0.0, slopes 0.5, 0.5
maximum(inf, inf) = inf, slopes 0.5, 0.5
maximum(nan, 1.0) = nan, slopes nan, nan
maximum(1.0, nan) = nan, slopes nan, nan
maximum(-inf, inf) = inf, slopes 0, 1
minimum(1.0, 1.0) = 1.0, slopes 0.5, 0.5
minimum(0.0, -0.0) = 0.0, slopes 0.5, 0.5
minimum(-0.0, 0.0) = -0.0, slopes 0.5, 0.5
minimum(inf, inf) = inf, slopes 0.5, 0.5
minimum(nan, 1.0) = nan, slopes nan, nan
minimum(1.0, nan) = nan, slopes nan, nan
minimum(-inf, inf) = -inf, slopes 1, 0
clip(1.0, 1.0, 2.0) = 1.0, slopes 1, 0, 0
clip(2.0, 1.0, 2.0) = 2.0, slopes 1, 0, 0
clip(0.0, 1.0, 2.0) = 1.0, slopes 0, 1, 0
clip(3.0, 1.0, 2.0) = 2.0, slopes 0, 0, 1
clip(nan, 1.0, 2.0) = nan, slopes nan, nan, nan
clip(1.5, nan, 2.0) = nan, slopes nan, nan, nan
clip(1.5, 2.0, 1.0) = 1.0, slopes 0, 0, 1
where(1.0, 2.0, inf) = 2.0, slopes 0, 1, 0
where(0.0, nan, 3.0) = 3.0, slopes 0, 0, 1
div(1.0, 0.0) = inf, slopes inf, -inf
div(1.0, -0.0) = -inf, slopes -inf, -inf
div(-1.0, 0.0) = -inf, slopes inf, inf
div(0.0, 0.0) = nan, slopes inf, nan
div(1.0, inf) = 0.0, slopes 0.0, -0.0
div(inf, inf) = nan, slopes 0.0, nan
div(nan, 0.0) = nan, slopes inf, nan
power(0.0, 0.0) = 1.0, slopes 0.0, -inf
power(0.0, 2.0) = 0.0, slopes 0.0, 0.0
power(0.0, -1.0) = inf, slopes -inf, -inf
power(-0.0, -1.0) = -inf, slopes -inf, -inf
power(-2.0, 2.0) = 4.0, slopes -4.0, nan
power(-8.0, 0.3333333333333333) = nan, slopes nan, nan
power(2.0, 0.0) = 1.0, slopes 0.0, 0.6931471805599453
power(0.0, 0.5) = 0.0, slopes inf, 0.0
power(nan, 0.0) = 1.0, slopes 0.0, nan
power(inf, -1.0) = 0.0, slopes -0.0, 0.0
power(1.0, nan) = 1.0, slopes nan, 0.0
power(10.0, 309.0) = inf, slopes inf, inf
power(-10.0, 309.0) = -inf, slopes inf, nan
hypot(0.0, 0.0) = 0.0, slopes 0.0, 0.0
hypot(inf, 1.0) = inf, slopes 1.0, 0.0
hypot(inf, nan) = inf, slopes nan, nan
hypot(-3.0, 0.0) = 3.0, slopes -1.0, 0.0
hypot(1e+300, 1e+300) = 1.4142135623730952e+300, slopes 0.7071067811865475, 0.7071067811865475
hypot(5e-324, 5e-324) = 5e-324, slopes 0.7071067811865475, 0.7071067811865475
atan2(0.0, 1.0) = 0.0, slopes 1.0, -0.0
atan2(0.0, -1.0) = 3.141592653589793, slopes -1.0, -0.0
atan2(-0.0, -1.0) = -3.141592653589793, slopes -1.0, 0.0
atan2(0.0, 0.0) = 0.0, slopes nan, nan
atan2(1.0, 0.0) = 1.5707963267948966, slopes 0.0, -1.0
atan2(inf, inf) = 0.7853981633974483, slopes nan, nan
atan2(5e-324, 0.0) = 1.5707963267948966, slopes 0.0, -inf
xlogy(0.0, 0.0) = 0.0, slopes -inf, 0
xlogy(0.0, -1.0) = 0.0, slopes nan, 0
xlogy(0.0, nan) = nan, slopes nan, nan
xlogy(1.0, 0.0) = -inf, slopes -inf, inf
xlogy(1.0, -1.0) = nan, slopes nan, nan
xlog1py(0.0, -1.0) = 0.0, slopes -inf, 0
xlog1py(0.0, -2.0) = 0.0, slopes nan, 0
xlog1py(0.0, nan) = nan, slopes nan, nan
xlog1py(1.0, -1.0) = -inf, slopes -inf, inf
xlog1py(1.0, -2.0) = nan, slopes nan, nan
logaddexp(0.0, 0.0) = 0.6931471805599453, slopes 0.5, 0.5
logaddexp(inf, 1.0) = inf, slopes 1.0, 0.0
logaddexp(1.0, -inf) = 1.0, slopes 1.0, 0.0
logaddexp(inf, -inf) = inf, slopes 1.0, 0.0
logaddexp(inf, inf) = inf, slopes 0.5, 0.5
logaddexp(-inf, -inf) = -inf, slopes nan, nan
logaddexp(nan, 1.0) = nan, slopes nan, nan
logaddexp(1.0, nan) = nan, slopes nan, nan
logaddexp(1e+308, 1e+308) = 1e+308, slopes 0.5, 0.5
logaddexp(1000.0, -1000.0) = 1000.0, slopes 1.0, 0.0
mul(0.0, inf) = nan, slopes inf, 0.0
mul(-0.0, 1.0) = -0.0, slopes 1.0, -0.0
add(inf, -inf) = nan, slopes 1, 1
add(-0.0, -0.0) = -0.0, slopes 1, 1
sub(inf, inf) = nan, slopes 1, -1
sub(0.0, 0.0) = 0.0, slopes 1, -1
neg(0.0) = -0.0, slopes -1
asin_dx(1.0) = inf, slopes inf
asin_dx(2.0) = nan, slopes nan
acosh_dx(1.0) = inf, slopes -inf
acosh_dx(0.5) = nan, slopes nan
acosh_dx(inf) = 0.0, slopes -0.0
atanh_dx(1.0) = inf, slopes inf
atanh_dx(2.0) = nan, slopes nan
atanh_dx(-2.0) = nan, slopes nan
logit_dx(0.0) = inf, slopes -inf
logit_dx(1.0) = inf, slopes inf
logit_dx(2.0) = nan, slopes nan
logit_dx(-0.5) = nan, slopes nan
log_share(1.0, -inf) = -0.0, slopes 0.0, 0
log_share(-1.0, -inf) = -0.0, slopes 0.0, 0
log_share(-inf, 1.0) = -inf, slopes 1.0, -1.0
log_share(inf, 1.0) = -0.0, slopes 0.0, -0.0
log_share(inf, inf) = -0.6931471805599453, slopes 0.5, -0.5
log_share(-inf, -inf) = nan, slopes nan, nan
log_share(nan, 1.0) = nan, slopes nan, nan
hypot_dx(0.0, 0.0) = 0.0, slopes 0, 0
"""

SECOND = """\
abs(0.0): 0.0
abs(-0.0): 0.0
relu(0.0): 0.0
leaky_relu(0.0, 0.01): 0.0, 1.0, 0.0
elu(0.0, 1.0): 1.0, 1.0, 0.0
selu(0.0): 1.7580993408473766
celu(0.0, 1.0): 1.0, 0.0, 0.0
mish(0.0): 0.64
hardtanh(1.0): 0.0
relu6(0.0): 0.0
hardsigmoid(3.0): 0.0
hardswish(-3.0): 0.0
hardswish(3.0): 0.0
sign(0.0): 0.0
floor(2.0): 0.0
mod(6.0, 3.0): 0.0, 0.0, 0.0
mod(1.0, 0.0): 0.0, 0.0, 0.0
floordiv(1.0, 0.0): 0.0, 0.0, 0.0
copysign(0.0, -1.0): 0.0, 0.0, 0.0
softsign(0.0): 0.0
maximum(1.0, 1.0): 0.0, 0.0, 0.0
minimum(1.0, 1.0): 0.0, 0.0, 0.0
clip(1.0, 1.0, 2.0): 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
clip(2.0, 1.0, 2.0): 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
hypot(0.0, 0.0): 0.0, 0.0, 0.0
hypot(3.0, 0.0): 0.0, 0.0, 0.3333333333333333
hypot(inf, 1.0): 0.0, 0.0, 0.0
power(0.0, 0.5): -inf, -inf, 0.0
power(0.0, 1.0): 0.0, -inf, 0.0
power(0.0, 2.0): 2.0, 0.0, 0.0
power(0.0, 3.0): 0.0, 0.0, 0.0
power(2.0, 0.0): 0.0, 0.5, 0.4804530139182014
power(-2.0, 2.0): 2.0, nan, nan
power(inf, -1.0): 0.0, 0.0, 0.0
xlogy(0.0, 1.0): 0.0, 1.0, 0.0
xlogy(1.0, 0.0): 0.0, inf, -inf
div(1.0, 0.0): 0.0, -inf, inf
sqrt(0.0): -inf
sqrt(-1.0): nan
sqrt(inf): 0.0
cbrt(0.0): -inf
cbrt(-0.0): inf
cbrt(inf): 0.0
log(0.0): -inf
log(-1.0): nan
log(inf): 0.0
log1p(-1.0): -inf
asin(1.0): inf
asin(-1.0): -inf
asin(2.0): nan
acos(1.0): -inf
acosh(1.0): -inf
acosh(inf): 0.0
asinh(inf): 0.0
atan(inf): 0.0
atanh(1.0): inf
atanh(-1.0): -inf
atanh(2.0): nan
exp(inf): inf
exp(-inf): 0.0
tanh(inf): 0.0
sigmoid(inf): 0.0
sigmoid(-inf): 0.0
softplus(inf): 0.0
softplus(-inf): 0.0
softsign(inf): 0.0
silu(inf): 0.0
silu(-inf): 0.0
gelu(inf): 0.0
gelu(-inf): 0.0
erf(inf): 0.0
atan2(0.0, 0.0): nan, nan, nan
atan2(1.0, 0.0): 0.0, 1.0, 0.0
logaddexp(0.0, 0.0): 0.25, -0.25, 0.25
logaddexp(inf, 1.0): 0.0, 0.0, 0.0
logaddexp(1.0, -inf): 0.0, 0.0, 0.0
logaddexp(inf, inf): 0.25, -0.25, 0.25
logaddexp(-inf, -inf): nan, nan, nan
"""


@dataclass(frozen=True)
class Convention:
    """What an operation gives at one point: its value and the slope to each argument."""

    name: str
    point: tuple[float, ...]
    value: float
    slopes: tuple[float, ...]

    def __str__(self) -> str:
        """The line of the table."""
        point, slopes = (", ".join(map(repr, part)) for part in (self.point, self.slopes))
        return f"{self.name}({point}) = {self.value!r}, slopes {slopes}"


@dataclass(frozen=True)
class SecondOrder:
    """The second derivatives of an operation at one point: to x and x, x and y, y and y."""

    name: str
    point: tuple[float, ...]
    seconds: tuple[float, ...]

    def __str__(self) -> str:
        """The line of the table."""
        point, seconds = (", ".join(map(repr, part)) for part in (self.point, self.seconds))
        return f"{self.name}({point}): {seconds}"


@cache
def second_orders() -> tuple[SecondOrder, ...]:
    """Every line of the table of second derivatives, in its order; 0.0 stands for -0.0 and 0, too.

    >>> print(second_orders()[0])
    abs(0.0): 0.0
    """
    lines = (line.replace("(", ": ", 1).replace("): ", ": ") for line in SECOND.splitlines())
    parts = (line.split(": ") for line in lines)
    return tuple(SecondOrder(name, _numbers(x), _numbers(seconds)) for name, x, seconds in parts)


@cache
def conventions() -> tuple[Convention, ...]:
    """Every line of the table, in its order.

    >>> print(next(line for line in conventions() if line.name == "sqrt"))
    sqrt(0.0) = 0.0, slopes inf
    """
    return tuple(map(_read, TABLE.splitlines()))


def is_kept(found: float, agreed: float) -> bool:
    """Whether a number is the agreed one: its type and the sign of 0 too, but for its rounding.

    >>> is_kept(-0.0, 0.0), is_kept(0.1 + 0.2, 0.3), is_kept(1.0, 1), is_kept(1.0, math.inf)
    (False, True, False, False)
    """
    if repr(found) == repr(agreed):
        return True
    if type(found) is not type(agreed) or not found or not math.isfinite(found - agreed):
        return False
    return abs(found - agreed) <= 4 * math.ulp(agreed)


def _read(line: str) -> Convention:
    name, _, rest = line.partition("(")
    point, _, rest = rest.partition(") = ")
    value, _, slopes = rest.partition(", slopes ")
    return Convention(name, _numbers(point), _number(value), _numbers(slopes))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(_number, text.split(", ")))


def _number(text: str) -> float:
    return int(text) if text.lstrip("-").isdigit() else float(text)
