"""Visits that arrive at once find the heavy libraries whole, and the first page needs none of them."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

VISITS = """
import sys, threading
from core import libraries
sys.setswitchinterval(1e-5)  # threads take turns as often as they can
failed = []
def visit():
    try:
        libraries.load()
        from transformers import AutoModelForSequenceClassification
        import peft, torch
        assert libraries.are_loaded() and torch.nn and peft.LoraConfig and AutoModelForSequenceClassification.from_config
    except BaseException as error:
        failed.append(repr(error))
threads = [threading.Thread(target=visit) for _ in range(6)]
libraries.load_aside()
for each in threads: each.start()
for each in threads: each.join()
print(failed)
sys.exit(bool(failed))
"""


@pytest.mark.slow
def test_visits_at_once_wait_for_one_import():
    done = subprocess.run([sys.executable, "-c", VISITS], cwd=ROOT, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr


FIRST_PAGE = """
import sys
from core import libraries
from pages.components.shared import status
libraries.load_aside = lambda: None  # what comes after the page
status.machine_sentence = lambda: ""  # its last line, which asks torch for the device: all else is there by then
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(f"{sys.argv[1]}/streamlit_app.py", default_timeout=60).run()
assert not app.exception and app.button, app
print(sorted({"torch", "transformers", "sklearn", "scipy", "optuna"} & set(sys.modules)))
"""


def test_the_first_page_waits_for_no_large_library(home):
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE, str(ROOT)], cwd=ROOT, capture_output=True, text=True, timeout=150
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
