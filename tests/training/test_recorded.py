"""What is recorded, and what happens where memory runs out in its midst; a tape of the tests stands in for the card's."""

from contextlib import contextmanager

import pytest
import torch

from core.training.recorded import Recorder


class Tape:
    """Records what it is given, as long as it has room."""

    def __init__(self, room=100, error=torch.OutOfMemoryError):
        self.room, self.error, self.tried, self.inside = room, error, 0, False

    @contextmanager
    def beside(self):
        self.inside = True
        try:
            yield
        finally:
            self.inside = False

    def record(self, work):
        self.tried += 1
        if self.room == 0:
            raise self.error("CUDA out of memory")
        self.room -= 1
        box = torch.zeros(())

        class Recording:
            def replay(self):
                box.copy_(work())

        return Recording(), box


class Work:
    def __init__(self, value):
        self.value, self.done = value, 0

    def __call__(self):
        self.done += 1
        return torch.tensor(float(self.value))


def test_work_is_done_once_then_recorded_then_replayed():
    tape, work = Tape(), Work(3)
    recorder = Recorder("cuda:0", tape)
    assert [float(recorder.run("a", work)) for _ in range(4)] == [3.0] * 4
    assert (work.done, tape.tried, recorder.recordings, tape.inside) == (4, 1, 1, False)


def test_memory_that_runs_out_in_the_midst_of_a_recording_costs_that_recording_alone():
    tape = Tape(room=1)
    recorder, first, second = Recorder("cuda:0", tape), Work(1), Work(2)
    for _ in range(3):
        assert float(recorder.run("a", first)) == 1.0
        assert float(recorder.run("b", second)) == 2.0
    assert (recorder.recordings, tape.tried) == (1, 2)  # what was recorded stays, and none is tried again in vain
    tape.room = 1
    recorder.clear()  # as after a batch that was made smaller: there is room again
    for _ in range(2):
        assert float(recorder.run("b", second)) == 2.0
    assert (recorder.recordings, tape.tried) == (1, 3)


def test_memory_that_also_lacks_without_a_recording_is_told_and_leaves_the_side_stream():
    tape = Tape(room=0)
    recorder = Recorder("cuda:0", tape)
    recorder.run("a", Work(1))

    def too_large():
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        recorder.run("a", too_large)
    assert not tape.inside
    assert float(recorder.run("a", Work(4))) == 4.0


def test_an_end_of_recording_that_hides_the_lack_of_memory_is_seen_through():
    class Hiding(Tape):
        def record(self, work):
            try:
                return super().record(work)
            except torch.OutOfMemoryError:
                raise RuntimeError("operation failed due to a previous error during capture")  # noqa: B904

    recorder = Recorder("cuda:0", Hiding(room=1))
    for _ in range(3):
        for key in ("a", "b"):
            recorder.run(key, Work(1))
    assert recorder.recordings == 1


def test_work_that_cannot_be_recorded_ends_all_recording():
    tape = Tape(room=0, error=RuntimeError)
    recorder = Recorder("cuda:0", tape)
    assert [float(recorder.run(key, Work(5))) for key in "aabb"] == [5.0] * 4
    assert (recorder.recordings, tape.tried) == (0, 1)


def test_other_devices_only_run():
    work = Work(2)
    assert [float(Recorder("cpu").run("a", work)) for _ in range(3)] == [2.0] * 3
    assert work.done == 3
