"""The registry is the only place that knows the strategies by name."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from core.config import RunConfig
from core.errors import ConfigError
from core.evaluation.baselines import SENTENCES
from core.strategies.registry import DEFAULT, STRATEGIES
from core.strategies.strategy import FEW_ROWS, FEW_ROWS_OF_MANY
from core.tasks import TASKS
from core.training.teachers import TEACHERS

ROOT = Path(__file__).resolve().parent.parent.parent
OTHERS = [
    path
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "streamlit_app.py"]
    if ROOT / "core" / "strategies" not in path.parents
]
OF_BASELINES = tuple(  # these name baselines, one of which bears a strategy's name
    f"core/{name}.py" for name in ("evaluation/baselines", "studies/rungs", "studies/labels", "charts/theme")
)


def names_used(source: str) -> list[str]:
    """Strategies whose names stand in the source on their own, to compare, list or look up by.

    An argument given by keyword only chooses: ``RunConfig(..., strategy="lora")`` is no knowledge of what LoRA is.
    """
    tree = ast.parse(source)
    chosen = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in chosen]
    return [str(node.value) for node in constants if isinstance(node.value, str) and node.value in STRATEGIES]


def test_no_other_module_compares_or_lists_a_strategys_name():
    used = {path.relative_to(ROOT).as_posix(): names_used(path.read_text(encoding="utf-8")) for path in OTHERS}
    for path in OF_BASELINES:
        used[path] = [name for name in used[path] if name not in SENTENCES]
    offenders = {path: names for path, names in used.items() if names}
    assert len(used) > 100 and not offenders, "read a field of core.strategies.strategy.Strategy instead"


@pytest.mark.parametrize(
    "source",
    [
        'config.strategy == "lora"',
        'config.strategy not in ("few_shot", probe)',
        'UNTRIED = {"linear_probe"}',
        'TITLES = {"ia3": "IA³"}',
        'match name:\n    case "gradual": pass',
        'def rate(strategy="bitfit"): pass',
        'STRATEGIES["scratch"].title',
    ],
)
def test_a_name_is_seen_wherever_it_stands(source):
    assert len(names_used(source)) == 1


def test_choosing_a_strategy_by_keyword_is_allowed():
    assert names_used('config.changed(strategy="lora")\nPCA(2, svd_solver="full")\n"A full sentence."') == []


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_is_whole(name):
    strategy = STRATEGIES[name]
    assert strategy.name == name and strategy.title and strategy.sentence.endswith(".")
    assert (strategy.teacher.name in TEACHERS) == strategy.teacher.encodes  # words are counted by a phase of the run
    assert set(strategy.settings) <= {field.name for field in fields(RunConfig)}
    assert strategy.only_for is None or set(strategy.only_for.tasks) < set(TASKS)


def test_titles_are_distinct():
    assert len({strategy.title for strategy in STRATEGIES.values()}) == len(STRATEGIES)


def test_a_config_takes_full_fine_tuning_where_none_is_named_and_refuses_what_is_none():
    assert RunConfig("x").strategy == DEFAULT == "full"
    with pytest.raises(ConfigError) as refused:
        RunConfig("x", strategy="nonsense")
    assert all(name in refused.value.hint for name in STRATEGIES)


def test_one_strategy_is_chosen_for_each_situation_and_says_why():
    chosen = [strategy for strategy in STRATEGIES.values() if strategy.chosen_for]
    assert sorted(strategy.chosen_for for strategy in chosen) == sorted((FEW_ROWS, FEW_ROWS_OF_MANY))
    assert all(strategy.chosen_because for strategy in chosen)
