"""From domain to domain: rows of one domain, the matrix by hand, and a study carried out."""

import numpy as np
import pandas as pd
import pytest

from core.config import RunConfig
from core.data.sets.add import add_dataset
from core.data.sets.domains import domain_column, domains_of, within
from core.errors import DatasetError, StudyError
from core.jobs.phases.choosing import choose_rows
from core.jobs.worker import work
from core.studies.domain_matrix import Entry, Matrix, corrected, mean_over_domains, read_matrix
from core.studies.domains import foretelling, measure_distances, next_domains, plan_domains
from core.studies.kind import Asked
from core.studies.registry import answer_of, start_study
from tests.conftest import sentences


class Told:
    """A finished run as the matrix reads it: which rows it got right."""

    def __init__(self, right):
        self.result = {"split": "test"}
        self.table = pd.DataFrame({"row": range(len(right)), "correct": np.array(right, dtype=bool)})

    def read_predictions(self, part, columns):
        return self.table[columns]


OF_ROW = pd.Series(["a"] * 4 + ["b"] * 4)


def matrix(a, b, fixed=False):
    return read_matrix("Full", {"a": [Told(a)], "b": [Told(b)]}, OF_ROW, fixed)


def test_the_matrix_and_its_losses_by_hand():
    told = matrix([1, 1, 1, 1, 0, 0, 1, 1], [1, 0, 1, 0, 1, 1, 1, 0])
    values = {(one.learnt, one.tested): (one.value, one.loss) for one in told.entries}
    assert values == {
        ("a", "a"): (1.0, None),
        ("a", "b"): (0.5, -0.25),
        ("b", "a"): (0.5, -0.5),
        ("b", "b"): (0.75, None),
    }
    assert told.inside == pytest.approx(0.875) and told.across == pytest.approx(0.5)
    assert told.row_means.tolist() == [1, 0, 1, 0, 0, 0, 1, 1]


def test_seeds_are_averaged_and_a_missing_training_leaves_no_mean_across():
    two = {"a": [Told([1] * 8), Told([1] * 4 + [0] * 4)], "b": []}
    told = read_matrix("Full", two, OF_ROW, False)
    assert told.entry("a", "b").value == pytest.approx(0.5) and told.entry("a", "b").seeds == 2
    assert told.across is None and told.entry("a", "b").loss is None


def test_every_domain_counts_the_same_however_many_rows_it_has():
    values, of_row = pd.Series([1.0] * 6 + [0.0] * 2), pd.Series(["a"] * 6 + ["b"] * 2)
    mean, interval = mean_over_domains(values, of_row)
    assert mean == 0.5 and interval == (0.5, 0.5)
    _, interval = mean_over_domains(pd.Series([1.0, 0.0, 1.0, 0.0]), pd.Series(["a", "a", "b", "b"]))
    error = np.sqrt(2 * 0.5 / 2) / 2  # each domain: variance 1/2 of two rows
    assert interval == pytest.approx((0.5 - 1.96 * error, 0.5 + 1.96 * error))


def test_a_distance_that_grows_with_the_loss_foretells_it():
    names = ["a", "b", "c"]
    of_row = pd.Series(np.repeat(names, 10))
    hit = {"a": {"b": 8, "c": 2}, "b": {"a": 8, "c": 4}, "c": {"a": 2, "b": 4}}
    runs = {
        learnt: [Told(np.concatenate([np.arange(10) < hit[learnt].get(tested, 10) for tested in names]))]
        for learnt in names
    }
    distances = [
        {"a": "a", "b": "b", "vocabulary": 0.1, "classifier": 0.9, "embedding": 0.5},
        {"a": "a", "b": "c", "vocabulary": 0.9, "classifier": 0.1, "embedding": 0.5},
        {"a": "b", "b": "c", "vocabulary": 0.5, "classifier": 0.5, "embedding": 0.5},
    ]
    told = foretelling(read_matrix("Full", runs, of_row, False), distances)
    assert told == pytest.approx({"vocabulary": 1.0, "classifier": -1.0})  # of one that never varies nothing is said


@pytest.fixture
def domains(home, tmp_path):
    """Three domains of 80 rows each, two classes."""
    rows = [
        f'"{text} {word}",{label},{name}'
        for seed, (name, word) in enumerate({"books": "page", "films": "scene", "pans": "lid"}.items())
        for text, label in sentences(80, seed)
    ]
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(["text,label,domain", *rows]) + "\n")
    return add_dataset(path)[0]


def test_rows_of_a_domain_teach_and_those_of_all_judge(domains):
    assert domains_of(domains) == ["books", "films", "pans"]
    chosen, column = choose_rows(RunConfig(domains.id, domains="books|pans"), print), domain_column(domains)
    assert set(chosen.parts["train"][column]) == set(chosen.parts["validation"][column]) == {"books", "pans"}
    assert set(chosen.parts["test"][column]) == {"books", "films", "pans"}


def test_an_unknown_domain_and_a_set_without_domains_say_what_to_do(domains, dataset):
    with pytest.raises(DatasetError, match="'shoes'") as unknown:
        within(domains.frame(), domains, "shoes")
    assert "books, films, pans" in unknown.value.hint
    with pytest.raises(DatasetError, match="no column of domains") as none:
        plan_domains(dataset, RunConfig(dataset.id), Asked())
    assert "--domain" in none.value.hint


def test_the_plan_trains_on_each_and_on_all_but_each(domains):
    cells = plan_domains(domains, RunConfig(domains.id), Asked(seeds=2, strategies=("full", "tfidf"), left_out=True))
    learnt = {cell.config.domains for cell in cells}
    assert learnt == {"books", "films", "pans", "films|pans", "books|pans", "books|films"}
    assert len(cells) == 6 * (2 + 1), "counted words give the same model again"
    with pytest.raises(StudyError, match="no strategy"):
        plan_domains(domains, RunConfig(domains.id), Asked(strategies=("magic",)))


def test_distances_of_all_pairs(domains, tiny_encoder):
    pairs = measure_distances(domains, str(tiny_encoder), 32)
    assert [(pair["a"], pair["b"]) for pair in pairs] == [("books", "films"), ("books", "pans"), ("films", "pans")]
    assert all(0 < pair["vocabulary"] < 1 and pair["classifier"] > 1 and pair["embedding"] >= 0 for pair in pairs)


@pytest.mark.slow
def test_a_study_of_domains_is_carried_out(domains, tiny_encoder):
    config = RunConfig(domains.id, str(tiny_encoder), epochs=2, learning_rate=0.003, max_length=32)
    study = start_study("domains", config, Asked(seeds=1, strategies=("full", "tfidf")))
    assert next_domains(study) == () and len(study.recall("distances")["pairs"]) == 3
    for cell in study.cells():
        assert work(cell.run.path) == 0 or cell.run.state == "finished"
    assert next_domains(study) is None
    study.close()
    answer = answer_of(study)
    assert len(answer.matrices) == 2 and all(len(one.entries) == 9 for one in answer.matrices)
    assert "right inside a domain" in answer.sentence and "Across domains" in answer.sentence
    own = study.cells()[0].run
    assert own.result["train_rows"] < domains.size("train") / 2 and answer.to_json()["domains"] == [
        "books",
        "films",
        "pans",
    ]
    baseline = next(line for line in own.result["baselines"] if line["name"] == "tfidf")
    counted = next(one for one in answer.matrices if one.strategy != "Full fine-tuning")
    whole = np.average([one.value for one in counted.entries[:3]], weights=[one.rows for one in counted.entries[:3]])
    assert baseline["metrics"]["accuracy"] == pytest.approx(whole), (
        "the baseline learns from the same rows of one domain"
    )


def test_losses_that_stand_together_are_corrected_together():
    def entry(p, rows=100):
        found = "real" if p < 0.05 else "not_shown"
        return Entry("a", "b", 0.8, None, rows, 1, -0.1, (-0.19, -0.01), p, "too_few_rows" if rows < 30 else found)

    def of(*entries):
        return Matrix("Full", entries, None, None, None, pd.Series(dtype=float))

    first, second = corrected([of(entry(0.04), entry(0.001)), of(entry(0.03), entry(0.5, rows=9))])
    assert [one.verdict for one in first.entries] == ["not_shown", "real"], (
        "0.04 alone is no more than chance among three"
    )
    assert [one.verdict for one in second.entries] == ["not_shown", "too_few_rows"]
    assert corrected([of(entry(0.04))])[0].entries[0].verdict == "real"
