"""A disk that is full or can only be read: what was wrong is said, nothing half-written stays, and nothing is lost."""

import pytest

from tests.disks import can_mount, report

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not can_mount(), reason="no mounts of its own for a process here")]


@pytest.fixture(scope="module")
def full(tmp_path_factory, tiny_encoder):
    return report("full", tmp_path_factory.mktemp("full") / "disk", tiny_encoder)


@pytest.fixture(scope="module")
def read_only(tmp_path_factory, tiny_encoder):
    return report("read_only", tmp_path_factory.mktemp("read") / "disk", tiny_encoder)


@pytest.mark.parametrize("command", ["add", "train", "cross-validate", "fix", "export", "predict"])
def test_a_command_that_finds_no_room_says_so(full, command):
    told = full[command]
    assert told["code"] == 1 and "the disk is full" in told["answer"]["error"]["message"], told
    assert told["answer"]["error"]["hint"] and "Traceback" not in told["said"]


@pytest.mark.parametrize("command", ["check", "suspects", "list"])
def test_what_only_keeps_its_answer_gives_it_without_room(full, command):
    assert full[command]["code"] == 0, full[command]


def test_the_doctor_sees_that_there_is_no_room(full):
    found = {check["name"]: check for check in full["doctor"]["answer"]["checks"]}
    assert full["doctor"]["code"] == 1 and not found["workspace"]["ok"]
    assert "the disk is full" in found["workspace"]["message"]


def test_nothing_half_written_stays_on_a_full_disk(full):
    assert full["leftovers"] == full["at the end"] == []


def test_a_training_that_runs_out_of_room_says_so_and_goes_on_when_there_is_some(full):
    assert "the disk is full" in full["worker"] and full["stuck"]["answer"]["status"] in ("failed", "interrupted")
    assert full["stuck"]["answer"]["error"]["hint"] and full["resumed"]["code"] == 0
    done = full["finished"]["answer"]
    assert (done["status"], done["step"], done["error"]) == ("finished", done["total_steps"], None)


def test_a_file_that_could_not_be_replaced_is_as_it_was(full):
    assert full["output"] == "as it was"


def test_what_only_reads_works_on_a_disk_that_can_only_be_read(read_only):
    refused = {name: read_only[name] for name in read_only["reading"] if read_only[name]["code"]}
    assert set(refused) <= {"doctor"}, refused  # which rightly finds that nothing can be written
    assert read_only["runs list"]["answer"]["runs"][-1]["metrics"] and read_only["rows"] == 121


def test_what_writes_says_that_the_disk_can_only_be_read(read_only):
    for name in read_only["writing"]:
        told = read_only[name]
        assert told["code"] == 1 and "can only be read" in told["answer"]["error"]["message"], (name, told)
        assert told["answer"]["error"]["hint"] and "Traceback" not in told["said"]


def test_the_doctor_sees_that_nothing_can_be_written(read_only):
    found = {check["name"]: check for check in read_only["doctor"]["answer"]["checks"]}
    assert not found["workspace"]["ok"] and "can only be read" in found["workspace"]["message"]
