"""Mail out: an `OutgoingMail` becomes bytes, and one of the transports hands them to a mail system.

`compose` writes the mail and judges addresses; `sendmail` and `smtp` each keep the port `MailSender`.
Neither transport knows the other, a case, a store or a template (behaviour.md §8).
"""
