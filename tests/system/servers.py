"""Mail servers on loopback, each with all it needs in one directory: Dovecot and Postfix."""

import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from imaplib import IMAP4_SSL
from pathlib import Path
from smtplib import SMTP
from ssl import create_default_context
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.system.chain import CUSTOMER, DESK, Account, certificate, eventually, free_port, listening, parsed

PASSWORD = "segreta"

DOVECOT = """\
base_dir = {home}/dovecot/run
state_dir = {home}/dovecot/state
log_path = {home}/dovecot/log
protocols = imap pop3 lmtp
listen = 127.0.0.1
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =
mail_location = maildir:{mailbox}
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {pop3}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service stats {{
  chroot =
}}
{more}
"""


class Dovecot(NamedTuple):
    """A running Dovecot, the ports of its services, and the certificate it shows."""

    account: Account
    config: Path
    mailbox: Path
    certificate: Path
    imap: int
    pop3: int
    lmtp: int

    @contextmanager
    def session(self) -> Iterator[IMAP4_SSL]:
        """A person's mail program, logged in with INBOX open."""
        trusting = create_default_context(cafile=str(self.certificate))
        with IMAP4_SSL("localhost", self.imap, ssl_context=trusting) as imap:
            imap.login(DESK, PASSWORD)
            imap.select()
            yield imap

    def receives(self, content: bytes, flags: str = "") -> None:
        """A mail comes to lie in the mailbox."""
        with self.session() as imap:
            assert imap.append("INBOX", flags, "", content.replace(b"\n", b"\r\n"))[0] == "OK"

    def holds(self) -> int:
        """How many mails lie in INBOX."""
        with self.session() as imap:
            return len(imap.search(None, "ALL")[1][0].split())


@contextmanager
def dovecot(account: Account, mailbox: str, more: str = "") -> Iterator[Dovecot]:
    """A Dovecot of the account's, with its mailbox in that directory of the home."""
    user = pwd.getpwuid(os.stat(account.home).st_uid)
    imap, pop3, lmtp = free_port(), free_port(), free_port()
    cert, key = certificate(account.home)
    config = account.write(
        "dovecot/dovecot.conf",
        DOVECOT.format(
            home=account.home, user=user.pw_name, group=user.pw_name, certificate=cert, key=key,
            mailbox=account.home / mailbox, password=PASSWORD, imap=imap, pop3=pop3, lmtp=lmtp, more=more,
        ),
    )  # fmt: skip
    server = account.start("dovecot", "-F", "-c", config)
    try:
        eventually(lambda: server.poll() is not None or (listening(imap) and listening(lmtp)))
        assert server.poll() is None, server.communicate()
        yield Dovecot(account, config, account.home / mailbox, cert, imap, pop3, lmtp)
    finally:
        server.terminate()
        server.communicate(timeout=30)


MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/lib
maillog_file = {place}/log
maillog_file_prefixes = {place}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.projectpp.it
mydestination = projectpp.it
mynetworks = 127.0.0.0/8
alias_maps = hash:{home}/aliases, hash:{home}/staff
virtual_mailbox_domains = cliente.example
virtual_mailbox_maps = static:everybody/
virtual_mailbox_base = {place}/customers
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
recipient_delimiter = +
"""

MASTER_CF = """\
{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
virtual unix - n n - - virtual
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
"""


class Postfix(NamedTuple):
    """A running Postfix, alone in the world: the desk's domain and the customers' are both its own."""

    place: Path
    port: int

    def receives(self, content: bytes, recipient: str = DESK) -> None:
        """A customer's mail comes in by SMTP."""
        with SMTP("127.0.0.1", self.port) as connection:
            connection.sendmail(CUSTOMER, [recipient], content)

    def queue(self) -> list[dict[str, object]]:
        """What waits in the queue."""
        told = subprocess.run(["postqueue", "-c", self.place / "etc", "-j"], capture_output=True, check=True)
        return [json.loads(line) for line in told.stdout.splitlines()]

    def tries_again(self) -> None:
        """What was deferred is tried now."""
        subprocess.run(["postqueue", "-c", self.place / "etc", "-f"], check=True)

    def customers_mails(self) -> list[EmailMessage]:
        """What lies in the customers' mailbox."""
        return [parsed(path) for path in (self.place / "customers/everybody/new").glob("*")]

    def log(self) -> str:
        """What Postfix says of its work."""
        return (self.place / "log").read_text()


@contextmanager
def postfix(account: Account, aliases: str) -> Iterator[Postfix]:
    """A Postfix with its own queue, and with its own /etc/postfix: a mount that only it can see.

    So its `sendmail`, too, is the one of a machine where nothing else was ever configured. Needs root.
    """
    assert os.geteuid() == 0, "Postfix can only be started by root: run `make system-test` as root"
    with TemporaryDirectory(prefix="helpdeskctl-postfix-") as name:
        place, port = Path(name), free_port()
        place.chmod(0o755)
        uid = os.stat(account.home).st_uid
        shutil.copytree("/etc/postfix", place / "etc", symlinks=True)
        (place / "etc/main.cf").write_text(MAIN_CF.format(place=place, home=account.home, uid=uid))
        (place / "etc/master.cf").write_text(MASTER_CF.format(port=port))
        (place / "queue").mkdir()
        for directory, owner in (("lib", "postfix"), ("customers", uid), ("technicians", uid)):
            (place / directory).mkdir()
            shutil.chown(place / directory, owner)
        # The pipes run as the owner of the aliases.
        technicians = f"mario.rossi: {place}/technicians/\nanna.verdi: {place}/technicians/\n"
        for file, text in (("aliases", aliases), ("staff", technicians)):
            path = account.write(file, text, 0o644)
            subprocess.run(["postalias", "-c", place / "etc", f"hash:{path}"], check=True)
        start = f"mount --bind {place}/etc /etc/postfix && exec postfix start-fg"
        server = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", start], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            eventually(lambda: server.poll() is not None or listening(port))
            assert server.poll() is None, server.communicate()
            yield Postfix(place, port)
        finally:
            subprocess.run(["postfix", "-c", place / "etc", "stop"], check=False, capture_output=True)
            server.communicate(timeout=30)
