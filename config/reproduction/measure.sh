# What the table of run.sh is made of: numbers of each chain, annealing and glass as CSV, each from the program's own word. run.sh reads this
# file after it has set gw, out, here, root, common, judged, stem, models, test_glasses.

# A whole number at the top of run.json: KEY FOLDER
of_run() { sed -n "/^  \"$1\": /{s/[^0-9]//gp;q;}" "$2/run.json"; }

# The first number of that name in a JSON object on one line; nothing where it is null: KEY FILE
of_json() { awk -v key="\"$1\":" '{ at = index($0, key); if (at && split(substr($0, at + length(key)), word, /[],}]/) && word[1] != "null") print word[1]; exit }' "$2"; }

# The answer of a verb that asks the models, kept in FILE for as long as they are the same: FILE VERB...
asked() {
    local answer=$1
    shift
    [ "$answer" -nt "$out/models/trained" ] || { gw "$@" --model "$models" && cp "$out/last.json" "$answer"; }
}
predicted() { # NAME of a file in truth/
    asked "$out/truth/$1.predict.json" predict --structure "$out/truth/$1.extxyz"
    of_json mean "$out/truth/$1.predict.json"
}
pearson() { # NAME of a file in truth/
    asked "$out/truth/$1.evaluate.json" evaluate --structure "$out/truth/$1.extxyz" --labels "$out/truth/$1.labels.csv"
    of_json pearson "$out/truth/$1.evaluate.json"
}
energy() { sed -n '2{s/.*energy_eV=\(-\{0,1\}[0-9.eE+-]*\).*/\1/p;q;}' "$1"; }

# Mean of ln D2min of two label files over the atoms that are valid in both: BEFORE AFTER
means() {
    awk -F, -v want="ln_d2min_$judged" '/^#/ { next } $1 == "id" { for (c = 1; c <= NF; c++) { if ($c == want) k = c; if ($c == "valid") v = c }; file++; next }
        file == 1 { if ($v == 1) first[$1] = $k; next } $v == 1 && ($1 in first) { a += first[$1]; b += $k; n++ } END { printf "%.5f,%.5f", a / n, b / n }' "$1" "$2"
}

# The name in truth/ under which a search's start stands: SEARCH
start_of() { case $1 in gnn-* | large) echo "$1" ;; *) echo "gnn-${1#*-}" ;; esac }

# Searches whose ends are labeled at both volumes; large has no control beside it.
judged_searches() {
    local name
    for folder in "$out"/search/*/; do
        name=$(basename "$folder")
        [ ! -f "$out/truth/$name-end.labels.csv" ] || [ ! -f "$out/truth/$name-end-p0.labels.csv" ] || echo "$name"
    done
}

# A failure inside an argument would go unseen, so that every number has a variable before its row is written.

# One row an end: mean of ln D2min at the start and there, and the prediction of it.
write_truth() {
    echo "kind,start,condition,true_start,true_end,predicted_start,predicted_end"
    local name condition at first before after both
    for name in $(judged_searches); do
        first=$(start_of "$name")-start
        before=$(predicted "$first")
        after=$(predicted "$name-end")
        for condition in volume p0; do
            at=${condition/volume/}
            at=${at:+-$at}
            both=$(means "$out/truth/$first$at.labels.csv" "$out/truth/$name-end$at.labels.csv")
            echo "${name%%-*},${name#*-},$condition,$both,$before,$after"
        done
    done
}

# One row a chain. true_middle is the mean of ln D2min in its middle less that at its start, at fixed volume. accepted_to_slow, of fast glasses: swaps until the predicted mean is below that of the slow ones as quenched, or never; empty where the chain's rows were not kept.
write_chains() {
    echo "kind,start,atoms,trials,accepted,energy_change_meV_per_atom,pearson_start,pearson_middle,pearson_end,accepted_to_slow,true_middle"
    local name first slow atoms before after change from middle to reached both moved
    slow=$(for name in $(judged_searches | grep '^gnn-slow-'); do predicted "$name-start"; done | awk '{ s += $1 } END { if (NR) print s / NR }')
    for name in $(judged_searches); do
        first=$(start_of "$name")-start
        atoms=$(sed -n '1{p;q;}' "$out/truth/$first.extxyz")
        before=$(energy "$out/truth/$first.extxyz")
        after=$(energy "$out/truth/$name-end.extxyz")
        change=$(awk -v n="$atoms" -v a="$before" -v b="$after" 'BEGIN { printf "%.4f", 1000 * (b - a) / n }')
        from=$(pearson "$first")
        middle= moved=
        if [ -f "$out/truth/$name-mid.labels.csv" ]; then
            middle=$(pearson "$name-mid")
            both=$(means "$out/truth/$first.labels.csv" "$out/truth/$name-mid.labels.csv")
            moved=$(awk -F, '{ printf "%.5f", $2 - $1 }' <<<"$both")
        fi
        to=$(pearson "$name-end")
        before=$(predicted "$first")
        reached=
        [[ $name != *-fast-* ]] || [ ! -f "$out/search/$name/chain-0.csv" ] || reached=$(awk -F, -v slow="$slow" -v first="$before" 'BEGIN { if (slow == "") exit; if (first < slow) { print 0; exit } }
            NR == 1 { for (c = 1; c <= NF; c++) column[$c] = c; next }
            $column["accepted"] == 1 { n++; if ($column["mean"] != "" && $column["mean"] < slow) { print n; reached = 1; exit } }
            END { if (!reached && slow != "" && !(first < slow)) print "never" }' "$out/search/$name/chain-0.csv")
        echo "${name%%-*},${name#*-},$atoms,$(of_run trials "$out/search/$name"),$(of_run accepted "$out/search/$name"),$change,$from,$middle,$to,$reached,$moved"
    done
}

is_annealed() { [ -f "$1/anneal.json" ] && grep -q '"outcome": *"finished"' "$1/anneal.json"; }

# One row an annealing: what was annealed, and mean of ln D2min and energy at rest before and after.
write_anneals() {
    echo "what,start,before,after,energy_change_meV_per_atom"
    local name folder both change
    for folder in "$out"/anneal/*/; do
        name=$(basename "$folder")
        is_annealed "$folder" || continue
        both=$(means "$folder/before.labels.csv" "$folder/after.labels.csv")
        change=$(of_json energy_change_eV_per_atom "$folder/anneal.json" | awk '{ printf "%.4f", 1000 * $1 }')
        echo "${name%%-*},${name#*-},$both,$change"
    done
}

# One row a test glass and lateral condition: the models against its labels, and how well these repeat themselves.
write_judged() {
    echo "glass,lateral,pearson,reliability"
    local file name folder answer
    mkdir -p "$out/judged"
    for file in "${test_glasses[@]}"; do
        name=$(basename "$file" .data)
        for folder in labels labels-fixed; do
            answer=$out/judged/$name-$folder.json
            asked "$answer" evaluate --any-lateral --structure "$file" --labels "$out/$folder/$name.labels.csv"
            echo "$name,$(sed 's/.*"lateral":"\([a-z]*\)".*/\1/' "$answer"),$(of_json pearson "$answer"),$(of_json reliability "$answer")"
        done
    done
}

# One row a glass of a kind that the models did not learn: of another composition, or cooled more slowly.
write_transfers() {
    echo "kind,glass,pearson,reliability"
    local file name answer found
    mkdir -p "$out/judged"
    for file in "$out"/other/*.data; do
        name=$(basename "$file" .data)
        [ -f "$out/labels-other/$name.labels.csv" ] || continue
        answer=$out/judged/$name-other.json
        asked "$answer" evaluate --structure "$file" --labels "$out/labels-other/$name.labels.csv"
        echo "other,$name,$(of_json pearson "$answer"),$(of_json reliability "$answer")"
    done
    for name in $(judged_searches | grep '^gnn-slow-'); do
        found=$(pearson "$name-start")
        echo "slow,$name,$found,$(of_json reliability "$out/truth/$name-start.evaluate.json")"
    done
}

# The share of a species' atoms that have a Voronoi index: FOLDER SPECIES,N3,N4,N5,N6
percent() { awk -F, -v want="$2" '$2 "," $3 "," $4 "," $5 "," $6 == want { share = $8 } END { printf "%.4f", 100 * share }' "$1/voronoi.csv"; }

# One row a search of the network: how many of a species' atoms have a Voronoi index of the paper's, in percent, at its start and end.
write_motifs() {
    echo "start,species,index,start_percent,end_percent"
    local name at index before after
    mkdir -p "$out/motifs"
    for name in $(judged_searches | grep '^gnn-'); do
        for at in start end; do
            [ -f "$out/motifs/$name-$at/voronoi.csv" ] || gw analyze --structure "$out/truth/$name-$at.extxyz" --species Cu,Zr --out "$out/motifs/$name-$at"
        done
        for index in Cu,0,0,12,0 Zr,0,0,12,4; do
            before=$(percent "$out/motifs/$name-start" "$index")
            after=$(percent "$out/motifs/$name-end" "$index")
            echo "${name#*-},${index%%,*},$(tr , ' ' <<<"${index#*,}"),$before,$after"
        done
    done
}
# One row a test glass and species: Pearson of an atom's energy and its label.
write_energies() {
    echo "glass,species,pearson"
    local file name
    mkdir -p "$out/judged"
    for file in "${test_glasses[@]}"; do
        name=$(basename "$file" .data)
        [ -f "$out/judged/$name-energy.csv" ] || gw energy --structure "$file" "${common[@]}" --out "$out/judged/$name-energy.csv"
        awk -F, -v want="ln_d2min_$judged" -v name="$name" '/^#/ { next } $1 == "id" { file++; for (c = 1; c <= NF; c++) column[c] = $c; for (c = 1; c <= NF; c++) at[$c] = c; next }
            file == 1 { if ($at["valid"] == 1) label[$1] = $at[want]; next }
            $1 in label { s = $at["species"]; x = $at["energy_eV"]; y = label[$1]; n[s]++; a[s] += x; b[s] += y; aa[s] += x * x; bb[s] += y * y; ab[s] += x * y }
            END { for (s in n) printf "%s,%s,%.4f\n", name, s, (ab[s] - a[s] * b[s] / n[s]) / sqrt((aa[s] - a[s] ^ 2 / n[s]) * (bb[s] - b[s] ^ 2 / n[s])) }' \
            "$out/labels/$name.labels.csv" "$out/judged/$name-energy.csv" | sort
    done
}

# The table from what there is.
tell() {
    local part
    say "the table"
    for part in truth chains anneals judged energies transfers motifs; do
        "write_$part" >"$out/$part.tmp"
        mv "$out/$part.tmp" "$out/$part.csv"
    done
    awk -F, -v judged="$judged" -f "$here/statistics.awk" -f "$here/table.awk" "$out"/{truth,chains,anneals,judged,energies,transfers,motifs}.csv >"$out/table.tmp"
    mv "$out/table.tmp" "$out/table.md"
    cat "$out/table.md"
}
