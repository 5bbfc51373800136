#!/usr/bin/env bash
# A comparison as a Slurm array of eight jobs, and a ninth that merges them. From the folder of dtmm.config.mjs:
#
#   jobs=$(sbatch --parsable slurm.sh)
#   sbatch --dependency=afterok:$jobs --array=0 slurm.sh
#
#SBATCH --job-name=dtmm-compare
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=02:00:00
set -euo pipefail
shards=8
options=(--models models.json --methods filterlet,chip,patdnn --seeds 1,2,3)

if [ "$SLURM_ARRAY_TASK_ID" = 0 ]; then
  merge=$(seq -s , -f "results/shard-%.0f" "$shards")
  npx dtmm compare "${options[@]}" --merge "$merge" --out results
else
  npx dtmm compare "${options[@]}" --shard "$SLURM_ARRAY_TASK_ID/$shards" --out "results/shard-$SLURM_ARRAY_TASK_ID"
fi
