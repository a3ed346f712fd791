"""Tables of officers' accounts: profile, sessions, second factors, invitations, registrations, recorded events, and
the failure counts shared by all workers. The officer and the memberships are in `central.centres.models`."""

from django.contrib.sessions.models import Session
from django.db import models

from central.centres.models import Centre, Officer


class FailureCount(models.Model):
    """Failures of one caller within a time window. The key is a keyed hash: it contains no name and no address."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)
    strikes = models.PositiveIntegerField(default=0)  # exhausted windows in a row; each doubles the next window

    def __str__(self) -> str:
        return f"{self.key[:12]}: {self.count}"


class OfficerEvent(models.Model):
    """A recorded event of an account. Failures that a stranger can repeat without limit share one row with a count."""

    class Kind(models.TextChoices):  # labels as in the migration
        SIGNED_IN = "signed_in"
        SIGNED_OUT = "signed_out"
        SIGN_IN_FAILED = "failed", "Failed"  # a wrong name or password
        SIGN_IN_THROTTLED = "refused", "Refused"  # too many attempts
        PASSWORD_CHANGED = "password_changed", "Password Changed"
        OLD_PASSWORD_WRONG = "password_wrong", "Password Wrong"  # the old one, when changing it
        COMPARE_CODE_WRONG = "code_wrong", "Code Wrong"  # the compare code of a kiosk
        SUSPENDED = "suspended"
        ACTIVATED = "activated"
        PASSWORD_RESET = "reset", "Reset"
        CREATED = "created"
        INVITED = "invited"  # a one-time link was issued
        INVITATION_REVOKED = "invitation_revoked"
        INVITATION_USED = "invitation_used"
        FACTOR_ADDED = "factor_added"  # `detail` names the second factor
        FACTOR_REMOVED = "factor_removed"
        FACTOR_RESET = "factor_reset"  # by an administrator
        FACTOR_FAILED = "factor_failed"
        FACTOR_THROTTLED = "factor_throttled"
        RECOVERY_CODE_USED = "recovery_code_used"
        RECOVERY_CODES_RENEWED = "recovery_renewed"
        SESSIONS_ENDED = "sessions_ended"
        PROFILE_CHANGED = "profile_changed"
        ROLE_ADDED = "role_added"
        ROLE_REMOVED = "role_removed"
        TRANSFERRED = "transferred"
        ENDED = "ended"
        UNLOCKED = "unlocked"  # an administrator has reset the failed attempts
        KIOSK_COMMANDED = "kiosk_commanded"  # `detail`: the kiosk and the command
        RELEASE_PLANNED = "release_planned"  # `detail`: centre, version, percentage, window
        BUNDLE_OPENED = "bundle_opened"  # the support bundle of a kiosk

    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="events")  # null: no such account
    address = models.CharField(max_length=64, blank=True)  # '': a command
    detail = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: the officer or a command
    occurrences = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["officer", "-at"], name="events_of_officer"), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.officer_id}"


class Profile(models.Model):
    """What an officer's card says, beside the name and the e-mail address in `Officer`. An officer may have none."""

    officer = models.OneToOneField(Officer, models.CASCADE, primary_key=True, related_name="profile")
    position = models.CharField(max_length=150, blank=True)
    level = models.CharField(max_length=100, blank=True)
    office = models.CharField(max_length=200, blank=True)
    office_phone = models.CharField(max_length=20, blank=True)
    mobile_phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2, blank=True)  # '': the visitor's choice on this computer
    ended_at = models.DateTimeField(null=True)  # the account has ended for good

    def __str__(self) -> str:
        return f"profile of {self.officer_id}"


class OfficerSession(models.Model):
    """A running session of an officer. It disappears with Django's session, so that both always agree."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="officer_session")
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    browser = models.CharField(max_length=60, blank=True)  # 'Firefox · Windows', not the whole User-Agent

    class Meta:
        ordering = ["-last_seen_at"]

    def __str__(self) -> str:
        return f"session of {self.officer_id}"


class AuthenticatorApp(models.Model):
    """A second factor: an app that shows a code every 30 seconds (TOTP, RFC 6238). The key is encrypted under a secret
    of the keyring, so that a copy of the database shows no codes."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="authenticator_apps")
    key_encrypted = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)  # time step of the last accepted code: no code is accepted twice
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"app of {self.officer_id}"


class RecoveryCode(models.Model):
    """One of ten codes that replace the second factor once. Only a keyed hash is stored."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code of {self.officer_id}"


class Invitation(models.Model):
    """A one-time link with which an officer sets an own password. Only the hash of its code is stored."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: a command
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"invitation of {self.officer_id}"


class Registration(models.Model):
    """A person's request to become an officer, as on the districts' paper form, and the superior's decision."""

    class Kind(models.TextChoices):
        FIRST = "first"
        REPLACING = "replacing"

    class Status(models.TextChoices):
        WAITING = "waiting"
        CERTIFIED = "certified"
        REFUSED = "refused"

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="registrations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    replaces_name = models.CharField(max_length=150, blank=True)  # as typed by the applicant
    replaces = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # as certified
    username = models.CharField(max_length=150)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    position = models.CharField(max_length=150)
    level = models.CharField(max_length=100, blank=True)
    office = models.CharField(max_length=200)
    agency_name = models.CharField(max_length=200, blank=True)  # as typed, by an applicant who works for an agency
    # By the link of an agency, whose head certifies then, or as the centre certified it.
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, null=True, related_name="registrations")
    office_phone = models.CharField(max_length=20, blank=True)
    mobile_phone = models.CharField(max_length=20)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # when signed in
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="registrations")  # the account made

    class Meta:
        ordering = ["-submitted_at"]
        indexes = [
            models.Index(fields=["centre"], condition=models.Q(status="waiting"), name="waiting_registrations"),
        ]

    def __str__(self) -> str:
        return f"registration {self.pk}"
