"""How the pages look: colours, type and spacing; knows nothing of what they show."""

from pathlib import Path

import gradio as gr

from assistant.evaluation.drawing import COLOURS, OTHER

# Okabe and Ito's colours, told apart by colour-blind readers; the ways of answering have theirs from the
# report, so that one way has one colour everywhere. Red is kept for what blocks.
ARMS = COLOURS
OTHER_ARM = OTHER
CURVES = {"train": "#0072B2", "validation": "#E69F00"}
SPAN = {"low": "#257f85", "high": "#7cbcbf"}  # a range: up to its low end, and from there to its high end

_PETROL = gr.themes.Color(
    name="petrol", c50="#eef7f7", c100="#d5ebeb", c200="#aed7d8", c300="#7cbcbf", c400="#479ba0", c500="#257f85",
    c600="#14666d", c700="#115259", c800="#11434a", c900="#12383e", c950="#062226",
)  # fmt: skip
_STONE = gr.themes.Color(
    name="stone", c50="#faf9f7", c100="#f3f2ee", c200="#e6e4de", c300="#d3d0c8", c400="#a3a097", c500="#75726a",
    c600="#575550", c700="#42413d", c800="#282825", c900="#1b1c1a", c950="#121312",
)  # fmt: skip
_SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """The theme: stone greys, one petrol accent, the fonts that the reader's system has."""
    made = gr.themes.Base(
        primary_hue=_PETROL,
        secondary_hue=_PETROL,
        neutral_hue=_STONE,
        font=_fonts(_SANS),
        font_mono=_fonts(_MONO),
        radius_size=gr.themes.sizes.radius_md,
        text_size=gr.themes.sizes.text_md,
    )
    return made.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_width="1px",
        block_border_color="*neutral_200",
        block_border_color_dark="*neutral_800",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0px",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_400",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_300",
        input_background_fill="white",
        input_background_fill_dark="*neutral_950",
        input_border_width="1px",
        checkbox_label_border_width="1px",
        checkbox_label_border_color="*neutral_300",
        checkbox_label_border_color_dark="*neutral_700",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_color_focus="*primary_500",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_500",
        button_primary_background_fill_hover_dark="*primary_400",
        button_primary_text_color="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_700",
        button_border_width="1px",
        button_large_text_weight="560",
        button_large_text_size="*text_md",
        button_large_padding="8px 16px",
        button_transform_hover="none",
        button_transform_active="none",
    )


ICON = Path(__file__).parent / "penala.svg"


def css() -> str:
    return (Path(__file__).parent / "style.css").read_text("utf-8")


def _fonts(names: tuple[str, ...]) -> list[gr.themes.Font]:
    """Plain Font, never GoogleFont: no page may ask another server for anything."""
    return [gr.themes.Font(name) for name in names]
