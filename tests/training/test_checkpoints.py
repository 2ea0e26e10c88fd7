import pytest
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


def saved_twice(folder):
    for step in (1, 2):
        checkpoints.save_state(folder, {"numbers": {"step": step}, "weights": torch.arange(5000.0)})


def damage(path, how):
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    path.write_bytes({"cut": content[:middle], "empty": b"", "noise": b"garbage" * 50, "flipped": flipped}[how])


@pytest.mark.parametrize("how", ["cut", "empty", "noise", "flipped"])
def test_where_the_last_state_is_damaged_the_one_before_it_is_taken_and_that_is_told(tmp_path, how):
    saved_twice(tmp_path)
    warnings = []
    assert checkpoints.load_state(tmp_path, warnings.append)["numbers"]["step"] == 2 and not warnings
    damage(tmp_path / checkpoints.STATE, how)
    assert checkpoints.load_state(tmp_path, warnings.append)["numbers"]["step"] == 1
    assert warnings == ["The last checkpoint is damaged; the run goes on from the one before it, step 1."]


def test_where_no_state_can_be_read_the_training_starts_anew_and_that_is_told(tmp_path):
    saved_twice(tmp_path)
    for name in (checkpoints.STATE, checkpoints.BEFORE):
        damage(tmp_path / name, "cut")
    warnings = []
    assert checkpoints.load_state(tmp_path, warnings.append) is None
    assert warnings == ["The checkpoint is damaged and there is no other: the training starts anew."]


@pytest.mark.parametrize("how", ["cut", "empty", "noise", "flipped"])
def test_damaged_best_weights_are_none_and_the_training_starts_anew(tmp_path, how):
    weights = {"w": torch.arange(5000.0), "half": torch.ones(3, dtype=torch.bfloat16), "one": torch.tensor(3)}
    checkpoints.save_weights(tmp_path / "best", weights)
    read = checkpoints.load_weights(tmp_path / "best")
    assert all(torch.equal(read[name], value) for name, value in weights.items())
    checkpoints.save_state(tmp_path / "state", {"numbers": {"step": 9, "best_step": 6}})
    assert checkpoints.load_training(tmp_path / "state", tmp_path / "best")[0]["numbers"]["step"] == 9
    damage(tmp_path / "best" / checkpoints.WEIGHTS, how)
    assert checkpoints.load_weights(tmp_path / "best") is None
    warnings = []
    assert checkpoints.load_training(tmp_path / "state", tmp_path / "best", warnings.append) == (None, None)
    assert warnings == ["The best weights so far are damaged or missing: the training starts anew."]


def test_a_candidate_for_the_mean_that_is_damaged_is_none(tmp_path):
    candidates = checkpoints.CandidateFolder(tmp_path)
    candidates.put(3, 0.5, {"w": torch.arange(4.0)})
    damage(next(tmp_path.glob("step-3_*")), "empty")
    assert candidates.scores() == {3: 0.5} and candidates.get(3) is None
