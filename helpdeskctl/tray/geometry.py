"""Rectangles in whole pixels: where screens lie, how far a picture is reduced, what is blackened.

It knows no screen and no picture, only numbers.
"""

from math import ceil, floor
from typing import NamedTuple


class Size(NamedTuple):
    """Width and height, in pixels."""

    width: int
    height: int


class Rectangle(NamedTuple):
    """Left, top, width and height, in pixels; left and top may be negative (a screen to the left)."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column that is no longer inside."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row that is no longer inside."""
        return self.top + self.height


def around(rectangles: tuple[Rectangle, ...]) -> Rectangle:
    """The smallest rectangle that holds them all; there is at least one."""
    left = min(r.left for r in rectangles)
    top = min(r.top for r in rectangles)
    right = max(r.right for r in rectangles)
    bottom = max(r.bottom for r in rectangles)
    return Rectangle(left, top, right - left, bottom - top)


def common(one: Rectangle, other: Rectangle) -> Rectangle | None:
    """What lies in both, or None."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right, bottom = min(one.right, other.right), min(one.bottom, other.bottom)
    return Rectangle(left, top, right - left, bottom - top) if left < right and top < bottom else None


def holding(rectangles: tuple[Rectangle, ...], x: int, y: int) -> int:
    """Which of the rectangles holds the point; the first where none does."""
    return next((n for n, r in enumerate(rectangles) if r.left <= x < r.right and r.top <= y < r.bottom), 0)


def reduced(size: Size, longest: int) -> Size:
    """The size in the same proportions, with no side longer than `longest`; never enlarged."""
    scale = min(1.0, longest / max(size))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def fitted(size: Size, room: Size) -> Rectangle:
    """Where a picture of that size is shown in the room: whole, in the middle, never enlarged."""
    scale = min(1.0, room.width / size.width, room.height / size.height)
    width, height = max(1, round(size.width * scale)), max(1, round(size.height * scale))
    return Rectangle((room.width - width) // 2, (room.height - height) // 2, width, height)


def spanned(one: tuple[int, int], other: tuple[int, int]) -> Rectangle:
    """The rectangle between two corners, whichever was drawn first; both corners are inside."""
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return Rectangle(left, top, right - left + 1, bottom - top + 1)


def in_picture(drawn: Rectangle, shown: Rectangle, size: Size) -> Rectangle | None:
    """What was drawn over the picture as shown, in pixels of the picture; None where it missed it.

    Rounded outwards: a reduced view must not leave a row of what was to be blackened.
    """
    inside = common(drawn, shown)
    if inside is None:
        return None
    across, down = size.width / shown.width, size.height / shown.height
    left = floor((inside.left - shown.left) * across)
    top = floor((inside.top - shown.top) * down)
    right = min(size.width, ceil((inside.right - shown.left) * across))
    bottom = min(size.height, ceil((inside.bottom - shown.top) * down))
    return Rectangle(left, top, right - left, bottom - top)


def in_view(rectangle: Rectangle, shown: Rectangle, size: Size) -> Rectangle:
    """Where a rectangle of the picture is seen in the view; rounded outwards."""
    across, down = shown.width / size.width, shown.height / size.height
    left, top = floor(rectangle.left * across), floor(rectangle.top * down)
    right, bottom = ceil(rectangle.right * across), ceil(rectangle.bottom * down)
    return Rectangle(shown.left + left, shown.top + top, right - left, bottom - top)
