# Lo script Sieve della casella dell'assistenza: ogni mail passa da helpdeskctl appena arriva. Se non riesce,
# Dovecot la tiene in INBOX, che è la coda: la prende il giro successivo di cron.
# The desk's Sieve script. What fails stays in INBOX, which is the queue, for cron.
require ["envelope", "variables", "vnd.dovecot.pipe"];

if envelope :matches "to" "*" {
    set "recipient" "${1}";
}
pipe "helpdeskctl" ["ingest", "-", "--recipient", "${recipient}"];
