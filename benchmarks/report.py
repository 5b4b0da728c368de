"""The figures as one table: printed, as Markdown within docs/performance.md, and as a picture."""

import platform
from typing import NamedTuple

from benchmarks.running import ROOT, Figure

_PAGE = ROOT / "docs/performance.md"
_PICTURE = ROOT / "docs/performance.svg"
_BEGIN, _END = "<!-- figures: make bench -->\n", "<!-- end of figures -->\n"


class Row(NamedTuple):
    """A line of the table: which part it belongs to, what was run, and what it took."""

    part: str
    name: str
    figure: Figure


def write(
    rows: list[Row],
    batch: list[tuple[str, float, float]],
    memory: list[tuple[str, float]],
    more: list[str],
    rounds: int,
) -> None:
    """Print the figures and put them into the page and its picture; `more` are lines of Markdown."""
    lines = [
        f"Python {platform.python_version()} on {platform.machine()}; {rounds} rounds, the commands of a "
        "round one after the other; the ratio is the median of the rounds' ratios, with its quartiles.",
        "",
        "| | ms | × `python -c pass` | quartiles | processor time, × |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        f = row.figure
        lines.append(
            f"| {row.name} | {f.milliseconds:.0f} | **{f.ratio:.1f}** | {f.low:.1f}–{f.high:.1f} "
            f"| {f.processor_ratio:.1f} |"
        )
    lines += [
        "",
        "| a batch | mails/s | × mail-parser alone | mails per second of processor | × |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, wall, processor in batch:
        ratios = wall / batch[0][1], processor / batch[0][2]
        lines.append(f"| {name} | {wall:.0f} | {ratios[0]:.2f} | {processor:.0f} | {ratios[1]:.2f} |")
    lines += ["", "| memory at most | MB |", "|---|---:|"]
    lines += [f"| {name} | {megabytes:.0f} |" for name, megabytes in memory]
    text = "\n".join([*lines, *more]) + "\n"
    print(text)
    head, _, rest = _PAGE.read_text().partition(_BEGIN)
    _PAGE.write_text(f"{head}{_BEGIN}\n{text}\n{_END}{rest.partition(_END)[2]}")
    _PICTURE.write_text(picture(rows))


def picture(rows: list[Row]) -> str:
    """The ratios as bars, ours in one colour and the others in another."""
    widest, step, left = max(row.figure.ratio for row in rows), 26, 300
    height = step * len(rows) + 50
    bars = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" font-family="sans-serif" '
        'font-size="14" role="img"><title>Whole processes, as multiples of the bare interpreter</title>',
        f'<rect width="900" height="{height}" fill="#fff"/>',
        '<text x="12" y="24" font-weight="bold">Whole processes, × python -c pass</text>',
    ]
    for index, row in enumerate(rows):
        y = 40 + index * step
        length = max(2, round(520 * row.figure.ratio / widest))
        ours = row.name.startswith("helpdeskctl") or row.part == "A command"
        colour = "#1f6f8b" if ours else "#b0b7bd"
        bars += [
            f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{row.name}</text>',
            f'<rect x="{left}" y="{y + 2}" width="{length}" height="{step - 8}" rx="2" fill="{colour}"/>',
            f'<text x="{left + length + 6}" y="{y + 15}">{row.figure.ratio:.1f}</text>',
        ]
    return "\n".join([*bars, "</svg>"]) + "\n"
