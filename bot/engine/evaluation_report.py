"""The evaluation as a page that an editor can read: figures, a picture of the confusions, the worst messages."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from bot.engine.evaluation import Outcome, Row, summary, worst

FIGURES = ("right", "wrong", "abstained", "emergency_recall", "emergency_false_alarms", "out_of_scope_refused")
MOST_LABELS_DRAWN = 40


def html(rows: Sequence[Row], title: str) -> str:
    """A page that stands alone: no script, no address of another file."""
    templates = Environment(loader=PackageLoader("bot.engine"), autoescape=select_autoescape())
    return templates.get_template("evaluation.html").render(
        title=title,
        figures=FIGURES,
        summary=summary(rows),
        worst=worst(rows, 60),
        picture=Markup(confusion_picture(rows)),
    )


def confusion_picture(rows: Sequence[Row]) -> str:
    """An SVG matrix of the labels that are confused most: expected down, understood across, right answers left out."""
    wrong = [row for row in rows if row.outcome == Outcome.WRONG.value]
    counts = Counter(label for row in wrong for label in (row.expected, row.predicted))
    labels = sorted(label for label, _ in counts.most_common(MOST_LABELS_DRAWN))
    if not labels:
        return ""
    place = {label: index for index, label in enumerate(labels)}
    matrix = [[0] * len(labels) for _ in labels]
    for row in wrong:
        if row.expected in place and row.predicted in place:
            matrix[place[row.expected]][place[row.predicted]] += 1
    return _svg(matrix, labels)


def _svg(matrix: list[list[int]], labels: list[str]) -> str:
    from matplotlib import rc_context  # takes a second to import, and only this needs it
    from matplotlib.figure import Figure

    side = 2.5 + 0.25 * len(labels)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(matrix, cmap="Oranges", vmax=max(4, *map(max, matrix)))
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("understood as")
    axes.set_ylabel("expected")
    for down, line in enumerate(matrix):
        for across, count in enumerate(line):
            if count:
                axes.text(across, down, str(count), ha="center", va="center")
    out = io.StringIO()
    with rc_context({"svg.fonttype": "none"}):  # letters, not outlines: a tenth of the size
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = out.getvalue()
    return text[text.index("<svg") :]
