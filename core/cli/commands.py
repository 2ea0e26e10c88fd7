"""Every command in one table, from which the parser is built and by which `core.__main__` dispatches.

A new command is a function that carries it out and one that adds its arguments, in the file of its group; its line
here; its line in the README; and its test. What a command needs it imports inside, so that `--help` answers at once.
"""

from core.cli import (
    app,
    cluster,
    datasets,
    explain,
    export,
    fix,
    folds,
    hand_on,
    inner,
    results,
    runs,
    serve,
    sources,
    studies,
    train,
    versions,
)  # fmt: skip
from core.cli.command import Command

GROUPS = {
    "data": "add, list, show and check data sets",
    "runs": "list, show, join, stop and resume runs",
    "study": "start, list, show, stop and resume studies",
    "cluster": "add, remove and look at Ray clusters that carry out runs",
}

COMMANDS = (
    Command(("data", "add"), "read a file and store it", datasets.add, datasets.add_arguments),
    Command(("data", "list"), "all stored sets", datasets.list_all),
    Command(("data", "show"), "what is known of a set", datasets.show, datasets.dataset_argument),
    Command(("data", "check"), "health of a stored set", datasets.check, datasets.check_arguments),
    Command(("data", "fix"), "apply a fix: a new version of the set", fix.fix, fix.fix_arguments),
    Command(
        ("data", "relabel"), "give rows other labels: a new version of the set",
        versions.relabel, versions.relabel_arguments,
    ),
    Command(
        ("data", "versions"), "all versions of a set, and what was done in each",
        versions.list_all, datasets.dataset_argument,
    ),
    Command(
        ("data", "join"), "sets with the same labels as one, each a domain of it", versions.join, versions.join_arguments,
    ),
    Command(("data", "export"), "write a version to a file", versions.export, versions.export_arguments),
    Command(
        ("data", "suspects"), "rows whose label is probably wrong", versions.suspects, versions.suspects_arguments,
    ),
    Command(("train",), "queue a run and follow it", train.train, train.train_arguments),
    Command(
        ("cross-validate",), "train once for each fold of a small set, and join the results",
        folds.cross_validate, folds.cross_validate_arguments,
    ),
    Command(
        ("ladder",), "does transfer pay? from no model at all to fine-tuning, on the same rows",
        studies.ladder, studies.ladder_arguments,
    ),
    Command(("auto",), "the best model for a set in so many minutes", studies.auto, studies.auto_arguments),
    Command(("study", "new"), "start a study: a question with runs behind it", studies.new, studies.new_arguments),
    Command(("study", "list"), "all studies, newest first", studies.list_all),
    Command(("study", "show"), "how a study stands and what it says", studies.show, studies.study_argument),
    Command(("study", "stop"), "stop all its runs, each with a checkpoint", studies.stop, studies.study_argument),
    Command(("study", "resume"), "go on where it ended early", studies.resume, studies.study_argument),
    Command(("lr-range",), "try learning rates in a few steps", train.lr_range, train.lr_range_arguments),
    Command(("runs", "list"), "all runs, newest first", runs.list_all),
    Command(("runs", "show"), "how a run stands, at any time", runs.show, runs.run_argument),
    Command(("runs", "stop"), "save a checkpoint and stop", runs.stop, runs.run_argument),
    Command(("runs", "resume"), "go on from the last checkpoint", runs.resume, runs.run_argument),
    Command(("runs", "folds"), "the joined result of a cross-validation", folds.show, folds.show_arguments),
    Command(("predict",), "score a file with a finished run", results.predict, results.predict_arguments),
    Command(("explain",), "why a finished run answers a text so", explain.explain, explain.explain_arguments),
    Command(("search",), "find models of the Hub by their names", sources.search, sources.search_arguments),
    Command(
        ("sources",), "what a run can start from; unpack one that came as packages",
        sources.list_all, sources.list_arguments,
    ),
    Command(("source",), "lay a file with weights onto an architecture", sources.lay, sources.lay_arguments),
    Command(("compare",), "compare runs on the same rows", results.compare, results.compare_arguments),
    Command(
        ("report",), "a result as one HTML file to send", export.report, export.report_arguments,
    ),
    Command(
        ("present",), "a result on a projector, behind a link", export.present, export.present_arguments,
    ),
    Command(
        ("export",), "the model as files for elsewhere, measured first", hand_on.export, hand_on.export_arguments,
    ),
    Command(("card",), "the model card of a run, for the Hub", hand_on.card, hand_on.card_arguments),
    Command(("push",), "send a model with its card to the Hub", hand_on.push, hand_on.push_arguments),
    Command(("serve",), "a model behind HTTP", serve.serve, serve.serve_arguments),
    Command(("rank",), "rank sources for a data set, before any training", sources.rank, sources.rank_arguments),
    Command(
        ("retention",), "what a run kept of its source's ability, and the way between both",
        results.retention, results.retention_arguments,
    ),
    Command(("soup",), "mix runs of one source into one model", results.soup, results.soup_arguments),
    Command(("cluster", "add"), "make a Ray cluster known", cluster.add, cluster.add_arguments),
    Command(("cluster", "status"), "its nodes, what runs where, what waits and why", cluster.status, cluster.status_arguments),
    Command(("cluster", "remove"), "forget a cluster", cluster.remove, cluster.one_argument),
    Command(("doctor",), "device, memory, versions, writable places, network", app.doctor),
    Command(("start",), "start the app in the browser", app.start, app.start_arguments, takes_json=False),
    Command(
        ("scheduler",), "start queued runs (started by itself)", inner.scheduler, takes_json=False, inner=True,
    ),
    Command(
        ("worker",), "carry out one run folder", inner.worker, inner.worker_arguments, takes_json=False, inner=True,
    ),
    Command(
        ("spread",), "carry out one run folder by several machines of a cluster",
        inner.spread, inner.worker_arguments, takes_json=False, inner=True,
    ),
    Command(
        ("drive",), "carry out one study folder", inner.drive, inner.drive_arguments, takes_json=False, inner=True,
    ),
    Command(
        ("flusher",), "carry events to the run store (started by itself)", inner.flusher, takes_json=False, inner=True,
    ),
)  # fmt: skip
