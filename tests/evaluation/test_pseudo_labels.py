import numpy as np

from core.evaluation.pseudo_labels import take_sure


def texts(*sure):
    """Probabilities of two classes by that of the first."""
    return np.array([[p, 1 - p] for p in sure])


def test_as_many_of_each_class_are_taken_as_the_scarcest_allows_and_the_surest_first():
    taken = take_sure(texts(0.91, 0.99, 0.95, 0.6, 0.97, 0.02, 0.08), 0.9, np.array([10, 10]))
    assert taken.sure.tolist() == [4, 2] and taken.counts.tolist() == [2, 2]
    assert taken.rows.tolist() == [1, 4, 5, 6] and taken.labels.tolist() == [0, 0, 1, 1]


def test_classes_keep_the_proportions_of_the_labelled_rows():
    taken = take_sure(texts(*[0.95] * 40, *[0.05] * 10), 0.9, np.array([30, 15]))
    assert taken.counts.tolist() == [20, 10]


def test_nothing_that_is_less_sure_is_taken_and_none_may_be():
    taken = take_sure(texts(0.5, 0.7, 0.2), 0.9, np.array([1, 1]))
    assert len(taken.rows) == 0 and taken.sure.tolist() == [0, 0]
    assert take_sure(np.zeros((0, 2)), 0.9, np.array([1, 1])).counts.tolist() == [0, 0]


def test_a_class_that_is_never_sure_takes_no_part_and_one_without_labelled_rows_is_never_given():
    three = np.array([[0.95, 0.03, 0.02], [0.92, 0.05, 0.03], [0.3, 0.4, 0.3], [0.02, 0.03, 0.95]])
    taken = take_sure(three, 0.9, np.array([9, 1, 0]))
    assert taken.counts.tolist() == [2, 0, 0] and taken.sure.tolist() == [2, 0, 1]


def test_a_model_that_is_sure_of_a_part_of_the_classes_only_teaches_nothing():
    one_sided = texts(0.95, 0.97, 0.99, 0.6)
    assert take_sure(one_sided, 0.9, np.array([10, 10])).counts.tolist() == [0, 0]
    assert take_sure(one_sided, 0.9, np.array([80, 20])).counts.tolist() == [3, 0]


def test_of_a_rare_class_one_is_taken_at_least():
    taken = take_sure(texts(*[0.95] * 10, 0.01), 0.9, np.array([2, 99]))
    assert taken.counts.tolist() == [1, 1]
