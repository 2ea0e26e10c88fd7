import pytest

from core.config import RunConfig
from core.errors import RunError
from core.jobs.phases.choosing import choose_rows
from core.jobs.worker import work
from core.merging.curve import choose_alpha, measure_curve, save_point
from core.merging.soup import greedy_soup, make_soup
from core.results.predictor import Predictor
from core.runs.folder import create_run, get_run
from core.transfer.retention import retention


def points(*rows):
    return [{"alpha": alpha, "target_chosen": target, "source_chosen": source} for alpha, target, source in rows]


def test_the_point_that_keeps_most_is_taken_among_those_that_cost_the_target_no_more_than_a_point():
    way = points((0.0, 0.50, 0.95), (0.5, 0.899, 0.94), (0.8, 0.905, 0.92), (1.0, 0.90, 0.70))
    assert choose_alpha(way) == 0.5
    assert choose_alpha(points((0.0, 0.50, 0.95), (0.5, 0.894, 0.94), (1.0, 0.905, 0.70))) == 1.0


def test_of_points_that_keep_the_same_the_one_nearest_to_the_run_is_taken():
    assert choose_alpha(points((0.4, 0.9, 0.8), (0.6, 0.9, 0.8), (1.0, 0.9, 0.7))) == 0.6


def test_of_errors_a_hundredth_of_the_smallest_may_be_given_up():
    assert choose_alpha(points((0.5, 2.01, 0.9), (1.0, 2.0, 0.7)), higher=False) == 0.5
    assert choose_alpha(points((0.5, 2.03, 0.9), (1.0, 2.0, 0.7)), higher=False) == 1.0


@pytest.mark.parametrize("higher", [True, False])
def test_a_soup_takes_in_what_does_not_harm_it_best_first(higher):
    states = [{"w": value} for value in tensors(1.0, 4.0, 2.0)]  # the wanted mean is 1.5: of the first and the last

    def score(state):
        distance = abs(float(state["w"]) - 1.5)
        return -distance if higher else distance

    members, alone = greedy_soup(states, score, higher)
    assert sorted(members) == [0, 2] and [abs(value) for value in alone] == [0.5, 2.5, 0.5]


def tensors(*values):
    import torch

    return [torch.tensor(value) for value in values]


@pytest.fixture
def trained(dataset, tiny_encoder):
    """Trains one run after another, each from a source."""

    def train(model=str(tiny_encoder), **settings):
        run = create_run(
            RunConfig(dataset.id, model, **({"epochs": 2, "learning_rate": 0.003, "max_length": 32} | settings))
        )
        assert work(run.path) == 0
        return run

    return train


@pytest.mark.slow
def test_the_way_ends_at_source_and_run_and_a_saved_point_is_a_run_of_its_own(trained):
    first = trained()
    second = trained(f"run:{first.id}", seed=7)
    curve = measure_curve(second, alphas=(0.5,))
    kept = retention(second)
    begin, middle, end = curve["points"]
    assert [point["alpha"] for point in curve["points"]] == [0.0, 0.5, 1.0] and second.curve == curve
    assert begin["source"] == kept["source_before"] and end["source"] == pytest.approx(kept["source_after"])
    assert end["target"] == pytest.approx(second.result["metrics"]["accuracy"])
    saved = save_point(second, 0.5)
    assert saved.state == "finished" and saved.result["metrics"]["accuracy"] == pytest.approx(middle["target"])
    assert saved.meta["made"]["runs"] == [second.id] and saved.meta["made"]["alpha"] == 0.5
    assert saved.result["rows_digest"] == second.result["rows_digest"]
    best = save_point(second, curve["best"])
    assert "chosen by validation rows" in best.meta["made"]["sentence"]
    by_hand = save_point(second, 0.37).meta["made"]["sentence"]
    assert "named by hand" in by_hand and "chosen by validation rows" not in by_hand


@pytest.mark.slow
def test_what_an_earlier_model_says_is_not_changed_by_asking_it_with_other_weights(trained, dataset):
    first = trained()
    second = trained(f"run:{first.id}", seed=7)
    texts = dataset.part("test")["text"].tolist()
    retention(second)
    said = Predictor.load(first).predict(texts)
    known = Predictor.load(first)
    known.known = None
    assert said == pytest.approx(known.predict(texts), abs=1e-6)


@pytest.mark.slow
def test_a_soup_of_runs_is_a_run_and_others_are_refused(trained):
    one, two = trained(), trained(seed=43)
    told = make_soup([one, two])
    assert told["run"] in (one.id, two.id) or told["is_new"]
    assert set(told["alone"]) == {one.id, two.id} and set(told["members"]) <= {one.id, two.id}
    with pytest.raises(RunError, match="two or more"):
        make_soup([one, one])
    with pytest.raises(RunError, match="differ in their model"):
        make_soup([one, trained(f"run:{one.id}")])


@pytest.mark.slow
def test_a_soup_is_the_same_whatever_the_order_and_counts_the_rows_of_all_its_members(trained, dataset, monkeypatch):
    few, more = trained(train_size=16, seed=1), trained(train_size=40, seed=2)
    monkeypatch.setattr(
        "core.merging.soup.greedy_soup", lambda states, score, higher: ([1, 0], [score(each) for each in states])
    )
    made = [get_run(make_soup(runs)["run"]) for runs in ([few, more], [more, few])]
    one, other = (run.result for run in made)
    assert one["train_rows"] == other["train_rows"]
    train = [choose_rows(run.config, warn=str).parts["train"] for run in (few, more)]
    assert one["train_rows"] == len(set(train[0].index) | set(train[1].index)) > 40
    assert [one[name] for name in ("metrics", "verdict")] == [other[name] for name in ("metrics", "verdict")]
    assert [line["metrics"] for line in one["baselines"]] == [line["metrics"] for line in other["baselines"]]
    with pytest.raises(RunError, match="differ in their max_length"):
        make_soup([few, trained(max_length=24)])


def test_nothing_lies_between_a_run_and_a_source_that_it_did_not_move(trained):
    with pytest.raises(RunError, match="did not move"):
        measure_curve(trained(strategy="linear_probe"))
    with pytest.raises(RunError, match="not on the way"):
        measure_curve(trained(), alphas=(1.5,))


def test_a_mixed_run_never_stands_for_a_training_with_its_settings(dataset):
    from core.studies.carrying import finished_alike
    from core.studies.seed_groups import seed_groups
    from tests.app.test_pages import finished

    trained, mixed = finished(dataset, "trained", 0.9), finished(dataset, "mixed", 0.9)
    mixed.write_meta(made={"how": "soup", "runs": [trained.id], "sentence": "The mean of two."})
    other = finished(dataset, "another seed", 0.9, seed=1)
    assert [run.id for run in finished_alike([mixed.config])] == [trained.id]
    (group,) = seed_groups([mixed, trained, other])
    assert {run.id for run in group.runs} == {trained.id, other.id}
