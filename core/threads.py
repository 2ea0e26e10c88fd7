"""How many threads small numerical work takes."""

from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """Solvers of scikit-learn and SciPy inside this context keep to one thread of the linear algebra.

    They do thousands of small products, for each of which a second thread costs far more than it does, above all
    beside torch's own threads.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")
