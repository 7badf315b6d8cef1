"""How a picture says that it was made: the digital source type in its own metadata.

Cameras, editors and image generators write one of the IPTC's terms as an address ending in
``digitalsourcetype/<term>``, in XMP or in the signed claims of C2PA. Either stands as plain text
among the file's bytes. Metadata is easily lost or forged: a picture without a term says nothing.
"""

from __future__ import annotations

import re

ORIGIN = "digital_source_type"
"""The attribute of an item that holds the term."""

_TERM = re.compile(rb"cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{4,60})")


def origin_of(data: bytes) -> str:
    """Return the first digital source type that a file's bytes hold, empty where there is none.

    Source: IPTC NewsCodes, Digital Source Type; C2PA specification 2.1, actions.

    Examples
    --------
    >>> origin_of(b"..http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia..")
    'trainedAlgorithmicMedia'
    >>> origin_of(b"no metadata")
    ''
    """
    found = _TERM.search(data)
    return "" if found is None else found.group(1).decode("ascii")
