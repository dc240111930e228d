"""Notices text that gives orders to a language model. A sign for the reader, no wall: nothing here obeys a document."""

import re

_ORDERS = r"""
(?:ignore|disregard|forget|override)\b[^.\n]{0,30}\b(?:previous|prior|above|earlier|preceding|system|all|your)\b
    [^.\n]{0,30}\b(?:instruction|prompt|rule|direction|guideline|message)s?\b
(?:reveal|print|show|repeat|output|leak|display)\b[^.\n]{0,30}\b(?:system|hidden|initial|secret)\ (?:prompt|instruction|message|key)s?\b
you\ are\ now\ (?:a|an|the|in|no\ longer|free)\b
(?:new|updated)\ (?:system\ )?(?:instruction|rule|order)s?\ ?:
(?:do\ not|don't|never)\ (?:tell|inform|mention|warn)\b[^.\n]{0,25}\b(?:the\ )?users?\b
(?:ai|assistants?|language\ models?|llms?|chatbots?)\b[^.\n]{0,40}\b(?:must|should|has\ to)\b[^.\n]{0,30}
    \b(?:ignore|obey|disregard|(?:reply|respond|answer)\ (?:only\ )?with|say\ that)\b
(?:send|post|upload|forward)\b[^.\n]{0,40}\b(?:conversation|chat|prompt|password|api\ key)s?\b[^\n]{0,40}https?://
(?:abaikan|lupakan|hiraukan|kesampingkan|langgar)\b[^.\n]{0,30}\b(?:instruksi|perintah|aturan|arahan|petunjuk|prompt)\b
    [^.\n]{0,20}\b(?:sebelum\w*|di\ atas|sistem|system|tadi|awal|apa\ pun)\b
(?:abaikan|lupakan|langgar)\ (?:semua|seluruh|segala)\ (?:instruksi|perintah|aturan|arahan|petunjuk|prompt)\w*
(?:tampilkan|cetak|sebutkan|bocorkan|tuliskan|ungkapkan|perlihatkan|ulangi)\b[^.\n]{0,30}
    \b(?:(?:system|sistem)\ prompt|(?:prompt|instruksi|pesan|perintah|kunci)\ (?:sistem|system|rahasia|tersembunyi|awal))\b
(?:kamu|anda|engkau)\ (?:sekarang|kini)\ (?:adalah|menjadi|bebas|bertindak|berada)\b
(?:instruksi|perintah|aturan)\ (?:sistem\ )?baru\ ?:
jangan\ (?:beri\ ?tahu\w*|katakan|sampaikan|peringatkan)\b[^.\n]{0,25}\bpengguna\b
(?:ai|asisten|model\ bahasa|llm|chatbot)\b[^.\n]{0,40}\b(?:harus|wajib|mesti)\b[^.\n]{0,30}
    \b(?:mengabaikan|mematuhi|melanggar|(?:membalas|menjawab)\ (?:hanya\ )?dengan|mengatakan\ bahwa)\b
(?:kirim|kirimkan|unggah|teruskan)\b[^.\n]{0,40}\b(?:percakapan|obrolan|prompt|kata\ sandi|kunci\ api)\b[^\n]{0,40}https?://
(?:developer|jailbreak)\ mode\b
mode\ (?:pengembang|developer|jailbreak)\b
"""
_SIGNS = re.compile(
    r"\b(?:" + re.sub(r"\n +", "", _ORDERS.strip()).replace("\n", "|") + r")"
    r"|<\|(?:im_start|im_end|system|user|assistant|endoftext)[^|>\n]{0,20}\|>|\[/?INST\]|<</?SYS>>"
    r"|(?:^[ #*]{0,8}|: )(?-i:SYSTEM|SISTEM)(?:\ prompt)?\ ?:"
    "|[\U000e0000-\U000e007f]{4,}",  # letters that no reader sees
    re.IGNORECASE | re.MULTILINE,
)
_SHOWN, _READ = 120, 2_000_000  # characters


def suspicious(text: str) -> str:
    """The first words that would order a model about, shortened; "" where there are none."""
    found = _SIGNS.search(text, 0, _READ)
    return " ".join(found[0].split())[:_SHOWN] if found else ""
