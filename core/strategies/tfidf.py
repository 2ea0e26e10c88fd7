"""Counted words: the baseline as a model of its own. It has no source, so nothing is transferred."""

from core.strategies.strategy import Strategy
from core.strategies.teacher import COUNTS

TFIDF = Strategy(
    name="tfidf",
    title="Counted words",
    sentence="Count words and word pairs (TF-IDF) and weigh them. No source and no transfer; seconds, small, explained exactly.",
    teacher=COUNTS,
)
