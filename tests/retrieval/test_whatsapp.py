"""WhatsApp exports of both phones and both languages end as the same messages, each with its time and sender."""

import pytest

from assistant.retrieval.chunking import chunks
from assistant.retrieval.loaders import whatsapp
from assistant.retrieval.reading import read

SAID = [
    "2026-03-05 09:15: Messages and calls are end-to-end encrypted.",
    "2026-03-05 09:15 Budi Santoso: Pesanan 1203 belum sampai: sudah 5 hari.\nAlamatnya:\nJl. Melati 7",
    "2026-03-05 21:04 +62 812-3456-7890: <Media tidak disertakan>",
    "2026-03-25 00:30 Budi Santoso: Sudah saya terima, terima kasih 🙏",
]
MARK, NARROW = "\u200e", "\u202f"


def export(dates, times, layout: str) -> str:
    """The four messages above as a phone would write them."""
    lines = []
    for (day, time), message in zip(zip([*[dates[0]] * 3, dates[1]], times, strict=True), SAID, strict=True):
        rest = message[16:]
        lines.append(layout.format(day=day, time=time) + rest.removeprefix(":").removeprefix(" "))
    return "\n".join(lines)


DOTS, COLONS = ["09.15", "09.15", "21.04", "00.30"], ["09:15", "09:15", "21:04", "00:30"]
SECONDS = ["09.15.20", "09.15.21", "21.04.00", "00.30.59"]
HALVES = [f"9:15{NARROW}AM", f"9:15{NARROW}AM", f"9:04{NARROW}PM", f"12:30{NARROW}AM"]


@pytest.mark.parametrize(
    "written",
    [
        export(["05/03/26", "25/03/26"], DOTS, "{day} {time} - "),
        export(["05/03/26", "25/03/26"], DOTS, "{day}, {time} - "),
        export(["05/03/2026", "25/03/2026"], COLONS, "{day}, {time} - "),
        export(["3/5/26", "3/25/26"], HALVES, "{day}, {time} - "),
        export(["05/03/26", "25/03/26"], SECONDS, "[{day} {time}] "),
        export(["05/03/26", "25/03/26"], SECONDS, MARK + "[{day}, {time}] "),
        export(
            ["3/5/26", "3/25/26"], [h.replace(NARROW, ":07" + NARROW) for h in HALVES], "[{day}, {time}] "
        ),
        export(["2026-03-05", "2026-03-25"], COLONS, "{day}, {time} - "),
        export(["05.03.26", "25.03.26"], COLONS, "{day}, {time} - "),
    ],
)
def test_every_layout_says_the_same(written):
    text = whatsapp.messages(written)
    assert text is not None
    assert text.content.split("\n") == "\n".join(SAID).split("\n")
    assert [text.content[row.start : row.stop] for row in text.rows] == SAID


def test_days_and_months_that_could_be_either_go_forward():
    lines = ["01/12/25, 10:00 - A: x", "02/12/25, 10:00 - A: y", "03/01/26, 10:00 - A: z"]
    assert "2025-12-02 10:00 A: y" in whatsapp.messages("\n".join(lines)).content
    lines = ["11/12/25, 10:00 - A: x", "12/02/25, 10:00 - A: y", "01/03/26, 10:00 - A: z"]
    assert "2025-12-02 10:00 A: y" in whatsapp.messages("\n".join(lines)).content


def test_a_passage_from_within_a_message_names_date_and_sender(write):
    long = " ".join(f"Kalimat nomor {n} dari pesan panjang." for n in range(40))
    written = (
        f"[05/03/26 09.15.20] Budi: Halo\n[05/03/26 09.16.20] Ayu: {long}\n[05/03/26 09.17.20] Budi: Baik."
    )
    text = read(write("_chat.txt", written))
    found = chunks(text, lambda words: len(words.split()), limit=30, overlap=0)
    assert len(found) > 5
    for chunk in found:
        assert "2026-03-05 09:1" in chunk.embedded and ("Ayu" in chunk.embedded or "Budi" in chunk.embedded)
        assert text.content[chunk.start : chunk.stop] == chunk.text


@pytest.mark.parametrize(
    "written",
    [
        "Notes of 05/03/26, 09:15 - a meeting: all were there.",
        "05/03/26, 09:15 - only one line looks like it",
        "Minutes\n05/03/26, 09:15 - A: x\n05/03/26, 09:16 - B: y",
        "45/13/26, 09:15 - A: x\n45/13/26, 09:16 - B: y",
        "2026-03-05 INFO started\n2026-03-05 INFO stopped",
    ],
)
def test_other_texts_stay_as_they_are(write, written):
    assert whatsapp.messages(written) is None
    assert read(write("a.txt", written)).content == written
