"""Customers and contracts: `registry.json`, and small files that find one of them without reading all.

The small files are derived. Their directory bears the time and size of the `registry.json` they were made
of, so that they are never read for another one.
"""

import json
import os
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.adapters.tinydb_store.files import Root
from helpdeskctl.domain.errors import StoreDamagedError

if TYPE_CHECKING:
    from helpdeskctl.domain.registry import Contract, Customer, Registry

FILE = "registry.json"
_DERIVED = "index/registry"
# What reading a document raises that is none of ours.
_NOT_OURS = (ValueError, KeyError, TypeError, AttributeError)

T = TypeVar("T")


def exists(path: str) -> bool:
    """Whether the store at `path` has a registry."""
    return os.path.exists(f"{path}/{FILE}")


def read(path: str) -> "Registry":
    """The whole registry."""
    return _read(path, _registry)


def customer(path: str, kind: str, value: str) -> "Customer | None":
    """The customer of that `address` or `domain`."""
    return _found(path, f"{kind}:{value}", _customer)


def contract(path: str, number: str) -> "Contract | None":
    """The contract of that number."""
    return _found(path, f"contract:{number.casefold()}", _contract)


def check_derived(path: str) -> None:
    """Read all that is derived; `StoreDamagedError` for the first file that is damaged."""
    directory = f"{path}/{_directory(path)}" if exists(path) else ""
    for bucket in files.names(directory):
        _in_bucket(f"{directory}/{bucket}", _decoded)


def replace(root: Root, registry: "Registry") -> None:
    """Keep this registry, and make what finds its parts."""
    document = {
        "customers": [one._asdict() for one in registry.customers],
        "contracts": [
            one._asdict() | {"valid_from": _iso(one.valid_from), "valid_until": _iso(one.valid_until)}
            for one in registry.contracts
        ],
    }
    # What was there before stays beside it, for a repair.
    files.stage(root, FILE, json.dumps(document, indent=1).encode() + b"\n")
    files.install(root, FILE)
    files.sync_directory(root, "")
    derive(root)


def derive(root: Root) -> None:
    """Make the small files anew, if those there are were made of another registry."""
    if not exists(root.path) or os.path.exists(f"{root.path}/{_directory(root.path)}"):
        return
    import shutil

    buckets: dict[str, Document] = {}
    for key, document in _read(root.path, _keyed):
        buckets.setdefault(_bucket(key), {})[key] = document
    fresh = _DERIVED + files.NEW
    shutil.rmtree(f"{root.path}/{fresh}", ignore_errors=True)
    files.make_directory(root, fresh)
    for bucket, documents in buckets.items():
        files.replace(root, f"{fresh}/{bucket}", json.dumps(documents).encode(), durable=False)
    # After a power failure they would be there, and empty.
    os.sync()
    for name in files.names(f"{root.path}/index"):
        if name.startswith("registry.") and not name.endswith(files.NEW):
            shutil.rmtree(f"{root.path}/index/{name}", ignore_errors=True)
    os.rename(f"{root.path}/{fresh}", f"{root.path}/{_directory(root.path)}")


def _found(path: str, key: str, decode: Callable[[Document], T]) -> T | None:
    """What `decode` makes of the document that has that key; None where none has it."""

    def decoded(documents: Document) -> T | None:
        document = documents.get(key)
        return decode(document) if document is not None else None

    directory = f"{path}/{_directory(path)}"
    if os.path.exists(directory):
        return _in_bucket(f"{directory}/{_bucket(key)}", decoded)
    return _read(path, lambda found: decoded(dict(_keyed(found))))


def _in_bucket(file: str, decode: Callable[[Document], T]) -> T | None:
    """What `decode` makes of that small file; None where there is no such file, as nothing belongs there."""
    content = files.read(file)
    if content is None:
        return None
    try:
        return decode(json.loads(content))
    except _NOT_OURS as error:
        raise StoreDamagedError(
            "{file} is damaged: run `helpdeskctl doctor --reindex`.", file=file
        ) from error


def _keyed(found: Document) -> list[tuple[str, Document]]:
    """What each customer and contract is found by; the first one that claims a key has it."""
    keyed: dict[str, Document] = {}
    for one in found["customers"]:
        for kind in ("address", "domain"):
            for value in one[f"{kind}es" if kind == "address" else f"{kind}s"]:
                keyed.setdefault(f"{kind}:{value}", one)
    for one in found["contracts"]:
        keyed.setdefault(f"contract:{one['number'].casefold()}", one)
    return list(keyed.items())


def _bucket(key: str) -> str:
    from hashlib import sha256

    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:2]


def _directory(path: str) -> str:
    told = os.stat(f"{path}/{FILE}")
    return f"{_DERIVED}.{told.st_mtime_ns}.{told.st_size}"


def _read(path: str, decode: Callable[[Document], T]) -> T:
    """What `decode` makes of the whole file."""
    content = files.read(f"{path}/{FILE}")
    try:
        return decode({"customers": [], "contracts": []} if content is None else json.loads(content))
    except _NOT_OURS as error:
        said = "{file} cannot be read ({reason}): run `helpdeskctl doctor --repair`."
        raise StoreDamagedError(said, file=f"{path}/{FILE}", reason=str(error)) from error


def _registry(found: Document) -> "Registry":
    from helpdeskctl.domain.registry import Registry

    return Registry(tuple(map(_customer, found["customers"])), tuple(map(_contract, found["contracts"])))


def _decoded(documents: Document) -> list["Customer | Contract"]:
    """Everything in one of the small files."""
    return [
        _contract(one) if key.startswith("contract:") else _customer(one) for key, one in documents.items()
    ]


def _customer(document: Any) -> "Customer":
    from helpdeskctl.domain.registry import Customer

    return Customer(document["name"], tuple(document["addresses"]), tuple(document["domains"]))


def _contract(document: Any) -> "Contract":
    from helpdeskctl.domain.registry import Contract

    return Contract(
        document["number"],
        document["customer"],
        _date(document["valid_from"]),
        _date(document["valid_until"]),
        tuple(document["sectors"]),
        tuple((urgency, minutes) for urgency, minutes in document["respond"]),
        document.get("calendar", ""),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
