"""What addresses are made of, by country: words for streets, units and boxes, and the forms of postcodes."""

from __future__ import annotations

import re

from nlp.text import vocabulary

STREET = vocabulary("""
    street road avenue lane drive boulevard court terrace crescent highway parkway turnpike expressway
    rd ave blvd pkwy hwy cres terr str
    """)
"""English: behind a house number and a name, in any case."""
STREET_CAPITAL = vocabulary("""
    place close square way trail loop row grove gardens mews walk circle plaza quay rise path hill green pike alley
    st ln dr ct pl sq cir trl gdns
    """)
"""Words of every day, too: only with a capital letter do they end an address."""
JOINED = re.compile(
    r"[^\W\d_]{2,}(?:straße|strasse|stasse|str\.|straat|laan|steenweg|weg|gasse|allee|ufer|brücke|damm|plein|kade"
    r"|gracht|singel|dijk|dreef|platz|vej|gade|stræde|väg|vägen|vegen|veien|gatan|gaten|gata|gränd|bakken|torget"
    r"|katu|kuja|polku|ntie|vegur|stígur|braut)$",
    re.IGNORECASE,
)
"""Street words that stand at the end of the name itself, with the house number behind: "Hauptstraße 12"."""
FIRST = vocabulary("""
    viale piazza piazzale corso vicolo contrada calle avenida avda camiño carrer carretera ctra rúa ronda travesía rua
    travessa praça estrada alameda rue chemin allée impasse quai ulica ulice ul al os plac náměstí nám trg cesta
    λεωφόρος λεωφ οδός улица ул проспект просп переулок jalan jl c/
    """)
"""Street words before the name, with the house number behind it, or, as in French, before all."""
FIRST_CAPITAL = vocabulary("""
    via largo plaza paseo camino strada place avenue boulevard route cours vila r av pl bd λ
    """)
"""Words of other uses: only with a capital letter, or between two numbers, do they begin a street."""
LAST = vocabulary("""
    utca út útja u tér tere körút krt sétány ulica cesta tee tänav tn mnt pst enparantza kalea allé gård väg plass
    sokak sok caddesi cad bulvarı sk strasse straße gasse weg platz ring ufer vei
    vegen veien gate gata vej katu straat laan
    """)
"""Words of their own between the name and the number behind it: "Rákóczi út 81"."""
UNIT = vocabulary("apt apartment suite ste appt whg wohnung piso étage lejlighed")
"""Before the number of a part of a house; nothing but an address has them."""
WEAK_UNIT = vocabulary("unit flat room rm floor bldg building house block tower level lot staircase")
"""These count beside a street only."""
PARTICLE = vocabulary("""
    de del della di da do dos das du des der den van von la le les el los las nad pod upon sur of y e i
    """)
"""Inside the name of a street or a town."""
NEVER = vocabulary("""
    are at but by day days for from hour hours if in is minute minutes on or out so the to was week weeks year years
    month months my your his her our their i you he she we they it this that am pm not no please call with
    """)
"""In no street's name."""
BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post(?:al)?\sbox|postfach|apartado(?:\sde\scorreos)?|casilla|casella\spostale|postbus"
    r"|boîte\spostale|caixa\spostal)\s?(?:no\.?\s?|#)?\d{1,6}\b|邮政信箱\s?\d+"
    r"|\b(?:psc|unit|cmr)\s\d{1,5},?\sbox\s\d{1,5}\b"
    r"|\b(?:(?:uss|usns|usnv|uscgc)\s[^\W\d_]+[\s,]+)?[adf]po\s(?:aa|ae|ap)\s\d{5}\b",
    re.IGNORECASE,
)
"""Boxes at a post office, and those of the armed forces, whose towns are APO, FPO and DPO."""
POSTCODE = (
    r"(?:\d{5}-\d{3,4}|\d{5}-?\d{3}|\d{4}\s?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d"
    r"|\d{2}-\d{3}|\d{4}-\d{3}|[A-Z]{1,2}-\d{4,5}|\d{5,6})"
)
"""With ZIP+4, of Brazil, the Netherlands, the United Kingdom, Canada, Poland, Portugal; behind a country's letters; the
five or six digits of many more. The Swedish "111 22" is told by what stands around it."""
POSTCODE_SAID = re.compile(
    r"\b(?i:(?:zip|post(?:al)?)[\s-]?codes?|zip|plz|postleitzahl|code\spostal|código\spostal|邮编|邮政编码)"
    rf"(?i:\s(?:is|ist|est|es|number))*\s?[:=]?\s?(?P<code>{POSTCODE}|\d{{4}})\b"
)
POSTCODE_ASKED = re.compile(
    r"(?i:\b(?:zip|post(?:al)?[\s-]?codes?|plz|postleitzahl|code\spostal|código\spostal)\b)|邮编|邮政编码"
)
POSTCODE_GIVEN = re.compile(rf"(?<![\w-]){POSTCODE}(?![\w-])")
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,16}(?:路|街|大道|巷|弄)\s?\d{1,5}\s?[号號](?:\s?\d{1,4}\s?(?:室|楼|栋|单元))*")
CUE = re.compile(
    r"\b(?:address(?:es)?(?:,?\s(?:is|was|are|to|with|here|they|now|will|be|changed|at))*\s?:?"
    r"|liv(?:e|es|ed|ing)\s(?:at|on)|resid(?:e|es|ing)\sat|locat(?:ed|ion\sis)\sat|office\sis\sat|house\sis\sat|home\sis\sat"
    r"|(?:move|moved|moving|deliver|delivered|sent|send|sending|ship|shipped|return|returned|forward|forwarded|taxi|mail)"
    r"(?:\s(?:it|this|them|that|me|us|everything|a\s(?:new\s)?\w+))?\sto|meet(?:\sme|\sus)?\sat|arrived\sat"
    r"|wohne?n?\sin\sder|adresse\s(?:ist|lautet|est)\s?:?|habite\sau|vivo\sen|dirección\ses)\s*",
    re.IGNORECASE,
)
"""What comes next is an address, if it can be one at all."""
