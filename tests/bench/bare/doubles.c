// SPDX-License-Identifier: MIT
// SSE2 doubles: planets around a sun (multiply, divide, square root) and a matrix product.
#include "bare.h"

enum { bodies = 5, order = 48 };
struct Body {
  double x[3], v[3], mass;
};
static struct Body body[bodies];
static double a[order][order], b[order][order], c[order][order];

static double square_root(double x) {
  __asm__("sqrtsd %0, %0" : "+x"(x));
  return x;
}

static void advance(double dt) {
  for (int i = 0; i < bodies; i++)
    for (int j = i + 1; j < bodies; j++) {
      double d[3], distance2 = 0;
      for (int axis = 0; axis < 3; axis++) {
        d[axis] = body[i].x[axis] - body[j].x[axis];
        distance2 += d[axis] * d[axis];
      }
      double magnitude = dt / (distance2 * square_root(distance2));
      for (int axis = 0; axis < 3; axis++) {
        body[i].v[axis] -= d[axis] * body[j].mass * magnitude;
        body[j].v[axis] += d[axis] * body[i].mass * magnitude;
      }
    }
  for (int i = 0; i < bodies; i++)
    for (int axis = 0; axis < 3; axis++) body[i].x[axis] += dt * body[i].v[axis];
}

static void multiply(void) {
  for (int i = 0; i < order; i++)
    for (int j = 0; j < order; j++) {
      double sum = 0;
      for (int n = 0; n < order; n++) sum += a[i][n] * b[n][j];
      c[i][j] = sum;
    }
}

static uint64_t bits(double x) {
  union {
    double x;
    uint64_t bits;
  } u = {x};
  return u.bits;
}

uint64_t bench(uint64_t repeats) {
  uint64_t state = 1234567, sum = 0;
  for (int i = 0; i < bodies; i++) {
    for (int axis = 0; axis < 3; axis++) {
      body[i].x[axis] = (double)(next_random(&state) % 2000) / 100 - 10 + 20 * i;
      body[i].v[axis] = (double)(next_random(&state) % 200) / 100 - 1;
    }
    body[i].mass = i ? 0.01 * i : 40;
  }
  for (int i = 0; i < order * order; i++) {
    a[0][i] = (double)(next_random(&state) % 1000) / 999;
    b[0][i] = (double)(next_random(&state) % 1000) / 999;
  }
  for (; repeats; repeats--) {
    for (int step = 0; step < 1000; step++) advance(0.001);
    multiply();
    a[repeats % order][0] = c[0][repeats % order] / order;
    sum = mix(mix(sum, bits(body[0].x[0])), bits(c[order - 1][order - 1]));
  }
  return sum;
}
