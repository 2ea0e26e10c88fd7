from core.data.cleaning.merge_plan import merge_plan, planned_names

COUNTS = {
    "Billing": 90,
    "Biling": 14,
    "billing": 3,
    "Shipping": 80,
    "Shiping": 5,
    "Praise": 4,
    "-": 12,
    "Bug": 60,
    "Bugs": 6,
}


def test_spellings_come_first_then_labels_that_say_nothing_then_rare_ones():
    plan = merge_plan(COUNTS)
    assert plan["label"].tolist() == [
        "billing",
        "Shiping",
        "Bugs",
        "Biling",
        "-",
        "Praise",
        "Bug",
        "Shipping",
        "Billing",
    ]
    assert plan.set_index("label")["why"]["Shiping"] == "one letter from Shipping"
    assert planned_names(plan) == {"billing": "Billing", "Biling": "Billing", "Shiping": "Shipping", "Bugs": "Bug"}


def test_what_the_user_writes_counts_and_what_is_emptied_or_written_back_is_left():
    plan = merge_plan(COUNTS).set_index("label")
    plan.loc["Bugs", "becomes"], plan.loc["Biling", "becomes"], plan.loc["Praise", "becomes"] = (
        "",
        "Biling",
        " Feedback ",
    )
    assert planned_names(plan.reset_index()) == {"billing": "Billing", "Shiping": "Shipping", "Praise": "Feedback"}
