"""Charts as SVG, drawn here: shapes and classes only, so that the policy of the pages lets them be and paper shows them too."""

from collections.abc import Sequence

import svg
from markupsafe import Markup, escape

from app.dates import number

TALL, FOOT, HIGHEST = 230, 262, 190
Group = tuple[str, int, int]


def bars(groups: Sequence[Group], sentence: str, first: str, second: str, wide: int = 1200) -> Markup:
    """Two figures per group as upright bars from zero: the first outlined, the second solid; figures on the bars."""
    most = max(1, *(value for _label, one, two in groups for value in (one, two)))
    step = wide / len(groups)
    width = min(step * 0.4, 44)
    drawn: list[svg.Element] = [
        svg.Title(text=_text(sentence)),
        svg.Desc(text=_text("; ".join(f"{label}: {first} {number(one)}, {second} {number(two)}" for label, one, two in groups))),
    ]
    for at, (label, one, two) in enumerate(groups):
        middle = step * (at + 0.5)
        for kind, x, value in (("one", middle - width, one), ("two", middle + 1, two)):
            drawn.append(_bar(kind, x, width - 2, HIGHEST * value / most))
        drawn += _values(middle, width, (one, two), most, dense=len(groups) > wide / 80)
        if len(groups) <= wide / 80 or at % 2 == 0:
            drawn.append(svg.Text(text=_text(label), x=_round(middle), y=FOOT - 8, text_anchor="middle"))
    drawn.append(svg.Line(x1=0, x2=wide, y1=TALL, y2=TALL))
    return _picture(drawn, wide, FOOT + 8, ["h-chart", "h-bars"], {"role": "img", "aria-label": _text(sentence)})


def _bar(kind: str, x: float, width: float, height: float) -> svg.Rect:
    return svg.Rect(class_=[kind], x=_round(x), y=_round(TALL - height), width=_round(width), height=_round(height))


def _values(middle: float, width: float, pair: tuple[int, int], most: int, dense: bool) -> list[svg.Element]:
    one, two = pair
    sides = [(middle, max(pair), one)] if dense else [(middle - width / 2 - 1, one, one), (middle + width / 2 + 1, two, two)]
    above = ((_round(x), _round(TALL - HIGHEST * height / most - 8), value) for x, height, value in sides)
    return [svg.Text(class_=["v"], text=number(value), x=x, y=y, text_anchor="middle") for x, y, value in above]


def parts(counts: Sequence[tuple[str, int]]) -> Markup:
    """One bar parted by (class, count), as wide as there is room; what is said beside it says the same."""
    whole, at = sum(count for _kind, count in counts) or 1, 0.0
    drawn: list[svg.Element] = []
    for kind, count in counts:
        width = 100 * count / whole
        if count:
            drawn.append(svg.Rect(class_=[kind], x=_percent(at), y=0, width=_percent(width), height=_percent(100)))
        if width >= 8:
            drawn.append(svg.Text(class_=[f"on-{kind}"], x=_percent(at + 1.5), y=_percent(66), text=number(count)))
        at += width
    return _picture(drawn, None, None, ["h-parts"], {"aria-hidden": "true", "focusable": "false"})


def line(value: int, most: int) -> Markup:
    """A lying bar beside a figure of a table."""
    bar = svg.Rect(x=0, y=0, width=_percent(100 * value / max(most, 1)), height=_percent(100))
    return _picture([bar], None, None, ["h-line"], {"aria-hidden": "true", "focusable": "false"})


def _picture(drawn: list[svg.Element], width: int | None, height: int | None, classes: list[str], more: dict[str, str]) -> Markup:
    box = svg.ViewBoxSpec(0, 0, width, height) if width and height else None
    return Markup(svg.SVG(viewBox=box, class_=classes, elements=drawn, extra=more).as_str())  # noqa: S704  every text is escaped


def _text(words: str) -> str:
    """The library writes texts as they are."""
    return str(escape(words))


def _round(value: float) -> float:
    return round(value, 1)


def _percent(value: float) -> svg.Length:
    return svg.Length(round(value, 2), "%")
