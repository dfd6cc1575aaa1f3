"""Parameters that several pages and endpoints narrow a question with: place, span of report years, day."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field, StringConstraints

from archive.research.expected import day
from archive.web.asking import FIRST_YEAR, LAST_YEAR, Given


def today() -> date:
    """Gives the day it is in China."""
    return day(datetime.now(UTC))


Today = Annotated[date, Depends(today)]
"""The day it is in China, up to which reports are due."""

Code = Annotated[str, StringConstraints(pattern="^[0-9]{2,12}$")]
ReportYear = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Short = Annotated[str, StringConstraints(max_length=120)]

# What is constrained stands inside: the field of a form that was left empty is None, which has neither length nor size.
Region = Annotated[Code | None, Given, Query(description="code of a division or the beginning of one")]
First = Annotated[ReportYear | None, Given, Query(alias="from", description="first report year")]
Last = Annotated[ReportYear | None, Given, Query(alias="to", description="last report year")]
Word = Annotated[Short | None, Given, Query()]
Revision = Annotated[
    Annotated[int, Field(ge=1, le=1_000_000)] | None,
    Given,
    Query(description="revision of the reader to answer under"),
]
