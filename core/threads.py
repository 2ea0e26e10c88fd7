"""Threads that leave room for others: how they wait, and how many small numerical work takes."""

import os
from contextlib import AbstractContextManager

# What each OpenMP library calls it; how it was measured: docs/benchmarks.md, "Beside other work".
PASSIVE_WAITING = {
    "OMP_WAIT_POLICY": "PASSIVE",  # the standard's name: GNU (torch on Linux), LLVM (torch on macOS), Intel
    "GOMP_SPINCOUNT": "1000",  # GNU: turns of its loop before a waiting thread sleeps; none at all was slower on short texts
    "KMP_BLOCKTIME": "0",  # LLVM and Intel (also MKL's threads): milliseconds before a waiting thread sleeps
}


def let_waiting_threads_sleep() -> None:
    """Let threads that wait for one another sleep after microseconds, in this process and in all that it starts.

    By default they spin for milliseconds, which takes the core from whoever has work for it: two trainings at once on two cores then get a
    twentieth of their speed. What a user has set stays.
    """
    for name, value in PASSIVE_WAITING.items():
        os.environ.setdefault(name, value)


def one_thread() -> AbstractContextManager[object]:
    """Solvers of scikit-learn and SciPy inside this context keep to one thread of the linear algebra.

    They do thousands of small products, for each of which a second thread costs far more than it does, above all
    beside torch's own threads.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")
