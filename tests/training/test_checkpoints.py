import torch

from core.training import checkpoints


def test_a_state_comes_back_as_it_was(tmp_path):
    checkpoints.save_state(tmp_path / "c", {"numbers": {"step": 3}, "model": {"w": torch.arange(4.0)}})
    state = checkpoints.load_state(tmp_path / "c")
    assert state["numbers"]["step"] == 3 and state["model"]["w"].tolist() == [0, 1, 2, 3]


def test_a_crash_while_writing_leaves_the_old_state(tmp_path):
    checkpoints.save_state(tmp_path, {"numbers": {"step": 1}})
    (tmp_path / ".state.pt.new").write_bytes(b"half a checkpo")
    assert checkpoints.load_state(tmp_path)["numbers"]["step"] == 1


def test_nothing_saved_is_none(tmp_path):
    assert checkpoints.load_state(tmp_path) is None and checkpoints.load_weights(tmp_path) is None
