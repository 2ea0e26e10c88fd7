"""What every worker is told by its environment, wherever it runs."""

# glibc otherwise hands freed memory back to the system after each step, which costs a third of the speed on a CPU
WORKER_ENV = {
    "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_TOP_PAD_": "268435456",
    "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True",  # batches differ in size, which would leave holes on a card
    "TOKENIZERS_PARALLELISM": "true", "PYTHONUNBUFFERED": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
}  # fmt: skip
