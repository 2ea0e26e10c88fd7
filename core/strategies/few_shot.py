"""Few-shot pairs, SetFit's recipe (Tunstall et al., 2022): texts are compared in pairs, then a classifier is fitted."""

from core.strategies.strategy import FEW_ROWS, Strategy, TaskLimit
from core.strategies.teacher import PAIRS

FEW_SHOT = Strategy(
    name="few_shot",
    title="Few-shot pairs",
    sentence="Compare labelled texts in pairs, then fit a classifier (SetFit). For 8 to 64 labels a class.",
    teacher=PAIRS,
    prefers_mean=True,
    chosen_for=FEW_ROWS,
    chosen_because="few texts teach most when they are compared in pairs",
    only_for=TaskLimit(
        ("single_label",),
        "learns from pairs of one class",
        "Choose linear_probe or lp_ft: they serve few rows as well.",
    ),
    rate_factor=0.5,
)
