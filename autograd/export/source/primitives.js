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
