"""Cards: the report cards of other engines as a page."""

from __future__ import annotations

from autograd.classroom.front import STYLE

WIDE = """\
body{max-width:1200px}
div{overflow-x:auto;margin:.8em 0}
table{border-collapse:collapse;min-width:760px;font-size:.85rem;background:var(--card)}
td,th{border:1px solid var(--line);padding:5px 8px;vertical-align:top;text-align:left}
th{white-space:nowrap}td{overflow-wrap:break-word;max-width:30em}
code{font:.92em ui-monospace,monospace}pre{overflow-x:auto}
"""


def page(text: str) -> str:
    """The page of what a text in Markdown says under its second heading, which has the cards."""
    import mistune

    _, _, rest = text.partition("\n## ")
    section, _, _ = rest.partition("\n## ")
    body = mistune.create_markdown(escape=False, plugins=["table"])(f"# {section}")
    body = str(body).replace("<table>", "<div><table>").replace("</table>", "</table></div>")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Report cards</title><style>{STYLE}{WIDE}</style></head>\n"
        f'<body><p><a href="index.html">← the classroom</a></p>{body}</body></html>\n'
    )
