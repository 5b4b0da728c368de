"""What a case is searched by, as one folded text, and which file of the index holds it: pure."""

from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.domain.folding import fold

DIRECTORY = "search"
# Cases in a file: small enough to be written anew in a moment when it has grown.
_BLOCK = 5000
# Of one case so many letters; what thousands of mails bring is not written again with each of them.
_LONGEST = 4096


def search_file(number: int) -> str:
    """The file, below the index, that holds the case of that number."""
    return f"{DIRECTORY}/{number // _BLOCK:04}"


def sought_in(document: Document) -> str:
    """Number, subject, customer, people, names of files."""
    mails = document["messages"]
    people = (document["requester"], *(mail["sender"] for mail in mails))
    words = dict.fromkeys(
        (
            f"#{document['number']}",
            document["subject"],
            document["customer"],
            *(person[part] for person in people for part in ("name", "address")),
            *(attached["name"] for mail in mails for attached in mail["attachments"]),
        )
    )
    return writable(fold(" ".join(words))[:_LONGEST])


def writable(text: str) -> str:
    """The text without surrogates, which a damaged name may hold and no file can."""
    return text.encode("utf-8", "replace").decode()
