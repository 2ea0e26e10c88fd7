"""The settings of a run as flags, and the config that they make."""

import argparse
from dataclasses import fields
from typing import Any, get_args

from core.config import ADAPT_NONE, ADAPT_OWN, PRESETS, UNLABELLED, RunConfig, settings
from core.errors import ConfigError
from core.strategies.registry import STRATEGIES

AUTO = "auto"  # as a strategy: the one that fits the rows and classes, see core.transfer.choice
ALL_ROWS = ("validation_size", "test_size", "train_size")  # take a number or the word all


def add_settings(parser: argparse.ArgumentParser, dataset: bool = True) -> None:
    """Every setting of a run as a flag, by its name in ``RunConfig`` with hyphens.

    Args:
        dataset: whether to add `--dataset`, which must then be given.
    """
    if dataset:
        add_dataset(parser, required=True)
    parser.add_argument("--preset", choices=tuple(PRESETS), help="a named set of settings; flags override it")
    parser.add_argument("--init-from", metavar="RUN", help="start from the model of an earlier run")
    types = {setting.name: get_args(setting.type) or (setting.type,) for setting in fields(RunConfig)}
    for name, (_, text) in settings().items():
        if name == "dataset":
            continue
        flags = [f"--{name.replace('_', '-')}"] + (["--lr"] if name == "learning_rate" else [])
        shown: dict[str, Any] = {"dest": name, "help": text.replace("%", "%%")}
        if bool in types[name]:
            parser.add_argument(*flags, action=argparse.BooleanOptionalAction, default=None, **shown)
            continue
        convert = _whole_or_all if name in ALL_ROWS else types[name][0]
        choices = (AUTO, *STRATEGIES) if name == "strategy" else None
        parser.add_argument(*flags, type=convert, choices=choices, **shown)


def add_dataset(parser: Any, required: bool = False) -> None:
    """The set to learn from, as a flag of a parser or of one of its groups."""
    parser.add_argument("--dataset", required=required, metavar="DATASET", help="a stored set, by id or name")


def run_config(arguments: argparse.Namespace, dataset: str) -> RunConfig:
    """The config that was asked for: the preset's settings, then each flag that was given.

    Args:
        dataset: id of the stored set.

    Raises:
        ConfigError: when a setting is out of range or does not fit the others.
    """
    given = dict(PRESETS[arguments.preset].settings) if arguments.preset else {}
    for setting in fields(RunConfig):
        value = getattr(arguments, setting.name, None)
        if setting.name != "dataset" and value is not None:
            given[setting.name] = None if value == "all" else value
    if given.get("strategy") == AUTO:
        raise ConfigError("strategy is auto, which this command does not take.", "Name a strategy.")
    if arguments.init_from:
        given["model"] = f"run:{arguments.init_from}"
    return RunConfig(dataset=dataset, **given)


def ready_config(arguments: argparse.Namespace) -> RunConfig:
    """As ``chosen_config``, without the sentence."""
    return chosen_config(arguments)[0]


def chosen_config(arguments: argparse.Namespace) -> tuple[RunConfig, str]:
    """The config that was asked for, once data set, source and device are known to be there, and the sentence of choice.

    With ``--strategy auto``, or ``--preset balanced`` and no strategy, the way to transfer is chosen by what is there and
    written into the config. So is the size of batches that suits a card, unless one was named. The sentence says what was
    chosen, or is empty.

    Raises:
        GraftError: naming what is not there, or the setting that is out of range.
    """
    from core.data.sets.store import get_dataset
    from core.models.reach import require_source_of
    from core.training.devices import find_device
    from core.training.recipe import batch_on, earns_card_batches

    dataset = get_dataset(arguments.dataset)
    for name in UNLABELLED:
        if (given := getattr(arguments, name)) and given not in (ADAPT_NONE, ADAPT_OWN):
            setattr(arguments, name, get_dataset(given).id)
    for name in ("beside", "apart"):
        if given := getattr(arguments, name):
            setattr(arguments, name, "|".join(get_dataset(other).id for other in given.split("|")))
    left_open = arguments.strategy == AUTO or (arguments.preset == "balanced" and arguments.strategy is None)
    if left_open:
        arguments.strategy = None
    config = run_config(arguments, dataset.id)
    require_source_of(config)
    if config.device != "auto":
        find_device(config.device)
    sentence = ""
    if left_open:
        from core.transfer.choice import choose_for

        choice = choose_for(dataset, config)
        config = config.changed(strategy=choice.strategy, epochs=config.epochs or choice.epochs)
        sentence = choice.sentence
    rows = min(config.train_size or dataset.size("train"), dataset.size("train"))
    if arguments.batch_size is None and earns_card_batches(config, rows):
        batch, said = batch_on(config, find_device(config.device).name)
        return config.changed(batch_size=batch), f"{sentence} {said}".strip()
    return config, sentence


def _whole_or_all(value: str) -> int | str:
    if value == "all":
        return value
    try:
        return int(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is neither a whole number nor the word all") from error
