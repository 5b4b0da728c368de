"""Customers and contracts: `registry.json`, and small files that find one of them without reading all.

The small files are derived. Their directory bears the time and size of the `registry.json` they were made
of, so that they are never read for another one.
"""

import json
import os
from datetime import date
from typing import TYPE_CHECKING, Any

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.adapters.tinydb_store.files import Root
from helpdeskctl.domain.errors import StoreDamagedError

if TYPE_CHECKING:
    from helpdeskctl.domain.registry import Contract, Customer, Registry

FILE = "registry.json"
_DERIVED = "index/registry"


def exists(path: str) -> bool:
    """Whether the store at `path` has a registry."""
    return os.path.exists(f"{path}/{FILE}")


def read(path: str) -> "Registry":
    """The whole registry."""
    from helpdeskctl.domain.registry import Registry

    found = _read(path)
    return Registry(tuple(map(_customer, found["customers"])), tuple(map(_contract, found["contracts"])))


def customer(path: str, kind: str, value: str) -> "Customer | None":
    """The customer of that `address` or `domain`."""
    document = _found(path, f"{kind}:{value}")
    return _customer(document) if document else None


def contract(path: str, number: str) -> "Contract | None":
    """The contract of that number."""
    document = _found(path, f"contract:{number.casefold()}")
    return _contract(document) if document else None


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
    for key, document in _keyed(_read(root.path)):
        buckets.setdefault(_bucket(key), {})[key] = document
    fresh = _DERIVED + files.NEW
    shutil.rmtree(f"{root.path}/{fresh}", ignore_errors=True)
    files.make_directory(root, fresh)
    for bucket, documents in buckets.items():
        files.replace(root, f"{fresh}/{bucket}", json.dumps(documents).encode(), durable=False)
    for name in files.names(f"{root.path}/index"):
        if name.startswith("registry.") and not name.endswith(files.NEW):
            shutil.rmtree(f"{root.path}/index/{name}", ignore_errors=True)
    os.rename(f"{root.path}/{fresh}", f"{root.path}/{_directory(root.path)}")


def _found(path: str, key: str) -> Document | None:
    if not exists(path):
        return None
    directory = f"{path}/{_directory(path)}"
    if os.path.exists(directory):
        documents: Document = json.loads(files.read(f"{directory}/{_bucket(key)}") or b"{}")
        return documents.get(key)
    return next((document for known, document in _keyed(_read(path)) if known == key), None)


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


def _read(path: str) -> Document:
    content = files.read(f"{path}/{FILE}")
    if content is None:
        return {"customers": [], "contracts": []}
    try:
        found: Document = json.loads(content)
        _keyed(found)
    except (ValueError, KeyError, TypeError) as error:
        said = "{file} cannot be read ({reason}): run `helpdeskctl doctor --repair`."
        raise StoreDamagedError(said, file=f"{path}/{FILE}", reason=str(error)) from error
    return found


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
