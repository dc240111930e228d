"""Personal data of nobody in the many forms in which people write it, and look-alikes that are none, drawn with a seed.

Knows nothing of the checks. A form is a phrase and the part of it that is personal; a look-alike is a phrase alone.
"""

import string
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

Form = tuple[str, str]
_WIDE, _DASH = "\u00a0", "–"  # as word processors write them


def digits(draw: Random, count: int) -> str:
    return "".join(draw.choice(string.digits) for _ in range(count))


def grouped(number: str, sizes: Sequence[int], mark: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return mark.join(part for part in [*parts, number[at:]] if part)


def _said(draw: Random, value: str, *contexts: str) -> Form:
    return draw.choice(contexts).replace("{}", value), value


# Numbers that the state or a bank gives.
def nik_digits(draw: Random) -> str:
    born = date(1950, 1, 1) + timedelta(days=draw.randrange(56 * 365))
    place = draw.choice((11, 12, 14, 16, 18, 31, 32, 33, 34, 35, 36, 51, 53, 61, 64, 71, 73, 91))
    day = born.day + draw.choice((0, 40))
    where = f"{place}{draw.randint(1, 79):02d}{draw.randint(1, 30):02d}"
    return f"{where}{day:02d}{born:%m%y}{draw.randint(1, 9999):04d}"


def nik(draw: Random) -> Form:
    sizes, mark = draw.choice((((), ""), ((), ""), ((4, 4, 4), " "), ((6, 6), " "), ((6, 6), "-"), ((4, 4, 4), "-"), ((6, 6), "."),
        ((4, 4, 4), "."), ((2, 2, 2, 6), "."), ((2, 2, 2, 6), " "), ((2, 2, 2, 2, 2, 2), "."), ((4, 4, 4), _WIDE), ((6, 6), "/"), ((6, 6), " - "), ((8,), " ")))  # fmt: skip
    return _said(draw, grouped(nik_digits(draw), sizes, mark), "NIK {}", "NIK saya {}", "NIK{}", "nik{}", "NIK: {}", "nik={}", "NIK.{}",
        "No. KTP {}", "KTP:{}", "nomor induk kependudukan {}", "(NIK {})", "{}", "ini ktp saya: {}", "my ID number is {}", "NIK-{}", "KTP{}", "no.ktp{}")  # fmt: skip


def npwp(draw: Random) -> Form:
    old, new = digits(draw, 15), "0" + digits(draw, 15)
    dotted = "{}{}.{}{}{}.{}{}{}.{}-{}{}{}.{}{}{}".format(*old)
    named = ("NPWP {}", "NPWP{}", "npwp: {}", "NPWP saya {}", "No. NPWP: {}", "nomor pokok wajib pajak {}", "npwp {} ya", "NPWP={}", "my tax number (NPWP) is {}")  # fmt: skip
    sizes, sizes16 = (2, 3, 3, 1, 3), draw.choice(((4, 4, 4), (), (6, 6), (3, 3, 3, 3)))
    written = draw.choice((dotted, dotted, grouped(old, sizes, "."), grouped(old, sizes, " "), grouped(old, sizes, "-"),
        grouped(old, sizes, _WIDE), dotted.replace("-", " - "), dotted.replace("-", _DASH)))  # fmt: skip
    if draw.random() < 0.5:
        return _said(draw, written, "{}", *named)
    return _said(draw, draw.choice((old, grouped(new, sizes16, draw.choice((" ", ".", "-"))), new)), *named)


def bpjs(draw: Random) -> Form:
    number = "000" + digits(draw, 10)
    if draw.random() < 0.2:
        return _said(draw, digits(draw, 11), "BPJS Ketenagakerjaan {}", "KPJ {}", "BPJS TK: {}", "no. peserta Jamsostek {}")  # fmt: skip
    sizes, mark = draw.choice((((), ""), ((), ""), ((4, 4), " "), ((4, 4), "-"), ((4, 4), "."), ((3,), "-"), ((3, 5), " "), ((4, 4), _WIDE)))  # fmt: skip
    return _said(draw, grouped(number, sizes, mark), "{}", "BPJS {}", "BPJS{}", "No. BPJS: {}", "kartu BPJS Kesehatan {}", "nomor peserta JKN {}", "KIS {}", "my BPJS number is {}", "bpjs={}")  # fmt: skip


def card(draw: Random) -> Form:
    length, first = draw.choice(((16, "4"), (16, "51"), (16, "55"), (16, "2223"), (15, "34"), (15, "37"), (16, "6011"), (16, "3530")))  # fmt: skip
    body = first + digits(draw, length - 1 - len(first))
    number = body + check_digit(body)
    sizes = (4, 6) if length == 15 else (4, 4, 4)
    written = grouped(number, sizes, draw.choice(("", "", " ", "-", ".", _WIDE, _DASH, " - ")))
    return _said(draw, written, "{}", "kartu {}", "kartu kredit saya {}", "CC:{}", "card number {}", "my card {} was declined", "no. kartu: {}", "VISA {}", "visa{}", "debit {} exp 12/27", "card={}")  # fmt: skip


def check_digit(body: str) -> str:
    """Luhn's."""
    doubled = (sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(body)))
    return str(-sum(doubled) % 10)


def iban(draw: Random) -> Form:
    country, body = draw.choice((("DE", digits(draw, 18)), ("NL", "ABNA" + digits(draw, 10)), ("GB", "WEST" + digits(draw, 14)),
        ("FR", digits(draw, 23)), ("SA", digits(draw, 20)), ("AE", digits(draw, 19)), ("BE", digits(draw, 12))))  # fmt: skip
    plain = "".join(str(int(c, 36)) for c in body + country + "00")
    number = f"{country}{98 - int(plain) % 97:02d}{body}"
    written = grouped(number, [4] * (len(number) // 4), draw.choice(("", " ", " ", "-", _WIDE, ".")))
    written = written.lower() if draw.random() < 0.1 else written
    return _said(draw, written, "{}", "IBAN {}", "IBAN: {}", "my IBAN is {}", "transfer ke {} ya", "iban={}", "IBAN{}", "send it to {} please")  # fmt: skip


# Ways to reach someone.
def phone(draw: Random) -> Form:
    mobile = "8" + draw.choice("1235789") + digits(draw, draw.choice((7, 8, 9, 10)))
    sizes, mark = draw.choice((((), ""), ((3, 4), " "), ((3, 4), "-"), ((3, 4), "."), ((2, 4), " "), ((3, 3, 2), " "), ((2, 2, 2, 2), " "), ((3, 4), _WIDE), ((3, 4), _DASH), ((3, 4), " - ")))  # fmt: skip
    said = draw.choice(("0", "+62", "62", "+62 ", "+62-", "(+62) ", "0062", "(0", "+62 (0) ", "62 "))
    number = (
        f"(0{grouped(mobile, sizes, mark)})" if said == "(0" else said + grouped(mobile, sizes, mark or "")
    )
    fixed = f"{draw.choice(('021', '022', '031', '0274', '0361'))}"
    line = draw.choice((f"({fixed}) {digits(draw, 3)} {digits(draw, 4)}", f"({fixed}){digits(draw, 7)}", f"{fixed}-{digits(draw, 7)}",
        f"{fixed} {digits(draw, 3)}-{digits(draw, 4)}", f"+62 {fixed[1:]} {digits(draw, 7)}", f"({fixed}) {digits(draw, 3)}-{digits(draw, 4)}"))  # fmt: skip
    abroad = draw.choice((f"+65 9{digits(draw, 3)} {digits(draw, 4)}", f"+1 415 {digits(draw, 3)} {digits(draw, 4)}", f"+44 20 {digits(draw, 4)} {digits(draw, 4)}", f"+60 12-{digits(draw, 3)} {digits(draw, 4)}", f"(415) 555-{digits(draw, 4)}"))  # fmt: skip
    value = draw.choice((number, number, number, line, abroad))
    return _said(draw, value, "{}", "hubungi {}", "HP {}", "hp{}", "HP:{}", "WA {}", "wa {} ya", "telp.{}", "Telp. {}", "call me on {}", "no. hp saya {}", "phone: {}", "tel:{}", "hub {}", "nomor saya {}", "whatsapp={}")  # fmt: skip


def email(draw: Random) -> Form:
    user = draw.choice(
        ("budi", "siti.aminah", "j_doe", "rina-p", "a.b+toko", "BudiS", "cs", "dewi_l", "o'neil", "x1")
    )
    user += str(draw.randint(1, 99)) * draw.randint(0, 1)
    site, end = draw.choice((("gmail", "com"), ("contoh", "co.id"), ("mail.example", "org"), ("yahoo", "co.id"), ("perusahaan-kami", "id"), ("example", "com")))  # fmt: skip
    host = f"{site}.{end}"
    spoken = host.replace(".", draw.choice((" dot ", "[dot]", "(dot)", " [dot] ", " titik ")))
    plain, spaced = f"{user}@{host}", draw.choice((f"{user} @ {host}", f"{user}@ {host}", f"{user} @{host}"))
    marked = user + draw.choice(("[at]", "(at)", " [at] ", " (at) ", "{at}", "[@]", " [AT] ", "<at>", "(et)")) + draw.choice((host, host, spoken))  # fmt: skip
    value = draw.choice((plain, plain, plain.upper(), spaced, marked, marked))
    if draw.random() < 0.15:
        joined = draw.choice((" dot ", " titik "))
        return _said(draw, f"{user} at {host.replace('.', joined)}", "email saya {}", "email: {}", "my email is {}", "kirim ke email {}")  # fmt: skip
    return _said(draw, value, "{}", "email {}", "email:{}", "kirim ke {} ya", "e-mail saya {}", "<{}>", "write to {}.", "mailto:{}", "surel={}", "my address is {}, thanks")  # fmt: skip


def ip(draw: Random) -> Form:
    if draw.random() < 0.5:
        value = ".".join(str(draw.randint(1, 254)) for _ in range(4))
        written = draw.choice(("{}", "{}:8080", "http://{}/login", "{}/24"))
    else:
        parts = [f"{draw.randint(1, 65535):x}" for _ in range(6)]
        value = draw.choice((f"2001:db8:{':'.join(parts)}", f"fe80::{':'.join(parts[:4])}", f"2404:{parts[0]}::{parts[1]}", f"2001:DB8::{parts[2].upper()}", f"2a00:{':'.join(parts[:3])}::1"))  # fmt: skip
        written = draw.choice(("{}", "[{}]", "{}/64", "{}"))
    return _said(draw, value, *(c.replace("{}", written) for c in ("{}", "IP {}", "IP: {}", "server {} mati", "login dari {}.", "from {}, I think", "alamat ip={}")))  # fmt: skip


def plate(draw: Random) -> Form:
    region = draw.choice(("B", "D", "F", "L", "N", "AB", "AD", "DK", "BK", "KT", "H", "Z"))
    number, end = str(draw.randint(1, 9999)), "".join(draw.sample(string.ascii_uppercase, draw.choice((1, 2, 2, 3, 3))))  # fmt: skip
    written = draw.choice((" ", " ", "-", ".", "", "  ", _WIDE)).join((region, number, end))
    named = ("plat {}", "plat nomor {}", "nopol {}", "mobil saya {}", "motor {} hilang", "No. Polisi: {}", "plat{}", "my car, plate {}", "parkir mobil {}")  # fmt: skip
    if draw.random() < 0.3:
        written = written.lower()
    elif len(number) == 4 and len(end) > 1:
        return _said(draw, written, "{}", *named)
    return _said(draw, written, *(c for c in named if c != "plat{}" or written.startswith(region)))


# Secrets.
def key(draw: Random) -> Form:
    some = "".join(draw.choice(string.ascii_letters + string.digits) for _ in range(200))
    low = some.lower()
    value = draw.choice((
        f"sk-{some[:48]}", f"sk-proj-{some[:20]}_{some[20:60]}-{some[60:80]}", f"sk-ant-api03-{some[:40]}-{some[40:80]}AA", f"AIza{some[:35]}", f"ghp_{some[:36]}", f"gho_{some[:36]}",
        f"github_pat_{some[:22]}_{some[22:81]}", f"hf_{some[:34]}", f"xoxb-{digits(draw, 12)}-{digits(draw, 12)}-{some[:24]}", f"AKIA{some[:16].upper()}", f"ASIA{some[:16].upper()}",
        f"eyJhbGciOiJIUzI1NiJ9.eyJ{some[:40]}.{some[40:83]}", f"sk_live_{some[:24]}", f"glpat-{some[:20]}", f"SG.{some[:22]}.{some[22:65]}", f"npm_{some[:36]}", f"gsk_{some[:52]}",
        f"r8_{some[:37]}", f"GOCSPX-{some[:28]}", f"nvapi-{some[:64]}", f"xai-{some[:80]}", f"SB-Mid-server-{some[:24]}", f"xnd_production_{some[:48]}", f"whsec_{some[:32]}", f"pplx-{low[:48]}",
        f"dop_v1_{''.join(c for c in (low * 3) if c in 'abcdef0123456789')[:64]}", f"{digits(draw, 10)}:AA{some[:33]}",
    ))  # fmt: skip
    return _said(draw, value, "{}", "api key {}", "kunci API saya {}", "OPENAI_API_KEY={}", "Authorization: Bearer {}", "token: {}", 'key="{}"', "pakai {} ya", "here is my token {}, it fails", "`{}`")  # fmt: skip


# Who and where.
_GIVEN = ("Budi", "Siti", "Agus", "Dewi", "Rangga", "Ayu", "Wayan", "Ketut", "Ucok", "Asep", "Euis", "Farhan", "Nurul", "Hendra", "Yohanes", "Maria", "Li Wei", "Kevin", "Sarah", "John", "Priya", "Ahmad", "Zulkifli", "Fitriani", "Togar", "Gilang")  # fmt: skip
_FAMILY = ("Santoso", "Wijaya", "Lestari", "Smith", "Nasution", "Siregar", "Hidayat", "Kusuma", "Pratama", "Simanjuntak", "Tan", "Saputra", "Rahmawati", "Halim", "O'Connor", "Sihombing", "Prasetyo", "Wulandari", "Patel")  # fmt: skip


def name(draw: Random) -> Form:
    value = f"{draw.choice(_GIVEN)} {draw.choice(_FAMILY)}"
    value = draw.choice(
        (value, value, value, value.upper(), value.split()[0] if value[:2] != "Li" else value)
    )
    titled = ("Yth. Bapak {},", "Yth. Bapak H. {}", "Kepada Yth. Ibu Hj. {}", "Kepada Yth. Sdr. {} di tempat", "Bapak {} sudah datang", "saudari {} menelepon", "saudara {}", "Dear Mr. {},", "Ms. {} called", "Sdri. {}", "dengan Ibu {}", "Pak {} tadi telepon", "Dr. {} yang menangani", "Bpk. Drs. {}", "Bapak Ir. {}")  # fmt: skip
    said = ("Nama saya {}.", "nama saya {}, mau tanya", "nama: {}", "Nama lengkap: {}", "a.n. {}", "a/n {}", "an. {}", "atas nama {}", "my name is {}.", "My name is {} and I need help", "name: {}", "perkenalkan, saya {}", "saya bernama {}", "pelanggan bernama {}", "rekening a.n {}", "Nama pemegang kartu: {}", "Full name: {}", "customer name: {}", "nama ibu kandung: {}", "nama ibu kandung saya {}", "atas nama: {}")  # fmt: skip
    signed = ("Salam,\n{}", "Hormat saya,\n{}", "Regards,\n{}", "Terima kasih,\n{}")
    if draw.random() < 0.3:
        value = f"{draw.choice(_GIVEN)} {draw.choice(_FAMILY)}".lower()
        return _said(draw, value, "nama saya {}", "nama saya {} mau tanya", "nama saya {} dari bandung", "a.n. {}", "atas nama {}", "my name is {}", "nama: {}", "nama lengkap saya {}", "my name is {} and i need help", "an {}, tolong dicek", "nama saya adalah {}")  # fmt: skip
    return _said(draw, value, *titled, *said, *signed)


def address(draw: Random) -> Form:
    street = draw.choice(("Merdeka", "Jend. Sudirman", "Gatot Subroto", "Kebon Jeruk Raya", "Mawar III", "Ir. H. Juanda", "Pahlawan", "Cempaka Putih Tengah", "Diponegoro"))  # fmt: skip
    way = draw.choice(("Jl. ", "Jl ", "Jalan ", "Jln. ", "Jln ", "jl. ", "Jl.", "Gg. ", "Gang "))
    number = (
        draw.choice(("No. ", "No.", "no ", "Nomor ", "No "))
        + f"{draw.randint(1, 250)}{draw.choice(('', '', 'A', 'B'))}"
    )
    rt, rw = draw.randint(1, 20), draw.randint(1, 20)
    ward = draw.choice((f"RT {rt:02d}/RW {rw:02d}", f"RT {rt:03d} RW {rw:03d}", f"RT.{rt:02d}/RW.{rw:02d}", f"RT/RW {rt:03d}/{rw:03d}", f"rt {rt} rw {rw}", f"RT{rt:02d} RW{rw:02d}", f"RT {rt:02d} / RW {rw:02d}", f"RT. {rt:02d} RW. {rw:02d}", f"RT{rt:03d}/{rw:03d}", f"RT/RW: {rt:02d}/{rw:02d}"))  # fmt: skip
    line = f"{way}{street}{draw.choice((' ', ', '))}{number}"
    line = line.lower() if draw.random() < 0.2 else line
    estate = f"{draw.choice(('Perumahan', 'Perum', 'Komplek', 'Kompleks'))} Griya Asri Blok {draw.choice('ABCD')}{draw.randint(1, 9)} No. {draw.randint(1, 99)}"
    abroad = f"{draw.randint(1, 250)} {draw.choice(('Baker', 'High', 'Orchard', 'North Bridge', 'Station'))} {draw.choice(('Street', 'Road', 'Avenue', 'Lane'))}"
    value = draw.choice((line, line, f"{line} {ward}", f"{line}, {ward}", ward, estate, abroad))
    return _said(draw, value, "{}", "alamat saya {}", "Alamat: {}", "kirim ke {} ya", "rumah saya di {}.", "I live at {}", "tinggal di {}, Bandung")  # fmt: skip


PERSONAL: Mapping[str, Callable[[Random], Form]] = {
    "nik": nik, "npwp": npwp, "bpjs": bpjs, "phone": phone, "plate": plate, "email": email, "card": card, "iban": iban, "ip": ip,
    "key": key, "name": name, "address": address,
}  # fmt: skip


# Look-alikes: nobody's, though long, coded or capitalised.
def _no_person(draw: Random) -> str:
    """Sixteen digits that are no NIK by date, no card by check digit, and no tax number."""
    number = f"{draw.choice('3456789')}{digits(draw, 7)}{draw.randint(13, 99)}{digits(draw, 5)}"
    number = number[:6] + f"{draw.randint(72, 99)}" + number[8:]
    return number + str((int(check_digit(number)) + draw.randint(1, 9)) % 10)


def _order(draw: Random) -> str:
    number = draw.choice((digits(draw, 8), digits(draw, 12), _no_person(draw), digits(draw, 10)))
    number = number.replace("0", "1", 1) if number[0] == "0" else number
    number = "7" + number[1:] if number[:2] in ("62", "81") or (number[0] in "03456" and len(number) in (13, 15)) else number  # fmt: skip
    return draw.choice((f"pesanan {number}", f"order #{number}", f"No. pesanan: {number}", f"order number {number}", f"resi JNE {number}", f"tiket #{number}", f"ID transaksi {number}"))  # fmt: skip


def _invoice(draw: Random) -> str:
    return draw.choice((f"invoice {_no_person(draw)}", f"faktur no. {_no_person(draw)}", f"INV/{draw.randint(2019, 2026)}/{draw.randint(1, 12):02d}/{digits(draw, 6)}", f"INV-{draw.randint(2019, 2026)}-{digits(draw, 6)}", f"nomor invoice {grouped(_no_person(draw), (4, 4, 4), ' ')}", f"PO-{digits(draw, 10)}"))  # fmt: skip


def _price(draw: Random) -> str:
    amount = draw.randint(1_000, 99_999_999) * 1000
    dotted = f"{amount:,}".replace(",", ".")
    return draw.choice((f"Rp {dotted}", f"Rp{dotted}", f"Rp. {dotted},00", f"IDR {amount:,}", f"harga {dotted}", f"totalnya {amount}", f"sebesar {dotted} rupiah", f"seharga {amount} rupiah", f"USD {amount / 100:,.2f}", f"2 pcs @ Rp{dotted}", f"{dotted}/bulan"))  # fmt: skip


def _isbn(draw: Random) -> str:
    body = "978602" + digits(draw, 6)
    last = str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(body)) % 10)
    book = body + last
    return draw.choice((f"ISBN {grouped(book, (3, 3, 2, 4), '-')}", f"ISBN {book}", f"ISBN: {grouped(book, (3, 3, 3, 3), '-')}", f"barcode 899{digits(draw, 10)}", f"ISSN {digits(draw, 4)}-{digits(draw, 4)}"))  # fmt: skip


def _moment(draw: Random) -> str:
    day = date(2018, 1, 1) + timedelta(days=draw.randrange(3000))
    hour, minute, second = draw.randrange(24), draw.randrange(60), draw.randrange(60)
    clock = f"{hour:02d}:{minute:02d}:{second:02d}"
    return draw.choice((f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d} {clock}", f"{day}T{clock}Z", f"{day:%d-%m-%Y} jam {hour:02d}.{minute:02d}", f"{day:%d.%m.%Y}", f"{day:%Y%m%d}{hour:02d}{minute:02d}{second:02d}", f"jam {clock}", f"{day.year}-{day.year + 1}", f"tahun {day.year}, {day.year + 1}, {day.year + 2}", f"timestamp {draw.randrange(1_500_000_000, 1_800_000_000)}", f"ts={draw.randrange(1_500_000_000_000, 1_800_000_000_000)}", f"{day:%d %B %Y} - {day + timedelta(days=9):%d %B %Y}", f"{day:%d/%m/%Y} {hour:02d}:{minute:02d} - {day:%d/%m/%Y} 23:59"))  # fmt: skip


def _release(draw: Random) -> str:
    a, b, c, d = (draw.randint(0, 20) for _ in range(4))
    return draw.choice((f"versi {a}.{b}.{c}", f"v{a}.{b}.{c}.{d}", f"version {a}.{b}.{c}.{d}", f"Chrome 120.0.{6000 + a}.{100 + b}", f"iOS 17.{b}.{c}", f"Android {a}.{b}", f"build {digits(draw, 6)}", f"firmware {a}.{b}.{c}.{d}", f"Python 3.{b}.{c}", f"bab {a}.{b}.{c}.{d}", f"update ke {a}.{b}.{c}.{d}", f"rev {a}.{b}-{digits(draw, 4)}"))  # fmt: skip


_PRODUCTS = (
    "Samsung Galaxy S24 Ultra", "iPhone 15 Pro Max", "Redmi Note 13", "RTX 4090 TI", "Core i7 13700 KF", "A4 80 GSM", "Honda CB 150 R", "Yamaha R 15", "Epson L 3210", "Canon EOS 1500 D", "PS 5 4K",
    "Toyota Avanza 1500 CC", "Power bank 10000 MAH", "Indomie Goreng 85 GR", "SK-II Facial Treatment", "Dr. Martens 1460", "MR DIY", "Ms Word 2019", "Dr Pepper", "Mr. Bean", "baterai AA 1500 MAH", "kode promo HEMAT2024", "SKU-A1234BC", "seri F 1000 GT",
    "model H 1234 ABC", "L 500 ML", "kursi P 120 CM", "B 2024 EDITION", "task-management-system-v2-for-teams", "sk-danger-outline-variant-large", "resolusi 1920 x 1080", "kertas F 4", "std::vector", "a::before", "rasio 16:9", "00:1A:2B:3C:4D:5E", "harga @ 5000", "@tokokita",
)  # fmt: skip
_BRANDS = (
    "Bank Mandiri", "Bank Central Asia", "PT Maju Jaya", "atas nama PT Sumber Rejeki", "a.n. CV Karya Abadi", "Ibu Kota Nusantara", "Bapak Presiden", "Ibu Pertiwi", "Pak RT setempat", "Ibu Guru", "nama saya salah di tiket", "nama saya belum terdaftar", "my name is wrong on the card", "my name is misspelled",
    "nama barang: Kipas Angin", "nama produk: Sabun Cuci", "nama toko: Berkah Jaya", "Kak admin tolong", "Mas kurir ramah", "This is Urgent", "this is Great Service", "Jalan-jalan ke Bali", "jalan kaki 10 menit", "Ibu Kota baru", "Bu, tolong dicek", "Kota Bandung", "Jl. Sudirman macet", "Salam,\nsemoga sukses", "Terima kasih,\nMohon dibantu",
    "Universitas Gadjah Mada", "Garuda Indonesia", "Hari Kartini", "Jalan Tol Cipali", "Gunung Semeru", "file name: report", "username: admin", "Dear Customer Service,", "Yth. Bapak/Ibu", "Yth. Pimpinan Perusahaan", "nama bank: BCA", "I'm Very Disappointed", "Saya Sangat Kecewa", "an hour ago", "an. example", "at noon dot the i", "I bought it at a shop dot com era", "RT this tweet",
)  # fmt: skip
_LONG = (
    lambda d: f"commit {''.join(d.choice('0123456789abcdef') for _ in range(40))}", lambda d: f"jarak {digits(d, 2)} km, {digits(d, 3)} liter", lambda d: f"kurs {d.randint(14, 17)}.{digits(d, 3)},{digits(d, 2)}",
    lambda d: f"{d.randint(1, 90)}.{digits(d, 6)}, {d.randint(90, 140)}.{digits(d, 6)}", lambda d: f"populasi {d.randint(1, 270)}.{digits(d, 3)}.{digits(d, 3)}", lambda d: "pi 3.14159265358979", lambda d: f"skor {d.randint(0, 9)}-{d.randint(0, 9)}, {d.randint(0, 9)}-{d.randint(0, 9)}",
    lambda d: f"kode pos {d.randint(10000, 99999)}", lambda d: f"kolom {' '.join(digits(d, 2) for _ in range(8))}", lambda d: f"nomor antrian {d.randint(1, 999)}", lambda d: f"pasal {d.randint(1, 30)} ayat {d.randint(1, 9)} UU No. {d.randint(1, 30)} Tahun {d.randint(1990, 2024)}", lambda d: f"{d.randint(1, 99)} + {d.randint(1, 99)} = {d.randint(100, 199)}",
    lambda d: f"Visa ending in {digits(d, 4)}", lambda d: f"4111 **** **** {digits(d, 4)}", lambda d: f"uuid {digits(d, 8)}-{digits(d, 4)}-4{digits(d, 3)}-a{digits(d, 3)}-{digits(d, 12)}",
)  # fmt: skip

NOBODYS: Mapping[str, Callable[[Random], str]] = {
    "order": _order, "invoice": _invoice, "price": _price, "book": _isbn, "moment": _moment, "release": _release,
    "product": lambda d: d.choice(_PRODUCTS), "brand": lambda d: d.choice(_BRANDS), "figures": lambda d: d.choice(_LONG)(d),
}  # fmt: skip
