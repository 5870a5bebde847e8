"""Writing Markdown from words that are not ours, and the one-page HTML made of it."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt

_INLINE = re.compile(r"([\\`*_{}\[\]<>&|~!#$])")
_AT_THE_START = re.compile(r"^(\d{0,9})([-+=.)])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

STYLE = """
@page { size: A4; margin: 12mm 13mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 7pt } }
body { font: 9pt/1.28 "Liberation Sans", Arial, sans-serif; max-width: 184mm; margin: 0 auto; color: #111 }
h1 { font-size: 14pt; margin: 0 0 2mm } h2 { font-size: 10pt; margin: 2.6mm 0 1mm; border-bottom: .4pt solid #888 }
p { margin: 0 0 1.4mm } ul { margin: 0 0 1.4mm; padding-left: 4.5mm }
table { border-collapse: collapse; width: 100%; font-size: 7.6pt; margin: 0 0 1.6mm }
th, td { border-bottom: .3pt solid #bbb; padding: .5mm 1mm; vertical-align: top; text-align: left }
th { background: #eef2f5 } tr { break-inside: avoid } h2 { break-after: avoid }
td[style*="right"], th[style*="right"] { font-variant-numeric: tabular-nums; white-space: nowrap }
td.total { font-weight: bold } p:last-child { border-top: .4pt solid #888; padding-top: 1mm; font-size: 8pt }
@media screen { body { padding: 8mm } }
""".strip()


def plain(text: str) -> str:
    """`text` so that Markdown and HTML show it as it is, on one line, with no markup of its own."""
    line = _CONTROL.sub(" ", text).strip()
    escaped = _INLINE.sub(r"\\\1", line)
    return _AT_THE_START.sub(r"\1\\\2", escaped)


def table(headings: Sequence[str], numeric: Sequence[bool], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table, figures to the right; cells are Markdown already."""
    rule = ["---:" if right else "---" for right in numeric]
    return [_row(headings), _row(rule), *(_row(row) for row in rows)]


def page(title: str, markdown: str) -> str:
    """One self-contained HTML page: no script, no image, nothing fetched; raw HTML in the Markdown stays text."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
