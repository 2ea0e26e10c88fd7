import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.cleaning.label_errors import suspects_of_run, suspects_of_set
from core.data.sets.add import add_dataset
from core.errors import RunError
from core.runs.folder import create_run
from tests.conftest import sentences
from tests.run_results import whole_result


def stored(tmp_path, frame):
    frame.to_csv(tmp_path / "x.csv", index=False)
    return add_dataset(tmp_path / "x.csv", text="review", label="label")[0]


def flipped(label):
    return "neg" if label == "pos" else "pos"


def test_flipped_labels_are_found_by_a_word_model_that_has_not_seen_them(home, tmp_path):
    frame = pd.DataFrame(sentences(400), columns=["review", "label"])
    wrong = list(range(5, 400, 20))
    frame.loc[wrong, "label"] = frame.loc[wrong, "label"].map(flipped)
    found = suspects_of_set(stored(tmp_path, frame))
    assert len(found) >= 10 and set(found["row"]) <= set(wrong)
    assert (found["suggestion"] == found["label"].map(flipped)).all() and (found["certainty"] > found["own"]).all()


def test_a_text_does_not_vouch_for_its_own_wrong_label(home, tmp_path):
    frame = pd.DataFrame(sentences(300), columns=["review", "label"])
    frame.loc[[50, 150, 250], "review"] = frame.loc[50, "review"]
    frame.loc[[50, 150, 250], "label"] = flipped(frame.loc[50, "label"])  # three copies with the same wrong label
    assert {50, 150, 250} <= set(suspects_of_set(stored(tmp_path, frame))["row"])


def test_a_run_names_the_judged_rows_whose_label_it_doubts(dataset):
    run = create_run(RunConfig(dataset.id))
    table = dataset.part("test")[["row", "text", "label"]].reset_index(drop=True)
    truth = (table["label"] == "pos").to_numpy()
    table.loc[[1, 4], "label"] = table.loc[[1, 4], "label"].map(flipped)
    random = np.random.default_rng(0)
    sure = np.where(truth, 1, 0) * 0.8 + 0.1 + 0.05 * random.random(len(table))
    run.predictions("test").parent.mkdir()
    table.assign(**{"p.neg": 1 - sure, "p.pos": sure}).to_parquet(run.predictions("test"))
    run.write_result(whole_result())
    found = suspects_of_run(run)
    assert set(found["row"]) == set(table.loc[[1, 4], "row"]) and set(found["split"]) == {"test"}


def test_a_run_without_a_result_is_told(dataset):
    with pytest.raises(RunError, match="no result yet"):
        suspects_of_run(create_run(RunConfig(dataset.id)))
