import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.workspace.projects import Projects, describe, slug


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    return Projects(Settings(home=tmp_path, weights=tmp_path / "weights"))


@given(st.text(max_size=200))
def test_any_label_becomes_a_plain_folder_name(name: str) -> None:
    made = slug(name)
    assert 1 <= len(made) <= 48
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert made[0] != "-"


def test_names_are_labels_and_ids_are_free(projects: Projects) -> None:
    first = projects.create("Layanan Pelanggan", "id")
    second = projects.create("Layanan Pelanggan", "id")
    hostile = projects.create("../../etc/passwd", "en")
    assert [first.id, second.id, hostile.id] == ["layanan-pelanggan", "layanan-pelanggan-2", "etc-passwd"]
    assert all(p.folder.parent == projects.settings.projects for p in projects.all())
    assert describe(hostile).name == "../../etc/passwd"
    assert projects.create("CON", "en").id == "project-con"
    assert projects.create("日本", "en").id == "project"


def test_an_empty_name_is_refused(projects: Projects) -> None:
    with pytest.raises(PenalaError, match="no name"):
        projects.create("  ", "id")
    assert projects.all() == []


@pytest.mark.parametrize("id", ["../x", "/etc", "a/b", "", ".", "..", ".trash", "A", "a\x00b", "a" * 300])
def test_an_id_never_leaves_the_folder(projects: Projects, id: str) -> None:
    (projects.settings.projects / "a" / "b").mkdir(parents=True)
    for act in (projects.open, projects.delete):
        with pytest.raises(PenalaError) as caught:
            act(id)
        assert caught.value.code == "no_project"
    with pytest.raises(PenalaError) as caught:
        projects.restore(id)
    assert caught.value.code == "not_in_trash"


def test_delete_can_be_undone_until_purged(projects: Projects) -> None:
    project = projects.create("Toko Senja", "id")
    project.set("note", "kept")
    projects.delete(project.id)
    assert projects.all() == []
    assert [(t.id, t.name) for t in projects.trash()] == [("toko-senja", "Toko Senja")]
    assert projects.create("Toko Senja", "id").id == "toko-senja-2"  # the deleted one can still come back
    assert projects.restore("toko-senja").get("note") == "kept"
    projects.delete("toko-senja")
    assert projects.purge("toko-senja") == 1
    assert projects.trash() == []
    with pytest.raises(PenalaError) as caught:
        projects.restore("toko-senja")
    assert caught.value.code == "not_in_trash"
    projects.delete("toko-senja-2")
    assert projects.purge() == 1


def test_a_damaged_project_is_listed_and_can_be_deleted(projects: Projects) -> None:
    project = projects.create("Rusak", "id")
    (project.folder / "project.db").write_bytes(b"no database at all" * 400)
    assert describe(project).damaged
    with pytest.raises(PenalaError) as caught:
        project.get("name")
    assert caught.value.code == "database_damaged"
    assert "rusak" in caught.value.say("id").message
    projects.delete(project.id)
    assert [t.id for t in projects.trash()] == ["rusak"]


def test_a_database_from_the_future_is_left_alone(projects: Projects) -> None:
    project = projects.create("Baru", "id")
    with sqlite3.connect(project.folder / "project.db") as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    before = (project.folder / "project.db").read_bytes()
    with pytest.raises(PenalaError) as caught:
        project.get("name")
    assert caught.value.code == "database_newer"
    assert (project.folder / "project.db").read_bytes() == before
