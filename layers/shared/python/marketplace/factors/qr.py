"""QR codes as SVG; the only importer of segno."""

MODULE_PIXELS = 4
ERROR_CORRECTION = "m"  # a screen is clean: 15 % is plenty, and the picture stays small


class SegnoPictures:
    """Draws text as an `<svg>` that goes into a page as it is."""

    def svg(self, text: str) -> str:
        import segno  # noqa: PLC0415 - only an enrolment needs it

        made = segno.make_qr(text, error=ERROR_CORRECTION)
        return made.svg_inline(scale=MODULE_PIXELS, light="#fff", title="QR")
