"""All groups of checks that look at the rows of a set. A new one is a file with a ``CheckGroup``, and a line here."""

from collections.abc import Sequence

from core.data.cleaning.checks.boilerplate import BOILERPLATE
from core.data.cleaning.checks.check import CheckGroup, Drop
from core.data.cleaning.checks.duplicates import DUPLICATES
from core.data.cleaning.checks.labels import LABELS
from core.data.cleaning.checks.languages import LANGUAGES
from core.data.cleaning.checks.lengths import LENGTHS
from core.data.cleaning.checks.shift import SHIFT
from core.data.cleaning.checks.torn_groups import TORN_GROUPS

GROUPS: tuple[CheckGroup, ...] = (DUPLICATES, TORN_GROUPS, LABELS, LENGTHS, LANGUAGES, BOILERPLATE, SHIFT)
DROPS: dict[str, Drop] = {drop.name: drop for group in GROUPS for drop in group.drops}


def version_of(groups: Sequence[CheckGroup]) -> int:
    """The version of all checks together, by which findings are kept.

    It grows with a new group and with a group's version, so that findings are not shown where others would be found. The
    first seven groups together make version 1. Who takes a group out raises the version of another instead.
    """
    return sum(group.version for group in groups) - 6


VERSION = version_of(GROUPS)
