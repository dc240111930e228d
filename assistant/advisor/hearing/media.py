"""Recognises tasks on images, sound and video by their words; decides nothing.

A task is a verb that handles the medium ("baca foto struk", "listen to calls"), or one of the trade's own words
(OCR, CCTV, text-to-speech). A mere mention is none: documents that hold pictures, a photo attached, a brand's voice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.advisor.facts import Fact, is_guess


@dataclass(frozen=True)
class Seen:
    """What the task works on (image, audio, video) or makes (picture, speech), and the sentence that says so."""

    kind: str
    quote: str


# Said of other things, of things that are text by now, or beside the task: blotted out before anything is looked for.
_NOT_MEANT = re.compile(
    r"\bgambaran\w*|\b(?:big|bigger|whole|full|clear(?:er)?|overall|general) pictures?\b|\bpicture (?:this|that)\b|\bin the picture\b"
    r"|\b(?:brand|own|our|house|active|passive|author.?s|writer.?s|company.?s|editorial|same|one)(?: \w+)? voices?\b"
    r"|\bvoices? (?:and|or|&) tones?\b|\b(?:tone|voices?) of (?:the |our |a )?(?:voice|brand|customers?|company|house)\b"
    r"|\bsuara (?:merek|brand|pelanggan|konsumen|rakyat|terbanyak|hati|warga)\b|\b(?:pemungutan|hak|perolehan|surat|jumlah) suara\b"
    r"|\b(?:docker|container|disk|system|public|brand|company|corporate|self)[- ]images?\b|\bcitra (?:merek|perusahaan|diri|publik)\b"
    r"|\b(?:phone|telephone|mobile) numbers?\b|\b(?:no(?:mor)?\.?|nomer) (?:tele?pon|telp|hp)\b|\bsound(?:s|ed)? (?:like|good|right|too|more|less|natural|human|stiff|robotic|wrong|so|as|polite)\b"
    r"|\b(?:photo|picture|image|video) (?:shop|studio|lab|editor|agency|archive|marketplace|platform|app|store)s?\b"
    r"|\bfoto ?(?:kopi|copy|grafer)\w*|\bphotocop\w+|\bphotograph(?:er|y)s?\b|\bvideographers?\b"
    r"|\b(?:video|zoom|audio|conference) (?:calls?|meetings?|conferences?|games?)\b(?! (?:recordings?|into))|\bvideo ?call\b"
    r"|\b(?:scan|scanned|scans|scanning) (?:the |our |all |through |incoming |every |each )*(?:e-?mails?|tickets?|messages?|texts?|articles?|news|code|logs?|reviews?|comments?|inbox)\b"
    r"|\b(?:kode|qr|barcode)[- ](?:batang|code|scan)\w*|\bscan (?:qr|barcode)\w*"
    r"|\bcapt?ions? (?:for|of|on) (?:our |the |instagram |ig |social )*(?:media|posts?|instagram|ig)\b"
    # text by now
    r"|\b(?:already|have been|been|were|are|is|got|gets?)?,? ?(?:\w+ )?\b(?:transcribed|ocr.?e?d|digiti[sz]ed)\b|\btranscripts?(?: (?:of|from) (?:\w+ ){0,3}?(?:calls?|videos?|recordings?|meetings?|audio|podcasts?))?\b"
    r"|\b(?:call|video|meeting|audio|voice|podcast) (?:transcripts?|logs?|summar(?:y|ies))\b|\b(?:recordings?|calls?|videos?|voice ?notes?|audio)\b[^.;!?\n]{0,40}\b(?:already transcribed|transcribed (?:first|already|by|in-house))\b"
    r"|\b(?:rekaman|video|audio|tele?pon|vn|suara|foto|scan\w*)\b[^.;!?\n]{0,40}\b(?:(?:sudah|udah|udh|sdh|telah) (?:di[ -]?)?(?:transkrip\w*|ocr|jadi teks|diketik\w*|disalin|diubah (?:jadi|ke|menjadi) teks))\b"
    r"|\b(?:before|after|post|setelah|sesudah|pasca|hasil|habis)[ -](?:ocr|transcription|transkripsi)\b|\b(?:raw |hasil |teks |\w+ )?(?:asr|speech[- ]recognition)[- ](?:text|output|results?|transcripts?)\b|\bhasil asr\b|\b(?:lewat|via|by|over|melalui|through) (?:the )?(?:tele?pon|telp|phone|phone calls?|vn|voice ?notes?|pesan suara|video)\b|\bvoice of (?:a|an|the)\b|\bpart[- ]of[- ]speech\b|\bfigures? of speech\b|\b(?:tulisan tangan|handwrit\w+|rekaman)\b[^.;!?\n]{0,40}\b(?:diketik|typed (?:up|in))\w*"
    r"|(?<!bisa )(?<!mau )(?<!tolong )(?<!bantu )(?<!buat )(?<!bikin )(?<!ingin )(?<!pengen )\btranskrip(?:nya)?(?: (?:rapat|rekaman|tele?pon|panggilan|video|podcast|wawancara|percakapan|zoom|suara|audio)){1,3}\b|\b(?:per|tiap|setiap|each) (?:tele?pon|panggilan|rekaman|video|call|recording)\b|\b(?:hasil|teks|output) (?:ocr|transkrip\w*)\b"
    # beside the task
    r"|\b(?:with|including|plus|some with|attach(?:ed|ing|es)?|contain(?:s|ing)?|hold(?:s|ing)?|has|have|had|full of|illustrated with|sometimes send) (?:an? |some |many |a few |also |the |of |embedded )*(?:\w+ )?(?:photos?|pictures?|images?|pics?|screenshots?|videos?|voice ?notes?)(?: attached| attachments?| in them| as well| too)*\b"
    r"|\b(?:photos?|pictures?|images?|pics?|screenshots?|videos?|audio)(?: (?:files?|product))? (?:attach(?:ed|ments?)|are (?:just |only )?attachments?|optional|not needed|stay as they are)\b"
    r"|\b(?:lampir\w*|terlampir|disertai|dilampiri|memuat|berisi|mengandung|bergambar|kadang(?:-kadang)?(?: (?:juga|ada|kirim|dengan|pakai))*|(?:ada|isinya|beserta|plus|sertakan|menyertakan)(?: juga| beberapa| banyak)?|dengan|sama) (?:\w+ )?(?:foto|gambar|video|screenshot|tangkapan layar|voice note|vn)(?:nya)?\b"
    r"|\b(?:foto|gambar|video|screenshot)(?: produk| barang)?(?:nya)? (?:cuma|hanya|sekadar|sebatas|cukup|tetap|jadi|sebagai|itu|di|ada di)? ?(?:lampiran|pelengkap|dilampirkan|terlampir|menyusul|opsional|nggak usah|gak usah|ga usah|tidak perlu|ga perlu|gak perlu)\w*"
)  # fmt: skip

_IMAGE = (
    r"photos?|pictures?|pics?|images?|imagery|snapshots?|scans|scanned \w+|screenshots?|x-?rays?|cctv|webcams?|cameras?"
    r"|handwrit\w+|ultrasounds?|mri|drone shots?|satellite images?|floor ?plans?|licen[cs]e plates?|number plates?"
    r"|foto(?:-foto)?(?:nya)?|poto|potret|gambar(?:-gambar)?(?:nya)?|citra|hasil (?:scan|pindai\w*|foto\w*)|scan(?:-?an)?|pindaian|tangkapan layar|kamera|rontgen"
    r"|usg|tulisan (?:tangan|dokter)|pelat nomor|plat nomor|plat (?:mobil|motor|kendaraan)"
)
_AUDIO = (
    r"audio|recordings?|recorded (?:calls?|interviews?|meetings?)|(?:interviews?|calls|meetings?|lectures?|sermons?) (?:are |were )?recorded|voice ?notes?|voice ?mails?|voice (?:messages?|recordings?|calls?)|podcasts?|phone ?calls?|(?:customer|support|sales|hotline|help ?line) calls|spoken \w+"
    r"|speech|microphones?|mics?|sound clips?|rekaman(?:nya)?|suara(?:nya)?|pesan suara|vn|tele?pon(?:nya|an)?|telp|panggilan(?:nya)?|siaran radio|mikrofon|mik|khotbah|ceramah|obrolan telp\w*"
)
_VIDEO = r"videos?|vid(?:io|eo)(?:-vid(?:io|eo))?(?:nya)?|footage|clips?|klip(?:nya)?|livestreams?|dashcams?|webinars?|siaran langsung"

_HANDLE_EN = (
    r"read(?:s|ing)?|extract\w*|detect\w*|recogni[sz]\w+|classif\w+|categori[sz]\w+|count(?:s|ing)?|listen\w*(?: to)?|watch(?:es|ing)?|transcri\w+|subtitl\w+|caption(?:s|ing)?"
    r"|describ\w+|scor(?:e|es|ing)|grad(?:e|es|ing)|rat(?:e|es|ing)|analy[sz]\w+|moderat\w+|summari[sz]\w+|translat\w+|tag(?:s|ging)?|label(?:s|ling)?|sort(?:s|ing)?|spot(?:s|ting)?|identif\w+"
    r"|cut(?:s|ting)?|trim\w*|edit(?:s|ing)?|dub(?:s|bing)?|monitor\w*|pars(?:e|es|ing)|digiti[sz]\w+|convert\w*|turn(?:s|ing)?|evaluat\w+|inspect\w*|segment\w*|denois\w+|enhanc\w+"
)
_HANDLE_ID = (
    r"(?:di|mem|me|men|ke)?baca(?:in|kan)?|(?:di|me(?:ng)?)?ekstrak\w*|(?:di|men)?deteksi\w*|ngedeteksi\w*|(?:di|me)?ngenal\w*|(?:di)?kenal(?:i|in)|(?:di|meng)?klasifikasi\w*|(?:di|meng|nge)?hitung\w*|itung\w*"
    r"|(?:di|men|nge)?denger?(?:in|kan)?|didengarkan|mendengarkan|dengar(?:kan)?|nonton\w*|menonton|(?:di)?tonton|(?:di|men)?transkrip\w*|(?:di)?subtitle\w*|(?:di)?takarir\w*|(?:di)?terjemah\w*|(?:men|n)erjemah\w*"
    r"|(?:di)?(?:nilai|skor|scoring)(?:in|kan|nya)?|menilai|nilaiin|(?:di)?periksa|memeriksa|(?:di|meng)?analis\w+|(?:di)?ringkas\w*|meringkas|ngeringkas|ngerangkum|merangkum|(?:di)?rangkum\w*|(?:di)?pilah\w*|memilah|(?:di)?sortir|menyortir|nyortir"
    r"|(?:di|me)?nebak|tebak|(?:di|men)?tandai\w*|menemukan|nemuin|temukan|(?:di)?edit|ngedit|(?:di)?potong\w*|memotong|motong\w*|(?:di)?pantau\w*|memantau|mantau|ngawasin|mengawasi|(?:di)?cek|ngecek|mengecek"
    r"|(?:di)?ubah|mengubah|ngubah|(?:di)?konversi\w*|mengonversi|(?:di)?salin|menyalin|nyalin|(?:di)?bandingkan|membandingkan|bandingin|(?:di)?labeli\w*|melabeli|ngelabelin|jadiin|dijadi(?:kan|in)|menjadi"
    r"|memindai|(?:di)?pindai|mindai|ngescan|(?:di)?scan|mengambil|ngambil|ambil|menarik|narik|tarik|mencocokkan|cocokin|membedakan|bedain|membeda\w*|mengidentifikasi|identifikasi|diagnos\w+|mendiagnosis"
)
_HANDLE = f"{_HANDLE_EN}|{_HANDLE_ID}"
_MAKE_EN = r"generat\w+|creat\w+|mak(?:e|es|ing)|draw(?:s|ing)?|produc\w+|design\w*|paint\w*|render\w*|synthesi[sz]\w+|(?<!\w)clon\w+"
_MAKE_ID = r"(?:mem|di|nge)?buat(?:kan|in)?|bikin(?:in|kan)?|ngebikin|(?:meng|di)?hasilkan|(?:meng)?gambar(?:in|kan)?|ngegambar|meng?generate|generate|desain\w*|mendesain|kloning|mengkloning"
_MAKE = f"{_MAKE_EN}|{_MAKE_ID}"

# Words of the trade: they name such a task by themselves.
_TRADE: tuple[tuple[str, str], ...] = (
    ("speech", r"\b(?:text[- ]?to[- ]?speech|tts|voice ?-?(?:clon\w+|over)|speech synthesis|(?:ubah|mengubah|bacakan|ngubah) (?:\w+ ){0,3}(?:teks|tulisan|artikel|naskah|buku) (?:\w+ ){0,3}(?:jadi|ke|menjadi|dengan) (?:suara|audio)|audio ?books?|(?:reads?|reading) (?:[\w-]+ ){1,4}(?:aloud|out loud))\b"),
    ("audio", r"\b(?:speech[- ]?(?:to[- ]?text|recognition)|stt|asr|voice ?bots?|voice assistants?|asisten suara|voice agents?|speaker (?:recognition|identification|diari[sz]ation)|diari[sz]ation|pengenal(?:an)? (?:suara|ucapan)|callbot|ivr|robot penjawab telepon|transkripsi (?:audio|suara|rekaman|rapat|otomatis))\b"),
    ("video", r"\b(?:(?:auto(?:matic(?:ally)?)?|otomatis)[ -]subtitl\w+|subtitl\w+ (?:otomatis|automatically)|(?:add|put|generat\w+|mak(?:e|es|ing)|creat\w+|bikin(?:in)?|(?:mem)?buat(?:kan)?|kasih|pasang|nambahin|menambahkan) (?:\w+ )?(?:subtitl\w+|takarir)|(?:subtitle|subtitling|nyubtitle\w*|subtitle-?in) (?:our|the|all|my|these|video|film|semua)|closed captions?|auto[- ]?captions?|video (?:analysis|analytics|moderation|editing|summari[sz]ation|tagging))\b"),
    ("image", r"\b(?:(?:mau|butuh|perlu|bikin|buat|pakai|pake|coba|need|needs|want|do|doing|run|building|build|sistem|model|tool|an?|untuk|for) ocr(?!.?e?d\b| (?:clean|correct|error|output|text|result|noise|post))|ocr (?:for|of|buat|untuk|dari|on|foto|scan|dokumen|struk|ktp|nota|faktur)|optical character recognition|computer vision|visi komputer|face recognition|facial recognition|(?:pengenalan|deteksi|absen\w*(?: pakai)?) wajah|object detection|deteksi objek|image (?:recognition|classification|segmentation)|pengenalan (?:gambar|citra)|yolo|dicom|(?:scan|ngescan|memindai|pindai) (?:\w+ )?(?:ktp|kk|sim|stnk|ijazah|struk|nota|kuitansi|kwitansi|faktur|formulir|receipts?|invoices?|id cards?|passports?|forms?|documents?|dokumen))\b"),
    ("picture", r"\b(?:text[- ]?to[- ]?image|image generat\w+|stable diffusion|midjourney|dall-?e)\b"),
)  # fmt: skip
_OWN = {"image": _IMAGE, "audio": _AUDIO, "video": _VIDEO}
_STEP = r"(?:\W+(?!to\b|untuk\b|biar\b|supaya\b|agar\b)[\w'’-]+){0,%d}?\W+"
_NEAR, _CLOSE = _STEP % 4, _STEP % 2


def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    made = [(kind, re.compile(pattern)) for kind, pattern in _TRADE]
    made += [
        ("picture", re.compile(rf"\b(?:{_MAKE})\b{_CLOSE}(?:images?|pictures?|illustrations?|logos?|posters?|banners?|ilustrasi|gambar|logo|poster)\b")),
        ("video", re.compile(rf"\b(?:{_MAKE})\b{_CLOSE}(?:videos?|vid(?:io|eo)|animations?|animasi)\b")),
        ("speech", re.compile(rf"\b(?:{_MAKE})\b{_CLOSE}(?:audio|speech|suara|voices?(?! (?:assistants?|bots?|agents?|notes?|messages?))|songs?|music|lagu|musik|podcasts?)\b")),
    ]  # fmt: skip
    for kind in ("video", "audio", "image"):
        noun = _OWN[kind]
        made.append((kind, re.compile(rf"\b(?:{_HANDLE})\b{_NEAR}(?:{noun})\b")))
        made.append(
            (
                kind,
                re.compile(
                    rf"\b(?:from|off|dari|dr) (?:(?:the|our|their|a|an|\d[\w.,]*|old|short|lecture|phone|customer|product|drone|hasil) ){{0,3}}(?:{noun})\b(?! (?:lama|kemarin|tadi|earlier)\b)"
                ),
            )
        )
        made.append((kind, re.compile(rf"\b(?:{noun})\b{_NEAR}(?:{_HANDLE})\b")))
        made.append(
            (kind, re.compile(rf"\b(?:input|masukan|inputan)(?:nya)?\W+(?:\w+\W+){{0,2}}?(?:{noun})\b"))
        )
    return tuple(made)


_TASKS = _patterns()
_DENIED = re.compile(
    r"\b(?:no|not|never|without|don.?t|doesn.?t|isn.?t|aren.?t|rather than|instead of|tidak|tdk|tak|nggak|enggak|gak|ga|bukan|tanpa|belum|jangan)\W+(?:\w+\W+){0,3}$"
)
_CAN_IT = re.compile(
    r"\b(?:bisa|bs|boleh|mungkin|mau) (?:nggak|enggak|gak|ga|tidak|tdk)\b"
)  # asks, denies nothing
_NONE_OF = re.compile(r"\b(?:no|without|never|tanpa|bukan|tidak ada|not)\b")
_LONG = 40  # words; in a longer message a medium is often mentioned beside the task
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")


def seen(text: str) -> Seen | None:
    """The first task on another medium that the text tells; None for text about text."""
    for sentence in _SENTENCE.split(text):
        plain = _NOT_MEANT.sub(lambda hit: "·" * len(hit.group()), _CAN_IT.sub("·", sentence.casefold()))
        for kind, pattern in _TASKS:  # the most exact first
            match = pattern.search(plain)
            if match and not (_DENIED.search(plain[: match.start()]) or _NONE_OF.search(match.group())):
                return Seen(kind, sentence.strip()[:300])
    return None


_TEXT_NOW = re.compile(
    r"\b(?:transkrip\w*|transcripts?|hasil ocr|ocr\W?(?:nya)?|teks(?:nya)?)\b[^.!?\n]{0,30}\b(?:sudah|udah|udh|sdh|telah|ada|rapi|already|exist\w*|ready|done|clean)\b"
    r"|\b(?:sudah|udah|udh|sdh|telah|already|have|has|got)\b[^.!?\n]{0,20}\b(?:ditranskrip\w*|di-?ocr|jadi teks|ada (?:transkrip|teks)\w*|transcribed|transcripts?|ocr.?e?d|as text|in text form)\b"
)


def is_text_now(text: str) -> bool:
    """Whether it says that the sound or pictures have been turned into text already."""
    hit = _TEXT_NOW.search(text.casefold())
    return hit is not None and not _DENIED.search(text.casefold()[: hit.start()])


def facts(text: str, found: Mapping[str, Fact]) -> list[Fact]:
    """What such a task says of input and task, beside what was `found` in the text already. In a long message the
    reader, which weighs all of it, may say that the input is something else (of the written messages in which the
    rule was wrong it did so in nine of ten, of the others in one of thirty)."""
    saw, kind = seen(text), found.get("input_kind")
    other = kind is not None and kind.value not in ("image", "audio")
    if saw is None or (other and len(text.split()) > _LONG):
        return []
    task = found.get("task_type")
    made = []
    if saw.kind in ("image", "audio"):
        made.append(Fact("input_kind", saw.kind, saw.quote, "inferred"))
    if not made or task is None or is_guess(task):
        made.append(Fact("task_type", "vision_audio", saw.quote, "inferred"))
    return made
