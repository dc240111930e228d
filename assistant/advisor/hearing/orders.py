"""Recognises what is said to the interview itself: orders, small talk, and orders that pose as instructions.

Only a whole message, or a clause at its edge, counts: what tells of the task is left for the readers of facts.
"""

import re
from dataclasses import dataclass

# Words that carry nothing beside an order ("skip aja dong kak", "please just decide now").
_FILL = re.compile(
    r"\b(?:ya+h?|dong|donk|deh|dah|nih|sih|lah|aja|ajah|saja|dulu|dl|kak|kaka|min|gan|bro|sis|bang|mas|mbak|pak|bu|om|guys?|mate|please|pls|plz|plis|tolong|tlg|mohon|coba"
    r"|ok+|oke+y?|okay|sip|siap|just|now|sekarang|skrg|right away|udah|udahlah|udh|sudah|sudahlah|well|then|so|let.?s|can (?:you|we)|could (?:you|we)|would you|bisa(?:kah)?|boleh(?:kah)?"
    r"|maaf|sorry|eh|hm+|um+|uh+|ah|duh|gw|gue|gua|saya|aku|kita|kami|i.?d|i|we|want to|wanna|would like to|like to|let me|let us|mau|pengen|ingin|minta|for me|kan|tuh|to|the|this|that|it|itu|ini|yang|yg|anda|kamu|lu|lo)\b"
)
_ASKING = r"(?:questions?|pertanyaan(?:nya|mu|an)?|soal(?:nya)?)"
_RESULT = r"(?:decision|verdict|answer|result|results|recommendation|conclusion|advice|point|keputusan(?:nya)?|kesimpulan(?:nya)?|hasil(?:nya)?|rekomendasi(?:nya)?|saran(?:nya)?|inti(?:nya)?|jawaban(?:nya)?|akhir(?:nya)?)"
_DECIDE = r"(?:decide|conclude|putusk?an|putusin|putusi|tentukan|tentuin|simpulkan|simpulin|rekomendasikan|rekomendasiin)"
_GRAMMAR = {
    "end": rf"(?:stop|enough|cukup|berhenti|selesai)?(?: (?:and|dan|terus|trus|lalu))? ?(?:langsung )?{_DECIDE}(?: (?:yourself|sendiri|langsung|for us|buat|untuk))?|stop(?: (?:here|asking|nanya\w*|tanya\w*|sampai sini|di sini))?(?: (?:me )?{_ASKING})?|stop (?:and|dan) {_RESULT}"
    rf"|(?:enough|no more|cukup|gak? usah|nggak usah|tidak usah|jangan|gak? perlu|tidak perlu|berhenti|stop)(?: (?:with|of|asking|any|ada|banyak|nanya\w*|tanya\w*|bertanya|ditanya))*(?: {_ASKING})(?: (?:lagi|terus|anymore|any more))?"
    r"|(?:gak? usah|nggak usah|tidak usah|jangan|gak? perlu|berhenti) (?:nanya|tanya|bertanya)\S*(?: (?:lagi|terus|mulu))?|(?:don.?t|do not|stop) ask(?:ing)?(?: (?:me|us))?(?: any)?(?: ?more| anymore)?(?: questions)?"
    rf"|(?:give|show|tell|kasih|kasi|beri(?:kan)?|tampilkan|lihat|liat|mana|langsung(?: (?:ke|kasih|kasi|beri|tampilkan))?|skip|lompat(?: ke)?|jump|get|go straight|straight|what.?s|apa)(?: (?:me|us|your|ke|straight|tau|tahu))* {_RESULT}(?: (?:nya|akhir))?"
    r"|langsung(?: (?:point|gas|intinya))?|point|gas(?:keun|pol)?|(?:is )?enough(?: (?:now|already))?|.?s enough|cukup(?: (?:sampai|sampe))?(?: (?:sini|sekian|segitu|situ|disini|di sini))|sekian|akhiri|kelarin|selesaikan|finish(?: (?:up|interview))?|end(?: (?:here|interview|now))|wrap up|what next|(?:so )?what.?s next|(?:lalu|terus|trus|jadi|selanjutnya) (?:apa|gimana|bagaimana)|(?:apa|gimana) selanjutnya|(?:.?m|am|we.?re) done(?: answering| with questions)?|get on with",
    "restart": r"(?:start|begin)(?: all)? (?:over|again|anew|afresh)(?: (?:again|from (?:scratch|start|beginning)))?|restart|reset(?: (?:all|everything|semua\w*|interview|wawancara\w*))?|(?:from|back) (?:scratch|start|beginning)(?: again)?|(?:start|begin) from (?:scratch|start|beginning)|(?:di ?)?(?:ulang|ulangi|mulai|balik|kembali|ngulang)(?: (?:lagi|semua\w*|wawancara\w*|baru))*(?: (?:dari|ke|dr))? (?:awal|nol|0|depan)(?: lagi)?|mulai (?:ulang|baru|lagi)|ulang semua\w*|(?:hapus|clear|delete|forget) (?:semua\w*|everything|all)(?: (?:of|jawaban\w*|fakta\w*|answers|facts))*(?: (?:and|dan|terus) (?:start again|start over|mulai lagi))?",
    "repeat": rf"repeat(?: {_ASKING})?(?: again)?|(?:say|ask|what was|come)(?: {_ASKING})? again|what was(?: {_ASKING})|(?:what|huh|hah|ha|apa|pardon|come again)|(?:pardon|excuse) me|(?:di)?(?:ulang|ulangi|ulangin)(?: lagi)?(?: {_ASKING})?(?: (?:tadi|terakhir|lagi))*|{_ASKING}(?: (?:tadi|terakhir))?(?: apa)(?: (?:tadi|ya))?|{_ASKING} (?:tadi )?(?:diulang|gimana tadi)|(?:tadi )?(?:nanya|tanya|ditanya) apa(?: tadi)?|apa tadi(?: {_ASKING})?|(?:show|tampilkan|lihat|liat|munculkan)(?: {_ASKING})(?: (?:again|lagi|tadi))*",
    "skip": rf"skip(?: (?:one|dulu))?(?: {_ASKING})?|next(?: one)?(?: {_ASKING})?|move on|go on|carry on|continue|another {_ASKING}|(?:di)?lewat(?:i|in|kan|ken)?(?: {_ASKING})?|lanjut(?:kan|in)?(?: (?:ke )?(?:{_ASKING})(?: (?:berikut|selanjut)nya)?)?|{_ASKING} (?:lain|berikutnya|selanjutnya)|ganti {_ASKING}|(?:tanya|nanya) (?:lain|berikutnya)|lain|nanti|ntar|later|ask (?:me )?later|(?:rather|prefer) not(?: (?:say|answer|to say|to answer))?|no comment|(?:gak?|nggak|tidak|ngga|males|malas) (?:jawab|menjawab|dijawab)|dilewat|skip skip",
    "return": rf"(?:back|return|go back|balik|kembali|lanjut)(?: (?:ke|on|with|your))* (?:{_ASKING}|interview|wawancara|topik)(?: (?:tadi|mu|before|you asked|kita|semula|terakhir))*",
    "back": rf"(?:go |step )?back(?: (?:a|one) step| one)?|undo(?: last(?: (?:one|answer|step))?)?|previous(?: (?:one|{_ASKING}))?|(?:take|scratch) (?:back|last)|(?:kembali|balik|mundur)(?: (?:ke|satu|selangkah))?(?: (?:{_ASKING}|langkah|jawaban))?(?: (?:sebelumnya|tadi|sebelum|satu|lagi))?|batal(?:kan|in)?(?: (?:jawaban|terakhir|tadi)\S*)*|sebelumnya|salah (?:pencet|klik|jawab|pilih)(?: (?:tadi|balik|kembali|batal\w*|balikin))*|(?:wrong|misclicked|mis-clicked)(?: (?:answer|button|click))?(?: (?:go )?back)?",
}
_ORDERS = {name: re.compile(pattern) for name, pattern in _GRAMMAR.items()}
_ENOUGH = ("cukup", "selesai", "done", "enough")  # of an order only beside one: they answer questions too
_PLAIN = re.compile(  # what an order beside content has to name; "what now" there closes a description
    r"putus|decid|simpul|tentu|stop|skip|lewat|cukup|enough|tanya|nanya|asking|question|verdict|conclu|hasil|rekomend|recommend"
)
_PART = re.compile(r"[.,;!?…\n]+|\s[-–—]+\s")

_SMALL = {
    "who": r"(?:who|what)(?: exactly)? (?:are|r) (?:you|u)|(?:kamu|anda|lu|lo|ini|km|elu) (?:itu |ini )?(?:siapa|apaan|apa)|siapa (?:kamu|anda|lu|lo|ini|namamu|nama ?kamu)|nama ?mu siapa|what.?s your name|(?:are|r) (?:you|u) (?:a |an )?(?:real |even )?(?:bot|robot|human|person|ai|machine|real|chatgpt|gpt|gemini)(?: or (?:a |an )?\w+)?"
    r"|(?:kamu|ini|anda|lu|lo|km|lawan bicara)(?: itu| ini)? (?:bot|robot|orang|manusia|ai|mesin|chatgpt)(?: (?:apa|atau|ya|kah|beneran|asli|bukan|sih)(?: (?:bot|robot|orang|manusia|ai|mesin))?)*|apa(?: itu| sih)? penala(?: itu)?(?: apa)?|penala itu apa|(?:what is|what.?s) (?:penala|this)|what (?:can|do) you do|(?:kamu )?bisa (?:apa|ngapain)(?: aja)?",
    "complaint": r"(?:this is|that.?s|it.?s|you.?re|you are|so|too|how|ini|kok|kamu|anda|lu|lo|bot(?:nya)?|pertanyaan(?:nya)?|penala|nanya(?:nya)?|tanya(?:nya)?|kenapa|banyak|why|many|terlalu|se|\W)*"
    r"(?:annoying|boring|tedious|useless|stupid|dumb|ridiculous|frustrating|waste of time|too many questions|so many questions|(?:many|endless) questions|(?:taking|takes) (?:forever|so long|too long)|ribet|bertele-?tele|nyebelin|menyebalkan|ngeselin|bikin pusing|pusing|capek|cape|bosen|bosan|males|malesin|gak? guna|tidak berguna|bego|goblok|bodoh|tolol"
    r"|(?:banyak|kebanyakan|panjang|lama)(?: (?:banget|amat|sekali|bener|kali))*(?: (?:pertanyaan|nanya|tanya)(?:nya)?)+|(?:pertanyaan|nanya|tanya)(?:nya)? (?:kok )?(?:banyak|kebanyakan|panjang|muter-?muter|itu-?itu|ga habis-?habis|ga abis-?abis)(?: (?:banget|amat|sekali|bener|kali|terus|mulu))*|(?:gak?|nggak|tidak) (?:paham|ngerti|nyambung)(?: (?:maksud saya|omongan saya))|you do ?n.?t (?:understand|get)(?: me| anything)*|hadeh|aduh|capek deh)(?: (?:banget|amat|sekali|bener|sih|deh|ini|nih|jawabnya|this|now))*",
    "thanks": r"(?:many |ok |big )?(?:thanks?|thank (?:you|u)|thx|thnx|ty|tysm|cheers|makasih|makasi|mksh|trims|tq|tengkyu|terima ?kasih|trima ?kasih|nuhun|hatur nuhun|matur nuwun|suwun|appreciate(?: it)?)(?: (?:a lot|so much|very much|much|again|banyak|byk|sebelumnya|atas bantuannya|bantuannya|for (?:your|the) help|all|ya|penala|infonya|penjelasannya|for explaining))*",
    "chat": r"(?:apa kabar|gimana kabarnya|kabarnya gimana|how are (?:you|u)(?: (?:doing|today))*|how.?s it going|what.?s up|sup|lagi apa|lagi ngapain|(?:wk)+w?|(?:ha){2,}h?|(?:he){2,}h?|(?:hi){2,}|lol|lmao|xi+xi+|nice to meet you|salam kenal|senang bertemu|(?:hari ini )?cuaca\w* (?:panas|hujan|dingin)(?: banget)?(?: hari ini)?|tell me a joke|ceritakan lelucon|kasih (?:jokes?|lelucon)|bye|dadah|sampai jumpa|see you|good ?bye|i love you|aku sayang kamu|[^\w\s]+)",
    "ask": r"(?:saya |aku |gw |gue |i )?(?:mau|ingin|pengen|pingin|boleh|bisa|want to|would like to|have to|can i|may i|could i|let me) (?:tanya|nanya|bertanya|tanya-?tanya|ask)(?: (?:sesuatu|something|a question|you something|a few things|dulu|sebentar|bentar))*|(?:saya |aku |i )?(?:ada|punya|have a|got a) (?:pertanyaan|question)",
    "hello": r"(?:hi+|hey+|hello+|hallo+|halo+|hai+|hei|yo|p|hola|greetings|permisi|punten|good (?:morning|afternoon|evening|day)|selamat (?:pagi|siang|sore|malam|datang)|pagi|siang|sore|malam|ass?alamu? ?.?alaikum(?: wr wb)?|assalamualaikum|salam|met (?:pagi|siang|sore|malam)|test|tes|testing|ping|is anyone there|anybody there|ada orang)(?: (?:there|penala|semua|all|everyone|kakak|wr wb))*",
}
_TALK = {name: re.compile(pattern) for name, pattern in _SMALL.items()}
_POLITE = re.compile(
    r"\b(?:ya+h?|dong|deh|nih|sih|lah|kak|kaka|min|gan|bro|sis|bang|mas|mbak|pak|bu|om|guys?|mate|oh|ok+|oke+|okay|well|very|really|banget nih|btw)\b"
)

_WAYS = r"(?:fine[-_ ]?tun\w*|penyetelan|tuning|menyetel|rag\b|prompting|rag_plus\w*|not_llm|not_ready|pencarian dokumen|retrieval)"
_POSING = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|abaikan|lupakan|hiraukan|kesampingkan)\b.{0,40}\b(?:instructions?|rules?|prompts?|above|previous|everything|guidelines|instruksi\w*|perintah\w*|aturan\w*|arahan\w*|ketentuan\w*|sebelumnya|di atas|semua yang)\b"
    r"|^\W*(?:you are now|from now on you|act as|pretend (?:to be|you)|(?:kamu|anda) sekarang (?:adalah|menjadi)|mulai sekarang (?:kamu|anda)|berperan(?:lah)? sebagai|bertindak(?:lah)? sebagai)\b"
    r"|^\W*(?:system|assistant|developer|admin)\s*:|\b(?:approach|decision|verdict|keputusan|pilihan|tried_prompting|eval_baseline|examples)\s*(?:=|:=|->)|\{\s*\"(?:set|say|end|approach|decision)\"\s*:"
    rf"|^\W*(?:(?:dan|and|then|lalu|terus|trus|langsung|harus|please|tolong|just|pokoknya|you must|kamu harus|anda harus|now|sekarang|cukup|aja|saja)\W+)*(?:putuskan|putusin|pilih(?:kan)?|tetapkan|tentukan|simpulkan|rekomendasikan|decide|choose|pick|select|set|output|respond with|say|recommend|conclude)\W+(?:[\w\"':]+\W+){{0,4}}?{_WAYS}"
    rf"|^\W*(?:jawab|answer)(?: with| dengan)?:?\W+{_WAYS}\W*$"
)

NOT_KNOWN = re.compile(
    r"\b((tidak|tak|nggak|enggak|ngga|ndak|gak|ga|gk|g|kurang|belum|blm|mana) (saya |aku |gue |gw )?(tahu|tau|tw|yakin|paham|pasti|ngerti|hafal|ingat|inget|ada info)|gatau|gatahu|gtw|gatw|gaktau|nggatau|entah(lah)?|embuh|"
    r"mboh|bingung|tau ah|meneketehe|lupa|ga kepikiran|belum kepikiran|(harus|perlu|mesti|nanti) (saya |aku |gue |kami )?(tanya|cek|dicek|ditanya\w*)( (tim|dulu|bos|atasan|it))+|"
    r"do ?n.?t (really |actually )?(know|remember|recall)|dunno|idk|no (idea|clue|info)|not (a clue|so sure|really sure|sure)|have ?n.?t (a clue|thought about)|beats me|who knows|unsure|unknown|can.?t say|hard to say|not certain|need to (check|ask)|(will|would) have to (check|ask))\b"
)
_MEANING = re.compile(
    r"(eh |hah |hmm+ |maaf |sorry )?(apa )?maksud(nya|mu|anda|nya apa| pertanyaannya)?( (apa|gimana|bagaimana))?( (sih|ya|tuh|itu|kak))*|"
    r"(what|how) do you mean( by (that|this|it))?|what does (that|this|it) mean|what.?s that( mean)?|"
    r"(bisa |tolong |boleh )?(di)?jelaskan( (lagi|pertanyaan(nya| itu)?))*|(please |can you )?explain( (that|this|it|the question))?|"
    r"(i )?do ?n.?t (understand|get)( (it|that|this|the question))?|(saya |aku |gue )?(tidak|ga|gak|nggak|kurang|belum) (paham|ngerti|mengerti)( (pertanyaannya|maksudnya))?|"
    r"(kenapa|mengapa|buat apa|untuk apa)( (ini|itu))?( (di)?tanya(kan)?)?( (itu|ini))?( (sih|ya))*|why( (do|are) you ask(ing)?)?( (that|this))?|"
    r"contohnya( (apa|gimana|ya|sih))*|such as|like what|for example|misalnya( apa)?"
)


@dataclass(frozen=True)
class Order:
    """`name`: end, restart, repeat, skip, return (to the question) or back; `rest`: what the message says beside."""

    name: str
    rest: str


def order(text: str) -> Order | None:
    """The order that a message is, or that stands at its edge beside content (end and skip only)."""
    if name := _named(text):
        return Order(name, "")
    parts = [part for part in _PART.split(text) if part.strip()]
    if len(parts) < 2 or len(text) > 2000:
        return None
    parts = [part for part in parts if _bare(part) not in _ENOUGH] or parts
    names = [_named(part) for part in parts]
    if all(name or not _bare(part) for name, part in zip(names, parts, strict=True)):  # "udah, putuskan aja"
        return next((Order(name, "") for name in names if name), None)
    for place, end in ((len(parts) - 1, True), (0, False)):
        name = names[place]
        if (
            name in ("end", "skip")
            and _PLAIN.search(parts[place].casefold())
            and not _asks(text, parts[place])
        ):
            at = text.rindex(parts[place]) if end else len(parts[place]) + text.index(parts[place])
            return Order(name, (text[:at] if end else text[at:]).strip(" \n\t.,;!?-–—…"))
    return None


def _asks(text: str, part: str) -> bool:
    """Whether a part ends in a question mark: "skip?" after a description asks for advice."""
    return text[text.rindex(part) + len(part) :].lstrip().startswith("?")


def wants_meaning(text: str) -> bool:
    """Whether the user asks what our question means."""
    plain = re.sub(r"\s+", " ", text.casefold()).strip(" \t\n.,!?…\"'“”")
    return bool(_MEANING.fullmatch(plain))


def _named(text: str) -> str | None:
    if re.search(r"^\W*(?:so )?(?:what now|now what)\W*$", text.casefold()):
        return "end"  # "now" fills elsewhere
    plain = _bare(text)
    if not plain or len(plain) > 80 or re.fullmatch(r"\W*apa (?:saja|aja)\W*", text.casefold()):
        return None
    return next((name for name, pattern in _ORDERS.items() if pattern.fullmatch(plain)), None)


def _bare(text: str) -> str:
    plain = re.sub(r"[\"“”()]", " ", text.casefold())
    plain = re.sub(r"\s+", " ", _FILL.sub(" ", plain.strip(" \t\n.,;!?…")))
    return plain.strip(" \t\n.,;:!?…'’")


def small_talk(text: str) -> str | None:
    """hello, thanks, who, chat or complaint, when a message is nothing else; of several the weightiest."""
    parts = [part for part in _PART.split(text.casefold()) if re.search(r"\w", part)]
    if not parts and re.search(r"[^\w\s.,;!?…-]", text):
        return "chat"  # signs and faces only
    if not parts or len(text) > 160:
        return None
    kinds = {_talk(part) for part in parts}
    return None if None in kinds else next((name for name in _TALK if name in kinds), None)


def _talk(part: str) -> str | None:
    for plain in (part, _POLITE.sub(" ", part)):
        plain = re.sub(r"\s+", " ", plain).strip(" '\"“”:()")
        for name, pattern in _TALK.items():
            if plain and pattern.fullmatch(plain):
                return name
    return None


def posing(text: str) -> tuple[str, bool]:
    """The text without clauses that give orders as if to a model, and whether there were any. A description of one's
    own prompt or of what a boss wants is none."""
    pieces = re.split(r"(?<=[.!?;,\n])(\s+)", text)
    kept = [piece for piece in pieces if not _POSING.search(piece.casefold())]
    return "".join(kept).strip(" \n\t,;"), len(kept) < len(pieces)
