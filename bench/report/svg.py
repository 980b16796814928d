"""The few shapes that the plots are drawn with; black, grey and patterns, so that they can be printed."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

INK: Final = "#222222"
FAINT: Final = "#bbbbbb"
FONT: Final = "font-family='sans-serif' font-size='13'"


def document(width: int, height: int, title: str, shapes: Iterable[str]) -> str:
    """A picture on white paper."""
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' "
        f"role='img' aria-label='{escape(title, quote=True)}'>"
    )
    paper = f"<rect width='{width}' height='{height}' fill='white'/>"
    return "\n".join([head, f"<title>{escape(title)}</title>", paper, *shapes, "</svg>"]) + "\n"


def text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    """Words with their baseline at y."""
    place = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-weight='{weight}'"
    return f"<text {place} fill='{INK}' {FONT}>{escape(words)}</text>"


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1, dashes: str = "") -> str:
    """A straight line."""
    pattern = f" stroke-dasharray='{dashes}'" if dashes else ""
    ends = f"x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'"
    return f"<line {ends} stroke='{stroke}' stroke-width='{width:g}'{pattern}/>"


def bar(x: float, y: float, width: float, height: float, *, filled: bool) -> str:
    """A bar, dark or light with a dark edge."""
    colour = INK if filled else "#e6e6e6"
    place = f"x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' height='{height:.1f}'"
    return f"<rect {place} fill='{colour}' stroke='{INK}'/>"


def mark(x: float, y: float, shape: str) -> str:
    """A point of a line: `circle`, `square`, `diamond` or `hollow`."""
    if shape in {"circle", "hollow"}:
        fill = "white" if shape == "hollow" else INK
        return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4.5' fill='{fill}' stroke='{INK}' stroke-width='1.5'/>"
    turned = f" transform='rotate(45 {x:.1f} {y:.1f})'" if shape == "diamond" else ""
    return f"<rect x='{x - 4:.1f}' y='{y - 4:.1f}' width='8' height='8' fill='{INK}'{turned}/>"
