"""The best in a time beside the default fine-tuning, a probe and counted words, on the same rows.

    GRAFT_HOME=folder python -m benchmarks.auto [--minutes 3] [--rows 300] [--sets emotion ag_news]

Auto hands over a model after its minutes; the three others are trained without a bound. All are judged by the same test rows, and Auto is
tested against each of them. What has run is not run again. The data come from GRAFT_TEST_DATA.
"""

import argparse
from typing import Any

from benchmarks.sources import graft, stored

SETS = ("emotion", "customer_reviews", "ag_news", "airline_tweets", "reuters_r8", "imdb")
RIVALS = {"default": "auto", "probe": "linear_probe", "counted words": "tfidf"}


def main() -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    arguments = parser.parse_args()
    print(
        "| set | Auto took | tried | handed over | accuracy | "
        + " | ".join(f"{name}, Auto less it" for name in RIVALS)
        + " |"
    )
    print("|---" * (5 + len(RIVALS)) + "|")
    for name in arguments.sets:
        shared = ["--dataset", stored(name), "--train-size", str(arguments.rows), "--max-length", "128"]
        told = graft("auto", *shared, "--minutes", str(arguments.minutes), "--sources", "minilm")
        judged = graft("runs", "show", told["run"])["config"]["test_size"]
        size = [
            "--test-size",
            str(judged),
            "--validation-size",
            str(graft("runs", "show", told["run"])["config"]["validation_size"]),
        ]
        beside = [rival(told["run"], [*shared, *size, "--strategy", strategy]) for strategy in RIVALS.values()]
        best = next(one for one in told["tried"] if one["run"] == told["run"])
        tried = sum(one["state"] == "finished" for one in told["tried"])
        reached = f"{100 * told['metrics']['accuracy']:.1f}"
        cells = [name, f"{told['seconds']:.0f} s", str(tried), best["what"], reached, *beside]
        print(f"| {' | '.join(cells)} |", flush=True)


def rival(run: str, words: list[str]) -> str:
    """What another reaches, and Auto's lead with its interval."""
    other = graft("train", *words)
    if other["run"] == run:
        return "the same run"
    tests = graft("compare", run, other["run"])["tests"]
    said: dict[str, Any] = next((test for test in tests if test["metric"] == "accuracy"), {})
    reached = f"{100 * other['metrics']['accuracy']:.1f} in {other['seconds']:.0f} s"
    if not said or not said["interval"]:
        return reached
    low, high = said["interval"]
    return f"{reached}; {100 * said['difference']:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


if __name__ == "__main__":
    main()
