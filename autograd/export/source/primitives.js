// What a gradient is that did not come, or what a branch hands on that hands on nothing: null.
function add(gradient, own, slope) {
  return own === null || slope === null ? gradient : gradient + own * slope;
}

// A gradient as it is given back: 0 where none came.
const given = (gradient) => (gradient === null ? 0 : gradient);

// A run: the numbers at these places.
function run(v, places) {
  return places.map((place) => v[place]);
}

// Hands the gradient of a run's result to all its elements; one slope for each of the runs.
function pull(v, g, place, places, slopes) {
  const runs = places.map((each) => run(v, each));
  slopes.forEach((slope, which) => {
    if (slope === null) return;
    places[which].forEach((to, k) => {
      const elements = runs.map((each) => each[k]);
      g[to] = add(g[to], g[place], slope(...elements, ...runs, v[place]));
    });
  });
}

const abs = Math.abs;

const exp = Math.exp;

const expm1 = Math.expm1;

const log = Math.log;

const log2 = Math.log2;

const log10 = Math.log10;

const log1p = Math.log1p;

const sqrt = Math.sqrt;

const cbrt = Math.cbrt;

const sin = Math.sin;

const cos = Math.cos;

const tan = Math.tan;

const asin = Math.asin;

const acos = Math.acos;

const atan = Math.atan;

const atan2 = Math.atan2;

const sinh = Math.sinh;

const cosh = Math.cosh;

const tanh = Math.tanh;

const asinh = Math.asinh;

const acosh = Math.acosh;

const atanh = Math.atanh;

const hypot = Math.hypot;

const zero = () => 0;

const one = () => 1;

const half = () => 0.5;

const div = (x, y) => x / y;

// As in C, 1 to any power is 1, and so is -1 to an infinite one; a square is a product.
function power(x, y) {
  if (y === 2) return x * x;
  return x === 1 || (x === -1 && abs(y) === Infinity) ? 1 : x ** y;
}

const negative = (x) => x < 0 || Object.is(x, -0);

const parts = (x) => {
  const shifted = 134217729 * x, high = shifted - (shifted - x);
  return [high, x - high];
};

// What rounding took from a product: x y - product (Dekker 1971).
function left_out(x, y, product) {
  if (product === 0) return 0;
  const scale = 2 ** Math.floor(Math.log2(abs(x)));
  const [a, b] = parts(x / scale), [c, d] = parts(y * scale);
  return a * c - product + a * d + b * c + b * d;
}

function scaled_exp(s, x, y) {
  const t = x * y;
  if (!(-1500 < t && t < 1500)) {
    return t !== t || s !== s || (t > 0 && s !== 0) ? s * exp(t) : negative(s) ? -0 : 0;
  }
  const rest = left_out(x, y, t), quarters = abs(t) < 600 ? 4 : abs(t) < 1400 ? 2 : 1;
  const part = exp((t / 4) * quarters), found = s * (part + part * rest);
  return quarters === 4 ? found : quarters === 2 ? found * part : found * part * part * part;
}

function power_dx(x, y) {
  let sign = 1;
  if (y === 2) return 2 * x;
  if (y === 0) return 0;
  if (!Number.isFinite(y)) {
    const limit = power(x, y);
    return limit !== 0 ? y * limit : 0;
  }
  if (negative(x)) {
    if (y === Math.floor(y)) sign = y % 2 !== 0 ? 1 : -1;
    else if (x !== 0) return NaN;
    x = -x;
  }
  const less = y - 1, rest = abs(y) < 1 ? y - (less + 1) : y - less - 1;
  if (rest !== 0 && 0 < x && x < Infinity) {
    const more = rest * log(x);
    y += abs(more) < 0.01 ? y * more : 0;
  }
  const whole = power(x, less);
  if ((1e-290 < whole && whole < 1e290) || x === 0) return sign * (y * whole);
  const root = power(x, less / 2);
  return sign * (y * root * root);
}

function power_dy(x, y) {
  if (x === 0) return y > 0 ? 0 : y <= 0 ? -Infinity : y;
  if (x < 0) return NaN;
  const whole = power(x, y);
  if (1e-290 < whole && whole < 1e290) return whole * log(x);
  const root = power(x, y / 2);
  return root !== 0 ? root * log(x) * root : root;
}

function scaled_power(s, x, y, n) {
  const less = y - n, part = less - y, rest = y - (less - part) + (-n - part);
  if (negative(x)) {
    const whole = Number.isFinite(less) && y === Math.floor(y) && n === Math.floor(n);
    if (whole && abs(y % 2) !== abs(n % 2)) s = -s;
    x = whole || x === 0 ? -x : s !== 0 ? NaN : x;
  }
  if (x !== x || y !== y || n !== n) return NaN;
  if (s === 0 || s !== s) return s;
  if (rest !== 0 && 0 < x && x < Infinity) {
    const more = rest * log(x);
    s *= abs(more) < 0.01 ? 1 + more : 1;
  }
  const found = power(x, less);
  if (1e-290 < found && found < 1e290) return s * found;
  if (x === 0 || x === Infinity || found !== found) return found !== 0 ? s * found : found;
  const root = power(x, less / 4);
  return root !== 0 ? s * root * root * root * root : root;
}

function lift(x) {
  const [root, rest] = LIFT_ROOT, step = x - root - rest;
  return -2 < x && x < -0.5 ? step + (-1 - root - rest) * expm1(step) : 1 + x + exp(x);
}

function bend(x) {
  x = abs(x);
  const here = tanh(x / 2), [root, rest] = BEND_ROOT, step = x - root - rest;
  if (!(1.5 < x && x < 3.5)) return 2 - x * here;
  return -(step * here + root * tanh(step / 2) * (1 - (2 / root) * here));
}

const xlogy = (x, y) => (x === 0 && y === y ? 0 : x * log(y));

// exp(x - top) for x <= top, as if the difference were not rounded.
function shifted_exp(x, top) {
  const less = x - top, back = less + top, whole = exp(less);
  return less < -800 ? 0 : whole + whole * (x - back - (top - (back - less)));
}

// The largest of a run, and the sum of exp(x - largest) over the others; kept with the run.
function summary(xs) {
  if (xs.summary) return xs.summary;
  let first = 0, rest = 0, error = 0;
  xs.forEach((x, k) => { if (x > xs[first]) first = k; });
  const top = xs.length ? xs[first] : -Infinity;
  xs.forEach((x, k) => {
    if (k === first && x === x) return;
    const y = Number.isFinite(top) || x !== x ? shifted_exp(x, top) : x === top ? 1 : 0;
    const sum = rest + y;
    error += rest > y ? rest - sum + y : y - sum + rest;
    rest = sum;
  });
  return (xs.summary = [top, rest + error]);
}

function dot(xs, ys) {
  let total = 0;
  for (let k = 0; k < xs.length; k++) total += xs[k] * ys[k];
  return total;
}

function logsumexp(xs) {
  const [top, rest] = summary(xs);
  return top + log1p(rest);
}

function softmax(x, xs) {
  const [top, rest] = summary(xs);
  if (top === Infinity && rest === rest) return x === top ? 1 / (1 + rest) : 0;
  return shifted_exp(x, top) / (1 + rest);
}

// The different numbers in ys, each with the sum of its shares.
function shares(xs, ys) {
  const found = [];
  ys.forEach((y, k) => {
    const share = softmax(xs[k], xs), known = found.find((each) => each[0] === y);
    if (known) known[1] += share;
    else found.push([y, share]);
  });
  return found;
}

function softmean(xs, ys) {
  return shares(xs, ys).reduce((sum, [y, share]) => sum + (share !== 0 ? y * share : share), 0);
}

function softmean_dx(x, y, xs, ys) {
  const part = ([other, share]) => (share !== 0 ? (y - other) * share : share);
  return softmax(x, xs) * shares(xs, ys).reduce((sum, each) => sum + part(each), 0);
}

const logaddexp = (x, y) => logsumexp([x, y]);

const logaddexp_dx = (x, y) => softmax(x, [x, y]);

const polynomial = (x, terms) => terms.reduceRight((total, term) => total * x + term, 0);

// exp(u * u) erfc(u) for u >= 0.
function tail(u) {
  u = Math.min(u, 1e9);
  return polynomial((u - 3.75) / (u + 3.75), TAIL) / (1 + 2 * u);
}

function erf(x) {
  if (abs(x) < 0.75) return x * polynomial(x * x, NEAR);
  return x < 0 ? scaled_exp(tail(-x), x, -x) - 1 : 1 - scaled_exp(tail(x), -x, x);
}

function erfc(x) {
  if (abs(x) < 0.5) return 1 - x * polynomial(x * x, NEAR);
  if (x !== x) return x;
  return x < 0 ? 2 - scaled_exp(tail(-x), x, -x) : scaled_exp(tail(x), -x, x);
}

const DENSITY = 0.3989422804014327;

// The standard normal distribution function where it is not tiny.
function below(x) {
  const t = -x * Math.SQRT1_2;
  if (!(t > -6)) return t === t ? 1 : t;
  const rest = left_out(-x, Math.SQRT1_2, t) + x * 4.833646656726457e-17;
  return 0.5 * (erfc(t) - rest * 1.1283791670955126 * exp(-t * t));
}

// The distribution function over the density at x <= -2: Mills' ratio.
const mills = (x) => tail(-x * Math.SQRT1_2) / (2 * DENSITY);

function gelu(x) {
  if (x >= -5) return x * below(x);
  if (x === -Infinity) return -0;
  return x !== x ? x : scaled_exp(x * mills(x) * DENSITY, -x, x / 2);
}

function gelu_dx(x) {
  if (x > -0.25) return below(x) + (x < Infinity ? scaled_exp(x * DENSITY, -x, x / 2) : 0);
  if (x > -2) {
    const [centre, rest, ...terms] = x > -1.25 ? ROOT_SERIES : BEYOND_SERIES;
    return polynomial(x - centre - rest, terms);
  }
  if (x === -Infinity) return -0;
  return x !== x ? x : scaled_exp((x + mills(x)) * DENSITY, -x, x / 2);
}

// Refuses what has another length than the function was written for.
function sized(given, count) {
  if (given.length !== count) {
    throw new RangeError(`${count} numbers belong here, not ${given.length}`);
  }
}

const floor = Math.floor;

const copysign = (x, y) => (negative(x) === negative(y) ? x : -x);

function mod(x, y) {
  const rest = x % y;
  if (rest === 0) return copysign(0, y);
  return y < 0 !== rest < 0 ? rest + y : rest;
}

function floordiv(x, y) {
  const rest = x % y;
  let whole = (x - rest) / y;
  if (y === 0) return x / y;
  if (rest !== 0 && y < 0 !== rest < 0) whole -= 1;
  if (whole === 0) return copysign(0, x / y);
  return whole - floor(whole) > 0.5 ? floor(whole) + 1 : floor(whole);
}

const selu_scale = () => 1.0507009873554805;

const selu_alpha = () => 1.6732632423543772;

function exp_ratio(s, x, y) {
  const t = x / y, whole = scaled_exp(s, t, 1);
  if (!(1e-20 < abs(t) && abs(t) < 1500) || abs(whole) === Infinity) return whole;
  const by = abs(y) <= 1e-200 ? 2 ** 600 : abs(y) >= 1e200 ? 2 ** -600 : 1;
  const product = t * (y * by);
  return whole + whole * ((x * by - product - left_out(t, y * by, product)) / (y * by));
}

function celu_dy(x) {
  if (!(abs(x) <= 1)) return x < 700 ? expm1(x) - scaled_exp(x, x, 1) : (1 - x) * exp(x);
  return polynomial(x, CELU_SERIES) * x * x;
}

function mish_root(x) {
  if (-4 < x && x < 0) {
    const [root, rest] = MISH_ROOT, step = x - root - rest;
    const there = exp(root), more = expm1(step);
    const first = there * (6 + 4 * root + there * (8 + 3 * there));
    const second = there * there * (4 + there * (3 + more));
    return more * (first + more * second) + 4 * step * (1 + there * (1 + more));
  }
  const e = exp(x);
  return x < Infinity ? (2 + e) * (2 + e * (2 + e)) + 4 * x * (1 + e) : x;
}

const xlog1py = (x, y) => (x === 0 && y === y ? 0 : x * log1p(y));

const scaled = (x, by) => x * 2 ** Math.trunc(by / 2) * 2 ** (by - Math.trunc(by / 2));

const exponent_of = (x) => (x === 0 || !Number.isFinite(x) ? 0 : floor(Math.log2(abs(x))));

// The product of a run but for one place, as a number and a power of two.
function factors(xs, but) {
  return xs.reduce(([found, exponent], x, k) => {
    if (k === but) return [found, exponent];
    const own = exponent_of(x), product = found * scaled(x, -own), more = exponent_of(product);
    return [scaled(product, -more), exponent + own + more];
  }, [1, 0]);
}

function raised([x, by]) {
  return Number.isFinite(x) ? scaled(x, Math.max(-2140, Math.min(2040, by))) : x;
}

const prod = (xs) => raised(factors(xs, -1));

function prod_dx(x, xs) {
  const [found, exponent] = factors(xs, -1);
  if (found !== 0 && Number.isFinite(found)) {
    const own = exponent_of(x);
    return raised([found / scaled(x, -own), exponent - own]);
  }
  return raised(factors(xs, xs.findIndex((other) => Object.is(other, x) || other === x)));
}

const share = (xs) => 1 / xs.length;

function mean(xs) {
  const total = xs.reduce((sum, x) => sum + x, 0);
  if (abs(total) < Infinity || xs.some((x) => abs(x) === Infinity)) return total / xs.length;
  return xs.reduce((sum, x) => sum + x / xs.length, 0);
}

const norm = (xs) => Math.hypot(...xs);

function norm_dx(x, xs) {
  const sizes = xs.map(abs), top = sizes.reduce((most, size) => (size > most ? size : most));
  if (top === Infinity) {
    const lost = sizes.some((size) => size !== size);
    if (lost || sizes.filter((size) => size === top).length > 1) return NaN;
    return copysign(abs(x) === top ? 1 : 0, x);
  }
  const exponent = exponent_of(top);
  const length = Math.hypot(...xs.map((each) => scaled(each, -exponent)));
  return scaled(x, -exponent) / (length === 0 ? 1 : length);
}

function log_share(x, y) {
  if (x === y) return x > -Infinity ? -Math.LN2 : NaN;
  return y < x ? -log1p(shifted_exp(y, x)) : x - y - log1p(shifted_exp(x, y));
}

const ERF_DX = 1.1283791670955126;

function erfinv(x) {
  const size = abs(x), rest = 1 - size;
  if (!(1e-8 < size && size < 1)) {
    return size < 1 ? x / ERF_DX : size === 1 ? copysign(Infinity, x) : NaN;
  }
  const logarithm = log(rest * (1 + size));
  const part = 2 / (Math.PI * 0.147) + logarithm / 2;
  let z = sqrt(sqrt(part * part - logarithm / 0.147) - part);
  for (let k = 0; k < 3; k++) {
    const error = size < 0.5 ? erf(z) - size : rest - erfc(z);
    const step = error / (ERF_DX * exp(-z * z));
    z -= step / (1 + z * step);
  }
  return copysign(z, x);
}

function erfinv_dx(x) {
  const z = abs(erfinv(x)), rest = 1 - abs(x);
  if (z < 0.5 || z !== z) return exp(z * z) / ERF_DX;
  return rest !== 0 ? (mills(-z / Math.SQRT1_2) * Math.SQRT1_2) / rest : Infinity;
}
