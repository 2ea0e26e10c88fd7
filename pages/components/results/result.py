"""The result of a finished run, always beside its baselines."""

from typing import Any

import pandas as pd
import streamlit as st

from core import charts
from core.config import settings
from core.evaluation.details import mix_ups
from core.evaluation.notes import verdict_in
from core.metrics.table import METRICS
from core.runs.folder import Run
from core.runs.history import read_history
from core.tasks import headline_of, readable
from core.training.estimate import duration
from pages.components.results.scores import scores_view
from pages.components.shared import words
from pages.components.train.weights_file import show_fit

MANY = 20  # classes; beyond them the chart of mistakes shows no numbers


def result_view(run: Run) -> None:
    """Verdict, scores with intervals, classes, confusion, curves, settings."""
    result = run.result
    if result is None:
        st.warning("This run has finished but its result cannot be read.", icon=":material/error:")
        return
    _verdict(result)
    left, right = st.columns([3, 2])
    history = read_history(run)
    with left, st.container(border=True, height="stretch"):
        _scores(run, result)
    with right, st.container(border=True, height="stretch"):
        _facts(result, history.attempts)
        for warning in history.warnings:
            st.caption(f":material/info: {warning}")
    {"multi_label": _labels, "regression": _score_errors}.get(result.get("task", ""), _classes)(run, result)
    with st.expander("How it learnt: curves"):
        left, right = st.columns(2)
        left.plotly_chart(charts.loss_curves(history.steps, history.evaluations), key="done_loss")
        right.plotly_chart(charts.score_curves(history.evaluations), key="done_scores")
        left.plotly_chart(charts.rate_curve(history.steps), key="done_rate")
        right.plotly_chart(charts.speed_curve(history.steps), key="done_speed")
    _movement(result)
    _source_fit(result)
    with st.expander("Settings of this run"):
        _settings(run)
    with st.expander("Log"):
        st.code(run.log_tail(200) or "Nothing logged.", language=None, height=300)


def _verdict(result: dict[str, Any]) -> None:
    verdict = result["verdict"]
    won = verdict.get("better", verdict["difference"] > 0)
    sentence = words.plain(verdict_in(result))
    if verdict["verdict"] == "real" and won:
        st.success(f"Transfer paid off. {sentence}", icon=":material/check_circle:")
    elif verdict["verdict"] == "real":
        st.warning(f"Transfer did not pay off here. {sentence}", icon=":material/info:")
    else:
        st.info(sentence, icon=":material/info:")


def _scores(run: Run, result: dict[str, Any]) -> None:
    task = words.result_task(result)
    contenders = scores_view("This run", charts.run_colors([run.id])[run.id], result, "score_bars", "score_table")
    drawn = "" if result["rows"] == result["evaluated_of"] else f" (a fixed draw from {result['evaluated_of']:,})"
    unseen = ", which no one saw in training" if result["split"] == "test" else ""
    meanings = " ".join(f"{METRICS[name].title}: {_lower(METRICS[name].help)}" for name in task.metrics)
    st.caption(
        f"All judged on the same {result['rows']:,} {result['split']} rows{drawn}{unseen}. "
        f"{meanings} "
        "Interval: with other rows of the same kind the score would move; in 95 of 100 such draws it covers the true value. "
        "The baselines need no pretrained model. "
        + " ".join(f"{baseline['title']}: {baseline['sentence']}" for baseline in contenders[1:])
    )


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _facts(result: dict[str, Any], attempts: int) -> None:
    trained, total = result["parameters"]["trained"], result["parameters"]["total"]
    facts = {
        "Training rows": f"{result['train_rows']:,}",
        **({"Epochs": f"{result['epochs']}"} if result.get("epochs") else {}),
        "Training time": duration(result["seconds"]),
        "Whole run" if attempts < 2 else "Last attempt": duration(result["total_seconds"]),
        "Speed": f"{result['tokens_per_second']:,.0f} tokens/s",
        "Peak memory": f"{result['peak_memory_mib']:,} MiB" if result.get("peak_memory_mib") else "–",
        "Weights trained": f"{trained:,} of {total:,} ({_share(trained / total)})",
        "Texts cut": f"{100 * result['share_cut']:.1f} % at {result['max_length']} tokens",
        "Device": f"{result['device_title']}, {result['precision']}",
        # without test rows the validation rows judged the run, and a second figure of theirs would say nothing new
        **({"Best validation": _validation(result)} if result["split"] == "test" else {}),
    }
    st.markdown("**What it took**")
    st.table(pd.DataFrame({"": facts.values()}, index=list(facts)), border="horizontal", hide_header=True)
    if result.get("averaging"):
        st.caption(result["averaging"]["sentence"])
    if result["stopped_early"]:
        st.caption("Training ended early: validation no longer improved.")


def _validation(result: dict[str, Any]) -> str:
    name = headline_of(result)
    value = (result.get("validation") or {}).get(name)
    return "–" if value is None else f"{words.figure(name, value)} {words.spoken(name)}"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %" if value > 0.1 else f"{100 * value:.2g} %"


def _classes(run: Run, result: dict[str, Any]) -> None:
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        event = st.plotly_chart(
            charts.confusion(result["metrics"]["confusion"], result["labels"], ink=words.ink()), key="confusion",
            config=words.STILL, on_select="rerun", selection_mode="points",
        )  # fmt: skip
        st.caption(
            "Each row of the chart is a true class, each column what the model said. Click a cell to see its texts."
        )
        points = event.selection.points if event else []
        if points:
            _texts_link(run, *points[0]["customdata"][:2])
        if len(result["labels"]) > MANY:
            _mix_ups(run, result)
    with right, st.container(border=True, height="stretch"):
        st.markdown("**Each class**")
        _per_class(pd.DataFrame(result["metrics"]["per_class"]), "Class")
        st.caption(_class_sentence(result["metrics"]["per_class"]))


def _mix_ups(run: Run, result: dict[str, Any]) -> None:
    """The commonest mistakes as a list: with many classes no chart shows them all."""
    mistakes = mix_ups(result["metrics"]["confusion"], result["labels"])
    if not mistakes:
        return
    st.markdown("**Most frequent mix-ups**")
    table = pd.DataFrame(mistakes).assign(share=lambda table: 100 * table["share"])
    picked = st.dataframe(
        table, hide_index=True, key=f"mix_ups_{run.id}", on_select="rerun", selection_mode="single-row",
        column_config={
            "true": "Truly", "called": "Called", "rows": st.column_config.NumberColumn("Rows", width=70),
            "share": st.column_config.NumberColumn("Of the class", format="%.0f %%", help="Share of the rows that truly are it."),
        },
    )  # fmt: skip
    if picked.selection.rows:
        _texts_link(run, *table.loc[picked.selection.rows[0], ["true", "called"]])


def _texts_link(run: Run, true: str, predicted: str) -> None:
    """To the texts of one cell of the confusion matrix."""
    st.page_link(
        "pages/predict.py", label=words.plain(f"Texts that are {true} and were called {predicted}"), icon=":material/list:",
        query_params={"run": run.id, "true": true, "predicted": predicted},
    )  # fmt: skip


def _per_class(table: pd.DataFrame, title: str) -> None:
    shown = [name for name in ("precision", "recall", "f1", "threshold") if name in table]
    table[shown] = 100 * table[shown].astype(float)
    figures = [name for name in shown if name != "threshold"]
    table.loc[table["support"] == 0, figures] = None  # also in results of earlier versions
    shares = {
        name: st.column_config.NumberColumn(heading, format="%.1f %%", help=text)
        for name, heading, text in (
            ("precision", "Precision", "Of the rows that were given this, how many truly have it."),
            ("recall", "Recall", "Of the rows that truly have this, how many were found."),
            ("f1", "F1", "Precision and recall in one number; both must be high."),
            ("threshold", "Given from", "The probability from which the label is given; chosen on validation rows."),
        )
    }
    st.dataframe(
        table, hide_index=True, key="per_class", placeholder="–",
        column_config={"label": title, "support": st.column_config.NumberColumn("Rows"), **shares},
    )  # fmt: skip


def _labels(run: Run, result: dict[str, Any]) -> None:
    """Several labels a row: how well each is found, and from which probability it is given."""
    left, right = st.columns(2)
    metrics = result["metrics"]
    with left, st.container(border=True):
        st.plotly_chart(charts.label_scores(metrics["per_class"]), key="label_scores", config=words.STILL)
        st.caption(
            f"A row truly has {metrics['labels_true']:.2f} labels and is given {metrics['labels_given']:.2f}, on average."
        )
        st.page_link(
            "pages/predict.py", label="See the rows and their labels", icon=":material/list:",
            query_params={"run": run.id, "true": "any"},
        )  # fmt: skip
    with right, st.container(border=True):
        st.markdown("**Each label**")
        _per_class(pd.DataFrame(metrics["per_class"]).assign(threshold=result["thresholds"]), "Label")
        st.caption(
            "Each label has its own threshold: the probability from which it is given, chosen on validation rows so that "
            "its F1 is best. Labels with fewer than 5 validation rows share one. The saved model carries them."
        )


def _score_errors(run: Run, result: dict[str, Any]) -> None:
    """Scores: how close predictions are to the truth."""
    path = run.predictions(result["split"])
    table = pd.read_parquet(path, columns=["label", "prediction", "error"])
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.plotly_chart(
            charts.true_and_predicted(table["label"], table["prediction"]), key="true_predicted", config=words.STILL
        )
        st.caption(
            "On the dashed line a prediction is exact. A cloud that is flatter than the line means that the model plays "
            "safe: it stays near the mean."
        )
    with right, st.container(border=True):
        st.plotly_chart(charts.residuals(table["error"].to_numpy()), key="residuals", config=words.STILL)
        metrics = result["metrics"]
        st.caption(
            f"Off by {readable(metrics['mae'])} on average, {metrics['mean_error']:+.3g} in the mean; the true scores "
            f"themselves spread by {readable(metrics['spread'])} around their mean."
        )
        st.page_link(
            "pages/predict.py", label="See the rows, largest errors first", icon=":material/list:",
            query_params={"run": run.id, "true": "any"},
        )  # fmt: skip


def _class_sentence(classes: list[dict[str, Any]]) -> str:
    """What the weakest class means, and the three words."""
    judged = [figures for figures in classes if figures["support"]]
    weakest = min(judged, key=lambda figures: figures["recall"])
    found = round(weakest["recall"] * weakest["support"])
    hardest = f"Hardest to find: {weakest['label']}, with {found:,} of its {weakest['support']:,} rows. "
    return (
        f"{hardest if found < weakest['support'] else 'Every row of every class was found. '}"
        "Precision: of the rows given a class, the share that truly has it. Recall: of the rows of a class, the share "
        "that was found. F1: both in one number."
    )


def _movement(result: dict[str, Any]) -> None:
    layers = result.get("layers")
    if not layers:
        return
    with st.expander("What the training changed", icon=":material/layers:"):
        st.plotly_chart(charts.layer_movement(layers["moved"], layers["rates"]), key="movement")
        st.caption(
            "Length of the change of each layer's weights beside their length before. The less a layer moved, the more "
            "of what the source knew is left in it; the classifier is new and moves most."
        )


def _source_fit(result: dict[str, Any]) -> None:
    fit = result.get("source_fit")
    if fit:
        names = {"missing": "missing", "left_over": "left over", "matched": "matched"}
        rows = [{"tensor": name, "state": state} for key, state in names.items() for name in fit[key]]
        rows += [{"tensor": name, "state": f"not used: {own}, not {other}"} for name, own, other in fit["differs"]]
        show_fit(fit["sentence"], rows)


def _settings(run: Run) -> None:
    names = settings()
    config = run.config.to_json()
    table = pd.DataFrame(
        {
            "Setting": [names[name][0] for name in config],
            "Value": ["" if value is None else str(value) for value in config.values()],
            "What it does": [names[name][1] for name in config],
        }
    )
    st.dataframe(table, hide_index=True, key="settings_table")
