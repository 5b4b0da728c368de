"""The screen as the desktop's portal gives it: under Wayland no program may look for itself.

It knows D-Bus and the portal (org.freedesktop.portal.Screenshot); the desktop may ask the person first.
"""

import contextlib
import os
from urllib.parse import unquote, urlsplit

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtGui import QImage

from helpdeskctl.tray.errors import TrayError
from helpdeskctl.tray.words import NO_PICTURE

_PATH = "/org/freedesktop/portal/desktop"
_PORTAL = DBusAddress(
    _PATH, bus_name="org.freedesktop.portal.Desktop", interface="org.freedesktop.portal.Screenshot"
)
_TOKEN = "helpdeskctl"
# Seconds: long enough for a person to be asked and to answer.
_PATIENCE = 60


def whole_desktop() -> QImage:
    """The picture of the whole desktop; the file it came in is removed. Raises `TrayError`."""
    try:
        with open_dbus_connection() as bus:
            path = _answered(bus)
    # No bus, no portal, a timeout: jeepney's own errors for the first are KeyErrors.
    except (OSError, KeyError) as error:
        raise TrayError(NO_PICTURE) from error
    picture = QImage(path)
    # It was made for this report: no second copy is left among the person's pictures.
    with contextlib.suppress(OSError):
        os.unlink(path)
    if picture.isNull():
        raise TrayError(NO_PICTURE)
    return picture


def _answered(bus: DBusConnection) -> str:
    """The path of the file that the portal made; empty where it, or the person, refused."""
    # It answers on an object named after the asker and its token, which may come before its reply.
    sender = bus.unique_name.removeprefix(":").replace(".", "_")
    response = MatchRule(
        type="signal",
        interface="org.freedesktop.portal.Request",
        member="Response",
        path=f"{_PATH}/request/{sender}/{_TOKEN}",
    )
    bus.send_and_get_reply(message_bus.AddMatch(response))
    with bus.filter(response) as answers:
        wanted = {"handle_token": ("s", _TOKEN), "interactive": ("b", False)}
        asked = new_method_call(_PORTAL, "Screenshot", "sa{sv}", ("", wanted))
        reply = bus.send_and_get_reply(asked, timeout=_PATIENCE)
        if reply.header.message_type is not MessageType.method_return:
            return ""
        answer = bus.recv_until_filtered(answers, timeout=_PATIENCE)
    if answer.header.fields.get(HeaderFields.signature) != "ua{sv}":
        return ""
    code, found = answer.body
    _kind, uri = found.get("uri", ("s", ""))
    return unquote(urlsplit(str(uri)).path) if code == 0 else ""
