"""Files and folders are replaced whole or not at all."""

import os
import time

import pytest

from core import workspace


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_in_one_move_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "deep" / "table.csv"
    for content in ("old", "new"):
        with workspace.replace_file(path) as aside:
            assert aside.parent == path.parent and aside.suffix == ".csv"
            aside.write_text(content)
        assert path.read_text() == content and names(path.parent) == ["table.csv"]


def test_a_reader_sees_the_old_file_while_the_new_one_is_written(tmp_path):
    path = tmp_path / "value.json"
    workspace.write_json(path, 1)
    with workspace.replace_file(path) as aside:
        aside.write_text("2")
        assert workspace.read_json(path) == 1
    assert workspace.read_json(path) == 2


def test_a_writer_that_fails_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "value.json"
    workspace.write_json(path, 1)
    with pytest.raises(ZeroDivisionError), workspace.replace_file(path) as aside:
        aside.write_text("half")
        raise ZeroDivisionError
    assert workspace.read_json(path) == 1 and names(tmp_path) == ["value.json"]


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    path = tmp_path / "value.txt"
    with workspace.replace_file(path) as first, workspace.replace_file(path) as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first" and names(tmp_path) == ["value.txt"]


def test_a_folder_is_replaced_with_all_that_it_held(tmp_path):
    target = tmp_path / "model"
    for name in ("old", "new"):
        with workspace.replace_folder(target) as aside:
            (aside / "inner").mkdir()
            (aside / "inner" / name).write_text(name)
        assert names(target / "inner") == [name] and names(tmp_path) == ["model"]


def test_a_folder_stays_where_its_successor_fails(tmp_path):
    target = tmp_path / "model"
    target.mkdir()
    (target / "weights").write_text("old")
    with pytest.raises(ZeroDivisionError), workspace.replace_folder(target) as aside:
        (aside / "weights").write_text("half")
        raise ZeroDivisionError
    assert (target / "weights").read_text() == "old" and names(tmp_path) == ["model"]


def test_what_a_killed_writer_left_goes_with_the_next_write_and_nothing_else_does(tmp_path):
    long_ago = time.time() - 2 * workspace.ABANDONED
    leftover, fresh, other = (
        tmp_path / name for name in (".value.0123456789abcdef.new.txt", ".value.fedcba9876543210.new.txt", ".value.new.txt")
    )  # fmt: skip
    for path in (leftover, fresh, other):
        path.write_text("half")
    for path in (leftover, other):
        os.utime(path, (long_ago, long_ago))
    workspace.write_bytes(tmp_path / "value.txt", b"whole")
    assert names(tmp_path) == sorted([fresh.name, other.name, "value.txt"])


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_only_its_owner_reads_what_a_workspace_holds(home, dataset):
    """Other users of the machine neither enter its folders nor read the tables and descriptions in them."""
    workspace.write_json(workspace.folder("uploads", "deep") / "x.json", 1)
    with workspace.replace_folder(home / "model") as aside:
        (aside / "weights").write_text("x")
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    assert dataset.folder in folders
    assert not [path for path in folders if path.stat().st_mode & 0o077]
    files = [home / "uploads" / "deep" / "x.json", dataset.folder / "dataset.json"]
    assert not [path for path in files if path.stat().st_mode & 0o077]


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_a_file_that_leaves_the_workspace_has_the_rights_of_any_other_file(home, tmp_path):
    (tmp_path / "plain").write_text("x")
    workspace.write_json(tmp_path / "x.json", 1)
    assert (tmp_path / "x.json").stat().st_mode == (tmp_path / "plain").stat().st_mode
