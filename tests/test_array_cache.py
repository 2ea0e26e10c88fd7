import numpy as np

from core.array_cache import ArrayCache


def test_arrays_come_back_as_they_were_and_mapped(home):
    kept = ArrayCache("things")
    assert kept.get("a") is None
    kept.put("a", {"x": np.arange(6).reshape(2, 3), "y": np.ones(2, np.float16)})
    found = kept.get("a")
    assert isinstance(found["x"], np.memmap)
    assert found["x"].tolist() == [[0, 1, 2], [3, 4, 5]] and found["y"].dtype == np.float16


def test_the_entry_used_longest_ago_goes_first(home):
    import os

    kept = ArrayCache("things", most_bytes=3000)
    for age, key in ((300, "old"), (200, "middle"), (100, "new")):
        kept.put(key, {"x": np.zeros(100)})
        entry = kept.folder / key
        moment = entry.stat().st_mtime - age
        os.utime(entry, (moment, moment))
    kept.get("old")  # used: now the newest
    kept.put("newest", {"x": np.zeros(100)})
    assert kept.get("middle") is None
    assert kept.get("old") is not None and kept.get("newest") is not None


def test_what_is_too_large_is_not_kept(home):
    kept = ArrayCache("things", most_bytes=100)
    assert not kept.put("a", {"x": np.zeros(100)})
    assert kept.get("a") is None


def test_a_torn_entry_is_not_read(home):
    kept = ArrayCache("things")
    kept.put("a", {"x": np.zeros(1000)})
    file = kept.folder / "a" / "x.npy"
    file.write_bytes(file.read_bytes()[:500])
    assert kept.get("a") is None
