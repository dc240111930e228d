"""A platform that was tried is no platform that is planned."""

import pytest

from assistant.advisor.hearing.understanding import understand
from assistant.advisor.signals import Checklist


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("We tried GPT-4, it was poor.", None),
        ("GPT-4 was useless for this.", None),
        ("Dulu coba Gemini, jelek.", None),
        ("kemarin iseng pakai gemini", None),
        ("We plan to use GPT-4.", "openai"),
        ("We want to try Gemini.", "gemini"),
        ("mau coba gemini", "gemini"),
        ("We run on Azure.", "azure"),
        ("We tried GPT-4, now we want to use Gemini.", "gemini"),
    ],
)
def test_a_platform_tried_is_no_plan(text: str, planned: str | None, checklist: Checklist) -> None:
    found = {fact.signal: fact.value for fact in understand(text, "use_case_clear", checklist)}
    assert found.get("platform") == planned
