"""A run in the words of the contract, and for a reader."""

from core.cli.run_state import headline, state_lines, state_of
from core.config import RunConfig
from core.runs.folder import create_run
from tests.run_results import VERDICT, whole_result


def test_a_queued_run_has_a_config_and_no_scores(home):
    run = create_run(RunConfig("reviews-1", epochs=2), "first")
    state = state_of(run)
    assert (state["run"], state["name"], state["status"], state["step"]) == (run.id, "first", "queued", 0)
    assert state["config"]["epochs"] == 2 and state["metrics"] == {} and "verdict" not in state
    assert state_lines(state) == [f"{run.id} (first): queued, step 0 of ?"] and headline(state) == ""


def test_a_failed_run_tells_what_was_wrong_and_what_to_do(home):
    run = create_run(RunConfig("reviews-1"), "second")
    run.write_status(state="failed", step=3, total_steps=9, error={"message": "No memory.", "hint": "Halve the batch."})
    state = state_of(run)
    assert state_lines(state)[1:] == ["No memory. Halve the batch."] and state["error"]["message"] == "No memory."


def test_a_finished_run_has_its_scores_with_intervals_and_its_baselines(home):
    run = create_run(RunConfig("reviews-1"), "third")
    run.write_status(state="finished", step=9, total_steps=9)
    words = {
        "name": "tfidf",
        "title": "TF-IDF",
        "sentence": "",
        "metrics": {"rmse": 1.1},
        "intervals": {"rmse": [1.0, 1.2]},
    }
    run.write_result(whole_result(
        task="regression", metrics={"rmse": 0.84321}, intervals={"rmse": [0.7, 1.0]}, labels=["stars"], baselines=[words],
        verdict=VERDICT | {"metric": "rmse", "sentence": "Closer than the words."},
    ))  # fmt: skip
    state = state_of(run)
    assert (state["task"], state["headline"], state["baselines"]) == ("regression", "rmse", {"tfidf": 1.1})
    assert "thresholds" not in state and headline(state) == "RMSE 0.843"
    assert state_lines(state)[1:] == [
        "RMSE 0.843 (95 % interval 0.700 to 1.00) on 120 test rows", "baseline tfidf: 1.10", "Closer than the words.",
        "trained for 20.0 s at 1,234 tokens/s",
    ]  # fmt: skip
