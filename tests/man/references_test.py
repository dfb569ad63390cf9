#!/usr/bin/python3
"""The pages name each other as they are: references_test.py FOLDER PAGE... Every reference to a page of
svd leads to one, no page refers to itself, and SEE ALSO is sorted by section and name."""

import re
import sys


def references(text):
    """Of each line "Xr NAME SECTION": (section, name)."""
    return [(int(section), name) for name, section in re.findall(r"\bXr (\S+) (\d)", text)]


def see_also(text):
    return references(text.partition(".Sh SEE ALSO\n")[2])


def problems(pages):
    """`pages`: the text of each (section, name)."""
    for page, text in pages.items():
        also = see_also(text)
        if not also:
            yield f"{page}: no SEE ALSO"
        if also != sorted(also, key=lambda one: (one[0], one[1].lower())):
            yield f"{page}: SEE ALSO is not sorted: {also}"
        for section, name in references(text):
            ours = re.match(r"svd|svctl|org\.svd1|echo_svd", name)
            if ours and (section, name) not in pages:
                yield f"{page}: there is no {name}({section})"
            if (section, name) == page:
                yield f"{page}: refers to itself"
    named = {one for text in pages.values() for one in see_also(text)}
    for page in pages.keys() - named:
        yield f"{page}: no SEE ALSO has it"


def main(folder, names):
    pages = {}
    for name in names:
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            title, _, section = name.rpartition(".")
            pages[int(section), title] = file.read()
    found = list(problems(pages))
    print("\n".join(found) or "every reference leads to a page")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
