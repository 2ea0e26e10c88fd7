"""How names and shapes of a file lie on an architecture; no tensor is needed for that."""

import json

import pytest

from core.errors import SourceError
from core.models.fit import Fit, check_fit, fit_shapes, fronts

WANTED = {
    "embeddings.word_embeddings.weight": (100, 8),
    "encoder.layer.0.dense.weight": (8, 8),
    "encoder.layer.0.dense.bias": (8,),
    "pooler.dense.weight": (8, 8),
}


def test_the_fronts_are_those_under_which_the_most_numbers_find_a_place():
    given = {f"module.bert.{name}": shape for name, shape in WANTED.items()}
    assert fronts(given | {"module.head.weight": (8, 8)}, WANTED) == ("module.bert.", "")
    part = {name.removeprefix("encoder."): shape for name, shape in WANTED.items() if name.startswith("encoder.")}
    assert fronts(part, WANTED) == ("", "encoder.")


def test_each_tensor_is_matched_missing_left_over_or_of_another_shape():
    given = {name: shape for name, shape in WANTED.items() if not name.startswith("pooler")}
    given |= {"encoder.layer.0.dense.bias": (9,), "classifier.weight": (2, 8), "embeddings.position_ids": (1, 64)}
    fit, matched = fit_shapes("file.pt", "tiny", given, WANTED, ["embeddings.position_ids"])
    assert fit.matched == tuple(matched) == ("embeddings.word_embeddings.weight", "encoder.layer.0.dense.weight")
    assert fit.missing == ("pooler.dense.weight",) and fit.left_over == ("classifier.weight",)
    assert fit.differs == (("encoder.layer.0.dense.bias", (9,), (8,)),)
    assert fit.share == pytest.approx((800 + 64) / (800 + 64 + 8 + 64))


def test_a_fit_comes_back_from_a_file_as_it_was():
    fit, _ = fit_shapes("file.pt", "tiny", WANTED | {"encoder.layer.0.dense.bias": (9,)}, WANTED)
    assert Fit.from_json(json.loads(json.dumps(fit.to_json()))) == fit


def test_another_vocabulary_or_hardly_any_match_is_refused():
    fit, _ = fit_shapes("file.pt", "tiny", WANTED | {"embeddings.word_embeddings.weight": (90, 8)}, WANTED)
    with pytest.raises(SourceError, match=r"vocabulary does not fit tiny.*\(90, 8\) in the file"):
        check_fit(fit)
    fit, _ = fit_shapes("file.pt", "tiny", {"pooler.dense.weight": (8, 8), "conv.weight": (3, 3)}, WANTED)
    with pytest.raises(SourceError, match=r"Only 1 of 4 tensors of tiny .* such as conv.weight"):
        check_fit(fit)
