#!/usr/bin/env bash
# Independent searches that differ in their seed, one array task each; no server, no network:
#
#   sbatch --array=1-20 config/slurm/array.sh my.conf
#
# Task n has seed n and the folder glasswright-<array job>/n. When a task is preempted, or its time is nearly over, its search writes a
# checkpoint, the task is queued again, and goes on where it was. A task that was killed without a warning loses what came after
# its last commit; `scontrol requeue` it by hand, or submit the same array again with RUN_ROOT set to the folder of the first.
#
#SBATCH --job-name=glasswright-array
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=glasswright-%A-%a.log
#SBATCH --signal=B:TERM@120
set -euo pipefail

config=${1:?usage: sbatch --array=1-N array.sh CONFIG}
seed=${SLURM_ARRAY_TASK_ID:?this is for sbatch --array=1-N}
glasswright=${GLASSWRIGHT:-glasswright}
root=${RUN_ROOT:-${SLURM_SUBMIT_DIR:-.}/glasswright-$SLURM_ARRAY_JOB_ID}
mkdir -p "$root"
run=$root/$seed

if [ -e "$run/run.json" ]; then
    words=(--resume "$run")
else
    words=("$config" --out "$run" -D "search.seed=$seed")
fi

# The search runs beside the shell, which could not hear a signal otherwise.
stopped=no pid=''
trap 'stopped=yes; [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null || true' TERM INT
"$glasswright" search "${words[@]}" --threads "${SLURM_CPUS_PER_TASK:-1}" --json >"$root/$seed.json" &
pid=$!
[ "$stopped" = no ] || kill -TERM "$pid"
# A signal interrupts `wait`, and the trap has passed it on then; the last wait has the search's own code, which bash remembers.
wait "$pid" || true
while kill -0 "$pid" 2>/dev/null; do wait "$pid" || true; done
code=0
wait "$pid" || code=$?
if [ "$code" -eq 0 ] && [ "$stopped" = yes ] && ! grep -q '"outcome":"finished"' "$root/$seed.json"; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$seed" || true
fi

exit "$code"
