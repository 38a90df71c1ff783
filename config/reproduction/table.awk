# The table of run.sh from truth.csv, chains.csv, anneals.csv, judged.csv, energies.csv, transfers.csv and motifs.csv, in this order; statistics.awk goes before it.
# Where a chain began is fast-N or slow-N; its group is the word before the hyphen. Samples are keyed by what they measure.

FNR == 1 { file++; next }

file == 1 {
    kind = $1; group = $2; sub(/-.*/, "", group); c = $3
    change[kind, $2, c] = $5 - $4
    seen[kind, group]
    add("true," kind "," group "," c, $5 - $4)
    add("guess," kind "," group "," c, $7 - $6)
    truth_start[kind, $2, c] = $4
    if (kind == "gnn") { add("start," group "," c, $4); add("end," group "," c, $5) }
    if (!($2 in place)) { place[$2] = ++places; start_of[places] = $2 }
    next
}

file == 2 {
    group = $2; sub(/-.*/, "", group); key = $1 "," group
    if (!(key in chain)) chain[key] = ++chains
    name_of[chain[key]] = key
    add("trials," key, $4); add("accepted," key, $5); add("energy," key, $6)
    if ($7 != "") add("r_start," key, $7)
    if ($8 != "") add("r_middle," key, $8)
    if ($9 != "") add("r_end," key, $9)
    if ($7 != "" && $9 != "") add("r_change," key, $9 - $7)
    if ($10 != "") add("looked," key, 0)
    if ($10 != "" && $10 != "never") add("to_slow," key, $10)
    if ($11 != "") add("moved," key, $11)
    next
}

file == 3 {
    add("anneal," $1 "," $2, 0)
    before[$1, $2] = $3; after[$1, $2] = $4
    group = $2; sub(/-.*/, "", group)
    add("before," $1 "," group, $3); add("after," $1 "," group, $4); add("annealed," $1 "," group, $4 - $3)
    annealed[$1 "," group]
    if (!($2 in of_anneal)) { of_anneal[$2] = ++anneals; anneal_of[anneals] = $2 }
    next
}

# The ensemble against the labels of a glass, by the kind of both.
function judge(kind, pearson, reliability) {
    if (pearson != "") add("judged," kind, pearson)
    if (reliability != "") add("reliability," kind, reliability)
    if (pearson != "" && reliability > 0) add("corrected," kind, pearson / sqrt(reliability))
}

file == 4 { judge($2, $3, $4); next }

file == 5 { add("energies," $2, $3); next }

file == 6 { judge($1, $3, $4); next }

file == 7 { group = $1; sub(/-.*/, "", group); add("motif," group "," $2, $5 - $4); next }

# A kind is strengthened only if the mean falls both at fixed volume and at zero pressure; whether chance would do is for the interval to say.
function verdict(kind, group,   v, p) {
    v = "true," kind "," group ",volume"; p = "true," kind "," group ",p0"
    if (!(v in N) || !(p in N)) return "-"
    if (mean(v) < 0 && mean(p) < 0) return "strengthened" (holds_zero(v) || holds_zero(p) ? ", an interval holds 0" : "")
    return mean(v) >= 0 && mean(p) >= 0 ? "not strengthened" : "undecided: the conditions differ in sign"
}

# The search's change less the control's, over the starts that both have.
function against(kind, group, c,   k, s, g, key) {
    key = "against," kind "," group "," c
    for (k = 1; k <= places; k++) {
        s = start_of[k]; g = s; sub(/-.*/, "", g)
        if (g == group && (kind, s, c) in change && ("gnn", s, c) in change) add(key, change["gnn", s, c] - change[kind, s, c])
    }
    return key
}

function truth_rows(   kinds, kind, groups, group, conditions, c, i, j, k, n, key, guess, pair, ratio) {
    n = split("gnn random energy unbiased mean large", kinds, " ")
    split("fast slow large", groups, " "); split("volume p0", conditions, " ")
    print "## True mean of ln D2min at " 100 * judged " %: end - start\n"
    print "| search | starts | condition | n | falls in | change | 95 % | predicted | true / predicted | gnn - this, paired | 95 % | verdict |"
    print "| --- | --- | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- | --- |"
    for (i = 1; i <= n; i++) for (j = 1; j <= 3; j++) {
        kind = kinds[i]; group = groups[j]
        if (!((kind, group) in seen)) continue
        for (k = 1; k <= 2; k++) {
            c = conditions[k]; key = "true," kind "," group "," c; guess = "guess," kind "," group "," c
            if (!(key in N)) continue
            pair = kind == "gnn" || kind == "large" ? "none" : against(kind, group, c)
            ratio = kind != "energy" && kind != "random" && mean(guess) != 0 ? sprintf("%.2f", mean(key) / mean(guess)) : "-"
            printf "| %s | %s | %s | %d | %d | %s | %s | %s | %s | %s | %s | %s |\n", kind, group, c, count(key), BELOW[key] + 0, only(key, 3), interval(key, 3), only(guess, 3), ratio, only(pair, 3), interval(pair, 3), verdict(kind, group)
        }
    }
}

function slow_rows(   conditions, k, c) {
    split("volume p0", conditions, " ")
    print "\n## Fast glasses against those that were cooled ten times slower, as quenched\n"
    print "| true mean of ln D2min | condition | fast, as quenched | fast, searched | slow, as quenched | fast as quenched - slow | fast searched - slow |"
    print "| --- | --- | ---: | ---: | ---: | --- | --- |"
    for (k = 1; k <= 2; k++) {
        c = conditions[k]
        printf "| | %s | %s | %s | %s | %s | %s |\n", c, only("start,fast," c, 3), only("end,fast," c, 3), only("start,slow," c, 3), welch("start,fast," c, "start,slow," c, 3), welch("end,fast," c, "start,slow," c, 3)
    }
}

function chain_rows(   k, key, part) {
    print "\n## Chains\n"
    print "| search | starts | trials | accepted | share | energy, meV an atom | Pearson at start | middle | end | end - start | accepted until predicted below slow | true mean, middle - start |"
    print "| --- | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- | --- | --- |"
    for (k = 1; k <= chains; k++) {
        key = name_of[k]; split(key, part, ",")
        printf "| %s | %s | %.0f | %.1f | %.2f %% | %s | %s | %s | %s | %s | %s | %s |\n", part[1], part[2], mean("trials," key), mean("accepted," key), 100 * S["accepted," key] / (S["trials," key] > 0 ? S["trials," key] : 1), both("energy," key, 2), only("r_start," key, 3), only("r_middle," key, 3), only("r_end," key, 3), both("r_change," key, 3), ("to_slow," key) in N ? sprintf("%.0f in %d of %d", mean("to_slow," key), count("to_slow," key), count("looked," key)) : ("looked," key) in N ? "never" : "-", both("moved," key, 3)
    }
}

function anneal_rows(   k, s, groups, group, kinds, i, j, key) {
    print "\n## After annealing at 300 K, in the cell of the search, relaxed before and after\n"
    if (!anneals) { print "Nothing was annealed yet."; return }
    print "| true mean of ln D2min | starts | n | before | after | change | 95 % |"
    print "| --- | --- | ---: | ---: | ---: | ---: | --- |"
    split("fast slow", groups, " "); split("end start", kinds, " ")
    for (i = 1; i <= 2; i++) for (j = 1; j <= 2; j++) {
        key = kinds[i] "," groups[j]
        if (key in annealed) printf "| %s | %s | %d | %s | %s | %s | %s |\n", kinds[i] == "end" ? "searched" : "unswapped", groups[j], count("before," key), only("before," key, 3), only("after," key, 3), only("annealed," key, 3), interval("annealed," key, 3)
    }
    for (k = 1; k <= anneals; k++) {
        s = anneal_of[k]
        if (!(("end", s) in before) || !(("start", s) in before)) continue
        add("gain_before", before["end", s] - before["start", s]); add("gain_after", after["end", s] - after["start", s])
        add("gain_change", after["end", s] - after["start", s] - before["end", s] + before["start", s])
    }
    printf "| searched - unswapped, paired | fast | %d | %s | %s | %s | %s |\n", count("gain_after"), both("gain_before", 3), both("gain_after", 3), only("gain_change", 3), interval("gain_change", 3)
}

function model_rows(   kinds, names, k, c) {
    print "\n## The ensemble on glasses that it did not learn from, mean over glasses\n"
    print "| glasses, labels | n | Pearson (95 %) | split-half reliability (95 %) | Pearson / √reliability |"
    print "| --- | ---: | --- | --- | ---: |"
    split("isochoric,fixed,slow,other", kinds, ",")
    split("test glasses, isochoric|test glasses, fixed lateral lengths|cooled ten times slower, isochoric|Cu64Zr36, isochoric", names, "|")
    for (k = 1; k <= 4; k++) { c = kinds[k]; printf "| %s | %d | %s | %s | %s |\n", names[k], count("judged," c), both("judged," c, 3), both("reliability," c, 3), only("corrected," c, 3) }
}

function paper_rows(   fast, slow) {
    fast = "gnn,fast"; slow = "gnn,slow"
    print "\n## Beside the paper (Wang and Zhang 2021: 16,000 atoms, one chain, no interval)\n"
    print "| | paper, 10¹⁰ K/s, 4 % | paper, 10⁹ K/s, 10 % | here, fast starts | here, slow starts |"
    print "| --- | ---: | ---: | --- | --- |"
    printf "| Pearson at the start of the chain | 0.809 | 0.851 | %s | %s |\n", both("r_start," fast, 3), both("r_start," slow, 3)
    printf "| Pearson at its end | 0.741 | 0.821 | %s | %s |\n", both("r_end," fast, 3), both("r_end," slow, 3)
    printf "| energy, meV an atom | +3.75 | +0.55 | %s | %s |\n", both("energy," fast, 2), both("energy," slow, 2)
    printf "| accepted, %% of trials | 1.2 | - | %s | %s |\n", share(fast), share(slow)
    printf "| accepted swaps until below the ten times slower glass | 120 | - | %s | - |\n", ("to_slow," fast) in N ? sprintf("%.0f, predicted, in %d of %d", mean("to_slow," fast), count("to_slow," fast), count("looked," fast)) : ("looked," fast) in N ? "never" : "-"
    printf "| its end - ten times slower glass, true mean ln D2min, fixed volume | below | - | %s | - |\n", welch("end,fast,volume", "start,slow,volume", 3)
    printf "| gain kept after 300 K | kept | - | %s | - |\n", anneals ? only("gain_after", 3) " of " only("gain_before", 3) : "not measured"
    printf "| Pearson of energy and ln D2min, Cu | 0.269 | - | %s | - |\n", both("energies,Cu", 3)
    printf "| Pearson of energy and ln D2min, Zr | 0.148 | - | %s | - |\n", both("energies,Zr", 3)
    printf "| Cu-centered <0,0,12,0>, %% points | +1.5 | +0.5 | %s | %s |\n", both("motif,fast,Cu", 2), both("motif,slow,Cu", 2)
    printf "| Zr-centered <0,0,12,4>, %% points | +0.6 | -0.3 | %s | %s |\n", both("motif,fast,Zr", 2), both("motif,slow,Zr", 2)
}

function share(key) { return ("trials," key) in N && S["trials," key] ? sprintf("%.2f", 100 * S["accepted," key] / S["trials," key]) : "-" }

END { truth_rows(); slow_rows(); chain_rows(); anneal_rows(); model_rows(); paper_rows() }
