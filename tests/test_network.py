"""Nothing that is done with a set and a shipped source asks another machine for anything, also where Graft was not told to be offline."""

import subprocess
import sys

import pandas as pd
import pytest

from tests.conftest import sentences
from tests.processes import Graft

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
WATCH = """
import os, socket
connect = socket.socket.connect
def watched(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        with open(os.environ["WATCHED"], "a") as told:
            told.write(f"{address}\\n")
    return connect(self, address)
socket.socket.connect = watched
look_up = socket.getaddrinfo
def looked_up(host, *rest, **more):
    if host not in ("127.0.0.1", "::1", "localhost", None, ""):
        with open(os.environ["WATCHED"], "a") as told:
            told.write(f"look-up of {host}\\n")
    return look_up(host, *rest, **more)
socket.getaddrinfo = looked_up
"""


def test_from_a_file_to_predictions_no_other_machine_is_asked(tmp_path):
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    pd.DataFrame(sentences(80), columns=["text", "label"]).to_csv(tmp_path / "rows.csv", index=False)
    graft = Graft(tmp_path / "home")
    graft.env.pop("HF_HUB_OFFLINE")
    graft.env |= {"PYTHONPATH": str(tmp_path / "watch"), "WATCHED": str(tmp_path / "asked")}
    asks = "import socket; s = socket.socket(); s.settimeout(0.1); s.connect(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", asks], env=graft.env, capture_output=True, timeout=60)
    assert "192.0.2.1" in (tmp_path / "asked").read_text(), "who watches sees what is asked"
    (tmp_path / "asked").unlink()
    try:
        graft.call("data", "add", str(tmp_path / "rows.csv"), "--name", "rows")
        graft.call("data", "check", "rows")
        words = ["--strategy", "linear_probe", "--max-length", "16", "--model", "minilm"]
        run = graft.call("train", "--dataset", "rows", *words)["run"]
        graft.call("predict", run, "--input", str(tmp_path / "rows.csv"), "--output", str(tmp_path / "out.csv"))
        graft.call("explain", run, "--text", "a lovely film")
        assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text()
    finally:
        graft.end()
