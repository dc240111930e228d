"""The export tab without a browser: what it says goes out is what its links give."""

import html
import json
import re
import zipfile
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from assistant.dataset import examples, exports, versions
from assistant.dataset.examples import Example, Filter
from assistant.ui import downloads
from assistant.ui.data.exporting import Exporting

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def project(context):
    made = context.projects.create(f"Balasan {EVIL}", "id")
    examples.save(
        made,
        [
            # The long figure keeps the messages from being copies of one another.
            Example(
                f"e{n}",
                f"pesan a/b & {n} {EVIL} {7**99 // (n + 3)}",
                f"jawaban {n}",
                tags=("kurir",) if n % 2 else (),
            )
            for n in range(40)
        ],
    )
    return made


def _downloaded(shown, project, folder, place=0):
    """What the links of the page give; the address is decoded once, as the server does."""
    kind, address = re.findall(r"/download/([^/]+)/[^/]+/([^?\"]+)", shown)[place]
    return downloads.MAKERS[kind](project, unquote(address), "id", folder)


def test_what_the_table_shows_is_what_is_downloaded(context, project, request_, tmp_path):
    tab = Exporting(context, "id")
    sought = Filter(words="a/b & 1", tag="kurir")
    what, listed, shown = tab.show("hosted", "openai", "table", False, False, sought, request_)
    wanted = [e for e in examples.every(project, sought)]
    assert len(wanted) == 6 and str(len(wanted)) in what.choices[0][0]
    assert EVIL not in shown and "Fireworks" in listed
    lines = _downloaded(shown, project, tmp_path, 1).read_text("utf-8").splitlines()
    assert [json.loads(line)["messages"][-1]["content"] for line in lines] == [e.output for e in wanted]
    with zipfile.ZipFile(_downloaded(shown, project, tmp_path)) as archive:
        assert set(archive.namelist()) == {"train.jsonl", "tune.py", "README.md"}
        assert "OpenAI" in archive.read("README.md").decode()


def test_a_version_goes_out_with_its_test_rows_kept_back(context, project, request_, tmp_path):
    tab, version = Exporting(context, "en"), versions.freeze(project).name
    kept = sum(e.split == "test" for e in versions.load(project, version))
    shown = tab.look("axolotl", version, False, False, Filter(), request_)
    assert f"{kept}: kept for testing" in shown and "chat_template" in shown
    everything = tab.look(
        "axolotl", version, True, False, Filter(words="is not asked of a version"), request_
    )
    assert "kept for testing" not in everything
    assert len(_downloaded(everything, project, tmp_path, 1).read_text("utf-8").splitlines()) == 40
    arrived = SimpleNamespace(
        query_params={"project": project.id, "tab": "export", "version": version}, cookies={}
    )
    what, *_ = tab.arrive("hosted", "openai", "table", False, False, Filter(), arrived)
    assert what.value == version


@pytest.mark.parametrize("to", exports.all_targets(), ids=lambda to: to.id)
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_target_can_be_chosen_and_says_what_it_is(context, project, request_, language, to):
    tab = Exporting(context, language)
    event = SimpleNamespace(do="choose", id=to.id)
    name, listed, shown = tab.choose(event, to.group, "openai", "table", False, True, Filter(), request_)
    assert name == to.id and html.escape(to.about.say(language)) in listed
    assert ("p-blocks" in shown) == to.pairs  # nobody wrote a worse answer
    if not to.pairs:
        assert ("/download/export-" in shown and "2026" in shown) or to.date in (None, "2025-01")


def test_what_would_be_refused_is_said_before_it_is_sent(context, project, request_):
    tab = Exporting(context, "id")
    shown = tab.look("openai", "table", False, False, Filter(words="& 7"), request_)
    assert "akan ditolak" in shown and "10" in shown
    assert "Belum ada contoh" in tab.look("openai", "table", False, False, Filter(words="tiada"), request_)


def test_the_page_shows_how_the_data_begins_as_its_file_does(context, project, request_, tmp_path):
    tab = Exporting(context, "id")
    shown = tab.look("openai", "table", False, False, Filter(), request_)
    told = html.unescape(re.search(r"Awal train.jsonl</summary>.*?<code>(.*?)</code>", shown, re.S)[1])
    kept = _downloaded(shown, project, tmp_path, 1).read_text("utf-8").splitlines()
    assert told.splitlines() == [line[:600] + ("…" if len(line) > 600 else "") for line in kept[:3]]
