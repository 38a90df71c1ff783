#!/usr/bin/env python3
"""Coefficients of src/Kernels/Numerics/Elementary.*.cs.

Weighted least squares at Chebyshev points in 60 digits (mpmath), relative error, with the coefficients rounded to the target format one after the
other, lowest order first, and the rest fitted again. Prints C# literals and the error of the polynomial itself.
"""
import struct
from mpmath import mp, mpf, exp, log, log1p, sqrt, cos, pi, lu_solve, matrix, atanh

mp.dps = 60
tiny = mpf(10) ** -20


def to_double(v):
    return mpf(float(v))


def to_float(v):
    return mpf(struct.unpack("f", struct.pack("f", float(v)))[0])


def fit(f, w, a, b, powers):
    """Least squares of w(x) (f(x) - sum c_j x^p_j) at Chebyshev points: within a factor of about two of minimax."""
    n = len(powers)
    m, rhs = matrix(n, n), matrix(n, 1)
    for i in range(160):
        x = (a + b) / 2 - (b - a) / 2 * cos(pi * (mpf(i) + mpf(1) / 2) / 160)
        weight, value = w(x) ** 2, f(x)
        terms = [x**p for p in powers]
        for j in range(n):
            rhs[j] += weight * terms[j] * value
            for k in range(n):
                m[j, k] += weight * terms[j] * terms[k]
    return list(lu_solve(m, rhs))


def rounded(name, f, w, a, b, powers, to):
    """As fit, but every coefficient is representable."""
    powers, done = list(powers), []

    def rest(x):
        return f(x) - sum(c * x**p for p, c in done)

    while powers:
        c = fit(rest, w, a, b, powers)
        done.append((powers.pop(0), to(c[0])))
    err = max(
        abs(w(x) * rest(x))
        for x in [a + (b - a) * mpf(i) / 2000 for i in range(2001)]
        if x != 0
    )
    print(f"// {name}: relative error 2^{float(log(err, 2)):.1f}")
    for p, c in done:
        suffix = "f" if to is to_float else ""
        text = repr(float(c)) if to is to_double else short_float(c)
        print(f"    x^{p}: {text}{suffix}")


def short_float(c):
    for digits in range(6, 12):
        text = f"{float(c):.{digits}g}"
        if to_float(mpf(text)) == c:
            return text
    raise ValueError(c)


def main():
    h = log(mpf(2)) / 2 * (1 + mpf(2) ** -20)

    def q(r):  # exp(r) = 1 + r + r^2 q(r)
        r = r if abs(r) > tiny else tiny
        return (exp(r) - 1 - r) / r**2

    for n, to in ((10, to_double), (5, to_float)):
        rounded(f"exp, q of {n} terms", q, lambda r: r**2 / exp(r) + tiny, -h, h, range(n), to)

    s1 = (sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)
    z1 = (s1 * (1 + mpf(2) ** -20)) ** 2

    def g(z):  # 2 atanh(s) = 2 s + s z g(z), z = s^2
        z = z if z > tiny else tiny
        s = sqrt(z)
        return (2 * atanh(s) - 2 * s) / (s * z)

    for n, to in ((7, to_double), (3, to_float)):
        rounded(f"log, g of {n} terms", g, lambda z: z / 2 + tiny, mpf(0), z1, range(n), to)

    def l(t):  # log1p(t) = t + t^2 l(t)
        t = t if t > tiny else tiny
        return (log1p(t) - t) / t**2

    for n in (9,):
        rounded(f"log1p on [0, 1], l of {n} terms", l, lambda t: t**2 / log1p(t + tiny) + tiny, mpf(0), mpf(1), range(n), to_float)

    ln2 = log(mpf(2))
    for name, bits, to in (("double", 32, to_double), ("float", 13, to_float)):
        hi = mpf(int(ln2 * mpf(2) ** bits)) / mpf(2) ** bits
        print(f"// ln 2 ({name}): high {bits} bits, low", repr(float(hi)), repr(float(to(ln2 - hi))), "log2(e)", repr(float(to(1 / ln2))))


main()
