"""Rows of results, their targets, and the table that is printed."""
import statistics


class Target:
    """What a row is to reach: at least `factor` times better than `peer`, or a plain bound."""

    def __init__(self, text, factor=None, peer=None, at_most=None, at_least=None):
        self.text, self.factor, self.peer = text, factor, peer
        self.at_most, self.at_least = at_most, at_least

    def met(self, row):
        """True or False; None when a value it needs was not measured."""
        own = row.values.get("svd")
        if own is None:
            return None
        if self.at_most is not None:
            return own <= self.at_most
        if self.at_least is not None:
            return own >= self.at_least
        ratio = row.ratio(self.peer)
        return None if ratio is None else ratio >= self.factor


class Row:
    """One quantity: {manager: value}. `more` is True where a larger value is the better one."""

    def __init__(self, title, unit, values, target=None, more=False):
        self.title, self.unit, self.target, self.more = title, unit, target, more
        self.values = {name: _middle(value) for name, value in values.items()}

    def ratio(self, peer):
        """How many times better svd is than the peer."""
        own, other = self.values.get("svd"), self.values.get(peer)
        if not own or other is None or (self.more and not other):
            return None
        return own / other if self.more else other / own


def _middle(value):
    if isinstance(value, (list, tuple)):
        kept = [one for one in value if one is not None]
        return statistics.median(kept) if kept else None
    return value


def _number(value):
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def render(rows, managers):
    """The rows as a Markdown table; the peers' columns hold the value and how far svd is ahead."""
    heads = ["quantity", "unit", "svd"] + [name for name in managers if name != "svd"]
    lines = [heads + ["target", "met"]]
    for row in rows:
        cells = [row.title, row.unit, _number(row.values.get("svd"))]
        for peer in heads[3:]:
            ratio = row.ratio(peer)
            text = _number(row.values.get(peer))
            cells.append(text if ratio is None else f"{text} ({ratio:.3g}x)")
        met = row.target.met(row) if row.target else None
        cells.append(row.target.text if row.target else "")
        cells.append({True: "yes", False: "NO", None: ""}[met])
        lines.append(cells)
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(text)
