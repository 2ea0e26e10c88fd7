from core.evaluation.result import verdict_sentence
from core.evaluation.significance import PairedTest


def test_the_sentence_names_the_better_one_and_its_gain():
    test = PairedTest("accuracy", -0.138, (-0.208, -0.075), 0.001, "real", 318)
    sentence = verdict_sentence("the probe", "the fine-tune", test)
    assert sentence.startswith("The fine-tune is better than the probe by 13.8 points of accuracy")
    assert "+7.5 to +20.8 points, 318 rows" in sentence


def test_what_is_not_shown_is_not_claimed():
    test = PairedTest("macro_f1", 0.02, (-0.01, 0.05), 0.3, "not_shown", 400)
    assert verdict_sentence("a", "b", test).startswith(
        "No difference in macro-F1 between a and b is shown (+2.0 points"
    )
