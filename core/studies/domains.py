"""Across domains: train on each domain (or language) of a set, judge on each other, and see what of the loss texts foretell."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.config import RunConfig
from core.data.sets.domains import SEPARATOR, domain_column, domains_of
from core.data.sets.store import DataSet, get_dataset
from core.errors import StudyError
from core.evaluation.notes import caveat_in
from core.models.sources import EMBEDDED
from core.strategies.registry import STRATEGIES
from core.studies.compared import FIXED
from core.studies.domain_matrix import ALL_BUT, Matrix, corrected, mean_over_domains, read_matrix
from core.studies.folder import Planned, Study
from core.studies.grid import grid
from core.studies.kind import Asked, Kind, known_strategies
from core.studies.standing import UNDER_WAY, cell_state, state_of
from core.studies.ways import finished
from core.training.features import load_encoder, text_features
from core.transfer.distances import MOST_TEXTS, mean_discrepancy, proxy_a_distance, vocabulary_divergence

LEARNT, STRATEGY = "learnt from", "strategy"
READ = 300  # texts of a domain that an encoder reads
DISTANCES = {"vocabulary": "use of words", "classifier": "classifier that tells them apart", "embedding": "encoder"}


@dataclass(frozen=True, slots=True)
class Domains:
    """What a study of domains says so far.

    Attributes:
        domains: in alphabetical order.
        matrices: one for each strategy, as far as its runs have come.
        distances: dicts of ``a``, ``b`` and what ``DISTANCES`` names; empty until they are computed.
        foretold: strategy -> name of a distance -> rank correlation of distance and loss over pairs of domains.
        sentence: empty until the runs have ended.
    """

    domains: tuple[str, ...]
    matrices: tuple[Matrix, ...]
    distances: tuple[dict[str, Any], ...]
    foretold: dict[str, dict[str, float]]
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As the contract of the command line has it."""
        return {
            "domains": list(self.domains), "matrices": [matrix.to_json() for matrix in self.matrices],
            "distances": list(self.distances), "foretold": self.foretold, "sentence": self.sentence,
        }  # fmt: skip


def plan_domains(dataset: DataSet, config: RunConfig, asked: Asked) -> tuple[Planned, ...]:
    """A training on each domain by each strategy; with ``left_out`` also on all but one.

    Raises:
        DatasetError: when the set has no column of domains.
        StudyError: when its answers are not right or wrong, or a strategy does not exist.
    """
    if dataset.task in ("regression", "unlabelled"):
        raise StudyError(
            f"The data set {dataset.name!r} has no classes.",
            "Domains are compared by the share of rows that are right.",
        )
    domains = domains_of(dataset)
    learnt = {name: {"domains": name} for name in domains}
    if asked.left_out:
        if len(domains) < 3:
            raise StudyError("Of two domains, all but one is the other.", "Leave left_out off.")
        learnt |= {f"{ALL_BUT}{name}": {"domains": SEPARATOR.join(d for d in domains if d != name)} for name in domains}
    names = asked.strategies or tuple(
        dict.fromkeys((config.strategy, *(n for n, s in STRATEGIES.items() if not s.teacher.encodes)))
    )
    ways = {STRATEGIES[name].title: {"strategy": name} for name in known_strategies(names)}
    return grid(config, {LEARNT: learnt, STRATEGY: ways}, asked.seeds, fixed=FIXED)


def next_domains(study: Study) -> Sequence[Planned] | None:
    """No further cells; the distances are computed while the runs work.

    Raises:
        GraftError: when the set or the source cannot be read.
    """
    if study.recall("distances") is None:
        config = RunConfig.from_json(study.read()["config"])
        study.tell("measuring how far the domains lie apart", 0.0)
        began = time.perf_counter()
        pairs = measure_distances(get_dataset(config.dataset), config.source or EMBEDDED, config.max_length, study)
        study.remember("distances", {"pairs": pairs, "seconds": time.perf_counter() - began})
        study.told_nothing()
    under_way = any(cell_state(cell) in ("queued", "starting", "running", "stopping") for cell in study.cells())
    return () if under_way else None


def measure_distances(
    dataset: DataSet, source: str, max_length: int, study: Study | None = None
) -> list[dict[str, Any]]:
    """Every pair of domains with its distances, on training texts without their labels.

    Args:
        study: is told how far it is.
    """
    column, train = domain_column(dataset), dataset.part("train")
    texts: dict[str, list[str]] = {}
    for name in domains_of(dataset):
        own = train.loc[train[column] == name, "text"]
        texts[name] = own.iloc[:: max(1, -(-len(own) // MOST_TEXTS))].tolist()
    encoder = load_encoder(source)
    features = {}
    for number, (name, own) in enumerate(texts.items()):
        length = min(max_length, 128)
        features[name] = text_features(encoder, source, own[:READ], max_length=length, all_layers=False)
        if study:
            study.tell("measuring how far the domains lie apart", (number + 1) / (2 * len(texts)))
    pairs = []
    names = list(texts)
    for place, a in enumerate(names):
        pairs += [
            {
                "a": a, "b": b, "vocabulary": vocabulary_divergence(texts[a], texts[b]),
                "classifier": proxy_a_distance(texts[a], texts[b]), "embedding": mean_discrepancy(features[a], features[b]),
            }
            for b in names[place + 1 :]
        ]  # fmt: skip
        if study:
            study.tell("measuring how far the domains lie apart", 0.5 + (place + 1) / (2 * len(names)))
    return pairs


def read_domains(study: Study) -> Domains:
    """The matrices as far as the runs have come, and what they say once all have ended.

    Raises:
        StudyError: when the study is damaged.
        DatasetError: when its set was deleted.
    """
    read = study.read()
    dataset = get_dataset(str(read["config"]["dataset"]))
    frame = dataset.frame()
    of_row = frame.set_index("row")[domain_column(dataset)]
    names = tuple(domains_of(dataset))
    of_row = of_row[of_row.isin(names)]
    trained: dict[str, dict[str, list[Any]]] = {}
    fixed: dict[str, bool] = {}
    for cell in study.cells():
        way, learnt = cell.plan.factors[STRATEGY], cell.plan.factors[LEARNT]
        fixed[way] = cell.plan.config.strategy in FIXED and cell.plan.config.train_size is None
        trained.setdefault(way, {}).setdefault(learnt, []).extend(finished([cell]))
    matrices = corrected(
        [read_matrix(way, runs, of_row, fixed[way]) for way, runs in trained.items() if any(runs.values())]
    )
    kept = study.recall("distances")
    distances = tuple(kept["pairs"]) if isinstance(kept, dict) and isinstance(kept.get("pairs"), list) else ()
    foretold = {matrix.strategy: foretelling(matrix, distances) for matrix in matrices}
    sentence = "" if state_of(study) in UNDER_WAY else domains_sentence(matrices, foretold, of_row)
    caveats = [caveat for run in finished(study.cells())[:1] if (caveat := caveat_in(run.result or {}))]
    sentence = " ".join([sentence, *caveats]) if sentence else ""
    return Domains(names, matrices, distances, foretold, sentence)


def foretelling(matrix: Matrix, distances: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Spearman's rank correlation of each distance with the loss, over pairs of domains; fewer than five pairs say nothing."""
    from scipy.stats import spearmanr

    told = {}
    losses = {(one.learnt, one.tested): -one.loss for one in matrix.entries if one.loss is not None}
    for name in DISTANCES:
        points = [
            (pair[name], losses[ends])
            for pair in distances
            for ends in ((pair["a"], pair["b"]), (pair["b"], pair["a"]))
            if ends in losses
        ]
        if len(points) >= 5 and min(len(set(side)) for side in zip(*points, strict=True)) > 1:
            told[name] = float(spearmanr(*zip(*points, strict=True)).statistic)
    return told


def domains_sentence(
    matrices: Sequence[Matrix], foretold: dict[str, dict[str, float]], of_row: "pd.Series[Any]"
) -> str:
    """What each strategy loses across domains, which crosses best, and what foretold it."""
    whole = [matrix for matrix in matrices if matrix.across is not None and matrix.inside is not None]
    if not whole:
        return ""
    said = []
    for matrix in whole:
        worst = min((one for one in matrix.entries if one.loss is not None), key=lambda one: one.loss or 0.0)
        low, high = matrix.across_interval or (matrix.across, matrix.across)
        said.append(
            f"{matrix.strategy}: {100 * (matrix.inside or 0):.1f} % right inside a domain, {100 * (matrix.across or 0):.1f} % across "
            f"(95 % interval {100 * (low or 0):.1f} to {100 * (high or 0):.1f}, over the rows); most is lost from {worst.learnt} to "
            f"{worst.tested}, {-100 * (worst.loss or 0):.1f} points."
        )
    if len(whole) > 1:
        said.append(_crossing(whole, of_row))
    best = [(value, way, name) for way, names in foretold.items() for name, value in names.items()]
    if best:
        value, way, name = max(best)
        said.append(
            f"Of the distances the {DISTANCES[name]} foretold the loss best (rank correlation {value:.2f} for {way})."
            if value > 0
            else "None of the distances foretold the loss."
        )
    return " ".join(said)


def _crossing(matrices: Sequence[Matrix], of_row: "pd.Series[Any]") -> str:
    """Which of the two that cross best does so, by row."""
    first, second = sorted(matrices, key=lambda matrix: -(matrix.across or 0.0))[:2]
    mean, interval = mean_over_domains((first.row_means - second.row_means).dropna(), of_row)
    if mean is None or interval is None:
        return ""
    gap = f"{100 * mean:.1f} points (95 % interval {100 * interval[0]:.1f} to {100 * interval[1]:.1f}, over the rows)"
    if interval[0] > 0:
        return f"Across domains {first.strategy} is better than {second.strategy} by {gap}."
    return f"Across domains no difference is shown between {first.strategy} and {second.strategy}: {gap}."


DOMAINS = Kind(
    "domains", "Domains", "What is lost between the domains of {dataset}?",
    "A training on each domain or language of the set, judged on each other: what is lost on the way, what texts foretell of it, and which "
    "way to transfer crosses best. The set needs a column of domains or languages.",
    plan_domains, read_domains, asks=("seeds", "strategies", "left_out"), goes_on=next_domains,
)  # fmt: skip
