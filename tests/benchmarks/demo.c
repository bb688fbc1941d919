/* The moons demo by hand: a 2-16-16-1 network of relu neurons, the hinge loss and weight decay.
 *
 * Computes the mean loss over the samples and its gradient to the 337 parameters, samples in vectors
 * of eight (of which gcc makes the widest the processor has), weights as scalars, the gradients of the
 * weights summed in every lane and added up at the end. Parameters lie neuron by neuron, the weights and then the bias. */

#include <string.h>

#define H 16
#define N1 (H * 3)
#define N2 (H * (H + 1))
#define N3 (H + 1)
#define P (N1 + N2 + N3)

typedef double v8 __attribute__((vector_size(64)));

typedef long l8 __attribute__((vector_size(64)));

/* g where x is positive, else 0 */
static inline v8 step(v8 x, v8 g) { return (v8)((x > 0) & (l8)g); }
static inline v8 relu(v8 x) { return step(x, x); }

/* z[j] = w[j] · x + b[j] for m neurons of n inputs */
static inline void forward(int m, int n, const double *w, const v8 *x, v8 *z)
{
    for (int j = 0; j < m; j++, w += n + 1) {
        v8 sum = {0};
        for (int i = 0; i < n; i++) sum += w[i] * x[i];
        z[j] = sum + w[n];
    }
}

/* adds to the gradients g of the weights and sets those of the inputs, dx, unless it is null */
static inline void backward(int m, int n, const double *w, const v8 *x, const v8 *dz, v8 *g, v8 *dx)
{
    if (dx) memset(dx, 0, n * sizeof(v8));
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
    v8 g[P], x[2], z1[H], h1[H], z2[H], h2[H], z3[1], dz3[1], dz2[H], dz1[H], total = {0};
    const double *w1 = w, *w2 = w + N1, *w3 = w + N1 + N2;
    memset(g, 0, sizeof g);
    for (long s = 0; s < samples; s += 8) {
        v8 y;
        for (int l = 0; l < 8; l++) {
            x[0][l] = xs[2 * (s + l)];
            x[1][l] = xs[2 * (s + l) + 1];
            y[l] = ys[s + l];
        }
        forward(H, 2, w1, x, z1);
        for (int j = 0; j < H; j++) h1[j] = relu(z1[j]);
        forward(H, H, w2, h1, z2);
        for (int j = 0; j < H; j++) h2[j] = relu(z2[j]);
        forward(1, H, w3, h2, z3);
        v8 margin = 1 - y * z3[0];
        total += relu(margin);
        dz3[0] = step(margin, -y);
        backward(1, H, w3, h2, dz3, g + N1 + N2, dz2);
        for (int j = 0; j < H; j++) dz2[j] = step(z2[j], dz2[j]);
        backward(H, H, w2, h1, dz2, g + N1, dz1);
        for (int j = 0; j < H; j++) dz1[j] = step(z1[j], dz1[j]);
        backward(H, 2, w1, x, dz1, g, 0);
    }
    double loss = 0, squares = 0;
    for (int l = 0; l < 8; l++) loss += total[l];
    for (int p = 0; p < P; p++) {
        double sum = 0;
        for (int l = 0; l < 8; l++) sum += g[p][l];
        squares += w[p] * w[p];
        grad[p] = sum / samples + 2 * alpha * w[p];
    }
    return loss / samples + alpha * squares;
}
