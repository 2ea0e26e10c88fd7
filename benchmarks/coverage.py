"""How often intervals hold the true value, and how often equal procedures are called different.

    python -m benchmarks.coverage [--draws 2000] [--part intervals|verdicts]

Rows are drawn from populations whose truth is known; the project's own functions judge them. Needs no data; a few minutes.
Sampling error of a share near 95 % is 0.5 points at 2,000 draws.
"""

import argparse
import warnings
from collections.abc import Callable
from itertools import combinations

import numpy as np

from benchmarks.populations import Population, populations
from core.evaluation.seeds import Way, compare_ways
from core.evaluation.significance import holm, over_folds, paired_tests, verdict
from core.metrics.metric import Answered
from core.metrics.table import METRICS
from core.tasks import TASKS

SINGLE = TASKS["single_label"]
Judge = Callable[[np.random.Generator], dict[str, bool]]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--part", choices=("intervals", "verdicts", "both"), default="both")
    arguments = parser.parse_args()
    if arguments.part != "verdicts":
        print("| population | rows | interval given | holds the true macro-F1 | mean width | least width |")
        print("|---|---|---|---|---|---|")
        for population in populations():
            print(coverage_line(population, arguments.draws), flush=True)
    if arguments.part != "intervals":
        print("| two equal procedures | draws | called real |\n|---|---|---|")
        for name, judge, share in CASES:
            for line in false_lines(name, judge, max(50, int(arguments.draws * share))):
                print(line, flush=True)
        print("| one way truly 5 points better | draws | called real |\n|---|---|---|")
        for name, judge in GAINS:
            for line in false_lines(name, judge, max(50, int(arguments.draws * 0.5))):
                print(line, flush=True)


def coverage_line(population: Population, draws: int, seed: int = 1) -> str:
    """A line of the table of intervals."""
    held, widths = coverage(population, draws, seed)
    start = f"| {population.name} | {population.rows:,} | {100 * len(held) / draws:.0f} %"
    if len(held) < 0.1 * draws:
        return f"{start} | – | – | – |"  # too few to say how often they hold
    return f"{start} | {100 * held.mean():.1f} % | {widths.mean():.3f} | {widths.min():.3f} |"


def coverage(population: Population, draws: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Whether each interval that was given holds the truth, and its width.

    The truth is the mean F1 in the population of the classes that the drawn rows have.
    """
    random = np.random.default_rng(seed)
    interval = METRICS["macro_f1"].forms[population.kind].interval
    assert interval is not None
    held, widths = [], []
    for _ in range(draws):
        truth, answers = population.draw(random)
        ends = interval(Answered(truth, answers, len(population.f1)))
        if ends is not None:
            judged = np.unique(truth) if population.kind == "single_label" else truth.any(axis=0)
            held.append(ends[0] <= population.f1[judged].mean() <= ends[1])
            widths.append(ends[1] - ends[0])
    return np.array(held), np.array(widths)


def false_lines(name: str, judge: Judge, draws: int, seed: int = 2) -> list[str]:
    """Lines of the table of verdicts, one for each figure that ``judge`` tests."""
    random = np.random.default_rng(seed)
    called: dict[str, list[bool]] = {}
    for _ in range(draws):
        for figure, real in judge(random).items():
            called.setdefault(figure, []).append(real)
    return [f"| {name}, {figure} | {draws:,} | {100 * np.mean(real):.1f} % |" for figure, real in called.items()]


def pair(shares: list[float], recall: float, rows: int) -> Judge:
    """Two models, equally good at every class, that err together on half of what makes rows hard."""

    def judge(random: np.random.Generator) -> dict[str, bool]:
        truth, (a, b) = answers_of(random, shares, recall, rows, 2)
        return {test.metric: test.verdict == "real" for test in paired_tests(SINGLE, truth, a, b, len(shares))}

    return judge


def page(models: int, rows: int) -> Judge:
    """All pairs of several equal models and both metrics, corrected together: whether any is called real."""

    def judge(random: np.random.Generator) -> dict[str, bool]:
        truth, answers = answers_of(random, [0.25] * 4, 0.8, rows, models)
        tests = [test for a, b in combinations(answers, 2) for test in paired_tests(SINGLE, truth, a, b, 4)]
        corrected = holm([test.p for test in tests])
        return {"any of all": any(verdict(p, rows) == "real" for p in corrected)}

    return judge


def answers_of(
    random: np.random.Generator, shares: list[float], recall: float, rows: int, models: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Truth and the answers of models of one quality to rows that are hard for all of them or for none."""
    classes = len(shares)
    truth = random.choice(classes, rows, p=np.array(shares) / np.sum(shares))
    easy = (random.random(rows) < 2 * recall - 1)[None]  # right for all; the others by the toss of a coin each
    right = easy | (random.random((models, rows)) < 0.5)
    wrong = (truth + random.integers(1, classes, (models, rows))) % classes
    return truth, list(np.where(right, truth, wrong))


def seeds(shares: list[float], rows: int, trainings: int, deviation: float, gain: float = 0.0) -> Judge:
    """Two ways of training, each trained several times: models of one way differ in skill as well as in luck.

    Args:
        deviation: of the models' accuracy from seed to seed.
        gain: by which the first way is truly better.
    """

    def judge(random: np.random.Generator) -> dict[str, bool]:
        truth = random.choice(len(shares), rows, p=np.array(shares) / np.sum(shares))
        easy = random.random(rows) < 0.6  # right for all
        ways = []
        for skill in (0.85 + gain, 0.85):
            chance = (np.clip(skill + random.normal(0, deviation, trainings), 0.6, 1.0) - 0.6) / 0.4
            right = easy | (random.random((trainings, rows)) < chance[:, None])
            wrong = (truth + random.integers(1, len(shares), (trainings, rows))) % len(shares)
            ways.append(Way(list(np.where(right, truth, wrong))))
        tests = [compare_ways(SINGLE, truth, *ways, len(shares), metric) for metric in ("accuracy", "macro_f1")]
        return {test.metric: test.verdict == "real" for test in tests}

    return judge


def folds(rows: int, count: int, shares: list[float]) -> Judge:
    """Two equal ways of training, each of which makes a model a fold: nearest centroids over a random half of the columns."""

    def judge(random: np.random.Generator) -> dict[str, bool]:
        classes = len(shares)
        truth = random.choice(classes, rows, p=shares)
        columns = random.normal(size=(rows, 40))
        columns[:, :8] += 0.55 * np.eye(classes, 8)[truth] * 2
        of_fold = random.permutation(np.arange(rows) % count)
        answers = np.empty((2, rows), dtype=np.int64)
        for fold in range(count):
            learnt, judged = of_fold != fold, of_fold == fold
            for way in answers:
                half = random.permutation(columns.shape[1])[: columns.shape[1] // 2]
                way[judged] = nearest(columns[learnt][:, half], truth[learnt], columns[judged][:, half], classes)
        tests = paired_tests(SINGLE, truth, *answers, classes)
        joined = [over_folds(test, SINGLE, truth, *answers, classes, of_fold) for test in tests]
        rows_alone = {f"{test.metric} by rows alone": test.verdict == "real" for test in tests}
        return {test.metric: test.verdict == "real" for test in joined} | rows_alone

    return judge


def nearest(columns: np.ndarray, classes_of: np.ndarray, asked: np.ndarray, classes: int) -> np.ndarray:
    """The class whose mean is nearest; a class without rows is never the nearest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        means = np.stack([columns[classes_of == number].mean(axis=0) for number in range(classes)])
    distance = ((asked[:, None] - means[None]) ** 2).sum(axis=2)
    return np.where(np.isfinite(distance), distance, np.inf).argmin(axis=1)


CASES: list[tuple[str, Judge, float]] = [
    ("2 classes, 300 rows", pair([0.5, 0.5], 0.8, 300), 1.0),
    ("10 classes, 300 rows", pair([0.1] * 10, 0.8, 300), 1.0),
    ("2 classes, 90 to 10, 300 rows", pair([0.9, 0.1], 0.85, 300), 1.0),
    ("20 classes, Zipf, 500 rows", pair([1 / rank for rank in range(1, 21)], 0.8, 500), 1.0),
    ("a page of 4 runs, 300 rows", page(4, 300), 0.5),
    ("5 folds, 2 classes, 100 rows", folds(100, 5, [0.5, 0.5]), 0.5),
    ("5 folds, 3 classes, 200 rows", folds(200, 5, [0.5, 0.3, 0.2]), 0.5),
    ("10 folds, 2 classes, 200 rows", folds(200, 10, [0.5, 0.5]), 0.5),
    ("3 seeds that differ by 0 points, 4 classes, 1,000 rows", seeds([0.25] * 4, 1000, 3, 0.0), 1.0),
    ("3 seeds that differ by 1 point, 4 classes, 1,000 rows", seeds([0.25] * 4, 1000, 3, 0.01), 1.0),
    ("3 seeds that differ by 3 points, 4 classes, 1,000 rows", seeds([0.25] * 4, 1000, 3, 0.03), 1.0),
    ("3 seeds that differ by 3 points, 2 classes, 200 rows", seeds([0.8, 0.2], 200, 3, 0.03), 1.0),
    ("5 seeds that differ by 1 point, 10 classes, 500 rows", seeds([0.1] * 10, 500, 5, 0.01), 1.0),
]

GAINS: list[tuple[str, Judge]] = [
    (
        f"3 seeds that differ by {deviation:g} points, 4 classes, 1,000 rows",
        seeds([0.25] * 4, 1000, 3, deviation / 100, 0.05),
    )
    for deviation in (0, 0.5, 1)
]

if __name__ == "__main__":
    main()
