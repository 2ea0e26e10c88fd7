"""What the queue asks of a cluster, and what it makes of the answers; the head is a small server of this process."""

import json
import os
import subprocess
import sys
import time

import pytest

from core import workspace
from core.config import RunConfig
from core.errors import ConfigError
from core.jobs import heartbeats, queue
from core.jobs.cluster import engine
from core.jobs.cluster.api import Api, Asked, ClusterError, normal_address
from core.jobs.cluster.arrival import EXPECTED, code_digest
from core.jobs.cluster.asks import asked_for
from core.jobs.cluster.engine import ClusterQueue
from core.jobs.cluster.known import KnownCluster, add_cluster, get_cluster, list_clusters, remove_cluster
from core.jobs.cluster.state import trouble_of
from core.jobs.cluster.status import cluster_status
from core.jobs.process import identity
from core.jobs.scheduler import Scheduler
from core.jobs.successor import take_next
from core.runs.folder import Run, create_run
from core.runs.ties import StudyTie
from tests.conftest import ROOT
from tests.jobs.cluster.fake_head import Head, listening, node

GONE = {"host": "elsewhere", "pid": 1, "created": 1.0}


@pytest.fixture
def head(home):
    with listening(Head()) as head:
        add_cluster(KnownCluster(head.address))
        yield head


@pytest.fixture
def look(head, monkeypatch):
    monkeypatch.setattr(engine, "NODES_EVERY", 0.0)
    return ClusterQueue(head.address)


def queued(head, **changes) -> Run:
    run = create_run(RunConfig("gone", engine=head.address, **changes), "a run")
    run.write_status(state="queued", queued_at=time.time())
    return run


def under_way(head, look, state: str = "RUNNING", process=GONE, heartbeat=None) -> Run:
    run = queued(head)
    look.look([], [run])
    head.set(f"{run.id}-1", state)
    run.write_status(state="running", process=process, heartbeat=heartbeat or time.time(), step=3)
    return run


# --- addresses and answers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("10.0.0.5", "http://10.0.0.5:8265"), (" head:9000/ ", "http://head:9000"), ("https://ray.example.com", "https://ray.example.com:443"),
        ("http://head", "http://head:8265"), ("http://[::1]:8265", "http://[::1]:8265"),
    ],
)  # fmt: skip
def test_an_address_is_completed(given, whole):
    assert normal_address(given) == whole


@pytest.mark.parametrize(
    "given", ["", "ray://head:10001", "http://", "head:port", "http://head/path", "ftp://head", "http://me:pw@head"]
)
def test_what_is_no_address_is_refused_with_how_to_write_one(given):
    with pytest.raises(ConfigError, match=r"write it like http://10\.0\.0\.5:8265"):
        normal_address(given)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, b"<html>hello</html>"), "no Ray cluster"), ((404, b"nothing here"), "no Ray cluster"), ((200, b"[]"), "no Ray cluster"),
        ((401, b"who are you"), "does not accept the token: none was given"), ((403, b""), "does not accept the token"),
        ((500, b"Traceback\nValueError: broken"), r"refused \(500\): ValueError: broken"),
    ],
)  # fmt: skip
def test_what_is_no_cluster_or_refuses_is_never_added(head, answer, message):
    remove_cluster(head.address)
    head.answer = answer
    with pytest.raises(ClusterError, match=message):
        add_cluster(KnownCluster(head.address))
    assert list_clusters() == []


def test_an_address_where_nobody_listens_is_said_to_be_that_of_the_dashboard(home):
    with pytest.raises(ClusterError, match=r"http://127\.0\.0\.1:1 does not answer.*head's dashboard"):
        add_cluster(KnownCluster("http://127.0.0.1:1"))


def test_answers_in_another_shape_name_the_version_as_the_cause(head):
    head.answer = (200, b'{"data": 1}')
    api = Api(head.address)
    for ask in (api.nodes, api.jobs):
        with pytest.raises(ClusterError, match=r"not known here.*version of Ray"):
            ask()


def test_a_token_goes_with_each_request_and_is_never_written_or_printed(head, tmp_path):
    head.token = "sesame"
    (tmp_path / "token").write_text("sesame\n")
    cluster = KnownCluster(head.address, token_file=str(tmp_path / "token"))
    assert add_cluster(cluster) == "2.60.0" and "sesame" not in repr(cluster.api())
    assert "sesame" not in (workspace.home() / "clusters.json").read_text()
    (tmp_path / "token").unlink()
    with pytest.raises(ClusterError, match=r"token.*cannot be read"):
        get_cluster(head.address).api()


def test_a_damaged_list_of_clusters_says_what_to_do(head):
    (workspace.home() / "clusters.json").write_text('{"http://x:1": {"cores": "many"}}')
    with pytest.raises(ClusterError, match=r"clusters\.json.*add the clusters again"):
        list_clusters()


def test_an_engine_that_was_never_added_is_refused_before_anything_is_queued(dataset):
    with pytest.raises(ConfigError, match=r"never added.*cluster add http://10\.0\.0\.9:8265"):
        queue.submit(RunConfig(dataset.id, engine="http://10.0.0.9:8265"))
    with pytest.raises(ConfigError, match=r"engine is 'somewhere'"):
        RunConfig(dataset.id, engine="somewhere")


# --- what is asked ------------------------------------------------------------------------------------------------
def test_a_run_asks_for_cores_cards_and_the_memory_of_the_forecast(head, dataset, tiny_encoder):
    api, cluster = Api(head.address), get_cluster(head.address)
    config = RunConfig(dataset.id, model=str(tiny_encoder))
    asked = asked_for(config, api.nodes(), cluster)
    assert (asked.cpus, asked.gpus) == (2, 0) and 1500 < asked.memory_mib < 4000
    assert asked.sentence == f"2 cores and {asked.memory_mib / 1024:.1f} GiB of memory"
    head.nodes += [node("c", cpus=64, gpus=4)]
    assert asked_for(config, api.nodes(), cluster) == Asked(4, 1.0, 4096)
    assert asked_for(config.changed(device="cpu"), api.nodes(), cluster).gpus == 0
    assert asked_for(config.changed(strategy="tfidf"), api.nodes(), cluster).gpus == 0
    assert asked_for(config, api.nodes(), KnownCluster(head.address, cores=8)).cpus == 8


def test_a_waiting_run_becomes_a_job_with_all_that_its_worker_must_know(head, look, tmp_path):
    add_cluster(KnownCluster(head.address, python="/opt/py thon", project="/srv/graft", home="/mnt/graft/"))
    run = queued(head)
    look.look([], [run])
    (body,) = head.submitted
    assert body["submission_id"] == f"{run.id}-1" and body["entrypoint_num_cpus"] == 2
    assert body["entrypoint"] == f"cd /srv/graft && exec '/opt/py thon' -m core worker /mnt/graft/runs/{run.id}"
    told = body["runtime_env"]["env_vars"]
    assert told["GRAFT_HOME"] == "/mnt/graft/" and told["GRAFT_CORES"] == told["OMP_NUM_THREADS"] == "2"
    assert (
        told[EXPECTED] == code_digest()
        and told["GRAFT_NO_SCHEDULER"] == "1"
        and int(told["RAY_JOB_STOP_WAIT_TIME_S"]) >= 30
    )
    assert run.state == "starting" and run.status["job"] == f"{run.id}-1"


def test_it_is_asked_for_once_also_by_a_queue_that_was_killed_in_between(head, look):
    run = queued(head)
    run.write_status(state="starting", attempt=1, job=f"{run.id}-1", process=None, spawned_at=time.time())
    look.look([run], [])
    look.look([run], [])
    ClusterQueue(head.address).look([run], [])
    assert [body["submission_id"] for body in head.submitted] == [f"{run.id}-1"]
    Api(head.address).submit(f"{run.id}-1", "x", {}, Asked(1), {})  # Ray refuses; the job is there, and all is well
    assert list(head.jobs) == [f"{run.id}-1"]


def test_no_more_wait_at_the_cluster_than_it_can_soon_take(head, look, monkeypatch):
    monkeypatch.setattr(engine, "MOST_PENDING", 2)
    runs = [queued(head) for _ in range(4)]
    look.look([], runs)
    assert [run.state for run in runs] == ["starting", "starting", "queued", "queued"]
    head.set(f"{runs[0].id}-1", "RUNNING")
    look.look(runs[:2], runs[2:])
    assert [run.state for run in runs] == ["starting", "starting", "starting", "queued"]
    assert [queue.position(run) for run in runs] == [None, None, None, 0]


def test_what_a_job_waits_for_is_said_and_whether_any_node_could_ever_take_it(head, look):
    run = queued(head)
    look.look([], [run])
    look.look([run], [])
    assert queue.held_up(run) == "Waits until one of 2 nodes has 2 cores free."
    head.nodes = [node("a", head=True, cpus=1), node("b", alive=False)]
    look.look([run], [])
    assert queue.held_up(run) == "Waits for 2 cores, and no node of the cluster has as much."
    told = cluster_status(get_cluster(head.address))
    assert told.sentence == "1 node (1 lost), 1 cores; 1 run, 1 of them waits." and told.jobs[0].waits == queue.held_up(
        run
    )


def test_the_scheduler_hands_runs_of_a_cluster_on_and_takes_no_device_for_them(head, monkeypatch):
    run, other = queued(head), create_run(RunConfig("gone"), "here")
    other.write_status(state="queued", queued_at=time.time())
    started = []
    monkeypatch.setattr(engine, "EVERY", 0.05)
    monkeypatch.setattr(Scheduler, "_start", lambda self, run, devices: started.append(run.id))
    look = Scheduler()
    until = time.monotonic() + 20
    while run.state != "starting" and time.monotonic() < until:
        look.tick()
        time.sleep(0.05)
    assert run.state == "starting" and set(started) == {other.id}


def test_a_worker_on_a_cluster_takes_no_further_run_of_its_study(head):
    runs = [queued(head) for _ in range(2)]
    for run in runs:
        run.write_meta(study=StudyTie("s", run.id).to_json())
    runs[0].write_status(state="finished")
    assert take_next(runs[0]) is None and runs[1].state == "queued"


# --- what is lost -------------------------------------------------------------------------------------------------
def test_a_run_whose_node_is_lost_waits_again_and_becomes_another_job(head, look):
    run = under_way(head, look, "FAILED", heartbeat=time.time() - 300)
    look.look([run], [])
    assert run.state == "queued" and run.status["lost"] == {"times": 1, "step": 3} and not head.jobs
    look.look([], [run])
    assert [body["submission_id"] for body in head.submitted] == [f"{run.id}-1", f"{run.id}-2"] and run.status[
        "attempt"
    ] == 2


def test_a_worker_that_still_gives_signs_of_life_is_left_alone_whatever_ray_says(head, look):
    here = under_way(head, look, "FAILED", process=identity())
    far = under_way(head, look, "FAILED")
    look.look([here, far], [])
    assert here.state == far.state == "running"


def test_one_on_another_machine_is_lost_once_it_is_silent(head, look, monkeypatch):
    run = under_way(head, look, "FAILED")
    monkeypatch.setattr(heartbeats, "SILENCE", 0.2)
    look.look([run], [])
    time.sleep(0.3)
    look.look([run], [])
    assert run.state == "queued"


def test_a_machine_of_the_same_name_is_not_this_one(head, look):
    namesake = identity() | {"boot": "another", "pid": 1}
    run = under_way(head, look, "FAILED", process=namesake)
    look.look([run], [])
    assert run.state == "running"


def test_a_silent_worker_whose_job_runs_is_waited_for(head, look):
    run = under_way(head, look, "RUNNING", heartbeat=time.time() - 300)
    look.look([run], [])
    assert run.state == "running"


def test_a_cluster_that_was_started_anew_knows_no_jobs_and_gets_them_again(head, look):
    run = under_way(head, look, heartbeat=time.time() - 300)
    head.jobs.clear()
    look.look([run], [])
    assert run.state == "queued"


def test_a_run_that_is_lost_again_and_again_without_a_step_is_interrupted_with_the_cause(head, look, monkeypatch):
    monkeypatch.setattr(engine, "MOST_LOSSES", 2)
    run = under_way(head, look)
    for attempt in range(1, 4):
        head.set(f"{run.id}-{attempt}", "FAILED", "node died of thirst")
        run.write_status(state="running", process=GONE, heartbeat=time.time() - 300)
        look.look([run], [])
        if run.state == "queued":
            look.look([], [run])
    assert run.state == "interrupted" and "lost 3 times" in run.status["error"]["message"]
    assert "thirst" in run.status["error"]["message"] and run.resumable


def test_a_loss_after_progress_counts_from_one_again(head, look):
    run = under_way(head, look, "FAILED", heartbeat=time.time() - 300)
    run.write_status(lost={"times": 4, "step": 2})
    look.look([run], [])
    assert run.state == "queued" and run.status["lost"] == {"times": 1, "step": 3}


def test_a_worker_that_could_not_start_fails_the_run_with_what_the_node_printed(head, look):
    run = queued(head)
    look.look([], [run])
    head.set(f"{run.id}-1", "FAILED", "Job entrypoint command failed with exit code 127")
    look.look([run], [])
    error = run.status["error"]
    assert (
        run.state == "failed"
        and "python: not found" in error["message"]
        and "--project --python --home" in error["hint"]
    )


def test_what_ended_properly_is_taken_off_the_clusters_list(head, look):
    done, run = under_way(head, look, "SUCCEEDED"), under_way(head, look)
    done.write_status(state="finished")
    head.set("somebody-elses-1", "SUCCEEDED")
    look.look([run], [])
    assert set(head.jobs) == {f"{run.id}-1", "somebody-elses-1"}


# --- stops, and a head that is gone -------------------------------------------------------------------------------
def test_a_job_that_has_not_begun_is_stopped_at_once(head, look):
    run = queued(head)
    look.look([], [run])
    queue.stop(run)
    look.look([run], [])
    assert run.state == "stopped" and f"POST /api/jobs/{run.id}-1/stop" in head.asked and not run.stop_asked()


def test_a_worker_that_does_not_see_the_mark_is_ended_by_ray_after_a_while(head, look, monkeypatch):
    run = under_way(head, look)
    queue.stop(run)
    look.look([run], [])
    assert not any(line.endswith("/stop") for line in head.asked), "it saves a checkpoint first"
    monkeypatch.setattr(engine, "STOP_GRACE", 0.0)
    look.look([run], [])
    look.look([run], [])
    assert sum(line.endswith("/stop") for line in head.asked) == 1 and run.state == "stopping"
    run.write_status(heartbeat=time.time() - 300)
    ClusterQueue(head.address).look([run], [])
    assert run.state == "stopped"


def test_a_waiting_run_is_stopped_though_the_cluster_does_not_answer(head, look):
    waiting, silent = queued(head), under_way(head, look, heartbeat=time.time() - 300)
    head.answer = (500, b"")
    queue.stop(waiting)
    queue.stop(silent)
    look.look([silent], [waiting])
    assert waiting.state == silent.state == "stopped"


def test_a_head_that_does_not_answer_is_told_and_its_runs_stay(head, look, monkeypatch):
    run, waiting = under_way(head, look, heartbeat=time.time() - 300), queued(head)
    head.answer = (500, b"no")
    look.look([run], [waiting])
    assert (run.state, waiting.state) == ("running", "queued")
    for one in (run, waiting):
        assert "refused (500)" in queue.held_up(one) and "go on when it answers" in queue.held_up(one)
    head.answer = None
    look.look([run], [waiting])
    assert trouble_of(head.address) == "" and waiting.state == "starting"


def test_a_run_that_is_broken_harms_no_other(head, look, monkeypatch):
    bad, good = queued(head), queued(head)
    (bad.path / "config.json").write_text("{")
    look.look([], [bad, good])
    assert good.state == "starting"


# --- the worker there ---------------------------------------------------------------------------------------------
def test_a_node_with_another_version_of_the_program_says_so_and_trains_nothing(head):
    run = queued(head)
    done = subprocess.run(
        [sys.executable, "-m", "core", "worker", str(run.path)], cwd=ROOT, capture_output=True, timeout=120,
        env=os.environ | {EXPECTED: "another"},
    )  # fmt: skip
    assert done.returncode == 1 and run.state == "failed" and "another version" in run.status["error"]["message"]
    assert run.resumable and not run.events_path.exists()


def test_a_worker_whose_run_goes_on_elsewhere_writes_nothing_more(head):
    from core.errors import RunError
    from core.jobs.reporter import Reporter

    run = queued(head)
    run.write_status(state="running", attempt=1)
    reporter = Reporter(run)
    reporter.update(now=True, step=1)
    status = json.loads((run.path / "status.json").read_text()) | {"attempt": 2}
    workspace.write_json(run.path / "status.json", status)
    with pytest.raises(RunError, match="goes on elsewhere, as attempt 2"):
        reporter.update(now=True, step=2)
    reporter._events.close()
    assert run.status["step"] == 1
