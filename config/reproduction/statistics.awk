# Means with intervals. A sample is a key; add(key, x) puts a number to it.

function add(key, x) { N[key]++; S[key] += x; Q[key] += x * x; if (x < 0) BELOW[key]++ }
function mean(key) { return S[key] / N[key] }

# Only a test with `in` leaves a missing sample missing.
function count(key) { return key in N ? N[key] : 0 }

# Square of the standard error of the mean; round-off must not make it negative.
function squared_error(key,   v) { v = (Q[key] - S[key] * S[key] / N[key]) / (N[key] - 1) / N[key]; return v > 0 ? v : 0 }

# The 97.5 % quantile of Student's t, by degrees of freedom rounded down; beyond 30 that of the normal distribution and its first correction.
function t_quantile(df,   t) {
    split("12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131 2.120 2.110 2.101 2.093 2.086 2.080 2.074 2.069 2.064 2.060 2.056 2.052 2.048 2.045 2.042", t, " ")
    df = int(df + 1e-9)
    return df < 1 ? 12.706 : df <= 30 ? t[df] : 1.960 + 2.372 / df
}

function span(center, half, digits) { return sprintf("%+." digits "f to %+." digits "f", center - half, center + half) }

# "mean" and "mean (low to high)"; a dash where there is nothing, no interval of one number.
function only(key, digits) { return key in N ? sprintf("%+." digits "f", mean(key)) : "-" }
function half_width(key) { return t_quantile(N[key] - 1) * sqrt(squared_error(key)) }
function holds_zero(key) { return count(key) > 1 && mean(key) - half_width(key) <= 0 && mean(key) + half_width(key) >= 0 }
function interval(key, digits) { return count(key) > 1 ? span(mean(key), half_width(key), digits) : "-" }
function both(key, digits) { return only(key, digits) (count(key) > 1 ? " (" interval(key, digits) ")" : "") }

# Difference of two unpaired means with its interval, after Welch.
function welch(a, b, digits,   u, v, d) {
    if (!(a in N) || !(b in N)) return "-"
    d = mean(a) - mean(b)
    if (N[a] < 2 || N[b] < 2) return sprintf("%+." digits "f", d)
    u = squared_error(a); v = squared_error(b)
    if (u + v == 0) return sprintf("%+." digits "f", d)
    return sprintf("%+." digits "f (%s)", d, span(d, t_quantile((u + v) ^ 2 / (u * u / (N[a] - 1) + v * v / (N[b] - 1))) * sqrt(u + v), digits))
}
