/* No gradient came, or a branch hands none on: a nan of its own, which no arithmetic makes.
   It is volatile because a compiler that knows it for a nan may take it for any other. */
static const volatile uint64_t NOTHING = 0x7ff8c4a1b2d3e5f7u;

static double nothing(void) {
    uint64_t bits = NOTHING;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int is_nothing(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof x);
    return bits == NOTHING;
}

/* Adds to a gradient what a node's own gradient hands on by a slope. */
static void add(double *gradient, double own, double slope) {
    if (!is_nothing(own) && !is_nothing(slope))
        *gradient = (is_nothing(*gradient) ? 0.0 : *gradient) + own * slope;
}

/* A gradient as it is given back: 0 where none came. */
static double given(double gradient) {
    return is_nothing(gradient) ? 0.0 : gradient;
}

/* Numbers side by side; the largest, and the sum of exp(x - largest) over the others. */
typedef struct {
    int count, summed;
    double top, rest, at[LONGEST];
} Run;

static Run run(const double *v, const int *places, int count) {
    Run xs;
    xs.count = count;
    xs.summed = 0;
    for (int k = 0; k < count; k++) xs.at[k] = v[places[k]];
    return xs;
}

static double zero(double x) {
    (void)x;
    return 0.0;
}

static double one(double x) {
    (void)x;
    return 1.0;
}

static double half(double x) {
    (void)x;
    return 0.5;
}

static double div(double x, double y) {
    return x / y;
}

static double power(double x, double y) {
    return pow(x, y);
}

/* What rounding took from a product: x y - product. */
static double left_out(double x, double y, double product) {
    int exponent;
    if (product == 0.0) return 0.0;
    x = frexp(x, &exponent);
    y = ldexp(y, exponent);
    return fma(x, y, -product);
}

/* The library's cube root, corrected by a step of Newton's method. */
static double cube_root(double x) {
    double z = cbrt(x), square = z * z, rest = fma(z, z, -square);
    if (x == 0 || !isfinite(x)) return z;
    return z + (fma(-square, z, x) - rest * z) / (3 * square);
}

static double scaled_exp(double s, double x, double y) {
    double t = x * y, rest, part;
    if (!(-1500 < t && t < 1500))
        return t != t || s != s || (t > 0 && s != 0.0) ? s * exp(t) : copysign(0.0, s);
    rest = left_out(x, y, t);
    if (-600 < t && t < 600) {
        part = exp(t);
        return s * (part + part * rest);
    }
    if (-1400 < t && t < 1400) {
        part = exp(t / 2);
        return s * (part + part * rest) * part;
    }
    part = exp(t / 4);
    return s * (part + part * rest) * part * part * part;
}

static double power_dx(double x, double y) {
    double sign = 1.0, less, rest, more, whole, root;
    if (y == 2) return 2 * x;
    if (y == 0) return 0.0;
    if (!isfinite(y)) {
        whole = pow(x, y);
        return whole != 0.0 ? y * whole : 0.0;
    }
    if (signbit(x)) {
        if (y == floor(y))
            sign = fmod(y, 2) != 0.0 ? 1.0 : -1.0;
        else if (x != 0.0)
            return NAN;
        x = -x;
    }
    less = y - 1;
    rest = fabs(y) < 1 ? y - (less + 1) : (y - less) - 1;
    if (rest != 0.0 && 0 < x && x < INFINITY) {
        more = rest * log(x);
        y += fabs(more) < 0.01 ? y * more : 0.0;
    }
    whole = pow(x, less);
    if ((1e-290 < whole && whole < 1e290) || x == 0.0) return sign * (y * whole);
    root = pow(x, less / 2);
    return sign * (y * root * root);
}

static double power_dy(double x, double y) {
    double whole, root;
    if (x == 0) return y > 0 ? 0.0 : y <= 0 ? -INFINITY : y;
    if (x < 0) return NAN;
    whole = pow(x, y);
    if (1e-290 < whole && whole < 1e290) return whole * log(x);
    root = pow(x, y / 2);
    return root != 0.0 ? root * log(x) * root : root;
}

static double scaled_power(double s, double x, double y, double n) {
    double less = y - n, part = less - y, rest = (y - (less - part)) + (-n - part), more, found, root;
    int whole, odd;
    if (signbit(x)) {
        whole = isfinite(less) && y == floor(y) && n == floor(n);
        odd = whole && fabs(fmod(y, 2)) != fabs(fmod(n, 2));
        if (odd) s = -s;
        x = whole || x == 0.0 ? -x : s != 0.0 ? NAN : x;
    }
    if (x != x || y != y || n != n) return NAN;
    if (s == 0 || s != s) return s;
    if (rest != 0.0 && 0 < x && x < INFINITY) {
        more = rest * log(x);
        s *= fabs(more) < 0.01 ? 1 + more : 1.0;
    }
    found = pow(x, less);
    if (1e-290 < found && found < 1e290) return s * found;
    if (x == 0 || x == INFINITY || found != found) return found != 0.0 ? s * found : found;
    root = pow(x, less / 4);
    return root != 0.0 ? s * root * root * root * root : root;
}

static double lift(double x) {
    double step = (x - LIFT_ROOT[0]) - LIFT_ROOT[1];
    if (-2 < x && x < -0.5) return step + (-1 - LIFT_ROOT[0] - LIFT_ROOT[1]) * expm1(step);
    return 1 + x + exp(x);
}

static double bend(double x) {
    double step, here;
    x = fabs(x);
    here = tanh(x / 2);
    if (!(1.5 < x && x < 3.5)) return 2 - x * here;
    step = (x - BEND_ROOT[0]) - BEND_ROOT[1];
    return -(step * here + BEND_ROOT[0] * tanh(step / 2) * (1 - 2 / BEND_ROOT[0] * here));
}

static double xlogy(double x, double y) {
    return x == 0 && y == y ? 0.0 : x * log(y);
}

/* exp(x - top) for x <= top, as if the difference were not rounded. */
static double shifted_exp(double x, double top) {
    double less = x - top, back = less + top, whole = exp(less);
    return less < -800 ? 0.0 : whole + whole * ((x - back) - (top - (back - less)));
}

static void summarize(Run *xs) {
    double error = 0.0;
    int first = 0;
    if (xs->summed) return;
    xs->summed = 1;
    for (int k = 1; k < xs->count; k++)
        if (xs->at[k] > xs->at[first]) first = k;
    xs->top = xs->count ? xs->at[first] : -INFINITY;
    xs->rest = 0.0;
    for (int k = 0; k < xs->count; k++) {
        double x = xs->at[k], sum;
        if (k == first && x == x) continue;
        x = isfinite(xs->top) || x != x ? shifted_exp(x, xs->top) : x == xs->top;
        sum = xs->rest + x;
        error += xs->rest > x ? (xs->rest - sum) + x : (x - sum) + xs->rest;
        xs->rest = sum;
    }
    xs->rest += error;
}

static double dot(const Run *xs, const Run *ys) {
    double total = 0.0;
    for (int k = 0; k < xs->count; k++) total += xs->at[k] * ys->at[k];
    return total;
}

static double logsumexp(Run *xs) {
    summarize(xs);
    return xs->count ? xs->top + log1p(xs->rest) : -INFINITY;
}

static double softmax(double x, Run *xs) {
    summarize(xs);
    if (xs->top == INFINITY && xs->rest == xs->rest) return x == xs->top ? 1 / (1 + xs->rest) : 0.0;
    return shifted_exp(x, xs->top) / (1 + xs->rest);
}

/* The mean of y - ys, weighted with the shares of xs: what is equal in ys has one part. */
static double mean_distance(double y, double sign, Run *xs, const Run *ys) {
    double total = 0.0, part;
    for (int k = 0; k < xs->count; k++) {
        int j = 0;
        while (ys->at[j] != ys->at[k] && j < k) j++;
        if (j < k) continue;
        part = softmax(xs->at[k], xs);
        for (j = k + 1; j < xs->count; j++)
            if (ys->at[j] == ys->at[k]) part += softmax(xs->at[j], xs);
        total += part != 0.0 ? (y + sign * ys->at[k]) * part : part;
    }
    return total;
}

static double softmean(Run *xs, const Run *ys) {
    return mean_distance(0.0, 1.0, xs, ys);
}

static double softmean_dx(double x, double y, Run *xs, const Run *ys) {
    return softmax(x, xs) * mean_distance(y, -1.0, xs, ys);
}

static double logaddexp(double x, double y) {
    double top = x > y ? x : y, least = x > y ? y : x;
    if (x != x || y != y) return x + y;
    return top + log1p(isfinite(top) ? shifted_exp(least, top) : least == top);
}

static double logaddexp_dx(double x, double y) {
    if (x != x || y != y || (x == y && x < 0 && isinf(x))) return NAN;
    if (isinf(x) || isinf(y)) return x == y ? 0.5 : x > y;
    return shifted_exp(x, x > y ? x : y) / (1 + (x > y ? shifted_exp(y, x) : shifted_exp(x, y)));
}

/* The standard normal distribution function where it is not tiny. */
static double below(double x) {
    double t = -x * 0.7071067811865476, rest;
    if (!(t > -6)) return t == t ? 1.0 : t;
    rest = left_out(-x, 0.7071067811865476, t) + x * 4.833646656726457e-17;
    return 0.5 * (erfc(t) - rest * 1.1283791670955126 * exp(-t * t));
}

/* The distribution function over the density at x <= -2: Mills' ratio. */
static double mills(double x) {
    double total = -x;
    if (x > -5) return below(x) / scaled_exp(0.3989422804014327, -x, x / 2);
    for (int k = 60; k > 0; k--) total = -x + k / total;
    return 1 / total;
}

static double gelu(double x) {
    if (x >= -5) return x * below(x);
    if (x == -INFINITY) return -0.0;
    return x != x ? x : scaled_exp(x * mills(x) * 0.3989422804014327, -x, x / 2);
}

static double gelu_dx(double x) {
    double step, total = 0.0;
    if (x > -0.25)
        return below(x) + (x < INFINITY ? scaled_exp(x * 0.3989422804014327, -x, x / 2) : 0.0);
    if (x > -1.25) {
        step = (x - ROOT_SERIES[0]) - ROOT_SERIES[1];
        for (int k = sizeof ROOT_SERIES / sizeof *ROOT_SERIES - 1; k > 1; k--)
            total = total * step + ROOT_SERIES[k];
        return total;
    }
    if (x > -2) {
        step = (x - BEYOND_SERIES[0]) - BEYOND_SERIES[1];
        for (int k = sizeof BEYOND_SERIES / sizeof *BEYOND_SERIES - 1; k > 1; k--)
            total = total * step + BEYOND_SERIES[k];
        return total;
    }
    if (x == -INFINITY) return -0.0;
    return x != x ? x : scaled_exp((x + mills(x)) * 0.3989422804014327, -x, x / 2);
}

static double mod(double x, double y) {
    double rest = fmod(x, y);
    if (rest == 0.0) return copysign(0.0, y);
    return (y < 0) != (rest < 0) ? rest + y : rest;
}

static double floordiv(double x, double y) {
    double rest = fmod(x, y), whole = (x - rest) / y, found;
    if (y == 0) return x / y;
    if (rest != 0.0 && (y < 0) != (rest < 0)) whole -= 1.0;
    if (whole == 0.0) return copysign(0.0, x / y);
    found = floor(whole);
    return whole - found > 0.5 ? found + 1.0 : found;
}

static double selu_scale(double x) {
    (void)x;
    return 1.0507009873554805;
}

static double selu_alpha(double x) {
    (void)x;
    return 1.6732632423543772;
}

static double exp_ratio(double s, double x, double y) {
    double t = x / y, whole = scaled_exp(s, t, 1.0), by;
    if (!(1e-20 < fabs(t) && fabs(t) < 1500) || isinf(whole)) return whole;
    by = fabs(y) <= 1e-200 ? 0x1p600 : fabs(y) >= 1e200 ? 0x1p-600 : 1.0;
    return whole + whole * (fma(-t, y * by, x * by) / (y * by));
}

static double celu_dy(double x) {
    double total = 0.0;
    if (fabs(x) > 1 || x != x) return x < 700 ? expm1(x) - scaled_exp(x, x, 1.0) : (1 - x) * exp(x);
    for (int k = sizeof CELU_SERIES / sizeof *CELU_SERIES - 1; k >= 0; k--)
        total = total * x + CELU_SERIES[k];
    return total * x * x;
}

static double mish_root(double x) {
    double root = MISH_ROOT[0], step = (x - root) - MISH_ROOT[1], there, more, first, second, e;
    if (-4 < x && x < 0) {
        there = exp(root);
        more = expm1(step);
        first = there * (6 + 4 * root + there * (8 + 3 * there));
        second = there * there * (4 + there * (3 + more));
        return more * (first + more * second) + 4 * step * (1 + there * (1 + more));
    }
    e = exp(x);
    return x < INFINITY ? (2 + e) * (2 + e * (2 + e)) + 4 * x * (1 + e) : x;
}

static double xlog1py(double x, double y) {
    return x == 0 && y == y ? 0.0 : x * log1p(y);
}

/* The product of a run but for one place, as a number and a power of two. */
static double factors(const Run *xs, int but, int *exponent) {
    double found = 1.0;
    int more, down;
    *exponent = 0;
    for (int k = 0; k < xs->count; k++) {
        if (k == but) continue;
        found = frexp(found * frexp(xs->at[k], &more), &down);
        if (!isfinite(found) || !isfinite(xs->at[k])) more = down = 0;
        *exponent += more + down;
    }
    return found;
}

static double prod(const Run *xs) {
    int exponent;
    double found = factors(xs, -1, &exponent);
    return ldexp(found, exponent);
}

static double prod_dx(double x, const Run *xs) {
    int exponent, own, place = 0;
    double found = factors(xs, -1, &exponent), part = frexp(x, &own);
    if (found != 0.0 && isfinite(found) && part != 0.0) return ldexp(found / part, exponent - own);
    while (place < xs->count && xs->at[place] != x && (x == x || xs->at[place] == xs->at[place])) place++;
    found = factors(xs, place, &exponent);
    return ldexp(found, exponent);
}

static double share(const Run *xs) {
    return 1.0 / xs->count;
}

static double mean(const Run *xs) {
    double total = 0.0;
    int infinite = 0;
    for (int k = 0; k < xs->count; k++) {
        total += xs->at[k];
        infinite = infinite || isinf(xs->at[k]);
    }
    if (infinite || fabs(total) < INFINITY) return total / xs->count;
    total = 0.0;
    for (int k = 0; k < xs->count; k++) total += xs->at[k] / xs->count;
    return total;
}

/* The length of a run times a power of two; infinite where an element is, even beside nan. */
static double length(const Run *xs, int exponent) {
    double total = 0.0, rest = 0.0, x, square, sum;
    for (int k = 0; k < xs->count; k++)
        if (isinf(xs->at[k])) return INFINITY;
    for (int k = 0; k < xs->count; k++) {
        x = ldexp(xs->at[k], exponent);
        square = x * x;
        sum = total + square;
        rest += fma(x, x, -square);
        rest += total > square ? (total - sum) + square : (square - sum) + total;
        total = sum;
    }
    return sqrt(total + rest);
}

static double norm(const Run *xs) {
    double top = 0.0;
    int exponent;
    for (int k = 0; k < xs->count; k++) top = fmax(top, fabs(xs->at[k]));
    frexp(isinf(top) ? 0.0 : top, &exponent);
    return ldexp(length(xs, -exponent), exponent);
}

static double norm_dx(double x, const Run *xs) {
    double top = fabs(xs->at[0]), size;
    int exponent, infinite = 0, lost = 0;
    for (int k = 0; k < xs->count; k++) {
        if (fabs(xs->at[k]) > top) top = fabs(xs->at[k]);
        infinite += isinf(xs->at[k]) != 0;
        lost += xs->at[k] != xs->at[k];
    }
    if (isinf(top)) return infinite > 1 || lost ? NAN : copysign(isinf(x) ? 1.0 : 0.0, x);
    frexp(top == top ? top : 0.0, &exponent);
    size = length(xs, -exponent);
    return ldexp(x, -exponent) / (size == 0.0 ? 1.0 : size);
}

static double log_share(double x, double y) {
    if (x == y) return x > -INFINITY ? -0.6931471805599453 : NAN;
    return y < x ? -log1p(shifted_exp(y, x)) : (x - y) - log1p(shifted_exp(x, y));
}

static double erfinv(double x) {
    double size = fabs(x), rest = 1 - size, logarithm, part, z, error, step;
    if (!(1e-8 < size && size < 1))
        return size < 1 ? x / 1.1283791670955126 : size == 1 ? copysign(INFINITY, x) : NAN;
    logarithm = log(rest * (1 + size));
    part = 2 / (3.141592653589793 * 0.147) + logarithm / 2;
    z = sqrt(sqrt(part * part - logarithm / 0.147) - part);
    for (int k = 0; k < 3; k++) {
        error = size < 0.5 ? erf(z) - size : rest - erfc(z);
        step = error / (1.1283791670955126 * exp(-z * z));
        z -= step / (1 + z * step);
    }
    return copysign(z, x);
}

static double erfinv_dx(double x) {
    double z = fabs(erfinv(x)), rest = 1 - fabs(x);
    if (z < 0.5 || z != z) return exp(z * z) / 1.1283791670955126;
    return rest != 0.0 ? mills(-z / 0.7071067811865476) * 0.7071067811865476 / rest : INFINITY;
}
