"""A source whose files are damaged, impossible or of different models is refused with what is wrong with it."""

import json
import pickle
import shutil

import pytest

from core.config import RunConfig
from core.errors import SourceError
from core.models.classifier import load_classifier, load_saved
from core.models.sources import check_source, locate
from core.models.trained import trained_weights
from tests.damage import DEEP, JSON_HARMS, harm, with_key


@pytest.fixture
def source(tiny_encoder, tmp_path):
    return shutil.copytree(tiny_encoder, tmp_path / "source")


def load(source):
    return load_classifier(str(source), ("neg", "pos"), seed=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"num_attention_heads": 0}, "num_attention_heads is 0"),
        ({"hidden_size": -1}, "hidden_size"),
        ({"hidden_size": "wide"}, "hidden_size|wide"),
        ({"hidden_size": 33}, "hidden_size is 33, which 2 attention heads"),
        ({"num_hidden_layers": 0}, "num_hidden_layers is 0"),
        ({"vocab_size": 5}, r"knows 30,522 tokens and its config 5 \(vocab_size\)"),
        ({"max_position_embeddings": 0}, "max_position_embeddings is 0"),
        ({"max_position_embeddings": 7}, "position_embeddings.weight is 64 × 40 in its file and 7 × 40"),
        ({"hidden_size": 64}, "in its file and"),
        ({"intermediate_size": -4}, "intermediate_size"),
        ({"hidden_act": "nonsense"}, "nonsense"),
    ],
    ids=str,
)
def test_an_impossible_config_is_named(source, change, said):
    with_key(source / "config.json", **change)
    with pytest.raises(SourceError, match=said) as caught:
        load(source)
    assert caught.value.hint


def test_an_impossible_config_is_refused_before_any_weight_is_counted(source):
    with_key(source / "config.json", num_attention_heads=0)
    with pytest.raises(SourceError, match="num_attention_heads is 0"):
        trained_weights(RunConfig("x", model=str(source)), 2)


@pytest.mark.parametrize("how", ["cut", "empty", "list", "binary"])
def test_weights_that_are_cut_off_or_damaged_are_named(source, how):
    harm(source / "model.safetensors", how)
    with pytest.raises(SourceError, match="could not be loaded"):
        load(source)


def test_weights_whose_header_claims_to_be_endless_are_named_at_once(source):
    path = source / "model.safetensors"
    path.write_bytes((1 << 62).to_bytes(8, "little") + path.read_bytes()[8:])
    with pytest.raises(SourceError, match="could not be loaded"):
        load(source)


@pytest.mark.parametrize("how", JSON_HARMS)
def test_a_source_whose_config_is_damaged_is_named(source, how):
    harm(source / "config.json", how)
    with pytest.raises(SourceError) as caught:
        load(source)
    assert caught.value.hint and "source" in str(caught.value)


def test_a_source_of_an_unknown_kind_or_without_weights_is_named(source):
    with_key(source / "config.json", model_type="novel")
    with pytest.raises(SourceError, match="novel"):
        load(source)
    with_key(source / "config.json", model_type="bert")
    (source / "model.safetensors").unlink()
    with pytest.raises(SourceError, match=r"weights|could not be loaded") as caught:
        load(source)
    assert caught.value.hint


class Harmful:
    """Would make a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_pickle_that_would_run_code_is_refused_and_never_run(source, tmp_path):
    (source / "model.safetensors").unlink()
    (source / "pytorch_model.bin").write_bytes(pickle.dumps(Harmful(str(tmp_path / "ran"))))
    with pytest.raises(SourceError, match="more than tensors"):
        load(source)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"[]", b"{}", b"", b'{"model": 5}', DEEP])
def test_a_tokenizer_file_of_another_kind_is_named(source, content):
    (source / "tokenizer.json").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        load(source)
    assert caught.value.hint


def test_a_source_without_a_tokenizer_is_refused_instead_of_getting_a_made_up_one(source):
    (source / "tokenizer.json").unlink()
    with pytest.raises(SourceError, match="has no tokenizer"):
        load(source)
    (source / "tokenizer_config.json").unlink()
    with pytest.raises(SourceError, match="has no tokenizer"):
        load(source)


def test_code_that_comes_with_a_model_is_never_run_nor_asked_about(source, tmp_path, capfd):
    (source / "code.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w')\nfrom transformers import BertConfig as Own\n"
    )
    with_key(source / "config.json", model_type="own-kind", auto_map={"AutoConfig": "code.Own"})
    with pytest.raises(SourceError):
        load(source)
    assert not (tmp_path / "ran").exists() and "[y/N]" not in "".join(capfd.readouterr())
    assert locate(str(source))[1]["trust_remote_code"] is False and locate("minilm")[1]["trust_remote_code"] is False


@pytest.mark.parametrize(
    "name",
    [
        "a" * 5000,
        "/" + "a" * 5000,
        "weights:" + "a" * 900 + "@minilm",
        "~nobody-at-all/x",
        "a\0b",
        "weights:a\0b@minilm",
    ],
)
def test_names_that_can_be_no_source_are_answered_with_a_sentence(home, name):
    with pytest.raises(SourceError) as caught:
        check_source(name)
    assert len(caught.value.message) < 200 and caught.value.hint


@pytest.fixture
def saved(source, tmp_path):
    load(source).save(tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "how"),
    [(file, how) for file in ("model.safetensors", "config.json", "tokenizer.json") for how in ("cut", "empty", "missing", "object")],
)  # fmt: skip
def test_a_finished_model_with_a_damaged_file_is_refused(saved, file, how):
    harm(saved / file, how)
    with pytest.raises(SourceError) as caught:
        load_saved(saved)
    assert caught.value.hint


@pytest.mark.parametrize(
    "change", [{"num_attention_heads": 0}, {"hidden_size": 64}, {"vocab_size": 5}, {"num_hidden_layers": 3}]
)
def test_a_finished_model_that_does_not_fit_its_config_is_refused(saved, change):
    with_key(saved / "config.json", **change)
    with pytest.raises(SourceError):
        load_saved(saved)


def test_predicting_with_a_damaged_model_names_the_run_and_what_to_do(home, saved):
    from core.errors import RunError
    from core.results.predictor import Predictor
    from core.runs.folder import create_run

    run = create_run(RunConfig("x"), "first")
    shutil.copytree(saved, run.model)
    assert json.loads((run.model / "config.json").read_text())["model_type"] == "bert"
    harm(run.model / "model.safetensors", "cut")
    with pytest.raises(
        RunError, match="The model of run first cannot be loaded: its file with weights is cut off"
    ) as caught:
        Predictor.load(run)
    assert "train it again" in caught.value.hint
