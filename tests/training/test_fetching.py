"""What batches give reaches the array, at once on a CPU and some batches at a time from a card."""

import numpy as np
import torch

from core.training.fetching import AT_ONCE, Fetched


def test_on_a_cpu_each_batch_is_there_at_once():
    array = np.zeros((4, 2), dtype=np.float32)
    Fetched(array, "cpu").put(np.array([3, 1]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert array.tolist() == [[0, 0], [3, 4], [0, 0], [1, 2]]


def test_from_a_card_some_batches_wait_and_the_end_brings_the_rest():
    array = np.zeros((AT_ONCE + 1, 1), dtype=np.float32)
    fetched = Fetched(array, "cuda:0")
    for row in range(AT_ONCE + 1):
        fetched.put(np.array([row]), torch.tensor([[row + 1.0]], dtype=torch.bfloat16))
        assert bool(array.any()) == (row + 1 >= AT_ONCE)
    assert array[-1] == 0
    fetched.fetch()
    assert array[:, 0].tolist() == [row + 1.0 for row in range(AT_ONCE + 1)]
