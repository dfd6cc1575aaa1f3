"""Invents the figures of an agency year by year so that every accounting identity (勾稽关系) holds.

A year draws from `random.Random("agency year")`, whose seeding does not depend on the process. What one year
carries out, the next carries in; documents in force follow what was issued and repealed.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crawler.demo.layout import BLOCKS, DISCLOSURE, PARTS, RESULTS, Form, outcomes

FIRST, LAST = 2020, 2024
# How often an application ends so; rows not named weigh 1.
WEIGHTS = {
    "granted": 40,
    "partly_granted": 9,
    "refused_third_party": 3,
    "unavailable_not_held": 18,
    "unavailable_needs_creation": 5,
    "rejected_petition": 4,
    "other_rest": 3,
}
APPLICANTS = {
    "natural_person": 72,
    "enterprise": 12,
    "research": 2,
    "public_interest": 2,
    "legal_service": 8,
    "other_org": 4,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much an agency of a kind does in a year: least and most, inclusive."""

    received: tuple[int, int]
    carried: int
    documents: tuple[int, int]
    licensing: tuple[int, int]
    penalties: tuple[int, int]
    coercion: tuple[int, int]
    fees: tuple[int, int]
    procurement: tuple[int, int]
    remedies: tuple[int, int]


def form_of(year: int) -> Form:
    """Gives the form a report on `year` is written in."""
    return "2019" if year < 2021 else "2021"


@lru_cache(maxsize=64)
def figures(agency: str, year: int, scale: Scale) -> Mapping[str, str]:
    """Gives every indicator of the year's form as it is printed.

    Raises ValueError for a year before 2020 or after 2024.
    """
    if not FIRST <= year <= LAST:
        raise ValueError(f"no figures are invented for {year}")
    before = figures(agency, year - 1, scale) if year > FIRST else {}
    rng = random.Random(f"{agency} {year}")
    draw = _disclosed_2021 if form_of(year) == "2021" else _disclosed_2019
    return {
        **{f"disclosure.{code}": value for code, value in draw(rng, scale, before).items()},
        **{f"requests.{code}": str(value) for code, value in _requests(rng, scale, year, before).items()},
        **{f"remedies.{code}": str(value) for code, value in _remedies(rng, scale).items()},
    }


def _disclosed_2019(rng: random.Random, scale: Scale, _: Mapping[str, str]) -> dict[str, str]:
    made = rng.randint(*scale.documents)
    values = dict.fromkeys(("regulations.made", "regulations.disclosed", "regulations.total_disclosed"), "0")
    values["normative_documents.made"] = values["normative_documents.disclosed"] = str(made)
    values["normative_documents.total_disclosed"] = str(made + 9 * scale.documents[1] + rng.randint(0, 9))
    subjects = {
        "licensing": scale.licensing,
        "other_services": scale.licensing,
        "penalties": scale.penalties,
        "coercion": scale.coercion,
    }
    for subject, limits in subjects.items():
        values[f"{subject}.items_last_year"] = str(rng.randint(*limits) // 12)
        values[f"{subject}.change"] = rng.choice(("0", "0", "+3", "-2", "+12", "-5"))
        values[f"{subject}.decisions"] = str(rng.randint(*limits))
    values["fees.items_last_year"] = str(rng.randint(*scale.fees) // 100)
    values["fees.change"] = rng.choice(("0", "-1"))
    values["procurement.projects"] = str(rng.randint(*scale.procurement))
    values["procurement.amount"] = str(rng.randint(*scale.procurement) * 173 + 41)
    return values


def _disclosed_2021(rng: random.Random, scale: Scale, before: Mapping[str, str]) -> dict[str, str]:
    held = before.get("disclosure.normative_documents.in_force")
    in_force = 8 * scale.documents[1] + rng.randint(0, 9) if held is None else int(held)
    issued = rng.randint(*scale.documents)
    repealed = min(rng.randint(0, scale.documents[1] // 2), in_force)
    fees = rng.randint(*scale.fees)
    return {
        **dict.fromkeys(("regulations.issued", "regulations.repealed", "regulations.in_force"), "0"),
        "normative_documents.issued": str(issued),
        "normative_documents.repealed": str(repealed),
        "normative_documents.in_force": str(in_force if held is None else in_force + issued - repealed),
        "licensing.decisions": str(rng.randint(*scale.licensing)),
        "penalties.decisions": str(rng.randint(*scale.penalties)),
        "coercion.decisions": str(rng.randint(*scale.coercion)),
        "fees.amount": f"{fees}.{rng.randint(1, 99):02d}" if fees else "0",
    }


def _requests(rng: random.Random, scale: Scale, year: int, before: Mapping[str, str]) -> dict[str, int]:
    rows = outcomes(form_of(year))
    weights = [WEIGHTS.get(row, 1) for row in rows]
    arrivals = rng.choices(PARTS, [APPLICANTS[part] for part in PARTS], k=rng.randint(*scale.received))
    values: dict[str, int] = {}
    for part in PARTS:
        received = arrivals.count(part)
        carried_in = int(before.get(f"requests.carried_out.{part}", rng.randint(0, received // 12)))
        carried_out = rng.randint(0, min(received + carried_in, scale.carried if received else 0))
        concluded = received + carried_in - carried_out
        ended = rng.choices(rows, weights, k=concluded)
        values |= {f"{row}.{part}": ended.count(row) for row in rows}
        values |= {f"received.{part}": received, f"carried_in.{part}": carried_in}
        values |= {f"concluded.{part}": concluded, f"carried_out.{part}": carried_out}
    for row in ("received", "carried_in", *rows, "concluded", "carried_out"):
        values[f"{row}.total"] = sum(values[f"{row}.{part}"] for part in PARTS)
    return values


def _remedies(rng: random.Random, scale: Scale) -> dict[str, int]:
    values: dict[str, int] = {}
    for block in BLOCKS:
        parts = {f"{block}.{result}": rng.randint(*scale.remedies) for result in RESULTS if result != "total"}
        values |= {**parts, f"{block}.total": sum(parts.values())}
    return values


def changes_of(printed: Mapping[str, str]) -> Iterable[str]:
    """Gives the indicators of 本年增/减 that say that nothing changed."""
    subjects = (subject for _, _, rows in DISCLOSURE["2019"] for subject in rows)
    names = (f"disclosure.{subject}.change" for subject in subjects)
    return (name for name in names if printed.get(name) == "0")
