import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.workspace.archive import pack, unpack
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    return Projects(Settings(home=tmp_path / "home", weights=tmp_path / "weights"))


@pytest.fixture
def project(projects: Projects) -> Project:
    made = projects.create("Toko Senja", "id")
    with made.database() as db:
        db.execute(
            "INSERT INTO documents (id, name, file, status, at) VALUES (1, 'a', 'aa.txt', 'ready', 't')"
        )
        columns = [row["name"] for row in db.execute("PRAGMA table_info(chunks)")]
        row = {"id": 7, "document": 1, "start": 0, "stop": 4, "text": "ongkos kirim", "hash": "h"}
        row |= {"terms": "ongkos kirim"} if "terms" in columns else {}
        db.execute(
            f"INSERT INTO chunks ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )
        db.execute("INSERT INTO embeddings VALUES ('h', 'm', ?)", (b"\x00\x01\xff",))
        db.execute(
            "INSERT INTO examples (id, input, output, origin, at) VALUES ('e1', 'halo — ✓', '=1+1', 'csv', 't')"
        )
    _file(made, "documents/aa.txt", b"ongkos kirim gratis")
    _file(made, "datasets/v001.jsonl", b'{"id": "e1"}\n')
    _file(made, "runs/r001/adapter/adapter_model.safetensors", b"\x08\x00")
    _file(made, "runs/r001/events.jsonl", b'{"kind": "finished", "at": "t"}\n')
    _file(made, "comparisons/c1/report.html", b"<html>")
    return made


def _file(project: Project, name: str, content: bytes) -> None:
    path = project.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _dump(project: Project) -> dict[str, list[tuple[object, ...]]]:
    with project.database() as db:
        names = [
            r[0]
            for r in db.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
        ]
        return {
            n: [tuple(r) for r in db.execute(f"SELECT * FROM {n}")]
            for n in names
            if not n.startswith("sqlite_")
        }


def test_a_project_comes_back_whole(project: Project, projects: Projects, tmp_path: Path) -> None:
    for name in ("cache/chroma/x.bin", "runs/r001/optimizer.pt", "runs/r001/checkpoints/step-1/a.safetensors",
                 "runs/r001/process.json", "runs/r001/log.txt", "documents/bb.pkl"):  # fmt: skip
        _file(project, name, b"stays here")
    zip_path = pack(project, tmp_path / "out" / "senja.zip")
    twice = pack(project, tmp_path / "out" / "again.zip")
    assert zip_path.read_bytes() == twice.read_bytes()
    back = projects.bring(zip_path)
    assert back.id == "toko-senja-2"
    assert _dump(back) == _dump(project)
    carried = {p.relative_to(back.folder).as_posix() for p in back.folder.rglob("*") if p.is_file()}
    assert {n for n in carried if not n.startswith("project.db")} == {
        "documents/aa.txt", "datasets/v001.jsonl", "runs/r001/adapter/adapter_model.safetensors",
        "runs/r001/events.jsonl", "comparisons/c1/report.html",
    }  # fmt: skip
    with back.database() as db:  # the full-text index was rebuilt
        found = db.execute("SELECT rowid FROM chunks_text WHERE chunks_text MATCH 'ongkos'").fetchall()
    assert [row[0] for row in found] == [7]
    assert [p.name for p in projects.settings.projects.iterdir() if p.name.startswith(".new")] == []


def test_a_symlink_in_a_project_is_not_followed(project: Project, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text("key")
    (project.folder / "runs" / "r001" / "link.json").symlink_to(secret)
    with zipfile.ZipFile(pack(project, tmp_path / "x.zip")) as packed:
        assert "runs/r001/link.json" not in packed.namelist()


def _rewritten(
    source: Path, target: Path, change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]
) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        entries = {name: old.read(name) for name in old.namelist()}
        change(new, entries)
        for name, content in entries.items():
            new.writestr(name, content)
    return target


def _traversal(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["../../evil.txt"] = b"x"


def _absolute(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["/tmp/evil.txt"] = b"x"


def _backslash(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["documents\\..\\evil.txt"] = b"x"


def _symlink(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    link = zipfile.ZipInfo("documents/link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    new.writestr(link, "/etc/passwd")


def _same_name(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["DOCUMENTS/AA.TXT"] = b"x"


def _bomb(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["documents/bomb.txt"] = b"\0" * 70_000_000


def _flipped(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["datasets/v001.jsonl"] = b'{"id": "e2"}\n'


def _missing(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    del entries["documents/aa.txt"]


def _no_manifest(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    del entries["manifest.json"]


def _manifest_is_a_list(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["manifest.json"] = b"[]"


def _newer(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
    entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | {"schema": 999}).encode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_traversal, "archive_unsafe"), (_absolute, "archive_unsafe"), (_backslash, "archive_unsafe"),
        (_symlink, "archive_unsafe"), (_same_name, "archive_unsafe"), (_bomb, "archive_too_large"),
        (_flipped, "archive_damaged"), (_missing, "archive_damaged"), (_no_manifest, "archive_not_ours"),
        (_manifest_is_a_list, "archive_not_ours"), (_newer, "archive_newer"),
    ],
)  # fmt: skip
def test_a_bad_zip_is_refused_and_leaves_nothing(
    project: Project, projects: Projects, tmp_path: Path, change: Callable[..., None], code: str
) -> None:
    bad = _rewritten(pack(project, tmp_path / "good.zip"), tmp_path / "bad.zip", change)
    with pytest.raises(PenalaError) as caught:
        projects.bring(bad)
    assert caught.value.code == code
    assert "bad.zip" in caught.value.say("id").message
    assert [p.name for p in projects.settings.projects.iterdir()] == ["toko-senja"]
    assert not (tmp_path / "evil.txt").exists()


def test_files_that_may_not_travel_are_passed_over(project: Project, tmp_path: Path) -> None:
    def add(new: zipfile.ZipFile, entries: dict[str, bytes]) -> None:
        import hashlib

        manifest = json.loads(entries["manifest.json"])
        for name in (
            "cache/chroma.sqlite3",
            "chroma/data.bin",
            "runs/r001/model.pt",
            "documents/x.pkl",
            "app.py",
        ):
            entries[name] = b"x"
            manifest["files"][name] = hashlib.sha256(b"x").hexdigest()
        entries["manifest.json"] = json.dumps(manifest).encode()

    back = unpack(_rewritten(pack(project, tmp_path / "a.zip"), tmp_path / "b.zip", add), tmp_path / "back")
    names = {p.name for p in back.folder.rglob("*") if p.is_file()}
    assert names.isdisjoint({"chroma.sqlite3", "data.bin", "model.pt", "x.pkl", "app.py"})
    assert "aa.txt" in names


def test_unpack_does_not_overwrite(project: Project, tmp_path: Path) -> None:
    with pytest.raises(PenalaError) as caught:
        unpack(pack(project, tmp_path / "a.zip"), project.folder)
    assert caught.value.code == "project_exists"


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_what_is_no_zip_is_said(projects: Projects, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(PenalaError) as caught:
        projects.bring(path)
    assert caught.value.code == "archive_not_ours"


def test_a_missing_zip_is_said(projects: Projects, tmp_path: Path) -> None:
    with pytest.raises(PenalaError) as caught:
        projects.bring(tmp_path / "nowhere.zip")
    assert caught.value.code == "file_missing"
