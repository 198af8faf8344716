"""Bar charts as SVG, readable on light and on dark ground, and by those who hear them."""

from html import escape
from typing import NamedTuple

WIDTH = 760
LABEL = 250
ROW = 30
GAP = 14
TOP = 62

STYLE = """
    text { font: 15px system-ui, sans-serif; fill: #1b1f24 }
    .title { font-weight: 600; font-size: 17px }
    .quiet { fill: #57606a; font-size: 13px }
    .ground { fill: #ffffff }
    .ours { fill: #0b4f9e }
    .other { fill: #8b98a5 }
    .spread { stroke: #1b1f24; stroke-width: 1.5 }
    .limit { stroke: #b42318; stroke-width: 1.5; stroke-dasharray: 5 4 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .quiet { fill: #9da7b1 }
      .ground { fill: #0d1117 }
      .ours { fill: #58a6ff }
      .other { fill: #6e7681 }
      .spread { stroke: #e6edf3 }
      .limit { stroke: #ff7b72 }
    }
"""


class Bar(NamedTuple):
    """One bar: its median, and the least and most of all runs. Bars of one `group` stand together."""

    label: str
    value: float
    least: float
    most: float
    ours: bool
    group: str = ""


def chart(title: str, under: str, bars: list[Bar], shown: str = "{:,.0f}", limit: float = 0) -> str:
    """An SVG of horizontal bars, with a dashed line at `limit` if there is one. `under` says what is drawn, and how."""
    scale = (WIDTH - LABEL - 120) / max([bar.most for bar in bars] + [limit, 1e-9])
    parts, y, group = [], TOP, None
    for bar in bars:
        if bar.group != group:
            y += GAP if group is not None else 0
            group = bar.group
        parts.append(_bar(bar, y, scale, shown))
        y += ROW
    if limit:
        x = LABEL + limit * scale
        parts.append(f'  <line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{y}"/>')
    told = "; ".join(f"{_name(bar)}: {shown.format(bar.value)}" for bar in bars)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 16}" role="img" '
            f'aria-labelledby="title desc">',
            f'  <title id="title">{escape(title)}</title>',
            f'  <desc id="desc">{escape(f"{under} {told}.")}</desc>',
            f"  <style>{STYLE}  </style>",
            f'  <rect class="ground" width="{WIDTH}" height="{y + 16}"/>',
            f'  <text class="title" x="16" y="26">{escape(title)}</text>',
            f'  <text class="quiet" x="16" y="47">{escape(under)}</text>',
            *parts,
            "</svg>\n",
        ]
    )


def _bar(bar: Bar, y: float, scale: float, shown: str) -> str:
    middle, end = y + ROW / 2, LABEL + bar.most * scale
    kind = "ours" if bar.ours else "other"
    return "\n".join(
        [
            f'  <text x="{LABEL - 10}" y="{middle + 5:.1f}" text-anchor="end">{escape(_name(bar))}</text>',
            f'  <rect class="{kind}" x="{LABEL}" y="{y + 5}" width="{bar.value * scale:.1f}" height="{ROW - 10}"/>',
            f'  <line class="spread" x1="{LABEL + bar.least * scale:.1f}" x2="{end:.1f}" '
            f'y1="{middle:.1f}" y2="{middle:.1f}"/>',
            f'  <text x="{end + 8:.1f}" y="{middle + 5:.1f}">{shown.format(bar.value)}</text>',
        ]
    )


def _name(bar: Bar) -> str:
    return f"{bar.group}, {bar.label}" if bar.group else bar.label
