"""Rectangles: what is drawn in a reduced view covers every pixel it touches, and nothing grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdeskctl.tray.geometry import (
    Rectangle,
    Size,
    around,
    common,
    fitted,
    holding,
    in_picture,
    in_view,
    reduced,
    spanned,
)

SIZES = st.builds(Size, st.integers(1, 9000), st.integers(1, 9000))
ROOMS = st.builds(Size, st.integers(100, 2000), st.integers(100, 2000))


def test_two_screens_side_by_side_make_one_desktop_also_where_one_lies_to_the_left() -> None:
    screens = (Rectangle(0, 0, 1920, 1080), Rectangle(-1280, 200, 1280, 1024))
    assert around(screens) == Rectangle(-1280, 0, 3200, 1224)


def test_the_pointer_is_on_the_screen_that_holds_it_and_on_the_first_where_none_does() -> None:
    screens = (Rectangle(0, 0, 100, 100), Rectangle(100, 0, 100, 100))
    assert [holding(screens, x, 50) for x in (0, 99, 100, 199, 200, -1)] == [0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        (Size(1920, 1080), 2560, Size(1920, 1080)),
        (Size(5120, 1440), 2560, Size(2560, 720)),
        (Size(1080, 7680), 2560, Size(360, 2560)),
        (Size(16384, 1), 640, Size(640, 1)),
    ],
)
def test_a_large_picture_is_reduced_in_proportion_and_a_small_one_left(
    size: Size, longest: int, expected: Size
) -> None:
    assert reduced(size, longest) == expected


def test_what_is_drawn_beside_the_picture_counts_for_nothing() -> None:
    shown = Rectangle(100, 0, 400, 300)
    assert in_picture(Rectangle(0, 0, 100, 300), shown, Size(800, 600)) is None
    assert in_picture(Rectangle(0, 0, 101, 1), shown, Size(800, 600)) == Rectangle(0, 0, 2, 2)


def test_what_only_touches_is_not_common() -> None:
    assert common(Rectangle(0, 0, 10, 10), Rectangle(10, 0, 10, 10)) is None
    assert common(Rectangle(0, 0, 10, 10), Rectangle(9, 9, 10, 10)) == Rectangle(9, 9, 1, 1)


def test_a_rectangle_may_be_drawn_from_any_corner() -> None:
    assert spanned((5, 7), (2, 3)) == spanned((2, 3), (5, 7)) == Rectangle(2, 3, 4, 5)


@given(SIZES, ROOMS)
def test_a_picture_is_shown_whole_and_in_the_middle(size: Size, room: Size) -> None:
    shown = fitted(size, room)
    assert shown.left >= 0
    assert shown.top >= 0
    assert shown.right <= room.width
    assert shown.bottom <= room.height
    assert shown.width <= size.width
    assert shown.height <= size.height


@given(SIZES, ROOMS, st.data())
def test_every_pixel_under_the_drawn_rectangle_is_blackened(
    size: Size, room: Size, drawing: st.DataObject
) -> None:
    shown = fitted(size, room)
    x = drawing.draw(st.integers(shown.left, shown.right - 1))
    y = drawing.draw(st.integers(shown.top, shown.bottom - 1))
    black = in_picture(spanned((x, y), (x, y)), shown, size)
    assert black is not None
    # The picture's pixels that this one pixel of the view stands for, in exact fractions.
    assert black.left * shown.width <= (x - shown.left) * size.width
    assert black.right * shown.width >= min((x - shown.left + 1) * size.width, size.width * shown.width)
    assert black.top * shown.height <= (y - shown.top) * size.height
    assert black.bottom * shown.height >= min((y - shown.top + 1) * size.height, size.height * shown.height)
    seen = in_view(black, shown, size)
    assert seen.left <= x < seen.right
    assert seen.top <= y < seen.bottom
