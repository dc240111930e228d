"""`penala tune --model vertex:…` as a user runs it: the real kits and a real worker against a stand-in for Google."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tuning.google_standin import JOB, Google

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.workspace.project import Project, create_project

ENDPOINT = "projects/p1/locations/us-central1/endpoints/7"


@pytest.fixture
def google() -> Iterator[Google]:
    made = Google()
    made.answers["/token"] = (200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})
    made.job = {"name": JOB, "state": "JOB_STATE_RUNNING"}
    yield made
    made.close()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = create_project(tmp_path / "home" / "projects" / "toko", "Toko", "id")
    words = ["kirim", "bayar", "retur", "lacak", "akun"]
    rows = [
        Example(f"e{n}", f"tanya {words[n % 5]} nomor {n * 7919}", f"jawab {words[n % 5]} {n * 31}")
        for n in range(150)
    ]
    examples.save(made, rows)
    versions.freeze(made)
    return made


@pytest.fixture
def env(google: Google, tmp_path: Path) -> dict[str, str]:
    """The account of a service, whose tokens come from the stand-in."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account", "project_id": "p1", "private_key": pem.decode(), "private_key_id": "1",
        "client_email": "a@p1.example", "token_uri": f"{google.address}/token",
    }  # fmt: skip
    (tmp_path / "account.json").write_text(json.dumps(account))
    credentials = str(tmp_path / "account.json")
    return {
        **os.environ, **google.env, "GOOGLE_APPLICATION_CREDENTIALS": credentials, "PENALA_HOME": str(tmp_path / "home"),
        "NO_PROXY": "127.0.0.1",
    }  # fmt: skip


def penala(project: Project, env: dict[str, str], *words: str) -> tuple[int, list[dict[str, Any]], str]:
    command = [sys.executable, "-m", "assistant", *words, "--project", str(project.folder), "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def until(true: Any) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def test_a_run_at_a_provider_from_the_dry_run_to_the_answering_model(
    google: Google, project: Project, env: dict[str, str]
) -> None:
    asked = (
        "tune",
        "--model",
        "vertex:gemini-2.5-flash",
        "--bucket",
        "b",
        "--epochs",
        "2",
        "--override",
        "test",
    )
    code, (shown,), said = penala(project, env, *asked, "--dry-run")
    assert code == 0 and google.objects == {} and shown["cost"]["sum"] in said
    code, out, said = penala(project, env, *asked, "--confirm", "1")
    assert code == 2 and not out and shown["cost"]["sum"] in said

    code, (begun,), _ = penala(project, env, *asked, "--confirm", shown["cost"]["sum"], "--detach")
    assert code == 0 and begun["run"] == "h001"
    folder = project.folder / "hosted" / "h001"
    until((folder / "job.json").exists)
    (body,) = [b for method, path, b in google.asked if method == "POST" and path.endswith("/tuningJobs")]
    assert {k: body[k] for k in ("baseModel", "supervisedTuningSpec")} == {
        k: shown["request"][k] for k in ("baseModel", "supervisedTuningSpec")
    }
    assert len(google.objects) == 2

    os.kill(json.loads((folder / "process.json").read_text())["pid"], signal.SIGKILL)
    until(lambda: penala(project, env, "jobs")[1][0]["state"] == "interrupted")
    google.job |= {"state": "JOB_STATE_SUCCEEDED", "tunedModel": {"endpoint": ENDPOINT}}
    code, events, _ = penala(project, env, "resume", "h001")
    assert code == 0 and events[-1]["state"] == "finished"
    assert sum(path.endswith("/tuningJobs") and m == "POST" for m, path, _ in google.asked) == 1
    assert json.loads((folder / "hosted.json").read_text())["status"]["endpoint"] == ENDPOINT
