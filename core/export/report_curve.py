"""How the validation score moved while a run learnt."""

from markupsafe import Markup

from core.export.report_figures import curve_svg
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.runs.history import read_history
from core.tasks import headline_of


def learning_curve(run: Run) -> Markup | None:
    """The headline on validation rows by epoch; None where it was looked at less than twice."""
    headline = headline_of(run.result or {})
    table = read_history(run).evaluations
    if headline not in table:
        return None
    table = table.dropna(subset=[headline, "epoch"])
    if len(table) < 2:
        return None
    scale = 100.0 if METRICS[headline].share else 1.0
    points = [
        (float(epoch), scale * float(value)) for epoch, value in zip(table["epoch"], table[headline], strict=True)
    ]
    kept = table.loc[table["best"].astype(bool), "epoch"]
    unit = ", %" if METRICS[headline].share else ""
    title = f"{METRICS[headline].title} on validation rows{unit}"
    return curve_svg(points, title, "epoch", float(kept.iloc[-1]) if len(kept) else None)
