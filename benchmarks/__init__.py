"""Speed and accuracy beside peers, on the same rows and machine; results in docs/benchmarks.md."""
