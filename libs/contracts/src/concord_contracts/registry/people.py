"""People in their roles, and what offices may sign. Personal data stands apart from the roles, and can be erased."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from concord_contracts.identifiers import BodyId, Key, Reply, Request
from concord_contracts.registry.common import KeyOrAny
from concord_contracts.registry.records import Gbp, RecordIn, RecordView, Words

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}$")]
Telephone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{4,28}$")]


class Shown(StrEnum):
    """What of a person anybody may see. Whoever is signed in for a body sees name and contact."""

    NOTHING = "nothing"
    NAME = "name"
    CONTACT = "contact"


class PersonIn(Request):
    """A person's details. They stand in one table alone, outside of records and journal, and can be erased."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "A. Person", "email": "a.person@example.nhs.uk", "telephone": "0161 496 0000"}]
        },
    )

    name: Name
    email: Email | None = None
    telephone: Telephone | None = None
    shown: Shown = Field(Shown.NOTHING, description="what the person lets anybody see: nothing, name or contact")
    reason: Words | None = Field(None, description="why, for the journal; never personal data")


class PersonKept(Reply):
    """That a person's details are kept. It repeats none of them, so that no kept answer holds what is erased later."""

    id: str
    version: int
    owner: BodyId = Field(description="the body that entered the person, and answers for the details")
    shown: Shown
    erased: bool = False


class Person(PersonKept):
    """A person as the caller may see them. Details are always today's: `known_at` does not reach back to them."""

    name: str | None = None
    email: str | None = None
    telephone: str | None = None


class Persons(Reply):
    items: list[Person]
    next_cursor: str | None = None


class HolderRole(StrEnum):
    WHOLE_PATHWAY_LEAD = "whole-pathway-lead"
    CLINICAL_CANCER_LEAD = "clinical-cancer-lead"
    COMMISSIONER = "commissioner"
    RESPONSIBILITY_CONTACT = "responsibility-contact"
    HAND_OVER_CONTACT = "hand-over-contact"


class Skill(StrEnum):
    CLINICAL = "clinical"
    COMMISSIONING = "commissioning"
    FINANCE = "finance"
    ANALYSIS = "analysis"
    PUBLIC_HEALTH = "public-health"
    PATIENT_VOICE = "patient-voice"


class RoleHolderFields(BaseModel):
    role: HolderRole
    body: BodyId = Field(description="the body for which the role is held")
    person: Key | None = Field(None, description="a person's id; none: the post exists and is vacant")
    level: Literal["local", "regional", "national"] | None = Field(None, description="of a whole-pathway lead")
    pathway: KeyOrAny = "*"
    place: Key | None = None
    stage: Key | None = Field(None, description="of a contact: the stage; of a hand-over: the stage before it")
    next_stage: Key | None = Field(None, description="of a hand-over contact: the stage after it")
    skills: list[Skill] = Field([], max_length=6)
    handed_on: Words | None = Field(
        None, description="what the next holder must know of the role; it outlives the person, so never personal data"
    )


_NEEDED = {
    HolderRole.WHOLE_PATHWAY_LEAD: ("level", "place"),
    HolderRole.RESPONSIBILITY_CONTACT: ("stage", "place"),
    HolderRole.HAND_OVER_CONTACT: ("stage", "next_stage", "place"),
}


class RoleHolderIn(RecordIn, RoleHolderFields):
    """Who holds a role for a body, from when until when."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "role": "clinical-cancer-lead",
                    "body": "ods:02A",
                    "skills": ["clinical"],
                    "place": "ccg-02A",
                    "valid_from": "2013-04-01",
                }
            ]
        },
    )

    @model_validator(mode="after")
    def _has_what_the_role_needs(self) -> Self:
        missing = [name for name in _NEEDED.get(self.role, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"a {self.role.value} needs {' and '.join(missing)}")
        return self


class RoleHolderView(RecordView, RoleHolderFields):
    """A role and who holds it; `holder` as the caller may see them, also after their details were erased."""

    holder: Person | None = None


class SigningAuthorityFields(BaseModel):
    body: BodyId
    role: Key = Field(
        description="the office, as its scheme of delegation names it", examples=["chief-finance-officer"]
    )
    decision: Key = Field(description="what is decided", examples=["enter_agreement", "vary_contribution"])
    limit_gbp: Gbp | None = Field(None, description="most whole-life pounds; none: without limit")
    jointly_with: Key | None = Field(None, description="the office that must sign as well")
    minute_required: bool = False
    minute: Words | None = Field(None, description="reference of the minute that gave the authority")
    basis: Literal["published", "derived", "assumption"] = "published"


class SigningAuthorityIn(RecordIn, SigningAuthorityFields):
    """What an office of a body may sign, up to which whole-life value, from when until when."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "body": "ods:02A",
                    "role": "chief-finance-officer",
                    "decision": "enter_agreement",
                    "limit_gbp": 1000000,
                    "minute": "GB/13/041",
                    "valid_from": "2013-04-01",
                }
            ]
        },
    )


class SigningAuthorityView(RecordView, SigningAuthorityFields):
    """A limit of authority."""
