from core.data.reading.dialect import guess_dialect


def test_a_row_of_names_outweighs_commas_that_every_text_holds_once():
    lines = ["review|verdict|region"]
    lines += [f"service number {at}, as always|{('good', 'bad')[at % 2]}|north" for at in range(60)]
    lines[20] += "|too many"
    assert guess_dialect("\n".join(lines) + "\n", "reviews.txt").names == ("review", "verdict", "region")
