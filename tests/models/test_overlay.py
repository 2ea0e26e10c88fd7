"""Bare files with weights, laid onto an architecture."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from core.errors import SourceError
from core.models.classifier import load_classifier
from core.models.sources import check_source, join_source, lay_weights
from core.models.state_dict import read_tensors


@pytest.fixture
def encoder(tiny_encoder):
    torch.manual_seed(3)
    model = AutoModel.from_pretrained(tiny_encoder)
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_()
    return model


def saved(tmp_path, content, name="model.pt"):
    path = tmp_path / name
    save_file(content, path) if name.endswith("safetensors") else torch.save(content, path)
    return path


def fit_of(path, tiny_encoder):
    return lay_weights(join_source(path, str(tiny_encoder)))


WRAPPINGS = {
    "bare": lambda state: state,
    "data parallel": lambda state: {f"module.bert.{name}": value for name, value in state.items()},
    "trainer": lambda state: {"epoch": 3, "state_dict": {f"model.encoder_q.{n}": v for n, v in state.items()}},
    "old names": lambda state: {
        f"bert.{name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta')}": value
        for name, value in state.items()
    },
    "half precision": lambda state: {name: value.half() for name, value in state.items()},
    "with an optimiser": lambda state: {
        "model": state, "optimizer": {"state": {0: {"step": torch.zeros(10**6)}}, "param_groups": [{"lr": 0.1}]},
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_whatever_stands_in_front_of_the_names_the_encoder_gets_its_weights(
    home, tmp_path, tiny_encoder, encoder, wrapping
):
    folder, fit = fit_of(saved(tmp_path, WRAPPINGS[wrapping](encoder.state_dict())), tiny_encoder)
    assert not fit.missing and not fit.differs and not fit.left_over and fit.share == 1.0
    model = load_classifier(str(folder), ("a", "b"), seed=0, pooling="cls").model
    for name, value in model.bert.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.allclose(value, encoder.state_dict()[name], atol=5e-3), name


def test_a_part_of_an_encoder_finds_its_place(home, tmp_path, tiny_encoder, encoder):
    layers = {name: value for name, value in encoder.encoder.state_dict().items()}
    with pytest.raises(SourceError, match="Only 32 of 39 tensors"):  # the embeddings hold most of a tiny model
        fit_of(saved(tmp_path, layers), tiny_encoder)


def test_missing_left_over_and_other_shapes_are_told_by_name(home, tmp_path, tiny_encoder, encoder):
    state = {f"bert.{name}": value for name, value in encoder.state_dict().items() if not name.startswith("pooler")}
    state["bert.embeddings.position_ids"] = torch.arange(64)  # no weight: transformers wrote it in earlier versions
    state["bert.embeddings.position_embeddings.weight"] = torch.zeros(128, 32)
    state["classifier.weight"] = torch.zeros(5, 32)
    _, fit = fit_of(saved(tmp_path, state, "model.safetensors"), tiny_encoder)
    assert fit.missing == ("pooler.dense.weight", "pooler.dense.bias")
    assert fit.left_over == ("classifier.weight",)
    assert fit.differs == (("embeddings.position_embeddings.weight", (128, 32), (64, 40)),)
    assert fit.removed == "bert."
    assert "2 are missing" in fit.sentence and "1 have another shape" in fit.sentence
    assert len(fit.table()) == len(fit.matched) + 4


def test_the_second_look_reads_nothing_and_says_the_same(home, tmp_path, tiny_encoder, encoder):
    path = saved(tmp_path, encoder.state_dict())
    first, second = fit_of(path, tiny_encoder), fit_of(path, tiny_encoder)
    assert first == second
    written = load_file(first[0] / "model.safetensors")
    assert set(written) == {f"bert.{name}" for name in encoder.state_dict()}


def test_an_architecture_may_be_a_folder_without_weights(home, tmp_path, tiny_encoder, encoder):
    folder = tmp_path / "config only"
    folder.mkdir()
    for file in tiny_encoder.iterdir():
        if "safetensors" not in file.name:
            (folder / file.name).write_bytes(file.read_bytes())
    _, fit = lay_weights(join_source(saved(tmp_path, encoder.state_dict()), str(folder)))
    assert fit.share == 1.0


class Payload:
    def __reduce__(self):
        return print, ("ran",)


@pytest.mark.parametrize(
    ("write", "name", "part"),
    [
        (lambda path: torch.save({"w": Payload()}, path), "evil.pt", "more than tensors"),
        (lambda path: torch.save(torch.nn.Linear(2, 2), path), "whole.pth", "torch.nn.modules.linear.Linear"),
        (lambda path: torch.save(torch.nn.Linear(2, 2), path, _use_new_zipfile_serialization=False), "old.bin", "more than"),
        (lambda path: torch.save({"epoch": 3}, path), "none.pt", "no tensors with names"),
        (lambda path: path.write_bytes(b"hello"), "text.pt", "no whole file that torch wrote"),
        (lambda path: path.write_bytes(b""), "empty.pt", "no whole file"),
        (lambda path: path.write_bytes(b"hello world, hello"), "text.safetensors", "no whole safetensors file"),
        (lambda path: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid"), "lfs.bin", "LFS pointer"),
        (lambda path: path.write_bytes(b"x"), "model.h5", "no ending"),
    ],
)  # fmt: skip
def test_what_is_not_a_table_of_tensors_is_refused_with_the_reason(tmp_path, capsys, write, name, part):
    write(tmp_path / name)
    with pytest.raises(SourceError, match=part) as caught:
        read_tensors(tmp_path / name)
    assert caught.value.hint
    assert "ran" not in capsys.readouterr().out


def test_a_file_of_another_architecture_or_vocabulary_is_refused(home, tmp_path, tiny_encoder, encoder):
    with pytest.raises(SourceError, match="Only 0 of"):
        fit_of(saved(tmp_path, {"conv.weight": torch.zeros(3, 3)}), tiny_encoder)
    state = encoder.state_dict() | {"embeddings.word_embeddings.weight": torch.zeros(100, 32)}
    with pytest.raises(SourceError, match="vocabulary does not fit"):
        fit_of(saved(tmp_path, state), tiny_encoder)


def test_a_source_needs_a_file_and_an_architecture(home, tmp_path):
    with pytest.raises(SourceError, match="laid onto"):
        check_source("weights:model.pt")
    with pytest.raises(SourceError, match="no file"):
        check_source(f"weights:{tmp_path}/none.pt@minilm")


def test_the_command_line_tells_the_fit(home, tmp_path, tiny_encoder, encoder, capsys):
    from core.__main__ import main

    path = saved(tmp_path, encoder.state_dict())
    assert main(["source", str(path), "--onto", str(tiny_encoder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["source"] == f"weights:{path}@{tiny_encoder}"
    assert len(told["matched"]) == 39 and told["missing"] == told["left_over"] == told["differs"] == []
