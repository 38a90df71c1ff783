#!/usr/bin/env bash
# One tempering search over several nodes:
#
#   sbatch config/slurm/nodes.sh config/tempering.conf
#
# The first node starts a private PostgreSQL server (Debian package postgresql, or a module; no root) with a password and a port of
# its own on a disk of its own, and runs the search; the other nodes join through `glasswright node`. All lies in
# glasswright-<job>/ where sbatch was called: results in run/, the store in store/ while no job runs it.
#
# When the job is preempted, or its time is nearly over, the search writes a checkpoint, the nodes hand their work back, the store is
# kept in the shared folder, and the job is queued again: it goes on where it was. If the first node dies without a warning, the
# search goes on from the store kept last, or from the beginning; the answer is the same. With STORE_DIR in the shared folder (see
# steps.sh) nothing is repeated, for slower commits.
#
#SBATCH --job-name=glasswright
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=glasswright-%j.log
# The batch shell is told two minutes ahead; more if the store grows to many gigabytes, since it is copied then.
#SBATCH --signal=B:TERM@120
set -euo pipefail

config=${1:?usage: sbatch nodes.sh CONFIG}
# Slurm runs a copy of this file from its spool folder; the steps lie where the original does.
steps=${GLASSWRIGHT_STEPS:-${SLURM_SUBMIT_DIR:-.}/config/slurm/steps.sh}
[ -e "$steps" ] || { echo "nodes.sh: $steps is not there; submit from the repository, or set GLASSWRIGHT_STEPS" >&2; exit 2; }
# shellcheck source=steps.sh
. "$steps"

# LISTEN=ib0               # the interface that the other nodes reach; by default the node's own name
# STORE_FLAGS="--allow 10.1.0.0/16"
steps_prepare

# From here on a signal ends the search in order, and the rest of this script with it.
stopped=no
trap 'stopped=yes; search_stop' TERM INT
store_open
if [ "${SLURM_JOB_NUM_NODES:-1}" -gt 1 ]; then
    node_begin srun --nodes="$((SLURM_JOB_NUM_NODES - 1))" --ntasks="$((SLURM_JOB_NUM_NODES - 1))" --exclude="$SLURMD_NODENAME" \
        --export=ALL --kill-on-bad-exit=0
fi

code=0
if [ "$stopped" = no ]; then
    search_begin "$config"
    # A signal between the test above and now found no search to stop.
    [ "$stopped" = no ] || search_stop
    search_wait || code=$?
fi

nodes_end
store_close
if [ "$code" -eq 0 ] && { [ "$stopped" = yes ] && ! { [ -e "$RUN_DIR/search.json" ] && search_is_finished; }; }; then
    # Where preemption queues the job again by itself, this finds it done.
    scontrol requeue "$SLURM_JOB_ID" || true
fi

exit "$code"
