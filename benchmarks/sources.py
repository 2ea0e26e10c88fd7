"""How far a ranking of sources foretells what fine-tuning reaches: real candidates, real targets, the project's own commands.

    GRAFT_HOME=folder python -m benchmarks.sources [--targets 4] [--rows 300] [--epochs 3]

Candidates: MiniLM, all-mpnet-base-v2 and multilingual-e5-small (both out of the package index, the second rounded to 4 bits), MiniLM
fine-tuned on several other sets, and one with random weights. Each is ranked on the training rows and then fine-tuned in full with the
same rows and epochs. The figure is the weighted Kendall tau between a ranker's score and the accuracy that was reached. What has run is
not run again. The data come from GRAFT_TEST_DATA.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import weightedtau

from benchmarks.few_shot import DATA
from core import workspace
from core.data.sets.store import list_datasets

TARGETS = ("customer_reviews", "ag_news", "chnsenticorp_hotel", "airline_tweets")  # the third in Chinese
TEACHING = ("imdb", "emotion", "reuters_r8", "sms_spam", "online_shopping_zh", "cola")
RANKERS = ("h_score", "logme", "probe", "knn")


def main() -> None:
    """Print a table of candidates for each target, and the taus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=len(TARGETS))
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=3)
    arguments = parser.parse_args()
    sources = ["minilm", "mpnet", "e5", random_encoder(), *(taught(name) for name in TEACHING)]
    taus: dict[str, list[float]] = {name: [] for name in (*RANKERS, "mean rank")}
    for target in TARGETS[: arguments.targets]:
        told = asked(target, sources, arguments.rows, arguments.epochs)
        for name, tau in told.items():
            taus[name].append(tau)
    print("\n| ranker | mean weighted tau |\n|---|---|")
    for name, values in taus.items():
        print(f"| {name} | {np.mean(values):.2f} ({', '.join(f'{value:.2f}' for value in values)}) |")


def asked(target: str, sources: list[str], rows: int, epochs: int) -> dict[str, float]:
    """The table of one target; weighted tau by ranker."""
    dataset = stored(target)
    ranked = graft(
        "rank", "--dataset", dataset, "--rows", "1000", *(word for source in sources for word in ("--source", source))
    )
    study = graft(
        "study", "new", "settings", "--dataset", dataset, "--vary", f"model={','.join(sources)}", "--seeds", "1", "--train-size", str(rows),
        "--max-length", "64", "--test-size", "500", "--validation-size", "100", "--epochs", str(epochs), "--strategy", "full",
    )  # fmt: skip
    reached = {
        cell["config"]["model"]: next(
            line for line in study["lines"] if line["name"] == f"Source {cell['config']['model']}"
        )
        for cell in study["cells"]
    }
    by_source = {one["source"]: one for one in ranked["candidates"]}
    trained = sum(line["seconds"] or 0.0 for line in reached.values())
    print(f"\n{target}: ranked in {ranked['seconds']:.0f} s, fine-tuned in {trained:.0f} s\n")
    print(
        "| rank | between | source | H-score | LogME | probe | neighbours | fine-tuned |\n|---|---|---|---|---|---|---|---|"
    )
    for one in ranked["candidates"]:
        line = reached[one["source"]]
        print(
            f"| {one['rank']} | {one['ranks']} | {names().get(one['source'], one['source'])} | {one['h_score']:.2f} | {one['logme']:.3f} | "
            f"{100 * one['probe']:.1f} | {100 * one['knn']:.1f} | {100 * line['mean']:.1f} |",
            flush=True,
        )
    accuracy = np.array([reached[source]["mean"] for source in sources])
    told = {name: tau_of(accuracy, np.array([by_source[source][name] for source in sources])) for name in RANKERS}
    told["mean rank"] = tau_of(accuracy, -np.array([by_source[source]["rank"] for source in sources]))
    print("\n" + ", ".join(f"{name} {tau:.2f}" for name, tau in told.items()), flush=True)
    return told


def tau_of(reached: np.ndarray, score: np.ndarray) -> float:
    """Weighted Kendall tau, the top of either order weighing most."""
    return float(weightedtau(reached, score).statistic)


def taught(name: str) -> str:
    """MiniLM fine-tuned on 600 rows of another set."""
    title = f"MiniLM taught {name}"
    done = {run["name"]: run["run"] for run in graft("runs", "list")["runs"] if run["status"] == "finished"}
    if title not in done:
        told = graft(
            "train", "--dataset", stored(name), "--train-size", "600", "--max-length", "64", "--test-size", "200", "--validation-size",
            "100", "--epochs", "3", "--strategy", "full", "--name", title,
        )  # fmt: skip
        done[title] = told["run"]
    return f"run:{done[title]}"


def names() -> dict[str, str]:
    """Source -> what a reader calls it."""
    return {f"run:{run['run']}": run["name"] for run in graft("runs", "list")["runs"]}


def random_encoder() -> str:
    """MiniLM's shape with random weights, as a folder."""
    import torch
    from transformers import AutoConfig, AutoModel

    from core.models.classifier import load_tokenizer
    from core.models.sources import locate_here

    folder = workspace.home() / "random-minilm"
    if not (folder / "config.json").exists():
        torch.manual_seed(0)
        AutoModel.from_config(AutoConfig.from_pretrained(locate_here("minilm")[0])).save_pretrained(folder)
        load_tokenizer("minilm").save_pretrained(folder)
    return str(folder)


def stored(name: str) -> str:
    """Id of a set, stored where it is not yet."""
    known = {dataset.name: dataset.id for dataset in list_datasets()}
    if name not in known:
        graft("data", "add", str(Path(DATA) / f"{name}.parquet"), "--name", name)
        known = {dataset.name: dataset.id for dataset in list_datasets()}
    return known[name]


def graft(*words: str) -> dict[str, Any]:
    """A command's answer."""
    done = subprocess.run([sys.executable, "-m", "core", *words, "--json"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)[:300]}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    main()
