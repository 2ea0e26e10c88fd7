import pytest

from core.studies.gain import gain_sentence, transfer_gain
from core.studies.rungs import Rung


def rung(name, key, value, ahead=None, headline="accuracy", probe_ahead=None, **more):
    """A rung that is done; ``ahead``: difference, low, high, p of fine-tuning against it; ``probe_ahead``: of the probe."""

    def tested(less):
        if less is None:
            return None
        difference, low, high, p = less
        return {
            "metric": headline,
            "difference": difference,
            "interval": [low, high],
            "p": p,
            "rows": more.get("rows", 500),
        }

    facts = {"labels_used": 140, "rows": 500, "run": "r"} | more
    return Rung(
        name, key, key.title(), "", name in ("names", "linear_probe", "fine_tuning"), "finished", headline=headline,
        metrics={"accuracy": value, "macro_f1": value, "rmse": value}, ahead=tested(ahead), probe_ahead=tested(probe_ahead),
        **facts,
    )  # fmt: skip


def climbed(words=0.71, scratch=0.12, top=0.92, p_words=1e-9, gap=None, **more):
    gap = top - words if gap is None else gap
    return [
        rung("trivial", "majority", 0.07, (top - 0.07, 0.8, 0.9, 1e-12), **more),
        rung("names", "names", 0.65, (top - 0.65, 0.2, 0.3, 1e-9), **{**more, "labels_used": 0}),
        rung("counted", "tfidf", words, (gap, gap - 0.05, gap + 0.05, p_words), **more),
        rung("scratch", "scratch", scratch, (top - scratch, 0.7, 0.9, 1e-12), **more),
        rung("linear_probe", "linear_probe", 0.9, (top - 0.9, -0.01, 0.05, 0.3), **more),
        rung("fine_tuning", "lp_ft", top, chosen_on=70, **more),
    ]


def test_the_sentence_says_the_figures_and_that_transfer_pays():
    rungs = climbed()
    gain = transfer_gain(rungs)
    assert (gain.of, gain.against, gain.pays, gain.verdict) == ("lp_ft", "tfidf", True, "real")
    assert gain.difference == pytest.approx(0.21) and gain.interval == pytest.approx((0.16, 0.26))
    assert gain_sentence(rungs, gain, "messages") == (
        "With 140 labelled messages to learn from (and 70 more to choose the checkpoint) 92 of 100 are answered right; counting words 71; "
        "with no labels, by the names of the classes 65; the same network without pretraining 12. Transfer pays here: fine-tuning is 21.0 "
        "points better than counting words, the best without it; chance hardly explains it (95 % interval 16.0 to 26.0, 500 rows). "
        "This is about these models, trained once each."
    )


def test_the_best_without_transfer_is_the_rival_and_its_p_is_corrected_for_having_been_picked():
    gain = transfer_gain(climbed(words=0.5, scratch=0.91, p_words=0.03))
    assert gain.against == "scratch"
    close = transfer_gain(climbed(p_words=0.02))  # Holm over three: the other two are far below
    assert close.p == 0.02 and close.p_corrected == pytest.approx(0.02)
    alone = [each for each in climbed(p_words=0.02) if each.name in ("counted", "fine_tuning")]
    assert transfer_gain(alone).p_corrected == pytest.approx(0.02)
    equal = [
        rung("counted", "tfidf", 0.71, (0.01, -0.0, 0.02, 0.02)), rung("scratch", "scratch", 0.70, (0.02, 0, 0.04, 0.02)),
        rung("trivial", "majority", 0.69, (0.03, 0, 0.06, 0.02)), rung("fine_tuning", "lp_ft", 0.72),
    ]  # fmt: skip
    assert transfer_gain(equal).p_corrected == pytest.approx(0.06) and transfer_gain(equal).verdict == "not_shown"


def test_no_gain_is_said_as_plainly_as_a_gain():
    rungs = climbed(words=0.915, p_words=0.6)
    assert "No gain from transfer is shown: fine-tuning is 0.5 points ahead of counting words" in gain_sentence(
        rungs, transfer_gain(rungs)
    )
    rungs = climbed(words=0.97, p_words=0.001)
    gain = transfer_gain(rungs)
    assert gain.verdict == "real" and not gain.pays
    said = gain_sentence(rungs, gain)
    assert "Transfer does not pay here: counting words is 5.0 points better than fine-tuning" in said
    assert "95 % interval 0.0 to 10.0" in said
    few = climbed(rows=20)
    assert "20 rows are too few" in gain_sentence(few, transfer_gain(few))


def test_errors_are_better_when_smaller_and_other_metrics_are_named():
    rungs = [
        rung("counted", "tfidf_score", 2.0, (-0.8, -1.0, -0.6, 1e-6), headline="rmse"),
        rung("fine_tuning", "full", 1.2, headline="rmse"),
    ]
    gain = transfer_gain(rungs)
    assert gain.pays
    said = gain_sentence(rungs, gain)
    assert "RMSE reaches 1.20; counting words 2.00." in said and "0.800 of RMSE better than counting words" in said
    assert "95 % interval 0.600 to 1.00" in said


def test_a_frozen_source_that_does_better_is_told():
    rungs = climbed(top=0.88)
    assert "a classifier on the source left as it is 90" in gain_sentence(rungs, transfer_gain(rungs))


def frozen_ahead(p):
    """Fine-tuning level with counted words; the probe 25 points ahead, with this p."""
    return [
        rung("counted", "tfidf", 0.47, (-0.03, -0.16, 0.11, 0.9), probe_ahead=(0.25, 0.1, 0.4, p)),
        rung("linear_probe", "linear_probe", 0.72, (-0.28, -0.4, -0.1, 0.01)),
        rung("fine_tuning", "full", 0.44),
    ]


def test_transfer_pays_where_only_the_source_left_as_it_is_shows_it():
    rungs = frozen_ahead(p=0.001)
    gain = transfer_gain(rungs)
    assert not gain.pays and gain.leading is gain.source and gain.source.of == "linear_probe"
    assert gain.source.p_corrected == pytest.approx(0.002)  # Holm over both ways to transfer
    said = gain_sentence(rungs, gain)
    assert "the source left as it is, with a classifier on it, is 25.0 points better than counting words" in said
    assert "Fine-tuning is 3.0 points behind counting words" in said and "No gain" not in said
    chance = frozen_ahead(p=0.03)  # 0.06 over both
    assert "No gain from transfer is shown" in gain_sentence(chance, transfer_gain(chance))
    assert transfer_gain(chance).leading.of == "full"


def test_rows_that_chose_the_checkpoint_are_not_called_unseen():
    rungs = climbed(caveat="There are no test rows.")
    assert gain_sentence(rungs, transfer_gain(rungs)).endswith("trained once each. There are no test rows.")


def test_without_a_top_there_is_no_sentence():
    assert transfer_gain(climbed()[:-1]) is None and gain_sentence(climbed()[:3], None) == ""


def test_where_the_best_without_transfer_has_no_test_nothing_is_said_of_a_weaker_one():
    rungs = [
        rung("counted", "tfidf", 0.80, (0.04, 0.02, 0.06, 1e-6)),
        rung("scratch", "scratch", 0.86),
        rung("fine_tuning", "lp_ft", 0.84),
    ]
    assert transfer_gain(rungs) is None
    said = gain_sentence(rungs, None)
    assert "Whether transfer pays is not said: the network without pretraining is the best without it" in said
    assert "Transfer pays" not in said
