"""How amounts are spelt in sentences."""


def pounds(gbp: float) -> str:
    """GBP 1,234,567; a minus stands before the currency."""
    return f"-GBP {-gbp:,.0f}" if gbp < 0 else f"GBP {gbp:,.0f}"


def amount_of(value: float, unit: str) -> str:
    """A number with its unit and as many digits as it can bear: three significant, thousands as whole numbers."""
    if value == 0:
        return f"no {unit}"
    if abs(value) >= 1000:
        return f"{value:,.0f} {unit}"
    digits = f"{value:.3g}"
    return f"{float(digits):.10f}".rstrip("0").rstrip(".") + f" {unit}"


def per_pound(price: float, unit: str) -> str:
    """A price per GBP as pounds for one unit of benefit and benefit of GBP 100k: the two forms people use."""
    return f"{amount_of(price * 100_000, unit)} per GBP 100,000 ({_each(1 / price)} for one {unit})"


def _each(gbp: float) -> str:
    """GBP for one of something; below GBP 10 with three significant digits."""
    return pounds(gbp) if gbp >= 10 else f"GBP {float(f'{gbp:.3g}'):.10f}".rstrip("0").rstrip(".")


def share(part: float) -> str:
    return f"{part:.1%}"
