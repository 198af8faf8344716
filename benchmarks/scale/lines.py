"""Lines and dots as SVG, readable on light and on dark ground, and by those who hear them."""

from html import escape
from math import log10
from typing import NamedTuple

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 34, 92, 56

STYLE = """
    text { font: 14px system-ui, sans-serif; fill: #1b1f24 }
    .title { font-weight: 600; font-size: 17px }
    .quiet { fill: #57606a; font-size: 13px }
    .ground { fill: #ffffff }
    .grid { stroke: #d0d7de; stroke-width: 1 }
    .line { stroke: #0b4f9e; stroke-width: 2.5; fill: none }
    .dot { fill: #b35900 }
    .cross { stroke: #1b1f24; stroke-width: 2 }
    .limit { stroke: #b42318; stroke-width: 1.5; stroke-dasharray: 5 4 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .quiet { fill: #9da7b1 }
      .ground { fill: #0d1117 }
      .grid { stroke: #30363d }
      .line { stroke: #58a6ff }
      .dot { fill: #f0a35e }
      .cross { stroke: #e6edf3 }
      .limit { stroke: #ff7b72 }
    }
"""

Points = list[tuple[float, float]]


class Series(NamedTuple):
    """Points that belong together, drawn as a `line`, as `dot`s or as `cross`es."""

    name: str
    kind: str
    points: Points


class Axis(NamedTuple):
    """What is drawn along an axis, where its lines stand, and whether it is logarithmic; it goes from first to last."""

    what: str
    marks: tuple[float, ...]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value is: 0 at the first mark, 1 at the last."""
        first, last, value = (log10(v) if self.logarithmic else v for v in (self.marks[0], self.marks[-1], value))
        return (value - first) / (last - first)


def chart(title: str, x: Axis, y: Axis, series: list[Series], limit: tuple[float, str] | None = None) -> str:
    """An SVG; `limit` is where a vertical line stands, and what is said beside it."""
    told = "; ".join(f"{one.name}: {_told(one.points)}" for one in series)
    drawn = [_grid(x, y)]
    if limit:
        at = _x(x, limit[0])
        drawn.append(f'  <line class="limit" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        drawn.append(
            f'  <text class="quiet" x="{at - 6:.1f}" y="{TOP + 14}" text-anchor="end">{escape(limit[1])}</text>'
        )
        told += f"; {limit[1]}: {limit[0]:,g}"
    drawn += [_DRAWN[one.kind]([(_x(x, a), _y(y, b)) for a, b in one.points]) for one in series]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-labelledby="title desc">',
            f'  <title id="title">{escape(title)}</title>',
            f'  <desc id="desc">{escape(f"{y.what}, by {x.what}. {told}.")}</desc>',
            f"  <style>{STYLE}  </style>",
            f'  <rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
            f'  <text class="title" x="16" y="26">{escape(title)}</text>',
            _legend(series),
            *drawn,
            "</svg>\n",
        ]
    )


def _grid(x: Axis, y: Axis) -> str:
    parts = []
    for mark in y.marks:
        at = _y(y, mark)
        parts.append(f'  <line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'  <text class="quiet" x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{mark:,g}</text>')
    for mark in x.marks:
        at, low = _x(x, mark), HEIGHT - BOTTOM + 18
        parts.append(f'  <text class="quiet" x="{at:.1f}" y="{low}" text-anchor="middle">{_plain(mark)}</text>')
    parts.append(f'  <text class="quiet" x="{LEFT}" y="{TOP - 14}">{escape(y.what)}</text>')
    parts.append(
        f'  <text class="quiet" x="{WIDTH - RIGHT}" y="{HEIGHT - 14}" text-anchor="end">{escape(x.what)}</text>'
    )
    return "\n".join(parts)


def _legend(series: list[Series]) -> str:
    parts, at = [], 16.0
    for one in series:
        points = [(at, 46.0), (at + 20, 46.0)] if one.kind == "line" else [(at + 10, 46.0)]
        parts.append(_DRAWN[one.kind](points))
        parts.append(f'  <text class="quiet" x="{at + 28:.0f}" y="51">{escape(one.name)}</text>')
        at += 28 + 7.2 * len(one.name) + 18
    return "\n".join(parts)


def _line(points: Points) -> str:
    return f'  <polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _dots(points: Points) -> str:
    return "\n".join(f'  <circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>' for x, y in points)


def _crosses(points: Points) -> str:
    return "\n".join(f'  <path class="cross" d="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"/>' for x, y in points)


_DRAWN = {"line": _line, "dot": _dots, "cross": _crosses}


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - BOTTOM - TOP)


def _plain(value: float) -> str:
    return f"{value:,.0f}"


def _told(points: Points) -> str:
    return ", ".join(f"{y:,.0f} at {x:,.0f}" for x, y in points)
