"""Following shows each step once and ends with the work."""

from core.cli.follow import View, follow
from core.cli.output import Output

VIEWS = [View(0.0, "waiting"), View(0.1, "training", ", 20 s left"), View(0.2, "training", ", 10 s left"), None]


def test_beside_json_each_step_is_one_line_on_stderr(home, capsys):
    views = iter(VIEWS)
    follow(lambda: next(views), Output(as_json=True))
    written = capsys.readouterr()
    assert written.err.splitlines() == ["waiting", "training"] and not written.out


def test_where_stderr_is_a_file_a_reader_gets_no_bar(home, capsys):
    views = iter(VIEWS)
    follow(lambda: next(views), Output(as_json=False))
    assert capsys.readouterr() == ("", "")


def test_what_has_ended_already_is_not_waited_for(home):
    looks = []

    def look():
        looks.append(1)

    follow(look, Output(as_json=True))
    assert len(looks) == 1
