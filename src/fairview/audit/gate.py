"""A gate: a rule on one estimate, as it stands in an audit file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from fairview.audit.names import identity_of

FORMS = ("at_least", "at_most", "within")


class Gate(BaseModel):
    """A rule on one estimate; exactly one of `at_least`, `at_most` and `within` is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    measure: str
    slice: str = "overall"
    at_least: float | None = None
    at_most: float | None = None
    within: tuple[float, float] | None = None
    tolerance: float = Field(default=0.0, ge=0)

    @field_validator("measure")
    @classmethod
    def _parse(cls, value: str) -> str:
        return identity_of(value)

    @model_validator(mode="after")
    def _check(self) -> Gate:
        given = [form for form in FORMS if getattr(self, form) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(FORMS)}, not {len(given)}")
        if self.within is not None and self.within[0] > self.within[1]:
            raise ValueError("within needs the smaller number first")
        return self

    @property
    def allowed(self) -> tuple[float, float]:
        """The smallest and the largest value that the rule allows, its tolerance included."""
        low, high = self.within or (
            float("-inf") if self.at_least is None else self.at_least,
            float("inf") if self.at_most is None else self.at_most,
        )
        return low - self.tolerance, high + self.tolerance

    @property
    def rule(self) -> str:
        """The rule in one line, as a verdict names it."""
        about = self.measure if self.slice == "overall" else f"{self.measure} [{self.slice}]"
        return f"{self.name}: {about} {self.condition}"

    @property
    def condition(self) -> str:
        """What is asked of the figure, such as ``at least 0.5``."""
        slack = f" (tolerance {self.tolerance:g})" if self.tolerance else ""
        if self.within is not None:
            return f"within {self.within[0]:g} to {self.within[1]:g}{slack}"
        if self.at_least is not None:
            return f"at least {self.at_least:g}{slack}"
        return f"at most {self.at_most:g}{slack}"
