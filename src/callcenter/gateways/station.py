"""Where an instruction came from, in the form that counters have a field for (op_station)."""

from typing import Final

from callcenter.domain.calls import CallerNumber

LONGEST: Final = 12  # Hundsun's op_station is C12
_CHINA: Final = "+86"


def dialled_form(caller: CallerNumber) -> str:
    """
    Return the caller number as it is dialled inside China, in at most `LONGEST` digits.

    A mobile has its 11 digits, a landline its area code with the 0; of a longer foreign number
    the end is kept, which is the part that tells callers apart. The audit trail has it whole.
    """
    if not caller.startswith(_CHINA):
        return caller.lstrip("+")[-LONGEST:]
    number = caller.removeprefix(_CHINA)
    return (number if number.startswith("1") and len(number) == 11 else "0" + number)[:LONGEST]
