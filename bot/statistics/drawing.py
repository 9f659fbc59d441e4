"""A table as an SVG picture: no script, no reference to elsewhere, a title and a description, fit for dark screens."""

from __future__ import annotations

from collections.abc import Sequence

import pygal
from lxml import etree
from pygal.style import Style

SVG = "{http://www.w3.org/2000/svg}"
WIDTH, HEIGHT = 760, 320
ROW_HEIGHT = 26
COLOURS = ("#0b7a66", "#c2410c", "#3b6fb6", "#b58900", "#8a4fa3", "#5f7d1c", "#b03060", "#4d6a75", "#7a5c3e", "#2a9db5")
"""Tell apart for most colour-blind people, and stand out (3:1) from white and from near black."""
MORE_STYLE = (
    ".guides.line, .guide.line { stroke-dasharray: none !important; stroke: #b9c2bc !important; stroke-width: .6 }"
    ".series .line { stroke-width: 2.5 !important }"
    "@media (prefers-color-scheme: dark) { text { fill: #e9eeea !important }"
    " .axis .line { stroke: #84918a !important } .guides.line, .guide.line { stroke: #4a5650 !important }"
    " .series .line { stroke: #7fd6bf !important } }"
)
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#3a4540",
    foreground_strong="#1a2420",
    foreground_subtle="#7a867f",
    colors=COLOURS,
    opacity="1",
    font_family=_FONT,
    label_font_family=_FONT,
    major_label_font_family=_FONT,
    legend_font_family=_FONT,
    value_font_family=_FONT,
    no_data_font_family=_FONT,
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=13,
    no_data_font_size=20,
)
_KINDS = {"bars": pygal.StackedBar, "ranking": pygal.HorizontalBar, "line": pygal.Line, "spread": pygal.Bar}


def draw(
    kind: str,
    labels: Sequence[str],
    lines: Sequence[tuple[str, Sequence[float]]],
    title: str,
    description: str,
    no_data: str,
) -> bytes:
    """The picture.

    Args:
        kind: bars (stacked), ranking (lying bars), line or spread (single bars).
        labels: of the bars, in order.
        lines: name and values of each series.
        title: what it shows.
        description: the same in a sentence with figures, for who does not see it.
        no_data: what stands there when there is nothing.
    """
    height = max(HEIGHT, 60 + ROW_HEIGHT * len(labels)) if kind == "ranking" else HEIGHT
    chart = _KINDS[kind](
        js=[],
        style=_STYLE,
        width=WIDTH,
        height=height,
        show_legend=len(lines) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=4,
        include_x_axis=True,
        show_minor_x_labels=len(labels) <= 16,
        x_labels_major_count=8 if len(labels) > 16 else None,
        x_label_rotation=30 if kind in ("bars", "line") else 0,
        no_data_text=no_data,
        print_values=kind in ("ranking", "spread"),
        print_values_position="top",
        print_zeroes=False,
        order_min=0,  # half a conversation would stand on the axis
        value_formatter=lambda value: f"{value:g}",
        margin=8,
        margin_bottom=36 if len(lines) > 1 else 8,
        dots_size=2.5,
        truncate_label=60,
    )
    # lying bars are drawn from below
    order = -1 if kind == "ranking" else 1
    chart.x_labels = list(labels)[::order]
    if any(any(values) for _, values in lines):
        for name, values in lines:
            chart.add(name, list(values)[::order])
    return _harmless(chart.render(), title, description)


def _harmless(svg: bytes, title: str, description: str) -> bytes:
    """Without scripts, comments and references; with what a screen reader says."""
    root = etree.fromstring(svg, etree.XMLParser(remove_comments=True))
    for script in list(root.iter(f"{SVG}script")):
        script.getparent().remove(script)
    for hint in list(root.iter(f"{SVG}desc")):  # pygal's own hold numbers for its script
        hint.getparent().remove(hint)
    style = etree.SubElement(root, f"{SVG}style")
    style.text = MORE_STYLE
    root.set("role", "img")
    for tag, text in (("desc", description), ("title", title)):
        element = etree.Element(f"{SVG}{tag}")
        element.text = text
        root.insert(0, element)
    return bytes(etree.tostring(root, encoding="utf-8"))
