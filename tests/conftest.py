"""What tests share: an own workspace each, a tiny encoder built offline, and small real-looking data."""

import os
import random
import socket
import threading
from pathlib import Path

import pytest

import core  # noqa: F401  (before torch: it tells OpenMP's threads not to spin)

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # no test may need a network
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("GRAFT_TEST_DATA") or ROOT / ".." / "shared" / "data")  # real sets; tests skip without
GOOD = ("lovely", "excellent", "delightful", "superb", "charming")
BAD = ("awful", "dreadful", "boring", "horrible", "tedious")
THINGS = ("film", "meal", "phone", "evening", "book", "waiter", "screen", "story")

if (side := os.environ.get("PYTEST_XDIST_WORKER", "")[2:]) and hasattr(os, "sched_setaffinity"):
    # tests side by side, with all the processes they start, keep to a core each: threads of torch that wait for
    # one another on a shared core take many times as long
    mine = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {mine[int(side) % len(mine)]})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace in which no scheduler starts by itself."""
    monkeypatch.setenv("GRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRAFT_NO_SCHEDULER", "1")
    return tmp_path / "home"


def sentences(rows: int, seed: int = 0) -> list[tuple[str, str]]:
    """Distinct texts with a label that their words decide; lengths vary."""
    draw = random.Random(seed)
    found: dict[str, str] = {}
    while len(found) < rows:
        label = ("neg", "pos")[len(found) % 2]
        words = [draw.choice(GOOD if label == "pos" else BAD), *draw.sample(THINGS, 3), str(draw.randint(1, 9999))]
        draw.shuffle(words)
        found[" ".join(["the", *words] * draw.randint(1, 4))] = label
    return list(found.items())


@pytest.fixture
def reviews_csv(tmp_path: Path) -> Path:
    """120 rows, two classes."""
    path = tmp_path / "reviews.csv"
    lines = [f'"{text}",{label}' for text, label in sentences(120)]
    path.write_text("\n".join(["review,sentiment", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def dataset(home: Path, reviews_csv: Path):
    """The small reviews as a stored set."""
    from core.data.sets.add import add_dataset

    return add_dataset(reviews_csv)[0]


@pytest.fixture
def other(dataset, tmp_path: Path):
    """A second set beside ``dataset``, with classes of other names."""
    from core.data.sets.add import add_dataset

    path = tmp_path / "others.csv"
    lines = [f"{text},{'good' if label == 'pos' else 'bad'}" for text, label in sentences(90, seed=4)]
    path.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    return add_dataset(path)[0]


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with random weights and MiniLM's tokenizer, as a local checkpoint.

    Its word vectors are so many that they are updated lazily, as those of every real encoder are.
    """
    import torch
    from transformers import BertConfig, BertModel

    from core.models.classifier import load_tokenizer

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny-encoder")
    config = BertConfig(
        vocab_size=30522, hidden_size=40, num_hidden_layers=2, num_attention_heads=2, intermediate_size=80,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    load_tokenizer("minilm").save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small random encoder of each family, in folders of their names."""
    from tests.families import save_families

    return save_families(tmp_path_factory.mktemp("families"))


@pytest.fixture
def online(home, monkeypatch):
    """No variable forbids to ask the Hub; which one is asked, each test says."""
    import huggingface_hub.constants as constants

    for name in ("HF_HUB_OFFLINE", "GRAFT_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "hub"))


@pytest.fixture
def silent_hub(online, monkeypatch):
    """A Hub that takes every call and never answers; the calls it got."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            while True:
                try:
                    calls.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        yield calls
    for call in calls:
        call.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast rooms first; among the slow ones the longest files first, so that two processes end together."""
    heavy = ("browser/test_walk", "jobs/test_faults", "browser/", "test_cli", "jobs/", "transfer/")

    def place(item: pytest.Item) -> int:
        return next((1 + at for at, part in enumerate(heavy) if f"tests/{part}" in item.path.as_posix()), 0)

    items.sort(key=place)
