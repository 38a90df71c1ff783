#!/usr/bin/env bash
# The steps of a search over several nodes, for nodes.sh and for trying them without Slurm. Source this file:
#
#   . config/slurm/steps.sh
#   RUN_DIR=$PWD/trial LISTEN=127.0.0.1
#   steps_prepare; store_open; node_begin; search_begin my.conf; search_wait; nodes_end; store_close
#
# Variables, each with a default:
#   RUN_DIR       folder that all nodes see: the run's results, the kept store, and what nodes need to join. One job for one folder.
#   STORE_DIR     the server's folder: on a disk of the first node, since PostgreSQL syncs each commit. If it lies in RUN_DIR, it is
#                 used in place and never copied: slower, and safe even if the first node's disk is lost.
#   LISTEN        what the server listens on: a name, an address or an interface of the first node (ib0, eth0).
#   STORE_FLAGS   more words for `store init`, such as "--allow 10.1.0.0/16" where nodes sit in several networks.
#   GLASSWRIGHT   the program.
#   THREADS       threads of each process.

steps_fail() {
    echo "glasswright steps: $*" >&2
    return 1
}

# Defaults, and the folders. The first call of all.
steps_prepare() {
    : "${GLASSWRIGHT:=glasswright}"
    : "${RUN_DIR:=${SLURM_SUBMIT_DIR:-$PWD}/glasswright-${SLURM_JOB_ID:-local}}"
    : "${STORE_DIR:=${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/glasswright-$(id -un)-${SLURM_JOB_ID:-local}}"
    : "${LISTEN:=${SLURMD_NODENAME:-127.0.0.1}}"
    : "${THREADS:=${SLURM_CPUS_PER_TASK:-1}}"
    : "${STORE_FLAGS:=}"
    KEPT_DIR=$RUN_DIR/store
    search_pid='' nodes_pids=()

    # They become part of a URL and of a command line on other nodes.
    case $RUN_DIR$STORE_DIR in
        *[!A-Za-z0-9/._+-]*) steps_fail "RUN_DIR and STORE_DIR may hold letters, digits and / . _ + - only: $RUN_DIR, $STORE_DIR" || return ;;
    esac
    mkdir -p "$RUN_DIR"
}

# Makes the server at the first time, brings back the kept one later, starts it, and leaves in RUN_DIR what nodes need: the file
# `url`, the role's password and the certificate. Sets STORE_URL and exports PGPASSFILE.
store_open() {
    local answer flags
    read -ra flags <<<"$STORE_FLAGS"
    if [ ! -e "$STORE_DIR/store.json" ]; then
        local kept
        for kept in "$KEPT_DIR" "$KEPT_DIR.old"; do
            if [ -e "$kept/store.json" ]; then
                echo "steps: the store goes on from $kept" >&2
                rm -rf "$STORE_DIR.partial"
                cp -a "$kept" "$STORE_DIR.partial"
                mv "$STORE_DIR.partial" "$STORE_DIR"
                break
            fi
        done
    fi

    if [ ! -e "$STORE_DIR/store.json" ]; then
        "$GLASSWRIGHT" store init "$STORE_DIR" --listen "$LISTEN" --tls "${flags[@]}" >&2 || return
    fi

    # --port any: the one of last time may be taken here. --take-over: Slurm starts a job again only when it has ended.
    answer=$("$GLASSWRIGHT" store status "$STORE_DIR" --json) || return
    case $answer in
        *'"running":true'*) ;;
        *) answer=$("$GLASSWRIGHT" store start "$STORE_DIR" --listen "$LISTEN" --port any --take-over --wait 120s --json) || return ;;
    esac
    STORE_URL=$(sed -n 's/.*"url":"\([^"?]*\).*/\1/p' <<<"$answer")
    STORE_URL="$STORE_URL?sslmode=verify-full&sslrootcert=$RUN_DIR/root.crt"

    # The administrator's password and the keys stay in STORE_DIR: nodes do not need them.
    (
        umask 077
        cat "$STORE_DIR/root.crt" >"$RUN_DIR/root.crt"
        cat "$STORE_DIR/pgpass" >"$RUN_DIR/pgpass.new"
        mv "$RUN_DIR/pgpass.new" "$RUN_DIR/pgpass"
        echo "$STORE_URL" >"$RUN_DIR/url"
    ) || return
    export PGPASSFILE=$RUN_DIR/pgpass
}

# Stops the server and keeps its folder in RUN_DIR. At any moment either the old copy or the new one is whole.
store_close() {
    "$GLASSWRIGHT" store stop "$STORE_DIR" >&2 || return
    case $STORE_DIR/ in "$RUN_DIR"/*) return ;; esac
    rm -rf "$KEPT_DIR.partial"
    cp -a "$STORE_DIR" "$KEPT_DIR.partial" || return
    sync -f "$KEPT_DIR.partial"
    if [ -e "$KEPT_DIR" ]; then
        rm -rf "$KEPT_DIR.old"
        mv "$KEPT_DIR" "$KEPT_DIR.old"
    fi

    mv "$KEPT_DIR.partial" "$KEPT_DIR"
    rm -rf "$KEPT_DIR.old" "$STORE_DIR"
}

# Lets nodes join: one here, or one on each node of an srun whose words are given.
#   node_begin                                  a process on this machine
#   node_begin srun --nodes=3 --exclude=node1   a process on each of three others
node_begin() {
    "$@" "$GLASSWRIGHT" node --store "$STORE_URL" --threads "$THREADS" &
    nodes_pids+=($!)
}

# Begins the search of a configuration, or goes on with the one that RUN_DIR holds.
search_begin() {
    local words
    if [ -e "$RUN_DIR/run/run.json" ]; then
        words=(--resume "$RUN_DIR/run")
    else
        words=("$1" --out "$RUN_DIR/run")
    fi

    "$GLASSWRIGHT" search "${words[@]}" --store "$STORE_URL" --threads "$THREADS" --json >"$RUN_DIR/search.json" &
    search_pid=$!
}

# Waits for a process of this shell; its exit code. A signal interrupts `wait`, and the trap has passed it on then: so it waits
# again until the process has ended, and then once more for the code, which bash remembers.
steps_wait() {
    local code=0
    wait "$1" || true
    while kill -0 "$1" 2>/dev/null; do wait "$1" || true; done
    wait "$1" || code=$?
    return "$code"
}

# Waits for the search; its exit code.
search_wait() {
    steps_wait "$search_pid"
}

# Whether the search came to its end, rather than being stopped at a checkpoint.
search_is_finished() {
    grep -q '"outcome":"finished"' "$RUN_DIR/search.json"
}

# For a trap: asks the search to write a checkpoint and to end.
search_stop() {
    [ -z "$search_pid" ] || kill -TERM "$search_pid" 2>/dev/null || true
}

# Asks the nodes to hand their work back and to leave; srun passes the signal on.
nodes_end() {
    local pid
    for pid in "${nodes_pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${nodes_pids[@]}"; do steps_wait "$pid" || true; done
    nodes_pids=()
}
