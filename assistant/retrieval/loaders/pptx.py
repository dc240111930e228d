"""PowerPoint files: a slide is a page; its title a heading, then its texts and tables, then the speaker's notes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text, office
from assistant.retrieval.loaders.outline import Outline


def load(path: Path) -> Text:
    """Raises PenalaError: document_broken, and those of `office.check`."""
    office.check(path, "ppt/presentation.xml")
    from pptx import Presentation

    try:
        slides = list(Presentation(str(path)).slides)
    except Exception as error:  # python-pptx raises whatever its XML and zip readers raise
        raise PenalaError("document_broken", name=path.name, detail=type(error).__name__) from error
    outline = Outline()
    for number, slide in enumerate(slides):
        if number:
            outline.page()
        _slide(slide, outline)
    return outline.text(paged=True)


def _slide(slide: Any, outline: Outline) -> None:
    title = slide.shapes.title
    if title is not None:
        outline.heading(title.text_frame.text, 1)
    for shape in _in_reading_order(slide.shapes):
        if shape.has_text_frame:
            if title is None or shape.shape_id != title.shape_id:
                outline.paragraph(_lines(shape.text_frame.text))
        elif getattr(shape, "has_table", False):
            outline.table([[None if c.is_spanned else c.text for c in row.cells] for row in shape.table.rows])
        elif getattr(shape, "has_chart", False):
            outline.table(_chart(shape.chart))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        outline.paragraph(_lines(slide.notes_slide.notes_text_frame.text))


def _in_reading_order(shapes: Iterable[Any]) -> Iterator[Any]:
    """From top to bottom, then left to right; a group's shapes together."""
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _in_reading_order(shape.shapes)
        else:
            yield shape


def _chart(chart: Any) -> list[list[str]]:
    """A chart's numbers as a table: a row for each category, a column for each series."""
    series = list(chart.plots[0].series) if len(chart.plots) else []
    categories = [str(label) for label in chart.plots[0].categories] if series else []
    head = ["·", *(str(line.name or "") for line in series)]
    values = [[f"{value:g}" if value is not None else "" for value in line.values] for line in series]
    return [head, *([label, *column] for label, *column in zip(categories, *values, strict=False))]


def _lines(text: str) -> str:
    return text.replace("\v", "\n")
