"""`penala space build`: the folder of a public demo."""

from assistant.commands import Call
from assistant.journey import space
from assistant.workspace.project import open_project


def build(call: Call) -> int:
    """Write a complete Gradio Space, with the recordings named."""
    folder = call.arguments.folder
    made = space.build(folder, [open_project(path) for path in call.arguments.recording])
    rows = [{"path": str(path)} for path in made]
    return call.show_rows(rows, str(folder))
