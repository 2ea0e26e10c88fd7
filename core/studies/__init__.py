"""Studies: a question with runs behind it, queued, followed and judged as one."""
