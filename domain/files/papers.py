"""PDFs are kept as they came, once they are known to be whole."""

import hashlib
from pathlib import Path

from domain.files.formats import PDF_MIME, check_pdf
from domain.files.models import Kept


def paper(source: Path) -> Kept:
    """Raises BadUserInput unless it is a whole PDF. Reads all of it: call it in a thread."""
    content = source.read_bytes()
    check_pdf(content)
    return Kept(PDF_MIME, len(content), None, None, hashlib.sha256(content).hexdigest())
