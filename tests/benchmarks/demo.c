/* The moons demo by hand: a 2-16-16-1 network of relu neurons, the hinge loss and weight decay.
 *
 * Computes the mean loss over the samples and its gradient to the 337 parameters, samples in vectors
 * as wide as the processor's, weights as scalars, the gradients of the weights summed in every lane and
 * added up at the end. Parameters lie neuron by neuron, the weights and then the bias. */

#include <string.h>

#define H 16
#define N1 (H * 3)
#define N2 (H * (H + 1))
#define N3 (H + 1)
#define P (N1 + N2 + N3)

#ifdef __AVX512F__
#define L 8
#else
#define L 4
#endif

typedef double v __attribute__((vector_size(8 * L)));

typedef long long l __attribute__((vector_size(8 * L)));

/* g where x is positive, else 0 */
static inline v step(v x, v g) { return (v)((x > 0) & (l)g); }
static inline v relu(v x) { return step(x, x); }

/* z[j] = w[j] · x + b[j] for m neurons of n inputs */
static inline void forward(int m, int n, const double *w, const v *x, v *z)
{
    for (int j = 0; j < m; j++, w += n + 1) {
        v sum = {0};
        for (int i = 0; i < n; i++) sum += w[i] * x[i];
        z[j] = sum + w[n];
    }
}

/* adds to the gradients g of the weights and sets those of the inputs, dx, unless it is null */
static inline void backward(int m, int n, const double *w, const v *x, const v *dz, v *g, v *dx)
{
    if (dx) memset(dx, 0, n * sizeof(v));
    for (int j = 0; j < m; j++, w += n + 1, g += n + 1) {
        for (int i = 0; i < n; i++) {
            g[i] += dz[j] * x[i];
            if (dx) dx[i] += dz[j] * w[i];
        }
        g[n] += dz[j];
    }
}

/* xs has two numbers a sample, ys one; their count is a multiple of 8. Returns the mean loss. */
double demo(long samples, const double *w, const double *xs, const double *ys, double alpha, double *grad)
{
    v g[P], x[2], z1[H], h1[H], z2[H], h2[H], z3[1], dz3[1], dz2[H], dz1[H], total = {0};
    const double *w1 = w, *w2 = w + N1, *w3 = w + N1 + N2;
    memset(g, 0, sizeof g);
    for (long s = 0; s < samples; s += L) {
        v y;
        for (int k = 0; k < L; k++) {
            x[0][k] = xs[2 * (s + k)];
            x[1][k] = xs[2 * (s + k) + 1];
            y[k] = ys[s + k];
        }
        forward(H, 2, w1, x, z1);
        for (int j = 0; j < H; j++) h1[j] = relu(z1[j]);
        forward(H, H, w2, h1, z2);
        for (int j = 0; j < H; j++) h2[j] = relu(z2[j]);
        forward(1, H, w3, h2, z3);
        v margin = 1 - y * z3[0];
        total += relu(margin);
        dz3[0] = step(margin, -y);
        backward(1, H, w3, h2, dz3, g + N1 + N2, dz2);
        for (int j = 0; j < H; j++) dz2[j] = step(z2[j], dz2[j]);
        backward(H, H, w2, h1, dz2, g + N1, dz1);
        for (int j = 0; j < H; j++) dz1[j] = step(z1[j], dz1[j]);
        backward(H, 2, w1, x, dz1, g, 0);
    }
    double loss = 0, squares = 0;
    for (int k = 0; k < L; k++) loss += total[k];
    for (int p = 0; p < P; p++) {
        double sum = 0;
        for (int k = 0; k < L; k++) sum += g[p][k];
        squares += w[p] * w[p];
        grad[p] = sum / samples + 2 * alpha * w[p];
    }
    return loss / samples + alpha * squares;
}

/* How wide the vectors are. */
long lanes(void) { return L; }

#define EACH(f) f(a) f(b) f(c) f(d) f(e) f(g) f(h) f(i) f(j) f(k) f(m) f(n)
#define ZERO(x) v x = {0};
#define TURN(x) x = x * half + tiny; __asm__("" : "+v"(x));
#define SUM(x) + x[0]

/* Multiplies and adds as fast as the processor can, in so many turns of 2 * 12 * L operations. */
double peak(long turns)
{
    EACH(ZERO)
    v half = a + 0.5, tiny = a + 1e-9;
    for (long turn = 0; turn < turns; turn++) {
        EACH(TURN)
    }
    return 0 EACH(SUM);
}
