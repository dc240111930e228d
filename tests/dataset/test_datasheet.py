"""What a version's datasheet says, in both languages."""

import pytest

from assistant.dataset import datasheet, examples, versions
from assistant.dataset.datasheet import About
from assistant.dataset.examples import Example, Place
from assistant.dataset.reviews import actions
from assistant.dataset.reviews.actions import Said
from assistant.journey import freezing
from assistant.settings import Settings
from assistant.workspace.project import Project


def _rows() -> list[Example]:
    labels = ("keluhan", "pujian", "tanya")
    return [
        Example(
            f"e{n}", f"{n * n} barang ini {n} kali tidak sampai juga", labels[0 if n < 20 else n % 3], f"s{n}",
            origin="imported" if n % 2 else "written", author="Sari",
            place=Place("isi|berbahaya <b>.csv", n) if n % 2 else None,
        )
        for n in range(40)
    ]  # fmt: skip


def test_the_sheet_counts_what_there_is_and_names_what_is_missing(project: Project) -> None:
    rows = _rows()
    examples.save(project, rows)
    made = versions.freeze(project, "pertama")
    about = About("Toko", "hanya internal", drafts=3)
    for language, words in {
        "id": (
            "40 contoh",
            "Lisensi",
            "hanya internal",
            "Semua contoh ditulis satu orang",
            "3 draf menunggu",
        ),
        "en": ("40 examples", "Licence", "One person wrote all", "3 drafts wait", "did not run"),
    }.items():
        text = datasheet.markdown(made, versions.load(project, "v001"), None, about, language)
        assert all(word in text for word in (*words, made.hash, "v001")), text
        [line] = [one for one in text.splitlines() if one.startswith("| keluhan |")]
        counts = [int(cell) for cell in line.strip("| ").split(" | ")[1:]]
        assert counts[-1] == sum(counts[:-1]) == sum(e.output == "keluhan" for e in rows)
        assert "<b>" not in text and "isi\\|berbahaya" in text


def test_each_version_is_frozen_with_a_sheet_that_stays(project: Project, settings: Settings) -> None:
    examples.save(project, _rows())
    actions.judge(project, "Budi", "e1", Said("accept"))
    made = freezing.freeze(project, settings, author="Sari", licence="CC BY 4.0")
    sheet = freezing.sheet(project, "v1", "id")
    assert "CC BY 4.0" in sheet and "Budi: 1" in sheet and "Dibekukan oleh: Sari" in sheet
    assert "Pemeriksaan tidak dijalankan" not in sheet and "keluhan" in sheet
    freezing.freeze(project, settings, licence="lain")
    assert freezing.sheet(project, made.name, "id") == sheet
    examples.add(project, "baru", "pujian")
    kept = freezing.restore(project, settings, "v001", "Sari")
    assert kept and "→ v001" in freezing.sheet(project, kept.name, "en")
    assert "lain" in freezing.sheet(project, kept.name, "en")


def test_a_version_of_before_gets_a_sheet_when_asked(project: Project) -> None:
    examples.save(project, _rows())
    versions.freeze(project)
    assert "did not run" in freezing.sheet(project, "v001", "en")
    with pytest.raises(Exception, match="v001"):
        freezing.sheet(project, "v9", "en")
