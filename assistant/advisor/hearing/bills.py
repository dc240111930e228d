"""Tells a bill from a rate of requests by the words around it; knows no signals."""

import re
from collections.abc import Sequence

from assistant.advisor.facts import Fact

_MONEY = re.compile(  # what such a sum is: a bill, not requests
    r"\b(tagihan\w*|biaya\w*|ongkos\w*|(?:mem|di)?bayar\w*|harga\w*|anggaran\w*|gaji\w*|omzet\w*|bill(?:s|ed)?|costs?|invoices?|pay(?:s|ing)?|spend\w*|budget\w*|salar\w+|revenue)\b"
)
_REQUESTED = re.compile(
    r"\b(requests?|permintaan|chats?|pesan|messages?|e-?mails?|tiket|tickets?|calls?|quer(?:y|ies)|pertanyaan|questions?|orders?|pesanan|dokumen|documents?|users?|pengguna)\b"
)


def is_bill(fact: Fact, clauses: Sequence[str]) -> bool:
    """Whether a rate is a sum of money: its word is in the clause or right before ("mahal tagihannya, 40jt sebulan")."""
    clause = fact.quote or ""
    place = clauses.index(clause) if clause in clauses else 0
    plain = " ".join(clauses[max(0, place - 1) : place + 1]).casefold()
    counted = [word for word in re.findall(r"\w+", clause) if not re.search(r"\d", word)]
    return bool(_MONEY.search(plain)) and len(counted) <= 5 and not _REQUESTED.search(clause.casefold())
