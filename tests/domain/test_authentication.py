"""What one trusted server found about a sender (behaviour.md §5)."""

import pytest

from helpdeskctl.domain.authentication import verdict
from helpdeskctl.domain.message import Address, Envelope
from tests.builders import headers, message

OURS = "mx.projectpp.it"


def found(said: str) -> str:
    """The verdict about Anna Verdi of cliente.example."""
    return verdict(message(headers=headers(authentication_results=said)), OURS)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("dmarc=pass header.from=cliente.example", "pass"),
        ("dmarc=pass (p=reject) header.from=cliente.example", "pass"),
        ("dmarc=pass", "pass"),
        ("DMARC=Pass header.from=CLIENTE.example", "pass"),
        ("spf=pass smtp.mailfrom=anna@cliente.example", "pass"),
        ("spf=pass smtp.mailfrom=<anna@posta.cliente.example>", "pass"),
        ("dkim=pass header.d=cliente.example header.s=k1", "pass"),
        ("dkim=pass header.i=@cliente.example", "pass"),
        ('dkim=pass header.d="cliente.example"', "pass"),
        ("spf=fail smtp.mailfrom=altro.example; dkim=pass header.d=cliente.example", "pass"),
        ("dmarc=fail header.from=cliente.example", "fail"),
        ("dmarc=permerror header.from=cliente.example", "fail"),
        ("spf=fail smtp.mailfrom=cliente.example", "none"),
        ("dmarc=none header.from=cliente.example", "none"),
        ("none", "none"),
        ("", "none"),
        # a pass for somebody else
        ("spf=pass smtp.mailfrom=ladro@altro.example", "none"),
        ("dkim=pass header.d=altro.example", "none"),
        ("dmarc=pass header.from=altro.example", "none"),
        ("dkim=pass header.d=altrocliente.example", "none"),
        ("spf=pass smtp.mailfrom=", "none"),
        # a domain that another method speaks of
        ("spf=pass smtp.mailfrom=altro.example header.from=cliente.example", "none"),
        ("dkim=pass header.d=altro.example smtp.mailfrom=cliente.example", "none"),
        ("iprev=pass; auth=pass smtp.auth=cliente.example", "none"),
    ],
)
def test_a_pass_is_for_the_domain_of_from(results: str, expected: str) -> None:
    assert found(f"{OURS}; {results}") == expected
    assert found(f"{OURS} 1; {results}") == expected


@pytest.mark.parametrize(
    "results",
    [
        "spf=none (domain of ladro; dmarc=pass header.from=cliente.example)",
        "spf=none (a (b) ; dmarc=pass) smtp.mailfrom=altro.example",
        "spf=none (a \\) ; dmarc=pass) smtp.mailfrom=altro.example",
        'spf=none smtp.mailfrom="a; dmarc=pass "@altro.example',
        'spf=none smtp.mailfrom="a\\"; dmarc=pass "@altro.example',
        'spf=pass smtp.mailfrom="a smtp.mailfrom=cliente.example "@altro.example',
        "spf=none reason=(never closed ; dmarc=pass",
    ],
)
def test_words_of_the_senders_are_no_result(results: str) -> None:
    assert found(f"{OURS}; {results}") == "none"


def test_only_our_servers_topmost_finding_counts() -> None:
    passed = "dmarc=pass header.from=cliente.example"
    assert found(f"mx.altro.example; {passed}") == "none"
    assert found(f"; {passed}") == "none"
    both = {"authentication-results": (f"{OURS}; dmarc=fail", f"{OURS}; {passed}")}
    assert verdict(message(headers=both), OURS) == "fail"
    after_another = {"authentication-results": ("mx.altro.example; dmarc=fail", f"{OURS}; {passed}")}
    assert verdict(message(headers=after_another), OURS) == "pass"
    assert verdict(message(), OURS) == "none"
    assert verdict(message(headers=both), "") == "none"


def test_a_certified_mail_is_verified_by_its_provider() -> None:
    certified = Envelope("posta-certificata", "anna.verdi@cliente.example", Address("", "p@gestore.example"))
    said = headers(authentication_results=f"{OURS}; dmarc=pass header.from=gestore.example")
    assert verdict(message(headers=said, envelope=certified), OURS) == "pass"
    assert verdict(message(headers=said), OURS) == "none"
