"""The process that makes a PDF: the page comes on standard input, the PDF goes to standard output. It opens nothing."""

import sys
from typing import NoReturn


def _refuse(url: str, *_arguments: object, **_options: object) -> NoReturn:
    raise ValueError(f"nothing is fetched: {url[:80]}")


def main() -> int:
    from weasyprint import HTML  # type: ignore[import-untyped]

    document = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=_refuse, base_url=None)
    sys.stdout.buffer.write(document.write_pdf())
    return 0


if __name__ == "__main__":
    sys.exit(main())
