"""Reads whether data may leave the house or go to a cloud, said of it or denied; knows no signals but that one."""

import re
from collections.abc import Iterator, Mapping

from assistant.advisor.facts import Fact, is_guess

_NO_ID = r"(?:tidak|tak|tdk|nggak|ngga|enggak|engga|gak|ga|gk|jangan(?: sampai)?|belum|blm|bukan)"
_LEAVE = r"(?:leave|leaves|go|goes|cross|crosses|touch|be (?:sent|moved|taken|uploaded|put|stored|processed|copied|shared)|get|exit)"
_OUT = (
    r"(?:(?:outside|out(?: of)?|off|beyond|from|past|onto|into|to|in|over|with)\W+)?(?:the |our |this |their |its |any |your |a |an |own |company.?s |outside |external |public |hospital |foreign |american |\w+.?s )*"
    r"(?:buildings?|premises|sites?|offices?|houses?|networks?|servers?|hospitals?|firm|company|campus|bank|machines?|rooms?|data ?cent(?:er|re)s?|clouds?|internet|vpc|walls|firewall|fence|ward|clinic|school|agency|organi[sz]ation|third part\w+|providers?|systems?|apis?|racks?|box(?:es)?|cage|dc|data hall|enclave|perimeter|basement)\b"
)
_PLACE = r"(?:gedung|kantor|rumah sakit|rs|perusahaan|jaringan|server|peladen|internet|cloud|awan|komputasi awan|pihak (?:luar|ketiga|lain)|luar|lokasi|ruangan|sekolah|bank|pabrik|klinik|instansi|data ?center|pusat data|vendor|api|markas|lingkungan)"
_ABROAD = re.compile(
    rf"\b(?:not|never|cannot|can.?t|mustn.?t|{_NO_ID}|dilarang|haram|forbid\w*|prohibit\w*)\b[^.;!?\n]{{0,50}}\b(?:leave|outside|abroad|out of|keluar(?: dari)?|di luar|ke luar)\W+(?:the |wilayah |negara )?(?:country|eu|europe|union|indonesia|negeri|jurisdiction)\b"
    r"|\b(?:must|has to|have to|needs? to|should|only) (?:stay|remain|be (?:kept|stored|processed)) (?:with)?in (?:the )?(?:country|eu|europe|indonesia)\b"
    r"|\b(?:harus|wajib) (?:tetap |disimpan |diproses |berada )?(?:di )?(?:dalam negeri|indonesia|wilayah indonesia)\b"
)  # fmt: skip
_STAY = re.compile(
    rf"\b(?:can ?not|can.?t|can never|must (?:not|never)|mustn.?t|may (?:not|never)|should (?:not|never)|shouldn.?t|(?:not|never) (?:be )?(?:allowed|permitted) to|(?:is|are) not to|will never|won.?t|never|forbidden to|no way) (?:ever )?(?:{_LEAVE}\W+{_OUT}|(?:use|touch) (?:the |any |a |public )*cloud\b)"
    rf"|\b(?:nothing|none of (?:it|this|that|them)|no(?:t one)? (?:data|datum|byte|line|word|draft|files?|documents?|records?|text)) (?:(?:may|can|must|should|will|is|are|ever) )*{_LEAVE}\W+{_OUT}"
    r"|\b(?:stays?|remains?|sits?|runs?|kept|strictly|confined|everything|all of it|only) (?:(?:strictly|entirely|wholly) )?(?:inside|within|on|in|behind|to) (?:our|their|the (?:station|hospital|bank|ministry|company|court|clinic|client|customer)(?:.s)?)(?: own)? (?:\w+ )?(?:servers?|machines?|premises|hardware|buildings?|network|racks?|data ?cent\w+|data hall|firewall|computers?|vpc|box|walls)\b|\b(?:own|our) (?:servers?|hardware|racks?|machines?|premises|hosting) only\b|\bstrictly own (?:servers?|hardware|machines?)\b"
    r"|\b(?:must|has to|have to|needs? to|got to|gotta|should|shall|will|strictly) (?:all )?(?:stay|remain|be kept|live|run|be hosted) (?:strictly |entirely |with)?(?:in[- ]?house|inside|within|on[- ]site|on[- ]prem\w*|offline|local(?:ly)?|in (?:our|the) (?:building|network|office|hospital|data ?cent\w+)|on (?:our|the|its|their) (?:own )?(?:\w+ )?(?:servers?|machines?|premises|hardware|computers?)|behind our|on[- ]device)\b"
    r"|\b(?:cloud|saas|external api|third[- ]party api)s?\b (?:services? )?(?:is|are) (?:not (?:allowed|permitted|an option|possible)|forbidden|banned|out of the question|ruled out|prohibited|off limits)|\bno (?:cloud|external api)s?\b(?! (?:problem|issue|trouble))|\b(?:air[- ]gapped|on[- ]prem(?:ises?)? only)\b"
    rf"|\b(?:{_NO_ID}(?: (?:akan |pernah |bisa |dapat )?(?:boleh|bole|bisa|dapat|diizinkan|diperbolehkan|diperkenankan|dibenarkan))|jangan(?: sampai)?|dilarang(?: keras)?|haram|pantang)\W+(?:\w+\W+){{0,1}}?(?:keluar(?:kan)?|dikeluarkan|dibawa(?: keluar)?|meninggalkan|naik|dinaikkan|diunggah|di-?upload|upload|dikirim(?:kan)?|ditaruh|taruh|taro|disimpan|diproses|diolah|masuk|lewat|berada|pakai|pake|ke|di)(?:\W+(?:sampai|sampe|keluar|dari|ke|di|oleh|lewat))*\W+(?:\w+\W+)?{_PLACE}\b"
    rf"|\b{_NO_ID} ?(?:boleh|bole) (?:(?:di)?(?:pakai|pake) )?(?:cloud|awan)\b"
    rf"|\b(?:data|berkas|file|dokumen|rekam medis|catatan)(?:nya)?\b(?: \w+){{0,4}} (?:{_NO_ID} ?(?:boleh|bole)|jangan sampai|jgn sampe?|dilarang|haram) keluar(?=\W*$)"
    rf"|\b(?:{_NO_ID} ?(?:boleh|bole)|jangan sampai|jgn sampe?|dilarang|haram) keluar (?:dari )?{_PLACE}\b|\bcloud (?:dilarang|haram|tidak boleh|ga boleh|gak boleh)\b"
    r"|\b(?:harus|wajib|mesti|kudu|cuma boleh|hanya boleh|hrs|tetap|tetep) (?:tetap |tetep |selalu |disimpan |berada |diproses |diolah |jalan |berjalan |dijalankan |ada |stay |tinggal |di-?host )*(?:di )?(?:(?:dalam )?(?:server|peladen|jaringan|gedung|kantor|komputer|data ?center|pusat data|ruang server|mesin|infrastruktur|fasilitas|vpc)(?: \w+){0,2} (?:sendiri|kami|kita|internal|lokal|perusahaan|rs|rumah sakit|bank|dinas|pemerintah|negara|nasional|lembaga)|dalam (?:gedung|kantor|jaringan|perusahaan|rumah sakit)|on[- ]prem\w*|lokal|offline|luring)\b"
)  # fmt: skip
_MAY = re.compile(
    r"\b(?:(?:may|can|could) (?:all )?(?:go|leave|live|run|sit|stay|use|be \w+)|(?:is|are|been) (?:allowed|cleared|approved|permitted|free)(?: to)?|(?:ok|okay|fine|happy|free|safe) (?:to|for|if|with|in|on)|no (?:problem|objection|issue)s? (?:to|with|in|if)|approved for|cleared for|allowed in|allowed on)\b(?! not| never)\W+(?:\w+\W+){0,4}?clouds?\b"
    r"|\b(?:the |any |public )?clouds?\b(?: provider| use| service)?s? (?:is|are|would be) (?:fine|ok|okay|allowed|no problem|approved|acceptable|not a problem|all right|alright)\b|\bcloud (?:ok|okay|approved|allowed)\b"
    rf"|\b(?:boleh|bole|bisa|silakan|silahkan|aman|oke|ok|gapapa|gpp|bebas|diizinkan|diperbolehkan|{_NO_ID} (?:masalah|apa-?apa|papa|keberatan))(?: (?:saja|aja|kok|sih|kalau|kalo|jika|utk|untuk|buat))*\W+(?:(?:di|ke|naik|pakai|pake|dipakai|masuk|lewat|ditaruh|taruh|taro|disimpan|dikirim|diunggah|diproses|diolah|upload|di-?upload|dinaikkan)\W+)*(?:layanan )?(?:cloud|awan|komputasi awan)\b"
    r"|\bcloud(?:nya)? (?:boleh|oke|ok|aman|diizinkan|disetujui|gapapa|gpp)\b"
)  # fmt: skip
_DENIED = re.compile(
    rf"\b(?:not|never|no|don.?t|doesn.?t|isn.?t|aren.?t|{_NO_ID}|dilarang)\W+(?:\w+\W+){{0,1}}$"
)
_OPEN = re.compile(
    r"\?\s*$|\b(?:whether|or not|not sure|unsure|unclear|atau tidak|atau nggak|atau ga|atau engga|apakah|entah|belum (?:tahu|tau|jelas|pasti)|blm (?:tau|jelas)|boleh (?:ga|gak|nggak|ngga|tidak|engga|enggak)|unless|kecuali|but only|only in|dalam negeri|asal(?:kan)?)\b"
)
_PEOPLE = re.compile(
    r"\b(?:employees?|staff|people|nurses?|customers?|visitors?|guests?|users?|students?|pelanggan|tamu|pengguna|pegawai|karyawan|orang)\W+(?:\w+\W+)?$"
)
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")


def stays(text: str, found: Mapping[str, Fact]) -> list[Fact]:
    """The fact privacy, at most one: what must stay, else what may go to a cloud and is nowhere said to be protected."""
    told = list(_told(text))
    for code in ("on_prem", "regulated"):
        for one in told:
            if one.value == code:
                return [one]
    other = found.get("privacy")
    return told[:1] if other is None or is_guess(other) else []


def _told(text: str) -> Iterator[Fact]:
    for sentence in _SENTENCE.split(text):
        plain = sentence.casefold()
        if _OPEN.search(plain):
            continue
        for code, pattern in (("regulated", _ABROAD), ("on_prem", _STAY), ("none", _MAY)):
            hit = pattern.search(plain)
            if hit and not _DENIED.search(plain[: hit.start()]) and not _PEOPLE.search(plain[: hit.start()]):
                yield Fact("privacy", code, sentence.strip()[:300], "inferred")
                break
